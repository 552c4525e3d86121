"""Where does a stream go on after a cut? At its cursor, exactly; or in band from a fresh snapshot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from models import Event
from realtime.cursors import LogCursor
from realtime.metrics import WAKE_UPS_LOST
from realtime.tail import floor
from resolvers import organisations
from tests import factories
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL
from tests.evidence import head
from tests.harness import Client, World


async def _newest_cursor(by: Client, query: str = FOLLOW_ALL, **variables: str) -> str:
    async with by.follow(query, **variables) as live:
        cursor: str = (await live.until("READY"))[-1]["cursor"]
    return cursor


def _forged(cursor: str, **parts: Any) -> str:
    return str(replace(LogCursor.parse(cursor), **parts))


async def test_nothing_missed_is_ready_at_once(world: World) -> None:
    await factories.opportunity(world.carol)
    cursor = await _newest_cursor(world.carol)
    async with world.carol.follow(FOLLOW_ALL, after=cursor) as live:
        ready = await live.next()
    assert (ready["kind"], ready["cursor"]) == ("READY", cursor)


@pytest.mark.parametrize(
    "parts",
    [{"epoch": "0000"}, {"position": 10**9}, {"begun": True}],
    ids=["of another epoch", "beyond the head", "of an unfinished snapshot"],
)
@pytest.mark.parametrize("query", [FOLLOW_ALL, FOLLOW_DEAL], ids=["followed", "deal"])
async def test_a_cursor_that_cannot_be_resumed_is_answered_by_a_fresh_snapshot(
    world: World, query: str, parts: dict[str, object]
) -> None:
    deal = await factories.opportunity(world.carol)
    cursor = await _newest_cursor(world.carol)
    variables = {"dealId": deal} if query is FOLLOW_DEAL else {}
    async with world.carol.follow(query, after=_forged(cursor, **parts), **variables) as live:
        items = await live.until("READY")
    assert [item["kind"] for item in items] == ["RESYNC", "SNAPSHOT", "READY"]
    assert items[1]["deal"]["id"] == deal
    assert items[-1]["cursor"] == cursor


async def test_resuming_after_a_snapshot_item_begins_again(world: World) -> None:
    await factories.opportunity(world.carol)
    async with world.carol.follow(FOLLOW_ALL) as live:
        snapshot = await live.next()
    async with world.carol.follow(FOLLOW_ALL, after=snapshot["cursor"]) as live:
        assert [item["kind"] for item in await live.until("READY")] == [
            "RESYNC",
            "SNAPSHOT",
            "READY",
        ]


async def test_a_cursor_older_than_retention_is_answered_by_a_fresh_snapshot(
    world: World,
) -> None:
    """The rows themselves stay: they are the deal's timeline."""
    deal = await factories.opportunity(world.carol)
    # Nobody has listened yet, so that no process remembers the rows as they were.
    cursor = await head(world.carol)
    for name in ("Old", "Young"):
        await world.carol.do("updateOpportunity", id=deal, name=name)
    log = await Event.all().order_by("position")
    for row, hours in zip(log[-2:], (72.1, 71.9), strict=True):
        at = datetime.now(UTC) - timedelta(hours=hours)
        await Event.filter(id=row.id).update(at=at)
    old = _forged(cursor, position=log[-2].position)
    async with world.carol.follow(FOLLOW_ALL, after=old) as live:
        assert [item["kind"] for item in await live.until("READY")] == ["CHANGED", "READY"]
    async with world.carol.follow(FOLLOW_ALL, after=cursor) as live:
        kinds = [item["kind"] for item in await live.until("READY")]
    assert kinds == ["RESYNC", "SNAPSHOT", "READY"]
    assert await Event.all().count() == len(log)
    assert await floor(log[0].organisation_id, datetime.now(UTC) - timedelta(hours=72)) == (
        log[-2].position
    )


