"""When does an event stream end, and may it be begun again?"""

import asyncio
import json
import socket
from pathlib import Path

import httpx
import pytest

from resolvers.tokens import Tokens
from schema import event_stream
from schema.sockets import Sockets
from tests import factories
from tests.documents import FOLLOW_ALL
from tests.events import headers, listening
from tests.harness import PATIENCE, SECRET, Client, World, running
from tests.processes import command, process

# The protocol is the same over both databases.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
async def test_a_stream_whose_token_has_ended_is_to_be_begun_again(database_url: str) -> None:
    async with running(database_url, TOKEN_GRACE_SECONDS="0") as world:
        token = world.tokens.issue("carol@acme.example", hours=2 / 3600)
        async with listening(Client(world, token, world.carol.id), FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            assert await stream.rest() == []


@on_sqlite
async def test_a_peer_that_does_not_read_is_cut_off(
    database_url: str, sockets: list[Sockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "MOST_EVENTS", 20)
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
                await factories.rename(world.bob, deal, next(changes))
        deaf.close()


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
    async with process(**environ) as running, httpx.AsyncClient(base_url=running.url) as http:
        world = World(running.url, http, Tokens(SECRET))
        alice = Client(world, world.tokens.issue("alice@acme.example"), "")
        deaf = await _deaf(alice, FOLLOW_ALL)
        async with listening(alice, FOLLOW_ALL) as stream:
            assert await stream.kinds(1) == ["READY"]
            status = asyncio.create_task(running.end())
            assert await stream.rest() == []
        assert await status == 0
        deaf.close()
