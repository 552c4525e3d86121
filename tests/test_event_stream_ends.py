"""When does an event stream end, and may it be begun again?"""

import asyncio
import json
import socket
from itertools import count
from pathlib import Path

import httpx
import pytest

from resolvers.tokens import Tokens
from schema import event_stream
from schema.sockets import Sockets
from tests import factories
from tests.documents import FOLLOW_ALL
from tests.events import EVENTS, headers, listening
from tests.figures import reaches
from tests.harness import PATIENCE, SECRET, Client, World, running
from tests.http_clients import http_client
from tests.processes import command, process

# The protocol is the same over both databases.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
async def test_a_stream_whose_token_has_ended_is_to_be_begun_again(database_url: str) -> None:
    async with running(database_url, TOKEN_GRACE_SECONDS="0") as world:
        token = world.tokens.issue("carol@acme.example", hours=3 / 3600)
        async with listening(Client(world, token, world.carol.id), FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            assert await stream.rest() == []


@on_sqlite
@pytest.mark.parametrize("limit", ["MAX_SOCKETS", "MAX_SOCKETS_PER_USER"])
async def test_streams_count_among_the_sockets_that_are_bounded(
    database_url: str, limit: str
) -> None:
    async with running(database_url, **{limit: "1"}) as world:
        asked = {"query": FOLLOW_ALL}
        async with listening(world.carol, FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            response = await world.carol.post(asked, accept=EVENTS)
            assert (response.status_code, response.headers["retry-after"]) == (503, "5")
            [error] = response.json()["errors"]
            assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
        await reaches(world.http, "dealcast_sockets", 0)
        async with listening(world.carol, FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]


@on_sqlite
async def test_a_peer_that_does_not_read_is_cut_off(
    database_url: str, sockets: list[Sockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When too much waits for it; and when the server goes, which waits for nobody."""
    monkeypatch.setattr(event_stream, "CLOSE_SECONDS", 0.1)
    async with running(database_url) as world:
        people = [await factories.contact(world.bob, "x" * 200) for _ in range(20)]
        given = [{"contactId": person} for person in people]
        deal = await factories.opportunity(
            world.bob, participants=given, subscriberIds=[world.carol.id]
        )
        # 350 kB an event, for what the system takes before anything waits with us.
        names = " ".join(f"name{n}: fullName" for n in range(80))
        deals = f"deal {{ otherParticipants {{ contact {{ {names} }} }} }}"
        query = f"subscription {{ followedDealUpdates {{ kind cursor {deals} }} }}"

        async def waiting() -> socket.socket:
            """A connection for which more waits than the system takes."""
            deaf = await _deaf(world.carol, query)
            [stream] = sockets[0]
            assert isinstance(stream, event_stream.EventStream)
            while len(stream._waiting) < 2:
                await change()
            return deaf

        async def change() -> None:
            await factories.rename(world.bob, deal, f"Name {next(numbers)}")

        numbers = count()
        with await waiting():
            monkeypatch.setattr(event_stream, "MOST_EVENTS", 2)
            async with asyncio.timeout(PATIENCE):
                while len(sockets[0]):
                    await change()
        monkeypatch.setattr(event_stream, "MOST_EVENTS", 100)
        with await waiting():
            await sockets[0].drain()
            assert len(sockets[0]) == 0


async def _deaf(by: Client, query: str) -> socket.socket:
    """A connection that has asked for a stream, and read no more than how the answer begins."""
    body = json.dumps({"query": query})
    sent = headers(by, host="x", **{"content-type": "application/json"})
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    deaf = socket.socket()
    deaf.settimeout(0)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(deaf, ("127.0.0.1", httpx.URL(by.world.url).port))
    request = f"POST /graphql HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n{body}"
    await loop.sock_sendall(deaf, request.encode())
    assert (await loop.sock_recv(deaf, 15)) == b"HTTP/1.1 200 OK"
    return deaf


@on_sqlite
async def test_streams_end_when_the_server_goes_and_can_be_begun_again(
    database_url: str, sockets: list[Sockets]
) -> None:
    async with running(database_url) as world:
        async with listening(world.carol, FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            await sockets[0].drain()
            assert await stream.rest() == []
        assert len(sockets[0]) == 0


async def test_a_process_with_an_open_stream_exits_in_time(tmp_path: Path) -> None:
    """One that reads, one that does not."""
    environ = {"DATABASE_URL": f"sqlite://{tmp_path}/dealcast.db", "DRAIN_SECONDS": "1"}
    await command("organisation", "Acme", "--admin", "alice@acme.example", **environ)
    async with process(**environ) as running, http_client(running.url) as http:
        world = World(running.url, http, Tokens(SECRET))
        alice = Client(world, world.tokens.issue("alice@acme.example"), "")
        deaf = await _deaf(alice, FOLLOW_ALL)
        async with listening(alice, FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            status = asyncio.create_task(running.end())
            assert await stream.rest() == []
        assert await status == 0
        deaf.close()
