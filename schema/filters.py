"""How does a client say which deals it looks for, and in which order?"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import strawberry
from strawberry import UNSET

from schema.enums import (
    LeadOrderField,
    LeadStatus,
    OpportunityOrderField,
    OpportunityStatus,
    SortDirection,
)
from schema.scalars import Date, Decimal

_ARCHIVED = (
    "False: what was archived is left out. True: only what was archived. Belongs to the outermost "
    "filter."
)


def _optional(description: str, name: str | None = None) -> Any:
    return strawberry.field(default=UNSET, description=description, name=name)


@strawberry.input(description="Which ids; with both fields given, both must hold.")
class IDFilter:
    eq: strawberry.ID | None = _optional("This one.")
    in_: list[strawberry.ID] | None = _optional("One of these; none of an empty list.", "in")


@strawberry.input(description="Which texts, without regard to case; all fields given must hold.")
class StringFilter:
    eq: str | None = _optional("The whole text.")
    contains: str | None = _optional("A part of the text; `%` and `_` stand for themselves.")


@strawberry.input(
    description="Which numbers; all fields given must hold. Without a number: no match."
)
class DecimalFilter:
    gte: Decimal | None = _optional("This or more.")
    lte: Decimal | None = _optional("This or less.")


@strawberry.input(description="Which days; all fields given must hold. Without a day: no match.")
class DateFilter:
    gte: Date | None = _optional("This day or later.")
    lte: Date | None = _optional("This day or earlier.")


@strawberry.input(
    description="Which opportunities: those for which all that is given holds. At most 10 levels deep "
    "and 200 conditions, else INVALID."
)
class OpportunityFilter:
    and_: list["OpportunityFilter"] | None = _optional("All of these hold.", "and")
    or_: list["OpportunityFilter"] | None = _optional(
        "At least one of these holds; none of an empty list does.", "or"
    )
    not_: "OpportunityFilter | None" = _optional("This does not hold.", "not")
    archived: bool | None = strawberry.field(default=False, description=_ARCHIVED)
    name: StringFilter | None = _optional("The name, without regard to accents.")
    company: StringFilter | None = _optional("The company that the lead was about.")
    owner: IDFilter | None = _optional("The user responsible.")
    stage: IDFilter | None = _optional("The stage it is in.")
    pipeline: IDFilter | None = _optional("The pipeline it goes through.")
    status: list[OpportunityStatus] | None = _optional("One of these; none of an empty list.")
    amount: DecimalFilter | None = _optional("The number of the amount, whatever its currency.")
    expected_close_date: DateFilter | None = _optional("The day on which closing is expected.")
    contact: IDFilter | None = _optional("The person who is its contact.")
    participant: IDFilter | None = _optional("A person who is among its other participants.")
    subscriber: IDFilter | None = _optional("A colleague who follows it (follower).")


@strawberry.input(
    description="Which leads: those for which all that is given holds. At most 10 levels deep and 200 "
    "conditions, else INVALID."
)
class LeadFilter:
    and_: list["LeadFilter"] | None = _optional("All of these hold.", "and")
    or_: list["LeadFilter"] | None = _optional(
        "At least one of these holds; none of an empty list does.", "or"
    )
    not_: "LeadFilter | None" = _optional("This does not hold.", "not")
    archived: bool | None = strawberry.field(default=False, description=_ARCHIVED)
    name: StringFilter | None = _optional("The name, without regard to accents.")
    owner: IDFilter | None = _optional("The user responsible.")
    lead_status: list[LeadStatus] | None = _optional("One of these; none of an empty list.")
    contact: IDFilter | None = _optional("The person who is its contact.")
    participant: IDFilter | None = _optional("A person who is among its other participants.")
    subscriber: IDFilter | None = _optional("A colleague who follows it (follower).")


@strawberry.input(description="What opportunities are ordered by; the id breaks ties.")
class OpportunityOrder:
    field: OpportunityOrderField = strawberry.field(description="By which field.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.ASC, description="In which direction; empty values come last in both."
    )


@strawberry.input(description="What leads are ordered by; the id breaks ties.")
class LeadOrder:
    field: LeadOrderField = strawberry.field(description="By which field.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.ASC, description="In which direction."
    )


def criteria(value: Any) -> Any:
    """A filter as the resolvers take it: a mapping of what was given; null means not given."""
    if isinstance(value, list):
        return [criteria(part) for part in value]
    if not is_dataclass(value):
        return value
    held = {field.name: getattr(value, field.name) for field in fields(value)}
    return {
        name: criteria(part)
        for name, part in held.items()
        if part is not UNSET and part is not None
    }


def order(given: Sequence[OpportunityOrder] | Sequence[LeadOrder] | None) -> list[tuple[str, bool]]:
    """An order as the resolvers take it: fields, and whether they descend."""
    return [(each.field.value, each.direction is SortDirection.DESC) for each in given or ()]
