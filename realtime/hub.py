"""Where do all open subscriptions of this process hang together?

A subscription begins on a snapshot of its own (`beginning`), then joins the feed of its organisation, which
brings it from there to the newest row without a gap: no window in which a row is missed or heard twice.
"""

import asyncio
import contextvars
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from models import EventHead
from realtime import metrics
from realtime.broker import Broker
from realtime.cursors import LogCursor
from realtime.feed import Feed
from realtime.opening import Opening
from realtime.streams import Stream
from realtime.tail import floor, read

logger = logging.getLogger("dealcast.hub")


class Hub:
    """The feeds of the organisations that someone in this process listens to, and the broker that wakes them."""

    def __init__(self, broadcast_url: str, retention: timedelta) -> None:
        self._retention = retention
        self._feeds: dict[str, Feed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.broker = Broker(broadcast_url, self._wake, self._doubt)

    async def start(self) -> None:
        await self.broker.start()

    async def stop(self) -> None:
        await self.broker.stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def open(self, stream: Stream, after: LogCursor | None) -> None:
        """Begins a stream, and returns when it is live (or has ended already).

        Raises:
            Unseen: a single deal is asked for without a cursor and cannot be seen.
        """
        opening = Opening(stream, after)
        while not opening.is_over:
            # A feed may have gone to rest between two rounds.
            feed = await self._feed(stream.organisation_id)
            await feed.begin(opening)
            await stream.sink.room()
        if opening.failure is not None:
            raise opening.failure
        if not stream.closed:
            feed = await self._feed(stream.organisation_id)
            await feed.join(stream)

    async def lag(self) -> float:
        """For how many seconds the oldest row has waited that streams of this process have not been told."""
        heard = {ident: feed for ident, feed in self._feeds.items() if feed.is_heard}
        heads = await EventHead.filter(organisation_id__in=list(heard))
        waiting = [0.0]
        for head in heads:
            after = heard[head.organisation_id].tail.position
            if head.position > after:
                [row] = await read(head.organisation_id, after, after + 1)
                waiting.append((datetime.now(UTC) - row.at).total_seconds())
        return max(waiting)

    async def find_floors(self) -> None:
        """How far back the logs that are listened to can be resumed, for the operator."""
        for organisation_id in list(self._feeds):
            position = await floor(organisation_id, datetime.now(UTC) - self._retention)
            metrics.FLOOR.labels(organisation_id).set(position)

    def close(self, stream: Stream) -> None:
        stream.closed = True
        feed = self._feeds.get(stream.organisation_id)
        if feed is not None:
            feed.leave(stream)

    def _wake(self, organisation_id: str, position: int) -> None:
        feed = self._feeds.get(organisation_id)
        if feed is not None:
            feed.wake(position)

    def _doubt(self) -> None:
        """The news that is missing may be of anything."""
        for feed in self._feeds.values():
            feed.look()

    async def _feed(self, organisation_id: str) -> Feed:
        if self._running_feed(organisation_id) is None:
            head = await EventHead.get(organisation_id=organisation_id)
            if self._running_feed(organisation_id) is None:
                self._start_feed(Feed(head, self.broker.healthy, self._retention))
        return self._feeds[organisation_id]

    def _running_feed(self, organisation_id: str) -> Feed | None:
        feed = self._feeds.get(organisation_id)
        return None if feed is None or feed.has_ended else feed

    def _start_feed(self, feed: Feed) -> None:
        self._feeds[feed.organisation_id] = feed
        # A context of its own: the one of the request that happens to come first is not the feed's.
        task = asyncio.create_task(feed.run(), context=contextvars.Context())
        self._tasks.add(task)

        def gone(_: object) -> None:
            self._tasks.discard(task)
            if self._feeds.get(feed.organisation_id) is feed:
                del self._feeds[feed.organisation_id]

        task.add_done_callback(gone)
