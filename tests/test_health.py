"""What does an operator see of a server?"""

import asyncio
import re

import httpx

from tests import factories, servers
from tests.documents import FOLLOW_ALL
from tests.harness import World, running


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
