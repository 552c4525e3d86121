"""What does a user find in their notifications, and what can they do with them (rules 19 and 20)?"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from models import transactions
from models.enums import UserRole
from realtime.cursors import LogCursor
from tests import factories
from tests.documents import FOLLOW_NOTIFICATIONS
from tests.evidence import Json, head, nothing_happens, reasons
from tests.harness import Client, World
from tests.lists import NOTIFICATIONS

_ROW = "id reason readAt snoozedUntil groupUnreadCount deal { id name }"
_LIST = f"""
query ($unread: Boolean, $newest: Boolean, $deal: ID) {{
  notifications(first: 100, unreadOnly: $unread, newestPerDeal: $newest, dealId: $deal) {{
    totalCount unreadDealCount cursor nodes {{ {_ROW} }}
  }}
  viewer {{ unreadDealCount }}
}}"""
_NODE = f"query ($id: ID!) {{ node(id: $id) {{ ... on Notification {{ {_ROW} }} }} }}"
_MARKED = f"unreadDealCount notifications {{ {_ROW} }}"


async def _list(by: Client, **given: Any) -> Json:
    data = await by.ask(_LIST, **given)
    found: Json = data["notifications"]
    assert found["totalCount"] == len(found["nodes"])
    assert data["viewer"]["unreadDealCount"] == found["unreadDealCount"]
    return found


async def _unread(by: Client) -> int:
    """The count, which is the number of rows that show the newest of each deal and are unread."""
    found = await _list(by, unread=True, newest=True)
    count: int = found["unreadDealCount"]
    assert count == found["totalCount"]
    return count


async def _mark(by: Client, **arguments: Any) -> Json:
    types = {"ids": "[ID!]", "dealId": "ID", "all": "Boolean"}
    asked = " ".join(types[name] for name in arguments)
    return await by.call("markNotificationsRead", _MARKED, types=asked, **arguments)


async def _snooze(by: Client, ids: list[str], until: str | None) -> Json:
    types = "[ID!]! DateTime"
    return await by.call("snoozeNotifications", _MARKED, types=types, ids=ids, until=until)


async def _rename(world: World, deal: str, name: str) -> str:
    payload = await world.bob.do("updateOpportunity", id=deal, name=name)
    assert payload["userErrors"] == []
    return str(payload["cursor"])


async def test_the_list_is_grouped_by_deal_and_the_count_counts_its_rows(world: World) -> None:
    """Rule 19: the newest of each deal, and every assignment."""
    one, two = [
        await factories.opportunity(world.bob, name, subscriberIds=[world.carol.id])
        for name in ("One", "Two")
    ]
    await _rename(world, one, "Once")
    await world.bob.do("assignOwner", dealId=two, userId=world.carol.id)
    await world.alice.do("updateOpportunity", id=two, name="Twice")
    await _rename(world, one, "Once more")
    everything = await _list(world.carol)
    assert [(row["deal"]["id"], row["reason"]) for row in everything["nodes"]] == [
        (one, "CHANGE"),
        (two, "CHANGE"),
        (two, "ASSIGNED"),
        (one, "CHANGE"),
        (two, "CHANGE"),
        (one, "CHANGE"),
    ]
    assert {row["groupUnreadCount"] for row in everything["nodes"]} == {3}
    grouped = await _list(world.carol, newest=True)
    assert grouped["nodes"] == everything["nodes"][:3]
    assert await _unread(world.carol) == 3
    of_one = await _list(world.carol, deal=one)
    assert of_one["nodes"] == [row for row in everything["nodes"] if row["deal"]["id"] == one]
    assert (await _list(world.carol, deal=one, newest=True))["nodes"] == of_one["nodes"][:1]
    # Reading the newest reads its group's row: what is older was covered by it.
    newest = everything["nodes"][0]["id"]
    marked = await _mark(world.carol, ids=[newest])
    assert (marked["userErrors"], marked["unreadDealCount"]) == ([], 2)
    assert [row["id"] for row in marked["notifications"]] == [newest]
    assert marked["notifications"][0]["readAt"] is not None
    assert marked["notifications"][0]["groupUnreadCount"] == 2
    assert await _unread(world.carol) == 2
    await _rename(world, one, "Again")
    assert await _unread(world.carol) == 3
    rows = await NOTIFICATIONS.walk(world.carol, 2)
    assert [row["id"] for row in rows[1:]] == [row["id"] for row in everything["nodes"]]


async def test_looking_marks_nothing(world: World) -> None:
    """Rule 20."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    before = await _list(world.carol)
    [row] = before["nodes"]
    assert (await world.carol.ask(_NODE, id=row["id"]))["node"] == row
    assert await _list(world.carol, deal=deal) == await _list(world.carol) == before
    assert (row["readAt"], before["unreadDealCount"]) == (None, 1)


