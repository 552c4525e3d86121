"""Do clients that people use follow, change and see? graphql-ws from npm, gql from PyPI."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gql import Client as GqlClient
from gql import gql
from gql.transport.websockets import WebsocketsTransport

from tests import factories
from tests.documents import FOLLOW_ALL
from tests.harness import Client, World
from tests.node import node_command

FOLLOWER = Path(__file__).parent / "clients" / "follow.mjs"
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
