"""What can be done to a lead: create it, change it, convert it to an opportunity, and undo that."""

from tests import factories
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL
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
from tests.harness import World

KINDS = "query ($id: ID!) { lead(id: $id) { id } opportunity(id: $id) { id } node(id: $id) { __typename } }"


async def test_a_lead_begins_as_new(world: World) -> None:
    """Rule 24."""
    since = await head(world.bob)
    ident = await factories.lead(world.bob, "Trade fair", source=" Booth 7 ", company="Initech")
    after = await deal(world.bob, ident)
    expected = {
        "__typename": "Lead",
        "name": "Trade fair",
        "leadStatus": "NEW",
        "source": "Booth 7",
        "company": "Initech",
        "version": 1,
        "revision": 1,
    }
    assert {name: after[name] for name in expected} == expected
    assert followers(after) == {world.bob.id: "CREATED"}
    [event] = await events(world.bob, ident, since)
    assert event["kind"] == "CREATED"
    assert set(told(event)) == {
        ("NAME", None, "Trade fair"),
        ("OWNER", None, world.bob.id),
        ("VISIBILITY", None, "ORGANISATION"),
        ("STATUS", None, "NEW"),
        ("SOURCE", None, "Booth 7"),
        ("COMPANY", None, "Initech"),
        ("SUBSCRIBER", None, world.bob.id),
    }


async def test_a_leads_own_fields_can_be_changed(world: World) -> None:
    ident = await factories.lead(world.bob, source="Booth 7")
    since = await head(world.bob)
    for status in ("CONTACTED", "QUALIFIED", "UNQUALIFIED", "NEW"):
        payload = await world.bob.do(
            "updateLead", "lead { leadStatus }", id=ident, leadStatus=status
        )
        assert payload["lead"] == {"leadStatus": status}
    await world.bob.do("updateLead", id=ident, name="Fair", company="Initech", source=None)
    log = await events(world.bob, ident, since)
    assert {event["kind"] for event in log} == {"UPDATED"}
    assert [told(event) for event in log[:4]] == [
        [("STATUS", "NEW", "CONTACTED")],
        [("STATUS", "CONTACTED", "QUALIFIED")],
        [("STATUS", "QUALIFIED", "UNQUALIFIED")],
        [("STATUS", "UNQUALIFIED", "NEW")],
    ]
    assert set(told(log[4])) == {
        ("NAME", "Trade fair", "Fair"),
        ("COMPANY", None, "Initech"),
        ("SOURCE", "Booth 7", None),
    }