async def test_marking_touches_ones_own_and_no_others(world: World) -> None:
    """Rule 20, whatever ids are sent."""
    both = [world.carol.id, world.dave.id]
    deals = [await factories.opportunity(world.bob, n, subscriberIds=both) for n in ("A", "B", "C")]
    [c, b, a] = [row["id"] for row in (await _list(world.carol))["nodes"]]
    others = [row["id"] for row in (await _list(world.dave))["nodes"]]
    absent = "notification_" + "0" * 26
    async with nothing_happens(world.bob, *deals):
        for ids, reason in (
            ([a, others[0]], ("NOT_FOUND", "ids.1")),
            ([absent], ("NOT_FOUND", "ids.0")),
            ([deals[0]], ("NOT_FOUND", "ids.0")),
            (["nonsense"], ("INVALID", "ids.0")),
            ([a, a], ("INVALID", "ids.1")),
        ):
            for payload in (
                await _mark(world.carol, ids=ids),
                await _snooze(world.carol, ids, _in(hours=1)),
            ):
                assert reasons(payload) == [reason], ids
                assert (payload["notifications"], payload["unreadDealCount"]) == ([], 3)
        unclear: list[Json] = [
            {},
            {"all": False},
            {"ids": [a], "all": True},
            {"ids": [a], "dealId": deals[0]},
        ]
        for given in unclear:
            assert reasons(await _mark(world.carol, **given)) == [("INVALID", None)], given
        assert reasons(await _mark(world.carol, ids=None)) == [("INVALID", "ids")]
        assert reasons(await _mark(world.carol, dealId=None)) == [("INVALID", "dealId")]
        foreign = await factories.opportunity(world.eve)
        assert reasons(await _mark(world.carol, dealId=foreign)) == [("NOT_FOUND", "dealId")]
    assert (await world.dave.ask(_NODE, id=a))["node"] is None
    assert (await _mark(world.carol, ids=[a]))["unreadDealCount"] == 2
    assert (await _mark(world.carol, dealId=deals[1]))["notifications"][0]["id"] == b
    everything = await _mark(world.carol, all=True)
    assert [row["id"] for row in everything["notifications"]] == [c]
    assert everything["unreadDealCount"] == 0
    # What is read already is no event.
    read: list[Json] = [{"ids": [a, b, c]}, {"dealId": deals[0]}, {"all": True}]
    for given in read:
        payload = await _mark(world.carol, **given)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)
    assert await _unread(world.dave) == 3


