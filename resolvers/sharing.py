"""Who may see a deal, and what follows when that changes (rules 15 and 26)?"""

from collections.abc import Collection, Sequence

from models import Share, User
from models.enums import DealEventKind, DealField, ErrorCode
from models.errors import refuse
from resolvers import door, followers
from resolvers.log import Edit
from resolvers.operation import Given


async def change_audience(viewer: User, edit: Edit, given: Given) -> None:
    """Visibility and sharing together, so that nobody loses their following by the order of two acts."""
    if "visibility" not in given and "shared_with_ids" not in given:
        return
    door.check_may_govern(viewer, edit.deal)
    if "shared_with_ids" in given:
        wanted = door.check_ids(given["shared_with_ids"], "user", "sharedWithIds")
        await share(viewer, edit, wanted, "sharedWithIds")
        await unshare(edit, await _known(edit) - set(wanted))
    if "visibility" in given:
        await _known(edit)
        if given["visibility"] is None:
            raise refuse(ErrorCode.INVALID, "cannot be cleared", "visibility")
        edit.set(
            "visibility",
            given["visibility"],
            DealField.VISIBILITY,
            DealEventKind.VISIBILITY_CHANGED,
        )
    await followers.end_without_sight(edit)


async def _known(edit: Edit) -> set[str]:
    """With whom the deal is shared, which is looked up where it comes to matter."""
    if edit.shared_with is None:
        edit.shared_with = await door.shared_with(edit.deal)
    return edit.shared_with


async def share(viewer: User, edit: Edit, user_ids: Sequence[str], field: str) -> None:
    """Gives users sight of the deal while it is RESTRICTED; on an open deal it waits."""
    shared = await _known(edit)
    fresh = set(user_ids) - shared
    # Those who have it already may meanwhile be inactive; only new ones must be active.
    users = await door.users(viewer.organisation_id, user_ids, field, active=False)
    for index, user in enumerate(users):
        if user.id in fresh and not user.is_active:
            raise refuse(ErrorCode.INVALID, "is not active", field, index)
    deal = edit.deal
    await Share.bulk_create(
        Share(organisation_id=deal.organisation_id, deal_id=deal.id, user_id=user_id)
        for user_id in sorted(fresh)
    )
    edit.shared_with = shared | fresh
    for user_id in sorted(fresh):
        edit.note(DealEventKind.VISIBILITY_CHANGED, DealField.SHARED_WITH, None, user_id)


async def unshare(edit: Edit, user_ids: Collection[str]) -> None:
    """Takes back what `share` gave; the caller ends the followings that lose sight."""
    shared = await _known(edit)
    gone = set(user_ids) & shared
    if not gone:
        return
    await Share.filter(deal_id=edit.deal.id, user_id__in=list(gone)).delete()
    edit.shared_with = shared - gone
    for user_id in sorted(gone):
        edit.note(DealEventKind.VISIBILITY_CHANGED, DealField.SHARED_WITH, user_id, None)
