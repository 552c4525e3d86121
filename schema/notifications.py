"""What is a user notified of, to a client?"""

import strawberry
from strawberry import Parent

import models
from schema.connections import LoggedConnection
from schema.context import Info
from schema.deals import Deal
from schema.enums import NotificationReason
from schema.events import DealEvent
from schema.fields import resolved
from schema.node import Node
from schema.scalars import DateTime

Row = Parent[models.Notification]


@strawberry.type(
    description="That something happened which concerns the viewer. Seen by its own user alone, "
    "while they see the deal; reading it marks nothing."
)
class Notification(Node):
    @resolved(
        description="How many of the viewer's notifications of the same deal count as unread, this one "
        "included if it does."
    )
    @staticmethod
    async def group_unread_count(root: Row, info: Info) -> int:
        if root.group_unread_count is not None:
            return root.group_unread_count
        return await info.context.load.unread_in_groups.load((root.user_id, root.deal_id))

    reason: NotificationReason = strawberry.field(
        description="Why it concerns the viewer: of several reasons the strongest."
    )

    @resolved(graphql_type=DealEvent, description="What happened.")
    @staticmethod
    async def event(root: Row, info: Info) -> models.Event | None:
        return await info.context.load.events.load(root.event_id)

    @resolved(graphql_type=Deal | None, description="The deal as it stands now.")
    @staticmethod
    async def deal(root: Row, info: Info) -> models.Deal | None:
        return await info.context.shown_deal(info.root_value, root.deal_id)

    created_at: DateTime = strawberry.field(description="When it happened.")
    read_at: DateTime | None = strawberry.field(
        description="When the viewer marked it read; null while it is unread."
    )
    snoozed_until: DateTime | None = strawberry.field(
        description="Until when it does not count as unread; null again from then on."
    )


@strawberry.type(
    description="A page of the viewer's notifications, with the place in the log that it covers."
)
class NotificationConnection(LoggedConnection[Notification]):
    @resolved(
        description="How many are unread of those that show the newest of each deal, and every "
        "assignment; the same whatever is listed."
    )
    @staticmethod
    async def unread_deal_count(info: Info) -> int:
        return await info.context.unread_deal_count()
