"""What is measured, and on what? Each part runs the servers in turn, each on a fresh copy of the same data."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks import data
from benchmarks.data import Data
from benchmarks.load import Load, Span
from benchmarks.servers import Fault, Kind, running
from models.enums import SubscriptionLevel
from tests.documents import FOLLOW_ALL

QUERY = FOLLOW_ALL.replace("subscribers {", "subscribers(first: 3) {")
_GRAIN = 0.01  # seconds, of the kernel's accounts
_PATIENCE = 60.0

Figures = dict[str, float]


class Measured(NamedTuple):
    """One run of one server."""

    part: str
    kind: Kind
    figures: Figures


@dataclass(frozen=True)
class Sizes:
    followers: int = 1000
    many_followers: int = 5000
    deals_each: int = 20
    writers: int = 16
    rounds: int = 3
    seconds: float = 2  # at full speed
    paced_seconds: float = 5
    rate: float = 2  # changes a second
    slow_rate: float = 10
    slow_seconds: int = 10  # before the stop, and at least after it
    level: str = (
        SubscriptionLevel.MENTIONS.value
    )  # of the followers; ALL writes each a notification a change


class Bench:
    def __init__(self, sizes: Sizes, folder: Path) -> None:
        self._sizes = sizes
        self._folder = folder
        # The newest update of Dealcast, which the bare loop sends too.
        self._update = b""

    def fanout(self) -> Iterator[Measured]:
        """One deal that everybody follows."""
        sizes = self._sizes
        rounds_of = {sizes.many_followers: 1, sizes.followers: sizes.rounds}
        for followers, rounds in sorted(rounds_of.items()):
            made = data.make(self._folder / f"fanout-{followers}.db", sizes.level, followers)
            for _ in range(rounds):
                for kind in Kind:
                    with self._load(kind, made) as load:
                        yield self._fan_out(load)

    def _fan_out(self, load: Load) -> Measured:
        sizes, followers = self._sizes, load.followers
        unheard = load.at_full_speed(sizes.seconds / 2)
        self._warm_up(load)
        before = load.server.memory
        load.connect(followers)
        subscribing = load.measured(lambda: load.subscribe(followers, QUERY))
        time.sleep(min(sizes.seconds, 1))
        idle = load.server.memory - before
        full = load.at_full_speed(sizes.seconds)
        # As many deliveries whatever the audience: the stock server would need minutes.
        paced_seconds = sizes.paced_seconds * sizes.followers / len(followers)
        paced = load.paced(paced_seconds, sizes.rate)
        # What the changes cost by themselves: the rest is what their followers cost.
        changing = unheard.server_cpu / unheard.changes * full.changes
        return Measured(
            f"fanout, {len(followers):,} followers",
            load.server.kind,
            {
                **_delivered(full),
                "deliveries a CPU second, without what the changes cost": len(full.delays)
                / max(full.server_cpu - changing, _GRAIN),
                f"p50 ms, {sizes.rate:g} changes a second": paced.delay(0.5) * 1000,
                f"p99 ms, {sizes.rate:g} changes a second": paced.delay(0.99) * 1000,
                "KB a subscribed socket": idle / len(followers) / 1024,
                "subscribes a second": len(followers) / subscribing.seconds,
                "subscribes a CPU second": len(followers) / max(subscribing.server_cpu, _GRAIN),
                **_costs(full),
            },
        )

    def spread(self) -> Iterator[Measured]:
        """Many deals, of which each follower follows some."""
        sizes = self._sizes
        path, followers, each = self._folder / "spread.db", sizes.followers, sizes.deals_each
        made = data.make(path, sizes.level, followers, followers, each)
        for kind in Kind:
            with self._load(kind, made) as load:
                cursor = self._warm_up(load)
                load.connect(load.followers)
                load.subscribe(load.followers, QUERY, cursor)
                full = load.at_full_speed(sizes.seconds, sizes.writers)
                part = f"spread, {followers:,} followers of {each} deals each"
                yield Measured(part, kind, {**_changed(full), **_delivered(full), **_costs(full)})

    def mutation(self) -> Iterator[Measured]:
        """Changes that nobody follows."""
        sizes = self._sizes
        made = data.make(self._folder / "mutation.db", sizes.level, 0, sizes.writers)
        for _ in range(sizes.rounds):
            for kind in (Kind.DEALCAST, Kind.STOCK):
                with self._load(kind, made) as load:
                    load.at_full_speed(sizes.seconds / 4)
                    for writers in (1, sizes.writers):
                        full = load.at_full_speed(sizes.seconds / 2, writers)
                        part = f"mutation, {writers} at once"
                        yield Measured(part, kind, {**_changed(full), **_costs(full)})

    def slow(self) -> Iterator[Measured]:
        """A tenth of the followers stop reading, and come back when the server has given them up."""
        sizes = self._sizes
        made = data.make(self._folder / "slow.db", sizes.level, sizes.followers)
        with self._load(Kind.DEALCAST, made) as load:
            self._warm_up(load)
            count = max(sizes.followers // 10, 1)
            stopping, reading = load.followers[:count], load.followers[count:]
            load.connect(stopping, narrow=True)
            load.connect(reading)
            load.subscribe(load.followers, QUERY)
            without = [load.paced(1, sizes.slow_rate) for _ in range(sizes.slow_seconds)]
            sockets, memory = load.server.open_sockets, load.server.resident
            load.stop(stopping)
            stopped_at, gone_after, peak = time.monotonic(), 0.0, memory
            beside: list[Span] = []
            while len(beside) < sizes.slow_seconds or not gone_after:
                beside.append(load.paced(1, sizes.slow_rate))
                seconds = time.monotonic() - stopped_at
                peak = max(peak, load.server.resident)
                left = load.server.open_sockets - (sockets - count)
                if left <= 0:
                    gone_after = gone_after or seconds
                elif seconds > _PATIENCE:
                    raise Fault(
                        f"{left} of {count} that stopped reading are not gone after {seconds:.0f} s; "
                        f"the others' p99 was {_p99(beside):.0f} ms, {_p99(without):.0f} before"
                    )
            missed = load.resume(stopping, QUERY)
            yield Measured(
                f"slow, {count} of {sizes.followers:,} followers stop reading",
                Kind.DEALCAST,
                {
                    "p99 ms before": _p99(without),
                    "p99 ms of the others": _p99(beside),
                    "seconds until the stopped are gone": gone_after,
                    "MB of the server before": memory / 1e6,
                    "MB of the server at most": peak / 1e6,
                    "updates that the stopped missed, and heard once back": missed,
                },
            )

    @contextmanager
    def _load(self, kind: Kind, made: Data) -> Iterator[Load]:
        with running(kind, made) as server, Load(server, made, self._update) as load:
            yield load
            # Nothing more may come: a follower raises what it hears twice.
            load.turn(0.2)

    def _warm_up(self, load: Load) -> str:
        """One follower hears something and leaves; its newest cursor."""
        first = load.followers[:1]
        load.connect(first)
        load.subscribe(first, QUERY)
        while not first[0].cursor:
            load.at_full_speed(0.1)
        load.leave(first)
        if load.server.kind is Kind.DEALCAST:
            self._update = first[0].frame
        return first[0].cursor.decode()


PARTS: dict[str, Callable[[Bench], Iterator[Measured]]] = {
    "fanout": Bench.fanout,
    "spread": Bench.spread,
    "mutation": Bench.mutation,
    "slow": Bench.slow,
}


def _delivered(span: Span) -> Figures:
    return {
        "deliveries a second": len(span.delays) / span.seconds,
        "deliveries a CPU second": len(span.delays) / max(span.server_cpu, _GRAIN),
        "p50 ms at full speed": span.delay(0.5) * 1000,
        "p99 ms at full speed": span.delay(0.99) * 1000,
    }


def _changed(span: Span) -> Figures:
    return {
        "changes a second": span.changes / span.seconds,
        "changes a CPU second": span.changes / max(span.server_cpu, _GRAIN),
    }


def _costs(span: Span) -> Figures:
    """What shows that the client was not what is measured."""
    return {
        "CPU seconds of the server": span.server_cpu,
        "CPU seconds of the client": span.client_cpu,
        "% of the time that the client was idle": span.client_idle * 100,
    }


def _p99(spans: Sequence[Span]) -> float:
    delays = sorted(delay for span in spans for delay in span.delays)
    return delays[int(len(delays) * 0.99)] * 1000
