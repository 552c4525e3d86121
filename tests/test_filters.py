"""Which deals does a filter or a search find?"""

from typing import Any

import pytest

from tests import factories
from tests.harness import Client, World
from tests.lists import CONTACTS, DEALS_OF, FOLLOWED, LEADS, OPPORTUNITIES, USERS, Listing, codes

NEVER = "0" * 26
Ids = dict[str, str]


async def _opportunities(world: World) -> Ids:
    """Seven opportunities A to G, and the ids of what they are found by."""
    by = world.bob
    ids = {f"stage {name}": ident for name, ident in (await factories.stages(by)).items()}
    pipelines = (await by.ask("{ pipelines { id } }"))["pipelines"]
    ids |= {"pipeline": pipelines[0]["id"], "bob": world.bob.id, "carol": world.carol.id}
    ids |= {"dave": world.dave.id, "eve": world.eve.id}
    for name in ("paula", "claire", "ivan"):
        ids[name] = await factories.contact(by, name.title())
    ids["foreign contact"] = await factories.contact(world.eve, "Foreign")
    ids["foreign stage"] = (await factories.stages(world.eve))["Proposal"]
    part = [{"contactId": ids["claire"]}]
    euros = {"amount": "1000.00", "currency": "EUR"}
    yen = {"amount": "1001", "currency": "JPY"}
    make = factories.opportunity
    await make(by, "A Éclair 100%", amount=euros, contactId=ids["paula"], participants=part)
    await make(by, "B eclairs 1000", amount=yen, ownerId=world.carol.id, contactId=ids["claire"])
    await make(by, "C snake_case", expectedCloseDate="2026-05-01", subscriberIds=[ids["dave"]])
    await make(by, "D snakeXcase", expectedCloseDate="2026-06-01", stageId=ids["stage Proposal"])
    won = await make(by, "E won", subscriberIds=[ids["dave"]], participants=part)
    await by.do("moveOpportunity", id=won, stageId=ids["stage Closed Won"])
    # Who is no longer on a deal, or left it by themselves, does not stand there.
    await by.do("removeParticipants", dealId=won, contactIds=[ids["claire"]])
    await world.dave.call("unsubscribe", dealId=won)
    lost = await make(by, "F lost")
    lost_stage = ids["stage Closed Lost"]
    await by.do("moveOpportunity", id=lost, stageId=lost_stage, lostReason="Price")
    lead = await factories.lead(by, "G lead", company="Énergie & Söhne", source="Messe")
    await by.do("convertLead", id=lead)
    archived = await make(by, "Z archived", contactId=ids["paula"])
    await by.call("archiveDeal", id=archived)
    return ids


async def _names(listing: Listing, by: Client, **given: Any) -> str:
    """The first letters of what is found, in order of the names."""
    found = (await listing.page(by, **given, orderBy=[{"field": "NAME"}]))["nodes"]
    return "".join(node["name"][0] for node in found)


