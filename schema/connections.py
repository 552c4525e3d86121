"""What does a page of a list look like? Relay's connections: edges, nodes, pageInfo, totalCount."""

from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry import Parent

from realtime.cursors import LogCursor
from resolvers import pages
from schema.context import Info
from schema.fields import resolved
from schema.scalars import Cursor

T = TypeVar("T")

First = Annotated[
    int | None, strawberry.argument(description="How many at most: 1 to 100, else INVALID.")
]
After = Annotated[
    str | None,
    strawberry.argument(
        description="Where to go on: the `endCursor` of the page before, of the same list in the same "
        "order. The first page when left out."
    ),
]
Search = Annotated[
    str | None,
    strawberry.argument(
        description="Only what holds each of these words, without regard to case and accents."
    ),
]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    has_previous_page: bool = strawberry.field(
        description="Whether this page was asked for with `after`."
    )
    start_cursor: str | None = strawberry.field(description="The cursor of the first on the page.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last on the page: the `after` of the next page."
    )


@strawberry.type(description="One place of a list.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(
        description="This place in the list, for `after`; no cursor of the log."
    )
    node: T = strawberry.field(description="What stands there.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The places of the page, in order.")
    nodes: list[T] = strawberry.field(description="What stands on the page, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")

    @resolved(description="How many there are in the whole list; counted only when asked.")
    @staticmethod
    async def total_count(root: Parent[pages.Page[Any]]) -> int:
        return await root.count()


@strawberry.type(
    name="Connection",
    description="A page of a list, with the place in the log that it covers.",
)
class LoggedConnection(Connection[T]):
    @resolved(
        graphql_type=Cursor,
        description="A place in the log that this page already covers: subscribe after it to miss "
        "nothing.",
    )
    @staticmethod
    async def cursor(info: Info) -> LogCursor:
        head = await info.context.head()
        return LogCursor(head.epoch, head.position)
