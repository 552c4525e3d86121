"""Is what the people outside do tracked for the one who did it (rule 11)?"""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import Json, deal, events, followers, head, nothing_happens, reasons
from tests.harness import Client, World

CONTRIBUTION = """
id kind direction at subject body contact { id } recordedBy { id }
message { id direction subject body sender to cc status at threadId deal { id } } deal { id }"""
TALLIES = """
query ($id: ID!) { deal(id: $id) {
  contact { id } contactContributionCount contactLastContributionAt
  otherParticipants { contact { id } contributionCount lastContributionAt }
} }"""


async def _record(by: Client, ident: str, person: str, **given: Any) -> Json:
    given = {"kind": "CALL", "body": "Agreed.", **given}
    payload = await by.do(
        "recordContribution",
        f"contribution {{ {CONTRIBUTION} }} deal {{ id }}",
        dealId=ident,
        contactId=person,
        **given,
    )
    assert payload["userErrors"] == []
    assert payload["deal"] == {"id": ident}
    found: Json = payload["contribution"]
    return found


async def _ground(world: World) -> dict[str, str]:
    ids = {
        name: await factories.contact(world.bob, name.title(), email=email)
        for name, email in (("paula", "paula@customer.example"), ("claire", None))
    }
    people = [{"contactId": ids["claire"]}]
    ids["deal"] = await factories.opportunity(
        world.bob, contactId=ids["paula"], participants=people
    )
    return ids


def _day(day: int) -> str:
    return f"2026-01-{day:02}T12:00:00+00:00"


async def test_what_is_recorded_is_the_persons_who_did_it(world: World) -> None:
    ids = await _ground(world)
    since = await head(world.bob)
    call = await _record(
        world.carol, ids["deal"], ids["claire"], at=_day(3), direction="OUTBOUND", subject=" Terms "
    )
    assert call == {
        "id": call["id"],
        "kind": "CALL",
        "direction": "OUTBOUND",
        "at": _day(3),
        "subject": "Terms",
        "body": "Agreed.",
        "contact": {"id": ids["claire"]},
        "recordedBy": {"id": world.carol.id},
        "message": None,
        "deal": {"id": ids["deal"]},
    }
    before = datetime.now(UTC)
    note = await _record(world.bob, ids["deal"], ids["paula"], kind="NOTE", subject=None)
    assert before <= datetime.fromisoformat(note["at"]) <= datetime.now(UTC)
    assert (note["direction"], note["subject"]) == ("INBOUND", None)
    told = await events(world.bob, ids["deal"], since)
    assert [(event["kind"], event["important"], event["actor"]["id"]) for event in told] == [
        ("CONTRIBUTION_RECORDED", False, world.carol.id),
        ("CONTRIBUTION_RECORDED", False, world.bob.id),
    ]
    assert [event["contribution"]["id"] for event in told] == [call["id"], note["id"]]
    # Neither recording nor contributing makes anybody a follower.
    assert followers(await deal(world.bob, ids["deal"])) == {world.bob.id: "CREATED"}


async def test_a_message_that_came_in_is_one_of_the_deals_messages(world: World) -> None:
    """Without actor: whoever recorded it hears of it, too."""
    ids = await _ground(world)
    async with world.bob.follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
        await live.until("READY")
        came = await _record(
            world.bob, ids["deal"], ids["paula"], kind="MESSAGE", at=_day(1), subject="Offer?"
        )
        item = await live.next()
    message = came["message"]
    assert message == {
        "id": message["id"],
        "direction": "INBOUND",
        "subject": "Offer?",
        "body": "Agreed.",
        "sender": "paula@customer.example",
        "to": [],
        "cc": [],
        "status": "RECEIVED",
        "at": _day(1),
        "threadId": message["id"],
        "deal": {"id": ids["deal"]},
    }
    event = item["event"]
    assert (event["kind"], event["important"], event["actor"]) == ("MESSAGE_RECEIVED", True, None)
    assert (event["message"]["id"], event["contribution"]["id"]) == (message["id"], came["id"])
    shown = (await deal(world.bob, ids["deal"]))["messages"]
    assert (shown["totalCount"], shown["nodes"][0]["id"]) == (1, message["id"])
    answer = await _record(
        world.bob, ids["deal"], ids["claire"], kind="MESSAGE", inReplyTo=message["id"]
    )
    assert answer["message"]["threadId"] == message["id"]
    # Of somebody without an address the name is kept.
    assert (answer["message"]["sender"], answer["message"]["subject"]) == ("Claire", "Re: Offer?")
    # One that went out by other ways is a contribution alone: we did not send it.
    out = await _record(world.bob, ids["deal"], ids["claire"], kind="MESSAGE", direction="OUTBOUND")
    assert out["message"] is None


