"""What was said about a deal? The newest comment comes first."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

from tortoise.functions import Count

from models import Comment
from resolvers.orders import By, Order
from resolvers.pages import FirstOfEach, Page, checked_size, pages_of

_ORDER = Order("comments", By("created_at", dt.datetime, descending=True))


async def pages(
    first: int | None,
    after: str | None,
    deal_ids: Sequence[str],
    count: Callable[[str], Awaitable[int]],
) -> dict[str, Page[Comment]]:
    """One page of comments for each deal."""
    size = checked_size(first)
    behind = _ORDER.after(after)
    rows = Comment.filter(deal_id__in=list(deal_ids))
    wanted = rows if behind is None else rows.filter(behind)
    ranked = FirstOfEach(wanted, "deal_id", '"created_at" DESC, "id" DESC', size + 1)
    found: dict[str, list[Comment]] = {deal_id: [] for deal_id in deal_ids}
    for row in await _ORDER.apply(Comment.filter(id__in=ranked)):
        found[row.deal_id].append(row)
    return pages_of(_ORDER, size, after, found, count)


async def counts(deal_ids: Sequence[str]) -> dict[str, int]:
    rows = Comment.filter(deal_id__in=list(deal_ids)).annotate(number=Count("id"))
    return dict(await rows.group_by("deal_id").values_list("deal_id", "number"))
