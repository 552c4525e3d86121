"""What is given to create and change people of the contact list?"""

import strawberry

from schema.inputs import EXPECTED_VERSION, IDEMPOTENCY_KEY, optional


@strawberry.input(description="A new person of the contact list.")
class CreateContactInput:
    full_name: str = strawberry.field(description="Their full name.")
    email: str | None = optional("Their e-mail address: where messages from a deal go.")
    phone: str | None = optional("Their telephone number.")
    job_title: str | None = optional("What they are in their company.")
    company: str | None = optional("The company they stand for.")
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(description="Two entries of the contact list that are one person.")
class MergeContactsInput:
    from_: strawberry.ID = strawberry.field(
        name="from", description="The entry that goes; its id goes on standing for the other."
    )
    into: strawberry.ID = strawberry.field(description="The entry that stays, with its own data.")
    dry_run: bool | None = strawberry.field(
        default=False,
        description="True changes nothing and answers what would change on each deal.",
    )
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)


@strawberry.input(
    description="Changes of a person's data. What is left out stays; null clears, but for the name."
)
class UpdateContactInput:
    id: strawberry.ID = strawberry.field(description="Whose data.")
    full_name: str | None = optional("Their full name; cannot be cleared.")
    email: str | None = optional("Their e-mail address: where messages from a deal go.")
    phone: str | None = optional("Their telephone number.")
    job_title: str | None = optional("What they are in their company.")
    company: str | None = optional("The company they stand for.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    idempotency_key: str | None = optional(IDEMPOTENCY_KEY)
