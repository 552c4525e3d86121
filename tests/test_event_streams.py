"""Are subscriptions served as server-sent events, with the same promises as over a websocket?"""

import asyncio
import json
import socket
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

import server
from realtime import metrics
from resolvers.tokens import Tokens
from schema import event_stream
from schema.sockets import Sockets
from tests import factories
from tests.cable import cable
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL, GET_DEAL
from tests.harness import PATIENCE, SECRET, Client, World, running
from tests.node import CLIENTS, node_command
from tests.processes import command, process

EVENTS = "text/event-stream"
# The protocol is the same over both databases.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Event:
    name: str
    id: str | None
    data: Any

    @property
    def item(self) -> dict[str, Any]:
        assert self.name == "next" and "errors" not in self.data, self
        [item] = self.data["data"].values()
        assert isinstance(item, dict)
        assert self.id == item["cursor"]
        return item

    @property
    def codes(self) -> list[str]:
        assert self.name == "next" and "data" not in self.data, self
        return [error["extensions"]["code"] for error in self.data["errors"]]


RENAME = """mutation ($id: ID!, $name: String!) {
  updateOpportunity(input: { id: $id, name: $name }) { cursor }
}"""
COMPLETE = Event("complete", None, None)


@dataclass
class Stream:
    """An event stream, read as browsers read one."""

    response: httpx.Response
    lines: AsyncIterator[str]

    @classmethod
    def of(cls, response: httpx.Response) -> "Stream":
        return cls(response, _lines(response))

    async def next(self) -> Event | None:
        """The next event; None at the end of the response."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            async for line in self.lines:
                if not line:
                    data = fields.get("data")
                    return Event(
                        fields["event"], fields.get("id"), json.loads(data) if data else None
                    )
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        assert fields == {}
        return None

    async def item(self) -> dict[str, Any]:
        found = await self.next()
        assert found is not None
        return found.item

    async def kinds(self, count: int) -> list[str]:
        return [(await self.item())["kind"] for _ in range(count)]

    async def rest(self) -> list[Event]:
        found = []
        while (one := await self.next()) is not None:
            found.append(one)
        return found


async def _lines(response: httpx.Response) -> AsyncIterator[str]:
    """Not those of httpx, which breaks lines at U+2028 too."""
    begun = b""
    async for some in response.aiter_bytes():
        *whole, begun = (begun + some).split(b"\n")
        for line in whole:
            yield line.decode()
    assert begun == b""


def _headers(by: Client, accept: str = EVENTS, **more: str) -> dict[str, str]:
    token = {} if by.token is None else {"authorization": f"Bearer {by.token}"}
    return {"accept": accept, **token, **more}


@asynccontextmanager
async def _stream(
    by: Client, query: str, *, accept: str = EVENTS, last_event_id: str = "", **variables: Any
) -> AsyncIterator[Stream]:
    headers = _headers(by, accept)
    if last_event_id:
        headers["last-event-id"] = last_event_id
    body = {"query": query, "variables": variables}
    async with by.world.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Stream.of(response)


async def _rename(by: Client, deal: str, name: str) -> str:
    payload = await by.do("updateOpportunity", id=deal, name=name)
    assert payload["userErrors"] == []
    cursor: str = payload["cursor"]
    return cursor


async def test_a_stream_brings_each_change_and_resumes_after_its_last_event(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with _stream(world.carol, FOLLOW_ALL) as stream:
        snapshot = await stream.item()
        assert (snapshot["kind"], snapshot["deal"]["id"]) == ("SNAPSHOT", deal)
        old = (await stream.item())["cursor"]
        first = await _rename(world.bob, deal, "Zoë, data: \u2028id: 1")
        item = await stream.item()
        assert (item["kind"], item["cursor"]) == ("CHANGED", first)
        assert item["deal"]["name"] == (await world.carol.ask(GET_DEAL, id=deal))["deal"]["name"]
    missed = [await _rename(world.bob, deal, name) for name in ("One", "Two")]
    # The header is newer than what the client once asked for.
    async with _stream(world.carol, FOLLOW_ALL, last_event_id=first, after=old) as stream:
        items = [await stream.item() for _ in range(3)]
        assert [item["kind"] for item in items] == ["CHANGED", "CHANGED", "READY"]
        assert [item["cursor"] for item in items[:2]] == missed
    async with _stream(world.carol, FOLLOW_ALL, last_event_id=snapshot["cursor"]) as stream:
        assert await stream.kinds(3) == ["RESYNC", "SNAPSHOT", "READY"]


@on_sqlite
async def test_a_stream_can_be_asked_for_by_get(world: World) -> None:
    deal = await factories.opportunity(world.carol)
    asked = {"query": FOLLOW_DEAL, "variables": json.dumps({"dealId": deal})}
    headers = _headers(world.carol)
    async with world.http.stream("GET", "/graphql", params=asked, headers=headers) as response:
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
        async with _stream(world.carol, query, **given) as stream:
            [refusal, end] = await stream.rest()
        assert (refusal.codes, end) == ([code], COMPLETE)


@on_sqlite
async def test_a_stream_without_a_token_that_is_accepted_is_401(world: World) -> None:
    ended = Client(world, world.tokens.issue("carol@acme.example", hours=-1), world.carol.id)
    for by in (world.nobody, ended, Client(world, "forged", "")):
        response = await world.http.post(
            "/graphql", json={"query": FOLLOW_ALL}, headers=_headers(by)
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
    async with _stream(world.carol, rename, id=deal) as stream:
        assert await stream.rest() == [Event("next", None, expected), COMPLETE]
    # As urql has it, for whom a subscription comes in events all the same.
    several = (
        "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    )
    body = {"query": rename, "variables": {"id": deal}}
    answer = await world.http.post("/graphql", json=body, headers=_headers(world.carol, several))
    assert (answer.headers["content-type"], answer.json()) == (
        "application/graphql-response+json",
        expected,
    )
    async with _stream(world.carol, FOLLOW_ALL, accept=several) as stream:
        assert await stream.kinds(2) == ["SNAPSHOT", "READY"]
    by_get = {"query": "mutation { signOutEverywhere { cursor } }"}
    refused = await world.http.get("/graphql", params=by_get, headers=_headers(world.carol))
    assert refused.status_code == 405


async def test_access_that_ends_ends_the_stream_for_good(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id, world.dave.id])
    async with (
        _stream(world.carol, FOLLOW_ALL) as signed_out,
        _stream(world.dave, FOLLOW_ALL) as deactivated,
        _stream(world.carol, FOLLOW_DEAL, dealId=deal) as unseen,
    ):
        for stream in (signed_out, deactivated, unseen):
            assert await stream.kinds(2) == ["SNAPSHOT", "READY"]
        await world.bob.do("updateOpportunity", id=deal, visibility="RESTRICTED")
        removed = await unseen.item()
        assert (removed["kind"], await unseen.rest()) == ("REMOVED", [COMPLETE])
        await world.alice.call("deactivateUser", id=world.dave.id)
        await world.carol.call("signOutEverywhere")
        await _rename(world.bob, deal, "Unheard")
        for stream in (signed_out, deactivated):
            assert (await stream.item())["kind"] == "REMOVED"
            [told, end] = await stream.rest()
            assert (told.codes, end) == (["UNAUTHENTICATED"], COMPLETE)


@on_sqlite
async def test_the_same_stream_for_many_is_rendered_once(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id, world.alice.id])
    shared = metrics.RENDERINGS.labels("shared")._value
    async with _stream(world.carol, FOLLOW_ALL) as one, _stream(world.alice, FOLLOW_ALL) as other:
        assert await one.kinds(2) == await other.kinds(2)
        before = shared.get()
        await _rename(world.bob, deal, "Next")
        assert await one.item() == await other.item()
        assert shared.get() - before == 1


@on_sqlite
async def test_a_stream_whose_token_has_ended_is_to_be_begun_again(database_url: str) -> None:
    async with running(database_url, TOKEN_GRACE_SECONDS="0") as world:
        token = world.tokens.issue("carol@acme.example", hours=2 / 3600)
        async with _stream(Client(world, token, world.carol.id), FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            assert await stream.rest() == []


@on_sqlite
async def test_a_peer_that_does_not_read_is_cut_off(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "MOST_EVENTS", 20)
    sockets = _known_sockets(monkeypatch)
    async with running(database_url) as world:
        deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
        # 19 kB an event, for what the system takes before anything waits with us.
        names = " ".join(f"name{n}: name" for n in range(95))
        query = f"subscription {{ followedDealUpdates {{ kind cursor deal {{ {names} }} }} }}"
        deaf = await _deaf(world.carol, query)
        async with asyncio.timeout(PATIENCE * 2):
            assert len(sockets[0]) == 1
            changes = (f"{n}".ljust(200, "x") for n in range(10_000))
            while len(sockets[0]):
                await _rename(world.bob, deal, next(changes))
        deaf.close()


async def _deaf(by: Client, query: str) -> socket.socket:
    """A connection that has asked for a stream, and read no more than how the answer begins."""
    body = json.dumps({"query": query})
    headers = _headers(by, host="x", **{"content-type": "application/json"})
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    deaf = socket.socket()
    deaf.settimeout(0)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(deaf, ("127.0.0.1", httpx.URL(by.world.url).port))
    request = f"POST /graphql HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n{body}"
    await loop.sock_sendall(deaf, request.encode())
    assert (await loop.sock_recv(deaf, 15)) == b"HTTP/1.1 200 OK"
    return deaf


def _known_sockets(monkeypatch: pytest.MonkeyPatch) -> list[Sockets]:
    """Those of each server that is started from here on."""
    made: list[Sockets] = []

    class Known(Sockets):
        def __init__(self, drain_seconds: float) -> None:
            super().__init__(drain_seconds)
            made.append(self)

    monkeypatch.setattr(server, "Sockets", Known)
    return made


@on_sqlite
async def test_streams_end_when_the_server_goes_and_can_be_begun_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sockets = _known_sockets(monkeypatch)
    async with running(database_url) as world:
        async with _stream(world.carol, FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            await sockets[0].drain()
            assert await stream.rest() == []
        assert len(sockets[0]) == 0


async def test_a_process_with_an_open_stream_exits_in_time(tmp_path: Path) -> None:
    """One that reads, one that does not."""
    environ = {"DATABASE_URL": f"sqlite://{tmp_path}/dealcast.db", "DRAIN_SECONDS": "1"}
    await command("organisation", "Acme", "--admin", "alice@acme.example", **environ)
    async with process(**environ) as running, httpx.AsyncClient(base_url=running.url) as http:
        world = World(running.url, http, Tokens(SECRET))
        alice = Client(world, world.tokens.issue("alice@acme.example"), "")
        deaf = await _deaf(alice, FOLLOW_ALL)
        async with _stream(alice, FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            status = asyncio.create_task(running.end())
            assert await stream.rest() == []
        assert await status == 0
        deaf.close()


@on_sqlite
async def test_graphql_sse_follows_through_a_cut_and_with_a_fresh_token(database_url: str) -> None:
    async with (
        running(database_url, TOKEN_GRACE_SECONDS="0") as world,
        cable(world.url) as line,
        _graphql_sse(line.url) as client,
    ):
        deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
        await client.give_token(world.tokens.issue("carol@acme.example", hours=2 / 3600))
        assert [(await client.line("item"))["kind"] for _ in range(2)] == ["SNAPSHOT", "READY"]
        # The first token ends, which ends the stream.
        expected = [await _rename(world.bob, deal, "One")]
        await client.give_token(world.carol.token or "")
        expected += [await _rename(world.bob, deal, "Two")]
        assert await client.changes(2) == expected
        line.cut()
        expected = [await _rename(world.bob, deal, "Three")]
        await client.give_token(world.carol.token or "")
        assert await client.changes(1) == expected
        rename = {"query": RENAME, "variables": {"id": deal, "name": "Four"}}
        await client.say(rename)
        await client.give_token(world.bob.token or "")
        payload = (await client.line("result"))["data"]["updateOpportunity"]
        assert await client.changes(1) == [payload["cursor"]]


@dataclass
class GraphqlSse:
    """The stock graphql-sse client in a process of its own."""

    process: asyncio.subprocess.Process
    said: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    async def say(self, line: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        await self.process.stdin.drain()

    async def line(self, name: str) -> Any:
        """The next thing it says of this name; what it says of others meanwhile is kept."""
        assert self.process.stdout is not None
        async with asyncio.timeout(20):
            while not self.said[name]:
                [(said, value)] = json.loads(await self.process.stdout.readline()).items()
                assert said in {"token", "item", "result", "complete"}, value
                self.said[said].append(value)
        return self.said[name].pop(0)

    async def give_token(self, token: str) -> None:
        """Once it asks for one."""
        await self.line("token")
        await self.say({"token": token})

    async def changes(self, count: int) -> list[str]:
        found: list[str] = []
        while len(found) < count:
            item = await self.line("item")
            assert item["kind"] in {"CHANGED", "READY"}
            found += [item["cursor"]] * (item["kind"] == "CHANGED")
        return found


@asynccontextmanager
async def _graphql_sse(url: str) -> AsyncIterator[GraphqlSse]:
    process = await asyncio.create_subprocess_exec(
        *node_command(),
        CLIENTS / "sse.mjs",
        url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield GraphqlSse(process)
    finally:
        process.kill()
        await process.wait()