async def test_each_condition_finds_what_it_says(world: World) -> None:
    ids = await _opportunities(world)
    unknown = f"contact_{NEVER}"
    table: list[tuple[dict[str, Any] | None, str]] = [
        (None, "ABCDEFG"),
        ({}, "ABCDEFG"),
        ({"archived": True}, "Z"),
        ({"archived": None, "owner": None, "and": None, "name": {}, "amount": {}}, "ABCDEFG"),
        ({"archived": True, "contact": {"eq": ids["paula"]}}, "Z"),
        ({"name": {"eq": " a ECLAIR  100% "}}, "A"),
        ({"name": {"eq": "eclair"}}, ""),
        ({"name": {"contains": "éClAiR"}}, "AB"),
        ({"name": {"contains": "100%"}}, "A"),
        ({"name": {"contains": "e_c"}}, "C"),
        ({"name": {"contains": "\\"}}, ""),
        ({"name": {"contains": "'; DROP TABLE deals; --"}}, ""),
        ({"name": {"contains": "e", "eq": "f lost"}}, ""),
        ({"company": {"contains": "söhne"}}, "G"),
        ({"company": {"contains": "SÖHNE"}}, "G"),
        ({"company": {"eq": "énergie & söhne"}}, "G"),
        ({"company": {"eq": "Énergie"}}, ""),
        ({"owner": {"eq": ids["carol"]}}, "B"),
        ({"owner": {"in": [ids["carol"], ids["bob"]]}}, "ABCDEFG"),
        ({"owner": {"eq": ids["bob"], "in": [ids["carol"]]}}, ""),
        ({"owner": {"in": []}}, ""),
        ({"owner": {"eq": ids["eve"]}}, ""),
        ({"owner": {"eq": ids["paula"]}}, ""),
        ({"stage": {"eq": ids["stage Proposal"]}}, "D"),
        ({"stage": {"in": [ids["stage Closed Won"], ids["foreign stage"]]}}, "E"),
        ({"pipeline": {"eq": ids["pipeline"]}}, "ABCDEFG"),
        ({"pipeline": {"eq": f"pipeline_{NEVER}"}}, ""),
        ({"status": ["WON", "LOST"]}, "EF"),
        ({"status": ["OPEN"]}, "ABCDG"),
        ({"status": []}, ""),
        ({"amount": {"gte": "1000"}}, "AB"),
        ({"amount": {"gte": "1000.00001"}}, "B"),
        ({"amount": {"lte": 1000}}, "A"),
        ({"amount": {"lte": "1000.99999"}}, "A"),
        ({"amount": {"gte": "1e30"}}, ""),
        ({"amount": {"gte": "-1e30", "lte": "1e39"}}, "AB"),
        ({"expectedCloseDate": {"gte": "2026-05-01"}}, "CD"),
        ({"expectedCloseDate": {"lte": "2026-05-31"}}, "C"),
        ({"expectedCloseDate": {"gte": "2026-05-02", "lte": "2026-05-31"}}, ""),
        ({"contact": {"eq": ids["paula"]}}, "A"),
        ({"contact": {"in": [ids["paula"], ids["claire"], ids["ivan"]]}}, "AB"),
        ({"contact": {"eq": ids["foreign contact"]}}, ""),
        ({"contact": {"eq": unknown}}, ""),
        ({"participant": {"eq": ids["claire"]}}, "A"),
        ({"participant": {"eq": ids["paula"]}}, ""),
        ({"subscriber": {"eq": ids["dave"]}}, "C"),
        ({"subscriber": {"in": [ids["bob"], ids["carol"]]}}, "ABCDEFG"),
        ({"contact": {"eq": ids["paula"]}, "status": ["WON"]}, ""),
        ({"and": []}, "ABCDEFG"),
        ({"or": []}, ""),
        ({"and": [{"status": ["OPEN"]}, {"name": {"contains": "snake"}}]}, "CD"),
        ({"or": [{"status": ["LOST"]}, {"contact": {"eq": ids["paula"]}}]}, "AF"),
        ({"or": [{"status": ["LOST"]}, {}]}, "ABCDEFG"),
        ({"not": {}}, ""),
        # The opposite of a condition is everything else, where a column is empty too.
        ({"not": {"contact": {"eq": ids["paula"]}}}, "BCDEFG"),
        ({"not": {"amount": {"gte": "1001"}}}, "ACDEFG"),
        ({"not": {"expectedCloseDate": {"lte": "2026-05-31"}}}, "ABDEFG"),
        ({"not": {"company": {"contains": "söhne"}}}, "ABCDEF"),
        ({"not": {"owner": {"eq": ids["eve"]}}}, "ABCDEFG"),
        ({"not": {"subscriber": {"eq": ids["dave"]}}}, "ABDEFG"),
        ({"not": {"not": {"amount": {"gte": 0}}}}, "AB"),
        ({"not": {"or": [{"status": ["OPEN"]}, {"status": ["WON"]}]}}, "F"),
        ({"status": ["OPEN"], "or": [{"amount": {"gte": 0}}, {"name": {"contains": "c"}}]}, "ABCD"),
        (_nested({"status": ["WON"]}, 9), "ABCDFG"),
    ]
    for given, expected in table:
        assert await _names(OPPORTUNITIES, world.dave, filter=given) == expected, given
    assert await _names(OPPORTUNITIES, world.eve, filter={"owner": {"eq": ids["bob"]}}) == ""


