"""What does a subscription begin with? A snapshot, or what was missed since a cursor; then READY.

Everything is read in one snapshot, so what is sent is the state at its head, and the stream goes on from there.
"""

from datetime import UTC, datetime, timedelta

from models import Deal, EventHead, Subscriber, User
from models.errors import Unseen
from models.transactions import column
from realtime import metrics
from realtime.cursors import LogCursor
from realtime.delivery import Delivery, states
from realtime.index import Index
from realtime.streams import DealStream, FollowedStream, Rights, Stream
from realtime.summaries import SummaryStream
from realtime.tail import Tail, chunks, chunks_backwards, read
from realtime.updates import Update, UpdateKind

_PAGE = 50


async def begin(stream: Stream, after: LogCursor | None, tail: Tail, retention: timedelta) -> None:
    """Sends what a stream begins with, and leaves it at the position of the snapshot's head.

    Raises:
        Unseen: a single deal is asked for without a cursor and cannot be seen.
    """
    head = await EventHead.get(organisation_id=stream.organisation_id)
    viewer = await User.get(id=stream.viewer.id)
    stream.change_rights(Rights.of(viewer))
    if not viewer.is_active:
        stream.closed = True
        stream.sink.revoke()
        return
    if viewer.signed_out_at is not None and stream.sink.sign_out(viewer.signed_out_at):
        stream.closed = True
        return
    await _load(stream)
    delivery = Delivery(Index([stream]), head.epoch, head.position)
    if after is not None and await _resumable(stream, after, head, tail, retention):
        in_memory = tail.recent(after.position, head.position) is not None
        metrics.RESUMES.labels("ring" if in_memory else "log").inc()
        await _replay(stream, after.position, head, tail, delivery)
    else:
        await _snapshot(stream, after, head, delivery)
    if not stream.closed:
        stream.position = head.position
        await delivery.send(Update(UpdateKind.READY, delivery.cursor(head.position)), [stream])


async def _load(stream: Stream) -> None:
    """The state of now: what the stream's viewer sees or follows."""
    if isinstance(stream, DealStream):
        known = (await states([stream.deal_id])).get(stream.deal_id)
        if known is not None and known[0].organisation_id == stream.organisation_id:
            stream.exists, stream.audience = True, known[1]
    elif isinstance(stream, FollowedStream):
        rows = Subscriber.filter(user_id=stream.viewer.id, has_left=False)
        stream.followed = set(await column(rows, "deal_id"))


async def _resumable(
    stream: Stream, after: LogCursor, head: EventHead, tail: Tail, retention: timedelta
) -> bool:
    """Of this epoch, not beyond the head, complete, within retention, and not too far back for the stream."""
    if after.begun or after.epoch != head.epoch or after.position > head.position:
        return False
    if stream.longest_replay and head.position - after.position > stream.longest_replay:
        return False
    if after.position == head.position:
        return True
    missed = tail.recent(after.position, after.position + 1)
    if missed is None:
        missed = await read(head.organisation_id, after.position, after.position + 1)
    return bool(missed) and missed[0].at >= datetime.now(UTC) - retention


async def _replay(
    stream: Stream, after: int, head: EventHead, tail: Tail, delivery: Delivery
) -> None:
    sees_now = not isinstance(stream, DealStream) or stream.sees_deal
    saw_then, out_of_sight = await _rewind(stream, after, head.position, tail)
    if not (sees_now or saw_then):
        await _send_gone(stream, head, delivery)
        return
    stream.position = after
    replay = Delivery(Index([stream]), head.epoch, head.position, out_of_sight)
    async for rows in chunks(tail, after, head.position):
        await replay.prepare(rows)
        for row in rows:
            await replay.deliver(row)
            if stream.closed:
                return


async def _rewind(stream: Stream, after: int, upto: int, tail: Tail) -> tuple[bool, dict[str, int]]:
    """Takes the stream back to the state of its cursor.

    Says whether its viewer saw the deal on the way, and where each deal was out of sight for the last time.
    """
    saw, out_of_sight = False, dict[str, int]()
    async for rows in chunks_backwards(tail, after, upto):
        for row in rows:
            if row.deal_id is not None and not stream.sees(row.audience):
                out_of_sight.setdefault(row.deal_id, row.position)
            if isinstance(stream, DealStream) and not stream.sees_deal:
                out_of_sight.setdefault(stream.deal_id, row.position)
            if row.subject_id == stream.viewer.id:
                rights = Rights.read(row, "before")
                if rights is not None:
                    stream.change_rights(rights)
            elif row.deal_id is not None:
                stream.rewind(row)
            saw = saw or (isinstance(stream, DealStream) and stream.sees_deal)
    return saw, out_of_sight


async def _send_gone(stream: Stream, head: EventHead, delivery: Delivery) -> None:
    """The same end for a deal that is hidden and for one that never was."""
    for deal_id in stream.deal_ids:
        gone = Update(UpdateKind.REMOVED, delivery.cursor(head.position), deal_id)
        await delivery.send(gone, [stream])
    stream.closed = True
    stream.sink.complete()


async def _snapshot(
    stream: Stream, after: LogCursor | None, head: EventHead, delivery: Delivery
) -> None:
    begun = delivery.cursor(head.position, begun=True)
    if isinstance(stream, DealStream) and not stream.sees_deal:
        if after is None:
            raise Unseen("was not found")
        await _send_gone(stream, head, delivery)
        return
    if isinstance(stream, SummaryStream):
        stream.sent = await stream.source.read(stream.viewer, {})
        await delivery.send(
            Update(UpdateKind.SNAPSHOT, delivery.cursor(head.position), summary=stream.sent),
            [stream],
        )
    deal_ids = sorted(stream.deal_ids)
    if after is not None:
        metrics.RESUMES.labels("resync").inc()
        await delivery.send(Update(UpdateKind.RESYNC, begun), [stream])
    for start in range(0, len(deal_ids), _PAGE):
        known = await states(deal_ids[start : start + _PAGE])
        for deal_id in sorted(known):
            deal, audience = known[deal_id]
            if stream.sees(audience) and _belongs(stream, deal):
                await delivery.send(
                    Update(UpdateKind.SNAPSHOT, begun, deal_id, None, deal), [stream]
                )


def _belongs(stream: Stream, deal: Deal) -> bool:
    return isinstance(stream, DealStream) or deal.archived_at is None