async def test_contributions_are_counted_by_person_and_stay_when_they_leave(world: World) -> None:
    ids = await _ground(world)
    other = await factories.opportunity(world.bob, contactId=ids["paula"])
    for day, person in ((5, "paula"), (9, "claire"), (7, "claire"), (2, "paula")):
        await _record(world.bob, ids["deal"], ids[person], at=_day(day))
    assert (await world.dave.ask(TALLIES, id=ids["deal"]))["deal"] == {
        "contact": {"id": ids["paula"]},
        "contactContributionCount": 2,
        "contactLastContributionAt": _day(5),
        "otherParticipants": [
            {
                "contact": {"id": ids["claire"]},
                "contributionCount": 2,
                "lastContributionAt": _day(9),
            }
        ],
    }
    await world.bob.do("setContact", dealId=ids["deal"], contactId=ids["claire"])
    assert (await world.bob.ask(TALLIES, id=ids["deal"]))["deal"] == {
        "contact": {"id": ids["claire"]},
        "contactContributionCount": 2,
        "contactLastContributionAt": _day(9),
        "otherParticipants": [
            {
                "contact": {"id": ids["paula"]},
                "contributionCount": 2,
                "lastContributionAt": _day(5),
            }
        ],
    }
    await world.bob.do("setContact", dealId=ids["deal"], contactId=None, previousContact="REMOVE")
    await world.bob.do("removeParticipants", dealId=ids["deal"], contactIds=[ids["paula"]])
    await world.bob.call("archiveContact", id=ids["claire"])
    assert (await world.bob.ask(TALLIES, id=ids["deal"]))["deal"] == {
        "contact": None,
        "contactContributionCount": 0,
        "contactLastContributionAt": None,
        "otherParticipants": [],
    }
    stays = await _pages(world.bob, ids["deal"])
    assert [(row["contact"]["fullName"], row["at"]) for row in stays] == [
        ("Claire", _day(9)),
        ("Claire", _day(7)),
        ("Paula", _day(5)),
        ("Paula", _day(2)),
    ]
    assert [row["at"] for row in await _pages(world.bob, ids["deal"], ids["claire"])] == [
        _day(9),
        _day(7),
    ]
    assert await _pages(world.bob, other) == []


async def _pages(by: Client, ident: str, person: str | None = None, size: int = 1) -> list[Json]:
    """All contributions, page by page."""
    query = """
    query ($id: ID!, $first: Int, $after: String, $by: ID) { deal(id: $id) {
      contributions(first: $first, after: $after, contactId: $by) {
        totalCount pageInfo { hasNextPage endCursor } nodes { at contact { fullName } }
      }
    } }"""
    rows: list[Json] = []
    after = None
    while True:
        data = await by.ask(query, id=ident, first=size, after=after, by=person)
        page = data["deal"]["contributions"]
        rows += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(rows)
            return rows
        after = page["pageInfo"]["endCursor"]


async def test_messages_come_page_by_page_the_newest_first(world: World) -> None:
    ids = await _ground(world)
    sent: list[str] = []
    for day in (4, 8, 6, 6, 2):
        came = await _record(world.bob, ids["deal"], ids["paula"], kind="MESSAGE", at=_day(day))
        sent.append(came["message"]["id"])
    query = """
    query ($id: ID!, $after: String) { deal(id: $id) { messages(first: 2, after: $after) {
      totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }
    } } }"""
    found: list[str] = []
    after = None
    for has_next in (True, True, False):
        page = (await world.dave.ask(query, id=ids["deal"], after=after))["deal"]["messages"]
        info = page["pageInfo"]
        assert (page["totalCount"], info["hasNextPage"]) == (5, has_next)
        assert info["hasPreviousPage"] is (after is not None)
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = info["endCursor"]
    first, second, third, fourth, last = sent
    assert found == [second, fourth, third, first, last]
    bad: list[Json] = [{"after": "page_x"}, {"after": None, "first": 0}, {"contactId": "nobody"}]
    for given in bad:
        arguments = ", ".join(f"{name}: ${name}" for name in given)
        types = {"after": "String", "first": "Int", "contactId": "ID"}
        declared = ", ".join(f"${name}: {types[name]}" for name in given)
        answer = await world.bob.answer(
            f"query ($id: ID!, {declared}) {{ deal(id: $id) {{"
            f" contributions({arguments}) {{ totalCount }} }} }}",
            id=ids["deal"],
            **given,
        )
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["INVALID"], given


