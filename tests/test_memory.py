"""What is left of sockets that came and went, and of events that were delivered? Nothing."""

import asyncio
import contextvars
import gc
import re
import weakref
from collections import Counter
from contextlib import suppress
from itertools import cycle, islice

import pytest

from models import Deal, User
from models.enums import DealEventKind, DealField
from models.transactions import settled, transact
from realtime import broker
from realtime.cursors import LogCursor
from realtime.opening import Opening
from resolvers.log import Log, change
from tests import factories
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL, FOLLOW_OWN_DEALS
from tests.frames import Closed, Frames
from tests.harness import PATIENCE, Client, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SOCKETS = 100
EVENTS = 300
OURS = ("schema", "resolvers", "realtime", "models")
# What may differ by chance, such as the statements that a connection keeps: far less than one object a socket.
SLACK = 60
# sqlite3 sweeps its weak references to cursors now and then, and the loop its cancelled timers.
SWEPT = (weakref.ReferenceType, asyncio.TimerHandle, contextvars.Context)


def _objects() -> tuple[int, Counter[str]]:
    """All that the collector knows, and what of it is ours, by class."""
    gc.collect()
    found = [one for one in gc.get_objects() if not issubclass(type(one), SWEPT)]
    classes = (type(one) for one in found)
    ours = (one for one in classes if str(one.__module__).partition(".")[0] in OURS)
    return len(found), Counter(one.__qualname__ for one in ours)


async def _none_is_open(world: World) -> None:
    """Returns when the server has seen every socket go, and has ended what it was reading for them."""
    async with asyncio.timeout(6 * PATIENCE):
        while not re.search("^dealcast_sockets 0.0$", await _metrics(world), re.MULTILINE):
            pass
        # A beginning that waits for its turn is no transaction yet. Asked by type: isinstance looks into proxies.
        while any(type(one) is Opening for one in gc.get_objects()):
            await _metrics(world)
            gc.collect()
        await settled()


async def _metrics(world: World) -> str:
    return (await world.http.get("/metrics")).text


async def _come_and_go(world: World, deal: str, number: int) -> None:
    """Sockets of several people with operations of each kind, which leave in each way there is."""
    ways = ("close", "cut", "complete", "refused", "before init")
    people = (world.alice, world.carol, world.dave)
    for way, by in islice(zip(cycle(ways), cycle(people), strict=False), number):
        if way == "before init":
            async with Frames.open(world):
                continue
        async with Frames.admitted(by) as socket:
            for ident, query in enumerate(
                (FOLLOW_ALL, FOLLOW_DEAL, FOLLOW_OWN_DEALS, "{ cursor }")
            ):
                payload = {"query": query, "variables": {"dealId": deal}}
                socket.say(type="subscribe", id=str(ident), payload=payload)
            if way == "cut":
                continue
            while (await socket.hear()).get("type") != "complete":
                pass
            if way == "refused":
                socket.say(type="nonsense")
                await _end(socket)
            elif way == "complete":
                for ident in range(3):
                    socket.say(type="complete", id=str(ident))
                socket.say(type="ping")
                while (await socket.hear())["type"] != "pong":
                    pass
    await _none_is_open(world)


async def _end(socket: Frames) -> None:
    with suppress(Closed):
        while True:
            await socket.hear()


async def test_sockets_that_come_and_go_leave_nothing(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    # Something comes with the first change that is heard, with the first sockets, and with the first look at them.
    async with world.bob.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        await live.until_cursor(await factories.rename(world.bob, deal, "Next"))
    await _come_and_go(world, deal, 30)
    _objects()
    await _come_and_go(world, deal, 15)
    before, ours = _objects()
    await _come_and_go(world, deal, SOCKETS)
    after, still_ours = _objects()
    assert still_ours - ours == Counter()
    assert after - before < SLACK


async def _make_events(world: World, by: Client, deal_id: str, number: int) -> str:
    """Many rows of the log in one transaction, which a client could not write so fast; the cursor of the last."""
    user, deal = await User.get(id=by.id), await Deal.get(id=deal_id)

    async def work() -> LogCursor:
        log = Log(user.organisation_id, user)
        for count in range(number):
            log._add(
                kind=DealEventKind.UPDATED,
                deal_id=deal.id,
                revision=deal.revision,
                changes=[change(DealField.NAME, str(count), str(count + 1))],
                audience=None,
                audience_before=None,
            )
        cursor = await log.write()
        assert cursor is not None
        return cursor

    written = await transact(work)
    broker.announce(user.organisation_id, written.position)
    return str(written)


@pytest.mark.parametrize("own", ["", "viewerSubscription { level }"], ids=["shared", "personal"])
async def test_events_on_one_subscription_leave_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, own: str
) -> None:
    """graphql-core keeps something of every event, unless each has an executor of its own."""
    monkeypatch.setattr("realtime.tail._RING", 100)  # the rows that are kept on purpose
    deal = await factories.opportunity(world.bob)
    item = f"kind cursor event {{ changes {{ after }} }} deal {{ name owner {{ fullName }} {own} }}"
    async with world.bob.follow(f"subscription {{ followedDealUpdates {{ {item} }} }}") as live:
        await live.until("READY")

        async def deliver(number: int) -> int:
            cursor = await _make_events(world, world.bob, deal, number)
            heard = 0
            while (await live.next())["cursor"] != cursor:
                heard += 1
            assert heard == number - 1
            return _objects()[0]

        before = await deliver(200)
        assert await deliver(EVENTS) - before < SLACK
