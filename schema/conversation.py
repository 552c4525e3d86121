"""What went to and fro between us and the people outside a deal: messages, calls, meetings, notes?"""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import Parent

import models
from models.enums import DeliveryStatus as Status
from resolvers import mail_queue
from schema.context import Info
from schema.enums import ContributionKind, DealRole, DeliveryStatus, Direction, DraftWarning
from schema.fields import resolved
from schema.node import Node
from schema.people import Contact, User
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.deals import Deal

ItsDeal = Annotated["Deal", strawberry.lazy("schema.deals")]


@strawberry.type(
    description="A message between the deal and the people outside. Subscribers (followers) are "
    "told of it and are never its recipients."
)
class Message(Node):
    @resolved(graphql_type=ItsDeal, description="The deal that it is about.")
    @staticmethod
    async def deal(root: Parent[models.Message], info: Info) -> models.Deal | None:
        return await info.context.shown_deal(info.root_value, root.deal_id)

    direction: Direction = strawberry.field(description="Whether it went out or came in.")
    subject: str = strawberry.field(description="What it is about; may be empty if it came in.")
    body: str = strawberry.field(description="The text, plain: nothing in it is markup.")
    sender: str = strawberry.field(
        description="The address of who wrote it; the name of someone outside who has none."
    )
    to: list[str] = strawberry.field(
        description="The addresses it went to; of one that came in, that of the message it answers."
    )
    cc: list[str] = strawberry.field(description="The addresses that got a copy.")
    thread_id: strawberry.ID = strawberry.field(
        description="The first message of the conversation; its own id on that one."
    )
    status: DeliveryStatus = strawberry.field(description="Whether it has been delivered.")
    at: DateTime = strawberry.field(description="When it was accepted for sending, or came in.")

    @resolved(
        description="On FAILED: the recipients whom it has not reached, whom `retryMessage` would "
        "write to. Else empty."
    )
    @staticmethod
    def unreached(root: Parent[models.Message]) -> list[str]:
        return mail_queue.unreached(root) if root.status is Status.FAILED else []

    @resolved(description="On FAILED: why, in the words of the mail server. Else null.")
    @staticmethod
    def failure(root: Parent[models.Message]) -> str | None:
        return root.failure if root.status is Status.FAILED else None


@strawberry.type(
    description="Something that the contact or a participant of a deal did, or that was done with "
    "them. It stays when they leave the deal."
)
class Contribution(Node):
    @resolved(graphql_type=ItsDeal, description="The deal that it belongs to.")
    @staticmethod
    async def deal(root: Parent[models.Contribution], info: Info) -> models.Deal | None:
        return await info.context.shown_deal(info.root_value, root.deal_id)

    @resolved(graphql_type=Contact, description="Whose contribution it is.")
    @staticmethod
    async def contact(root: Parent[models.Contribution], info: Info) -> models.Contact | None:
        return await info.context.load.contacts.load(root.contact_id)

    kind: ContributionKind = strawberry.field(description="What was done.")
    direction: Direction = strawberry.field(
        description="INBOUND: it came from them. OUTBOUND: we turned to them."
    )
    at: DateTime = strawberry.field(description="When it was done.")
    subject: str | None = strawberry.field(description="What it was about, if that was noted.")
    body: str = strawberry.field(description="What was said or written, as plain text.")

    @resolved(
        graphql_type=Message | None,
        description="The message, where the contribution is one that came in.",
    )
    @staticmethod
    async def message(root: Parent[models.Contribution], info: Info) -> models.Message | None:
        if root.message_id is None:
            return None
        return await info.context.load.messages.load(root.message_id)

    @resolved(graphql_type=User | None, description="The colleague who recorded it.")
    @staticmethod
    async def recorded_by(root: Parent[models.Contribution], info: Info) -> models.User | None:
        if root.recorded_by_id is None:
            return None
        return await info.context.load.users.load(root.recorded_by_id)


@strawberry.type(description="Somebody whom a message is suggested to go to, and why.")
class Recipient:
    contact: Contact = strawberry.field(description="The person.")
    email: str = strawberry.field(description="The address that would be written to.")
    reason: DealRole = strawberry.field(description="As what they stand on the deal.")


@strawberry.type(
    description="What a message written from a deal starts with. Nothing in it is guessed: people "
    "without an address are left out, with a warning."
)
class MessageDraft:
    to: list[Recipient] = strawberry.field(
        description="The contact; of an answer, also the participant who wrote what is answered."
    )
    cc: list[Recipient] = strawberry.field(description="The other participants.")
    subject: str = strawberry.field(
        description="The name of the deal; of an answer, the subject of what is answered after `Re:`."
    )
    warnings: list[DraftWarning] = strawberry.field(description="Who is missing among these.")
    key: str = strawberry.field(
        description="For `draftKey`: another one as soon as the message would go to other people."
    )
