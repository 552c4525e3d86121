"""Does every client hear exactly what it is owed while everything breaks? Invariant 4 of the design.

Short forms; `make torture` runs the same for longer. What went wrong is in the report, with the seed.
"""

from pathlib import Path

import pytest

from tests import servers
from tests.torture import plans
from tests.torture.stage import Report, run


def _is_good(report: Report, *happened: str) -> bool:
    print(report)
    assert [what for what in happened if not report.counts[what]] == []
    assert report.faults == []
    return True


@pytest.mark.timeout(300)
async def test_nobody_misses_or_doubles_anything_whatever_breaks(
    shared_database: str, postgres: servers.Postgres, redis: servers.Redis, tmp_path: Path
) -> None:
    plan = plans.everything(shared_database, postgres, redis, tmp_path, seconds=25)
    harms = ("cut", "stall", "half-open", "kill", "Redis stopped", "backends terminated")
    streams = (
        *("dealUpdates", "followedDealUpdates", "followedDealUpdates as events"),
        *("opportunityUpdates", "leadUpdates", "pipelineUpdates", "notificationUpdates"),
    )
    assert _is_good(
        await run(plan),
        *(*harms, "PostgreSQL restarted", "resumes", "removals"),
        *(f"deliveries of {stream}" for stream in streams),
        "deliveries to another organisation",
    )


@pytest.mark.timeout(180)
async def test_one_process_on_sqlite_that_is_killed_while_it_writes_loses_nothing(
    sqlite_database: str, tmp_path: Path
) -> None:
    report = await run(plans.sqlite(sqlite_database, tmp_path, seconds=6))
    # "cut off" are tries of mutations that got no answer; each key is found written once all the same.
    assert _is_good(report, "cut", "kill", "cut off")


@pytest.mark.timeout(180)
async def test_wake_ups_through_postgres_serve_as_well(
    shared_database: str, tmp_path: Path
) -> None:
    plan = plans.postgres_alone(shared_database, tmp_path, seconds=5)
    assert _is_good(await run(plan), "cut", "backends terminated")


@pytest.mark.timeout(180)
async def test_a_rolling_restart_costs_no_client_an_update_and_no_writer_a_change(
    shared_database: str, redis: servers.Redis, tmp_path: Path
) -> None:
    """Writers see refused and closed connections only, after which their key makes a retry safe."""
    report = await run(plans.rolling(shared_database, redis, tmp_path))
    assert _is_good(report)
    assert report.counts["restart"] == 3
    assert [what for what in report.counts if what.startswith("answered")] == []
