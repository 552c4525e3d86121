"""How does a client speak that may say anything? A websocket without a library, frame by frame.

It is also cheap: a handshake costs a tenth of that of a real client.
"""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from tests.harness import PATIENCE, Client, World

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


class Closed(Exception):
    """The server closed the socket, with this code; 1006 if it said none."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Frames:
    """One socket. What is sent is written at once, whether or not the server reads."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, world: World) -> AsyncIterator[Self]:
        host = urlsplit(world.url).netloc
        name, _, port = host.partition(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        try:
            writer.write(_HANDSHAKE.format(host=host).encode())
            async with asyncio.timeout(PATIENCE):
                answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 101 ")
            yield cls(reader, writer)
        finally:
            writer.close()

    @classmethod
    @asynccontextmanager
    async def admitted(cls, by: Client) -> AsyncIterator[Self]:
        async with cls.open(by.world) as self:
            self.say(type="connection_init", payload={"authorization": f"Bearer {by.token}"})
            assert (await self.hear())["type"] == "connection_ack"
            yield self

    def say(self, **message: Any) -> None:
        self.send(json.dumps(message))

    def send(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            self.send_raw(TEXT, frame.encode())
        else:
            self.send_raw(BINARY, frame)

    def send_raw(self, opcode: int, data: bytes, *, last: bool = True) -> None:
        """One frame; the mask is of zeros, under which the data stay what they are."""
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", opcode | last << 7, size | 0x80)
        elif size < 1 << 16:
            head = struct.pack("!BBH", opcode | last << 7, 126 | 0x80, size)
        else:
            head = struct.pack("!BBQ", opcode | last << 7, 127 | 0x80, size)
        self.write(head + bytes(4) + data)

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def hear(self) -> dict[str, Any]:
        """The next message.

        Raises:
            Closed: there is none.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    opcode, data = await self._frame()
                    if opcode == CLOSE:
                        self.send_raw(CLOSE, data)
                        raise Closed(struct.unpack("!H", data[:2])[0] if data else 1005)
                    if opcode == TEXT:
                        message: dict[str, Any] = json.loads(data)
                        return message
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Closed(1006) from None

    async def _frame(self) -> tuple[int, bytes]:
        first, size = await self._reader.readexactly(2)
        if size == 126:
            [size] = struct.unpack("!H", await self._reader.readexactly(2))
        elif size == 127:
            [size] = struct.unpack("!Q", await self._reader.readexactly(8))
        return first & 0xF, await self._reader.readexactly(size)

    async def end(self) -> int:
        """The code that the server closes the socket with, without another word."""
        try:
            message = await self.hear()
        except Closed as closed:
            return closed.code
        raise AssertionError(message)
