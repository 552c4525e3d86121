"""What has an id of its own, and of which type is a row?"""

from typing import Any

import strawberry

from models.enums import DealKind

_TYPES = {
    "org": "Organisation",
    "user": "User",
    "viewer": "Viewer",
    "contact": "Contact",
    "pipeline": "Pipeline",
    "stage": "Stage",
    "event": "DealEvent",
    "comment": "Comment",
    "notification": "Notification",
    "message": "Message",
    "contribution": "Contribution",
}


def type_of(row: Any) -> str:
    """The GraphQL type of anything with an id: a model, or a lighter row with the same attributes."""
    prefix, _, _ = row.id.partition("_")
    if prefix == "deal":
        return "Opportunity" if row.kind == DealKind.OPPORTUNITY else "Lead"
    return _TYPES[prefix]


@strawberry.interface(
    description="An object with an id that is unique over all types: `node(id:)` finds it again."
)
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque and lasting. A deal keeps its id when it is converted."
    )

    @classmethod
    def resolve_type(cls, row: Any, _info: Any, _type: Any) -> str:
        return type_of(row)

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        return type_of(row) == cls.__name__
