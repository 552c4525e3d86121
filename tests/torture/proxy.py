"""What can a network do to a connection? A proxy before several servers that cuts, stalls and half-opens."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Self


class _Link:
    """One client's connection and the one to a server that goes with it."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self._ends = [client, server]
        self._flows = asyncio.Event()
        self._flows.set()
        self.is_half_open = False

    async def pump(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                await self._flows.wait()
                if not self.is_half_open:
                    drain.write(data)
                    await drain.drain()

    def cut(self, _: Random) -> None:
        """Both ends learn of it at once, in the middle of whatever was on the way."""
        self._flows.set()
        for end in self._ends:
            end.transport.abort()

    def stall(self, random: Random) -> None:
        """Nothing gets through for a while; then all of it does."""
        self._flows.clear()
        asyncio.get_running_loop().call_later(random.uniform(0.5, 3), self._flows.set)

    def half_open(self, random: Random) -> None:
        """One end is gone, and the other is never told."""
        self.is_half_open = True
        random.choice(self._ends).transport.abort()


class Proxy:
    """Listens on one port and hands each connection to one of the servers that answer."""

    def __init__(self, ports: Sequence[int], random: Random, *, half_opens: bool = True) -> None:
        self._ports = ports
        self._random = random
        self._links: set[_Link] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._harms: list[Callable[[_Link, Random], None]] = [_Link.cut, _Link.cut, _Link.stall]
        if half_opens:
            self._harms.append(_Link.half_open)
        self.counts: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listener is not None
        self._listener.close()
        self.cut_all()
        if self._serving:
            await asyncio.wait(self._serving)

    @property
    def url(self) -> str:
        assert self._listener is not None
        return f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    def harm(self) -> None:
        """Does something bad to one connection."""
        healthy = [link for link in self._links if not link.is_half_open]
        if healthy:
            harm = self._random.choice(self._harms)
            self.counts[harm.__name__.replace("_", "-")] += 1
            harm(self._random.choice(healthy), self._random)

    def cut_all(self) -> None:
        for link in self._links:
            link.cut(self._random)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = await self._connect()
        if server is None:
            writer.transport.abort()
            return
        server_reader, server_writer = server
        link = _Link(writer, server_writer)
        self._links.add(link)
        pumps = [
            asyncio.create_task(link.pump(reader, server_writer)),
            asyncio.create_task(link.pump(server_reader, writer)),
        ]
        _, open_still = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        if link.is_half_open and open_still:
            await asyncio.wait(open_still)
        link.cut(self._random)
        await asyncio.wait(pumps)
        self._links.discard(link)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for port in self._random.sample(self._ports, len(self._ports)):
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None
