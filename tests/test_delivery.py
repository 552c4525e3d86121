"""Which state may a stream be sent that hears rows from before its snapshot?"""

import asyncio
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models import Event, EventHead, User
from models.enums import UserRole
from models.transactions import in_snapshot
from realtime.delivery import Delivery
from realtime.feed import Feed
from realtime.index import Index
from realtime.streams import FollowedStream
from realtime.updates import Update
from tests import factories
from tests.harness import World


class _Operation:
    key: Hashable = "what happened"

    def scope(self) -> None: ...

    async def render(
        self,
        update: Update,
        scope: Any,  # noqa: ARG002  the protocol's signature
        *,
        can_edit: bool,  # noqa: ARG002
        viewer: User | None,  # noqa: ARG002
    ) -> str:
        return update.kind if update.event is None else update.event.kind


class _Failing(_Operation):
    key = "what cannot be said"

    async def render(self, *_: Any, **__: Any) -> str:
        """As when the database ends a connection: one loader fails, and its neighbours are cancelled."""
        raise asyncio.CancelledError


@dataclass
class _Sink:
    sent: list[str] = field(default_factory=list)
    lapsed: bool = False

    def send(self, payload: str) -> None:
        self.sent.append(payload)

    def send_all(self, payloads: Sequence[str]) -> None:
        self.sent += payloads

    async def room(self) -> None: ...
    def complete(self) -> None: ...
    def revoke(self) -> None: ...
    def sign_out(self, signed_out_at: datetime) -> bool:  # noqa: ARG002  the protocol's signature
        return False

    def lapse(self) -> None:
        self.lapsed = True


async def _heard(viewer: User, rows: int) -> list[str]:
    """What a stream of a viewer as of before is sent of the log's last rows but for those after `rows` of them."""

    async def work() -> list[str]:
        head = await EventHead.get(organisation_id=viewer.organisation_id)
        log = await Event.filter(organisation_id=viewer.organisation_id).order_by("position")
        sink = _Sink()
        stream = FollowedStream(viewer, _Operation(), sink)
        stream.followed = {log[0].deal_id or ""}
        stream.position = 1
        delivery = Delivery(Index([stream]), head.epoch)
        await delivery.prepare(log[1 : rows + 1], head.position)
        for row in log[1 : rows + 1]:
            await delivery.deliver(row)
        return sink.sent

    return await in_snapshot(work, "live")


async def test_a_state_goes_only_to_who_may_see_it_by_the_rights_of_its_own_moment(
    world: World,
) -> None:
    """A stream that catches up hears old rows, but is shown deals as they stand now."""
    second = await world.invite("amir", UserRole.ADMIN)
    deal = await factories.opportunity(world.bob, subscriberIds=[second.id])
    was_admin = await User.get(id=second.id)
    await world.bob.do("updateOpportunity", id=deal, name="Next")
    await world.alice.call("setUserRole", id=second.id, role="MEMBER", types="ID! UserRole!")
    await world.bob.do("updateOpportunity", id=deal, visibility="RESTRICTED")
    assert await _heard(was_admin, rows=1) == []

    was_member = await User.get(id=second.id)
    await world.alice.call("setUserRole", id=second.id, role="ADMIN", types="ID! UserRole!")
    assert await _heard(was_member, rows=1) == ["UPDATED"]


async def test_a_stream_that_began_ahead_of_the_tail_gets_no_heartbeat_from_behind_it(
    world: World,
) -> None:
    """It would resume after that place, and hear what lies between once more."""
    await factories.opportunity(world.bob)
    viewer = await User.get(id=world.bob.id)
    head = await EventHead.get(organisation_id=viewer.organisation_id)
    sink = _Sink()
    stream = FollowedStream(viewer, _Operation(), sink)
    feed = Feed(head, asyncio.Event(), timedelta(hours=1))
    feed._index.add(stream)
    in_an_hour = time.monotonic() + 3600
    stream.position = head.position + 1
    await feed._beat(in_an_hour)
    assert sink.sent == []
    stream.position = head.position
    await feed._beat(in_an_hour)
    assert sink.sent == ["HEARTBEAT"]


async def test_an_update_that_cannot_be_rendered_costs_only_its_own_streams_a_cut(
    world: World,
) -> None:
    deal = await factories.opportunity(world.bob)
    await world.bob.do("updateOpportunity", id=deal, name="Next")
    viewer = await User.get(id=world.bob.id)
    sinks = [_Sink() for _ in range(3)]
    streams = [
        FollowedStream(viewer, operation, sink)
        for operation, sink in zip((_Operation(), _Failing(), _Operation()), sinks, strict=True)
    ]

    async def work() -> None:
        head = await EventHead.get(organisation_id=viewer.organisation_id)
        [row] = await Event.filter(deal_id=deal, position=head.position)
        for stream in streams:
            stream.followed, stream.position = {deal}, head.position - 1
        delivery = Delivery(Index(streams), head.epoch)
        await delivery.prepare([row], head.position)
        await delivery.deliver(row)

    await in_snapshot(work, "live")
    assert [(sink.sent, sink.lapsed) for sink in sinks] == [
        (["UPDATED"], False),
        ([], True),
        (["UPDATED"], False),
    ]
