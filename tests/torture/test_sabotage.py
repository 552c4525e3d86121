"""Is the torture able to fail? Servers with a known fault, a schedule that provokes it, and the same oracle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import asyncpg
import httpx

from models.database import opened
from resolvers.tokens import Tokens
from tests import servers
from tests.harness import PATIENCE, SECRET
from tests.http_clients import http_client
from tests.torture.audience import ALL
from tests.torture.cast import Cast
from tests.torture.cluster import Cluster
from tests.torture.followers import Follower
from tests.torture.sabotage import SLOW
from tests.torture.stage import deals, people, read_history
from tests.torture.views import judge
from tests.torture.watchers import BoardWatcher
from tests.torture.writers import Writer


@dataclass
class _Scene:
    """A writer at the first process, and a client that follows at the last one."""

    database_url: str
    cast: Cast
    http: httpx.AsyncClient
    writer: Writer
    follower: Follower

    @property
    def deal(self) -> str:
        return self.cast.deals[0]

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.follower.run(self.cast.urls[-1], self.cast.tokens))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def heard(self, kind: str, number: int = 1) -> None:
        """Returns when so many items of a kind have come since the last `subscribe`."""

        def is_so() -> bool:
            sessions = self.follower.sessions
            items = sessions[-1].items if sessions else []
            return [item.kind for item in items].count(kind) == number

        await self.follower.until(is_so)

    async def is_ready(self, status: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                response = await self.http.get(f"{self.cast.urls[-1]}/health/ready")
                if response.json()["status"] == status:
                    return
                await asyncio.sleep(0.02)

    async def faults(self) -> list[str]:
        async with opened(self.database_url):
            history = await read_history()
        return [fault.kind for fault in judge(history, self.follower).faults]


@asynccontextmanager
async def _scene(
    fault: str, size: int, database_url: str, broadcast_url: str, folder: Path
) -> AsyncIterator[_Scene]:
    program = ("-m", "tests.torture.sabotage", fault)
    environ = {"DATABASE_URL": database_url, "BROADCAST_URL": broadcast_url}
    cluster = Cluster(size, folder / "servers.log", program, **environ)
    cast = Cast(cluster.urls[:1], Tokens(SECRET))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(people(database_url, cast))
        await stack.enter_async_context(cluster)
        http = await stack.enter_async_context(http_client(seconds=20))
        await deals(cast, http)
        cast.urls = cluster.urls
        random = Random(1)
        email, user_id = list(cast.steady.items())[3]
        follower: Follower
        if fault == "boards":
            follower = BoardWatcher(email, user_id, random, subscriber=user_id)
        else:
            follower = Follower(email, user_id, ALL, None, random)
        yield _Scene(database_url, cast, http, Writer(cast, http, random), follower)


@asynccontextmanager
async def _sequence(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Where the servers take their positions from."""
    database = await asyncpg.connect(database_url)
    await database.execute("CREATE SEQUENCE positions")
    try:
        yield database
    finally:
        await database.execute("DROP SEQUENCE positions")
        await database.close()


async def test_positions_out_of_a_sequence_lose_events(
    shared_database: str, tmp_path: Path
) -> None:
    async with (
        _sequence(shared_database) as database,
        _scene("sequence", 1, shared_database, "memory://", tmp_path) as scene,
    ):
        async with scene.following():
            await scene.heard("READY")
            before = await database.fetchval("SELECT last_value FROM positions")
            slow = asyncio.create_task(scene.writer.rename(scene.deal, SLOW))
            # The database has no event for it.
            while await database.fetchval("SELECT last_value FROM positions") == before:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await scene.writer.rename(scene.cast.deals[3])
            await scene.heard("CHANGED")
            await slow
            await scene.writer.rename(scene.cast.deals[6])
            await scene.heard("CHANGED", 2)
        assert await scene.faults() == ["LOST"]


async def test_news_from_wake_ups_alone_loses_events(
    shared_database: str, redis: servers.Redis, tmp_path: Path
) -> None:
    async with _scene("wakeups", 2, shared_database, redis.url, tmp_path) as scene:
        async with scene.following():
            await scene.heard("READY")
            await asyncio.to_thread(redis.stop)
            try:
                # Of what waits for the broker's return only the newest is told.
                for _ in range(2):
                    await scene.writer.rename(scene.deal)
            finally:
                await asyncio.to_thread(redis.start)
            await scene.is_ready("ready")
            last = await scene.writer.rename(scene.deal)
            await scene.follower.heard_up_to(last["cursor"])
        assert set(await scene.faults()) == {"LOST"}


async def test_states_sent_without_a_look_at_rights_leak(
    shared_database: str, tmp_path: Path
) -> None:
    async with _scene("rights", 1, shared_database, "memory://", tmp_path) as scene:
        async with scene.following():
            await scene.heard("READY")
        await scene.writer.rename(scene.deal)
        await scene.writer.hide(scene.deal)
        async with scene.following():
            await scene.heard("REMOVED")
        assert await scene.faults() == ["LEAKED"]


async def test_what_leaves_a_board_untold_is_lost(shared_database: str, tmp_path: Path) -> None:
    async with _scene("boards", 1, shared_database, "memory://", tmp_path) as scene:
        async with scene.following():
            await scene.heard("READY")
            await scene.writer.leave(scene.deal, scene.follower.user_id)
            last = await scene.writer.rename(scene.cast.deals[3])
            await scene.follower.heard_up_to(last["cursor"])
        assert await scene.faults() == ["LOST"]
