"""Which sockets are open in this process, how does time pass for them, and how do they go when the server goes?"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from realtime import metrics
from schema.protocol import CloseCode

_TICK = 1.0

# With few sockets there is no herd to spread.
_LONGEST_PAUSE = 0.02


class Socket(Protocol):
    def hang_up(self, code: CloseCode, reason: str) -> None: ...

    def tick(self, now: float) -> None:
        """A second has passed."""


class Sockets:
    """The open sockets. One timer serves them all."""

    def __init__(self, drain_seconds: float, most: int, most_of_user: int) -> None:
        self._drain_seconds = drain_seconds
        self._most = most
        self._most_of_user = most_of_user
        self._users: Counter[str] = Counter()
        self._open: set[Socket] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._all_gone = asyncio.Event()
        self.going = False

    def __iter__(self) -> Iterator[Socket]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, socket: Socket) -> None:
        self._open.add(socket)
        self._all_gone.clear()
        metrics.SOCKETS.inc()
        if self.going:
            _say_going(socket)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_TICK, self._tick)

    @property
    def are_full(self) -> bool:
        return len(self._open) >= self._most

    def admit(self, user_id: str) -> bool:
        """Whether one more socket of a user may stay; one that does is let out by `release`."""
        if self._users[user_id] >= self._most_of_user:
            return False
        self._users[user_id] += 1
        return True

    def release(self, user_id: str) -> None:
        self._users[user_id] -= 1
        if not self._users[user_id]:
            del self._users[user_id]

    def _tick(self) -> None:
        now = time.time()
        for socket in list(self._open):
            socket.tick(now)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_TICK, self._tick) if self._open else None

    def remove(self, socket: Socket) -> None:
        self._open.remove(socket)
        metrics.SOCKETS.dec()
        if not self._open:
            self._all_gone.set()

    async def drain(self) -> None:
        """Closes every socket, in no order, spread over most of the time given; waits for the rest of it.

        The clients come back elsewhere, and should not all do so at once.
        """
        self.going = True
        seconds = self._drain_seconds
        sockets = list(self._open)
        random.shuffle(sockets)
        pause = min(seconds * 0.7 / max(len(sockets), 1), _LONGEST_PAUSE)
        for socket in sockets:
            _say_going(socket)
            await asyncio.sleep(pause)
        if self._open:
            try:
                async with asyncio.timeout(seconds * 0.2):
                    await self._all_gone.wait()
            except TimeoutError:
                # A peer that does not read: the process does not wait for it.
                return


def _say_going(socket: Socket) -> None:
    socket.hang_up(CloseCode.GOING_AWAY, "the server is going: come back, and resume")
