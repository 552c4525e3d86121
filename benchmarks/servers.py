"""How are the servers under test started, and what do they cost? Each is one process; the kernel keeps its accounts."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from benchmarks.data import SECRET, Data

ROOT = Path(__file__).parent.parent
_PATIENCE = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Fault(Exception):
    """What makes a measurement worthless: something was lost, doubled, out of order, or did not happen."""


class Kind(StrEnum):
    DEALCAST = "Dealcast"
    BARE = "bare loop"
    STOCK = "stock server"


_COMMANDS = {
    Kind.DEALCAST: ("server.py",),
    Kind.BARE: ("-m", "benchmarks.bare"),
    Kind.STOCK: ("-m", "benchmarks.stock"),
}


@dataclass(frozen=True)
class Server:
    kind: Kind
    port: int
    pid: int

    @property
    def cpu(self) -> float:
        """Seconds of processor time that it has had, its threads and the kernel's work for it included."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> int:
        """Bytes that are its own, with its share of what is shared; dear to ask."""
        found = re.search(r"^Pss: +(\d+) kB", self._proc("smaps_rollup"), re.MULTILINE)
        assert found
        return int(found[1]) * 1024

    @property
    def resident(self) -> int:
        """Bytes in memory; cheap to ask."""
        return int(self._proc("statm").split()[1]) * _PAGE

    @property
    def open_sockets(self) -> int:
        descriptors = Path(f"/proc/{self.pid}/fd")
        return sum(1 for one in descriptors.iterdir() if str(_target(one)).startswith("socket:"))

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.pid}/{name}").read_text()


def _target(descriptor: Path) -> Path | None:
    try:
        return descriptor.readlink()
    except FileNotFoundError:
        return None  # closed while we looked


@contextmanager
def running(kind: Kind, data: Data) -> Iterator[Server]:
    """A server that is ready, on a database of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with TemporaryDirectory(prefix="dealcast-bench-") as folder:
        environ = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "DATABASE_URL": data.copied(Path(folder) / "bench.db"),
            "AUTH_SECRET": SECRET,
            "DEMO": "off",
            "DRAIN_SECONDS": "0",
        }
        child = subprocess.Popen(  # noqa: S603  our own commands
            [sys.executable, *_COMMANDS[kind]], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL
        )
        try:
            server = Server(kind, port, child.pid)
            _wait(child, server)
            yield server
        finally:
            child.kill()
            child.wait()


def _wait(child: "subprocess.Popen[bytes]", server: Server) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise Fault(f"the {server.kind} did not start")
        try:
            with urlopen(f"http://127.0.0.1:{server.port}/health/ready"):
                return
        except OSError:
            time.sleep(0.05)
    raise Fault(f"the {server.kind} is not ready after {_PATIENCE:.0f} s")
