"""How late do updates come while the broker is away? Changes in one process, a client at another, and no Redis."""

import asyncio
import re
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from resolvers.tokens import Tokens
from tests import servers
from tests.harness import PATIENCE, SECRET
from tests.http_clients import http_client
from tests.torture.audience import ALL
from tests.torture.cast import Cast
from tests.torture.cluster import Cluster
from tests.torture.followers import Follower
from tests.torture.stage import deals, people
from tests.torture.writers import Writer

WAKE_UPS = 20


@dataclass
class Outage:
    """What was seen: seconds from a mutation's answer to its update, failed tries, and what the other process says."""

    delays: list[float] = field(default_factory=list)
    failures: int = 0
    before: str = ""
    during: str = ""
    after: str = ""
    wake_ups_lost_after: float = 0.0

    def percentile(self, part: float) -> float:
        return sorted(self.delays)[int(len(self.delays) * part)]


async def measure(database_url: str, redis: servers.Redis, folder: Path, seconds: float) -> Outage:
    """Stops Redis for so long, while deals change twenty times a second."""
    environ = {"DATABASE_URL": database_url, "BROADCAST_URL": redis.url}
    cluster = Cluster(2, folder / "servers.log", **environ)
    cast = Cast(cluster.urls[:1], Tokens(SECRET))
    outage = Outage()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(people(database_url, cast))
        await stack.enter_async_context(cluster)
        http = await stack.enter_async_context(http_client(seconds=20))
        await deals(cast, http)
        random = Random(1)
        writer = Writer(cast, http, random)
        email, user_id = next(iter(cast.steady.items()))
        follower = Follower(email, user_id, ALL, None, random)
        listening = await stack.enter_async_context(asyncio.TaskGroup())
        task = listening.create_task(follower.run(cluster.urls[1], cast.tokens))
        outage.before = await _status(http, cluster.urls[1], "ready")
        await follower.heard_up_to((await writer.rename(cast.deals[0]))["cursor"])

        answered: dict[str, float] = {}
        await asyncio.to_thread(redis.stop)
        end = time.monotonic() + seconds
        while time.monotonic() < end or not answered:
            cursor = (await writer.rename(random.choice(cast.deals)))["cursor"]
            answered[cursor] = time.time()
            await asyncio.sleep(0.05)
        outage.during = await _status(http, cluster.urls[1], "degraded")
        await follower.heard_up_to(list(answered)[-1])
        received = {str(item.cursor): item.at for s in follower.sessions for item in s.items}
        outage.delays = [max(0.0, received[cursor] - at) for cursor, at in answered.items()]

        await asyncio.to_thread(redis.start)
        outage.after = await _status(http, cluster.urls[1], "ready")
        await _status(http, cluster.urls[0], "ready")
        lost = await _lost(http, cluster.urls[1])
        for _ in range(WAKE_UPS):
            await follower.heard_up_to((await writer.rename(cast.deals[0]))["cursor"])
        outage.wake_ups_lost_after = await _lost(http, cluster.urls[1]) - lost
        outage.failures = cast.counts.total()
        task.cancel()
    return outage


async def _status(http: httpx.AsyncClient, url: str, awaited: str) -> str:
    """What the process says of its broadcaster once its status is as awaited."""
    async with asyncio.timeout(PATIENCE * 2):
        while True:
            said = (await http.get(f"{url}/health/ready")).json()
            if said["status"] == awaited:
                return str(said["broadcaster"])
            await asyncio.sleep(0.02)


async def _lost(http: httpx.AsyncClient, url: str) -> float:
    page = (await http.get(f"{url}/metrics")).text
    found = re.search(r"^dealcast_wake_ups_lost_total (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0
