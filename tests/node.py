"""Which JavaScript clients do the tests run? What package-lock.json says, in tests/clients/node_modules."""

import subprocess
import sys
from pathlib import Path

from node import node_command as node_command
from node import npm

CLIENTS = Path(__file__).parent / "clients"


def install() -> None:
    npm(CLIENTS, "ci")


if __name__ == "__main__":
    try:
        install()
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        sys.exit(f"The JavaScript clients cannot be installed: {error}")
