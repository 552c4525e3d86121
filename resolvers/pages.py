"""How is a long list read page by page?"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from tortoise.expressions import RawSQL, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.errors import Unreadable
from resolvers.orders import Order

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)

MOST = 100


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge(Generic[Row]):
    cursor: str
    node: Row


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list, in the shape of a Relay connection."""

    nodes: Sequence[Row]
    has_next: bool
    has_previous: bool
    cursor_of: Callable[[Row], str]
    # Counts the whole list: awaited only when somebody asks.
    count: Callable[[], Awaitable[int]]

    @property
    def edges(self) -> list[Edge[Row]]:
        return [Edge(self.cursor_of(row), row) for row in self.nodes]

    @property
    def page_info(self) -> PageInfo:
        if not self.nodes:
            return PageInfo(self.has_next, self.has_previous, None, None)
        start, end = self.cursor_of(self.nodes[0]), self.cursor_of(self.nodes[-1])
        return PageInfo(self.has_next, self.has_previous, start, end)


def checked_size(first: int | None, default: int = 25) -> int:
    """How many rows a page may hold.

    Raises:
        Unreadable: unless it is 1 to 100.
    """
    first = default if first is None else first
    if not 1 <= first <= MOST:
        raise Unreadable(f"`first` must be from 1 to {MOST}")
    return first


async def page(rows: QuerySet[M], order: Order, first: int | None, after: str | None) -> Page[M]:
    """The page of a query's rows behind a cursor."""
    size = checked_size(first)
    behind = order.after(after)
    wanted = rows if behind is None else rows.filter(behind)
    # One more than asked for tells whether there is a next page.
    found = await order.apply(wanted).limit(size + 1)
    return Page(found[:size], len(found) > size, after is not None, order.cursor_of, rows.count)


def pages_of(
    order: Order,
    size: int,
    after: str | None,
    found: Mapping[str, Sequence[Row]],
    count: Callable[[str], Awaitable[int]],
) -> dict[str, Page[Row]]:
    """A page for each of several lists, from the first `size` + 1 rows of each."""
    return {
        key: Page(
            rows[:size], len(rows) > size, after is not None, order.cursor_of, partial(count, key)
        )
        for key, rows in found.items()
    }


class FirstOfEach(Subquery):
    """The ids of the first `count` rows of every group, for `id__in`: many short lists in one statement."""

    def __init__(self, rows: QuerySet[M], group: str, order: str, count: int) -> None:
        place = RawSQL(f'ROW_NUMBER() OVER (PARTITION BY "{group}" ORDER BY {order})')
        super().__init__(rows.annotate(place=place).values("id", "place"))
        self._count = count

    def get_sql(self, ctx: Any) -> str:
        ranked = super().get_sql(ctx)
        return f'(SELECT "id" FROM {ranked} AS "ranked" WHERE "place" <= {self._count})'  # noqa: S608
