"""What does a subscription begin with? A snapshot, or what was missed since a cursor; then READY.

Whoever waits at one moment begins together: one transaction reads for all of them, and what is alike is
rendered once. Everything is read in one snapshot of the database, so what is sent is the state at its head, and
the stream goes on from there. A long beginning goes in rounds, each in a snapshot of its own and with the
rights of its moment, so that nobody holds a transaction who waits for a slow peer.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from models import Event, EventHead, Subscriber, User
from models.errors import Unseen
from models.notifications import unread_deal_counts
from realtime import metrics
from realtime.delivery import Delivery
from realtime.index import Index
from realtime.opening import Opening
from realtime.rendering import Kept, Renderer
from realtime.replay import replay, rewind
from realtime.states import State, states
from realtime.streams import DealStream, FollowedStream, NotificationStream, Rights, Stream
from realtime.summaries import SummaryStream
from realtime.tail import Tail
from realtime.updates import Update, UpdateKind

# Deals of a snapshot in one round.
_PAGE = 50
_MOST_KEPT = 2_000


class Beginner:
    """Begins the streams of one organisation.

    Answers and states are kept for as long as the head of the log stays where it is: nothing that a snapshot
    shows changes without a row.
    """

    def __init__(self, retention: timedelta) -> None:
        self._retention = retention
        self._head = ("", 0)
        self._kept: Kept = {}
        self._states: dict[str, State] = {}

    async def round(self, openings: Collection[Opening], tail: Tail) -> None:
        """Takes each of these a round further, inside one snapshot."""
        openings = [opening for opening in openings if not opening.stream.closed]
        if not openings:
            return
        head = await EventHead.get(organisation_id=openings[0].stream.organisation_id)
        self._remember(head)
        if tail.epoch != head.epoch:
            # What this process has read so far is another log.
            tail = Tail(head)
        openings = await _admit(openings)
        delivery = Delivery(
            Index(opening.stream for opening in openings), head.epoch, Renderer(self._kept)
        )
        fresh = [opening for opening in openings if opening.is_new]
        await self._load([opening.stream for opening in fresh])
        with delivery.together():
            await self._set_out(fresh, head, tail, delivery)
            await self._send_pages([one for one in openings if one.begun is not None], delivery)
            # Those who hear again what they missed have been sent nothing else.
            await replay([one.stream for one in openings if one.is_replaying], head, tail)
            await self._finish(openings, head, delivery)

    def _remember(self, head: EventHead) -> None:
        if self._head != (head.epoch, head.position) or len(self._kept) > _MOST_KEPT:
            self._head = head.epoch, head.position
            self._kept, self._states = {}, {}

    async def _known(self, deal_ids: Iterable[str]) -> dict[str, State]:
        """The deals as they stand, those that are there."""
        wanted = set(deal_ids)
        self._states |= await states(wanted - self._states.keys())
        return {ident: self._states[ident] for ident in wanted if ident in self._states}

    async def _load(self, streams: Collection[Stream]) -> None:
        """The state of now: what each stream's viewer sees or follows."""
        singles = [stream for stream in streams if isinstance(stream, DealStream)]
        known = await self._known(stream.deal_id for stream in singles)
        for stream in singles:
            state = known.get(stream.deal_id)
            if state is not None and state[0].organisation_id == stream.organisation_id:
                stream.exists, stream.audience = True, state[1]
        all_ = [stream for stream in streams if isinstance(stream, FollowedStream)]
        if all_:
            user_ids = list({stream.viewer.id for stream in all_})
            rows = Subscriber.filter(user_id__in=user_ids, has_left=False)
            followed: defaultdict[str, set[str]] = defaultdict(set)
            for user_id, deal_id in await rows.values_list("user_id", "deal_id"):
                followed[user_id].add(deal_id)
            for following in all_:
                following.followed = set(followed[following.viewer.id])
        inboxes = [stream for stream in streams if isinstance(stream, NotificationStream)]
        if inboxes:
            counts = await unread_deal_counts({inbox.viewer.id for inbox in inboxes})
            for inbox in inboxes:
                inbox.unread = counts[inbox.viewer.id]

    async def _set_out(
        self, openings: Collection[Opening], head: EventHead, tail: Tail, delivery: Delivery
    ) -> None:
        """Decides for each new one between a snapshot and what was missed."""
        places = {one.after.position for one in openings if one.after is not None}
        good = await _resumable(places, head, tail, self._retention)
        resuming = []
        moments: dict[str, Any] = {}
        for opening in openings:
            after = opening.after
            if after is not None and after.position in good and _may_resume(opening, head):
                in_memory = tail.recent(after.position, head.position) is not None
                metrics.RESUMES.labels("ring" if in_memory else "log").inc()
                opening.is_replaying = True
                resuming.append(opening)
            else:
                await _begin_snapshot(opening, head, delivery, moments)
        hidden = await rewind(
            {one.stream: one.after.position for one in resuming if one.after}, head, tail
        )
        for stream in hidden:
            await _send_gone(stream, head, delivery)

    async def _send_pages(self, openings: Iterable[Opening], delivery: Delivery) -> None:
        wanted: defaultdict[str, list[Opening]] = defaultdict(list)
        for opening in openings:
            page, opening.deal_ids = opening.deal_ids[:_PAGE], opening.deal_ids[_PAGE:]
            for deal_id in page:
                wanted[deal_id].append(opening)
        known = await self._known(wanted)
        items = []
        for deal_id in sorted(known):
            deal, audience = known[deal_id]
            # Those whose snapshot began together, which is nearly all, are sent the same.
            places: defaultdict[str, list[Stream]] = defaultdict(list)
            for opening in wanted[deal_id]:
                stream = opening.stream
                belongs = isinstance(stream, DealStream) or deal.archived_at is None
                if opening.begun is not None and belongs and stream.sees(audience):
                    places[opening.begun].append(stream)
            for begun, streams in places.items():
                items.append((Update(UpdateKind.SNAPSHOT, begun, deal_id, None, deal), streams))
        await delivery.send_all(items)

    async def _finish(
        self, openings: Iterable[Opening], head: EventHead, delivery: Delivery
    ) -> None:
        ready: defaultdict[int, list[Stream]] = defaultdict(list)
        for opening in openings:
            stream = opening.stream
            stream.epoch = head.epoch
            if stream.closed or opening.failure is not None or opening.deal_ids:
                continue
            if opening.is_replaying and stream.position < head.position:
                continue
            opening.is_ready = True
            ready[stream.position].append(stream)
        for position, streams in ready.items():
            await delivery.send(Update(UpdateKind.READY, delivery.cursor(position)), streams)


