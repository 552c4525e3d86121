"""What can users do with their notifications? Read them and put them off: their own alone (rule 20)."""

from datetime import datetime

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from models import Notification, User
from models.enums import ErrorCode, PrivateKind
from models.errors import refuse
from models.transactions import column
from resolvers import door
from resolvers.log import Log
from resolvers.notification_lists import own
from resolvers.operation import Given, Outcome, perform

MOST_SHOWN = 100


async def mark_read(viewer: User, given: Given) -> Outcome:
    """Those of these ids, of one deal, or all."""

    async def work(log: Log) -> Outcome:
        await _begin(viewer)
        if sum(1 for name in ("ids", "deal_id") if name in given) + bool(given["all"]) != 1:
            raise refuse(ErrorCode.INVALID, "give one of `ids`, `dealId` and `all`")
        unread = own(viewer).filter(read_at__isnull=True)
        if "ids" in given:
            shown = await _known(viewer, given["ids"])
            unread = unread.filter(id__in=shown)
        else:
            if "deal_id" in given:
                deal = await door.seen(viewer, given["deal_id"], "dealId")
                unread = unread.filter(deal_id=deal.id)
            shown = await column(unread.order_by("-position").limit(MOST_SHOWN), "id")
        await _set(viewer, log, unread, read_at=log.now)
        return Outcome(None, notifications=shown)

    return await perform(viewer, "markNotificationsRead", given, work)


async def snooze(viewer: User, given: Given) -> Outcome:
    """Puts notifications off until a time, or by an explicit null no longer."""

    async def work(log: Log) -> Outcome:
        await _begin(viewer)
        if "until" not in given:
            raise refuse(ErrorCode.INVALID, "is needed; null ends it", "until")
        until: datetime | None = given["until"]
        if until is not None and until <= log.now:
            raise refuse(ErrorCode.INVALID, "has passed", "until")
        ids = await _known(viewer, given["ids"])
        rows = own(viewer).filter(id__in=ids)
        differing = [row.id for row in await rows if row.snoozed_until != until]
        await _set(viewer, log, rows.filter(id__in=differing), snoozed_until=until)
        return Outcome(None, notifications=ids)

    return await perform(viewer, "snoozeNotifications", given, work)


async def _begin(viewer: User) -> None:
    """One such act of a user after the other: two that met on several rows could wait for each other."""
    await User.filter(id=viewer.id).update(name_key=F("name_key"))
    await door.refresh(viewer)


async def _known(viewer: User, given: object) -> list[str]:
    """The ids, all of notifications that the viewer has and sees."""
    if not isinstance(given, list):
        raise refuse(ErrorCode.INVALID, "cannot be null", "ids")
    ids = door.check_ids(given, "notification", "ids")
    known = set(await column(own(viewer).filter(id__in=ids), "id"))
    for index, ident in enumerate(ids):
        if ident not in known:
            raise refuse(ErrorCode.NOT_FOUND, "was not found", "ids", index)
    return ids


async def _set(
    viewer: User, log: Log, rows: QuerySet[Notification], **columns: datetime | None
) -> None:
    """Changes rows; if there are any, the viewer's windows are told, wherever they are open."""
    if await rows.update(**columns):
        log.record_private(PrivateKind.NOTIFICATIONS_CHANGED, viewer)
