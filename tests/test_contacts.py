"""Who is on the contact list, and on which deals does each of them stand?"""

from typing import Any

from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import (
    Json,
    deal,
    events,
    followers,
    head,
    nothing_happens,
    outside,
    reasons,
    told,
)
from tests.harness import Client, World

CONTACT = "contact { id fullName email phone jobTitle company isArchived version }"
EVERYTHING = {
    "fullName": "Paula Moreau",
    "email": "Paula.Moreau@customer.example",
    "phone": "+33 1 23 45 67 89",
    "jobTitle": "Head of purchasing",
    "company": "Customer",
}
NOTHING = dict.fromkeys(("email", "phone", "jobTitle", "company"))
DEALS = """
query ($id: ID!, $role: DealRole) {
  contact(id: $id) { deals(role: $role) { totalCount nodes { id } } }
}
"""
LISTED = """
query ($contact: IDFilter, $participant: IDFilter) {
  opportunities(filter: {contact: $contact, participant: $participant}) { nodes { id } }
  leads(filter: {contact: $contact, participant: $participant}) { nodes { id } }
}
"""


async def _deals(by: Client, contact: str, role: str | None = None) -> list[str]:
    found = (await by.ask(DEALS, id=contact, role=role))["contact"]["deals"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["id"] for node in found["nodes"]]


async def _listed(by: Client, **filters: Any) -> list[str]:
    data = await by.ask(LISTED, **filters)
    return [node["id"] for connection in data.values() for node in connection["nodes"]]


async def test_a_contact_has_a_name_and_whatever_else_is_known(world: World) -> None:
    payload = await world.bob.do("createContact", CONTACT, **EVERYTHING)
    ident = payload["contact"]["id"]
    assert payload["contact"] == {**EVERYTHING, "id": ident, "isArchived": False, "version": 1}
    assert payload["cursor"] == await head(world.bob)
    payload = await world.bob.do("createContact", CONTACT, fullName="Claire", **NOTHING)
    assert payload["contact"] == {
        "id": payload["contact"]["id"],
        "fullName": "Claire",
        "isArchived": False,
        "version": 1,
        **NOTHING,
    }


async def test_an_edit_is_one_event_on_each_deal_where_the_person_stands(world: World) -> None:
    """Rules 7 and 28: also where the editor sees nothing of it; the deals' versions stay."""
    paula = await factories.contact(world.bob)
    part: Json = {"participants": [{"contactId": paula}]}
    stands = [
        await factories.opportunity(world.bob, contactId=paula),
        await factories.lead(world.bob, **part),
        await factories.opportunity(world.alice, visibility="RESTRICTED", contactId=paula),
    ]
    left = await factories.opportunity(world.bob, **part)
    await world.bob.do("removeParticipants", dealId=left, contactIds=[paula])
    before = [await deal(world.alice, ident) for ident in (*stands, left)]
    since = await head(world.bob)
    payload = await world.bob.do(
        "updateContact", CONTACT, id=paula, jobTitle="CFO", expectedVersion=1
    )
    assert (payload["contact"]["jobTitle"], payload["contact"]["version"]) == ("CFO", 2)
    for ident, was in zip(stands, before, strict=False):
        [event] = await events(world.alice, ident, since)
        assert (event["kind"], told(event), event["important"]) == ("CONTACT_EDITED", [], False)
        after = await deal(world.alice, ident)
        assert (after["version"], after["updatedAt"]) == (was["version"], was["updatedAt"])
        assert after["revision"] == was["revision"] + 1
    assert await events(world.alice, left, since) == []
    async with nothing_happens(world.alice, *stands):
        payload = await world.bob.do("updateContact", id=paula, jobTitle="CFO", expectedVersion=99)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_a_version_that_has_passed_is_answered_with_what_stands(world: World) -> None:
    """Rule 30."""
    paula = await factories.contact(world.bob)
    await world.bob.do("updateContact", id=paula, jobTitle="CFO")
    since = await head(world.bob)
    payload = await world.bob.do(
        "updateContact", CONTACT, id=paula, jobTitle="CTO", expectedVersion=1
    )
    assert reasons(payload) == [("CONFLICT", "expectedVersion")]
    assert payload["cursor"] is None
    assert (payload["contact"]["jobTitle"], payload["contact"]["version"]) == ("CFO", 2)
    assert await head(world.bob) == since


