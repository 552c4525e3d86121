"""What is given to send a message from a deal, and to record what the people outside did?"""

import strawberry

from schema.enums import ContributionKind, Direction
from schema.inputs import IDEMPOTENCY_KEY, optional
from schema.scalars import DateTime

_DEAL = "Which opportunity or lead."
_BODY = "Plain text, at most 100,000 characters."


@strawberry.input(description="A message to the people outside a deal.")
class SendMessageInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    to: list[str] | None = optional(
        "The addresses it goes to, at least one, and with those in copy at most 250; none of a "
        "colleague. Those of the draft, when left out."
    )
    cc: list[str] | None = optional(
        "The addresses that get a copy; none for an empty list or null. Those of the draft, when "
        "left out."
    )
    subject: str = strawberry.field(description="One line, at most 250 characters.")
    body: str = strawberry.field(description=_BODY)
    in_reply_to: strawberry.ID | None = optional("The message of the same deal that it answers.")
    draft_key: str | None = optional(
        "The `key` of the draft that the sender saw: needed unless both `to` and `cc` are given. "
        "When the draft would be another one by now: CONFLICT, and nothing is sent."
    )
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="Something that the contact or a participant of a deal did.")
class RecordContributionInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    contact_id: strawberry.ID = strawberry.field(
        description="Who did it: the deal's contact or one of its participants."
    )
    kind: ContributionKind = strawberry.field(description="What it was.")
    direction: Direction = strawberry.field(
        default=Direction.INBOUND, description="Who turned to whom."
    )
    at: DateTime | None = optional("When it was, not in the future. Now, when left out.")
    subject: str | None = optional("What it was about: one line, at most 250 characters.")
    body: str = strawberry.field(description=_BODY)
    in_reply_to: strawberry.ID | None = optional(
        "The message of the same deal that it answers: for a MESSAGE that is INBOUND."
    )
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)
