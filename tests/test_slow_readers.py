"""What becomes of a peer that does not read? It is let go, nobody waits for it, and it resumes without a gap."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from models.enums import UserRole
from schema import sockets, wire
from tests import factories
from tests.documents import FOLLOW_ALL
from tests.figures import figure, reaches
from tests.harness import Client, Live, Socket, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CHANGES = 20
# What comes back of these is more than the buffers of the kernel take.
ECHOES, LARGE = 30, {"echo": "x" * 500_000}


@pytest.fixture
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds pass faster."""
    monkeypatch.setattr(sockets, "_TICK", 0.03)
    monkeypatch.setattr(wire, "CLOSE_SECONDS", 0.1)


async def _rest(live: Live) -> list[dict[str, Any]]:
    """What still arrives on a connection that the server has given up."""
    items = []
    with suppress(ConnectionClosed):
        while True:
            items.append(await live.next())
    return items


@pytest.mark.usefixtures("_fast")
async def test_those_who_stop_reading_are_let_go_and_resume_without_a_gap(world: World) -> None:
    people = [await world.invite(f"f{number}", UserRole.MEMBER) for number in range(10)]
    deal = await factories.opportunity(world.bob, subscriberIds=[person.id for person in people])
    open_before = await figure(world.http, "dealcast_sockets")
    async with AsyncExitStack() as stack:
        lives = [await stack.enter_async_context(one.follow(FOLLOW_ALL)) for one in people]
        stopped, *reading = lives
        ready = (await stopped.until("READY"))[-1]
        for live in reading:
            assert (await live.until("READY"))[-1] == ready
        stopped.socket.connection.transport.pause_reading()
        cursors = []
        for number in range(CHANGES):
            payload = await world.bob.do("updateOpportunity", id=deal, name=f"Name {number}")
            cursors.append(payload["cursor"])
            for live in reading:
                assert (await live.next())["cursor"] == payload["cursor"]
        await reaches(world.http, "dealcast_sockets", open_before + len(reading))
        # It reads again: what had been sent before it was let go.
        stopped.socket.connection.transport.resume_reading()
        seen = [item["cursor"] for item in await _rest(stopped)]
        after = seen[-1] if seen else ready["cursor"]
        await world.bob.do("updateOpportunity", id=deal, name="The last")
        for live in reading:
            assert (await live.next())["deal"]["name"] == "The last"
        async with people[0].follow(FOLLOW_ALL, after=after) as live:
            missed = await live.until("READY")
        assert {item["kind"] for item in missed[:-1]} == {"CHANGED"}
        assert seen + [item["cursor"] for item in missed[:-2]] == cursors
        assert missed[-2]["deal"]["name"] == "The last"


@asynccontextmanager
async def _deaf(client: Client) -> AsyncIterator[Socket]:
    """A socket with little room, whose peer then takes nothing."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)  # noqa: FBT003  its one argument
    address = client.world.url.removeprefix("http://").split(":")
    await asyncio.get_running_loop().sock_connect(raw, (address[0], int(address[1])))
    url = client.world.url.replace("http", "ws") + "/graphql"
    async with connect(url, sock=raw, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
        sock = Socket(connection)
        await sock.say(type="connection_init", payload={"authorization": f"Bearer {client.token}"})
        assert (await sock.hear())["type"] == "connection_ack"
        connection.transport.pause_reading()
        yield sock
        connection.transport.abort()


async def _closes(world: World, code: int) -> float:
    return await figure(world.http, f'dealcast_socket_closes_total{{code="{code}"}}')


@pytest.mark.usefixtures("_fast")
async def test_a_peer_that_takes_nothing_is_cut_off_and_its_memory_is_free(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its silence alone would end it, too, a little later."""
    monkeypatch.setattr(wire, "GONE_AFTER", 10_000)
    monkeypatch.setattr(wire, "MOST_BYTES", 100_000_000)
    open_before = await figure(world.http, "dealcast_sockets")
    before = await _closes(world, 1006)
    async with _deaf(world.bob) as sock:
        for _ in range(ECHOES):
            await sock.say(type="ping", payload=LARGE)
        await reaches(world.http, "dealcast_sockets", open_before)
    assert await _closes(world, 1006) == before + 1


async def test_what_waits_for_a_peer_is_bounded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 500_000)
    monkeypatch.setattr(wire, "CLOSE_SECONDS", 0.1)
    open_before = await figure(world.http, "dealcast_sockets")
    before = await _closes(world, 1013)
    async with _deaf(world.bob) as sock:
        for _ in range(ECHOES):
            await sock.say(type="ping", payload=LARGE)
        await reaches(world.http, "dealcast_sockets", open_before)
    assert await _closes(world, 1013) == before + 1
    # Nobody else was in its way.
    assert (await world.bob.ask("{ viewer { user { fullName } } }"))["viewer"] is not None
