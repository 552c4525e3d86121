"""What waits to be written to one socket? A bounded queue, and the one task that writes."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

MOST_MESSAGES = 20_000
MOST_CHARACTERS = 8_000_000


class Outbox:
    """Messages in order. `on_overflow` is called, once, when a peer reads too slowly for the bounds."""

    def __init__(
        self, write: Callable[[str], Awaitable[None]], on_overflow: Callable[[], None]
    ) -> None:
        self._write = write
        self._on_overflow = on_overflow
        self._waiting: deque[str] = deque()
        self._characters = 0
        self._has_some = asyncio.Event()
        self._empty = asyncio.Event()
        self._closed = False

    def seal(self) -> None:
        """Takes nothing more; what waits is still written."""
        self._closed = True

    def put(self, message: str) -> None:
        if self._closed:
            return
        self._waiting.append(message)
        self._characters += len(message)
        if len(self._waiting) > MOST_MESSAGES or self._characters > MOST_CHARACTERS:
            self.close()
            self._on_overflow()
            return
        self._empty.clear()
        self._has_some.set()

    def close(self) -> None:
        """Takes nothing more, and forgets what waits."""
        self._closed = True
        self._waiting.clear()

    async def run(self) -> None:
        while True:
            await self._has_some.wait()
            while self._waiting:
                message = self._waiting.popleft()
                await self._write(message)
                self._characters -= len(message)
            self._has_some.clear()
            self._empty.set()

    async def drained(self) -> None:
        """Returns when everything put so far has been written."""
        if self._waiting or self._has_some.is_set():
            await self._empty.wait()
