"""Which sockets are open in this process, how does time pass for them, and how do they go when the server goes?"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
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
        # Those that have not said yet who they are, the oldest first, and those sent away to make room.
        self._strangers: dict[Socket, None] = {}
        self._dismissed: set[Socket] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._all_gone = asyncio.Event()
        self.going = False

    def __iter__(self) -> Iterator[Socket]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, socket: Socket, *, is_stranger: bool = False) -> None:
        self._open.add(socket)
        if is_stranger:
            self._strangers[socket] = None
        self._all_gone.clear()
        metrics.SOCKETS.inc()
        if self.going:
            _say_going(socket)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_TICK, self._tick)

    def have_room(self) -> bool:
        """Whether one more may come. For it the oldest stranger goes: who has no token keeps nobody out."""
        if len(self._open) - len(self._dismissed) < self._most:
            return True
        if not self._strangers:
            return False
        oldest = next(iter(self._strangers))
        del self._strangers[oldest]
        self._dismissed.add(oldest)
        oldest.hang_up(CloseCode.TRY_AGAIN, "this server is full: try again later")
        return True

    def admit(self, socket: Socket, user_id: str) -> bool:
        """Whether one more socket of a user may stay; one that does is let out by `release`."""
        if self._users[user_id] >= self._most_of_user:
            return False
        self._users[user_id] += 1
        self._strangers.pop(socket, None)
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
        self._strangers.pop(socket, None)
        self._dismissed.discard(socket)
        metrics.SOCKETS.dec()
        if not self._open:
            self._all_gone.set()

    async def drain(self) -> float:
        """Closes every socket, in no order, spread over most of the time given; the seconds left of it.

        The clients come back elsewhere, and should not all do so at once.
        """
        self.going = True
        loop = asyncio.get_running_loop()
        begin = loop.time()
        sockets = list(self._open)
        random.shuffle(sockets)
        # By the clock, not by pauses alone: a busy loop would add its own to each.
        for left, socket in zip(range(len(sockets), 0, -1), sockets, strict=True):
            _say_going(socket)
            time_left = begin + 0.6 * self._drain_seconds - loop.time()
            await asyncio.sleep(min(time_left / left, _LONGEST_PAUSE))
        if self._open:
            # A peer that does not read: the process does not wait for it.
            with suppress(TimeoutError):
                async with asyncio.timeout_at(begin + 0.8 * self._drain_seconds):
                    await self._all_gone.wait()
        return begin + self._drain_seconds - loop.time()


def _say_going(socket: Socket) -> None:
    socket.hang_up(CloseCode.GOING_AWAY, "the server is going: come back, and resume")
