"""Whom can the viewer find: contacts outside, colleagues inside? By name."""

from tortoise.expressions import Subquery

from models import Contact, ContactMerge, User
from models.enums import UserRole
from resolvers import finding
from resolvers.orders import By, Order
from resolvers.pages import Page, page

_CONTACTS = Order("contacts", By("name_key", str))
_USERS = Order("users", By("name_key", str))


async def contacts(
    viewer: User,
    first: int | None = None,
    after: str | None = None,
    search: str | None = None,
    *,
    archived: bool = False,
) -> Page[Contact]:
    """The contact list, or with `archived` what was archived from it."""
    rows = Contact.filter(
        finding.search(search), organisation_id=viewer.organisation_id, is_archived=archived
    )
    if archived:
        # Who was merged stands in the list as the one whom the id goes by now (rule 7).
        gone = ContactMerge.filter(organisation_id=viewer.organisation_id)
        rows = rows.exclude(id__in=Subquery(gone.values("contact_id")))
    return await page(rows, _CONTACTS, first, after)


async def users(
    viewer: User,
    first: int | None = None,
    after: str | None = None,
    search: str | None = None,
    *,
    deactivated: bool = False,
) -> Page[User]:
    """The active users of the viewer's organisation, or, for admins, those who were deactivated."""
    rows = User.filter(
        finding.search_users(search),
        organisation_id=viewer.organisation_id,
        is_active=not deactivated,
    )
    # Whom deals and history still name is known by id; who else was once here is for those who let people in.
    if deactivated and viewer.role is not UserRole.ADMIN:
        rows = rows.filter(finding.NOTHING)
    return await page(rows, _USERS, first, after)
