"""Whose is a deal, who else may see it, is it still around? For the owner and admins (rules 15, 26 and 27)."""

from models import User
from models.enums import DealEventKind, DealField, SubscriptionReason
from resolvers import door, followers
from resolvers.creation import checked_owner
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome, perform
from resolvers.sharing import share as share_with
from resolvers.sharing import unshare as unshare_from


async def assign_owner(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.governed(viewer, given["deal_id"])
        owner = await checked_owner(viewer, given["user_id"], "userId")
        await hand_over(edit, log, owner)
        return _finish(edit, log, given)

    return await perform(viewer, "assignOwner", given, work)


async def hand_over(edit: Edit, log: Log, owner: User) -> None:
    """The new owner follows; the earlier one goes on following if still able to see the deal (rule 13)."""
    if edit.deal.owner_id == owner.id:
        return
    edit.set("owner_id", owner.id, DealField.OWNER, DealEventKind.OWNER_CHANGED)
    await followers.follow(edit, log, [owner], SubscriptionReason.OWNER)
    await followers.end_without_sight(edit)


async def share(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.governed(viewer, given["deal_id"])
        ids = door.check_ids(given["user_ids"], "user", "userIds")
        await share_with(viewer, edit, ids, "userIds")
        return _finish(edit, log, given)

    return await perform(viewer, "shareDeal", given, work)


async def unshare(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.governed(viewer, given["deal_id"])
        ids = door.check_ids(given["user_ids"], "user", "userIds")
        await door.users(viewer.organisation_id, ids, "userIds", active=False)
        await unshare_from(edit, ids)
        await followers.end_without_sight(edit)
        return _finish(edit, log, given)

    return await perform(viewer, "unshareDeal", given, work)


async def archive(viewer: User, given: Given) -> Outcome:
    """Followers hear of it, then the deal leaves lists and boards; by id it stays readable (rule 27)."""

    async def work(log: Log) -> Outcome:
        edit = await door.governed(viewer, given["id"], "id")
        if edit.deal.archived_at is None:
            edit.deal.archived_at = log.now
            edit.kinds.add(DealEventKind.ARCHIVED)
        return _finish(edit, log, given)

    return await perform(viewer, "archiveDeal", given, work)


async def restore(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.governed(viewer, given["id"], "id")
        if edit.deal.archived_at is not None:
            edit.deal.archived_at = None
            edit.kinds.add(DealEventKind.RESTORED)
        return _finish(edit, log, given)

    return await perform(viewer, "restoreDeal", given, work)


def _finish(edit: Edit, log: Log, given: Given) -> Outcome:
    door.check_version(edit, given)
    log.record(edit)
    return Outcome(edit.deal.id)
