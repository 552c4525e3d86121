"""What is given to create, change, convert, hand over and share opportunities and leads?"""

import strawberry

from schema.enums import DealVisibility, LeadStatus, ParticipantRole
from schema.inputs import EXPECTED_VERSION, IDEMPOTENCY_KEY, optional
from schema.scalars import Date, Decimal

_SHARED_WITH = "Ids of the users who see the deal while it is RESTRICTED, beside owner and admins."
_REPLACES = " Replaces the list as a whole; only for the owner and admins."
_SILENT = "True for an import: nobody is notified, and the importer does not follow. Admins only."
_CLOSE_DATE = "The day on which closing is expected."


@strawberry.input(description="An amount of money.")
class MoneyInput:
    amount: Decimal = strawberry.field(
        description="Not negative; with at most the decimals that the currency has."
    )
    currency: str = strawberry.field(description="The code of ISO 4217, in capitals: `EUR`.")


@strawberry.input(description="A person of the contact list, and how they take part in a deal.")
class ParticipantInput:
    contact_id: strawberry.ID = strawberry.field(description="Who takes part.")
    role: ParticipantRole | None = optional(
        "Their part in the customer's decision. Left out it stays; a new participant gets OTHER."
    )
    label: str | None = optional(
        "Free words on their part, such as `Head of IT`. Left out it stays; null clears it."
    )


@strawberry.input(description="A new opportunity.")
class CreateOpportunityInput:
    name: str = strawberry.field(description="What the opportunity is called.")
    owner_id: strawberry.ID | None = optional(
        "The user responsible: an active admin or member. The viewer, when left out."
    )
    pipeline_id: strawberry.ID | None = optional(
        "The pipeline to go through. That of the stage, or the organisation's first, when left out."
    )
    stage_id: strawberry.ID | None = optional(
        "The stage to begin in, not one of type LOST. The pipeline's first, when left out."
    )
    amount: MoneyInput | None = optional("What it is worth.")
    expected_close_date: Date | None = optional(_CLOSE_DATE)
    contact_id: strawberry.ID | None = optional("The contact: the default recipient of messages.")
    participants: list[ParticipantInput] | None = optional("The other participants.")
    subscriber_ids: list[strawberry.ID] | None = optional(
        "Ids of users who shall follow it (followers), beside its creator and owner."
    )
    shared_with_ids: list[strawberry.ID] | None = optional(_SHARED_WITH)
    visibility: DealVisibility | None = optional("Who sees it. ORGANISATION, when left out.")
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)
    silent: bool | None = strawberry.field(default=False, description=_SILENT)


@strawberry.input(description="Changes of an opportunity's own fields. What is left out stays.")
class UpdateOpportunityInput:
    id: strawberry.ID = strawberry.field(description="Which opportunity.")
    name: str | None = optional("What it is called; cannot be cleared.")
    amount: MoneyInput | None = optional("What it is worth; null clears it.")
    probability: int | None = optional(
        "The probability of winning, 0 to 100 percent; null returns to that of the stage."
    )
    expected_close_date: Date | None = optional(_CLOSE_DATE + " Null clears it.")
    shared_with_ids: list[strawberry.ID] | None = optional(_SHARED_WITH + _REPLACES)
    visibility: DealVisibility | None = optional(
        "Who sees it; cannot be cleared. Only for the owner and admins."
    )
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="Where an opportunity moves to.")
class MoveOpportunityInput:
    id: strawberry.ID = strawberry.field(description="Which opportunity.")
    stage_id: strawberry.ID = strawberry.field(description="A stage of the same pipeline.")
    lost_reason: str | None = optional(
        "Why it was lost: needed for a stage of type LOST, refused for any other."
    )
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="A new lead.")
class CreateLeadInput:
    name: str = strawberry.field(description="What the lead is called.")
    owner_id: strawberry.ID | None = optional(
        "The user responsible: an active admin or member. The viewer, when left out."
    )
    source: str | None = optional("Where it came from, such as `Trade fair`.")
    company: str | None = optional("The company that it is about.")
    contact_id: strawberry.ID | None = optional("The contact: the default recipient of messages.")
    participants: list[ParticipantInput] | None = optional("The other participants.")
    subscriber_ids: list[strawberry.ID] | None = optional(
        "Ids of users who shall follow it (followers), beside its creator and owner."
    )
    shared_with_ids: list[strawberry.ID] | None = optional(_SHARED_WITH)
    visibility: DealVisibility | None = optional("Who sees it. ORGANISATION, when left out.")
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)
    silent: bool | None = strawberry.field(default=False, description=_SILENT)


@strawberry.input(description="Changes of a lead's own fields. What is left out stays.")
class UpdateLeadInput:
    id: strawberry.ID = strawberry.field(description="Which lead.")
    name: str | None = optional("What it is called; cannot be cleared.")
    lead_status: LeadStatus | None = optional("How far it has come; cannot be cleared.")
    source: str | None = optional("Where it came from; null clears it.")
    company: str | None = optional("The company that it is about; null clears it.")
    shared_with_ids: list[strawberry.ID] | None = optional(_SHARED_WITH + _REPLACES)
    visibility: DealVisibility | None = optional(
        "Who sees it; cannot be cleared. Only for the owner and admins."
    )
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="How a lead begins as an opportunity.")
class ConvertLeadInput:
    id: strawberry.ID = strawberry.field(description="Which lead; the opportunity keeps this id.")
    pipeline_id: strawberry.ID | None = optional(
        "The pipeline to go through. That of the stage, or the organisation's first, when left out."
    )
    stage_id: strawberry.ID | None = optional(
        "The stage to begin in, not one of type LOST. The pipeline's first, when left out."
    )
    amount: MoneyInput | None = optional("What it is worth.")
    expected_close_date: Date | None = optional(_CLOSE_DATE)
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="Who shall be responsible for a deal.")
class AssignOwnerInput:
    deal_id: strawberry.ID = strawberry.field(description="Which deal.")
    user_id: strawberry.ID = strawberry.field(description="An active admin or member.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="Users with whom a deal is shared, or no longer is.")
class ShareDealInput:
    deal_id: strawberry.ID = strawberry.field(description="Which deal.")
    user_ids: list[strawberry.ID] = strawberry.field(description="Users of the organisation.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)
