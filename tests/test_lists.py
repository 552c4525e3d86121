"""Which rows does a list hold, in which order, and for whom?"""

from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import pytest

from models import Deal
from tests import factories
from tests.harness import World
from tests.lists import CONTACTS, DEALS_OF, FOLLOWED, LEADS, OPPORTUNITIES, SUBSCRIBERS, USERS

# Name, its place among the names, amount, closing date, age in days and last change: with ties and gaps.
ROWS: list[tuple[str, int, tuple[str, str] | None, str | None, int, int]] = [
    ("Éclair", 1, ("10.00", "EUR"), "2026-03-01", 5, 1),
    ("eclair", 1, ("1000", "JPY"), None, 4, 1),
    ("  Apple   pie ", 0, None, "2026-02-28", 4, 2),
    ("zebra", 4, ("10", "USD"), "2026-03-01", 3, 2),
    ("ECLAIR", 1, None, None, 3, 2),
    ("Öl", 3, ("9.99", "EUR"), "2025-12-31", 3, 0),
    ("éclairs", 2, ("99999999999999.99", "EUR"), None, 1, 3),
    ("Zebra", 4, ("0", "EUR"), "9999-12-31", 0, 4),
]
START = datetime(2026, 1, 1, tzinfo=UTC)


async def _make_rows(world: World) -> list[dict[str, Any]]:
    """The opportunities of ROWS, with what they are ordered by."""
    rows = []
    for name, place, money, day, age, changed in ROWS:
        amount = money and {"amount": money[0], "currency": money[1]}
        deal = await factories.opportunity(world.bob, name, amount=amount, expectedCloseDate=day)
        await Deal.filter(id=deal).update(
            created_at=START - timedelta(days=age), updated_at=START + timedelta(days=changed)
        )
        row = {"id": deal, "NAME": place, "CREATED_AT": -age, "UPDATED_AT": changed}
        row |= {"AMOUNT": money and float(money[0]), "EXPECTED_CLOSE_DATE": day}
        rows.append(row)
    return rows


def _ordered(rows: list[dict[str, Any]], *by: tuple[str, bool]) -> list[str]:
    """Ids in the order asked for: empty values last both ways, then by id in the last direction."""
    rows = sorted(rows, key=itemgetter("id"), reverse=by[-1][1])
    for name, descending in reversed(by):
        filled = [row for row in rows if row[name] is not None]
        # A reversed sort, too, keeps the order of equal rows.
        filled.sort(key=itemgetter(name), reverse=descending)
        rows = filled + [row for row in rows if row[name] is None]
    return [row["id"] for row in rows]


ORDERS = [
    *(
        ((name, descending),)
        for name in ("NAME", "AMOUNT", "EXPECTED_CLOSE_DATE", "CREATED_AT", "UPDATED_AT")
        for descending in (False, True)
    ),
    (("AMOUNT", True), ("NAME", False)),
    (("EXPECTED_CLOSE_DATE", False), ("AMOUNT", True)),
    (("NAME", True), ("EXPECTED_CLOSE_DATE", False), ("CREATED_AT", True)),
]


async def test_every_order_walked_page_by_page_gives_each_row_once(world: World) -> None:
    """Contract: the id breaks ties; empty values come last, in both directions."""
    rows = await _make_rows(world)
    for by in ORDERS:
        given = [{"field": name, "direction": "DESC" if down else "ASC"} for name, down in by]
        for first in (1, 3, 8, 100):
            walked = await OPPORTUNITIES.walk(world.carol, first, orderBy=given)
            assert [row["id"] for row in walked] == _ordered(rows, *by), (by, first)
    walked = await OPPORTUNITIES.walk(world.carol, 3)
    assert [row["id"] for row in walked] == _ordered(rows, ("CREATED_AT", True))


