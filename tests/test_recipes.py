"""Do the clients of `examples/javascript/` follow through cuts, silence and ended tokens, and keep one deal once?"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests import factories
from tests.cable import cable
from tests.harness import Client, World, running
from tests.node import CLIENTS, node_command

KINDS = ("live", "apollo", "urql", "relay")
# The protocol is the same over both databases.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Recipe:
    """One of the recipes' clients, in a process of its own."""

    process: asyncio.subprocess.Process
    tokens_asked: int = 0

    async def line(self, name: str) -> dict[str, Any]:
        """The next thing it says of this name."""
        assert self.process.stdout is not None
        async with asyncio.timeout(20):
            while True:
                said: dict[str, Any] = json.loads(await self.process.stdout.readline())
                self.tokens_asked += "token" in said
                assert not {"error", "complete"} - {name} & said.keys(), said
                if name in said:
                    return said

    async def item(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.line("item"))["item"]
        return found

    async def event(self, name: str) -> dict[str, Any]:
        while (said := await self.line("event"))["event"] != name:
            pass
        return said

    async def take_token(self, token: str) -> None:
        """What it gets when it next asks for one."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"token": token}).encode() + b"\n")
        await self.process.stdin.drain()


@asynccontextmanager
async def _recipe(kind: str, by: Client, url: str, **environ: str) -> AsyncIterator[Recipe]:
    process = await asyncio.create_subprocess_exec(
        *node_command(),
        *("--preserve-symlinks", "--preserve-symlinks-main", CLIENTS / "recipe.mjs", kind, url),
        env={**os.environ, **({"TOKEN": by.token} if by.token else {}), **environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1_000_000,
    )
    try:
        yield Recipe(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _cursors(recipe: Recipe, count: int) -> list[str]:
    """Of the next changes; each resumption says READY in between."""
    found: list[str] = []
    while len(found) < count:
        item = await recipe.item()
        if item["kind"] == "CHANGED":
            found.append(item["cursor"])
        else:
            assert item["kind"] in {"READY", "HEARTBEAT"}
    return found


@on_sqlite
@pytest.mark.parametrize("kind", KINDS)
async def test_a_client_misses_and_doubles_nothing_over_cuts_refusals_and_silence(
    world: World, kind: str
) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    names = iter(range(100))

    async def change() -> str:
        return await factories.rename(world.bob, deal, f"Name {next(names)}")

    async with (
        cable(world.url) as line,
        _recipe(kind, world.carol, line.url, SILENCE="1000") as recipe,
    ):
        assert (await recipe.item())["kind"] == "SNAPSHOT"
        assert (await recipe.item())["kind"] == "READY"
        expected = [await change()]
        assert await _cursors(recipe, 1) == expected

        line.cut()
        expected = [await change(), await change()]
        assert await _cursors(recipe, 2) == expected

        line.unplug()
        await recipe.event("closed")
        await recipe.event("closed")
        expected = [await change()]
        await line.plug_in()
        assert await _cursors(recipe, 1) == expected

        line.swallow()
        expected = [await change()]
        assert (await recipe.event("closed"))["code"] == 4499
        assert await _cursors(recipe, 1) == expected
        # What the dead connection held comes out late, and must not be taken again.
        line.release()
        expected = [await change()]
        assert await _cursors(recipe, 1) == expected


@on_sqlite
async def test_a_stream_that_falls_silent_is_begun_again_though_its_connection_lives(
    world: World,
) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with _recipe("live", world.carol, world.url, STREAM_SILENCE="400") as recipe:
        assert [(await recipe.item())["kind"] for _ in range(2)] == ["SNAPSHOT", "READY"]
        assert (await recipe.event("closed"))["code"] == 4499
        expected = [await factories.rename(world.bob, deal, "After the silence")]
        assert await _cursors(recipe, 1) == expected


@on_sqlite
async def test_a_token_that_ends_on_a_live_socket_is_replaced(database_url: str) -> None:
    async with running(database_url, TOKEN_GRACE_SECONDS="0") as world:
        deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])

        async def follow(kind: str) -> list[str]:
            async with _recipe(kind, world.nobody, world.url) as recipe:
                await _give_token_of(recipe, world, seconds=2)
                await recipe.event("connected")
                assert (await recipe.event("closed"))["code"] == 4403
                await recipe.take_token(world.carol.token or "")
                while (await recipe.item())["kind"] != "READY":
                    pass
                ready.release()
                return await _cursors(recipe, 1)

        ready = asyncio.Semaphore(0)
        heard = [asyncio.create_task(follow(kind)) for kind in KINDS]
        for _ in KINDS:
            await ready.acquire()
        cursor = await factories.rename(world.bob, deal, "With a fresh token")
        assert await asyncio.gather(*heard) == [[cursor]] * len(KINDS)


@on_sqlite
async def test_a_fresh_token_is_brought_on_the_live_socket(database_url: str) -> None:
    async with running(database_url, TOKEN_GRACE_SECONDS="0") as world, cable(world.url) as line:
        deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
        async with _recipe("live", world.nobody, line.url) as recipe:
            await _give_token_of(recipe, world, seconds=4)
            end = datetime.fromisoformat((await recipe.event("pong"))["expiresAt"])
            await recipe.take_token(world.carol.token or "")
            assert datetime.fromisoformat((await recipe.event("pong"))["expiresAt"]) > end
            await asyncio.sleep((end - datetime.now(UTC)).total_seconds() + 0.1)
            expected = [await factories.rename(world.bob, deal, "After the first token's end")]
            assert await _cursors(recipe, 1) == expected
        assert line.connections == 1


async def _give_token_of(recipe: Recipe, world: World, seconds: float) -> None:
    """Issued when it is asked for, however long the client takes to start."""
    await recipe.line("token")
    await recipe.take_token(world.tokens.issue("carol@acme.example", hours=seconds / 3600))


@on_sqlite
@pytest.mark.parametrize(("kind", "key"), [("apollo", "Deal:{}"), ("urql", None), ("relay", "{}")])
async def test_a_cached_lead_becomes_the_opportunity(
    world: World, kind: str, key: str | None
) -> None:
    """From what the stream brings, without another request, and as the same entry."""
    lead = await factories.lead(world.bob, subscriberIds=[world.carol.id])
    async with _recipe(kind, world.carol, world.url, DEAL=lead) as recipe:
        kept = None if key is None else [key.format(lead)]
        first = await recipe.line("deal")
        assert (first["deal"]["__typename"], first["deal"]["leadStatus"]) == ("Lead", "NEW")
        while (await recipe.item())["kind"] != "READY":
            pass
        asked = recipe.tokens_asked
        payload = await world.bob.do("convertLead", id=lead)
        assert payload["userErrors"] == []
        then = await recipe.line("deal")
        assert (then["deal"]["__typename"], then["deal"]["id"]) == ("Opportunity", lead)
        assert then["deal"]["status"] == "OPEN"
        assert (first.get("kept"), then.get("kept")) == (kept, kept)
        assert recipe.tokens_asked == asked
