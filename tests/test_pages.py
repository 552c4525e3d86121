"""Where does a page lie in its list, what is refused as a page, and which place in the log does it cover?"""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import orjson
import pytest

from tests import factories
from tests.documents import FOLLOW_ALL
from tests.harness import World
from tests.lists import (
    COMMENTS,
    CONTACTS,
    DEALS_OF,
    FOLLOWED,
    LEADS,
    NOTIFICATIONS,
    OPPORTUNITIES,
    SUBSCRIBERS,
    USERS,
    Listing,
    codes,
)

Lists = dict[Listing, dict[str, Any]]

_ALL_SEE = (OPPORTUNITIES, LEADS, CONTACTS, USERS, FOLLOWED, NOTIFICATIONS)


async def _every_list(world: World) -> Lists:
    """Each list with what it needs to be asked, and with three rows or more."""
    paula = await factories.contact(world.bob, "Paula Moreau")
    for name in ("Claire", "Ivan"):
        await factories.contact(world.bob, name)
    followers = [world.alice.id, world.carol.id]
    for number in range(3):
        await factories.lead(world.bob, f"Lead {number}", subscriberIds=followers)
    deals = [
        await factories.opportunity(
            world.bob, f"Deal {number}", subscriberIds=followers, contactId=paula
        )
        for number in range(3)
    ]
    for number in range(3):
        await world.bob.do("addComment", dealId=deals[0], body=f"Comment {number}")
    own: Lists = {
        DEALS_OF: {"id": paula},
        SUBSCRIBERS: {"id": deals[0]},
        COMMENTS: {"id": deals[0]},
    }
    return {listing: own.get(listing, {}) for listing in (*_ALL_SEE, *own)}


async def test_a_page_holds_one_to_a_hundred(world: World) -> None:
    for listing, given in (await _every_list(world)).items():
        for bad in (0, -1, 101, 10_000, -(2**31), 2**31 - 1, 2**31, 1.5, "2"):
            answer = await listing.answer(world.carol, first=bad, **given)
            assert codes(answer) == ["INVALID"], (listing.path, bad)
        whole = await listing.page(world.carol, **given)
        assert len(whole["nodes"]) >= 3
        for first in (100, None):
            assert await listing.page(world.carol, first=first, **given) == whole
    deal = (await OPPORTUNITIES.ids(world.carol))[0]
    for first in (0, 101):
        answer = await world.carol.answer(
            "query ($id: ID!, $first: Int) { deal(id: $id) { subscribers(first: $first) { reason } } }",
            id=deal,
            first=first,
        )
        assert codes(answer) == ["INVALID"]


async def test_a_page_is_25_unless_asked_otherwise(world: World) -> None:
    for number in range(27):
        await factories.contact(world.bob, f"Person {number:02}")
    page = await CONTACTS.page(world.bob)
    assert len(page["nodes"]) == 25
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (27, True)


def _resealed(cursor: str, value: object) -> str:
    """A cursor with another value in the first place, as one may guess it to be made."""
    body = cursor.removeprefix("page_")
    check, _, *rest = orjson.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    forged = urlsafe_b64encode(orjson.dumps([check, value, *rest])).decode().rstrip("=")
    return f"page_{forged}"


async def test_what_is_no_cursor_of_the_list_is_invalid(world: World) -> None:
    """Contract: bad cursors of lists are INVALID, cursors of the log among them."""
    log = (await world.carol.ask("{ cursor }"))["cursor"]
    lists = await _every_list(world)
    values: list[object] = ["other", None, 7, [], {}, "9999"]
    for listing, given in lists.items():
        good = (await listing.page(world.carol, first=1, **given))["pageInfo"]["endCursor"]
        assert (await listing.page(world.carol, after=good, **given))["nodes"]
        assert await listing.page(world.carol, after=None, **given) == await listing.page(
            world.carol, **given
        )
        forged = [
            *("page_", "0", "page_AAAA", "page_!!!", "page_é", "x" * 10_000, "page_\0", log),
            *(good.removeprefix("page_"), good[:-2], f"log_{good[5:]}", good.lower()),
            *("page_" + urlsafe_b64encode(text).decode() for text in (b"[]", b"{}", b"null", b"1")),
            *(_resealed(good, value) for value in values),
            "page_" + urlsafe_b64encode(sha256(good.encode()).digest()).decode(),
        ]
        for cursor in forged:
            answer = await listing.answer(world.carol, after=cursor, **given)
            assert codes(answer) == ["INVALID"], (listing.path, cursor)
        for other, of_other in lists.items():
            if other is not listing:
                answer = await other.answer(world.carol, after=good, **of_other)
                assert codes(answer) == ["INVALID"], (listing.path, other.path)


async def test_a_cursor_of_another_order_is_invalid(world: World) -> None:
    for number in range(3):
        await factories.opportunity(world.bob, f"Deal {number}")
    orders = [
        None,
        [{"field": "CREATED_AT", "direction": "ASC"}],
        [{"field": "UPDATED_AT", "direction": "DESC"}],
        [{"field": "NAME"}],
        [{"field": "NAME"}, {"field": "AMOUNT"}],
        [{"field": "NAME"}, {"field": "AMOUNT", "direction": "DESC"}],
    ]
    for by in orders:
        good = (await OPPORTUNITIES.page(world.bob, first=1, orderBy=by))["pageInfo"]["endCursor"]
        for other in orders:
            answer = await OPPORTUNITIES.answer(world.bob, after=good, orderBy=other)
            if other == by:
                assert "errors" not in answer
            else:
                assert codes(answer) == ["INVALID"], (by, other)
    twice = [{"field": "NAME"}, {"field": "NAME", "direction": "DESC"}]
    assert codes(await OPPORTUNITIES.answer(world.bob, orderBy=twice)) == ["INVALID"]
    for bad in ([{"field": "OWNER"}], [{"direction": "ASC"}], [{"field": "NAME", "direction": 1}]):
        assert codes(await OPPORTUNITIES.answer(world.bob, orderBy=bad)) == ["INVALID"]
    assert await OPPORTUNITIES.ids(world.bob, orderBy=[]) == await OPPORTUNITIES.ids(world.bob)