async def test_only_the_contact_and_participants_contribute(world: World) -> None:
    ids = await _ground(world)
    stranger = await factories.contact(world.bob, "Stranger")
    former = await factories.contact(world.bob, "Former")
    await world.bob.do("addParticipants", dealId=ids["deal"], participants=[{"contactId": former}])
    await world.bob.do("removeParticipants", dealId=ids["deal"], contactIds=[former])
    good: Json = {"contactId": ids["paula"], "kind": "MESSAGE", "body": "Hi"}
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    refused: list[tuple[str, Json]] = [
        ("contactId", {"contactId": stranger}),
        ("contactId", {"contactId": former}),
        ("at", {"at": None}),
        ("at", {"at": tomorrow}),
        ("at", {"at": "9999-12-31T23:59:59Z"}),
        *(("body", {"body": body}) for body in ("", " ", "x" * 100_001, "\0")),
        *(("subject", {"subject": subject}) for subject in ("x" * 251, "a\nb", "\0")),
        ("idempotencyKey", {"idempotencyKey": ""}),
    ]
    kinds: list[Json] = [
        {"kind": "CALL"},
        {"kind": "NOTE", "direction": "OUTBOUND"},
        {"kind": "MESSAGE", "direction": "OUTBOUND"},
    ]
    came = await _record(world.bob, ids["deal"], ids["paula"], kind="MESSAGE")
    reply = {"inReplyTo": came["message"]["id"]}
    refused += [("inReplyTo", {**kind, **reply}) for kind in kinds]
    async with nothing_happens(world.bob, ids["deal"]):
        for field, given in refused:
            payload = await world.bob.do(
                "recordContribution", dealId=ids["deal"], **{**good, **given}
            )
            assert reasons(payload) == [("INVALID", field)], given


async def test_nobody_finds_it_by_id_who_does_not_see_the_deal(world: World) -> None:
    ids = await _ground(world)
    came = await _record(world.bob, ids["deal"], ids["paula"], kind="MESSAGE")
    query = """
    query ($id: ID!) { node(id: $id) {
      ... on Message { deal { id } } ... on Contribution { deal { id } message { id } }
    } }"""
    found = [await world.dave.ask(query, id=row["id"]) for row in (came, came["message"])]
    assert [row["node"]["deal"] for row in found] == [{"id": ids["deal"]}] * 2
    await world.bob.do("updateOpportunity", id=ids["deal"], visibility="RESTRICTED")
    for by in (world.dave, world.eve):
        for row in (came, came["message"]):
            assert await by.ask(query, id=row["id"]) == {"node": None}


async def test_the_id_of_a_merged_contact_goes_on_standing_for_the_person(world: World) -> None:
    """Rule 7: what either contributed is the survivor's."""
    ids = await _ground(world)
    twin = await factories.contact(world.bob, "Paula M.")
    await world.bob.do("addParticipants", dealId=ids["deal"], participants=[{"contactId": twin}])
    await _record(world.bob, ids["deal"], twin, at=_day(1))
    await world.alice.do("mergeContacts", **{"from": twin, "into": ids["paula"]})
    later = await _record(world.bob, ids["deal"], twin, at=_day(2))
    assert later["contact"] == {"id": ids["paula"]}
    assert len(await _pages(world.bob, ids["deal"], twin)) == 2
    found = (await world.bob.ask(TALLIES, id=ids["deal"]))["deal"]
    assert found["contactContributionCount"] == 2


async def test_a_key_records_once(world: World) -> None:
    """Rule 30, after asking for sight again."""
    ids = await _ground(world)
    given: Json = {"kind": "MESSAGE", "idempotencyKey": "k", "at": _day(1)}
    first = await _record(world.carol, ids["deal"], ids["paula"], **given)
    async with nothing_happens(world.bob, ids["deal"]):
        assert await _record(world.carol, ids["deal"], ids["paula"], **given) == first
    await world.bob.do("updateOpportunity", id=ids["deal"], visibility="RESTRICTED")
    payload = await world.carol.do(
        "recordContribution", dealId=ids["deal"], contactId=ids["paula"], body="Agreed.", **given
    )
    assert reasons(payload) == [("NOT_FOUND", "dealId")]
