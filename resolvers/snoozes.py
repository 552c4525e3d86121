"""When does a notification that was put off count again? At its time, whichever process notices first (rule 20)."""

import asyncio
import logging
from datetime import UTC, datetime

from models import Notification, User
from models.enums import PrivateKind
from models.transactions import column, dialect, fetch
from resolvers.log import Log
from resolvers.operation import Outcome, perform_unasked

_EVERY = 1.0

logger = logging.getLogger("dealcast.snoozes")


async def keep_waking() -> None:
    """Runs as long as the server does."""
    while True:
        try:
            await wake()
        except Exception:
            logger.exception("snoozed notifications could not be woken; trying again")
        await asyncio.sleep(_EVERY)


async def wake() -> None:
    """Ends the snoozes whose time has come, and tells their users' windows."""
    now = datetime.now(UTC)
    due = Notification.filter(snoozed_until__lte=now).distinct()
    for organisation_id in await column(due, "organisation_id"):
        await perform_unasked(organisation_id, lambda log: _wake(log, now))


async def _wake(log: Log, now: datetime) -> Outcome:
    # The update is the claim: another process that comes at the same time finds them awake.
    passing = "FOR UPDATE SKIP LOCKED" if dialect() == "postgres" else ""
    rows = await fetch(
        f"""
        UPDATE notifications SET snoozed_until = NULL WHERE id IN (
            SELECT id FROM notifications WHERE organisation_id = $1 AND snoozed_until <= $2 {passing}
        ) RETURNING user_id""",  # noqa: S608  our own words
        log.organisation_id,
        now,
    )
    for user in await User.filter(id__in=list({row["user_id"] for row in rows})).order_by("id"):
        log.record_private(PrivateKind.NOTIFICATIONS_CHANGED, user)
    return Outcome(None)
