"""How does one organisation's log reach the streams of this process? Turn by turn, each on one snapshot.

Invariants: the streams in the index have heard every row up to the tail's position; a stream joins only
between two rows, having heard all before; a row is delivered to everyone before the next one is looked at.
"""

import asyncio
import logging
import time
from contextlib import suppress

from models import EventHead
from models.transactions import in_snapshot
from realtime import metrics
from realtime.audit import astray
from realtime.delivery import Delivery
from realtime.index import Index
from realtime.streams import Stream
from realtime.tail import CHUNK, Tail, chunks
from realtime.updates import Update, UpdateKind

_TICK = 1.0
_POLL = 5.0
_POLL_ALONE = 0.25
_SILENCE = 15.0
_LINGER = 60.0
_AUDIT = 60.0

logger = logging.getLogger("dealcast.feed")


class Feed:
    """One organisation's tail and streams. `run` ends by itself when nobody has listened for a while."""

    def __init__(self, head: EventHead, broker_is_healthy: "asyncio.Event") -> None:
        self.organisation_id = head.organisation_id
        self.tail = Tail(head.organisation_id, head.position)
        self._epoch = head.epoch
        self._broker_is_healthy = broker_is_healthy
        self._index = Index()
        self._joining: list[tuple[Stream, asyncio.Future[None]]] = []
        self._woken = asyncio.Event()
        metrics.HEAD.labels(head.organisation_id).set(head.position)
        # Whether it was woken because there is something to do, and not only in doubt.
        self._was_told = False
        self.has_ended = False

    @property
    def is_heard(self) -> bool:
        """Whether anyone listens: what nobody awaits is not read."""
        return bool(self._index.streams)

    def wake(self, position: int) -> None:
        if position > self.tail.position:
            self._tell()

    def look(self) -> None:
        """Soon, though nobody has told of news."""
        self._woken.set()

    def _tell(self) -> None:
        self._was_told = True
        self._woken.set()

    async def join(self, stream: Stream) -> None:
        """Returns when the stream, wherever it had got to, hears every row as it comes."""
        joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._joining.append((stream, joined))
        self._tell()
        await joined

    def leave(self, stream: Stream) -> None:
        stream.closed = True
        self._index.remove(stream)

    async def run(self) -> None:
        try:
            await self._run()
        finally:
            self.has_ended = True

    async def _run(self) -> None:
        idle_since = looked_at = audited_at = time.monotonic()
        while self._index.streams or self._joining or time.monotonic() - idle_since < _LINGER:
            alone = not self._broker_is_healthy.is_set()
            due = self._index.summaries.due()
            pause = min(_POLL_ALONE if alone else _TICK, _TICK if due is None else due)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            now = time.monotonic()
            if self._index.streams:
                idle_since = now
            if self._woken.is_set() or alone or now - looked_at > _POLL:
                looked_at = now
                was_told, position = self._was_told, self.tail.position
                self._was_told = False
                self._woken.clear()
                await self._look()
                if not was_told and self.tail.position > position:
                    metrics.WAKE_UPS_LOST.inc()
            if self._index.summaries.due() == 0:
                await self._summarise()
            await self._beat(now)
            if now - audited_at > _AUDIT:
                audited_at = now
                await self._audit()

    async def _look(self) -> None:
        try:
            more = await in_snapshot(self._turn, "live")
        except Exception:
            # Nothing was sent beyond the tail's position; the next look begins there.
            logger.exception("the log of %s could not be read; trying again", self.organisation_id)
            await asyncio.sleep(_POLL_ALONE)
            more = True
        if more:
            self._tell()

    async def _turn(self) -> bool:
        """Hands out one chunk of news; says whether there is more to do."""
        head = await EventHead.get(organisation_id=self.organisation_id)
        if head.epoch != self._epoch or head.position < self.tail.position:
            self._begin_again(head)
            return False
        joining, self._joining = self._joining, []
        try:
            for stream, _ in joining:
                await self._catch_up(stream, head)
            rows = await self.tail.news() if self._index.streams or joining else []
            for stream, joined in joining:
                if not stream.closed:
                    self._index.add(stream)
                if not joined.done():
                    joined.set_result(None)
        except BaseException:
            self._joining += [(stream, joined) for stream, joined in joining if not joined.done()]
            raise
        delivery = Delivery(self._index, self._epoch, head.position)
        await delivery.prepare(rows)
        for row in rows:
            await delivery.deliver(row)
            self.tail.advance(row)
            metrics.EVENTS.inc()
            metrics.LAG.observe(time.time() - row.at.timestamp())
        if rows:
            self._index.summaries.move()
            metrics.HEAD.labels(self.organisation_id).set(self.tail.position)
        return len(rows) >= CHUNK

    async def _summarise(self) -> None:
        try:
            await in_snapshot(self._push_summaries, "live")
        except Exception:
            logger.exception("the summaries of %s could not be read", self.organisation_id)
            self._index.summaries.move()

    async def _push_summaries(self) -> None:
        delivery = Delivery(self._index, self._epoch, self.tail.position)
        # What it shows may be newer than the rows that were heard: the next push has it, too.
        cursor = delivery.cursor(self.tail.position)
        for summary, streams in (await self._index.summaries.differing()).items():
            await delivery.send(Update(UpdateKind.CHANGED, cursor, summary=summary), streams)

    def _begin_again(self, head: EventHead) -> None:
        """The log is another one: every stream comes back, and is answered by RESYNC."""
        for stream in (*self._index.streams, *(stream for stream, _ in self._joining)):
            self.leave(stream)
            stream.sink.lapse()
        for _, joined in self._joining:
            if not joined.done():
                joined.set_result(None)
        self._joining = []
        self.tail = Tail(head.organisation_id, head.position)
        self._epoch = head.epoch

    async def _catch_up(self, stream: Stream, head: EventHead) -> None:
        """Brings a stream from where it has got to up to the others."""
        delivery = Delivery(Index([stream]), self._epoch, head.position)
        async for rows in chunks(self.tail, stream.position, self.tail.position):
            await delivery.prepare(rows)
            for row in rows:
                if not stream.closed:
                    await delivery.deliver(row)

    async def _audit(self) -> None:
        try:
            lost = await in_snapshot(self._astray, "live")
        except Exception:
            # Rights that cannot be checked are rights that are not there.
            logger.exception("the rights of streams could not be checked; they are closed")
            lost = list(self._index.streams)
        for stream in lost:
            self.leave(stream)
            stream.sink.lapse()

    async def _astray(self) -> list[Stream]:
        head = await EventHead.get(organisation_id=self.organisation_id)
        if head.position != self.tail.position:
            # News is on its way to the streams: they are compared another time.
            return []
        lost = await astray(self._index.streams)
        if lost:
            logger.error("%d streams did not know what their viewers may hear", len(lost))
        return lost

    async def _beat(self, now: float) -> None:
        """After a silence the client learns that all is well, and how far the log has gone."""
        quiet = [
            stream
            for stream in self._index.streams
            # One that began ahead of the tail would be told to go back, and to hear things twice.
            if now - stream.sent_at >= _SILENCE and stream.position <= self.tail.position
        ]
        if quiet:
            delivery = Delivery(self._index, self._epoch, self.tail.position)
            cursor = delivery.cursor(self.tail.position)
            await delivery.send(Update(UpdateKind.HEARTBEAT, cursor), quiet)
