"""Can the benchmark be trusted? It runs from end to end, and notices what is lost, doubled or out of order."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.followers import Follower, name
from benchmarks.servers import Fault, Kind, Server

ROOT = Path(__file__).parent.parent
SIZES = (
    *("--followers", "3", "--many-followers", "3", "--rounds", "1"),
    *("--seconds", "0.1", "--paced-seconds", "0.1"),
)


def test_it_measures_dealcast_beside_a_bare_loop_and_a_stock_server(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "benchmarks", "fanout", *SIZES)
    done = subprocess.run(
        [*command, "--results", tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [kept] = tmp_path.glob("*.json")
    record = json.loads(kept.read_text())
    assert record["faults"] == []
    kinds = ["Dealcast", "bare loop", "stock server"]
    assert [(run["part"], run["kind"]) for run in record["runs"]] == [
        ("fanout, 3 followers", kind) for kind in kinds
    ]
    assert f"| fanout, 3 followers | {' | '.join(kinds)} | " in done.stdout
    assert kept.with_suffix(".md").read_text() in done.stdout


@pytest.mark.parametrize("numbers", [(1,), (0, 2), (0, 0)], ids=["first lost", "lost", "doubled"])
def test_a_follower_notices_what_is_not_due(numbers: tuple[int, ...]) -> None:
    heard: list[tuple[int, int]] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(Kind.BARE, listening.getsockname()[1], 0)
        follower = Follower(server, "", [7], lambda deal, number, _: heard.append((deal, number)))
        follower.connect(narrow=False)
        peer, _ = listening.accept()
    frames = [f'{{"cursor":"c","after":"{name(7, number)}"}}'.encode() for number in numbers]
    peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    peer.sendall(b"".join(bytes([0x81, len(frame)]) + frame for frame in frames))
    peer.close()
    with pytest.raises(Fault, match=f"change {numbers[-1]} of deal 7 came where"):
        _read_on(follower)
    follower.close()
    assert heard == [(7, number) for number in numbers[:-1]]


def _read_on(follower: Follower) -> None:
    while True:
        follower.read()
