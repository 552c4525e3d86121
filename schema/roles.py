"""How do people stand on a deal: participants from outside, subscribers from inside?"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import Parent

import models
from schema.context import Info
from schema.enums import ParticipantRole, SubscriptionLevel, SubscriptionReason
from schema.fields import resolved
from schema.people import Contact, User
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.events import FieldChange


@strawberry.type(description="A person outside who takes part in a deal without being its contact.")
class Participant:
    @resolved(graphql_type=Contact, description="The person.")
    @staticmethod
    async def contact(root: Parent[models.Person], info: Info) -> models.Contact | None:
        return await info.context.load.contacts.load(root.contact_id)

    role: ParticipantRole = strawberry.field(description="Their part in the customer's decision.")
    label: str | None = strawberry.field(
        description="Free words on their part, such as `Head of IT`."
    )

    @resolved(graphql_type=User | None, description="Who added them; null when nobody did by hand.")
    @staticmethod
    async def added_by(root: Parent[models.Person], info: Info) -> models.User | None:
        if root.added_by_id is None:
            return None
        return await info.context.load.users.load(root.added_by_id)

    added_at: DateTime = strawberry.field(description="Since when they take part.")

    @resolved(description="How often they have contributed to the deal.")
    @staticmethod
    async def contribution_count(root: Parent[models.Person], info: Info) -> int:
        return (await info.context.load.tally(root.deal_id, root.contact_id)).count

    @resolved(description="When they last contributed to the deal, if ever.")
    @staticmethod
    async def last_contribution_at(root: Parent[models.Person], info: Info) -> DateTime | None:
        return (await info.context.load.tally(root.deal_id, root.contact_id)).last_at


@strawberry.type(description="A colleague who follows a deal (follower) without taking part in it.")
class Subscriber:
    @resolved(graphql_type=User, description="The colleague.")
    @staticmethod
    async def user(root: Parent[models.Subscriber], info: Info) -> models.User | None:
        return await info.context.load.users.load(root.user_id)

    reason: SubscriptionReason = strawberry.field(description="Why they follow it.")
    since: DateTime = strawberry.field(description="Since when they follow it.")


@strawberry.type(description="How the viewer follows a deal; the level is seen by nobody else.")
class ViewerSubscription:
    level: SubscriptionLevel = strawberry.field(
        description="Which events notify the viewer. Live streams carry every event all the same."
    )
    reason: SubscriptionReason = strawberry.field(description="Why the viewer follows it.")
    since: DateTime = strawberry.field(description="Since when the viewer follows it.")
    last_seen_at: DateTime | None = strawberry.field(
        description="When the viewer last marked the deal seen; null if never."
    )

    @resolved(
        graphql_type=list[Annotated["FieldChange", strawberry.lazy("schema.events")]],
        description="What others changed since then (or since the viewer follows): from the value then "
        "to the value now, in the order of the first change; what is back where it was is left out.",
    )
    @staticmethod
    async def unseen_changes(
        root: Parent[models.Subscriber], info: Info
    ) -> list[Mapping[str, Any]]:
        changes = await info.context.load.unseen_changes.load((root.id,))
        info.context.spend(len(changes))
        return changes
