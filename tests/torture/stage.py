"""How does one run go? People and deals, then clients, writers and disturbances at once, then calm, then judgement."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from models import Event, IdempotencyKey, Organisation, User
from models.database import opened
from models.enums import UserRole
from realtime.cursors import LogCursor
from resolvers import organisations
from resolvers.tokens import Tokens
from tests import factories
from tests.documents import FOLLOW_ALL, FOLLOW_OWN_DEALS
from tests.harness import SECRET, Client, World
from tests.torture.cluster import Cluster
from tests.torture.disturbances import Disturbances
from tests.torture.followers import Follower
from tests.torture.history import History
from tests.torture.oracle import Fault, Verdict, judge
from tests.torture.proxy import Proxy
from tests.torture.stock import NodeFollower
from tests.torture.writers import Cast, Writer

_ITEM = "kind cursor dealId event { id } deal { id name revision subscribers { user { id } } }"
ALL = f"subscription ($after: Cursor) {{ followedDealUpdates(after: $after) {{ {_ITEM} }} }}"
ONE = (
    "subscription ($dealId: ID!, $after: Cursor)"
    f" {{ dealUpdates(dealId: $dealId, after: $after) {{ {_ITEM} }} }}"
)


Harm = Coroutine[Any, Any, None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is made of. `disturb` says what goes wrong; with `seconds` None it says when it is over, too."""

    database_url: str
    broadcast_url: str
    folder: Path
    disturb: Callable[[Disturbances, Cluster, Sequence[Proxy]], Iterable[Harm]]
    seconds: float | None
    processes: int = 3
    program: Sequence[str] = ("server.py",)
    writers: int = 6
    followers: int = 60
    in_node: int = 0
    # How long what is owed is waited for when all is whole again.
    patience: float = 60.0
    seed: int = field(default_factory=lambda: Random().randrange(10**6))


@dataclass
class Report:
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{number:9,}  {what}" for what, number in self.counts.items()]
        lines += [f"    FAULT  {' '.join(fault)}" for fault in self.faults[:40]]
        return "\n".join(lines)


async def run(plan: Plan) -> Report:
    random = Random(plan.seed)
    tokens = Tokens(SECRET)
    cluster = Cluster(
        plan.processes,
        plan.folder / "servers.log",
        plan.program,
        DATABASE_URL=plan.database_url,
        BROADCAST_URL=plan.broadcast_url,
    )
    report = Report(Counter({"seed": plan.seed}))
    cast = Cast(cluster.urls, tokens, "alice@acme.example", "bob@acme.example")
    async with (
        people(plan.database_url, cast),
        cluster,
        Proxy(cluster.ports, random) as proxy,
        # The client in Node has no watchdog: to be told of nothing at all would be its end.
        Proxy(cluster.ports, random, half_opens=False) as gentle,
        httpx.AsyncClient(timeout=20, limits=httpx.Limits(max_connections=50)) as http,
    ):
        await deals(cast, http)
        followers = _followers(plan, cast, random)
        async with asyncio.TaskGroup() as listening:
            tasks = [
                listening.create_task(
                    one.run((gentle if isinstance(one, NodeFollower) else proxy).url, tokens)
                )
                for one in followers
            ]
            over = asyncio.Event()
            disturbances = Disturbances(over, random)
            async with asyncio.TaskGroup() as acting:
                for _ in range(plan.writers):
                    acting.create_task(Writer(cast, http, random).run(over))
                for harm in plan.disturb(disturbances, cluster, (proxy, gentle)):
                    acting.create_task(harm)
                if plan.seconds is not None:
                    await asyncio.sleep(plan.seconds)
                    over.set()
            await Writer(cast, http, random).finish()
            async with opened(plan.database_url):
                history = await read_history()
                report.faults += await _check_keys(cast, history)
            verdicts = await _judged(history, followers, plan.patience)
            for task in tasks:
                task.cancel()
    for follower, verdict in zip(followers, verdicts, strict=True):
        report.faults += verdict.faults
        if verdict.pending:
            report.faults.append(Fault("LOST", follower.email, f"{verdict.pending} at the end"))
    report.counts.update(_counted(history, followers, verdicts))
    for source in (cast, cluster, disturbances, proxy):
        report.counts.update(source.counts)
    report.counts.update(gentle.counts)
    return report