async def test_leads_come_in_every_order_of_theirs(world: World) -> None:
    rows = []
    for name, place, *_, changed in ROWS:
        lead = await factories.lead(world.bob, name)
        await Deal.filter(id=lead).update(updated_at=START + timedelta(days=changed))
        rows.append({"id": lead, "NAME": place, "CREATED_AT": lead, "UPDATED_AT": changed})
    for name in ("NAME", "CREATED_AT", "UPDATED_AT"):
        for down in (False, True):
            by = [{"field": name, "direction": "DESC" if down else "ASC"}]
            walked = await LEADS.walk(world.carol, 3, orderBy=by)
            assert [row["id"] for row in walked] == _ordered(rows, (name, down)), (name, down)
    walked = await LEADS.walk(world.carol, 3, orderBy=[{"field": "NAME"}])
    assert [row["id"] for row in walked] == _ordered(rows, ("NAME", False))
    assert [row["id"] for row in await LEADS.walk(world.carol, 3)] == _ordered(
        rows, ("CREATED_AT", True)
    )
    assert await OPPORTUNITIES.walk(world.carol, 3) == []


async def test_contacts_and_users_come_by_name(world: World) -> None:
    """Contract: users lists the active."""
    names = ["Zoé Petit", "zoe petit", "Ána Costa", "Bob Ross", "Éva Kis", "Émile Zola"]
    ids = {await factories.contact(world.bob, name): name for name in names}
    walked = await CONTACTS.walk(world.dave, 2)
    assert [row["fullName"] for row in walked] == [
        "Ána Costa",
        "Bob Ross",
        "Émile Zola",
        "Éva Kis",
        "Zoé Petit",
        "zoe petit",
    ]
    assert {row["id"]: row["fullName"] for row in walked} == ids
    gone = walked[1]["id"]
    await world.bob.call("archiveContact", id=gone)
    assert await CONTACTS.walk(world.dave, 2) == [row for row in walked if row["id"] != gone]
    assert await CONTACTS.ids(world.dave, archived=True) == [gone]

    everyone = await USERS.walk(world.dave, 3)
    assert [row["id"] for row in everyone] == [
        getattr(world, name).id for name in ("alice", "bob", "carol", "dave")
    ]
    await world.alice.call("deactivateUser", id=world.carol.id)
    assert len(await USERS.walk(world.dave, 3)) == 3
    assert await USERS.ids(world.alice, deactivated=True) == [world.carol.id]
    await world.alice.call("reactivateUser", id=world.carol.id)
    assert await USERS.walk(world.dave, 3) == everyone


async def test_followed_deals_are_those_that_one_follows_newest_first(world: World) -> None:
    """Rules 12 and 27: both kinds, without the archived and those left."""
    kinds = [factories.opportunity, factories.lead]
    made = [
        await kinds[n % 2](world.bob, f"Deal {n}", subscriberIds=[world.carol.id]) for n in range(7)
    ]
    await world.carol.call("unsubscribe", dealId=made[2])
    await world.bob.call("archiveDeal", id=made[3])
    await world.bob.do("updateOpportunity", id=made[4], visibility="RESTRICTED")
    assert [row["id"] for row in await FOLLOWED.walk(world.carol, 2)] == [
        made[n] for n in (6, 5, 1, 0)
    ]
    assert len(await FOLLOWED.walk(world.bob, 2)) == 6
    assert await FOLLOWED.walk(world.alice, 2) == []


