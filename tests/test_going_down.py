"""What becomes of many clients when their server is asked to stop, one of which does not read?"""

import asyncio
import socket
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from models import User
from models.database import opened
from models.enums import UserRole
from resolvers import organisations
from resolvers.tokens import Tokens
from tests import factories, servers
from tests.documents import FOLLOW_ALL
from tests.harness import SECRET, Client, World
from tests.http_clients import http_client
from tests.processes import Process, process

CLIENTS = 500
PERIOD = 10
FOLLOW = "subscription ($after: Cursor) { followedDealUpdates(after: $after) { kind cursor } }"


async def _subscribed(
    stack: AsyncExitStack, url: str, token: str, query: str, *afters: str | None, **options: Any
) -> ClientConnection:
    """A socket with as many subscriptions as there are cursors to begin after."""
    socket_ = await stack.enter_async_context(
        connect(
            url.replace("http", "ws") + "/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            compression=None,
            ping_interval=None,
            open_timeout=60,
            close_timeout=0.1,
            **options,
        )
    )
    credentials = {"authorization": f"Bearer {token}"}
    await socket_.send(orjson.dumps({"type": "connection_init", "payload": credentials}).decode())
    for number, after in enumerate(afters):
        payload = {"query": query, "variables": {"after": after}}
        message = {"type": "subscribe", "id": str(number), "payload": payload}
        await socket_.send(orjson.dumps(message).decode())
    return socket_


class _Follower:
    """A small client, over the two sockets that it has had."""

    def __init__(self, stack: AsyncExitStack, token: str) -> None:
        self._stack = stack
        self._token = token
        self._newest: str | None = None
        # The cursors of the changes, and how many of them came before the first socket ended.
        self.changed: list[str] = []
        self.changed_before_the_end = 0
        self.code: int | None = None

    async def begin(self, url: str) -> ClientConnection:
        """Returns when all that was missed has been heard."""
        socket_ = await _subscribed(self._stack, url, self._token, FOLLOW, self._newest)
        while await self._hear(socket_) != "READY":
            pass
        return socket_

    async def listen(self, socket_: ClientConnection, then: str) -> ClientConnection:
        """To the end of a socket, and then on one to another server."""
        try:
            while True:
                await self._hear(socket_)
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else None
            self.changed_before_the_end = len(self.changed)
        return await self.begin(then)

    async def hear(self, socket_: ClientConnection, cursor: str) -> None:
        while self._newest != cursor:
            await self._hear(socket_)

    async def _hear(self, socket_: ClientConnection) -> str:
        message = orjson.loads(await socket_.recv(decode=False))
        if message["type"] != "next":
            return str(message["type"])
        [item] = message["payload"]["data"].values()
        self._newest = item["cursor"]
        if item["kind"] == "CHANGED":
            self.changed.append(item["cursor"])
        return str(item["kind"])


async def _rename(by: Client, server: Process, deal: str, name: str) -> str:
    by.world.http.base_url = httpx.URL(server.url)
    cursor: str = (await by.do("updateOpportunity", id=deal, name=name))["cursor"]
    return cursor


@pytest.mark.timeout(180)
async def test_a_server_that_goes_lets_its_clients_go_one_by_one_and_waits_for_none(
    shared_database: str, redis: servers.Redis
) -> None:
    """Closed with 1012 while others are served still; all of them back elsewhere, with nothing missed."""
    async with opened(shared_database):
        acme = await organisations.found("Acme", "alice@acme.example")
        await organisations.invite(acme, "bob@acme.example", UserRole.MEMBER)
        bob_id = (await User.get(email="bob@acme.example")).id
    environ = {
        "DATABASE_URL": shared_database,
        "BROADCAST_URL": redis.url,
        "DRAIN_SECONDS": str(PERIOD),
    }
    tokens = Tokens(SECRET)
    async with (
        process(**environ) as going,
        process(**environ) as staying,
        http_client(going.url) as http,
        AsyncExitStack() as stack,
    ):
        alice = Client(World("", http, tokens), tokens.issue("alice@acme.example"), "")
        bob = tokens.issue("bob@acme.example")
        deal = await factories.opportunity(alice, subscriberIds=[bob_id])
        followers = [_Follower(stack, bob) for _ in range(CLIENTS)]
        first = [await follower.begin(going.url) for follower in followers]

        # One megabyte for a peer that takes a few kilobytes, and reads none of them.
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.setblocking(False)  # noqa: FBT003  the socket module's signature
        host, port = going.url.removeprefix("http://").split(":")
        await asyncio.get_running_loop().sock_connect(deaf, (host, int(port)))
        await _subscribed(stack, going.url, bob, FOLLOW_ALL, *[None] * 100, sock=deaf, max_queue=1)
        cursors = [await _rename(alice, going, deal, f"Name {number}") for number in range(3)]

        for follower, socket_ in zip(followers, first, strict=True):
            await follower.hear(socket_, cursors[-1])
        listening = [
            asyncio.create_task(follower.listen(socket_, staying.url))
            for follower, socket_ in zip(followers, first, strict=True)
        ]
        status = asyncio.create_task(going.end(within=PERIOD))
        await asyncio.wait(
            [asyncio.create_task(socket_.wait_closed()) for socket_ in first],
            return_when=asyncio.FIRST_COMPLETED,
        )
        cursors.append(await _rename(alice, staying, deal, "While some are gone"))
        assert await status == 0

        second = await asyncio.gather(*listening)
        cursors.append(await _rename(alice, staying, deal, "When all are back"))
        for follower, socket_ in zip(followers, second, strict=True):
            await follower.hear(socket_, cursors[-1])
    assert Counter(follower.code for follower in followers) == {1012: CLIENTS}
    assert {tuple(follower.changed) for follower in followers} == {tuple(cursors)}
    # Spread: when the first had gone, others were told of a change by the server that was going.
    assert Counter(follower.changed_before_the_end for follower in followers).keys() == {3, 4}
