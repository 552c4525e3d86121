"""Do processes wake each other through a real broadcaster, and does one that falls silent show?

A release of broadcaster or redis-py that delivers nothing fails here: everywhere else polling would hide it.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from broadcaster import Broadcast

from realtime.broker import Broker
from tests import servers
from tests.harness import PATIENCE


@dataclass
class _Listener:
    """A process's broker, and what it was told."""

    broker: Broker
    news: "asyncio.Queue[tuple[str, int]]"
    doubts: "asyncio.Queue[None]" = field(default_factory=asyncio.Queue)


@asynccontextmanager
async def _listening(url: str) -> AsyncIterator[_Listener]:
    news: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
    doubts: asyncio.Queue[None] = asyncio.Queue()
    broker = Broker(url, lambda *told: news.put_nowait(told), lambda: doubts.put_nowait(None))
    await broker.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await broker.healthy.wait()
        yield _Listener(broker, news, doubts)
    finally:
        await broker.stop()


@pytest.mark.parametrize("broadcaster", ["redis", "postgres"])
async def test_a_wake_up_reaches_other_processes(
    shared_database: str, redis: servers.Redis, broadcaster: str
) -> None:
    url = redis.url if broadcaster == "redis" else shared_database
    async with _listening(url) as one, _listening(url) as other:
        one.broker.announce("org_acme", 7)
        async with asyncio.timeout(PATIENCE):
            assert await other.news.get() == ("org_acme", 7)
        assert await one.news.get() == ("org_acme", 7)
        assert other.news.empty() and one.news.empty()


async def test_a_broadcaster_that_delivers_nothing_is_doubted_and_connected_to_anew(
    redis: servers.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As redis-py 8 has it: nothing raises, and nothing is heard."""
    publish = Broadcast.publish
    first: list[Broadcast] = []
    is_anew = asyncio.Event()

    async def swallow(bus: Broadcast, channel: str, message: Any) -> None:
        first.append(bus)
        if bus is not first[0]:
            is_anew.set()

    async with _listening(redis.url) as one:
        monkeypatch.setattr(Broadcast, "publish", swallow)
        async with asyncio.timeout(PATIENCE):
            await one.doubts.get()
            await is_anew.wait()
        assert not one.broker.healthy.is_set()
        monkeypatch.setattr(Broadcast, "publish", publish)
        async with asyncio.timeout(PATIENCE):
            await one.broker.healthy.wait()
    assert one.doubts.empty()


async def test_a_connection_that_breaks_or_is_refused_leaves_no_task_behind(
    redis: servers.Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A task that is forgotten says so in the log when it is collected."""
    connect = Broadcast.connect
    tries: asyncio.Queue[None] = asyncio.Queue()

    async def counted(bus: Broadcast) -> None:
        tries.put_nowait(None)
        await connect(bus)

    async with _listening(redis.url) as one:
        before = asyncio.all_tasks()
        monkeypatch.setattr(Broadcast, "connect", counted)
        await asyncio.to_thread(redis.stop)
        async with asyncio.timeout(PATIENCE):
            await one.doubts.get()
            for _ in range(3):
                await tries.get()
        await asyncio.to_thread(redis.start)
        async with asyncio.timeout(PATIENCE):
            await one.broker.healthy.wait()
        assert len(asyncio.all_tasks()) == len(before)
    gc.collect()
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []


async def test_a_stop_ends_it_though_its_connection_fails_at_that_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A group of tasks that fails forgets that it was cancelled, too (CPython before 3.13)."""
    fails = asyncio.Event()

    async def watch(_: Broker) -> None:
        await fails.wait()
        raise OSError("the connection is gone")

    monkeypatch.setattr(Broker, "_watch", watch)
    async with asyncio.timeout(PATIENCE), _listening("memory://"):
        fails.set()
