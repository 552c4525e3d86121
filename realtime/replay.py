"""What was missed since a cursor? Streams go back to the state of their cursor, then hear the rows again.

Many come back at once when a process ends: the rows are read once for all of them, each hears those after its
own place, and what many get is rendered once.
"""

from collections.abc import Collection, Mapping

from models import Event, EventHead
from realtime.delivery import Delivery
from realtime.index import Index
from realtime.streams import DealStream, Rights, Stream
from realtime.tail import Tail, chunks, chunks_backwards

# Rows that are heard again in one go.
_STRETCH = 200


async def rewind(places: Mapping[Stream, int], head: EventHead, tail: Tail) -> list[Stream]:
    """Takes the streams back to their places; returns those of a deal never seen on the way.

    `stream.position` is then its place.
    """
    if not places:
        return []
    index = Index(places)
    seen = {stream for stream in places if _sees(stream)}
    async for rows in chunks_backwards(tail, min(places.values()), head.position):
        for row in rows:
            touched = [one for one in _concerned(row, index) if row.position > places[one]]
            for stream in touched:
                _note_lost_sight(row, stream)
                _take_back(row, stream)
                if row.deal_id is not None:
                    index.refile(stream, row.deal_id)
            seen.update(stream for stream in touched if _sees(stream))
    for stream, place in places.items():
        stream.position, stream.resumed_at = place, head.position
    return [stream for stream in places if stream not in seen]


def _concerned(row: Event, index: Index) -> Collection[Stream]:
    if row.deal_id is not None:
        return [one for one in index.listeners(row, row.deal_id) if not one.is_for_others(row)]
    return () if row.subject_id is None else index.of_user(row.subject_id)


def _note_lost_sight(row: Event, stream: Stream) -> None:
    if row.deal_id is not None and not stream.sees(row.audience):
        stream.out_of_sight.setdefault(row.deal_id, row.position)
    if isinstance(stream, DealStream) and not stream.sees_deal:
        stream.out_of_sight.setdefault(stream.deal_id, row.position)


def _take_back(row: Event, stream: Stream) -> None:
    if row.deal_id is not None:
        stream.rewind(row)
        return
    rights = Rights.read(row, "before")
    if rights is not None:
        stream.change_rights(rights)


def _sees(stream: Stream) -> bool:
    return not isinstance(stream, DealStream) or stream.sees_deal


async def replay(streams: Collection[Stream], head: EventHead, tail: Tail) -> None:
    """Brings these a stretch further: those near the head up to it, and of the others the last ones."""
    near = [stream for stream in streams if head.position - stream.position <= _STRETCH]
    far = [stream for stream in streams if head.position - stream.position > _STRETCH]
    await catch_up(near, head, tail, head.position)
    if far:
        end = min(stream.position for stream in far) + _STRETCH
        await catch_up([one for one in far if one.position < end], head, tail, end)


async def catch_up(streams: Collection[Stream], head: EventHead, tail: Tail, upto: int) -> None:
    """Lets the streams hear every row up to a place that they have not heard."""
    if not streams:
        return
    delivery = Delivery(Index(streams), head.epoch)
    async for rows in chunks(tail, min(stream.position for stream in streams), upto):
        await delivery.prepare(rows, head.position)
        await delivery.deliver_all(rows)
    for stream in streams:
        stream.position = max(stream.position, upto)
