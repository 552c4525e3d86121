"""What comes back from a mutation: the object as it stands, or why not, and a place in the log?"""

from collections.abc import Sequence
from dataclasses import dataclass

import strawberry

import models
from models.enums import DealKind
from models.errors import Reason
from resolvers.operation import DealChanges as DealChangesRow
from resolvers.operation import Outcome
from schema.comments import Comment
from schema.context import Info
from schema.conversation import Contribution, Message
from schema.deals import Deal, Lead, Opportunity
from schema.enums import ErrorCode, WarningCode
from schema.events import FieldChange
from schema.notifications import Notification
from schema.people import Contact, User
from schema.scalars import Cursor


@dataclass
class Answer(Outcome):
    """What the payloads are read from; the object itself is loaded when it is asked for."""

    user_errors: Sequence[Reason] = ()


Root = strawberry.Parent[Answer]


async def _deal(root: Root, info: Info) -> models.Deal | None:
    return await info.context.deal(root.object_id) if root.object_id else None


async def _opportunity(root: Root, info: Info) -> models.Deal | None:
    deal = await _deal(root, info)
    return deal if deal and deal.kind is DealKind.OPPORTUNITY else None


async def _lead(root: Root, info: Info) -> models.Deal | None:
    deal = await _deal(root, info)
    return deal if deal and deal.kind is DealKind.LEAD else None


async def _deal_about(root: Root, info: Info) -> models.Deal | None:
    return await info.context.deal(root.deal_id) if root.deal_id else None


async def _comment(root: Root, info: Info) -> models.Comment | None:
    return await info.context.load.comments.load(root.object_id) if root.object_id else None


async def _notifications(root: Root, info: Info) -> list[models.Notification]:
    rows = await info.context.load.notifications.load_many(root.notifications)
    info.context.spend(len(rows))
    return [row for row in rows if row is not None]


async def _unread_deal_count(info: Info) -> int:
    return await info.context.unread_deal_count()


async def _message(root: Root, info: Info) -> models.Message | None:
    return await info.context.load.messages.load(root.object_id) if root.object_id else None


async def _contribution(root: Root, info: Info) -> models.Contribution | None:
    return await info.context.load.contributions.load(root.object_id) if root.object_id else None


async def _contact(root: Root, info: Info) -> models.Contact | None:
    return await info.context.load.contacts.load(root.object_id) if root.object_id else None


async def _user(root: Root, info: Info) -> models.User | None:
    return await info.context.load.users.load(root.object_id) if root.object_id else None


async def _would_notify(root: Root, info: Info) -> list[models.User]:
    users = await info.context.load.users.load_many(root.would_notify)
    info.context.spend(len(users))
    return [user for user in users if user is not None]


@strawberry.type(description="One reason why a mutation was refused.")
class UserError:
    code: ErrorCode = strawberry.field(description="What kind of reason it is: for programs.")
    field: list[str] | None = strawberry.field(
        description="Where in the input it lies: names and list indices from the outside in. Null "
        "when it is no field's."
    )
    message: str = strawberry.field(
        description="What is wrong with it, in English: for those who write programs."
    )


@strawberry.type
class _Payload:
    user_errors: list[UserError] = strawberry.field(
        description="Why it was refused; empty when it succeeded."
    )
    cursor: Cursor | None = strawberry.field(
        description="The place in the log of what this wrote: the item of a stream that has it is "
        "one's own echo. Null when there was nothing to write."
    )


@strawberry.type(description="The answer to a mutation of an opportunity.")
class OpportunityPayload(_Payload):
    opportunity = strawberry.field(
        resolver=_opportunity,
        graphql_type=Opportunity | None,
        description="The opportunity as it stands, after CONFLICT and ALREADY_CONVERTED too. Null "
        "when refused otherwise, when the viewer may no longer see it, and when it is a lead.",
    )


@strawberry.type(description="The answer to a mutation of a lead.")
class LeadPayload(_Payload):
    lead = strawberry.field(
        resolver=_lead,
        graphql_type=Lead | None,
        description="The lead as it stands, after CONFLICT too. Null when refused otherwise, when "
        "the viewer may no longer see it, and when it is an opportunity.",
    )


