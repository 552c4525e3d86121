"""Do clients that people use follow, change and see? graphql-ws and graphql-sse from npm, gql from PyPI."""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from gql import Client as GqlClient
from gql import gql
from gql.transport.websockets import WebsocketsTransport

from tests import factories
from tests.cable import cable
from tests.documents import FOLLOW_ALL
from tests.harness import Client, World, running
from tests.node import CLIENTS, node_command

FOLLOWER = CLIENTS / "follow.mjs"
RENAME = """mutation ($id: ID!, $name: String!) {
  updateOpportunity(input: { id: $id, name: $name }) { cursor userErrors { code } }
}"""


@dataclass
class NodeFollower:
    """The stock graphql-ws client in a process of its own."""

    process: asyncio.subprocess.Process

    async def line(self, name: str) -> Any:
        """The next thing it says of this name."""
        assert self.process.stdout is not None
        async with asyncio.timeout(20):
            while True:
                said = json.loads(await self.process.stdout.readline())
                assert "error" not in said, said
                if name in said:
                    return said[name]

    async def item(self) -> dict[str, Any]:
        result = await self.line("next")
        found: dict[str, Any] = result["data"]["followedDealUpdates"]
        return found

    async def run(self, query: str, **variables: Any) -> Any:
        assert self.process.stdin is not None
        order = {"mutate": {"query": query, "variables": variables}}
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return await self.line("result")


@asynccontextmanager
async def _node_follower(by: Client) -> AsyncIterator[NodeFollower]:
    url = by.world.url.replace("http", "ws") + "/graphql"
    process = await asyncio.create_subprocess_exec(
        *node_command(),
        FOLLOWER,
        url,
        FOLLOW_ALL,
        env={**os.environ, "TOKEN": by.token or ""},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield NodeFollower(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_graphql_ws_follows_a_deal_changes_it_and_sees_the_change(world: World) -> None:
    deal = await factories.opportunity(world.carol)
    async with _node_follower(world.carol) as node:
        assert (await node.item())["deal"]["id"] == deal
        assert (await node.item())["kind"] == "READY"
        result = await node.run(RENAME, id=deal, name="Renamed by Node")
        payload = result["data"]["updateOpportunity"]
        item = await node.item()
    assert payload["userErrors"] == []
    assert (item["kind"], item["cursor"]) == ("CHANGED", payload["cursor"])
    assert item["deal"]["name"] == "Renamed by Node"


async def test_gql_follows_a_deal_changes_it_and_sees_the_change(world: World) -> None:
    deal = await factories.opportunity(world.carol)
    transport = WebsocketsTransport(
        url=world.url.replace("http", "ws") + "/graphql",
        init_payload={"authorization": f"Bearer {world.carol.token}"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    async with GqlClient(transport=transport) as session, asyncio.timeout(20):
        items = session.subscribe(gql(FOLLOW_ALL))
        kinds = [(await anext(items))["followedDealUpdates"]["kind"] for _ in range(2)]
        assert kinds == ["SNAPSHOT", "READY"]
        request = gql(RENAME)
        request.variable_values = {"id": deal, "name": "Renamed by gql"}
        payload = (await session.execute(request))["updateOpportunity"]
        item = (await anext(items))["followedDealUpdates"]
        await items.aclose()
    assert (item["kind"], item["cursor"]) == ("CHANGED", payload["cursor"])
    assert item["deal"]["name"] == "Renamed by gql"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_graphql_sse_follows_through_a_cut_and_with_a_fresh_token(database_url: str) -> None:
    async with (
        running(database_url, TOKEN_GRACE_SECONDS="0") as world,
        cable(world.url) as line,
        _graphql_sse(line.url) as client,
    ):
        deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
        await client.give_token(world.tokens.issue("carol@acme.example", hours=4 / 3600))
        assert [(await client.line("item"))["kind"] for _ in range(2)] == ["SNAPSHOT", "READY"]
        # The first token ends, which ends the stream.
        expected = [await factories.rename(world.bob, deal, "One")]
        await client.give_token(world.carol.token or "")
        expected += [await factories.rename(world.bob, deal, "Two")]
        assert await client.changes(2) == expected
        line.cut()
        expected = [await factories.rename(world.bob, deal, "Three")]
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
