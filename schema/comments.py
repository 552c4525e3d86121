"""What do colleagues say about a deal, to a client?"""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import Parent

import models
from schema.context import Info
from schema.fields import resolved
from schema.node import Node
from schema.people import User
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.deals import Deal

Row = Parent[models.Comment]


@strawberry.type(
    description="What a colleague said about a deal, to colleagues: the people outside never see it."
)
class Comment(Node):
    @resolved(
        graphql_type=Annotated["Deal", strawberry.lazy("schema.deals")],
        description="The deal that it is about.",
    )
    @staticmethod
    async def deal(root: Row, info: Info) -> models.Deal | None:
        shown = await info.context.shown_deal(info.root_value, root.deal_id)
        # An item whose deal leaves the stream shows none.
        return shown or await info.context.deal(root.deal_id)

    @resolved(graphql_type=User, description="Who wrote it.")
    @staticmethod
    async def author(root: Row, info: Info) -> models.User | None:
        return await info.context.load.users.load(root.author_id)

    body: str = strawberry.field(description="The text, plain: nothing in it is markup.")

    @resolved(graphql_type=list[User], description="The colleagues whom it names, by name.")
    @staticmethod
    async def mentions(root: Row, info: Info) -> list[models.User]:
        mentions = await info.context.load.mentions_of.load(root.id)
        users = await info.context.load.users.load_many([row.user_id for row in mentions])
        info.context.spend(len(users))
        return sorted(filter(None, users), key=lambda user: (user.name_key, user.id))

    created_at: DateTime = strawberry.field(description="When it was written.")
    edited_at: DateTime | None = strawberry.field(
        description="When it was last edited; null if it never was."
    )
