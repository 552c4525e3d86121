"""What is the difference between leaving a field out and giving null? One keeps, the other clears (rule 29)."""

from typing import Any

from tests import factories
from tests.evidence import Json, deal, nothing_happens, outside, reasons
from tests.harness import World

FULL: Json = {
    "name": "Enterprise contract",
    "amount": {"amount": "5.00", "currency": "EUR"},
    "probability": 37,
    "expectedCloseDate": "2027-03-31",
    "visibility": "RESTRICTED",
}
ORIGIN: Json = {
    "name": "Trade fair",
    "leadStatus": "QUALIFIED",
    "source": "Booth",
    "company": "Initech",
}


async def test_null_clears_what_can_be_cleared_and_absent_keeps_it(world: World) -> None:
    opportunity, lead = await factories.opportunity(world.bob), await factories.lead(world.bob)
    shared = [world.carol.id]
    await world.bob.do("updateOpportunity", id=opportunity, sharedWithIds=shared, **FULL)
    await world.bob.do("updateLead", id=lead, sharedWithIds=shared, **ORIGIN)
    cleared: list[tuple[str, str, str, Any]] = [
        ("updateOpportunity", opportunity, "amount", None),
        ("updateOpportunity", opportunity, "expectedCloseDate", None),
        ("updateOpportunity", opportunity, "probability", 10),
        ("updateOpportunity", opportunity, "sharedWithIds", []),
        ("updateLead", lead, "source", None),
        ("updateLead", lead, "company", None),
        ("updateLead", lead, "sharedWithIds", []),
    ]
    for mutation, ident, field, cleared_to in cleared:
        before = await deal(world.bob, ident)
        payload = await world.bob.do(mutation, id=ident, **{field: None})
        assert payload["userErrors"] == [], field
        after = await deal(world.bob, ident)
        shown = {"sharedWithIds": "sharedWith"}.get(field, field)
        differs = {name for name in after if after[name] != before[name]}
        assert differs == {shown, "version", "revision", "updatedAt"}, field
        assert after[shown] == cleared_to


async def test_null_is_refused_where_nothing_can_be_cleared(world: World) -> None:
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    participant = {"contactId": claire, "role": "CHAMPION", "label": "Ally"}
    opportunity = await factories.opportunity(
        world.bob, contactId=paula, participants=[participant]
    )
    lead = await factories.lead(world.bob)
    here, own, name = {"dealId": opportunity}, {"id": opportunity}, {"name": "New"}
    said, call = {"subject": "Hi", "body": "Hi"}, {"contactId": paula, "kind": "CALL"}
    refused: list[tuple[str, Json, str]] = [
        ("createOpportunity", {**name, "ownerId": None}, "ownerId"),
        ("createOpportunity", {**name, "visibility": None}, "visibility"),
        ("createOpportunity", {**name, "pipelineId": None}, "pipelineId"),
        ("createOpportunity", {**name, "stageId": None}, "stageId"),
        ("createOpportunity", {**name, "silent": None}, "silent"),
        ("createLead", {**name, "ownerId": None}, "ownerId"),
        ("createLead", {**name, "visibility": None}, "visibility"),
        ("createLead", {**name, "silent": None}, "silent"),
        ("updateOpportunity", {**own, "name": None}, "name"),
        ("updateOpportunity", {**own, "visibility": None}, "visibility"),
        ("updateLead", {"id": lead, "name": None}, "name"),
        ("updateLead", {"id": lead, "leadStatus": None}, "leadStatus"),
        ("updateLead", {"id": lead, "visibility": None}, "visibility"),
        ("convertLead", {"id": lead, "pipelineId": None}, "pipelineId"),
        ("convertLead", {"id": lead, "stageId": None}, "stageId"),
        ("updateParticipant", {**here, "contactId": claire, "role": None}, "role"),
        (
            "addParticipants",
            {**here, "participants": [{"contactId": claire, "role": None}]},
            "participants.0.role",
        ),
        ("subscribe", {**here, "level": None}, "level"),
        ("updateContact", {"id": paula, "fullName": None}, "fullName"),
        ("sendMessage", {**here, **said, "to": None, "cc": []}, "to"),
        ("recordContribution", {**here, **said, **call, "at": None}, "at"),
    ]
    async with nothing_happens(world.alice, opportunity, lead):
        for mutation, given, field in refused:
            payload = await world.alice.do(mutation, **given)
            assert reasons(payload) == [("INVALID", field)], (mutation, field)


async def test_a_new_deal_takes_null_for_what_it_may_be_without(world: World) -> None:
    nothing: Json = dict.fromkeys(("contactId", "participants", "subscriberIds", "sharedWithIds"))
    idents = [
        await factories.opportunity(world.bob, **nothing, amount=None, expectedCloseDate=None),
        await factories.lead(world.bob, **nothing, source=None, company=None),
    ]
    for ident in idents:
        after = await deal(world.bob, ident)
        assert (outside(after), after["sharedWith"]) == ((None, {}), [])


async def test_a_label_is_cleared_by_null_and_kept_by_silence(world: World) -> None:
    claire = await factories.contact(world.bob)
    ident = await factories.opportunity(world.bob)
    here = {"dealId": ident, "contactId": claire}
    who = {"contactId": claire}
    await world.bob.do(
        "addParticipants", dealId=ident, participants=[{**who, "role": "CHAMPION", "label": "Ally"}]
    )
    async with nothing_happens(world.bob, ident):
        await world.bob.do("updateParticipant", **here)
        await world.bob.do("addParticipants", dealId=ident, participants=[who])
    await world.bob.do("updateParticipant", **here, label=None)
    assert outside(await deal(world.bob, ident)) == (None, {claire: ("CHAMPION", None)})
    await world.bob.do("updateParticipant", **here, label="Ally", role="OTHER")
    await world.bob.do("addParticipants", dealId=ident, participants=[{**who, "label": None}])
    assert outside(await deal(world.bob, ident)) == (None, {claire: ("OTHER", None)})


async def test_a_contacts_data_is_cleared_field_by_field(world: World) -> None:
    data = {
        "email": "paula@customer.example",
        "phone": "1",
        "jobTitle": "CFO",
        "company": "Customer",
    }
    paula = await factories.contact(world.bob, **data)
    kept: dict[str, str | None] = {**data}
    for field in data:
        kept[field] = None
        payload = await world.bob.do(
            "updateContact", "contact { email phone jobTitle company }", id=paula, **{field: None}
        )
        assert payload["contact"] == kept
