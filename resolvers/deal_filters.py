"""Which deals satisfy a client's filter, with its `and_`, `or_` and `not_`?"""

from typing import Any

from models.enums import DealKind, Standing
from models.errors import Unreadable
from models.facts import Facts
from resolvers import conditions
from resolvers.conditions import Condition, Given
from resolvers.criteria import ALWAYS, Criterion, every, opposite, some
from resolvers.finding import where

MOST_LEVELS = 10
MOST_CONDITIONS = 200

_OF_BOTH: dict[str, Condition] = {
    "name": conditions.text("name_key"),
    "owner": conditions.ids("owner_id", "user"),
    "contact": conditions.people(Standing.CONTACT),
    "participant": conditions.people(Standing.PARTICIPANT),
    "subscriber": conditions.followers,
}
_CONDITIONS: dict[DealKind, dict[str, Condition]] = {
    DealKind.OPPORTUNITY: {
        **_OF_BOTH,
        "company": conditions.text("company_key"),
        "stage": conditions.ids("stage_id", "stage"),
        "pipeline": conditions.ids("pipeline_id", "pipeline"),
        "status": conditions.one_of("status"),
        "amount": conditions.amounts,
        "expected_close_date": conditions.days("expected_close_date"),
    },
    DealKind.LEAD: {**_OF_BOTH, "lead_status": conditions.one_of("lead_status")},
}


def matching(given: Given, kind: DealKind) -> Criterion:
    """The deals of a kind that satisfy a filter: a mapping of what was given, by snake_case names.

    Raises:
        Unreadable: it is nested too deep, has too many conditions, or a condition cannot be read.
    """
    archived = bool(given.get("archived"))
    tree = _Tree(_CONDITIONS[kind], archived=archived)
    return every([_listed(kind, archived=archived), tree.read(given)])


def _listed(kind: DealKind, *, archived: bool) -> Criterion:
    query = where("kind", kind) & where("archived_at__isnull", not archived)

    def holds(facts: Facts) -> bool:
        return facts.kind is kind and facts.is_archived is archived

    return Criterion(query, holds)


class _Tree:
    """The reading of one filter, which counts as it goes."""

    def __init__(self, known: dict[str, Condition], *, archived: bool) -> None:
        self._known = known
        self._archived = archived
        self._count = 0

    def read(self, given: Given, level: int = 1) -> Criterion:
        if level > MOST_LEVELS:
            raise Unreadable(f"a filter is at most {MOST_LEVELS} levels deep")
        if given.get("archived") and not self._archived:
            # Silence would be an empty list: what is archived has been left out already.
            raise Unreadable("`archived` is for the outermost filter")
        return every(self._part(name, value, level) for name, value in given.items())

    def _part(self, name: str, value: Any, level: int) -> Criterion:
        self._count += 1
        if self._count > MOST_CONDITIONS:
            raise Unreadable(f"a filter holds at most {MOST_CONDITIONS} conditions")
        match name:
            case "archived":
                return ALWAYS
            case "and_":
                return every(self.read(each, level + 1) for each in value)
            case "or_":
                return some(self.read(each, level + 1) for each in value)
            case "not_":
                return opposite(self.read(value, level + 1))
            case _:
                return self._known[name](value)
