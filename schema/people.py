"""Who is there? One's own organisation and its users; the people outside; and who asks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import UNSET, Parent

import models
from resolvers import deal_lists
from resolvers.pages import Page
from schema.connections import After, First, LoggedConnection
from schema.context import Info
from schema.enums import DealRole, UserRole
from schema.fields import resolved
from schema.keys import DealsOf
from schema.node import Node

if TYPE_CHECKING:
    from schema.deals import Deal

DealConnection = LoggedConnection[Annotated["Deal", strawberry.lazy("schema.deals")]]


@strawberry.type(
    description="One customer of this service: its data is seen by its own users only."
)
class Organisation(Node):
    name: str = strawberry.field(description="What the organisation is called.")


@strawberry.type(description="A colleague: a user of one's own organisation.")
class User(Node):
    full_name: str = strawberry.field(description="First and last name.")
    email: str = strawberry.field(description="What they sign in with; in lower case.")
    role: UserRole = strawberry.field(description="What they may do.")
    is_active: bool = strawberry.field(
        description="Whether they may sign in. The deactivated still stand in what they did."
    )


@strawberry.type(description="A person of the contact list: outside one's own organisation.")
class Contact(Node):
    full_name: str = strawberry.field(description="First and last name.")
    email: str | None = strawberry.field(
        description="Where messages reach them; as the contact of a deal, its default recipient."
    )
    phone: str | None = strawberry.field(description="A telephone number, as it was written.")
    job_title: str | None = strawberry.field(description="What they do in their company.")
    company: str | None = strawberry.field(description="For whom they work.")
    is_archived: bool = strawberry.field(
        description="Whether they left the contact list, and with it their roles on deals."
    )
    version: int = strawberry.field(
        description="Counts the changes of the person's data: for `expectedVersion`."
    )

    @resolved(
        graphql_type=DealConnection,
        description="The deals where they are contact or participant, newest created first, without "
        "the archived; of those that the viewer may see.",
    )
    @staticmethod
    async def deals(
        root: Parent[models.Contact],
        info: Info,
        first: First = 25,
        after: After = UNSET,
        role: Annotated[
            DealRole | None, strawberry.argument(description="Only those where they stand so.")
        ] = UNSET,
    ) -> Page[models.Deal]:
        viewer = await info.context.begin(info.query)
        key = DealsOf(viewer, role or None, first, after or None, root.id)
        page = await info.context.load.deals_of.load(key)
        info.context.spend(len(page.nodes))
        return page


@dataclass(frozen=True, slots=True)
class Asking:
    """The row of `Viewer`: the user, in the part of the one who asks."""

    user: models.User

    @property
    def id(self) -> str:
        return "viewer_" + self.user.id.removeprefix("user_")


@strawberry.type(description="Who asks: the signed-in user, and what is theirs alone.")
class Viewer(Node):
    user: User = strawberry.field(description="The signed-in user.")

    @resolved(graphql_type=Organisation, description="The organisation they belong to.")
    @staticmethod
    async def organisation(root: Parent[Asking], info: Info) -> models.Organisation | None:
        return await info.context.load.organisations.load(root.user.organisation_id)

    @resolved(
        description="How many of the viewer's notifications are unread, of those that show the newest "
        "of each deal, and every assignment. `notificationUpdates` pushes it.",
    )
    @staticmethod
    async def unread_deal_count(info: Info) -> int:
        return await info.context.unread_deal_count()

    @resolved(
        graphql_type=DealConnection,
        description="The deals that the viewer follows (as subscriber), newest created first, without "
        "the archived.",
    )
    @staticmethod
    async def followed_deals(
        info: Info, first: First = 25, after: After = UNSET
    ) -> Page[models.Deal]:
        viewer = await info.context.begin(info.query)
        page = await deal_lists.followed(viewer, first, after or None)
        info.context.spend(len(page.nodes))
        return page
