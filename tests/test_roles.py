"""Who stands on a deal from outside? One contact, and others who take part."""

import pytest

from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import deal, events, head, nothing_happens, outside, reasons, told
from tests.harness import World

CFO = ("DECISION_MAKER", "CFO")
PLAIN = ("OTHER", None)
UNKNOWN = "contact_00000000000000000000000000"


@pytest.mark.parametrize("create", [factories.opportunity, factories.lead])
async def test_the_former_contact_stays_as_participant(
    world: World, create: factories.Creating
) -> None:
    """Rule 2: one act, one event, on both kinds of deal."""
    paula = await factories.contact(world.bob, "Paula Moreau")
    claire = await factories.contact(world.bob, "Claire Fontaine")
    ident = await create(world.bob, contactId=paula, participants=[{"contactId": claire}])
    before, since = await deal(world.bob, ident), await head(world.bob)
    payload = await world.bob.do("setContact", "warnings", dealId=ident, contactId=claire)
    assert (payload["userErrors"], payload["warnings"]) == ([], [])
    after = await deal(world.bob, ident)
    assert outside(after) == (claire, {paula: PLAIN})
    assert (after["version"], after["revision"]) == (before["version"] + 1, before["revision"] + 1)
    [event] = await events(world.bob, ident, since)
    assert (event["kind"], event["important"]) == ("CONTACT_CHANGED", True)
    assert event["actor"]["id"] == world.bob.id
    assert sorted(told(event), key=str) == sorted(
        [
            ("CONTACT", paula, claire),
            ("PARTICIPANT", claire, None),
            ("PARTICIPANT", None, paula),
        ],
        key=str,
    )


async def test_the_former_contact_leaves_where_that_is_asked(world: World) -> None:
    """Rule 2."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(world.bob, contactId=paula)
    since = await head(world.bob)
    await world.bob.do("setContact", dealId=ident, contactId=claire, previousContact="REMOVE")
    assert outside(await deal(world.bob, ident)) == (claire, {})
    [event] = await events(world.bob, ident, since)
    assert told(event) == [("CONTACT", paula, claire)]


async def test_kept_as_participant_a_person_gets_back_role_and_label(world: World) -> None:
    """Rule 2: those that they last had on this deal, be they there still or not."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    participant = {"contactId": claire, "role": CFO[0], "label": CFO[1]}
    ident = await factories.opportunity(world.bob, contactId=paula, participants=[participant])
    for contact in (claire, paula):
        await world.bob.do("setContact", dealId=ident, contactId=contact)
    assert outside(await deal(world.bob, ident)) == (paula, {claire: CFO})
    await world.bob.do("removeParticipants", dealId=ident, contactIds=[claire])
    assert outside(await deal(world.bob, ident)) == (paula, {})
    for contact in (claire, paula):
        await world.bob.do("setContact", dealId=ident, contactId=contact)
    assert outside(await deal(world.bob, ident)) == (paula, {claire: CFO})


