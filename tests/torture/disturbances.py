"""What goes wrong meanwhile? Connections, processes, broker and database, again and again until it is over."""

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random

import asyncpg

from tests import servers
from tests.processes import command
from tests.torture.cluster import Cluster
from tests.torture.proxy import Proxy

_TERMINATE = """
SELECT count(pg_terminate_backend(pid)) FROM (
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    ORDER BY random() LIMIT 5
) AS unlucky
"""
# The database may be away, or go away, while it is asked.
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Disturbances:
    """Each method does its harm until `over` is set, and leaves everything whole."""

    def __init__(self, over: asyncio.Event, random: Random) -> None:
        self._over = over
        self._random = random
        self.counts: Counter[str] = Counter()

    async def _pause(self, least: float, most: float) -> bool:
        """False when it is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._random.uniform(least, most)):
                await self._over.wait()
        return not self._over.is_set()

    async def network(self, *proxies: Proxy) -> None:
        while await self._pause(0.05, 0.3):
            for proxy in proxies:
                proxy.harm()

    async def kills(self, cluster: Cluster, least: float = 2, most: float = 4) -> None:
        while await self._pause(least, most):
            await cluster.kill(self._random.choice(cluster.ports))

    async def rolling_restart(self, cluster: Cluster) -> None:
        """Once through all of the processes; then it is over."""
        for port in cluster.ports:
            await cluster.restart(port)
        self._over.set()

    async def broker(self, redis: servers.Redis) -> None:
        while await self._pause(4, 8):
            await asyncio.to_thread(redis.stop)
            self.counts["Redis stopped"] += 1
            await self._pause(1, 3)
            await asyncio.to_thread(redis.start)

    async def backends(self, url: str) -> None:
        """Terminates some of PostgreSQL's connections, whatever they are in the middle of."""
        while await self._pause(1, 3):
            with suppress(*_AWAY):
                connection = await asyncpg.connect(url, timeout=5)
                try:
                    self.counts["backends terminated"] += await connection.fetchval(_TERMINATE)
                finally:
                    await connection.close()

    async def epochs(self, url: str) -> None:
        """As after a restored backup: everybody's cursor is of another log."""
        while await self._pause(20, 40):
            if (await command("rotate", DATABASE_URL=url))[0] == 0:
                self.counts["epochs begun"] += 1

    async def database(self, postgres: servers.Postgres) -> None:
        while await self._pause(12, 20):
            self.counts["PostgreSQL restarted"] += 1
            await asyncio.to_thread(postgres.restart)