async def test_converting_keeps_everything_and_every_stream(world: World) -> None:
    """Rule 17; that followers were lost is a fault of peers."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.lead(
        world.bob,
        source="Booth 7",
        company="Initech",
        contactId=paula,
        participants=[{"contactId": claire, "role": "CHAMPION", "label": "Ally"}],
        subscriberIds=[world.dave.id],
        visibility="RESTRICTED",
        sharedWithIds=[world.carol.id, world.dave.id],
    )
    await world.carol.do("subscribe", dealId=ident, level="IMPORTANT")
    before, own = await deal(world.bob, ident), await deal(world.carol, ident)
    async with (
        world.dave.follow(FOLLOW_DEAL, dealId=ident) as one,
        world.carol.follow(FOLLOW_ALL) as all_,
    ):
        await one.until("READY")
        await all_.until("READY")
        payload = await world.bob.do(
            "convertLead",
            "opportunity { id }",
            id=ident,
            amount={"amount": "5", "currency": "EUR"},
            expectedCloseDate="2027-03-31",
            expectedVersion=before["version"],
        )
        assert (payload["userErrors"], payload["opportunity"]) == ([], {"id": ident})
        items = [await one.next(), await all_.next()]
    after = await deal(world.bob, ident)
    for item in items:
        assert (item["kind"], item["cursor"]) == ("CHANGED", payload["cursor"])
        assert item["event"]["kind"] == "CONVERTED"
        assert item["deal"]["__typename"] == "Opportunity"
    stages = await factories.stages(world.bob)
    assert set(told(items[0]["event"])) == {
        ("STATUS", "NEW", "OPEN"),
        ("STAGE", None, stages["Prospecting"]),
        ("PROBABILITY", None, "10"),
        ("AMOUNT", None, "5.00 EUR"),
        ("EXPECTED_CLOSE_DATE", None, "2027-03-31"),
    }
    changed = {"__typename", "leadStatus", "version", "revision", "updatedAt"}
    kept = before.keys() - changed
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert outside(after) == (paula, {claire: ("CHAMPION", "Ally")})
    assert (await deal(world.carol, ident))["viewerSubscription"] == own["viewerSubscription"]
    assert after["convertedAt"] == items[0]["event"]["at"]
    assert await world.bob.ask(KINDS, id=ident) == {
        "lead": None,
        "opportunity": {"id": ident},
        "node": {"__typename": "Opportunity"},
    }


async def test_a_second_conversion_is_refused_with_what_stands(world: World) -> None:
    """Rules 17 and 30."""
    ident = await factories.lead(world.bob)
    await world.bob.do("convertLead", id=ident)
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do(
            "convertLead", "opportunity { id name version }", id=ident, expectedVersion=1
        )
        assert reasons(payload) == [("ALREADY_CONVERTED", "id")]
        assert payload["opportunity"] == {"id": ident, "name": "Trade fair", "version": 2}


async def test_a_conversion_can_be_undone_and_done_again(world: World) -> None:
    """Rule 17."""
    stages = await factories.stages(world.bob)
    ident = await factories.lead(world.bob, source="Booth 7", subscriberIds=[world.carol.id])
    await world.bob.do("updateLead", id=ident, leadStatus="QUALIFIED")
    before = await deal(world.bob, ident)
    convert = {
        "id": ident,
        "stageId": stages["Closed Won"],
        "amount": {"amount": "5", "currency": "EUR"},
        "expectedCloseDate": "2027-03-31",
    }
    for _ in range(2):
        await world.bob.do("convertLead", **convert)
        assert (await deal(world.bob, ident))["status"] == "WON"
        # A level is its follower's own affair, and nothing that happened to the deal.
        await world.carol.do("subscribe", dealId=ident, level="MUTED")
        since = await head(world.bob)
        payload = await world.bob.call("undoConversion", "lead { id leadStatus }", id=ident)
        assert payload["lead"] == {"id": ident, "leadStatus": "QUALIFIED"}
        after = await deal(world.bob, ident)
        [event] = await events(world.bob, ident, since)
        assert event["kind"] == "CONVERSION_UNDONE"
        assert set(told(event)) == {
            ("STATUS", "WON", "QUALIFIED"),
            ("STAGE", stages["Closed Won"], None),
            ("PROBABILITY", "100", None),
            ("AMOUNT", "5.00 EUR", None),
            ("EXPECTED_CLOSE_DATE", "2027-03-31", None),
        }
        counted = {"version", "revision", "updatedAt"}
        kept = before.keys() - counted
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.call("undoConversion", id=ident)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_a_conversion_stays_once_something_else_has_happened(world: World) -> None:
    """Rule 17: be it no more than a colleague who follows."""
    stages = await factories.stages(world.bob)
    paula = await factories.contact(world.bob)
    acts: list[tuple[str, Json]] = [
        ("moveOpportunity", {"stageId": stages["Proposal"]}),
        ("updateOpportunity", {"name": "Next"}),
        ("subscribe", {}),
        ("updateContact", {"id": paula, "jobTitle": "CFO"}),
    ]
    for mutation, given in acts:
        ident = await factories.lead(world.bob, contactId=paula)
        await world.bob.do("convertLead", id=ident)
        where = {"dealId": ident} if mutation == "subscribe" else {"id": ident}
        assert (await world.carol.do(mutation, **{**where, **given}))["userErrors"] == []
        async with nothing_happens(world.bob, ident):
            payload = await world.bob.call("undoConversion", id=ident)
            assert reasons(payload) == [("CONFLICT", "id")], mutation


async def test_what_never_was_a_lead_is_not_converted(world: World) -> None:
    ident = await factories.opportunity(world.bob)
    lead = await factories.lead(world.bob)
    stages = await factories.stages(world.bob)
    async with nothing_happens(world.bob, ident, lead):
        payload = await world.bob.do("convertLead", id=ident)
        assert reasons(payload) == [("NOT_FOUND", "id")]
        payload = await world.bob.call("undoConversion", id=ident)
        assert reasons(payload) == [("INVALID", "id")]
        for mutation, mistaken in (("updateLead", ident), ("updateOpportunity", lead)):
            payload = await world.bob.do(mutation, id=mistaken, name="Mistaken")
            assert reasons(payload) == [("NOT_FOUND", "id")]
        payload = await world.bob.do("moveOpportunity", id=lead, stageId=stages["Proposal"])
        assert reasons(payload) == [("NOT_FOUND", "id")]
        payload = await world.bob.do("convertLead", id=lead, stageId=stages["Closed Lost"])
        assert reasons(payload) == [("LOST_REASON_REQUIRED", "stageId")]
