"""What becomes of two contacts that are one person?"""

from typing import Any

from models import Contribution, Event, User
from models.enums import ContributionKind, Direction
from models.ids import new_id
from tests import factories
from tests.evidence import deal, events, head, nothing_happens, outside, reasons, told
from tests.harness import Client, World

Json = dict[str, Any]

CHANGES = "contact { id } dealChanges { deal { id } changes { field before after } }"


async def _merge(by: Client, one: str, other: str, **given: Any) -> Json:
    return await by.do("mergeContacts", CHANGES, **{"from": one, "into": other, **given})


async def test_the_links_of_both_become_the_survivors(world: World) -> None:
    """Rule 7, on a deal that is restricted to others, too."""
    paul, paula = [await factories.contact(world.bob, name) for name in ("Paul", "Paula")]
    given = [{"contactId": paul, "role": "CHAMPION", "label": "Head of IT"}]
    hidden = await factories.opportunity(world.bob, visibility="RESTRICTED", contactId=paul)
    taking_part = await factories.opportunity(world.bob, participants=given)
    elsewhere = await factories.opportunity(world.bob, contactId=paula)
    since = await head(world.bob)
    payload = await _merge(world.alice, paul, paula)
    assert (payload["userErrors"], payload["contact"]) == ([], {"id": paula})
    assert outside(await deal(world.bob, hidden)) == (paula, {})
    assert outside(await deal(world.bob, taking_part)) == (
        None,
        {paula: ("CHAMPION", "Head of IT")},
    )
    assert outside(await deal(world.bob, elsewhere)) == (paula, {})
    [event] = await events(world.bob, hidden, since)
    assert (event["kind"], told(event)) == ("CONTACT_CHANGED", [("CONTACT", paul, paula)])
    [event] = await events(world.bob, taking_part, since)
    assert set(told(event)) == {("PARTICIPANT", paul, None), ("PARTICIPANT", None, paula)}
    assert await events(world.bob, elsewhere, since) == []
    assert {row["deal"]["id"] for row in payload["dealChanges"]} == {hidden, taking_part}


async def test_where_both_stand_contact_beats_participant_and_a_set_role_beats_none(
    world: World,
) -> None:
    paul, paula = [await factories.contact(world.bob, name) for name in ("Paul", "Paula")]
    both: list[tuple[Json, Json]] = [
        (
            {"contactId": paul, "participants": [{"contactId": paula, "label": "CFO"}]},
            {"contact": paula, "participants": {}},
        ),
        (
            {"contactId": paula, "participants": [{"contactId": paul}]},
            {"contact": paula, "participants": {}},
        ),
        (
            {"participants": [{"contactId": paul, "role": "ADVISER", "label": "Lawyer"}, {"contactId": paula}]},
            {"contact": None, "participants": {paula: ("ADVISER", "Lawyer")}},
        ),
        (
            {"participants": [{"contactId": paul, "role": "ADVISER"}, {"contactId": paula, "role": "CHAMPION"}]},
            {"contact": None, "participants": {paula: ("CHAMPION", None)}},
        ),
    ]  # fmt: skip
    ids = [await factories.opportunity(world.bob, **given) for given, _ in both]
    await _merge(world.alice, paul, paula)
    for ident, (_, expected) in zip(ids, both, strict=True):
        stands = outside(await deal(world.bob, ident))
        assert stands == (expected["contact"], expected["participants"])