def _nested(inner: dict[str, Any], levels: int) -> dict[str, Any]:
    for _ in range(levels):
        inner = {"not": inner}
    return inner


async def test_a_filter_that_cannot_be_read_is_invalid(world: World) -> None:
    await factories.opportunity(world.bob)
    await factories.lead(world.bob)
    bad: list[dict[str, Any]] = [
        *({name: {"eq": text}} for name in ("owner", "contact") for text in ("", "1", "user_1")),
        *({name: {"in": [f"user_{NEVER}", "%"]}} for name in ("participant", "subscriber")),
        {"owner": {"eq": f"user_{NEVER}\n"}},
        {"owner": {"eq": f"USER_{NEVER}"}},
        {"owner": {"in": [f"user_{NEVER}"] * 1_001}},
        {"not": {"archived": True}},
        {"and": [{"archived": True}]},
        {"and": [{"name": {"contains": "a"}}] * 250},
        {"or": [{"or": [{"or": []}] * 20}] * 20},
        _nested({}, 10),
        _nested({}, 55),
        {"name": {"contains": "x" * 201}},
        {"name": {"eq": "\0"}},
        {"name": "A"},
        {"nothing": {"eq": "A"}},
    ]
    of_opportunities: list[dict[str, Any]] = [
        {"stage": {"eq": "stage"}},
        {"pipeline": {"in": ["pipeline_"]}},
        {"company": {"eq": "a\x07"}},
        {"status": ["NEW"]},
        *({"amount": {"gte": text}} for text in ("", "ten", "1,5", "NaN", "1e999", "9" * 41, True)),
        *(
            {"expectedCloseDate": {"lte": text}}
            for text in ("", "2026-02-30", "2026-5-1", 20260501)
        ),
    ]
    for listing, filters in ((OPPORTUNITIES, [*bad, *of_opportunities]), (LEADS, bad)):
        for given in filters:
            answer = await listing.answer(world.bob, filter=given)
            assert set(codes(answer)) == {"INVALID"}, (listing.path, given)
    assert set(codes(await LEADS.answer(world.bob, filter={"leadStatus": ["WON"]}))) == {"INVALID"}


async def test_leads_are_found_by_what_they_are(world: World) -> None:
    by = world.bob
    paula, claire = await factories.contact(by, "Paula"), await factories.contact(by, "Claire")
    await factories.lead(by, "A", contactId=paula, participants=[{"contactId": claire}])
    lead = await factories.lead(by, "B", ownerId=world.carol.id, subscriberIds=[world.dave.id])
    await by.do("updateLead", id=lead, leadStatus="QUALIFIED")
    await factories.opportunity(by, "C", contactId=paula)
    table: list[tuple[dict[str, Any], str]] = [
        ({}, "AB"),
        ({"leadStatus": ["QUALIFIED", "UNQUALIFIED"]}, "B"),
        ({"not": {"leadStatus": ["QUALIFIED"]}}, "A"),
        ({"leadStatus": []}, ""),
        ({"owner": {"eq": world.carol.id}}, "B"),
        ({"contact": {"eq": paula}}, "A"),
        ({"participant": {"in": [claire]}}, "A"),
        ({"subscriber": {"eq": world.dave.id}}, "B"),
        ({"or": [{"name": {"eq": "a"}}, {"name": {"eq": "b"}}]}, "AB"),
    ]
    for given, expected in table:
        assert await _names(LEADS, world.dave, filter=given) == expected, given


@pytest.mark.parametrize("make", [factories.opportunity, factories.lead])
async def test_a_filter_shows_nothing_of_what_one_may_not_see(world: World, make: Any) -> None:
    """Rule 26."""
    listing = OPPORTUNITIES if make is factories.opportunity else LEADS
    paula = await factories.contact(world.bob)
    await make(world.bob, "Hidden", contactId=paula, visibility="RESTRICTED")
    for given in (
        {"contact": {"eq": paula}},
        {"owner": {"eq": world.bob.id}},
        {"not": {"contact": {"eq": f"contact_{NEVER}"}}},
        {"or": [{"subscriber": {"eq": world.bob.id}}, {"name": {"contains": "hid"}}]},
    ):
        assert (await listing.page(world.carol, filter=given))["totalCount"] == 0
        assert (await listing.page(world.bob, filter=given))["totalCount"] == 1
    assert (await listing.page(world.carol, search="hidden"))["totalCount"] == 0


