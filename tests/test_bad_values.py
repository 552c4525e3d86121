"""What does a mutation say to texts, sums, dates and lists that it cannot take?"""

import pytest

from resolvers import people
from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import Json, deal, nothing_happens, outside, reasons
from tests.harness import World

LONG = "x" * 10_000
NAMES = ("", "   ", "\u00a0\n\t", LONG, "x" * 201, "a\u0000b", "a\u0007b")


async def test_a_name_has_to_say_something_and_be_bearable(world: World) -> None:
    paula = await factories.contact(world.bob)
    opportunity, lead = await factories.opportunity(world.bob), await factories.lead(world.bob)
    named: list[tuple[str, Json, str]] = [
        ("createOpportunity", {}, "name"),
        ("createLead", {}, "name"),
        ("createContact", {}, "fullName"),
        ("updateOpportunity", {"id": opportunity, "probability": 90}, "name"),
        ("updateLead", {"id": lead, "leadStatus": "QUALIFIED"}, "name"),
        ("updateContact", {"id": paula, "jobTitle": "CFO"}, "fullName"),
    ]
    async with world.carol.follow(FOLLOW_DEAL, dealId=opportunity) as live:
        await live.until("READY")
        async with nothing_happens(world.bob, opportunity, lead):
            for mutation, given, field in named:
                for name in NAMES:
                    payload = await world.bob.do(mutation, **given, **{field: name})
                    assert reasons(payload) == [("INVALID", field)], (mutation, name[:9])
                    assert payload["cursor"] is None
        real = await world.bob.do("updateOpportunity", id=opportunity, name="x" * 200)
        assert (await live.next())["cursor"] == real["cursor"]


async def test_other_texts_are_bounded_too(world: World) -> None:
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    opportunity = await factories.opportunity(world.bob, participants=[{"contactId": claire}])
    lead = await factories.lead(world.bob)
    here = {"dealId": opportunity}
    labelled = [{"contactId": paula}, {"contactId": claire, "label": LONG}]
    refused: list[tuple[str, Json, str]] = [
        ("updateParticipant", {**here, "contactId": claire, "label": LONG}, "label"),
        ("addParticipants", {**here, "participants": labelled}, "participants.1.label"),
        ("changeRoles", {**here, "addParticipants": labelled}, "addParticipants.1.label"),
        ("createOpportunity", {"name": "New", "participants": labelled}, "participants.1.label"),
        *(("updateLead", {"id": lead, field: LONG}, field) for field in ("source", "company")),
        *(
            ("createLead", {"name": "New", field: LONG}, field)
            for field in ("source", "company", "idempotencyKey")
        ),
        *(
            ("updateContact", {"id": paula, field: LONG}, field)
            for field in ("email", "phone", "jobTitle", "company")
        ),
    ]
    async with nothing_happens(world.bob, opportunity, lead):
        for mutation, given, field in refused:
            payload = await world.bob.do(mutation, **given)
            assert reasons(payload) == [("INVALID", field)], (mutation, field)


async def test_texts_are_kept_as_they_were_written(world: World) -> None:
    """Plain text: whatever it looks like elsewhere."""
    for name in ("<script>alert(1)</script>", "Robert'); DROP TABLE deals;--", "日本 🎉 é", "%_\\"):
        ident = await factories.opportunity(world.bob, name)
        assert (await deal(world.bob, ident))["name"] == name


async def test_money_is_of_a_currency_not_negative_and_no_finer_than_it(world: World) -> None:
    """Rule 25."""
    stages = await factories.stages(world.bob)
    opportunity, lead = await factories.opportunity(world.bob), await factories.lead(world.bob)
    bad: list[tuple[object, str, str]] = [
        ("1", "EURO", "amount.currency"),
        ("1", "eur", "amount.currency"),
        ("1", "XXX", "amount.currency"),
        ("1", "", "amount.currency"),
        ("-1", "EUR", "amount.amount"),
        (-0.01, "EUR", "amount.amount"),
        ("1.001", "EUR", "amount.amount"),
        ("1.5", "JPY", "amount.amount"),
        ("1.2345", "KWD", "amount.amount"),
        ("100000000000000", "EUR", "amount.amount"),
        ("1e20", "EUR", "amount.amount"),
    ]
    sums: list[tuple[str, Json]] = [
        ("createOpportunity", {"name": "New", "stageId": stages["Proposal"]}),
        ("updateOpportunity", {"id": opportunity, "name": "Next"}),
        ("convertLead", {"id": lead}),
    ]
    async with nothing_happens(world.bob, opportunity, lead):
        for mutation, given in sums:
            for amount, currency, field in bad:
                money = {"amount": amount, "currency": currency}
                payload = await world.bob.do(mutation, **given, amount=money)
                assert reasons(payload) == [("INVALID", field)], (mutation, money)