def _in(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


async def test_out_of_sight_is_out_of_the_list_until_sight_comes_back(world: World) -> None:
    """Rule 19. The count that moves with it is pushed."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    other = await factories.opportunity(world.bob, "Other", subscriberIds=[world.carol.id])
    before = await _list(world.carol)
    hidden = before["nodes"][1]
    async with world.carol.follow(FOLLOW_NOTIFICATIONS) as live:
        await live.until("READY")
        gone = await world.bob.do("updateOpportunity", id=deal, visibility="RESTRICTED")
        assert await live.next() == _count("CHANGED", gone["cursor"], 1)
        assert [row["deal"]["id"] for row in (await _list(world.carol))["nodes"]] == [other]
        assert await _unread(world.carol) == 1
        assert (await world.carol.ask(_NODE, id=hidden["id"]))["node"] is None
        assert reasons(await _mark(world.carol, ids=[hidden["id"]])) == [("NOT_FOUND", "ids.0")]
        assert (await _list(world.carol, deal=deal))["nodes"] == []
        await _rename(world, deal, "Secret")
        read = await _mark(world.carol, all=True)
        assert await live.next() == _count("CHANGED", read["cursor"], 0)
        back = await world.bob.do("shareDeal", dealId=deal, userIds=[world.carol.id])
        assert await live.next() == _count("CHANGED", back["cursor"], 1)
    after = await _list(world.carol)
    assert after["nodes"][1] == {**hidden, "deal": {"id": deal, "name": "Secret"}}
    role = {"types": "ID! UserRole!", "id": world.carol.id}
    async with world.carol.follow(FOLLOW_NOTIFICATIONS) as live:
        await live.until("READY")
        await world.bob.do("unshareDeal", dealId=deal, userIds=[world.carol.id])
        assert (await live.next())["unreadDealCount"] == 0
        # Admins see all.
        promoted = await world.alice.call("setUserRole", **role, role="ADMIN")
        assert await live.next() == _count("CHANGED", promoted["cursor"], 1)
        demoted = await world.alice.call("setUserRole", **role, role="MEMBER")
        assert await live.next() == _count("CHANGED", demoted["cursor"], 0)


def _count(kind: str, cursor: str, unread: int) -> Json:
    return {"kind": kind, "cursor": cursor, "unreadDealCount": unread, "notification": None}


async def test_all_of_a_users_windows_hear_of_what_one_of_them_read(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with (
        world.carol.follow(FOLLOW_NOTIFICATIONS) as one,
        world.carol.follow(FOLLOW_NOTIFICATIONS) as two,
        world.bob.follow(FOLLOW_NOTIFICATIONS) as actor,
    ):
        for live in (one, two, actor):
            await live.until("READY")
        cursor = await _rename(world, deal, "Next")
        items = [await live.next() for live in (one, two)]
        assert items[0] == items[1]
        told = items[0]["notification"]
        assert (items[0]["kind"], items[0]["cursor"]) == ("CHANGED", cursor)
        assert (items[0]["unreadDealCount"], told["groupUnreadCount"]) == (1, 2)
        assert told["deal"] == {"id": deal, "name": "Next"}
        assert told["event"] == {"kind": "UPDATED", "dealId": deal, "actor": {"id": world.bob.id}}
        read = await _mark(world.carol, ids=[told["id"]])
        for live in (one, two):
            assert await live.next() == _count("CHANGED", read["cursor"], 0)
        # An older one does not count, and is told all the same: its group has changed.
        older = (await _list(world.carol))["nodes"][1]["id"]
        read = await _mark(world.carol, ids=[older])
        for live in (one, two):
            assert await live.next() == _count("CHANGED", read["cursor"], 0)
        # The actor heard of none of it.
        handed = await world.alice.do("assignOwner", dealId=deal, userId=world.carol.id)
        item = await actor.next()
        assert (item["cursor"], item["notification"]["reason"]) == (handed["cursor"], "CHANGE")


async def test_what_was_missed_comes_on_resuming_as_far_as_it_may_be_seen(world: World) -> None:
    people = [world.carol.id]
    kept = await factories.opportunity(world.bob, "Kept", subscriberIds=people)
    lost = await factories.opportunity(world.bob, "Lost", subscriberIds=people)
    last = (await _list(world.carol))["cursor"]
    one = await _rename(world, kept, "One")
    await _rename(world, lost, "Withheld")
    two = await _rename(world, kept, "Two")
    read = await _mark(world.carol, dealId=kept)
    await world.bob.do("updateOpportunity", id=lost, visibility="RESTRICTED")
    end = await head(world.carol)
    async with world.carol.follow(FOLLOW_NOTIFICATIONS, after=last) as live:
        items = await live.until("READY")
    assert [(item["kind"], item["cursor"]) for item in items] == [
        ("CHANGED", one),
        ("CHANGED", two),
        ("CHANGED", read["cursor"]),
        ("READY", end),
    ]
    assert [item["notification"] is None for item in items] == [False, False, True, True]
    assert {item["unreadDealCount"] for item in items} == {0}
    async with world.carol.follow(FOLLOW_NOTIFICATIONS) as live:
        assert await live.next() == _count("READY", end, 0)
    async with world.carol.follow(FOLLOW_NOTIFICATIONS, after=end) as live:
        assert await live.next() == _count("READY", end, 0)
        late = await _rename(world, kept, "Late")
        assert (await live.next())["cursor"] == late
    forged = str(replace(LogCursor.parse(end), epoch="0000"))
    async with world.carol.follow(FOLLOW_NOTIFICATIONS, after=forged) as live:
        items = await live.until("READY")
    assert [(item["kind"], item["unreadDealCount"]) for item in items] == [
        ("RESYNC", 1),
        ("READY", 1),
    ]


async def test_a_snoozed_one_does_not_count_until_its_time(world: World) -> None:
    """Rule 20: then the count is pushed."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    [row] = (await _list(world.carol))["nodes"]
    async with nothing_happens(world.bob, deal):
        for until in (_in(seconds=-1), "2020-01-01T00:00:00Z"):
            payload = await _snooze(world.carol, [row["id"]], until)
            assert reasons(payload) == [("INVALID", "until")]
        absent = await world.carol.call("snoozeNotifications", types="[ID!]!", ids=[row["id"]])
        assert reasons(absent) == [("INVALID", "until")]
    async with world.carol.follow(FOLLOW_NOTIFICATIONS) as live:
        await live.until("READY")
        until = _in(hours=1)
        payload = await _snooze(world.carol, [row["id"]], until)
        assert (payload["userErrors"], payload["unreadDealCount"]) == ([], 0)
        [asleep] = payload["notifications"]
        assert datetime.fromisoformat(asleep["snoozedUntil"]) == datetime.fromisoformat(until)
        assert (asleep["readAt"], asleep["groupUnreadCount"]) == (None, 0)
        assert await live.next() == _count("CHANGED", payload["cursor"], 0)
        assert (await _list(world.carol, newest=True))["nodes"] == [asleep]
        assert await _unread(world.carol) == 0
        # To the same time is no event.
        assert (await _snooze(world.carol, [row["id"]], until))["cursor"] is None
        ended = await _snooze(world.carol, [row["id"]], None)
        assert await live.next() == _count("CHANGED", ended["cursor"], 1)
        await _snooze(world.carol, [row["id"]], _in(seconds=0.3))
        assert (await live.next())["unreadDealCount"] == 0
        woken = await live.next()
        assert (woken["kind"], woken["unreadDealCount"]) == ("CHANGED", 1)
        assert woken["cursor"] == await head(world.carol)
    assert (await _list(world.carol))["nodes"] == [row]


async def test_users_who_read_at_once_all_read(world: World) -> None:
    people = [await world.invite(f"p{number}", UserRole.MEMBER) for number in range(4)]
    deals = [
        await factories.opportunity(world.bob, subscriberIds=[one.id for one in people])
        for _ in range(3)
    ]
    before = transactions.deadlocks
    marks = [_mark(one, **given) for one in people for given in _ways(deals)]
    payloads, _ = await asyncio.gather(
        asyncio.gather(*marks), _rename(world, deals[0], "Meanwhile")
    )
    assert all(payload["userErrors"] == [] for payload in payloads)
    assert transactions.deadlocks == before
    for one in people:
        rows = (await _list(one))["nodes"]
        assert [row["readAt"] is not None for row in rows[-3:]] == [True] * 3


def _ways(deals: list[str]) -> list[Json]:
    return [{"all": True}, {"dealId": deals[2]}, {"all": True}, {"dealId": deals[0]}]


@pytest.mark.parametrize("end", ["deactivateUser", "signOutEverywhere"])
async def test_the_stream_ends_with_the_users_access(world: World, end: str) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_NOTIFICATIONS) as live:
        await live.until("READY")
        argument = {"id": world.carol.id} if end == "deactivateUser" else {"userId": world.carol.id}
        await world.alice.call(end, types="ID!", **argument)
        await _rename(world, deal, "Unheard")
        with pytest.raises(ConnectionClosed) as closing:
            await live.message()
        assert closing.value.rcvd is not None and closing.value.rcvd.code == 4401
