"""Who may do what? Every operation, for every kind of caller (rules 14, 15, 26 and 26a)."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest

from models.enums import UserRole
from schema.schema import schema
from tests import factories
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL, FOLLOW_NOTIFICATIONS, GET_DEAL
from tests.grounds import Grounds, Ids
from tests.harness import Client, World

Json = dict[str, Any]

# Who may: `see`s the deal, may `edit` what is seen, `govern`s as owner or admin, is `admin`, or `author`.
MAY = {
    "see": {"alice", "bob", "carol", "dave"},
    "edit": {"alice", "bob", "carol"},
    "govern": {"alice", "bob"},
    "admin": {"alice"},
    "author": {"bob"},
}
# Callers who see the deal get FORBIDDEN; sam is a stranger to it, eve is of another organisation.
INSIDE = ("alice", "bob", "carol", "dave")
OUTSIDE = ("sam", "eve")

DEAL = {"dealId": "deal"}
ID = {"id": "deal"}
MAIL: Json = {"to": ["cleo@customer.example"], "cc": []}
# mutation: who may, and what is given; names stand for ids; `types` for those without an input object.
# Those who may do them one after the other, so what takes away what others need comes last.
ON_DEALS: dict[str, tuple[str, Json]] = {
    "updateOpportunity": ("edit", {**ID, "name": "Next"}),
    "moveOpportunity": ("edit", {**ID, "stageId": "Proposal"}),
    "updateLead": ("edit", {"id": "lead", "name": "Next"}),
    "convertLead": ("edit", {"id": "lead2"}),
    "undoConversion": ("edit", {"id": "converted", "types": "ID!"}),
    "shareDeal": ("govern", {**DEAL, "userIds": ["dave"]}),
    "archiveDeal": ("govern", {**ID, "types": "ID!"}),
    "restoreDeal": ("govern", {**ID, "types": "ID!"}),
    "setContact": ("edit", {**DEAL, "contactId": "ann"}),
    "addParticipants": ("edit", {**DEAL, "participants": [{"contactId": "ben"}]}),
    "updateParticipant": ("edit", {**DEAL, "contactId": "cleo", "role": "CHAMPION"}),
    "addSubscribers": ("edit", {**DEAL, "userIds": ["dave"]}),
    "removeSubscribers": ("edit", {**DEAL, "userIds": ["alice"]}),
    "sendMessage": ("edit", {**DEAL, **MAIL, "subject": "Hi", "body": "Hi"}),
    "retryMessage": ("edit", {"id": "message", "types": "ID!"}),
    "recordContribution": ("edit", {**DEAL, "contactId": "cleo", "kind": "CALL", "body": "Hi"}),
    "subscribe": ("see", DEAL),
    "unsubscribe": ("see", {**DEAL, "types": "ID!"}),
    "markDealSeen": ("see", {**DEAL, "types": "ID!"}),
    "addComment": ("edit", {**DEAL, "body": "Well done"}),
    "editComment": ("author", {"id": "comment", "body": "Better"}),
    "deleteComment": ("govern", {"id": "comment", "types": "ID!"}),
    "changeRoles": ("edit", {**DEAL, "addParticipants": [{"contactId": "ben"}]}),
    "removeParticipants": ("edit", {**DEAL, "contactIds": ["cleo"]}),
    "unshareDeal": ("govern", {**DEAL, "userIds": ["dave"]}),
    "assignOwner": ("govern", {**DEAL, "userId": "carol"}),
}
# The same without a deal: sam is a member like any other.
ELSEWHERE: dict[str, tuple[str, Json]] = {
    "createOpportunity": ("edit", {"name": "New"}),
    "createLead": ("edit", {"name": "New"}),
    "createContact": ("edit", {"fullName": "New"}),
    "updateContact": ("edit", {"id": "ann", "phone": "1"}),
    "archiveContact": ("edit", {"id": "ben", "types": "ID!"}),
    "restoreContact": ("edit", {"id": "ben", "types": "ID!"}),
    "mergeContacts": ("admin", {"from": "ann", "into": "ben"}),
    "setUserRole": ("admin", {"id": "dave", "role": "VIEWER", "types": "ID! UserRole!"}),
    "deactivateUser": ("admin", {"id": "former", "types": "ID!"}),
    "reactivateUser": ("admin", {"id": "former", "types": "ID!"}),
    "signOutEverywhere": ("admin", {"userId": "former", "types": "ID"}),
}
# Of one's own rows alone: to everybody else bob's notification is not there.
OWN: dict[str, Json] = {
    "markNotificationsRead": {"ids": ["note"], "types": "[ID!]"},
    "snoozeNotifications": {
        "ids": ["note"],
        "until": "2100-01-01T00:00:00Z",
        "types": "[ID!]! DateTime",
    },
}


async def _ground(world: World) -> Ids:
    await world.invite("sam", UserRole.MEMBER)
    await world.invite("former", UserRole.MEMBER)
    ids = {name: client.id for name, client in world.people.items()}
    ids |= await factories.stages(world.bob)
    for name in ("ann", "ben", "cleo"):
        ids[name] = await factories.contact(world.bob, name.title())
    # Restricted, and shared with all but sam.
    given: Json = {"visibility": "RESTRICTED", "sharedWithIds": [ids["carol"], ids["dave"]]}
    cleo = [{"contactId": ids["cleo"]}]
    ids["deal"] = await factories.opportunity(world.bob, participants=cleo, **given)
    said = await world.bob.do("addComment", "comment { id }", dealId=ids["deal"], body="Said")
    ids["comment"] = said["comment"]["id"]
    await world.alice.do("addComment", dealId=ids["deal"], body="Seen")
    [note] = (await world.bob.ask(QUERIES["notifications"]))["notifications"]["nodes"]
    ids["note"] = note["id"]
    sent = await world.bob.do(
        "sendMessage", "message { id }", dealId=ids["deal"], subject="Hi", body="Hi", **MAIL
    )
    ids["message"] = sent["message"]["id"]
    came = await world.bob.do(
        "recordContribution",
        "contribution { id }",
        dealId=ids["deal"],
        contactId=ids["cleo"],
        kind="NOTE",
        body="Hi",
    )
    ids["contribution"] = came["contribution"]["id"]
    for name in ("lead", "lead2", "converted"):
        ids[name] = await factories.lead(world.bob, **given)
    assert (await world.bob.do("convertLead", id=ids["converted"]))["userErrors"] == []
    return ids


@pytest.fixture
async def ground(database_url: str, grounds: Grounds) -> AsyncIterator[tuple[World, Ids]]:
    async with grounds.laid(database_url, _ground) as (world, ids):
        yield world, ids


def _filled(value: Any, ids: Ids) -> Any:
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, list):
        return [_filled(part, ids) for part in value]
    if isinstance(value, dict):
        return {name: _filled(part, ids) for name, part in value.items()}
    return value


async def _run(by: Client, mutation: str, given: Json, ids: Ids) -> Json:
    filled = _filled(given, ids)
    types = filled.pop("types", None)
    if types is None:
        return await by.do(mutation, **filled)
    return await by.call(mutation, "", types=types, **filled)


async def _everything(world: World, ids: Ids) -> str:
    """What a refusal must leave as it was: deals, people and the place in both logs."""
    seen: list[Any] = [(await one.ask("{ cursor }"))["cursor"] for one in (world.alice, world.eve)]
    deals = ("deal", "lead", "lead2", "converted")
    seen += [await world.alice.ask(GET_DEAL, id=ids[name]) for name in deals]
    people = "{ contacts { nodes { id fullName version isArchived } } users { nodes { id role } } }"
    seen.append(await world.alice.ask(people))
    told = "{ notifications { nodes { id readAt snoozedUntil } } }"
    seen += [await one.ask(told) for one in (world.bob, world.carol)]
    return json.dumps(seen)


async def _refuses(
    world: World, ids: Ids, mutation: str, given: Json, codes: Mapping[str, Iterable[str]]
) -> None:
    """Nobody who has no token, and none of those who are named by the code that they get."""
    for code, names in codes.items():
        for name in names:
            payload = await _run(getattr(world, name), mutation, given, ids)
            got = [error["code"] for error in payload["userErrors"]]
            assert (got, payload["cursor"]) == ([code], None), (mutation, name)
    with pytest.raises(AssertionError, match="UNAUTHENTICATED"):
        await _run(world.nobody, mutation, given, ids)


async def _allows(world: World, ids: Ids, mutation: str, given: Json, by: str) -> None:
    payload = await _run(getattr(world, by), mutation, given, ids)
    assert payload["userErrors"] == [], (mutation, by)


async def test_a_mutation_of_a_deal_is_for_those_who_may(ground: tuple[World, Ids]) -> None:
    world, ids = ground
    before = await _everything(world, ids)
    for mutation, (may, given) in ON_DEALS.items():
        others = [name for name in INSIDE if name not in MAY[may]]
        codes = {"NOT_FOUND": OUTSIDE, "FORBIDDEN": others}
        await _refuses(world, ids, mutation, given, codes)
    assert await _everything(world, ids) == before
    for mutation, (may, given) in ON_DEALS.items():
        allowed = next(name for name in reversed(INSIDE) if name in MAY[may])
        await _allows(world, ids, mutation, given, allowed)


async def test_any_other_mutation_is_for_those_who_may(ground: tuple[World, Ids]) -> None:
    world, ids = ground
    before = await _everything(world, ids)
    for mutation, (may, given) in ELSEWHERE.items():
        members = (*INSIDE, "sam")
        may_too = MAY[may] | ({"sam"} if may == "edit" else set())
        has_ids = any(value in ids for value in given.values() if isinstance(value, str))
        codes = {
            "FORBIDDEN": [name for name in members if name not in may_too],
            "NOT_FOUND": ["eve"] if has_ids else [],
        }
        await _refuses(world, ids, mutation, given, codes)
    assert await _everything(world, ids) == before
    for mutation, (_, given) in ELSEWHERE.items():
        await _allows(world, ids, mutation, given, "alice")


async def test_notifications_are_their_users_own(ground: tuple[World, Ids]) -> None:
    """Rule 20: whatever ids are sent, and whoever sends them."""
    world, ids = ground
    before = await _everything(world, ids)
    for mutation, given in OWN.items():
        codes = {"NOT_FOUND": ("alice", "carol", "dave", *OUTSIDE)}
        await _refuses(world, ids, mutation, given, codes)
    assert await _everything(world, ids) == before
    for mutation, given in OWN.items():
        await _allows(world, ids, mutation, given, "bob")


QUERIES = {
    "viewer": "{ viewer { id } }",
    "node": "query ($id: ID!) { node(id: $id) { id } }",
    "deal": "query ($id: ID!) { deal(id: $id) { id } }",
    "opportunity": "query ($id: ID!) { opportunity(id: $id) { id } }",
    "opportunities": "{ opportunities { totalCount nodes { id } } }",
    "lead": "query ($id: ID!) { lead(id: $id) { id } }",
    "leads": "{ leads { totalCount nodes { id } } }",
    "contact": "query ($id: ID!) { contact(id: $id) { id } }",
    "contacts": "{ contacts { totalCount nodes { id } } }",
    "users": "{ users { totalCount nodes { id } } }",
    "pipelines": "{ pipelines { id stages { id } } }",
    "notifications": "{ notifications { totalCount nodes { id } } }",
    "pipelineSummary": "query ($id: ID!) { pipelineSummary(pipelineId: $id) { stages { count } } }",
    "messageDraft": "query ($id: ID!) { messageDraft(dealId: $id) { key } }",
    "cursor": "{ cursor }",
}


async def test_hidden_foreign_and_absent_rows_are_read_alike(ground: tuple[World, Ids]) -> None:
    """Rule 26: what one may not see does not exist."""
    world, ids = ground
    absent = {kind: f"{kind}_" + "0" * 26 for kind in ("deal", "contact", "message")}
    sam, eve = world.people["sam"], world.eve
    for field, own in (
        ("deal", "deal"),
        ("opportunity", "deal"),
        ("lead", "lead"),
        ("node", "deal"),
        ("node", "message"),
        ("node", "contribution"),
        ("messageDraft", "deal"),
    ):
        for by in (sam, eve):
            hidden = await by.answer(QUERIES[field], id=ids[own])
            assert (
                hidden
                == await by.answer(QUERIES[field], id=absent["deal"])
                == {"data": {field: None}}
            )
    for by in (sam, eve):
        answers = [
            await by.do("updateOpportunity", id=i, name="X") for i in (ids["deal"], absent["deal"])
        ]
        assert answers[0] == answers[1]
        lists = await by.ask(
            "{ opportunities { totalCount nodes { id } } leads { totalCount nodes { id } } }"
        )
        assert lists == {
            name: {"totalCount": 0, "nodes": []} for name in ("opportunities", "leads")
        }
    foreign = await eve.answer(QUERIES["contact"], id=ids["ann"])
    assert foreign == await eve.answer(QUERIES["contact"], id=absent["contact"])
    stands = "query ($id: ID!) { contact(id: $id) { deals { totalCount nodes { id } } } }"
    assert (await sam.ask(stands, id=ids["cleo"]))["contact"]["deals"] == {
        "totalCount": 0,
        "nodes": [],
    }
    assert (await world.dave.ask(stands, id=ids["cleo"]))["contact"]["deals"]["totalCount"] == 1


async def test_who_was_deactivated_is_listed_for_admins_alone(ground: tuple[World, Ids]) -> None:
    """Rule 26a: they let people in again. To others it is empty, and so to eve, who is an admin elsewhere."""
    world, ids = ground
    await world.alice.call("deactivateUser", id=ids["former"])
    query = "{ users(deactivated: true) { totalCount nodes { id } } }"
    nobody = {"totalCount": 0, "nodes": []}
    for name in (*INSIDE, *OUTSIDE):
        found = {"totalCount": 1, "nodes": [{"id": ids["former"]}]} if name == "alice" else nobody
        assert (await getattr(world, name).ask(query))["users"] == found, name
    answer = await world.nobody.answer(query)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_everybody_inside_reads_and_nobody_is_turned_away(ground: tuple[World, Ids]) -> None:
    world, ids = ground
    rows = {"node": "deal", "deal": "deal", "opportunity": "deal", "lead": "lead", "contact": "ann"}
    rows["pipelineSummary"] = "pipeline"
    [pipeline] = (await world.bob.ask("{ pipelines { id } }"))["pipelines"]
    ids["pipeline"] = pipeline["id"]
    rows["messageDraft"] = "deal"
    for field, query in QUERIES.items():
        variables = {"id": ids[rows[field]]} if field in rows else {}
        for name in INSIDE:
            assert (await getattr(world, name).ask(query, **variables))[field] is not None
        answer = await world.nobody.answer(query, **variables)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_streams_are_for_those_who_see(ground: tuple[World, Ids]) -> None:
    world, ids = ground
    for name in INSIDE:
        async with getattr(world, name).follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
            assert (await live.next())["deal"]["id"] == ids["deal"]
    for name in OUTSIDE:
        async with getattr(world, name).follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
            message = await live.message()
            assert [error["extensions"]["code"] for error in message["payload"]] == ["NOT_FOUND"]
        async with getattr(world, name).follow(FOLLOW_ALL) as live:
            assert (await live.next())["kind"] == "READY"
    for name in (*INSIDE, *OUTSIDE):
        async with getattr(world, name).follow(FOLLOW_NOTIFICATIONS) as live:
            assert (await live.next())["kind"] == "READY"
    boards = "subscription { %sUpdates { kind dealId deal { id } } }"
    changed: list[tuple[str, str, Json]] = [
        ("opportunity", "updateOpportunity", {"id": ids["deal"]}),
        ("lead", "updateLead", {"id": ids["lead"]}),
    ]
    for board, mutation, given in changed:
        async with AsyncExitStack() as stack:
            lives = {
                name: await stack.enter_async_context(getattr(world, name).follow(boards % board))
                for name in (*INSIDE, *OUTSIDE)
            }
            for live in lives.values():
                assert (await live.next())["kind"] == "READY"
            await world.bob.do(mutation, name="Hidden from some", **given)
            # Something that everybody inside sees comes next, so that silence is heard.
            marker = {"Acme": world.bob, "Globex": world.eve}
            create = factories.opportunity if board == "opportunity" else factories.lead
            shown = {name: await create(by, "Marker") for name, by in marker.items()}
            for name, live in lives.items():
                items = [await live.next()]
                while items[-1]["dealId"] not in shown.values():
                    items.append(await live.next())
                expected = [given["id"]] if name in INSIDE else []
                assert [item["dealId"] for item in items[:-1]] == expected, name


def test_no_operation_is_left_out() -> None:
    described = schema._schema
    assert described.query_type and described.mutation_type and described.subscription_type
    assert set(described.query_type.fields) == set(QUERIES)
    assert set(described.mutation_type.fields) == {*ON_DEALS, *ELSEWHERE, *OWN}
    assert set(described.subscription_type.fields) == {
        "dealUpdates", "followedDealUpdates", "opportunityUpdates", "leadUpdates", "pipelineUpdates",
        "notificationUpdates",
    }  # fmt: skip
