"""Who follows what in a run?"""

from collections.abc import Iterable
from contextlib import suppress
from random import Random

import httpx

from tests.documents import FOLLOW_ALL, FOLLOW_OWN_DEALS
from tests.torture.cast import Cast, Persistent, SignedOut
from tests.torture.event_streams import EventFollower
from tests.torture.followers import Follower
from tests.torture.plan import Plan
from tests.torture.stock import NodeFollower
from tests.torture.watchers import (
    BoardWatcher,
    InboxWatcher,
    LeadBoardWatcher,
    SummaryWatcher,
    Watcher,
)

_ITEM = "kind cursor dealId event { id } deal { id name revision subscribers { user { id } } }"
ALL = f"subscription ($after: Cursor) {{ followedDealUpdates(after: $after) {{ {_ITEM} }} }}"
ONE = (
    "subscription ($dealId: ID!, $after: Cursor)"
    f" {{ dealUpdates(dealId: $dealId, after: $after) {{ {_ITEM} }} }}"
)


def audience(plan: Plan, cast: Cast, random: Random) -> list[Follower]:
    """Two of three follow all that their user follows, one a single deal; most users come and go."""
    people = [*cast.fickle.items(), *list(cast.steady.items())[1:]]
    is_elsewhere = cast.organisation != "Acme"
    others = plan.in_node + plan.in_events + plan.watchers + plan.elsewhere
    found: list[Follower] = []
    for number in range(plan.elsewhere if is_elsewhere else plan.followers - others):
        email, user_id = people[number % len(people)]
        deal = cast.deals[number % len(cast.deals)] if number % 3 == 2 else None
        query = {0: FOLLOW_ALL, 1: FOLLOW_OWN_DEALS}.get(number % 10, ALL)
        found.append(Follower(email, user_id, ONE if deal else query, deal, random))
    if is_elsewhere:
        return found
    for number in range(plan.in_events):
        deal = cast.deals[number] if number % 3 == 2 else None
        found.append(EventFollower(*people[-3 * number], ONE if deal else ALL, deal, random))
    found += [
        _watcher(number, cast, *people[-2 * number - 1], random) for number in range(plan.watchers)
    ]
    steady = list(cast.steady.items())[1:]
    found += [NodeFollower(*steady[n], ALL, random) for n in range(plan.in_node)]
    return found


def _watcher(number: int, cast: Cast, email: str, user_id: str, random: Random) -> Watcher:
    match number % 6:
        case 0 | 2:
            return BoardWatcher(email, user_id, random, cast.users[number + 1])
        case 4:
            return LeadBoardWatcher(email, user_id, random, next(iter(cast.steady.values())))
        case 1 | 3:
            return InboxWatcher(email, user_id, random)
        case _:
            return SummaryWatcher(email, user_id, random, pipeline=cast.pipeline)


async def ask(
    cast: Cast, http: httpx.AsyncClient, random: Random, followers: Iterable[Follower]
) -> None:
    for follower in followers:
        # One of them is gone for good, and has no answer.
        with suppress(SignedOut):
            await follower.ask(Persistent(cast, http, follower.email, random))
