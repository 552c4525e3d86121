"""Does a stopped broker cost anything but a moment's delay?"""

from pathlib import Path

from tests import servers
from tests.torture.outage import WAKE_UPS, measure


async def test_without_redis_updates_go_on_arriving_and_wake_ups_flow_again_on_its_return(
    shared_database: str, redis: servers.Redis, tmp_path: Path
) -> None:
    """Each update arrives, or `measure` itself would fail."""
    outage = await measure(shared_database, redis, tmp_path, seconds=5)
    assert outage.failures == 0
    assert (outage.before, outage.during, outage.after) == (
        "heard",
        "not heard: polling",
        "heard",
    )
    # One that is looked for in doubt may be found before it is told of; were none told of, all would be.
    assert outage.wake_ups_lost_after < WAKE_UPS
