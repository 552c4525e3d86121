"""The long form: `make torture`, or `python -m tests.torture SECONDS`; five minutes if not said otherwise."""

import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

import asyncpg
from tortoise.backends.base.executor import EXECUTOR_CACHE

from models.database import migrate
from tests import servers
from tests.torture import plans
from tests.torture.outage import measure
from tests.torture.plan import Plan
from tests.torture.stage import run


class Bench:
    """Where the runs take place, and whether all went well."""

    def __init__(self, postgres: servers.Postgres, redis: servers.Redis, folder: Path) -> None:
        self.postgres = postgres
        self.redis = redis
        self.folder = folder
        self.is_well = True

    async def database(self, name: str) -> str:
        # Tortoise keeps a model's SQL by the connection's name, whatever database that now leads to.
        EXECUTOR_CACHE.clear()
        self.postgres.create_database(name)
        url = self.postgres.url(name)
        await migrate(url)
        return url

    async def sqlite(self) -> str:
        EXECUTOR_CACHE.clear()
        url = f"sqlite://{self.folder / 'dealcast.db'}"
        await migrate(url)
        return url

    async def must_hold(self, title: str, plan: Plan) -> None:
        report = await run(plan)
        print(f"{title}\n{report}\n", flush=True)
        self.is_well &= not report.faults

    async def must_be_found(self, fault: str, kind: str, seconds: float) -> None:
        url = await self.database(fault)
        if fault == "sequence":
            connection = await asyncpg.connect(url)
            await connection.execute("CREATE SEQUENCE positions")
            await connection.close()
        report = await run(plans.sabotaged(fault, url, self.redis, self.folder, seconds))
        found = Counter(fault.kind for fault in report.faults)
        print(f"With the fault `{fault}` in the servers: {dict(found)}\n", flush=True)
        self.is_well &= found[kind] > 0


async def torture(seconds: float) -> bool:
    with (
        servers.postgres() as postgres,
        servers.redis() as redis,
        tempfile.TemporaryDirectory() as folder,
    ):
        bench = Bench(postgres, redis, Path(folder))
        url = await bench.database("everything")
        await bench.must_hold(
            f"Everything breaks for {seconds:.0f} s",
            plans.everything(url, postgres, redis, bench.folder, seconds),
        )
        await bench.must_hold(
            "One process on SQLite, killed while it writes",
            plans.sqlite(await bench.sqlite(), bench.folder, seconds / 10),
        )
        url = await bench.database("alone")
        await bench.must_hold(
            "Wake-ups through PostgreSQL", plans.postgres_alone(url, bench.folder, seconds / 10)
        )
        url = await bench.database("rolling")
        await bench.must_hold("A rolling restart", plans.rolling(url, redis, bench.folder))
        outage = await measure(await bench.database("outage"), redis, bench.folder, 20)
        print(
            f"Redis away for 20 s: {len(outage.delays)} changes, from answered to received"
            f" p50 {outage.percentile(0.5):.2f} s, p99 {outage.percentile(0.99):.2f} s\n",
            flush=True,
        )
        faults = {"sequence": "LOST", "wakeups": "LOST", "rights": "LEAKED", "boards": "LOST"}
        for fault, kind in faults.items():
            await bench.must_be_found(fault, kind, max(seconds / 10, 20))
        return bench.is_well


if __name__ == "__main__":
    [length] = [float(word) for word in sys.argv[1:2]] or [300.0]
    sys.exit(0 if asyncio.run(torture(length)) else "The torture found faults.")
