"""Are subscriptions served as server-sent events, with the same promises as over a websocket?"""

import json

import pytest

from realtime import metrics
from tests import factories
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL, GET_DEAL
from tests.events import COMPLETE, Event, Stream, headers, listening
from tests.harness import Client, Live, World

# The protocol is the same over both databases.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RENAME = """mutation ($id: ID!, $name: String!) {
  updateOpportunity(input: { id: $id, name: $name }) { cursor }
}"""


async def test_a_stream_brings_each_change_and_resumes_after_its_last_event(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with listening(world.carol, FOLLOW_ALL) as stream:
        snapshot = await stream.item()
        assert (snapshot["kind"], snapshot["deal"]["id"]) == ("SNAPSHOT", deal)
        old = (await stream.item())["cursor"]
        first = await factories.rename(world.bob, deal, "Zoë, data: \u2028id: 1")
        item = await stream.item()
        assert (item["kind"], item["cursor"]) == ("CHANGED", first)
        assert item["deal"]["name"] == (await world.carol.ask(GET_DEAL, id=deal))["deal"]["name"]
    missed = [await factories.rename(world.bob, deal, name) for name in ("One", "Two")]
    # The header is newer than what the client once asked for.
    async with listening(world.carol, FOLLOW_ALL, last_event_id=first, after=old) as stream:
        items = [await stream.item() for _ in range(3)]
        assert [item["kind"] for item in items] == ["CHANGED", "CHANGED", "READY"]
        assert [item["cursor"] for item in items[:2]] == missed
    async with listening(world.carol, FOLLOW_ALL, last_event_id=snapshot["cursor"]) as stream:
        assert await stream.kinds(3) == ["RESYNC", "SNAPSHOT", "READY"]


@on_sqlite
async def test_a_stream_can_be_asked_for_by_get(world: World) -> None:
    deal = await factories.opportunity(world.carol)
    asked = {"query": FOLLOW_DEAL, "variables": json.dumps({"dealId": deal})}
    sent = headers(world.carol)
    async with world.http.stream("GET", "/graphql", params=asked, headers=sent) as response:
        assert await Stream.of(response).kinds(2) == ["SNAPSHOT", "READY"]


@on_sqlite
async def test_what_is_refused_is_told_in_a_last_event(world: World) -> None:
    hidden = await factories.opportunity(world.bob, visibility="RESTRICTED")
    for query, given, code in (
        ("subscription { nothing }", {}, "INVALID"),
        ("subscription {", {}, "INVALID"),
        (FOLLOW_DEAL, {}, "INVALID"),
        (FOLLOW_ALL, {"after": "no cursor"}, "INVALID"),
        (FOLLOW_ALL, {"last_event_id": "no cursor"}, "INVALID"),
        (FOLLOW_DEAL, {"dealId": hidden}, "NOT_FOUND"),
    ):
        async with listening(world.carol, query, **given) as stream:
            [refusal, end] = await stream.rest()
        assert (refusal.codes, end) == ([code], COMPLETE)


@on_sqlite
async def test_a_stream_without_a_token_that_is_accepted_is_401(world: World) -> None:
    ended = Client(world, world.tokens.issue("carol@acme.example", hours=-1), world.carol.id)
    for by in (world.nobody, ended, Client(world, "forged", "")):
        response = await world.http.post(
            "/graphql", json={"query": FOLLOW_ALL}, headers=headers(by)
        )
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"


@on_sqlite
async def test_only_who_accepts_nothing_else_gets_the_answer_to_a_query_or_mutation_in_events(
    world: World,
) -> None:
    deal = await factories.opportunity(world.carol)
    rename = 'mutation ($id: ID!) { updateOpportunity(input: { id: $id, name: "New" }) { opportunity { name } } }'
    expected = {"data": {"updateOpportunity": {"opportunity": {"name": "New"}}}}
    async with listening(world.carol, rename, id=deal) as stream:
        assert await stream.rest() == [Event("next", None, expected), COMPLETE]
    # As urql has it, for whom a subscription comes in events all the same.
    several = (
        "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    )
    body = {"query": rename, "variables": {"id": deal}}
    answer = await world.http.post("/graphql", json=body, headers=headers(world.carol, several))
    assert (answer.headers["content-type"], answer.json()) == (
        "application/graphql-response+json",
        expected,
    )
    async with listening(world.carol, FOLLOW_ALL, accept=several) as stream:
        assert await stream.kinds(2) == ["SNAPSHOT", "READY"]
    by_get = {"query": "mutation { signOutEverywhere { cursor } }"}
    refused = await world.http.get("/graphql", params=by_get, headers=headers(world.carol))
    assert refused.status_code == 405


async def test_access_that_ends_ends_the_stream_for_good(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id, world.dave.id])
    async with (
        listening(world.carol, FOLLOW_ALL) as signed_out,
        listening(world.dave, FOLLOW_ALL) as deactivated,
        listening(world.carol, FOLLOW_DEAL, dealId=deal) as unseen,
    ):
        for stream in (signed_out, deactivated, unseen):
            assert await stream.kinds(2) == ["SNAPSHOT", "READY"]
        await world.bob.do("updateOpportunity", id=deal, visibility="RESTRICTED")
        removed = await unseen.item()
        assert (removed["kind"], await unseen.rest()) == ("REMOVED", [COMPLETE])
        await world.alice.call("deactivateUser", id=world.dave.id)
        await world.carol.call("signOutEverywhere")
        await factories.rename(world.bob, deal, "Unheard")
        for stream in (signed_out, deactivated):
            assert (await stream.item())["kind"] == "REMOVED"
            [told, end] = await stream.rest()
            assert (told.codes, end) == (["UNAUTHENTICATED"], COMPLETE)


@on_sqlite
async def test_the_same_stream_for_many_is_rendered_once_for_each_way_to_send_it(
    world: World,
) -> None:
    followers = [world.carol.id, world.alice.id]
    deal = await factories.opportunity(world.bob, subscriberIds=followers)
    shared = metrics.RENDERINGS.labels("shared")._value
    async with (
        listening(world.carol, FOLLOW_ALL) as one,
        listening(world.alice, FOLLOW_ALL) as other,
        world.alice.follow(FOLLOW_ALL) as live,
        world.alice.follow(FOLLOW_ALL) as live_too,
    ):
        for stream in (one, other, live, live_too):
            assert [await _kind(stream) for _ in range(2)] == ["SNAPSHOT", "READY"]
        before = shared.get()
        await factories.rename(world.bob, deal, "Next")
        item = await one.item()
        assert item == await other.item() == await live.next() == await live_too.next()
        assert shared.get() - before == 2


async def _kind(stream: Stream | Live) -> str:
    item = await (stream.item() if isinstance(stream, Stream) else stream.next())
    kind: str = item["kind"]
    return kind