async def test_clearing_the_contact_warns_and_promotes_nobody(world: World) -> None:
    """Rule 4; clearing what is clear is no event (rule 30)."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(
        world.bob, contactId=paula, participants=[{"contactId": claire}]
    )
    payload = await world.bob.do(
        "setContact", "warnings", dealId=ident, contactId=None, previousContact="REMOVE"
    )
    assert (payload["userErrors"], payload["warnings"]) == ([], ["NO_DEFAULT_RECIPIENT"])
    assert outside(await deal(world.bob, ident)) == (None, {claire: PLAIN})
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do("setContact", dealId=ident, contactId=None, expectedVersion=9)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_a_cleared_contact_stays_as_participant_by_default(world: World) -> None:
    """Rules 2 and 4."""
    paula = await factories.contact(world.bob)
    ident = await factories.opportunity(world.bob, contactId=paula)
    await world.bob.do("setContact", dealId=ident, contactId=None)
    assert outside(await deal(world.bob, ident)) == (None, {paula: PLAIN})


async def test_setting_the_contact_needs_to_say_whom(world: World) -> None:
    """Rule 29: without contactId it is INVALID, and not a clearing."""
    paula = await factories.contact(world.bob)
    ident = await factories.opportunity(world.bob, contactId=paula)
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do("setContact", "deal { id }", dealId=ident)
        assert reasons(payload) == [("INVALID", "contactId")]
        assert payload["deal"] is None


async def test_adding_a_participant_again_sets_what_is_given(world: World) -> None:
    """Rule 3: what is left out stays; nothing given, no event."""
    claire = await factories.contact(world.bob)
    ident = await factories.opportunity(world.bob)

    async def add(**given: str | None) -> tuple[str, str | None]:
        participant = {"contactId": claire, **given}
        payload = await world.bob.do("addParticipants", dealId=ident, participants=[participant])
        assert payload["userErrors"] == []
        _, participants = outside(await deal(world.bob, ident))
        return participants[claire]

    assert await add() == PLAIN
    assert await add(label="CFO") == ("OTHER", "CFO")
    assert await add(role="DECISION_MAKER") == CFO
    async with nothing_happens(world.bob, ident):
        assert await add() == CFO
    since = await head(world.bob)
    assert await add(label=None) == ("DECISION_MAKER", None)
    [event] = await events(world.bob, ident, since)
    assert event["kind"] == "PARTICIPANTS_CHANGED"
    assert told(event) == [("PARTICIPANT_LABEL", "CFO", None)]
    assert event["changes"][0]["afterNode"] == {"__typename": "Contact", "id": claire}


async def test_a_participant_who_left_comes_back_as_a_new_one(world: World) -> None:
    """Rule 3: a new one is OTHER."""
    claire = await factories.contact(world.bob)
    ident = await factories.opportunity(
        world.bob, participants=[{"contactId": claire, "role": "CHAMPION", "label": "Ally"}]
    )
    await world.bob.do("removeParticipants", dealId=ident, contactIds=[claire])
    await world.carol.do("addParticipants", dealId=ident, participants=[{"contactId": claire}])
    after = await deal(world.bob, ident)
    assert outside(after) == (None, {claire: PLAIN})
    [participant] = after["otherParticipants"]
    assert participant["addedBy"]["id"] == world.carol.id
    assert participant["addedAt"] == after["updatedAt"]


async def test_the_contact_cannot_be_added_as_participant(world: World) -> None:
    """Rule 3: refused with the index, and nobody else of the list is added."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(world.bob, contactId=paula)
    people = [{"contactId": claire}, {"contactId": paula}]
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do(
            "addParticipants", "deal { id }", dealId=ident, participants=people
        )
        assert reasons(payload) == [("ALREADY_CONTACT", "participants.1.contactId")]
        assert (payload["deal"], payload["cursor"]) == (None, None)
        for create in ("createOpportunity", "createLead"):
            payload = await world.bob.do(create, name="Next", contactId=paula, participants=people)
            assert reasons(payload) == [("ALREADY_CONTACT", "participants.1.contactId")]


async def test_a_participants_role_and_label_can_be_changed(world: World) -> None:
    """Rule 5."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(
        world.bob, contactId=paula, participants=[{"contactId": claire}]
    )
    given = {"dealId": ident, "contactId": claire, "role": CFO[0], "label": CFO[1]}
    since = await head(world.bob)
    assert reasons(await world.bob.do("updateParticipant", **given)) == []
    assert outside(await deal(world.bob, ident)) == (paula, {claire: CFO})
    [event] = await events(world.bob, ident, since)
    assert told(event) == [
        ("PARTICIPANT_ROLE", "OTHER", "DECISION_MAKER"),
        ("PARTICIPANT_LABEL", None, "CFO"),
    ]
    async with nothing_happens(world.bob, ident):
        assert reasons(await world.bob.do("updateParticipant", **given, expectedVersion=99)) == []
        given["contactId"] = paula
        payload = await world.bob.do("updateParticipant", **given)
        assert reasons(payload) == [("NOT_FOUND", "contactId")]


async def test_removing_who_takes_no_part_changes_nothing(world: World) -> None:
    """Rule 30; the contact is no participant, and stays."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(world.bob, contactId=paula)
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do(
            "removeParticipants", dealId=ident, contactIds=[paula, claire], expectedVersion=99
        )
        assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_promoting_an_unknown_contact_changes_nothing(world: World) -> None:
    """A fault of peers: it cleared everyone's flag."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    foreign = await factories.contact(world.eve)
    ident = await factories.opportunity(
        world.bob, contactId=paula, participants=[{"contactId": claire}]
    )
    async with world.carol.follow(FOLLOW_DEAL, dealId=ident) as live:
        await live.until("READY")
        async with nothing_happens(world.bob, ident):
            for stranger in (UNKNOWN, foreign):
                payload = await world.bob.do("setContact", dealId=ident, contactId=stranger)
                assert reasons(payload) == [("NOT_FOUND", "contactId")]
                payload = await world.bob.do("changeRoles", dealId=ident, setContact=stranger)
                assert reasons(payload) == [("NOT_FOUND", "setContact")]
        real = await world.bob.do("setContact", dealId=ident, contactId=claire)
        assert (await live.next())["cursor"] == real["cursor"]


async def test_an_archived_contact_gets_no_role(world: World) -> None:
    """Rule 7: it has left its roles, and takes none."""
    paula = await factories.contact(world.bob)
    ident = await factories.opportunity(world.bob)
    await world.bob.call("archiveContact", id=paula)
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do("setContact", dealId=ident, contactId=paula)
        assert reasons(payload) == [("INVALID", "contactId")]
        payload = await world.bob.do(
            "addParticipants", dealId=ident, participants=[{"contactId": paula}]
        )
        assert reasons(payload) == [("INVALID", "participants.0.contactId")]
