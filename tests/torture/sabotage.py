"""Would the torture find a fault? Servers with one: `python -m tests.torture.sabotage NAME` serves as `server.py` does.

`sequence`: positions are taken from a sequence, so they become visible out of order.
`wakeups`: only what a wake-up told of is read.
`rights`: a state is sent without a look at who may see it.
`boards`: what leaves a board is not told.
"""

import asyncio
import os
import sys
from typing import Any

import server
from models import Event
from models.transactions import fetch
from realtime import delivery
from realtime.boards import BoardStream
from realtime.cursors import LogCursor
from realtime.delivery import Delivery
from realtime.feed import Feed
from realtime.streams import CHANGED, Heard, Stream
from realtime.tail import Tail
from resolvers.log import Log

# A change to this name takes its time between its number and its commit, as any may.
SLOW = "slow"


async def _write_by_sequence(log: Log) -> LogCursor | None:
    """As one would without the lock on the head: the row is written first, and its number is just the next."""
    if not log._events:
        return None
    places = {}
    for event in log._events:
        [row] = await fetch("SELECT nextval('positions') AS position")
        event.position = places[event.deal_id] = row["position"]
    if any(change["after"] == SLOW for event in log._events for change in event.changes):
        await asyncio.sleep(1.5)
    for deal in log._deals:
        deal.position = places[deal.id]
        deal.fold()
        await deal.save(force_update=True)
    await Event.bulk_create(log._events)
    [head] = await fetch(
        "UPDATE event_heads SET position = GREATEST(position, $1) WHERE organisation_id = $2"
        " RETURNING epoch",
        event.position,
        log.organisation_id,
    )
    return LogCursor(head["epoch"], event.position)


def sequence() -> None:
    Log.write = _write_by_sequence  # type: ignore[method-assign, assignment]


def wakeups() -> None:
    told: set[int] = set()
    wake, news = Feed.wake, Tail.news

    def remember(feed: Feed, position: int) -> None:
        told.add(position)
        wake(feed, position)

    async def only_told(tail: Tail) -> list[Event]:
        return [row for row in await news(tail) if row.position in told]

    Feed.wake = remember  # type: ignore[method-assign, assignment]
    Tail.news = only_told  # type: ignore[method-assign, assignment]
    # What was not told of is a hole in memory too.
    Tail.recent = lambda *_: None  # type: ignore[method-assign]


def rights() -> None:
    def may_always_have(_delivery: Delivery, _stream: Stream, *_: Any) -> bool:
        return True

    # Of what a resumed stream hears this one alone would withhold enough.
    delivery._is_withheld = lambda *_: False
    Delivery._may_have = may_always_have  # type: ignore[method-assign, assignment]


def boards() -> None:
    hear_move = BoardStream.hear_move

    def stay(stream: BoardStream, row: Event, **given: Any) -> Heard | None:
        return CHANGED if hear_move(stream, row, **given) is CHANGED else None

    BoardStream.hear_move = stay  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    faults = {"sequence": sequence, "wakeups": wakeups, "rights": rights, "boards": boards}
    faults[sys.argv[1]]()
    sys.exit(server.main([], os.environ))