async def test_the_old_id_goes_on_standing_for_the_survivor(world: World) -> None:
    first, second, third = [
        await factories.contact(world.bob, name) for name in ("First", "Second", "Third")
    ]
    ident = await factories.opportunity(world.bob, contactId=first)
    since = await head(world.bob)
    await _merge(world.alice, first, second)
    await _merge(world.alice, second, third)
    query = "query ($id: ID!) { contact(id: $id) { id } node(id: $id) { id } }"
    for known_as in (first, second, third):
        answer = await world.dave.ask(query, id=known_as)
        assert answer == {"contact": {"id": third}, "node": {"id": third}}
    # In a mutation, too, and in what the log tells of the time before.
    await world.bob.do("setContact", dealId=ident, contactId=None, previousContact="REMOVE")
    await world.bob.do("addParticipants", dealId=ident, participants=[{"contactId": first}])
    assert outside(await deal(world.bob, ident)) == (None, {third: ("OTHER", None)})
    await world.bob.do("updateParticipant", dealId=ident, contactId=second, role="CHAMPION")
    assert outside(await deal(world.bob, ident))[1] == {third: ("CHAMPION", None)}
    await world.bob.do("removeParticipants", dealId=ident, contactIds=[first])
    await world.bob.do("setContact", dealId=ident, contactId=second)
    renamed = await world.bob.do("updateContact", "contact { id }", id=first, phone="1")
    assert renamed["contact"] == {"id": third}
    [event, *_] = await events(world.bob, ident, since)
    assert [change["afterNode"]["id"] for change in event["changes"]] == [third]
    assert event["changes"][0]["after"] == second
    # They are one entry of the contact list.
    listed = (await world.bob.ask("{ contacts { nodes { id } } }"))["contacts"]["nodes"]
    assert listed == [{"id": third}]
    # Nor are they among the archived, whom one could restore.
    archived = (await world.bob.ask("{ contacts(archived: true) { nodes { id } } }"))["contacts"]
    assert archived["nodes"] == []


async def test_what_was_contributed_is_the_survivors(world: World) -> None:
    paul, paula = [await factories.contact(world.bob, name) for name in ("Paul", "Paula")]
    ident = await factories.opportunity(world.bob, contactId=paul)
    bob = await User.get(id=world.bob.id)
    row = await Contribution.create(
        id=new_id("contribution"), organisation_id=bob.organisation_id, deal_id=ident, contact_id=paul,
        kind=ContributionKind.NOTE, direction=Direction.INBOUND, at=bob.created_at, body="Yes",
    )  # fmt: skip
    await _merge(world.alice, paul, paula)
    await row.refresh_from_db()
    assert row.contact_id == paula


async def test_a_dry_run_shows_the_outcome_and_changes_nothing(world: World) -> None:
    paul, paula = [await factories.contact(world.bob, name) for name in ("Paul", "Paula")]
    ident = await factories.opportunity(world.bob, contactId=paul)
    async with nothing_happens(world.alice, ident):
        payload = await _merge(world.alice, paul, paula, dryRun=True)
        assert payload["cursor"] is None
        [row] = payload["dealChanges"]
        assert row["deal"] == {"id": ident}
        assert told(row) == [("CONTACT", paul, paula)]
        query = "query ($id: ID!) { contact(id: $id) { fullName isArchived } }"
        shown = (await world.bob.ask(query, id=paul))["contact"]
        assert shown == {"fullName": "Paul", "isArchived": False}


async def test_what_makes_no_sense_is_refused(world: World) -> None:
    """Into itself, in a circle, into one who is archived, across organisations."""
    one, two, three, gone = [
        await factories.contact(world.bob, name) for name in ("One", "Two", "Three", "Gone")
    ]
    await world.bob.call("archiveContact", id=gone)
    foreign = await factories.contact(world.eve)
    ident = await factories.opportunity(world.bob, contactId=one)
    await _merge(world.alice, one, two)
    refused = [
        (two, two, ("INVALID", "into")),
        (two, one, ("INVALID", "into")),
        (one, three, ("INVALID", "from")),
        (three, gone, ("INVALID", "into")),
        (foreign, two, ("NOT_FOUND", "from")),
        (two, foreign, ("NOT_FOUND", "into")),
    ]
    async with nothing_happens(world.alice, ident):
        for source, target, reason in refused:
            assert reasons(await _merge(world.alice, source, target)) == [reason]
        assert reasons(await _merge(world.bob, two, three)) == [("FORBIDDEN", None)]
        # Done already: nothing to do.
        again = await _merge(world.alice, one, two)
        assert (again["userErrors"], again["cursor"]) == ([], None)
    assert await Event.filter(kind="CONTACTS_MERGED").count() == 1
