"""Which sockets are open in this process, and how do they all go when the server goes?"""

import asyncio
import random
from collections.abc import Callable, Iterator

from realtime import metrics
from schema.protocol import CloseCode

HangUp = Callable[[CloseCode, str], None]

# With few sockets there is no herd to spread.
_LONGEST_PAUSE = 0.02


class Sockets:
    """The open sockets, by what closes them."""

    def __init__(self, drain_seconds: float) -> None:
        self._drain_seconds = drain_seconds
        self._open: dict[object, HangUp] = {}
        self._all_gone = asyncio.Event()
        self.going = False

    def __iter__(self) -> Iterator[object]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: object, hang_up: HangUp) -> None:
        self._open[connection] = hang_up
        self._all_gone.clear()
        metrics.SOCKETS.inc()
        if self.going:
            _say_going(hang_up)

    def remove(self, connection: object) -> None:
        del self._open[connection]
        metrics.SOCKETS.dec()
        if not self._open:
            self._all_gone.set()

    async def drain(self) -> None:
        """Closes every socket, in no order, spread over most of the time given; waits for the rest of it.

        The clients come back elsewhere, and should not all do so at once.
        """
        self.going = True
        seconds = self._drain_seconds
        connections = list(self._open.values())
        random.shuffle(connections)
        pause = min(seconds * 0.7 / max(len(connections), 1), _LONGEST_PAUSE)
        for hang_up in connections:
            _say_going(hang_up)
            await asyncio.sleep(pause)
        if self._open:
            try:
                async with asyncio.timeout(seconds * 0.2):
                    await self._all_gone.wait()
            except TimeoutError:
                # A peer that does not read: the process does not wait for it.
                return


def _say_going(hang_up: HangUp) -> None:
    hang_up(CloseCode.GOING_AWAY, "the server is going: come back, and resume")
