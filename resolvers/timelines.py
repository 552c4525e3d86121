"""What happened to a deal? The public rows of the log about it, newest first."""

from collections.abc import Awaitable, Callable, Sequence

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models import Event
from models.enums import DealEventKind
from resolvers.orders import By, Order
from resolvers.pages import FirstOfEach, Page, checked_size, pages_of

_ORDER = Order("timeline", By("position", int, descending=True))


async def pages(
    first: int | None,
    after: str | None,
    deal_ids: Sequence[str],
    count: Callable[[str], Awaitable[int]],
) -> dict[str, Page[Event]]:
    """One page of events for each deal."""
    size = checked_size(first)
    behind = _ORDER.after(after)
    rows = _public(deal_ids)
    wanted = rows if behind is None else rows.filter(behind)
    ranked = FirstOfEach(wanted, "deal_id", '"position" DESC', size + 1)
    found: dict[str, list[Event]] = {deal_id: [] for deal_id in deal_ids}
    for row in await Event.filter(id__in=ranked).order_by("-position"):
        found[str(row.deal_id)].append(row)
    return pages_of(_ORDER, size, after, found, count)


async def counts(deal_ids: Sequence[str]) -> dict[str, int]:
    rows = _public(deal_ids).annotate(number=Count("id")).group_by("deal_id")
    return dict(await rows.values_list("deal_id", "number"))


def _public(deal_ids: Sequence[str]) -> QuerySet[Event]:
    """Without what is of one user only (rule 16)."""
    return Event.filter(
        deal_id__in=list(deal_ids), subject_id__isnull=True, kind__in=list(DealEventKind)
    )
