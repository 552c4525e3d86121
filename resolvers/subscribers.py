"""Who follows a deal? One's own following, and that of colleagues (rules 12 to 16)."""

from models import Subscriber, User
from models.enums import ErrorCode, SubscriptionLevel, SubscriptionReason
from models.errors import refuse
from models.permissions import may_edit
from resolvers import door, followers
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome, perform


async def add(viewer: User, given: Given) -> Outcome:
    """Adds colleagues who see the deal; those who follow already keep their level and reason."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        ids = door.check_ids(given["user_ids"], "user", "userIds")
        users = await door.users(viewer.organisation_id, ids, "userIds")
        followers.check_sight(edit, users, "userIds")
        await followers.follow(edit, log, users, SubscriptionReason.ADDED_BY, given["level"])
        return _finish(edit, log)

    return await perform(viewer, "addSubscribers", given, work)


async def remove(viewer: User, given: Given) -> Outcome:
    """Removes followers: oneself without any right, others with the right to edit."""

    async def work(log: Log) -> Outcome:
        edit = await door.locked(viewer, given["deal_id"])
        ids = door.check_ids(given["user_ids"], "user", "userIds")
        if ids != [viewer.id] and not may_edit(viewer.role):
            raise refuse(ErrorCode.FORBIDDEN, "viewers remove nobody but themselves")
        await door.users(viewer.organisation_id, ids, "userIds", active=False)
        await followers.remove(edit, viewer, ids)
        return _finish(edit, log)

    return await perform(viewer, "removeSubscribers", given, work)


async def subscribe(viewer: User, given: Given) -> Outcome:
    """Follows a deal oneself; a level that is given is set, one left out stays (a new follower's: ALL)."""

    async def work(log: Log) -> Outcome:
        edit = await door.locked(viewer, given["deal_id"])
        level = given.get("level", SubscriptionLevel.ALL)
        if level is None:
            raise refuse(ErrorCode.INVALID, "cannot be cleared", "level")
        row = await Subscriber.get_or_none(deal_id=edit.deal.id, user_id=viewer.id, has_left=False)
        if row is None:
            await followers.follow(edit, log, [viewer], SubscriptionReason.MANUAL, level)
        elif "level" in given and row.level is not level:
            log.record_own(edit, viewer.id, row.level, level)
            row.level = level
            await row.save()
        return _finish(edit, log)

    return await perform(viewer, "subscribe", given, work)


async def unsubscribe(viewer: User, given: Given) -> Outcome:
    """Stops following; of what one does not follow nothing changes, and nobody else's following does."""

    async def work(log: Log) -> Outcome:
        edit = await door.locked(viewer, given["deal_id"])
        await followers.leave(edit, viewer)
        return _finish(edit, log)

    return await perform(viewer, "unsubscribe", given, work)


def _finish(edit: Edit, log: Log) -> Outcome:
    log.record(edit)
    return Outcome(edit.deal.id)