async def test_what_is_no_value_of_its_type_is_refused_before_anything_is_done(
    world: World,
) -> None:
    ident = await factories.opportunity(world.bob)
    bad: list[Json] = [
        *({"amount": {"amount": amount, "currency": "EUR"}} for amount in ("a", "NaN", "", True)),
        {"amount": {"amount": "1"}},
        *({"expectedCloseDate": day} for day in ("2027-02-30", "tomorrow", "20270331", 7)),
        {"visibility": "EVERYONE"},
        {"probability": 0.5},
        {"probability": 2**40},
        {"expectedVersion": "1"},
        {"unheard": "of"},
    ]
    query = (
        "mutation ($input: UpdateOpportunityInput!)"
        " { updateOpportunity(input: $input) { cursor userErrors { code } } }"
    )
    async with nothing_happens(world.bob, ident):
        for given in bad:
            answer = await world.bob.answer(query, input={"id": ident, "name": "Next", **given})
            codes = [error["extensions"]["code"] for error in answer["errors"]]
            assert (codes, answer.get("data")) == (["INVALID"], None), given


async def test_nobody_stands_twice_in_one_input(world: World) -> None:
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    opportunity = await factories.opportunity(world.bob, participants=[{"contactId": paula}])
    lead = await factories.lead(world.bob)
    carol, dave = world.carol.id, world.dave.id
    here, persons, users = {"dealId": opportunity}, [paula, claire, paula], [carol, dave, carol]
    listed = [{"contactId": paula}, {"contactId": paula, "label": "CFO"}]
    refused: list[tuple[str, Json, str]] = [
        ("addParticipants", {**here, "participants": listed}, "participants.1.contactId"),
        ("removeParticipants", {**here, "contactIds": persons}, "contactIds.2"),
        ("changeRoles", {**here, "addParticipants": listed}, "addParticipants.1.contactId"),
        ("changeRoles", {**here, "removeParticipants": persons}, "removeParticipants.2"),
        ("updateOpportunity", {"id": opportunity, "sharedWithIds": users}, "sharedWithIds.2"),
        ("updateLead", {"id": lead, "sharedWithIds": users}, "sharedWithIds.2"),
    ]
    for mutation in ("shareDeal", "unshareDeal", "addSubscribers", "removeSubscribers"):
        refused.append((mutation, {**here, "userIds": users}, "userIds.2"))
        if "Subscribers" in mutation:
            refused.append(("changeRoles", {**here, mutation: users}, f"{mutation}.2"))
    for create in ("createOpportunity", "createLead"):
        name: Json = {"name": "New"}
        refused += [
            (create, {**name, "participants": listed}, "participants.1.contactId"),
            (create, {**name, "subscriberIds": users}, "subscriberIds.2"),
            (create, {**name, "sharedWithIds": users}, "sharedWithIds.2"),
        ]
    async with nothing_happens(world.bob, opportunity, lead):
        for mutation, given, field in refused:
            payload = await world.bob.do(mutation, **given)
            assert reasons(payload) == [("INVALID", field)], (mutation, field)


async def test_a_deal_bears_so_many_participants(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_PARTICIPANTS", 3)
    crowd = [{"contactId": await factories.contact(world.bob, f"No {n}")} for n in range(4)]
    ident = await factories.opportunity(world.bob)
    for added, has_room in ((crowd, False), (crowd[:3], True), (crowd[3:], False)):
        if has_room:
            payload = await world.bob.do("addParticipants", dealId=ident, participants=added)
            assert payload["userErrors"] == []
            continue
        async with nothing_happens(world.bob, ident):
            payload = await world.bob.do("addParticipants", dealId=ident, participants=added)
            assert [code for code, _ in reasons(payload)] == ["LIMIT_REACHED"]
    assert len(outside(await deal(world.bob, ident))[1]) == 3
