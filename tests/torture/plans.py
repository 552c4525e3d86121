"""Which runs are there? The same for the suite and for `make torture`, but for their length."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests import servers
from tests.torture.cluster import Cluster
from tests.torture.disturbances import Disturbances
from tests.torture.plan import Harm, Plan
from tests.torture.proxy import Proxy


def everything(
    url: str, postgres: servers.Postgres, redis: servers.Redis, folder: Path, seconds: float
) -> Plan:
    """Three processes, PostgreSQL and Redis, sixty clients, and all that can break."""

    def disturb(harm: Disturbances, cluster: Cluster, proxies: Sequence[Proxy]) -> Iterator[Harm]:
        yield harm.network(*proxies)
        yield harm.kills(cluster)
        yield harm.broker(redis)
        yield harm.backends(url)
        yield harm.database(postgres)
        yield harm.epochs(url)

    return Plan(
        database_url=url,
        broadcast_url=redis.url,
        folder=folder,
        disturb=disturb,
        seconds=seconds,
        in_node=2,
        in_events=5,
        watchers=10,
        elsewhere=5,
    )


def sqlite(url: str, folder: Path, seconds: float) -> Plan:
    """One process, killed in the middle of its writes."""

    def disturb(harm: Disturbances, cluster: Cluster, proxies: Sequence[Proxy]) -> Iterator[Harm]:
        yield harm.network(*proxies)
        yield harm.kills(cluster, 1, 2)

    return Plan(
        database_url=url,
        broadcast_url="memory://",
        folder=folder,
        disturb=disturb,
        seconds=seconds,
        processes=1,
        followers=20,
        in_events=2,
        watchers=6,
    )


def postgres_alone(url: str, folder: Path, seconds: float) -> Plan:
    """Two processes that wake each other through PostgreSQL, whose connections are terminated."""

    def disturb(harm: Disturbances, cluster: Cluster, proxies: Sequence[Proxy]) -> Iterator[Harm]:
        yield harm.network(*proxies)
        yield harm.backends(url)
        yield harm.kills(cluster, 3, 6)

    return Plan(
        database_url=url,
        broadcast_url=url,
        folder=folder,
        disturb=disturb,
        seconds=seconds,
        processes=2,
        followers=20,
    )


def rolling(url: str, redis: servers.Redis, folder: Path) -> Plan:
    """Three processes, each asked to stop and started again, one after the other."""

    def disturb(harm: Disturbances, cluster: Cluster, _proxies: Sequence[Proxy]) -> Iterator[Harm]:
        yield harm.rolling_restart(cluster)

    return Plan(
        database_url=url,
        broadcast_url=redis.url,
        folder=folder,
        disturb=disturb,
        seconds=None,
        followers=20,
    )


def sabotaged(fault: str, url: str, redis: servers.Redis, folder: Path, seconds: float) -> Plan:
    """Two processes with a known fault."""

    def disturb(harm: Disturbances, _cluster: Cluster, proxies: Sequence[Proxy]) -> Iterator[Harm]:
        yield harm.network(*proxies)
        yield harm.broker(redis)

    return Plan(
        database_url=url,
        broadcast_url=redis.url,
        folder=folder,
        disturb=disturb,
        seconds=seconds,
        processes=2,
        program=("-m", "tests.torture.sabotage", fault),
        followers=24,
        watchers=6,
        patience=5,
    )
