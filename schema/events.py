"""What happened to a deal, as a client reads it in the log?"""

from collections.abc import Mapping
from typing import TypeAlias

import strawberry
from strawberry import Parent

import models
from models.enums import DealField as Field
from realtime.cursors import LogCursor
from schema.comments import Comment
from schema.context import Info
from schema.conversation import Contribution, Message
from schema.deals import Deal
from schema.enums import DealEventKind, DealField
from schema.fields import resolved
from schema.node import Node
from schema.people import User
from schema.scalars import Cursor, DateTime

# As the log keeps it: `field`, `before`, `after`, and `of` for whom a role or label is.
Change: TypeAlias = Parent[Mapping[str, str | None]]

_USERS = {Field.OWNER, Field.SHARED_WITH, Field.SUBSCRIBER}
_CONTACTS = {Field.CONTACT, Field.PARTICIPANT}
_OF_ONE = {Field.PARTICIPANT_ROLE, Field.PARTICIPANT_LABEL}


async def _node(change: Mapping[str, str | None], info: Info, value: str | None) -> object:
    """What a value refers to; None when it is plain, or there is none."""
    field = change["field"]
    load = info.context.load
    if field in _OF_ONE:
        field, value = Field.PARTICIPANT, change.get("of")
    if value is None:
        return None
    if field in _USERS:
        return await load.users.load(value)
    if field in _CONTACTS:
        return await load.contacts.load(value)
    return await load.stages.load(value) if field == Field.STAGE else None


async def _contribution(event: models.Event, info: Info) -> models.Contribution | None:
    ident = event.object_id
    if ident is None or not ident.startswith("contribution_"):
        return None
    return await info.context.load.contributions.load(ident)


@strawberry.type(description="What of a deal changed, from what to what.")
class FieldChange:
    @resolved(graphql_type=DealField, description="What changed.")
    @staticmethod
    def field(root: Change) -> str | None:
        return root["field"]

    @resolved(
        description="The value before: an id for references, else the value in words; null for none."
    )
    @staticmethod
    def before(root: Change) -> str | None:
        return root["before"]

    @resolved(description="The value after, in the same form.")
    @staticmethod
    def after(root: Change) -> str | None:
        return root["after"]

    @resolved(
        graphql_type=Node | None,
        description="The user, contact or stage that `before` is the id of; for the role or label of "
        "a participant, that person.",
    )
    @staticmethod
    async def before_node(root: Change, info: Info) -> object:
        return await _node(root, info, root["before"])

    @resolved(
        graphql_type=Node | None,
        description="The user, contact or stage that `after` is the id of; for the role or label of "
        "a participant, that person.",
    )
    @staticmethod
    async def after_node(root: Change, info: Info) -> object:
        return await _node(root, info, root["after"])


@strawberry.type(description="One row of the log: what one act did to one deal.")
class DealEvent(Node):
    @resolved(
        graphql_type=Cursor,
        description="Its place in the log: subscribe after it to hear what followed.",
    )
    @staticmethod
    async def cursor(root: Parent[models.Event], info: Info) -> LogCursor | None:
        head = await info.context.load.log_heads.load(root.organisation_id)
        return None if head is None else LogCursor(head.epoch, root.position)

    kind: DealEventKind = strawberry.field(description="What it is about.")
    at: DateTime = strawberry.field(description="When it happened.")

    @resolved(
        graphql_type=User | None, description="Who did it; null when an operator's command did."
    )
    @staticmethod
    async def actor(root: Parent[models.Event], info: Info) -> models.User | None:
        return None if root.actor_id is None else await info.context.load.users.load(root.actor_id)

    deal_id: strawberry.ID = strawberry.field(description="The deal that it happened to.")

    @resolved(
        graphql_type=Deal | None,
        description="The deal as it stands now; null when the viewer may not see it, or it leaves the "
        "stream with this event.",
    )
    @staticmethod
    async def deal(root: Parent[models.Event], info: Info) -> models.Deal | None:
        return await info.context.shown_deal(info.root_value, str(root.deal_id))

    @resolved(
        graphql_type=Comment | None,
        description="The comment that it is about; null on other kinds, and once it is deleted.",
    )
    @staticmethod
    async def comment(root: Parent[models.Event], info: Info) -> models.Comment | None:
        ident = root.object_id
        if ident is None or not ident.startswith("comment_"):
            return None
        return await info.context.load.comments.load(ident)

    @resolved(graphql_type=Message | None, description="The message that went out or came in.")
    @staticmethod
    async def message(root: Parent[models.Event], info: Info) -> models.Message | None:
        contribution = await _contribution(root, info)
        ident = root.object_id if contribution is None else contribution.message_id
        if ident is None or not ident.startswith("message_"):
            return None
        return await info.context.load.messages.load(ident)

    @resolved(graphql_type=Contribution | None, description="What was contributed.")
    @staticmethod
    async def contribution(root: Parent[models.Event], info: Info) -> models.Contribution | None:
        return await _contribution(root, info)

    important: bool = strawberry.field(
        description="Whether it notifies subscribers (followers) of level IMPORTANT."
    )
    changes: list[FieldChange] = strawberry.field(
        description="What changed; one entry a person where people came, left or got another role."
    )
