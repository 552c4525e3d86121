"""What are the single conditions that filters are made of?

Each is plainly true or false of a row, also where a column is empty: so the opposite of a condition is everything
else, as clients expect, and not SQL's third truth.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from operator import attrgetter
from typing import Any

from tortoise.expressions import Q, Subquery

from models import Person, Subscriber
from models.enums import Standing
from models.errors import Unreadable
from models.facts import Facts
from models.money import SCALE
from models.text import folded
from resolvers.criteria import ALWAYS, Criterion
from resolvers.finding import checked, id_is_of, where

Given = Mapping[str, Any]
"""What was given of a filter, by snake_case names."""
Condition = Callable[[Any], Criterion]

MOST_IDS = 1_000
_GREATEST = 2**63 - 1


def _wanted(given: Given, prefix: str) -> list[str] | None:
    """The ids that satisfy both `eq` and `in_`; None where neither is given."""
    sets = [[given["eq"]]] if "eq" in given else []
    sets += [given["in_"]] if "in_" in given else []
    if not sets:
        return None
    if sum(map(len, sets)) > MOST_IDS:
        raise Unreadable(f"a condition takes at most {MOST_IDS} ids")
    return sorted(set.intersection(*({i for i in some if id_is_of(i, prefix)} for some in sets)))


def ids(column: str, prefix: str) -> Condition:
    value: Callable[[Facts], str | None] = attrgetter(column)

    def condition(given: Given) -> Criterion:
        wanted = _wanted(given, prefix)
        if wanted is None:
            return ALWAYS
        query = _filled(column) & where(f"{column}__in", wanted)
        return Criterion(query, lambda facts: value(facts) in wanted)

    return condition


def people(standing: Standing) -> Condition:
    """Deals where one of these contacts stands so."""

    def stand_so(facts: Facts) -> frozenset[str | None]:
        only = frozenset({facts.contact_id})
        return only if standing is Standing.CONTACT else frozenset(facts.participant_ids)

    def condition(given: Given) -> Criterion:
        wanted = _wanted(given, "contact")
        if wanted is None:
            return ALWAYS
        rows = Person.filter(standing=standing, contact_id__in=wanted)
        query = Q(id__in=Subquery(rows.values("deal_id")))
        return Criterion(query, lambda facts: not stand_so(facts).isdisjoint(wanted))

    return condition


def followers(given: Given) -> Criterion:
    """Deals that one of these users follows."""
    wanted = _wanted(given, "user")
    if wanted is None:
        return ALWAYS
    rows = Subscriber.filter(user_id__in=wanted, has_left=False)
    query = Q(id__in=Subquery(rows.values("deal_id")))
    return Criterion(query, lambda facts: not facts.follower_ids.isdisjoint(wanted))


def text(key: str) -> Condition:
    """`eq` and `contains` in a folded column, so without regard to case and accents."""
    value: Callable[[Facts], str | None] = attrgetter(key)

    def condition(given: Given) -> Criterion:
        whole = folded(checked(given["eq"])) if "eq" in given else None
        part = folded(checked(given["contains"])) if "contains" in given else None
        query = _filled(key)
        if whole is not None:
            query &= where(key, whole)
        if part is not None:
            query &= where(f"{key}__contains", part)

        def holds(facts: Facts) -> bool:
            words = value(facts)
            return words is not None and whole in {None, words} and (part or "") in words

        return ALWAYS if whole is part is None else Criterion(query, holds)

    return condition


def one_of(column: str) -> Condition:
    value: Callable[[Facts], str | None] = attrgetter(column)

    def condition(given: Any) -> Criterion:
        wanted = list(given)
        query = _filled(column) & where(f"{column}__in", wanted)
        return Criterion(query, lambda facts: value(facts) in wanted)

    return condition


def amounts(given: Given) -> Criterion:
    """By the number, whatever the currency."""
    limits: dict[str, Any] = {}
    if "gte" in given:
        limits["gte"] = _units(given["gte"], ROUND_CEILING)
    if "lte" in given:
        limits["lte"] = _units(given["lte"], ROUND_FLOOR)
    return _between("amount_units", limits)


def _units(amount: Decimal, rounding: str) -> int:
    # Beyond what a column can hold every comparison has the answer that the limit has.
    units = int((amount * SCALE).to_integral_value(rounding))
    return max(-_GREATEST, min(_GREATEST, units))


def days(column: str) -> Condition:
    def condition(given: Given) -> Criterion:
        return _between(column, {end: given[end] for end in ("gte", "lte") if end in given})

    return condition


def _between(column: str, limits: Mapping[str, Any]) -> Criterion:
    value: Callable[[Facts], Any] = attrgetter(column)

    def holds(facts: Facts) -> bool:
        found = value(facts)
        return (
            found is not None
            and ("gte" not in limits or found >= limits["gte"])
            and ("lte" not in limits or found <= limits["lte"])
        )

    parts = [where(f"{column}__{end}", limit) for end, limit in limits.items()]
    return Criterion(Q(_filled(column), *parts), holds) if limits else ALWAYS


def _filled(column: str) -> Q:
    return where(f"{column}__isnull", value=False)