@pytest.mark.parametrize("after", ["", "log_", "page_abc", "log_!!!", "log_AAAA", "0"])
async def test_what_is_no_cursor_of_the_log_is_invalid(world: World, after: str) -> None:
    async with world.carol.follow(FOLLOW_ALL, after=after) as live:
        message = await live.message()
    assert message["type"] == "error"
    assert [error["extensions"]["code"] for error in message["payload"]] == ["INVALID"]


async def test_a_following_that_began_during_the_cut_arrives_as_changed(world: World) -> None:
    cursor = await _newest_cursor(world.carol)
    deal = await factories.opportunity(world.bob)
    await world.bob.do("updateOpportunity", id=deal, name="Before carol follows")
    followed = await world.bob.do("addSubscribers", dealId=deal, userIds=[world.carol.id])
    renamed = await world.bob.do("updateOpportunity", id=deal, name="After")
    async with world.carol.follow(FOLLOW_ALL, after=cursor) as live:
        items = await live.until("READY")
    assert [item["cursor"] for item in items[:-1]] == [followed["cursor"], renamed["cursor"]]
    assert {item["deal"]["name"] for item in items[:-1]} == {"After"}


async def test_a_following_that_ended_during_the_cut_is_removed(world: World) -> None:
    kept = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    left = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    hidden = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    cursor = await _newest_cursor(world.carol)
    await world.carol.call("unsubscribe", dealId=left)
    await world.bob.do("updateOpportunity", id=left, name="Unheard")
    await world.bob.do("updateOpportunity", id=hidden, name="Withheld")
    await world.bob.do("updateOpportunity", id=hidden, visibility="RESTRICTED")
    await world.bob.do("updateOpportunity", id=hidden, name="Secret")
    await world.bob.do("updateOpportunity", id=kept, name="Heard")
    async with world.carol.follow(FOLLOW_ALL, after=cursor) as live:
        items = await live.until("READY")
    assert [(item["kind"], item["dealId"]) for item in items[:-1]] == [
        ("REMOVED", left),
        ("REMOVED", hidden),
        ("CHANGED", kept),
    ]
    assert items[0]["event"]["kind"] == "SUBSCRIBERS_CHANGED"
    assert items[1]["event"] is None


async def test_a_deal_out_of_sight_ends_alike_whether_it_was_ever_there(world: World) -> None:
    """Rule 26: what one may not see does not exist."""
    hidden = await factories.opportunity(world.bob, visibility="RESTRICTED")
    foreign = await factories.opportunity(world.eve)
    never = "deal_" + "0" * 26
    cursor = await _newest_cursor(world.carol)
    await world.bob.do("updateOpportunity", id=hidden, name="Still hidden")
    items = []
    for deal in (hidden, foreign, never):
        async with world.carol.follow(FOLLOW_DEAL, dealId=deal, after=cursor) as live:
            item = await live.next()
            assert (await live.message())["type"] == "complete"
        assert item.pop("dealId") == deal
        items.append(item)
        async with world.carol.follow(FOLLOW_DEAL, dealId=deal) as live:
            message = await live.message()
        assert message["type"] == "error"
        assert [error["extensions"]["code"] for error in message["payload"]] == ["NOT_FOUND"]
    assert items[0]["kind"] == "REMOVED"
    assert items[0] == items[1] == items[2]


async def test_sight_lost_during_the_cut_ends_the_deals_stream(world: World) -> None:
    deal = await factories.opportunity(world.bob)
    cursor = await _newest_cursor(world.carol, FOLLOW_DEAL, dealId=deal)
    lost = await world.bob.do("updateOpportunity", id=deal, visibility="RESTRICTED")
    await world.bob.do("updateOpportunity", id=deal, name="Secret")
    async with world.carol.follow(FOLLOW_DEAL, dealId=deal, after=cursor) as live:
        item = await live.next()
        assert (item["kind"], item["cursor"], item["event"]) == ("REMOVED", lost["cursor"], None)
        assert (await live.message())["type"] == "complete"