async def test_archiving_takes_a_contact_out_of_its_roles(world: World) -> None:
    """Rule 7: an event for each deal, seen or not; restoring brings back the contact, not the roles."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    leads_it = await factories.opportunity(
        world.bob, contactId=paula, participants=[{"contactId": claire}]
    )
    takes_part = await factories.lead(
        world.bob, contactId=claire, participants=[{"contactId": paula, "role": "CHAMPION"}]
    )
    hidden = await factories.opportunity(world.alice, visibility="RESTRICTED", contactId=paula)
    since = await head(world.bob)
    payload = await world.bob.call("archiveContact", CONTACT, id=paula)
    assert (payload["userErrors"], payload["contact"]["isArchived"]) == ([], True)
    told_of = {
        leads_it: ("CONTACT_CHANGED", [("CONTACT", paula, None)]),
        takes_part: ("PARTICIPANTS_CHANGED", [("PARTICIPANT", paula, None)]),
        hidden: ("CONTACT_CHANGED", [("CONTACT", paula, None)]),
    }
    for ident, expected in told_of.items():
        [event] = await events(world.alice, ident, since)
        assert (event["kind"], told(event)) == expected
        node = event["changes"][0]["beforeNode"]
        assert node == {"__typename": "Contact", "id": paula}
        assert (await deal(world.alice, ident))["version"] == 2
    assert outside(await deal(world.bob, leads_it)) == (None, {claire: ("OTHER", None)})
    assert outside(await deal(world.bob, takes_part)) == (claire, {})
    async with nothing_happens(world.alice, *told_of):
        payload = await world.bob.call("archiveContact", CONTACT, id=paula)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)
        assert payload["contact"]["isArchived"] is True
    payload = await world.bob.call("restoreContact", CONTACT, id=paula)
    assert payload["contact"]["isArchived"] is False
    async with nothing_happens(world.alice, *told_of):
        payload = await world.bob.call("restoreContact", CONTACT, id=paula)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)
    assert await _deals(world.alice, paula) == []


async def test_the_archived_leave_the_contact_list(world: World) -> None:
    """Rule 7; by id they stay readable."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    await world.bob.call("archiveContact", id=paula)
    query = "query ($archived: Boolean) { contacts(archived: $archived) { nodes { id } } }"
    data = await world.bob.ask(query)
    assert data["contacts"]["nodes"] == [{"id": claire}]
    data = await world.bob.ask(query, archived=True)
    assert data["contacts"]["nodes"] == [{"id": paula}]
    data = await world.bob.ask(
        "query ($id: ID!) { contact(id: $id) { isArchived } node(id: $id) { id } }", id=paula
    )
    assert data == {"contact": {"isArchived": True}, "node": {"id": paula}}


async def test_deals_are_found_from_the_persons_side(world: World) -> None:
    """Rule 6: by role, and by either filter; of those that the viewer sees (26)."""
    paula = await factories.contact(world.bob)
    part: Json = {"participants": [{"contactId": paula}]}
    as_contact = [
        await factories.opportunity(world.bob, contactId=paula),
        await factories.lead(world.bob, contactId=paula),
    ]
    takes_part = [
        await factories.opportunity(world.bob, **part),
        await factories.lead(world.bob, **part),
    ]
    hidden = await factories.opportunity(world.alice, visibility="RESTRICTED", contactId=paula)
    await factories.opportunity(world.bob)
    assert await _deals(world.bob, paula) == [*takes_part[::-1], *as_contact[::-1]]
    assert await _deals(world.bob, paula, "CONTACT") == as_contact[::-1]
    assert await _deals(world.bob, paula, "PARTICIPANT") == takes_part[::-1]
    assert await _deals(world.alice, paula, "CONTACT") == [hidden, *as_contact[::-1]]
    assert await _listed(world.bob, contact={"eq": paula}) == as_contact
    assert await _listed(world.bob, participant={"in": [paula]}) == takes_part
    await world.bob.do("setContact", dealId=takes_part[0], contactId=paula)
    assert await _listed(world.bob, participant={"eq": paula}) == [takes_part[1]]


async def test_an_address_has_to_be_one(world: World) -> None:
    nonsense = (
        "paula",
        "paula@",
        "@customer.example",
        "p@localhost",
        "a b@c.example",
        "a@b.c, d@e.f",
        "a@-b.example",
        "a@b-.example",
        "a@b..example",
        f"{'x' * 65}@c.example",
        f"a@{'b' * 64}.example",
    )
    paula = await factories.contact(world.bob, email="paula@customer.example")
    since = await head(world.bob)
    for email in nonsense:
        payload = await world.bob.do("createContact", CONTACT, fullName="Paula", email=email)
        assert reasons(payload) == [("INVALID", "email")], email
        assert (payload["contact"], payload["cursor"]) == (None, None)
        payload = await world.bob.do("updateContact", CONTACT, id=paula, email=email)
        assert reasons(payload) == [("INVALID", "email")], email
    assert await head(world.bob) == since


async def test_a_viewer_changes_no_contact(world: World) -> None:
    """Rule 26; and a contact on a followed deal stays as it was."""
    paula = await factories.contact(world.bob)
    ident = await factories.opportunity(world.bob, contactId=paula, subscriberIds=[world.dave.id])
    assert followers(await deal(world.dave, ident)).keys() == {world.bob.id, world.dave.id}
    asked: dict[str, Json] = {
        "createContact": {"fullName": "Claire"},
        "updateContact": {"id": paula, "jobTitle": "CFO"},
    }
    async with world.dave.follow(FOLLOW_DEAL, dealId=ident) as live:
        await live.until("READY")
        async with nothing_happens(world.bob, ident):
            for mutation, given in asked.items():
                payload = await world.dave.do(mutation, **given)
                assert [code for code, _ in reasons(payload)] == ["FORBIDDEN"], mutation
            for mutation in ("archiveContact", "restoreContact"):
                payload = await world.dave.call(mutation, id=paula)
                assert [code for code, _ in reasons(payload)] == ["FORBIDDEN"], mutation
        real = await world.bob.do("updateContact", id=paula, jobTitle="CFO")
        assert (await live.next())["cursor"] == real["cursor"]
