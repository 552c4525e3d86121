"""How does one run go? People and deals, then clients, writers and disturbances at once, then calm, then judgement."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from random import Random

import httpx

from models import Event, IdempotencyKey, Notification, Organisation, User
from models.database import opened
from models.enums import UserRole
from realtime.cursors import LogCursor
from resolvers import organisations
from resolvers.tokens import Tokens
from tests import factories
from tests.harness import SECRET, Client, World
from tests.http_clients import http_client
from tests.torture.audience import ask, audience
from tests.torture.cast import Cast
from tests.torture.cluster import Cluster
from tests.torture.disturbances import Disturbances
from tests.torture.followers import Follower
from tests.torture.history import History
from tests.torture.oracle import Fault, Verdict
from tests.torture.plan import Plan
from tests.torture.proxy import Proxy
from tests.torture.stock import NodeFollower
from tests.torture.views import judge
from tests.torture.writers import Writer


@dataclass
class Report:
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def take(self, followers: Sequence[Follower], verdicts: Sequence[Verdict]) -> None:
        for follower, verdict in zip(followers, verdicts, strict=True):
            self.faults += verdict.faults
            if verdict.pending:
                self.faults.append(Fault("LOST", follower.email, f"{verdict.pending} at the end"))
        self.counts.update(_counted(followers, verdicts))

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
    acme, globex = Cast(cluster.urls, tokens), Cast(cluster.urls, tokens, "Globex")
    casts = [acme, globex] if plan.elsewhere else [acme]
    async with AsyncExitStack() as stack:
        for cast in casts:
            await stack.enter_async_context(people(plan.database_url, cast))
        await stack.enter_async_context(cluster)
        proxy = await stack.enter_async_context(Proxy(cluster.ports, random))
        # The client in Node has no watchdog: to be told of nothing at all would be its end.
        gentle = await stack.enter_async_context(Proxy(cluster.ports, random, half_opens=False))
        http = await stack.enter_async_context(http_client(seconds=20))
        for cast in casts:
            await deals(cast, http)
        followers = {cast.organisation: audience(plan, cast, random) for cast in casts}
        async with asyncio.TaskGroup() as listening:
            tasks = [
                listening.create_task(
                    one.run((gentle if isinstance(one, NodeFollower) else proxy).url, tokens)
                )
                for one in chain(*followers.values())
            ]
            over = asyncio.Event()
            disturbances = Disturbances(over, random)
            async with asyncio.TaskGroup() as acting:
                for number in range(plan.writers):
                    cast = casts[-1 if number == 0 else 0]
                    acting.create_task(Writer(cast, http, random).run(over))
                for harm in plan.disturb(disturbances, cluster, (proxy, gentle)):
                    acting.create_task(harm)
                if plan.seconds is not None:
                    await asyncio.sleep(plan.seconds)
                    over.set()
            for cast in casts:
                await Writer(cast, http, random).finish()
                await ask(cast, http, random, followers[cast.organisation])
            pairs: list[tuple[History, Follower]] = []
            async with opened(plan.database_url):
                for cast in casts:
                    history = await read_history(cast.organisation)
                    report.faults += await _check_keys(cast, history)
                    report.counts["events"] += history.head
                    pairs += [(history, one) for one in followers[cast.organisation]]
            verdicts = await _judged(pairs, plan.patience)
            for task in tasks:
                task.cancel()
    report.take([follower for _, follower in pairs], verdicts)
    for counts in (*(cast.counts for cast in casts), cluster.counts, disturbances.counts):
        report.counts.update(counts)
    report.counts.update(proxy.counts + gentle.counts)
    return report


@asynccontextmanager
async def people(database_url: str, cast: Cast) -> AsyncIterator[None]:
    async with opened(database_url):
        organisation = await organisations.found(cast.organisation, cast.alice)
        roles = [UserRole.MEMBER, UserRole.VIEWER, UserRole.MEMBER, UserRole.ADMIN]

        async def invite(name: str, number: int) -> tuple[str, str]:
            email = cast.email(name)
            return email, (await organisations.invite(organisation, email, roles[number % 4])).id

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
    # Of people who stay: a follower who goes is a change after which no conversion can be undone.
    stay = list(cast.steady.values())
    cast.leads = [await factories.lead(bob, f"Lead {n}", subscriberIds=stay) for n in range(4)]
    found = await factories.stages(bob)
    cast.stages = [ident for name, ident in found.items() if name != "Closed Lost"]
    cast.pipeline = (await bob.ask("{ pipelines { id } }"))["pipelines"][0]["id"]


async def read_history(organisation: str = "Acme") -> History:
    ident = (await Organisation.get(name=organisation)).id
    rows = await Event.filter(organisation_id=ident).order_by("position")
    notifications = await Notification.filter(organisation_id=ident)
    return History(rows, await User.filter(organisation_id=ident), notifications)


async def _judged(histories: Sequence[tuple[History, Follower]], patience: float) -> list[Verdict]:
    """When nothing is awaited any more, or patience has ended."""
    waiting = list(histories)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            # Items come over many sockets: it is looked at now and then.
            while waiting := [pair for pair in waiting if judge(*pair).pending]:  # noqa: ASYNC110
                await asyncio.sleep(0.3)
    return [judge(*pair) for pair in histories]


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


def _counted(followers: Sequence[Follower], verdicts: Sequence[Verdict]) -> Counter[str]:
    sessions = [session for follower in followers for session in follower.sessions]
    kinds = Counter(item.kind for session in sessions for item in session.items)
    counts = Counter(
        {
            "deliveries": sum(verdict.delivered for verdict in verdicts),
            "sessions": len(sessions),
            "resumes": sum(session.after is not None for session in sessions),
            "resyncs": kinds["RESYNC"],
            "removals": kinds["REMOVED"],
            "snapshots": kinds["SNAPSHOT"],
        }
    )
    for follower, verdict in zip(followers, verdicts, strict=True):
        counts[f"deliveries of {follower.stream}"] += verdict.delivered
        if not follower.email.endswith("@acme.example"):
            counts["deliveries to another organisation"] += verdict.delivered
    return counts