@strawberry.type
class _DealPayload(_Payload):
    deal = strawberry.field(
        resolver=_deal,
        graphql_type=Deal | None,
        description="The opportunity or lead as it stands, after CONFLICT too. Null when refused "
        "otherwise, and when the viewer may no longer see it.",
    )
    warnings: list[WarningCode] = strawberry.field(
        description="What is worth knowing though the mutation succeeded."
    )


@strawberry.type(description="The answer to a mutation of an opportunity or lead.")
class DealPayload(_DealPayload):
    pass


@strawberry.type(description="The answer to `changeRoles`.")
class ChangeRolesPayload(_DealPayload):
    changes: list[FieldChange] = strawberry.field(
        description="What was changed; on a dry run, what would be."
    )
    would_notify = strawberry.field(
        resolver=_would_notify,
        graphql_type=list[User],
        description="The subscribers (followers) whose level lets them hear of these changes; on a "
        "dry run, who would. Never the viewer.",
    )


async def _changed_deal(root: strawberry.Parent[DealChangesRow], info: Info) -> models.Deal | None:
    return await info.context.deal(root.deal_id)


@strawberry.type(description="What a mutation of a person changes on one deal where they stand.")
class DealChanges:
    deal = strawberry.field(
        resolver=_changed_deal,
        graphql_type=Deal | None,
        description="The deal as it stands; null when the viewer may not see it.",
    )
    changes: list[FieldChange] = strawberry.field(description="What is different there.")


@strawberry.type(description="The answer to a mutation of a person of the contact list.")
class ContactPayload(_Payload):
    deal_changes: list[DealChanges] = strawberry.field(
        description="For `mergeContacts`: what it changed on each deal where the person who goes stood or once "
        "stood; on a dry run, what it would change. Empty otherwise."
    )
    contact = strawberry.field(
        resolver=_contact,
        graphql_type=Contact | None,
        description="The person as they stand, after CONFLICT too. Null when refused otherwise.",
    )


@strawberry.type(description="The answer to a mutation of a comment.")
class CommentPayload(_Payload):
    comment = strawberry.field(
        resolver=_comment,
        graphql_type=Comment | None,
        description="The comment as it stands. Null when refused, and once it is deleted.",
    )
    deal = strawberry.field(
        resolver=_deal_about,
        graphql_type=Deal | None,
        description="The deal that it is about. Null when refused.",
    )


@strawberry.type(description="The answer to a mutation of the viewer's own notifications.")
class NotificationsPayload(_Payload):
    notifications = strawberry.field(
        resolver=_notifications,
        graphql_type=list[Notification],
        description="Those of the ids given, in that order; else those that were unread, the newest "
        "first, at most 100. Empty when refused.",
    )
    unread_deal_count = strawberry.field(
        resolver=_unread_deal_count,
        description="How many are unread of those that show the newest of each deal, and every "
        "assignment.",
    )


@strawberry.type(description="The answer to a mutation of a message.")
class MessagePayload(_Payload):
    message = strawberry.field(
        resolver=_message,
        graphql_type=Message | None,
        description="The message as it stands. Null when refused.",
    )
    deal = strawberry.field(
        resolver=_deal_about,
        graphql_type=Deal | None,
        description="The deal that it is about, after CONFLICT too. Null when refused otherwise.",
    )


@strawberry.type(description="The answer to `recordContribution`.")
class ContributionPayload(_Payload):
    contribution = strawberry.field(
        resolver=_contribution,
        graphql_type=Contribution | None,
        description="The contribution as it stands. Null when refused.",
    )
    deal = strawberry.field(
        resolver=_deal_about,
        graphql_type=Deal | None,
        description="The deal that it belongs to. Null when refused.",
    )


@strawberry.type(description="The answer to a mutation of a user.")
class UserPayload(_Payload):
    user = strawberry.field(
        resolver=_user,
        graphql_type=User | None,
        description="The user as they stand. Null when refused.",
    )