async def test_a_cursor_of_another_organisation_shows_nothing_of_it(world: World) -> None:
    """It is a place between names or times and no more: what comes after it is one's own."""
    for number in range(3):
        await factories.opportunity(world.eve, f"Foreign {number}")
        await factories.opportunity(world.bob, f"Own {number}")
    foreign = await OPPORTUNITIES.page(world.eve, first=1)
    page = await OPPORTUNITIES.page(world.bob, after=foreign["pageInfo"]["endCursor"])
    assert {row["name"] for row in page["nodes"]} <= {"Own 0", "Own 1", "Own 2"}
    assert page["totalCount"] == 3


async def test_rows_that_come_and_go_shift_no_page(world: World) -> None:
    made = [await factories.opportunity(world.bob, f"Deal {number}") for number in range(6)]
    first = await OPPORTUNITIES.page(world.bob, first=2)
    assert [row["id"] for row in first["nodes"]] == [made[5], made[4]]
    await factories.opportunity(world.bob, "New")
    await world.bob.call("archiveDeal", id=made[4])
    second = await OPPORTUNITIES.page(world.bob, first=2, after=first["pageInfo"]["endCursor"])
    assert [row["id"] for row in second["nodes"]] == [made[3], made[2]]
    await world.bob.call("archiveDeal", id=made[0])
    third = await OPPORTUNITIES.page(world.bob, first=2, after=second["pageInfo"]["endCursor"])
    assert [row["id"] for row in third["nodes"]] == [made[1]]
    assert not third["pageInfo"]["hasNextPage"]
    end = await OPPORTUNITIES.page(world.bob, after=third["pageInfo"]["endCursor"])
    assert (end["nodes"], end["totalCount"]) == ([], 5)
    assert end["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": None,
        "endCursor": None,
    }


async def test_all_that_one_answer_reports_covers_the_same_place(world: World) -> None:
    paula = await factories.contact(world.bob)
    payload = await world.bob.do("createOpportunity", name="Deal", contactId=paula)
    data = await world.bob.ask(
        """query ($id: ID!) {
          opportunities { cursor nodes { contact { deals { cursor } } } } leads { cursor } cursor
          viewer { followedDeals { cursor } } contact(id: $id) { deals { cursor } }
        }""",
        id=paula,
    )
    [deal] = data["opportunities"]["nodes"]
    assert {
        data["cursor"],
        data["leads"]["cursor"],
        data["opportunities"]["cursor"],
        data["viewer"]["followedDeals"]["cursor"],
        data["contact"]["deals"]["cursor"],
        deal["contact"]["deals"]["cursor"],
    } == {payload["cursor"]}


async def _heard_after(world: World, cursor: str, last: str) -> list[dict[str, Any]]:
    async with world.carol.follow(FOLLOW_ALL, after=cursor) as live:
        items = await live.until("READY")
        if items[-1]["cursor"] != last:
            items += await live.until_cursor(last)
    return [item for item in items if item["kind"] == "CHANGED"]


@pytest.mark.parametrize(
    "listing", [OPPORTUNITIES, FOLLOWED, DEALS_OF], ids=lambda listing: listing.path[-1]
)
async def test_subscribing_after_a_lists_cursor_misses_nothing(
    world: World, listing: Listing
) -> None:
    """Contract: position first, rows after. Old list + what is heard = the list of the end."""
    paula = await factories.contact(world.bob)
    given = {"id": paula} if listing is DEALS_OF else {}
    made = [
        await factories.opportunity(world.bob, "0", subscriberIds=[world.carol.id], contactId=paula)
        for _ in range(3)
    ]
    quiet = await listing.page(world.carol, **given)
    payload = await world.bob.do("updateOpportunity", id=made[0], name="1")
    heard = await _heard_after(world, quiet["cursor"], payload["cursor"])
    assert [item["cursor"] for item in heard] == [payload["cursor"]]

    async def read_often() -> list[dict[str, Any]]:
        return [await listing.page(world.carol, "id name revision", **given) for _ in range(8)]

    async def write_often() -> str:
        cursor = ""
        for number in range(20):
            renamed = await world.bob.do("updateOpportunity", id=made[number % 3], name=f"{number}")
            cursor = renamed["cursor"]
        return cursor

    pages, last = await asyncio.gather(read_often(), write_often())
    end = await listing.page(world.carol, "id name revision", **given)
    for page in pages:
        rows = {row["id"]: row for row in page["nodes"]}
        for item in await _heard_after(world, page["cursor"], last):
            deal = {name: item["deal"][name] for name in ("id", "name", "revision")}
            if deal["revision"] > rows[deal["id"]]["revision"]:
                rows[deal["id"]] = deal
        assert list(rows.values()) == end["nodes"]
