"""What lies between a client and the server? A cable that a test can cut, unplug or make swallow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from tests.ports import free_port


class _Line:
    """One connection through the cable: bytes both ways, until either end closes."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self._writers = writers
        self.flows = asyncio.Event()
        self.flows.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while some := await reader.read(65_536):
                await self.flows.wait()
                writer.write(some)
                await writer.drain()
        self.cut()

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


class Cable:
    """A port of its own that leads to the server's."""

    def __init__(self, server_url: str) -> None:
        self._there = urlsplit(server_url)
        self._server: asyncio.Server | None = None
        self._lines: set[_Line] = set()
        # Nobody takes it while the cable is unplugged.
        self.port = free_port()
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def plug_in(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)

    def unplug(self) -> None:
        """Cuts every connection and refuses new ones."""
        self.refuse()
        self.cut()

    def refuse(self) -> None:
        """Open connections are as well as they were; there are no new ones."""
        if self._server is not None:
            self._server.close()

    def cut(self) -> None:
        for line in list(self._lines):
            line.cut()

    def swallow(self) -> None:
        """Open connections stay open and carry nothing more, and no end learns of it; new ones are well."""
        for line in self._lines:
            line.flows.clear()

    def release(self) -> None:
        """What was swallowed comes out after all."""
        for line in self._lines:
            line.flows.set()

    async def _connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            far, there = await asyncio.open_connection(self._there.hostname, self._there.port)
        except OSError:
            back.transport.abort()
            return
        line = _Line(back, there)
        self._lines.add(line)
        await asyncio.gather(line.carry(near, there), line.carry(far, back))
        self._lines.discard(line)


@asynccontextmanager
async def cable(server_url: str) -> AsyncIterator[Cable]:
    laid = Cable(server_url)
    await laid.plug_in()
    try:
        yield laid
    finally:
        laid.release()
        laid.unplug()