@asynccontextmanager
async def people(database_url: str, cast: Cast) -> AsyncIterator[None]:
    async with opened(database_url):
        acme = await organisations.found("Acme", cast.alice)
        roles = [UserRole.MEMBER, UserRole.VIEWER, UserRole.MEMBER, UserRole.ADMIN]

        async def invite(name: str, number: int) -> tuple[str, str]:
            email = f"{name}@acme.example"
            return email, (await organisations.invite(acme, email, roles[number % 4])).id

        cast.steady = dict([await invite("bob", 0)])
        cast.steady |= dict([await invite(f"steady{n}", n) for n in range(6)])
        cast.fickle = dict([await invite(f"fickle{n}", n) for n in range(16)])
    yield


async def deals(cast: Cast, http: httpx.AsyncClient) -> None:
    http.base_url = httpx.URL(cast.urls[0])
    bob = Client(World("", http, cast.tokens), cast.tokens.issue(cast.bob), "")
    cast.contacts = [await factories.contact(bob, f"Person {n}") for n in range(8)]
    cast.deals = [
        await factories.opportunity(
            bob, f"Deal {n}", subscriberIds=cast.users[n % 3 :: 3], contactId=cast.contacts[n % 8]
        )
        for n in range(10)
    ]
    found = await factories.stages(bob)
    cast.stages = [ident for name, ident in found.items() if name != "Closed Lost"]


def _followers(plan: Plan, cast: Cast, random: Random) -> list[Follower]:
    """Two of three follow all that their user follows, one a single deal; most users come and go."""
    people = [*cast.fickle.items(), *list(cast.steady.items())[1:]]
    found: list[Follower] = []
    for number in range(plan.followers - plan.in_node):
        email, user_id = people[number % len(people)]
        if number % 3 == 2:
            deal = cast.deals[number % len(cast.deals)]
            found.append(Follower(email, user_id, ONE, deal, random))
        else:
            query = {0: FOLLOW_ALL, 1: FOLLOW_OWN_DEALS}.get(number % 10, ALL)
            found.append(Follower(email, user_id, query, None, random))
    steady = list(cast.steady.items())[1:]
    found += [NodeFollower(*steady[n], ALL, random) for n in range(plan.in_node)]
    return found


async def read_history() -> History:
    acme = await Organisation.get(name="Acme")
    rows = await Event.filter(organisation_id=acme.id).order_by("position")
    return History(rows, await User.filter(organisation_id=acme.id))


async def _judged(
    history: History, followers: Sequence[Follower], patience: float
) -> list[Verdict]:
    """When nothing is awaited any more, or patience has ended."""
    waiting = list(followers)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            # Items come over many sockets: it is looked at now and then.
            while waiting := [one for one in waiting if judge(history, one).pending]:  # noqa: ASYNC110
                await asyncio.sleep(0.3)
    return [judge(history, one) for one in followers]


async def _check_keys(cast: Cast, history: History) -> list[Fault]:
    """Each key that was acknowledged was written once, at the place that its client was told."""
    faults = [Fault("WRONG", "log", f"no row {hole}") for hole in history.holes()]
    places: dict[str, list[int]] = {}
    for row in history.rows:
        for change in row.changes:
            if change["field"] == "NAME":
                places.setdefault(change["after"], []).append(row.position)
    for key, cursor in cast.renamed.items():
        if places.get(key) != [LogCursor.parse(cursor).position]:
            faults.append(Fault("WRONG", "writer", f"{key} was written at {places.get(key)}"))
    by_id = {row.id: row.position for row in history.rows}
    kept = {row.key: by_id.get(row.event_id or "") for row in await IdempotencyKey.all()}
    for key, cursor in {**cast.cursors, **cast.renamed}.items():
        if kept.get(key) != LogCursor.parse(cursor).position:
            faults.append(Fault("WRONG", "writer", f"the key {key} leads to {kept.get(key)}"))
    return faults


def _counted(
    history: History, followers: Sequence[Follower], verdicts: Sequence[Verdict]
) -> dict[str, int]:
    sessions = [session for follower in followers for session in follower.sessions]
    kinds = Counter(item.kind for session in sessions for item in session.items)
    return {
        "events": history.head,
        "deliveries": sum(verdict.delivered for verdict in verdicts),
        "sessions": len(sessions),
        "resumes": sum(session.after is not None for session in sessions),
        "resyncs": kinds["RESYNC"],
        "removals": kinds["REMOVED"],
        "snapshots": kinds["SNAPSHOT"],
    }
