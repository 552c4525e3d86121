"""How do several servers run for long, each at its port, started again whenever it ends?"""

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.ports import free_port
from tests.processes import Process, launch


class Cluster:
    """Processes of one server program over one database; what they say goes to a file."""

    def __init__(
        self, size: int, log: Path, program: Sequence[str] = ("server.py",), **environ: str
    ) -> None:
        self.ports = [free_port() for _ in range(size)]
        self.counts: Counter[str] = Counter()
        self._log = log
        self._program = program
        self._environ = environ
        self._running: dict[int, Process] = {}

    async def __aenter__(self) -> Self:
        await asyncio.gather(*(self._start(port) for port in self.ports))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for running in self._running.values():
            await running.kill()

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    async def kill(self, port: int) -> None:
        """In the middle of whatever it does, as when a machine fails."""
        self.counts["kill"] += 1
        await self._running[port].end(signal.SIGKILL)
        await self._start(port)

    async def restart(self, port: int) -> None:
        """As an operator does it: it is asked to stop, and must do so well."""
        self.counts["restart"] += 1
        status = await self._running[port].end()
        assert status == 0, f"a server that was asked to stop exited with {status}"
        await self._start(port)

    async def _start(self, port: int) -> None:
        """Again and again, as a supervisor does, while the database is away."""
        while True:
            running = launch(port, self._program, self._log, **self._environ)
            self._running[port] = running
            if await running.is_ready():
                return
