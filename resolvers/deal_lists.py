"""Which deals does the viewer see: all opportunities or leads, the followed ones, those of a person?"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models import Deal, Person, Subscriber, User
from models.enums import DealKind, DealRole, Standing
from models.errors import Unreadable
from models.permissions import visible
from resolvers.conditions import Given
from resolvers.criteria import Criterion, every, searched
from resolvers.deal_filters import matching
from resolvers.lookups import rows_of
from resolvers.orders import By, Order
from resolvers.pages import FirstOfEach, Page, checked_size, page, pages_of

_COLUMNS = {
    "NAME": By("name_key", str),
    "AMOUNT": By("amount_units", int, nullable=True),
    "EXPECTED_CLOSE_DATE": By("expected_close_date", dt.date, nullable=True),
    "CREATED_AT": By("created_at", dt.datetime),
    "UPDATED_AT": By("updated_at", dt.datetime),
}
_NEWEST = (By("created_at", dt.datetime, descending=True),)
_FOLLOWED = Order("followed deals", *_NEWEST)
_OF_CONTACT = Order("deals of a contact", *_NEWEST)
_AS_FOR_CONTACT = '(SELECT "created_at" FROM "deals" WHERE "deals"."id" = "people"."deal_id") DESC, "deal_id" DESC'


async def deals(
    viewer: User,
    kind: DealKind,
    *,
    first: int | None = None,
    after: str | None = None,
    given: Given | None = None,
    search: str | None = None,
    order_by: Sequence[tuple[str, bool]] = (),
) -> Page[Deal]:
    """Opportunities or leads; `order_by` is pairs of an order field and whether it descends."""
    rows = Deal.filter(visible(viewer), board(kind, given, search).query)
    return await page(rows, _order(kind, order_by), first, after)


def board(kind: DealKind, given: Given | None, search: str | None) -> Criterion:
    """What an opportunity or lead has to be like to stand in a list under a filter and a search."""
    return every([matching(given or {}, kind), searched(search)])


def _order(kind: DealKind, order_by: Sequence[tuple[str, bool]]) -> Order:
    if not order_by:
        return Order(kind, *_NEWEST)
    names = [name for name, _ in order_by]
    if len(set(names)) < len(names):
        raise Unreadable("orderBy names a field twice")
    columns = [
        By(_COLUMNS[name].column, _COLUMNS[name].type, descending, _COLUMNS[name].nullable)
        for name, descending in order_by
    ]
    return Order(kind, *columns)


async def followed(viewer: User, first: int | None = None, after: str | None = None) -> Page[Deal]:
    """What the viewer follows, both kinds, without the archived."""
    own = Subscriber.filter(user_id=viewer.id, has_left=False)
    rows = _in_lists(viewer).filter(id__in=Subquery(own.values("deal_id")))
    return await page(rows, _FOLLOWED, first, after)


async def of_contacts(
    viewer: User,
    role: DealRole | None,
    contact_ids: Sequence[str],
    *,
    first: int | None,
    after: str | None,
    count: Callable[[str], Awaitable[int]],
) -> dict[str, Page[Deal]]:
    """One page of deals for each of these people, of all that the viewer sees."""
    size = checked_size(first)
    behind = _OF_CONTACT.after(after)
    deals = _in_lists(viewer)
    standing = _standing(role, contact_ids, deals if behind is None else deals.filter(behind))
    ranked = FirstOfEach(standing, "contact_id", _AS_FOR_CONTACT, size + 1)
    pairs = await Person.filter(id__in=ranked).values_list("contact_id", "deal_id")
    # Sight is asked again: between the two statements it may have ended.
    rows = await rows_of(deals, "id", (deal_id for _, deal_id in pairs))
    known = {row.id: row for row in rows}
    found: dict[str, list[Deal]] = {contact_id: [] for contact_id in contact_ids}
    for contact_id, deal_id in pairs:
        if deal_id in known:
            found[contact_id].append(known[deal_id])
    for of_one in found.values():
        of_one.sort(key=lambda row: (row.created_at, row.id), reverse=True)
    return pages_of(_OF_CONTACT, size, after, found, count)


async def counts_of_contacts(
    viewer: User, role: DealRole | None, contact_ids: Sequence[str]
) -> dict[str, int]:
    rows = _standing(role, contact_ids, _in_lists(viewer)).annotate(number=Count("id"))
    return dict(await rows.group_by("contact_id").values_list("contact_id", "number"))


def _in_lists(viewer: User) -> QuerySet[Deal]:
    return Deal.filter(visible(viewer), archived_at__isnull=True)


def _standing(
    role: DealRole | None, contact_ids: Sequence[str], deals: QuerySet[Deal]
) -> QuerySet[Person]:
    standings = [Standing.CONTACT, Standing.PARTICIPANT] if role is None else [Standing(role)]
    return Person.filter(
        Q(contact_id__in=list(contact_ids), standing__in=standings),
        deal_id__in=Subquery(deals.values("id")),
    )
