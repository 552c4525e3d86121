"""What are the single conditions that filters are made of?

Each is plainly true or false of a row, also where a column is empty: so the opposite of a condition is everything
else, as clients expect, and not SQL's third truth.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from tortoise.expressions import Q, Subquery

from models import Person, Subscriber
from models.enums import Standing
from models.errors import Unreadable
from models.money import SCALE
from models.text import folded
from resolvers.finding import EVERYTHING, checked, id_is_of, where

Given = Mapping[str, Any]
"""What was given of a filter, by snake_case names."""
Condition = Callable[[Any], Q]

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
    def condition(given: Given) -> Q:
        wanted = _wanted(given, prefix)
        return EVERYTHING if wanted is None else _filled(column) & where(f"{column}__in", wanted)

    return condition


def people(standing: Standing) -> Condition:
    """Deals where one of these contacts stands so."""

    def condition(given: Given) -> Q:
        wanted = _wanted(given, "contact")
        if wanted is None:
            return EVERYTHING
        rows = Person.filter(standing=standing, contact_id__in=wanted)
        return Q(id__in=Subquery(rows.values("deal_id")))

    return condition


def followers(given: Given) -> Q:
    """Deals that one of these users follows."""
    wanted = _wanted(given, "user")
    if wanted is None:
        return EVERYTHING
    rows = Subscriber.filter(user_id__in=wanted, has_left=False)
    return Q(id__in=Subquery(rows.values("deal_id")))


def text(key: str) -> Condition:
    """`eq` and `contains` in a folded column, so without regard to case and accents."""

    def condition(given: Given) -> Q:
        parts = [_filled(key)]
        if "eq" in given:
            parts.append(where(key, folded(checked(given["eq"]))))
        if "contains" in given:
            parts.append(where(f"{key}__contains", folded(checked(given["contains"]))))
        return Q(*parts) if len(parts) > 1 else EVERYTHING

    return condition


def one_of(column: str) -> Condition:
    def condition(given: Any) -> Q:
        return _filled(column) & where(f"{column}__in", list(given))

    return condition


def amounts(given: Given) -> Q:
    """By the number, whatever the currency."""
    parts = [_filled("amount_units")]
    if "gte" in given:
        parts.append(Q(amount_units__gte=_units(given["gte"], ROUND_CEILING)))
    if "lte" in given:
        parts.append(Q(amount_units__lte=_units(given["lte"], ROUND_FLOOR)))
    return Q(*parts) if len(parts) > 1 else EVERYTHING


def _units(amount: Decimal, rounding: str) -> int:
    # Beyond what a column can hold every comparison has the answer that the limit has.
    units = int((amount * SCALE).to_integral_value(rounding))
    return max(-_GREATEST, min(_GREATEST, units))


def days(column: str) -> Condition:
    def condition(given: Given) -> Q:
        limits = [where(f"{column}__{end}", given[end]) for end in ("gte", "lte") if end in given]
        return Q(_filled(column), *limits) if limits else EVERYTHING

    return condition


def _filled(column: str) -> Q:
    return where(f"{column}__isnull", value=False)
