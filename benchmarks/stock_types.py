"""What does the stock server show? The part of Dealcast's schema that the documents of a real client ask for."""

import datetime as dt
from typing import Any, NewType, TypeAlias

import strawberry

from models.permissions import may_edit

Cursor = NewType("Cursor", str)
Info: TypeAlias = strawberry.Info[dict[str, Any], None]


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class User(Node):
    full_name: str


@strawberry.type
class Contact(Node):
    full_name: str
    email: str | None
    job_title: str | None
    company: str | None
    is_archived: bool
    version: int


@strawberry.type
class Participant:
    contact: Contact
    role: str
    label: str | None
    added_by: User | None
    added_at: dt.datetime


@strawberry.type
class Subscriber:
    user: User
    reason: str
    since: dt.datetime


@strawberry.type
class Money:
    amount: str
    currency: str


@strawberry.type
class Pipeline(Node):
    pass


@strawberry.type
class Stage(Node):
    name: str


@strawberry.interface
class Deal(Node):
    name: str
    version: int
    revision: int
    visibility: str
    archived_at: dt.datetime | None
    created_at: dt.datetime
    updated_at: dt.datetime
    owner: User
    shared_with: list[User]
    contact: Contact | None
    other_participants: list[Participant]
    subscriber_count: int
    first_subscribers: strawberry.Private[list[Subscriber]]

    @strawberry.field
    def subscribers(self, first: int = 100) -> list[Subscriber]:
        return self.first_subscribers[:first]

    @strawberry.field
    def viewer_can_edit(self, info: Info) -> bool:
        return may_edit(info.context["user"].role)


@strawberry.type
class Lead(Deal):
    lead_status: str | None
    source: str | None
    company: str | None


@strawberry.type
class Opportunity(Deal):
    pipeline: Pipeline
    stage: Stage
    status: str | None
    probability: int | None
    amount: Money | None
    expected_close_date: dt.date | None
    closed_at: dt.datetime | None
    lost_reason: str | None
    source: str | None
    company: str | None
    converted_at: dt.datetime | None


@strawberry.type
class FieldChange:
    field: str
    before: str | None
    after: str | None
    before_node: Node | None = None
    after_node: Node | None = None


@strawberry.type
class DealEvent:
    id: strawberry.ID
    kind: str
    at: dt.datetime
    important: bool
    deal_id: strawberry.ID
    actor: User
    changes: list[FieldChange]


@strawberry.type
class DealUpdate:
    kind: str
    cursor: Cursor
    deal_id: strawberry.ID | None = None
    event: DealEvent | None = None
    deal: Deal | None = None


@strawberry.input
class UpdateOpportunityInput:
    id: strawberry.ID
    name: str


@strawberry.type
class UserError:
    code: str
    message: str


@strawberry.type
class Renamed(Node):
    name: str
    version: int
    revision: int


@strawberry.type
class UpdateOpportunityPayload:
    user_errors: list[UserError]
    cursor: Cursor
    opportunity: Renamed
