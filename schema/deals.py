"""What is a deal to a client, with its three roles: contact, other participants, subscribers?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry
from strawberry import UNSET, Parent

import models
from models.enums import Standing
from resolvers.conversation_lists import Tally
from resolvers.pages import Page
from schema.comments import Comment
from schema.connections import After, Connection, First
from schema.context import Info
from schema.conversation import Contribution, Message
from schema.enums import DealVisibility, LeadStatus, OpportunityStatus
from schema.fields import resolved
from schema.keys import CommentsOf, ContributionsOf, EventsOf, FollowersOf, MessagesOf, Seen
from schema.money import Money
from schema.node import Node
from schema.people import Contact, User
from schema.pipelines import Pipeline, Stage
from schema.roles import Participant, Subscriber, ViewerSubscription
from schema.scalars import Date, DateTime

if TYPE_CHECKING:
    from schema.events import DealEvent

Row: TypeAlias = Parent[models.Deal]
DealEventConnection = Connection[Annotated["DealEvent", strawberry.lazy("schema.events")]]


@strawberry.interface(
    description="What an Opportunity and a Lead have in common: the three roles and what happens "
    "around them. A lead that is converted keeps its id and becomes an opportunity: select both kinds."
)
class Deal(Node):
    name: str = strawberry.field(description="What the deal is called.")

    @resolved(graphql_type=User, description="The user responsible.")
    @staticmethod
    async def owner(root: Row, info: Info) -> models.User | None:
        return await info.context.load.users.load(root.owner_id)

    visibility: DealVisibility = strawberry.field(description="Who in the organisation sees it.")

    @resolved(
        graphql_type=list[User],
        description="Who else sees it while it is RESTRICTED, beside the owner and admins; by name.",
    )
    @staticmethod
    async def shared_with(root: Row, info: Info) -> list[models.User]:
        shares = await info.context.load.shares_of.load(root.id)
        users = await info.context.load.users.load_many([share.user_id for share in shares])
        info.context.spend(len(users))
        return sorted(filter(None, users), key=lambda user: (user.name_key, user.id))

    @resolved(
        graphql_type=Contact | None,
        description="The person outside who represents the company: the default recipient of "
        "messages. Never among the participants.",
    )
    @staticmethod
    async def contact(root: Row, info: Info) -> models.Contact | None:
        for person in await info.context.load.people_of.load(root.id):
            if person.standing is Standing.CONTACT:
                return await info.context.load.contacts.load(person.contact_id)
        return None

    @resolved(
        graphql_type=list[Participant],
        description="The people outside who take part beside the contact, in the order they came.",
    )
    @staticmethod
    async def other_participants(root: Row, info: Info) -> list[models.Person]:
        people = await info.context.load.people_of.load(root.id)
        info.context.spend(len(people))
        return [person for person in people if person.standing is Standing.PARTICIPANT]

    @resolved(
        graphql_type=list[Subscriber],
        description="The colleagues who follow the deal (followers): the first by `since`. "
        "`subscriberCount` counts all, `subscribersPage` goes on.",
    )
    @staticmethod
    async def subscribers(root: Row, info: Info, first: First = 100) -> Sequence[models.Subscriber]:
        return (await _followers(root, info, 100 if first is None else first)).nodes

    @resolved(
        graphql_type=Connection[Subscriber],
        description="The colleagues who follow the deal (followers), the first to follow first.",
    )
    @staticmethod
    async def subscribers_page(
        root: Row, info: Info, first: First = 25, after: After = UNSET
    ) -> Page[models.Subscriber]:
        return await _followers(root, info, first, after or None)

    @resolved(description="How many colleagues follow the deal (followers).")
    @staticmethod
    async def subscriber_count(root: Row, info: Info) -> int:
        return await info.context.load.follower_count(root.id)

    @resolved(
        graphql_type=ViewerSubscription | None,
        description="How the viewer follows the deal; null if they do not.",
    )
    @staticmethod
    async def viewer_subscription(root: Row, info: Info) -> models.Subscriber | None:
        return await info.context.load.own_subscription.load(Seen(info.context.viewer, root.id))

    @resolved(
        graphql_type=Connection[Comment],
        description="What colleagues said about the deal, the newest first.",
    )
    @staticmethod
    async def comments(
        root: Row, info: Info, first: First = 25, after: After = UNSET
    ) -> Page[models.Comment]:
        page = await info.context.load.comments_of.load(CommentsOf(first, after or None, root.id))
        info.context.spend(len(page.nodes))
        return page

    @resolved(
        graphql_type=Connection[Message],
        description="The messages from and to the people outside, the newest first.",
    )
    @staticmethod
    async def messages(
        root: Row, info: Info, first: First = 25, after: After = UNSET
    ) -> Page[models.Message]:
        page = await info.context.load.messages_of.load(MessagesOf(first, after or None, root.id))
        info.context.spend(len(page.nodes))
        return page

    @resolved(
        graphql_type=Connection[Contribution],
        description="What the people outside did, the newest first; also of those who left the deal.",
    )
    @staticmethod
    async def contributions(
        root: Row,
        info: Info,
        first: First = 25,
        after: After = UNSET,
        contact_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only those of this person.")
        ] = UNSET,
    ) -> Page[models.Contribution]:
        by = None if contact_id is UNSET else contact_id
        key = ContributionsOf(by, first, after or None, root.id)
        page = await info.context.load.contributions_of.load(key)
        info.context.spend(len(page.nodes))
        return page

    @resolved(description="How often the contact has contributed to the deal; 0 without contact.")
    @staticmethod
    async def contact_contribution_count(root: Row, info: Info) -> int:
        return (await _contact_tally(root, info)).count

    @resolved(description="When the contact last contributed to the deal, if ever.")
    @staticmethod
    async def contact_last_contribution_at(root: Row, info: Info) -> DateTime | None:
        return (await _contact_tally(root, info)).last_at

    @resolved(
        description="Whether the viewer may edit the deal; visibility, sharing, owner and archiving "
        "are for the owner and admins all the same."
    )
    @staticmethod
    def viewer_can_edit(info: Info) -> bool:
        return info.context.can_edit

    @resolved(
        graphql_type=DealEventConnection,
        description="What happened to the deal, newest first, with what each act changed.",
    )
    @staticmethod
    async def timeline(
        root: Row, info: Info, first: First = 25, after: After = UNSET
    ) -> Page[models.Event]:
        key = EventsOf(first, after or None, root.id)
        page = await info.context.load.events_of.load(key)
        info.context.spend(len(page.nodes))
        return page

    version: int = strawberry.field(
        description="Counts the changes of the deal's own fields, contact, participants, visibility, "
        "sharing and owner: for `expectedVersion`."
    )
    revision: int = strawberry.field(
        description="Counts every event of the deal: an update whose revision is not above the one in "
        "hand brings nothing new."
    )
    created_at: DateTime = strawberry.field(description="When it was created.")
    updated_at: DateTime = strawberry.field(description="When `version` last rose.")
    archived_at: DateTime | None = strawberry.field(
        description="When it was archived, and so left lists and boards; null while it is in them."
    )


@strawberry.type(description="A deal that is being negotiated, or was won or lost.")
class Opportunity(Deal):
    @resolved(graphql_type=Pipeline, description="The pipeline it goes through.")
    @staticmethod
    async def pipeline(root: Row, info: Info) -> models.Pipeline | None:
        return await info.context.load.pipelines.load(str(root.pipeline_id))

    @resolved(graphql_type=Stage, description="Where in the pipeline it stands.")
    @staticmethod
    async def stage(root: Row, info: Info) -> models.Stage | None:
        return await info.context.load.stages.load(str(root.stage_id))

    status: OpportunityStatus = strawberry.field(
        description="Whether it is open, won or lost; follows from the stage."
    )
    probability: int = strawberry.field(
        description="In percent, how likely it is won: the stage's, unless it was set."
    )
    amount: Money | None = strawberry.field(description="What it is worth.")
    expected_close_date: Date | None = strawberry.field(
        description="The day on which closing is expected."
    )
    closed_at: DateTime | None = strawberry.field(
        description="When it was won or lost; null while it is open."
    )
    lost_reason: str | None = strawberry.field(description="Why it was lost.")
    source: str | None = strawberry.field(description="Where the lead came from, if it was one.")
    company: str | None = strawberry.field(
        description="The company that the lead was about, if it was one."
    )
    converted_at: DateTime | None = strawberry.field(
        description="When it became an opportunity, if it was a lead before."
    )


@strawberry.type(description="A deal in the making: someone who may become a customer.")
class Lead(Deal):
    lead_status: LeadStatus = strawberry.field(description="How far it has come.")
    source: str | None = strawberry.field(description="Where it came from.")
    company: str | None = strawberry.field(description="The company that it is about.")


async def _contact_tally(root: models.Deal, info: Info) -> Tally:
    for person in await info.context.load.people_of.load(root.id):
        if person.standing is Standing.CONTACT:
            return await info.context.load.tally(root.id, person.contact_id)
    return Tally()


async def _followers(
    root: models.Deal, info: Info, first: int | None, after: str | None = None
) -> Page[models.Subscriber]:
    page = await info.context.load.followers_of.load(FollowersOf(first, after, root.id))
    info.context.spend(len(page.nodes))
    return page
