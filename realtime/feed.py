"""How does one organisation's log reach the streams of this process? Turn by turn, each on one snapshot.

Invariants: the streams in the index have heard every row up to the tail's position; a stream joins only
between two rows, having heard all before; a row is delivered to everyone before the next one is looked at.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice

from models import Event, EventHead
from models.rows import rows_by
from models.together import Together
from models.transactions import in_snapshot
from realtime import metrics
from realtime.audit import Auditor
from realtime.beginning import Beginner
from realtime.delivery import Delivery
from realtime.index import Index
from realtime.opening import Opening
from realtime.replay import catch_up
from realtime.streams import Stream
from realtime.tail import CHUNK, Tail
from realtime.updates import Update, UpdateKind

_TICK = 1.0
_POLL = 5.0
_POLL_ALONE = 0.25
_SILENCE = 15.0
_LINGER = 60.0
# After writing to many sockets: so many times as long as that took, and at most so long.
_REST = 2
_LONGEST_REST = 0.1
_BEATS_AT_ONCE = 1_000
# Streams that begin together.
_MOST_AT_ONCE = 100

logger = logging.getLogger("dealcast.feed")


class Feed:
    """One organisation's tail and streams. `run` ends by itself when nobody has listened for a while."""

    def __init__(
        self, head: EventHead, broker_is_healthy: asyncio.Event, retention: timedelta
    ) -> None:
        self.organisation_id = head.organisation_id
        self.tail = Tail(head)
        self._broker_is_healthy = broker_is_healthy
        self._index = Index()
        self._auditor = Auditor(head.organisation_id, self._index.streams)
        self._joining: list[tuple[Stream, asyncio.Future[None]]] = []
        self._woken = asyncio.Event()
        metrics.HEAD.labels(head.organisation_id).set(head.position)
        # Whether it was woken because there is something to do, and not only in doubt.
        self._was_told = False
        # Handing out takes a third of the loop's time at most: the rest is for those who ask and change, and
        # what they change meanwhile goes out together.
        self._rests_until = 0.0
        # The newest position that anybody has told of.
        self._news = 0
        self._is_turning = False
        self._beginner = Beginner(retention)
        self._beginnings = Together(self._round, _MOST_AT_ONCE)
        self.has_ended = False

    @property
    def is_heard(self) -> bool:
        """Whether anyone listens: what nobody awaits is not read."""
        return bool(self._index.streams)

    def wake(self, position: int) -> None:
        # News that comes while nobody listens is not read: whoever joins then asks for it.
        self._news = max(self._news, position)
        if self._news > self.tail.position:
            self._tell()

    def look(self) -> None:
        """Soon, though nobody has told of news."""
        self._woken.set()

    def _tell(self) -> None:
        self._was_told = True
        self._woken.set()

    async def begin(self, opening: Opening) -> None:
        """Takes a stream a round further towards READY."""
        await self._beginnings.ask(opening)

    async def _round(self, openings: list[Opening]) -> list[None]:
        await in_snapshot(lambda: self._beginner.round(openings, self.tail), "replay")
        return [None] * len(openings)

    async def join(self, stream: Stream) -> None:
        """Returns when the stream, wherever it had got to, hears every row as it comes."""
        is_of_this_log = stream.epoch == self.tail.epoch
        if is_of_this_log and stream.position >= self.tail.position and not self._is_turning:
            # It has heard all that the others have, and no row is on its way to them.
            self._index.add(stream)
            self.wake(stream.position)
            return
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
        idle_since = looked_at = beaten_at = audited_at = time.monotonic()
        while self._index.streams or self._joining or time.monotonic() - idle_since < _LINGER:
            alone = not self._broker_is_healthy.is_set()
            due = self._index.summaries.due()
            pause = min(_POLL_ALONE if alone else _TICK, _TICK if due is None else due)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            await asyncio.sleep(max(0, self._rests_until - time.monotonic()))
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
            if now - beaten_at >= _TICK:
                beaten_at = now
                await self._beat(now)
            if now - audited_at >= self._auditor.pause:
                audited_at = now
                await self._audit()

    async def _look(self) -> None:
        self._is_turning = True
        try:
            more = await in_snapshot(self._turn, "live")
        except Exception:
            # Nothing was sent beyond the tail's position; the next look begins there.
            logger.exception("the log of %s could not be read; trying again", self.organisation_id)
            await asyncio.sleep(_POLL_ALONE)
            more = True
        finally:
            self._is_turning = False
        if more:
            self._tell()

    async def _turn(self) -> bool:
        """Hands out one chunk of news; says whether there is more to do."""
        [head] = await rows_by(EventHead, "organisation_id", [self.organisation_id])
        if head.epoch != self.tail.epoch or head.position < self.tail.position:
            self._begin_again(head)
            return False
        joining, self._joining = self._joining, []
        try:
            streams = [stream for stream, _ in joining if not stream.closed]
            for stream in streams:
                if stream.epoch != head.epoch:
                    stream.closed = True
                    stream.sink.lapse()
            await catch_up(streams, head, self.tail, self.tail.position)
            rows = await self.tail.news() if self._index.streams or joining else []
            for stream, joined in joining:
                if not stream.closed:
                    self._index.add(stream)
                if not joined.done():
                    joined.set_result(None)
        except BaseException:
            self._joining += [(stream, joined) for stream, joined in joining if not joined.done()]
            raise
        if rows:
            await self._deliver(rows, head.position)
        return len(rows) >= CHUNK

    async def _deliver(self, rows: Sequence[Event], head: int) -> None:
        delivery = Delivery(self._index, self.tail.epoch)
        await delivery.prepare(rows, head)
        try:
            await delivery.deliver_all(rows, self._heard)
        finally:
            rest = min(_REST * delivery.seconds_writing, _LONGEST_REST)
            self._rests_until = time.monotonic() + rest
        self._index.summaries.move()
        metrics.HEAD.labels(self.organisation_id).set(self.tail.position)

    def _heard(self, row: Event) -> None:
        self.tail.advance(row)
        metrics.EVENTS.inc()
        metrics.LAG.observe(time.time() - row.at.timestamp())

    async def _summarise(self) -> None:
        try:
            await in_snapshot(self._push_summaries, "live")
        except Exception:
            logger.exception("the summaries of %s could not be read", self.organisation_id)
            self._index.summaries.move()

    async def _push_summaries(self) -> None:
        delivery = Delivery(self._index, self.tail.epoch)
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
        self.tail, self._news = Tail(head), 0

    async def _audit(self) -> None:
        for stream in await self._auditor.lost(self.tail.position):
            self.leave(stream)
            stream.sink.lapse()

    async def _beat(self, now: float) -> None:
        """After a silence the client learns that all is well, and how far the log has gone."""
        silent = (
            stream
            for stream in self._index.streams
            # One that began ahead of the tail would be told to go back, and to hear things twice.
            if now - stream.sent_at >= _SILENCE and stream.position <= self.tail.position
        )
        # The rest the next time.
        quiet = list(islice(silent, _BEATS_AT_ONCE))
        if quiet:
            delivery = Delivery(self._index, self.tail.epoch)
            cursor = delivery.cursor(self.tail.position)
            await delivery.send(Update(UpdateKind.HEARTBEAT, cursor), quiet)
