"""What is a condition on deals? Said twice side by side: as a query, and of the facts of one deal.

A list is found by the query; a board that is followed live knows from the facts what enters and leaves it.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from tortoise.expressions import Q

from models.facts import Facts
from resolvers import finding
from resolvers.finding import EVERYTHING, NOTHING


class Criterion(NamedTuple):
    query: Q
    holds: Callable[[Facts], bool]


ALWAYS = Criterion(EVERYTHING, lambda _: True)


def every(parts: Iterable[Criterion]) -> Criterion:
    """All hold; so does none at all."""
    parts = list(parts)
    query = Q(*(part.query for part in parts)) or EVERYTHING
    return Criterion(query, lambda facts: all(part.holds(facts) for part in parts))


def some(parts: Iterable[Criterion]) -> Criterion:
    """At least one holds; of none at all, none does."""
    parts = list(parts)
    query = Q(*(part.query for part in parts), join_type=Q.OR) or NOTHING
    return Criterion(query, lambda facts: any(part.holds(facts) for part in parts))


def opposite(part: Criterion) -> Criterion:
    return Criterion(~part.query, lambda facts: not part.holds(facts))


def searched(text: str | None) -> Criterion:
    """Every word stands in the name, company or source."""
    words = finding.words(text)
    return Criterion(
        finding.search(text), lambda facts: all(word in facts.search_key for word in words)
    )
