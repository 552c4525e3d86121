"""Who may see and change what (rules 14, 15 and 26)? Each answer stands here once, as a function and as a query."""

from collections.abc import Collection

from tortoise.expressions import Q, Subquery

from models.deals import Deal, Share
from models.enums import DealVisibility, UserRole
from models.people import User

Audience = Collection[str] | None
"""Who sees a deal beside the admins: None for the whole organisation, else user ids."""


def audience_of(deal: Deal, shared_with: Collection[str] | None) -> list[str] | None:
    """The audience of a deal as it stands, in the form that the log keeps.

    Only where all see it need it not be known with whom it is shared.
    """
    if deal.visibility is DealVisibility.ORGANISATION:
        return None
    assert shared_with is not None
    return sorted({deal.owner_id, *shared_with})


def sees(user_id: str, role: UserRole, is_active: bool, audience: Audience) -> bool:
    """Whether a user of the deal's organisation sees a deal with this audience."""
    return is_active and (audience is None or role is UserRole.ADMIN or user_id in audience)


def visible(viewer: User) -> Q:
    """The same as a condition on Deal."""
    own = Q(organisation_id=viewer.organisation_id)
    if viewer.role is UserRole.ADMIN:
        return own
    shared = Share.filter(user_id=viewer.id).values("deal_id")
    return own & (
        Q(visibility=DealVisibility.ORGANISATION)
        | Q(owner_id=viewer.id)
        | Q(id__in=Subquery(shared))
    )


# The same in SQL, for many viewers at once: of a row of `users` and one of `deals` in their organisation.
SEES = """(users.role = 'ADMIN' OR deals.visibility = 'ORGANISATION' OR deals.owner_id = users.id OR EXISTS (
    SELECT 1 FROM shares WHERE shares.deal_id = deals.id AND shares.user_id = users.id
))"""


def may_edit(role: UserRole) -> bool:
    """ADMIN and MEMBER edit what they see; VIEWER edits nothing."""
    return role is not UserRole.VIEWER


def may_govern(viewer: User, deal: Deal) -> bool:
    """Visibility, sharing, owner, archiving and restoring: the owner and admins."""
    return viewer.role is UserRole.ADMIN or (may_edit(viewer.role) and deal.owner_id == viewer.id)


def may_own(user: User) -> bool:
    """An owner is an active ADMIN or MEMBER."""
    return user.is_active and may_edit(user.role)
