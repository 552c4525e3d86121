"""What went to and fro about a deal, and how much of it came from whom? The newest comes first."""

import datetime as dt
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tortoise.functions import Count, Max
from tortoise.queryset import QuerySet

from models import Contribution, Message
from resolvers.door import survivors
from resolvers.finding import id_is_of
from resolvers.orders import By, Order
from resolvers.pages import FirstOfEach, Page, checked_size, pages_of

M = TypeVar("M", Message, Contribution)
Counted = Callable[[str], Awaitable[int]]

_NEWEST = By("at", dt.datetime, descending=True)
_MESSAGES = Order("messages", _NEWEST)
_CONTRIBUTIONS = Order("contributions", _NEWEST)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often someone contributed to a deal, and when last."""

    count: int = 0
    last_at: dt.datetime | None = None


async def messages(
    first: int | None, after: str | None, deal_ids: Sequence[str], count: Counted
) -> dict[str, Page[Message]]:
    """One page of messages for each deal."""
    size, wanted = _first(Message.filter(deal_id__in=list(deal_ids)), _MESSAGES, first, after)
    rows = await _MESSAGES.apply(Message.filter(id__in=wanted))
    return pages_of(_MESSAGES, size, after, _by_deal(rows, deal_ids), count)


async def message_counts(deal_ids: Sequence[str]) -> dict[str, int]:
    return await _counts(Message.filter(deal_id__in=list(deal_ids)))


async def contributions(
    contact_id: str | None,
    first: int | None,
    after: str | None,
    deal_ids: Sequence[str],
    count: Counted,
) -> dict[str, Page[Contribution]]:
    """One page of contributions for each deal, of one person or of all.

    Raises:
        Unreadable: `contact_id` is no id at all.
    """
    of_whom = await _of(contact_id, deal_ids)
    size, wanted = _first(of_whom, _CONTRIBUTIONS, first, after)
    rows = await _CONTRIBUTIONS.apply(Contribution.filter(id__in=wanted))
    return pages_of(_CONTRIBUTIONS, size, after, _by_deal(rows, deal_ids), count)


async def contribution_counts(contact_id: str | None, deal_ids: Sequence[str]) -> dict[str, int]:
    return await _counts(await _of(contact_id, deal_ids))


async def tallies(deal_ids: Sequence[str]) -> dict[str, dict[str, Tally]]:
    """For each deal, of everybody who ever contributed to it."""
    rows = Contribution.filter(deal_id__in=list(deal_ids))
    numbers = rows.annotate(number=Count("id"), last=Max("at")).group_by("deal_id", "contact_id")
    found: dict[str, dict[str, Tally]] = defaultdict(dict)
    for row in await numbers.values("deal_id", "contact_id", "number", "last"):
        found[row["deal_id"]][row["contact_id"]] = Tally(row["number"], row["last"])
    return found


async def _of(contact_id: str | None, deal_ids: Sequence[str]) -> QuerySet[Contribution]:
    rows = Contribution.filter(deal_id__in=list(deal_ids))
    if contact_id is None:
        return rows
    id_is_of(contact_id, "contact")
    return rows.filter(contact_id=(await survivors([contact_id]))[contact_id])


def _first(
    rows: QuerySet[M], order: Order, first: int | None, after: str | None
) -> tuple[int, FirstOfEach]:
    """The size of a page, and the ids of the rows on each deal's, with one more."""
    size, behind = checked_size(first), order.after(after)
    wanted = rows if behind is None else rows.filter(behind)
    return size, FirstOfEach(wanted, "deal_id", '"at" DESC, "id" DESC', size + 1)


def _by_deal(rows: Iterable[M], deal_ids: Iterable[str]) -> dict[str, list[M]]:
    found: dict[str, list[M]] = {deal_id: [] for deal_id in deal_ids}
    for row in rows:
        found[row.deal_id].append(row)
    return found


async def _counts(rows: QuerySet[M]) -> dict[str, int]:
    numbers = rows.annotate(number=Count("id")).group_by("deal_id")
    return dict(await numbers.values_list("deal_id", "number"))