async def test_a_persons_deals_are_found_by_their_role(world: World) -> None:
    """Rule 6."""
    paula = await factories.contact(world.bob, "Paula Moreau")
    other = await factories.contact(world.bob, "Claire Fontaine")
    taking_part = [{"contactId": paula}]
    as_contact = [
        await factories.opportunity(world.bob, contactId=paula),
        await factories.lead(world.bob, contactId=paula),
    ]
    as_participant = [
        await factories.lead(world.bob, contactId=other, participants=taking_part),
        await factories.opportunity(world.bob, participants=taking_part),
    ]
    former = await factories.opportunity(world.bob, contactId=paula)
    await world.bob.do("setContact", dealId=former, contactId=other, previousContact="REMOVE")
    archived = await factories.opportunity(world.bob, contactId=paula)
    await world.bob.call("archiveDeal", id=archived)
    hidden = await factories.lead(world.bob, contactId=paula, visibility="RESTRICTED")

    async def deals(by: Any, **given: Any) -> list[str]:
        return [row["id"] for row in await DEALS_OF.walk(by, 1, id=paula, **given)]

    assert await deals(world.carol) == [*as_participant[::-1], *as_contact[::-1]]
    assert await deals(world.carol, role="CONTACT") == as_contact[::-1]
    assert await deals(world.carol, role="PARTICIPANT") == as_participant[::-1]
    assert await deals(world.bob, role="CONTACT") == [hidden, *as_contact[::-1]]
    assert (await DEALS_OF.answer(world.eve, id=paula))["data"] == {"contact": None}


async def test_subscribers_come_in_the_order_in_which_they_followed(world: World) -> None:
    """Rule 12; those who left are none."""
    deal = await factories.opportunity(world.bob)
    for who in (world.dave, world.alice, world.carol):
        await who.do("subscribe", dealId=deal)
    await world.alice.call("unsubscribe", dealId=deal)
    rows = await SUBSCRIBERS.walk(world.dave, 1, id=deal)
    assert [row["user"]["id"] for row in rows] == [
        w.id for w in (world.bob, world.dave, world.carol)
    ]
    data = await world.dave.ask(
        "query ($id: ID!) { deal(id: $id) { subscriberCount all: subscribers { user { id } reason since }"
        " first: subscribers(first: 2) { user { id } reason since } } }",
        id=deal,
    )
    assert data["deal"] == {"subscriberCount": 3, "all": rows, "first": rows[:2]}


async def test_what_one_may_not_see_is_in_no_list_and_no_count(world: World) -> None:
    """Rule 26."""
    paula = await factories.contact(world.bob)
    for make in (factories.opportunity, factories.lead):
        hidden = await make(world.bob, "Hidden", contactId=paula, visibility="RESTRICTED")
        await world.bob.do("shareDeal", dealId=hidden, userIds=[world.dave.id])
        await make(world.bob, "Open", contactId=paula)
        await make(world.eve, "Foreign")
    for listing, given in ((OPPORTUNITIES, {}), (LEADS, {}), (DEALS_OF, {"id": paula})):
        both = ["Open", "Hidden"] * (2 if given else 1)
        one = ["Open"] * (2 if given else 1)
        for who, names in (
            (world.alice, both),
            (world.bob, both),
            (world.dave, both),
            (world.carol, one),
        ):
            walked = await listing.walk(who, 1, **given)
            assert [row["name"] for row in walked] == names
        if not given:
            assert [row["name"] for row in await listing.walk(world.eve, 1)] == ["Foreign"]
    for listing in (CONTACTS, USERS):
        own = {row["id"] for row in await listing.walk(world.carol, 2)}
        assert own.isdisjoint({row["id"] for row in await listing.walk(world.eve, 2)})
    for field in ("opportunities", "leads", "contacts", "users", "viewer"):
        inner = "user { id }" if field == "viewer" else "nodes { id }"
        answer = await world.nobody.answer(f"{{ {field} {{ {inner} }} }}")
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("kind", ["opportunity", "lead"])
async def test_archived_deals_are_listed_where_they_are_asked_for(world: World, kind: str) -> None:
    """Rule 27."""
    listing = OPPORTUNITIES if kind == "opportunity" else LEADS
    make = factories.opportunity if kind == "opportunity" else factories.lead
    kept, gone = await make(world.bob, "Kept"), await make(world.bob, "Gone")
    await world.bob.call("archiveDeal", id=gone)
    assert await listing.ids(world.carol) == [kept]
    assert await listing.ids(world.carol, filter={"archived": True}) == [gone]
    await world.bob.call("restoreDeal", id=gone)
    assert await listing.ids(world.carol) == [gone, kept]
    assert await listing.ids(world.carol, filter={"archived": True}) == []
