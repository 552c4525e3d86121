"""What can be done to an opportunity: create it, and change its own fields."""

from datetime import datetime

from tests import factories
from tests.evidence import (
    Json,
    deal,
    events,
    followers,
    head,
    outside,
    told,
)
from tests.harness import World

MILLION = {"amount": "1000000", "currency": "EUR"}


async def test_a_name_is_enough_to_begin_with(world: World) -> None:
    stages = await factories.stages(world.bob)
    ident = await factories.opportunity(world.bob, "  Enterprise contract ")
    after = await deal(world.bob, ident)
    assert outside(after) == (None, {})
    assert followers(after) == {world.bob.id: "CREATED"}
    expected = {
        "__typename": "Opportunity",
        "name": "Enterprise contract",
        "version": 1,
        "revision": 1,
        "visibility": "ORGANISATION",
        "archivedAt": None,
        "status": "OPEN",
        "probability": 10,
        "amount": None,
        "expectedCloseDate": None,
        "closedAt": None,
        "lostReason": None,
        "convertedAt": None,
        "sharedWith": [],
        "stage": {"id": stages["Prospecting"], "name": "Prospecting"},
        "owner": {"id": world.bob.id, "fullName": "Bob"},
    }
    assert {name: after[name] for name in expected} == expected


async def test_creating_is_one_event_that_tells_everything(world: World) -> None:
    """A contact, participants, followers and sums at once."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    stages = await factories.stages(world.bob)
    since = await head(world.bob)
    ident = await factories.opportunity(
        world.bob,
        ownerId=world.carol.id,
        stageId=stages["Proposal"],
        amount=MILLION,
        expectedCloseDate="2027-03-31",
        contactId=paula,
        participants=[{"contactId": claire, "role": "CHAMPION", "label": "Ally"}],
        subscriberIds=[world.dave.id],
        sharedWithIds=[world.dave.id],
    )
    after = await deal(world.bob, ident)
    assert outside(after) == (paula, {claire: ("CHAMPION", "Ally")})
    assert after["amount"] == {"amount": "1000000.00", "currency": "EUR"}
    assert (after["expectedCloseDate"], after["probability"]) == ("2027-03-31", 50)
    assert (after["version"], after["revision"]) == (1, 1)
    [event] = await events(world.bob, ident, since)
    assert event["kind"] == "CREATED"
    assert {row[1] for row in told(event)} == {None}
    assert {(field, value) for field, _, value in told(event)} == {
        ("NAME", "Enterprise contract"),
        ("OWNER", world.carol.id),
        ("VISIBILITY", "ORGANISATION"),
        ("STAGE", stages["Proposal"]),
        ("STATUS", "OPEN"),
        ("PROBABILITY", "50"),
        ("AMOUNT", "1000000.00 EUR"),
        ("EXPECTED_CLOSE_DATE", "2027-03-31"),
        ("CONTACT", paula),
        ("PARTICIPANT", claire),
        ("SHARED_WITH", world.dave.id),
        *(("SUBSCRIBER", user.id) for user in (world.bob, world.carol, world.dave)),
    }


async def test_money_keeps_what_its_currency_allows(world: World) -> None:
    """Rule 25."""
    ident = await factories.opportunity(world.bob)
    before = None
    for given, currency, shown in (
        ("10", "EUR", "10.00"),
        ("0.1", "EUR", "0.10"),
        (1500, "JPY", "1500"),
        ("1.234", "KWD", "1.234"),
        ("0", "USD", "0.00"),
        ("99999999999999.99", "USD", "99999999999999.99"),
    ):
        since = await head(world.bob)
        money = {"amount": given, "currency": currency}
        await world.bob.do("updateOpportunity", id=ident, amount=money)
        after = await deal(world.bob, ident)
        assert after["amount"] == {"amount": shown, "currency": currency}
        [event] = await events(world.bob, ident, since)
        assert told(event) == [("AMOUNT", before, f"{shown} {currency}")]
        before = f"{shown} {currency}"


async def test_several_fields_are_one_event_of_those_that_differ(world: World) -> None:
    ident = await factories.opportunity(world.bob, amount=MILLION)
    since = await head(world.bob)
    payload = await world.bob.do(
        "updateOpportunity",
        id=ident,
        name="Renewal",
        amount={"amount": "1000000.0", "currency": "EUR"},
        expectedCloseDate="2027-03-31",
        visibility="RESTRICTED",
        sharedWithIds=[world.carol.id],
    )
    [event] = await events(world.bob, ident, since)
    assert (event["kind"], event["important"]) == ("VISIBILITY_CHANGED", True)
    assert set(told(event)) == {
        ("NAME", "Enterprise contract", "Renewal"),
        ("EXPECTED_CLOSE_DATE", None, "2027-03-31"),
        ("VISIBILITY", "ORGANISATION", "RESTRICTED"),
        ("SHARED_WITH", None, world.carol.id),
    }
    after = await deal(world.bob, ident)
    assert payload["cursor"] == await head(world.bob)
    assert datetime.fromisoformat(after["updatedAt"]) > datetime.fromisoformat(after["createdAt"])


async def test_the_log_says_what_is_important(world: World) -> None:
    """Rule 16."""
    paula = await factories.contact(world.bob)
    stages = await factories.stages(world.bob)
    ident = await factories.opportunity(world.bob)
    own, roles = {"id": ident}, {"dealId": ident}
    acts: list[tuple[str, Json, bool]] = [
        ("updateOpportunity", {**own, "name": "Next"}, False),
        ("updateOpportunity", {**own, "probability": 15}, False),
        ("updateOpportunity", {**own, "sharedWithIds": [world.dave.id]}, False),
        ("updateOpportunity", {**own, "amount": MILLION}, True),
        ("updateOpportunity", {**own, "expectedCloseDate": "2027-01-01"}, True),
        ("moveOpportunity", {**own, "stageId": stages["Proposal"]}, True),
        ("addParticipants", {**roles, "participants": [{"contactId": paula}]}, False),
        ("setContact", {**roles, "contactId": paula}, True),
        ("subscribe", roles, False),
        ("assignOwner", {**roles, "userId": world.carol.id}, True),
    ]
    since = await head(world.alice)
    for mutation, given, _ in acts:
        assert (await world.alice.do(mutation, **given))["userErrors"] == []
    log = await events(world.alice, ident, since)
    assert [event["important"] for event in log] == [important for _, _, important in acts]
