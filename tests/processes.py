"""How do tests run several servers as an operator does, each in a process of its own?"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

from tests.forks import fork
from tests.harness import PATIENCE, SECRET
from tests.http_clients import http_client
from tests.ports import free_port

ROOT = Path(__file__).parent.parent


class Process:
    """One running `server.py`."""

    def __init__(self, url: str, child: ForkServerProcess) -> None:
        self.url = url
        self._child = child
        assert child.pid is not None
        self._pid = child.pid
        loop = asyncio.get_running_loop()
        self._status: asyncio.Future[int] = loop.create_future()
        loop.add_reader(child.sentinel, self._ended)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._child.sentinel)
        self._child.join()
        assert self._child.exitcode is not None
        self._status.set_result(self._child.exitcode)

    async def wait(self) -> int:
        """Its exit status, or the negative number of the signal that ended it."""
        return await asyncio.shield(self._status)

    async def end(self, how: signal.Signals = signal.SIGTERM, within: float = 30) -> int:
        """Its exit status; the seconds in which it must have ended are a promise, or plenty."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, how)
        async with asyncio.timeout(within):
            return await self.wait()

    def die(self) -> None:
        """At once: when this returns it is dead, and nothing else has happened here meanwhile."""
        self._child.kill()
        self._child.join()

    async def kill(self) -> None:
        """With its workers, if it has any."""
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        await self.wait()

    async def is_ready(self) -> bool:
        """Waits until it can do its work; False if it ended before."""
        async with http_client(self.url) as http, asyncio.timeout(PATIENCE * 3):
            while not self._status.done():
                try:
                    if (await http.get("/health/ready")).status_code == httpx.codes.OK:
                        return True
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.02)
        return False


def _environment(port: int, **environ: str) -> dict[str, str]:
    own = {"PORT": str(port), "AUTH_SECRET": SECRET, "DEMO": "off", "DRAIN_SECONDS": "2"}
    return {"PATH": os.environ["PATH"], **own, **environ}


async def command(*arguments: str, **environ: str) -> tuple[int, str, str]:
    """One of `server.py`'s commands: its exit status, what it printed, what it complained of."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "server.py", *arguments),
        cwd=ROOT,
        env=_environment(0, **environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    assert child.returncode is not None
    return child.returncode, out.decode().strip(), err.decode().strip()


def launch(
    port: int,
    program: Sequence[str] = ("server.py",),
    said: Path | None = None,
    **environ: str,
) -> Process:
    """A server that was started and may not answer yet; `said` is a file for what it says."""
    child = fork(program, _environment(port, **environ), said)
    return Process(f"http://127.0.0.1:{port}", child)


@asynccontextmanager
async def process(
    *, program: Sequence[str] = ("server.py",), **environ: str
) -> AsyncIterator[Process]:
    """A server that is ready, and is ended however the test ends; on a free port unless PORT says which."""
    port = int(environ.get("PORT", "0")) or free_port()
    running = launch(port, program, None, **environ)
    try:
        assert await running.is_ready(), "the server did not start"
        yield running
    finally:
        await running.kill()
