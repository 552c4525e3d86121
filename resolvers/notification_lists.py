"""What was the viewer notified of? The newest first; of deals out of sight nothing (rule 19)."""

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models import Deal, Notification, User
from models.enums import NotificationReason
from models.permissions import visible
from resolvers.finding import id_is_of
from resolvers.orders import By, Order
from resolvers.pages import FirstOfEach, Page, page

_ORDER = Order("notifications", By("position", int, descending=True))


async def notifications(
    viewer: User,
    first: int | None = None,
    after: str | None = None,
    deal_id: str | None = None,
    *,
    unread_only: bool = False,
    newest_per_deal: bool = False,
) -> Page[Notification]:
    """`newest_per_deal` lists the newest of each deal, and every assignment; `unread_only` those of them unread.

    Raises:
        Unreadable: `deal_id` is no id.
    """
    rows = own(viewer)
    if newest_per_deal:
        newest = FirstOfEach(
            Notification.filter(user_id=viewer.id), "deal_id", '"position" DESC', 1
        )
        rows = rows.filter(Q(reason=NotificationReason.ASSIGNED) | Q(id__in=newest))
    if deal_id is not None:
        # Of an id of another type there are none.
        rows = rows.filter(deal_id=deal_id if id_is_of(deal_id, "deal") else "")
    if unread_only:
        rows = rows.filter(UNREAD)
    return await page(rows, _ORDER, first, after)


def own(viewer: User) -> QuerySet[Notification]:
    """The viewer's notifications, as far as they see the deals."""
    seen = Subquery(Deal.filter(visible(viewer)).values("id"))
    return Notification.filter(user_id=viewer.id, deal_id__in=seen)


# A snoozed one does not count until its time (rule 20).
UNREAD = Q(read_at__isnull=True, snoozed_until__isnull=True)
