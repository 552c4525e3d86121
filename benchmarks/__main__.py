"""How fast is Dealcast, beside a bare loop over the sockets and beside a stock server, in one run? `make bench`.

`make bench ARGS="fanout slow"` runs some of the parts, `ARGS="--followers 100 --rounds 1"` smaller ones.
"""

import gc
import json
import os
import platform
import resource
import signal
import sys
from argparse import ArgumentParser
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measures import PARTS, Bench, Measured, Sizes
from benchmarks.servers import Fault
from benchmarks.tables import markdown, medians, warnings

_RESULTS = Path(__file__).parent / "results"
# Beside the followers' sockets, of the client and of the server.
_OTHER_FILES = 100


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all if none")
    parser.add_argument("--results", type=Path, default=_RESULTS, help="where they are written")
    for field in fields(Sizes):
        name = f"--{field.name.replace('_', '-')}"
        assert isinstance(field.type, type)
        parser.add_argument(name, type=field.type, default=field.default, help="%(default)s")
    asked = vars(parser.parse_args(arguments))
    parts, results = asked.pop("parts") or list(PARTS), asked.pop("results")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    return run(parts, Sizes(**asked), results)


def run(parts: list[str], sizes: Sizes, results: Path) -> int:
    """Measures, says and keeps what came of it; its status is 1 if anything was lost or did not happen."""
    conditions = {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load before": round(os.getloadavg()[0], 1),
    }
    runs: list[Measured] = []
    faults: list[str] = []
    with TemporaryDirectory(prefix="dealcast-bench-") as folder:
        bench = Bench(sizes, Path(folder))
        for part in parts:
            try:
                _allow_sockets(max(sizes.followers, sizes.many_followers))
                for measured in PARTS[part](bench):
                    print(f"… {measured.part}: {measured.kind}", file=sys.stderr, flush=True)
                    runs.append(measured)
            except (Fault, OSError) as fault:
                faults.append(f"{part}: {fault!r}")
    found = medians(runs)
    said = ", ".join(f"{name} {value}" for name, value in conditions.items())
    text = "\n\n".join([said, markdown(found), *warnings(found)])
    record = {
        "conditions": conditions,
        "sizes": asdict(sizes),
        "medians": found,
        "runs": [run._asdict() for run in runs],
        "faults": faults,
    }
    results.mkdir(exist_ok=True)
    kept = results / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    kept.with_suffix(".json").write_text(json.dumps(record, indent=1))
    kept.with_suffix(".md").write_text(f"{text}\n")
    print(f"\n{text}\n\nKept as {kept}.json and .md")
    for failure in faults:
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if faults else 0


def _allow_sockets(followers: int) -> None:
    """For this process, and for the servers that it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < followers + _OTHER_FILES:
        raise Fault(
            f"{followers:,} followers need more open files than the {most:,} of `ulimit -Hn`"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    # Cycles are none of this process's business, and its pauses would be taken for the server's.
    gc.disable()
    # As at Ctrl-C: no server is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
