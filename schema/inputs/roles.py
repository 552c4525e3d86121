"""What is given to change a deal's three roles: contact, other participants, subscribers?"""

import strawberry

from schema.enums import ParticipantRole, PreviousContact, SubscriptionLevel
from schema.inputs import EXPECTED_VERSION, IDEMPOTENCY_KEY, optional
from schema.inputs.deals import ParticipantInput

_DEAL = "Which opportunity or lead."
_PREVIOUS_CONTACT = "What becomes of the contact before."


@strawberry.input(description="Who shall be the contact of a deal.")
class SetContactInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    contact_id: strawberry.ID | None = optional(
        "A person of the contact list; null clears the contact. Leaving it out is INVALID."
    )
    previous_contact: PreviousContact = strawberry.field(
        default=PreviousContact.KEEP_AS_PARTICIPANT, description=_PREVIOUS_CONTACT
    )
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="People who shall take part in a deal beside its contact.")
class AddParticipantsInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    participants: list[ParticipantInput] = strawberry.field(
        description="Each person once; for one who takes part already, what is given is set."
    )
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="How one participant takes part in a deal. What is left out stays.")
class UpdateParticipantInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    contact_id: strawberry.ID = strawberry.field(description="Which of its participants.")
    role: ParticipantRole | None = optional(
        "Their part in the customer's decision; cannot be cleared."
    )
    label: str | None = optional("Free words on their part; null clears them.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="Participants who shall leave a deal.")
class RemoveParticipantsInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    contact_ids: list[strawberry.ID] = strawberry.field(
        description="Each person once; who does not take part changes nothing."
    )
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="Colleagues who shall follow a deal (followers).")
class AddSubscribersInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    user_ids: list[strawberry.ID] = strawberry.field(
        description="Active users who see the deal, each once."
    )
    level: SubscriptionLevel = strawberry.field(
        default=SubscriptionLevel.ALL,
        description="How much new followers hear. Who follows already keeps the level they have.",
    )


@strawberry.input(description="Subscribers (followers) who shall no longer follow a deal.")
class RemoveSubscribersInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    user_ids: list[strawberry.ID] = strawberry.field(
        description="Each user once; who does not follow changes nothing."
    )


@strawberry.input(description="How the viewer wants to follow a deal.")
class SubscribeInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    level: SubscriptionLevel | None = optional(
        "How much to hear. Left out it stays; a new follower's is ALL."
    )


@strawberry.input(description="Changes of a deal's three roles, made together or not at all.")
class ChangeRolesInput:
    deal_id: strawberry.ID = strawberry.field(description=_DEAL)
    set_contact: strawberry.ID | None = optional(
        "Who shall be the contact; cannot be null, `clearContact` clears."
    )
    clear_contact: bool | None = strawberry.field(
        default=False, description="True leaves the deal without contact."
    )
    previous_contact: PreviousContact = strawberry.field(
        default=PreviousContact.KEEP_AS_PARTICIPANT, description=_PREVIOUS_CONTACT
    )
    add_participants: list[ParticipantInput] | None = optional(
        "People who shall take part; for one who does already, what is given is set."
    )
    remove_participants: list[strawberry.ID] | None = optional(
        "Ids of participants who shall leave."
    )
    add_subscribers: list[strawberry.ID] | None = optional(
        "Ids of active users who see the deal and shall follow it (followers)."
    )
    remove_subscribers: list[strawberry.ID] | None = optional(
        "Ids of subscribers (followers) who shall no longer follow."
    )
    dry_run: bool | None = strawberry.field(
        default=False,
        description="True changes nothing and answers what would change and who would be notified.",
    )
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)
