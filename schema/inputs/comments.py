"""What is given to write and edit comments?"""

import strawberry

from schema.inputs import IDEMPOTENCY_KEY, optional

_BODY = "Plain text, at most 10,000 characters, without control characters."
_WHOM = "Active colleagues who see the deal, each once, not oneself."


@strawberry.input(description="A comment on a deal.")
class AddCommentInput:
    deal_id: strawberry.ID = strawberry.field(description="Which opportunity or lead.")
    body: str = strawberry.field(description=_BODY)
    mention_ids: list[strawberry.ID] | None = optional(
        f"Whom the comment names. {_WHOM} They are notified, and follow from then on."
    )
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="Another text for a comment, and whom it names.")
class EditCommentInput:
    id: strawberry.ID = strawberry.field(description="Which of one's own comments.")
    body: str = strawberry.field(description=_BODY)
    mention_ids: list[strawberry.ID] | None = optional(
        f"Whom the comment names now; left out, the same as before. {_WHOM} Only those it did not "
        "name before are notified."
    )
