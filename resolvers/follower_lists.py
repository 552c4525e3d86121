"""Who follows a deal? The first to follow come first."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

from tortoise.functions import Count

from models import Subscriber
from resolvers.orders import By, Order
from resolvers.pages import FirstOfEach, Page, checked_size, pages_of

_ORDER = Order("subscribers", By("since", dt.datetime), id_type=int)


async def pages(
    first: int | None,
    after: str | None,
    deal_ids: Sequence[str],
    count: Callable[[str], Awaitable[int]],
) -> dict[str, Page[Subscriber]]:
    """One page of subscribers for each deal; those who left by themselves are no followers."""
    size = checked_size(first)
    behind = _ORDER.after(after)
    rows = Subscriber.filter(deal_id__in=list(deal_ids), has_left=False)
    wanted = rows if behind is None else rows.filter(behind)
    if len(deal_ids) > 1:
        ranked = FirstOfEach(wanted, "deal_id", '"since", "id"', size + 1)
        firsts = Subscriber.filter(id__in=ranked).order_by("since", "id")
    else:
        # As in every live update: the database need not look at thousands to rank them.
        firsts = wanted.order_by("since", "id").limit(size + 1)
    found: dict[str, list[Subscriber]] = {deal_id: [] for deal_id in deal_ids}
    for row in await firsts:
        found[row.deal_id].append(row)
    return pages_of(_ORDER, size, after, found, count)


async def counts(deal_ids: Sequence[str]) -> dict[str, int]:
    rows = Subscriber.filter(deal_id__in=list(deal_ids), has_left=False)
    numbers = rows.annotate(number=Count("id")).group_by("deal_id").values_list("deal_id", "number")
    return dict(await numbers)
