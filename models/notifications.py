"""What is a user told of, whether they look or not, and how much of it is unread?

One row a user and event (rule 18). The counts are read for many users at once, because one event may be news
to a thousand. Only what the user sees now is counted: what is out of sight comes back with sight (rule 19).
"""

from collections.abc import Collection, Sequence

from tortoise import fields
from tortoise.models import Model

from models.enums import NotificationReason
from models.events import encode
from models.ids import new_id
from models.permissions import SEES
from models.transactions import among, dialect, fetch, query


class Notification(Model):
    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    user_id = fields.CharField(40)
    deal_id = fields.CharField(40)
    event_id = fields.CharField(40)
    # The event's place in the log, by which the newest is found: clocks of several processes disagree.
    position = fields.BigIntField()
    reason = fields.CharEnumField(NotificationReason, max_length=20)
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)
    # Asleep while it is set: waking clears it, so that what counts never depends on a clock.
    snoozed_until = fields.DatetimeField(null=True)

    # How many of the same deal are unread, where that was read for many users together with the rows.
    group_unread_count: int | None = None

    class Meta:
        table = "notifications"


async def insert(told: Sequence[tuple[str, str, NotificationReason]]) -> None:
    """Makes a row of each event, user and reason, all in one statement.

    A thousand made one by one kept the transaction, and the head of the log with it, several times as long.
    """
    if not told:
        return
    rows, column = {
        "sqlite": ("json_each($1)", "json_extract(value, '$[{}]')"),
        "postgres": ("jsonb_array_elements($1::jsonb) AS told(value)", "value ->> {}"),
    }[dialect()]
    ident, event_id, user_id, reason = (column.format(place) for place in range(4))
    await fetch(
        f"""
        INSERT INTO notifications
            (id, user_id, reason, organisation_id, deal_id, event_id, position, created_at)
        SELECT {ident}, {user_id}, {reason}, organisation_id, deal_id, events.id, position, at
        FROM {rows} JOIN events ON events.id = {event_id}""",  # noqa: S608  our own words
        encode([(new_id("notification"), *one) for one in told]),
    )


async def unread_deal_counts(user_ids: Collection[str]) -> dict[str, int]:
    """By user, how many rows are unread of those that show the newest of each deal, and every assignment."""
    rows = await query(
        f"""
        SELECT notifications.user_id, COUNT(*) AS number
        FROM notifications
        JOIN users ON users.id = notifications.user_id
        JOIN deals ON deals.id = notifications.deal_id
        WHERE notifications.user_id {among("$1")}
        AND notifications.read_at IS NULL AND notifications.snoozed_until IS NULL AND {SEES}
        AND (notifications.reason = 'ASSIGNED' OR NOT EXISTS (
            SELECT 1 FROM notifications AS later
            WHERE later.user_id = notifications.user_id AND later.deal_id = notifications.deal_id
            AND later.position > notifications.position
        ))
        GROUP BY notifications.user_id""",  # noqa: S608  our own words
        sorted(user_ids),
    )
    return dict.fromkeys(user_ids, 0) | {row["user_id"]: row["number"] for row in rows}


async def unread_in_groups(
    user_ids: Collection[str], deal_ids: Collection[str]
) -> dict[tuple[str, str], int]:
    """By user and deal, how many notifications are unread; a pair without any is left out."""
    rows = await query(
        f"""
        SELECT user_id, deal_id, COUNT(*) AS number FROM notifications
        WHERE user_id {among("$1")} AND deal_id {among("$2")}
        AND read_at IS NULL AND snoozed_until IS NULL
        GROUP BY user_id, deal_id""",  # noqa: S608
        sorted(user_ids),
        sorted(deal_ids),
    )
    return {(row["user_id"], row["deal_id"]): row["number"] for row in rows}
