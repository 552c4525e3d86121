"""What is new in an organisation's log? Read in order, by position; the newest rows are kept in memory.

Positions are given out under a lock that is held to the commit, so whoever sees row n has every row before
it: reading on after the last position misses nothing.
"""

from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime

from models import Event, EventHead
from models.enums import PrivateKind
from models.rows import rows_where

CHUNK = 500
_RING = 2_000


class Tail:
    """The reading end of one organisation's log in this process."""

    def __init__(self, head: EventHead) -> None:
        self.organisation_id = head.organisation_id
        self.epoch = head.epoch
        self.position = head.position
        # The rows up to `position`, without a hole.
        self._ring: deque[Event] = deque(maxlen=_RING)

    async def news(self) -> list[Event]:
        """The next rows, oldest first, at most CHUNK."""
        return await read(self.organisation_id, self.position)

    def advance(self, row: Event) -> None:
        self._ring.append(row)
        self.position = row.position

    def recent(self, after: int, upto: int) -> list[Event] | None:
        """The rows in (after, upto] if memory holds them all."""
        if after >= upto:
            return []
        if not self._ring or after < self._ring[0].position - 1 or upto > self.position:
            return None
        first = after + 1 - self._ring[0].position
        return [self._ring[index] for index in range(first, first + upto - after)]


async def read(organisation_id: str, after: int, upto: int | None = None) -> list[Event]:
    most = after + CHUNK if upto is None else min(upto, after + CHUNK)
    condition = "organisation_id = $1 AND position > $2 AND position <= $3 ORDER BY position"
    return await rows_where(Event, condition, organisation_id, after, most)


async def floor(organisation_id: str, since: datetime) -> int:
    """The oldest position after which no row is from before `since`; looked for by halves, as rows never go."""
    low, high = 0, (await EventHead.get(organisation_id=organisation_id)).position
    while low < high:
        middle = (low + high) // 2
        [row] = await read(organisation_id, middle, middle + 1)
        low, high = (low, middle) if row.at >= since else (middle + 1, high)
    return low


async def chunks(tail: Tail, after: int, upto: int) -> AsyncIterator[list[Event]]:
    """The rows in (after, upto], oldest first; out of memory where it holds them."""
    while after < upto:
        end = min(after + CHUNK, upto)
        rows = tail.recent(after, end)
        yield rows if rows is not None else await read(tail.organisation_id, after, end)
        after = end


async def chunks_backwards(tail: Tail, after: int, upto: int) -> AsyncIterator[list[Event]]:
    """The same, newest first."""
    while after < upto:
        start = max(after, upto - CHUNK)
        rows = tail.recent(start, upto)
        rows = rows if rows is not None else await read(tail.organisation_id, start, upto)
        yield rows[::-1]
        upto = start


async def later_rights(organisation_id: str, after: int) -> list[Event]:
    """The rows after a position that change what a user may, in order: few, whatever the log's length."""
    rows = Event.filter(
        organisation_id=organisation_id,
        position__gt=after,
        subject_id__isnull=False,
        kind=PrivateKind.USER_CHANGED,
    )
    return await rows.order_by("position")