async def test_search_finds_words_without_regard_to_case_and_accents(world: World) -> None:
    await _opportunities(world)
    table = [
        (None, "ABCDEFG"),
        ("", "ABCDEFG"),
        ("  ", "ABCDEFG"),
        ("ÉCLAIR", "AB"),
        ("1000 eclair", "B"),
        ("eclair snake", ""),
        ("100%", "A"),
        ("%", "A"),
        ("_", "C"),
        ("\\", ""),
        ("*", ""),
        ("'", ""),
        ("ENERGIE messe", "G"),
        ("soehne", ""),
        ("archived", ""),
    ]
    for search, expected in table:
        assert await _names(OPPORTUNITIES, world.dave, search=search) == expected, search
    found = await _names(OPPORTUNITIES, world.dave, search="c", filter={"status": ["WON", "OPEN"]})
    assert found == "ABCD"
    for listing in (OPPORTUNITIES, LEADS, CONTACTS, USERS):
        for bad in ("x" * 201, "a\0b", "\x1b[2J"):
            assert codes(await listing.answer(world.bob, search=bad)) == ["INVALID"], bad


async def test_contacts_and_users_are_found_by_words(world: World) -> None:
    paula = await factories.contact(
        world.bob,
        "Paula Müller",
        email="Paula@Client.Example",
        jobTitle="Head of Purchasing",
        company="Énergie",
    )
    rolf = await factories.contact(world.bob, "Rolf 50%_Weiß", company="Stahl")
    await factories.contact(world.eve, "Paula Muller", company="Energie")
    for search, ids in (
        ("müller", [paula]),
        ("MULLER PAULA", [paula]),
        ("client.example", [paula]),
        ("purchasing energie", [paula]),
        ("%_", [rolf]),
        ("WEISS", [rolf]),
        ("%", [rolf]),
        ("l", [paula, rolf]),
        ("nobody", []),
    ):
        assert await CONTACTS.ids(world.dave, search=search) == ids, search
    await world.bob.call("archiveContact", id=paula)
    assert await CONTACTS.ids(world.dave, search="l") == [rolf]
    assert await CONTACTS.ids(world.dave, search="l", archived=True) == [paula]
    carol = world.carol.id
    for search, ids in (("CAROL", [carol]), ("rol@acme", [carol]), ("eve", []), ("_", [])):
        assert await USERS.ids(world.dave, search=search) == ids, search
    await world.alice.call("deactivateUser", id=carol)
    for search, ids in (("CAROL", [carol]), ("rol@acme", [carol]), ("bob", [])):
        assert await USERS.ids(world.alice, search=search, deactivated=True) == ids, search
        assert await USERS.ids(world.dave, search=search, deactivated=True) == [], search


async def test_ids_that_are_none_are_invalid_and_those_of_others_are_nothing(world: World) -> None:
    """Contract: nullable single reads answer null for what may not be seen."""
    hidden = await factories.opportunity(world.bob, visibility="RESTRICTED")
    foreign = await factories.contact(world.eve)
    for ident in (hidden, foreign, world.eve.id, f"contact_{NEVER}", f"deal_{NEVER}"):
        for field in ("deal", "opportunity", "lead", "contact", "node"):
            data = await world.carol.ask(
                f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=ident
            )
            assert data == {field: None}
        assert (await DEALS_OF.answer(world.carol, id=ident))["data"] == {"contact": None}
    for bad in ("", "1", "deal_", f"deal_{NEVER}0", "deal_" + "u" * 26, "DEAL_" + NEVER, "\0"):
        for field in ("deal", "opportunity", "lead", "contact", "node"):
            answer = await world.carol.answer(
                f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=bad
            )
            assert codes(answer) == ["INVALID"], (field, bad)
    assert await FOLLOWED.ids(world.carol) == []