async def test_who_was_deactivated_and_came_back_goes_on_after_the_cursor_from_before(
    world: World,
) -> None:
    """What was followed is gone, as rule 15 has it; the deactivation itself is over and ends nothing again."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    cursor = await _newest_cursor(world.carol)
    alone = await _newest_cursor(world.carol, FOLLOW_DEAL, dealId=deal)
    await world.bob.do("updateOpportunity", id=deal, name="Withheld")
    gone = await world.alice.call("deactivateUser", id=world.carol.id)
    await world.bob.do("updateOpportunity", id=deal, name="Unheard")
    await world.alice.call("reactivateUser", id=world.carol.id)
    again = await world.carol.do("subscribe", dealId=deal)
    async with world.carol.follow(FOLLOW_ALL, after=cursor) as live:
        items = await live.until("READY")
    assert [(item["kind"], item["cursor"]) for item in items[:-1]] == [
        ("REMOVED", gone["cursor"]),
        ("CHANGED", again["cursor"]),
    ]
    async with world.carol.follow(FOLLOW_DEAL, dealId=deal, after=alone) as live:
        assert (await live.next())["kind"] == "REMOVED"
        assert (await live.message())["type"] == "complete"


async def test_what_was_not_sent_before_sight_ended_is_not_sent_when_it_is_back(
    world: World,
) -> None:
    """Design: it is withheld, and never sent later; so what is missing is a suffix before REMOVED."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    cursor = await _newest_cursor(world.carol)
    alone = await _newest_cursor(world.carol, FOLLOW_DEAL, dealId=deal)
    await world.bob.do("updateOpportunity", id=deal, name="Withheld")
    hidden = await world.bob.do("updateOpportunity", id=deal, visibility="RESTRICTED")
    await world.bob.do("updateOpportunity", id=deal, visibility="ORGANISATION")
    again = await world.carol.do("subscribe", dealId=deal)
    async with world.carol.follow(FOLLOW_ALL, after=cursor) as live:
        items = await live.until("READY")
    assert [(item["kind"], item["cursor"]) for item in items[:-1]] == [
        ("REMOVED", hidden["cursor"]),
        ("CHANGED", again["cursor"]),
    ]
    async with world.carol.follow(FOLLOW_DEAL, dealId=deal, after=alone) as live:
        item = await live.next()
        assert (item["kind"], item["cursor"]) == ("REMOVED", hidden["cursor"])
        assert (await live.message())["type"] == "complete"


async def test_streams_that_begin_amid_changes_have_no_gap_and_no_double(world: World) -> None:
    """Design: no window between snapshot and stream; nor is news from in between left to be polled for."""
    lost = WAKE_UPS_LOST._value.get()
    deal = await factories.opportunity(world.bob, name="0", subscriberIds=[world.carol.id])
    for number in range(1, 11):
        rename = world.bob.do("updateOpportunity", id=deal, name=str(number))
        async with world.carol.follow(FOLLOW_ALL) as live:
            payload = await rename
            items = await live.until("READY")
            if items[0]["deal"]["name"] != str(number):
                items += await live.until_cursor(payload["cursor"])
            changed = [item for item in items if item["kind"] == "CHANGED"]
            assert [item["deal"]["name"] for item in changed] in ([], [str(number)])
            assert items[-1]["cursor"] == payload["cursor"] or items[0]["deal"]["name"] == str(
                number
            )
    assert WAKE_UPS_LOST._value.get() == lost


async def test_a_new_epoch_of_the_log_brings_everybody_back_to_a_fresh_snapshot(
    world: World,
) -> None:
    """After a restore, positions may be lost or used again."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live:
        last = (await live.until("READY"))[-1]["cursor"]
        await organisations.rotate_logs(None)
        await world.bob.do("updateOpportunity", id=deal, name="After the restore")
        with pytest.raises(ConnectionClosed) as closing:
            await live.message()
        assert closing.value.rcvd is not None and closing.value.rcvd.code == 1013
    async with world.carol.follow(FOLLOW_ALL, after=last) as live:
        items = await live.until("READY")
    assert [item["kind"] for item in items] == ["RESYNC", "SNAPSHOT", "READY"]
    assert items[1]["deal"]["name"] == "After the restore"