async def _admit(openings: Collection[Opening]) -> list[Opening]:
    """Those whose viewers may still hear anything, with the rights of now."""
    ids = {opening.stream.viewer.id for opening in openings}
    users = {user.id: user for user in await User.filter(id__in=list(ids))}
    admitted = []
    for opening in openings:
        stream, user = opening.stream, users[opening.stream.viewer.id]
        if not opening.is_replaying:
            # One who hears again what was missed has the rights of where it has got to.
            stream.change_rights(Rights.of(user))
        if not user.is_active:
            stream.closed = True
            stream.sink.revoke()
        elif user.signed_out_at is not None and stream.sink.sign_out(user.signed_out_at):
            stream.closed = True
        else:
            admitted.append(opening)
    return admitted


def _may_resume(opening: Opening, head: EventHead) -> bool:
    """Whether the cursor is of this log, of a whole snapshot, and not too far back for the stream."""
    after, longest = opening.after, opening.stream.longest_replay
    if after is None or after.epoch != head.epoch or after.begun:
        return False
    return longest is None or head.position - after.position <= longest


async def _begin_snapshot(
    opening: Opening, head: EventHead, delivery: Delivery, moments: dict[str, Any]
) -> None:
    stream = opening.stream
    opening.begun = delivery.cursor(head.position, begun=True)
    stream.position = head.position
    if isinstance(stream, DealStream) and not stream.sees_deal:
        if opening.after is None:
            opening.failure = Unseen("was not found")
        else:
            await _send_gone(stream, head, delivery)
        return
    if isinstance(stream, SummaryStream):
        try:
            stream.sent = await stream.source.read(stream.viewer, moments)
        except Unseen as unseen:
            opening.failure = unseen
            return
        place = delivery.cursor(head.position)
        await delivery.send(Update(UpdateKind.SNAPSHOT, place, summary=stream.sent), [stream])
    if opening.after is not None:
        metrics.RESUMES.labels("resync").inc()
        await delivery.send(Update(UpdateKind.RESYNC, opening.begun), [stream])
    opening.deal_ids = sorted(stream.deal_ids)


async def _send_gone(stream: Stream, head: EventHead, delivery: Delivery) -> None:
    """The same end for a deal that is hidden and for one that never was."""
    for deal_id in stream.deal_ids:
        gone = Update(UpdateKind.REMOVED, delivery.cursor(head.position), deal_id)
        await delivery.send(gone, [stream])
    delivery.end([stream])


async def _resumable(
    places: Collection[int], head: EventHead, tail: Tail, retention: timedelta
) -> set[int]:
    """The places that can be resumed after: not beyond the head, complete, and within retention."""
    good = {place for place in places if place == head.position}
    missed: dict[int, Event] = {}
    unknown = []
    for place in places:
        if place < head.position:
            rows = tail.recent(place, place + 1)
            if rows is None:
                unknown.append(place + 1)
            else:
                missed[place] = rows[0]
    if unknown:
        rows = await Event.filter(organisation_id=head.organisation_id, position__in=unknown)
        missed |= {row.position - 1: row for row in rows}
    oldest = datetime.now(UTC) - retention
    return good | {place for place, row in missed.items() if row.at >= oldest}
