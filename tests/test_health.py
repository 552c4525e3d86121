"""What does an operator see of a server?"""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from models import Event
from realtime import broker, feed
from realtime.cursors import LogCursor
from realtime.tail import Tail
from resolvers import upkeep
from schema import health
from tests import factories, servers
from tests.documents import FOLLOW_ALL
from tests.evidence import head
from tests.harness import PATIENCE, World, running


def _figure(page: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def test_a_server_that_can_work_says_so(world: World) -> None:
    live = await world.http.get("/health/live")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    ready = await world.http.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["database"] == "answers"


async def test_metrics_count_sockets_operations_and_deliveries(world: World) -> None:
    names = (
        "dealcast_events_tailed_total",
        'dealcast_operations_total{type="subscription"}',
        'dealcast_renderings_total{kind="shared"}',
    )
    before = (await world.http.get("/metrics")).text
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        await world.bob.do("updateOpportunity", id=deal, name="Next")
        await live.next()
        during = (await world.http.get("/metrics")).text
        assert _figure(during, "dealcast_sockets") - _figure(before, "dealcast_sockets") == 1
    events, operations, renderings = (_figure(during, n) - _figure(before, n) for n in names)
    assert (events, operations) == (1, 1)
    assert renderings == 3  # snapshot, READY and the change


async def test_metrics_tell_where_resumed_subscriptions_began(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    page = (await world.http.get("/metrics")).text
    names = [f'dealcast_resumes_total{{source="{source}"}}' for source in ("ring", "log", "resync")]
    before = [_figure(page, name) for name in names]
    created = await head(world.carol)
    async with world.carol.follow(FOLLOW_ALL, after=created) as live:
        await live.until("READY")  # nothing was missed: out of memory
        renamed = await world.bob.do("updateOpportunity", id=deal, name="Next")
        await live.next()
        place = LogCursor.parse(renamed["cursor"])
        for after in (created, replace(place, position=0), replace(place, epoch="0000")):
            async with world.carol.follow(FOLLOW_ALL, after=str(after)) as other:
                await other.until("READY")
    page = (await world.http.get("/metrics")).text
    assert [_figure(page, name) for name in names] == [before[0] + 2, before[1] + 1, before[2] + 1]


async def test_metrics_count_closes_by_code(world: World) -> None:
    name = 'dealcast_socket_closes_total{code="4401"}'
    before = _figure((await world.http.get("/metrics")).text, name)
    async with world.carol.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        await world.carol.call("signOutEverywhere")
        await live.socket.connection.wait_closed()
        assert live.socket.connection.close_code == 4401
    assert _figure((await world.http.get("/metrics")).text, name) == before + 1


async def test_what_no_wake_up_told_of_is_found_by_polling_and_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_TICK", 0.02)
    monkeypatch.setattr(feed, "_POLL", 0.02)
    name = "dealcast_wake_ups_lost_total"
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        # Heard as it came: the stream is live, and what comes next is not found on its way there.
        await world.bob.do("updateOpportunity", id=deal, name="Told")
        await live.next()
        before = _figure((await world.http.get("/metrics")).text, name)
        monkeypatch.setattr(broker, "announce", lambda *_: None)
        payload = await world.bob.do("updateOpportunity", id=deal, name="Next")
        assert (await live.next())["cursor"] == payload["cursor"]
        await _figures(world, {name: before + 1})


async def test_metrics_tell_the_logs_head_and_the_oldest_place_to_resume_after(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_EVERY", 0.02)
    async with running(database_url) as world:
        await factories.opportunity(world.bob)
        deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
        first = (await Event.all().order_by("position"))[0]
        past = datetime.now(UTC) - timedelta(hours=73)
        await Event.filter(id=first.id).update(at=past)
        async with world.carol.follow(FOLLOW_ALL) as live:
            await live.until("READY")
            await world.bob.do("updateOpportunity", id=deal, name="Next")
            await live.next()
            label = f'{{organisation="{first.organisation_id}"}}'
            await _figures(world, {f"dealcast_log_floor{label}": 1, f"dealcast_log_head{label}": 3})


async def _figures(world: World, awaited: dict[str, float]) -> None:
    """Returns when the metrics say so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            page = (await world.http.get("/metrics")).text
            if {name: _figure(page, name) for name in awaited} == awaited:
                return
            await asyncio.sleep(0.02)


async def test_a_tail_that_falls_behind_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LATE_SECONDS", 0.0)
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        assert (await _until(world.http, "ready"))["tail"] == "current"
        with monkeypatch.context() as patch:
            patch.setattr(Tail, "news", _nothing)
            payload = await world.bob.do("updateOpportunity", id=deal, name="Next")
            assert (await _until(world.http, "degraded"))["tail"] == "0 s behind"
        await world.bob.do("updateOpportunity", id=deal, name="The last")
        assert (await live.next())["cursor"] == payload["cursor"]
        await live.next()
        assert (await _until(world.http, "ready"))["tail"] == "current"


async def _nothing(_: Tail) -> list[Event]:
    return []


async def test_without_the_broadcaster_a_server_is_degraded_and_recovers(
    shared_database: str, redis: servers.Redis
) -> None:
    async with running(shared_database, BROADCAST_URL=redis.url) as world:
        assert (await _until(world.http, "ready"))["broadcaster"] == "heard"
        redis.stop()
        try:
            assert (await _until(world.http, "degraded"))["broadcaster"] == "not heard: polling"
        finally:
            redis.start()
        await _until(world.http, "ready")


async def _until(http: httpx.AsyncClient, status: str) -> dict[str, str]:
    async with asyncio.timeout(30):
        while True:
            response = await http.get("/health/ready")
            assert response.status_code == 200
            said: dict[str, str] = response.json()
            if said["status"] == status:
                return said
            await asyncio.sleep(0.05)
