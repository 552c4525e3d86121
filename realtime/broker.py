"""How do processes wake each other? With a few bytes over broadcaster: an organisation and the head of its log.

A wake-up carries no data, so losing one costs time and never an update: each process reads the log itself,
and polls it quickly while its own heartbeat does not come back. What broadcaster cannot bear is kept from it:
one channel, one subscription a process, one task that publishes; and a connection that fell silent, which
it does not notice, is recreated. The tasks that it forgets when a connection fails are ended here.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from secrets import token_hex

from broadcaster import Broadcast

from realtime import metrics

_CHANNEL = "dealcast"
_BEAT_EVERY = 0.25
# Unheard for so long it is not relied on, but may only be busy; for so long, a new connection is tried.
_DOUBT = 0.75
_SILENCE = 3.0
_SLOWEST_RETRY = 5.0
# A connection that lasted so long was a good one: the next is tried at once.
_SETTLED = 60.0

logger = logging.getLogger("dealcast.broker")


class Silent(Exception):
    """The process's own heartbeat did not come back."""


class Broker:
    """Tells other processes of this one's writes, and this one of theirs.

    `on_wake(organisation_id, head)` is called in the event loop for each piece of news, this process's own
    included, which does not wait for the way through the broadcaster; `on_doubt()` when news of other
    processes may be missing from now on.
    """

    def __init__(
        self, url: str, on_wake: Callable[[str, int], None], on_doubt: Callable[[], None]
    ) -> None:
        self._url = url
        self._on_wake = on_wake
        self._on_doubt = on_doubt
        self._name = token_hex(6)
        self._pending: dict[str, int] = {}
        self._has_news = asyncio.Event()
        self._heard_at = 0.0
        self._task: asyncio.Task[None] | None = None
        # A cancellation may be lost where a connection fails at the same moment.
        self._is_stopping = False
        # Set while news of other processes can be relied on.
        self.healthy = asyncio.Event()

    async def start(self) -> None:
        global _current  # noqa: PLW0603  the broker of this process, found by the mutations
        self._is_stopping = False
        self._task = asyncio.create_task(self._run())
        _current = self

    async def stop(self) -> None:
        global _current  # noqa: PLW0603
        _current = None
        self._is_stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def announce(self, organisation_id: str, head: int) -> None:
        self._on_wake(organisation_id, head)
        # Only the newest head of an organisation matters, so what waits here is bounded by their number.
        self._pending[organisation_id] = max(head, self._pending.get(organisation_id, 0))
        self._has_news.set()

    async def _run(self) -> None:
        pause = 0.1
        while not self._is_stopping:
            started = time.monotonic()
            metrics.RECONNECTIONS.inc()
            try:
                await self._connected()
            except Exception as error:  # noqa: BLE001  whatever the backend raises, a new connection is the cure
                logger.warning("broadcaster: %s; polling until it is back", _said(error))
            self._doubt()
            pause = 0.1 if time.monotonic() - started > _SETTLED else min(pause * 2, _SLOWEST_RETRY)
            await asyncio.sleep(pause)

    async def _connected(self) -> None:
        async with _connection(self._url) as bus, bus.subscribe(_CHANNEL) as news:
            self._heard_at = time.monotonic()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._publish(bus))
                tasks.create_task(self._watch())
                while True:
                    self._hear((await news.get()).message)

    def _doubt(self) -> None:
        metrics.BROKER.set(0)
        if self.healthy.is_set():
            self.healthy.clear()
            self._on_doubt()

    def _hear(self, message: str) -> None:
        sender, organisation_id, head = message.split(" ")
        if sender == self._name:
            self._heard_at = time.monotonic()
            self.healthy.set()
            metrics.BROKER.set(1)
        elif organisation_id != "-":
            self._on_wake(organisation_id, int(head))

    async def _publish(self, bus: Broadcast) -> None:
        """The one task that publishes: news as it comes, and a heartbeat in between."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_BEAT_EVERY):
                    await self._has_news.wait()
            self._has_news.clear()
            pending, self._pending = self._pending, {}
            for organisation_id, head in (pending or {"-": 0}).items():
                async with asyncio.timeout(_SILENCE):
                    await bus.publish(_CHANNEL, f"{self._name} {organisation_id} {head}")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_EVERY)
            silence = time.monotonic() - self._heard_at
            if silence > _DOUBT:
                self._doubt()
            if silence > _SILENCE:
                raise Silent("its heartbeat does not come back")


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[Broadcast]:
    """One of which nothing is left, however it ends, and though it could not be made."""
    bus = Broadcast(url)
    try:
        async with bus:
            yield bus
    finally:
        # One hands messages on; the other, which Redis alone has, reads them.
        backend = bus._backend  # noqa: SLF001  its task has no public name
        owners = ((bus, "_listener_task"), (backend, "_listener"))
        found = [getattr(owner, name, None) for owner, name in owners]
        tasks = [task for task in found if isinstance(task, asyncio.Task)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Not done where ending the one above raised.
        with suppress(Exception):
            await backend.disconnect()


def _said(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


_current: Broker | None = None


def announce(organisation_id: str, head: int) -> None:
    """Called after a commit; where no broker runs (a command, a test of resolvers) nobody listens."""
    if _current is not None:
        _current.announce(organisation_id, head)
