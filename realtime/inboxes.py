"""What do rows of the log do to the notifications of those who listen to theirs?

Who is notified of an event stands in rows of its own, written with it; here they are read, for all listeners and
all rows of a turn at once: a thousand inboxes cost as many statements as one. The counts are those of the
snapshot, so they may be newer than the row they are sent with.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from models import Event, Notification
from models.enums import PrivateKind
from models.notifications import unread_deal_counts, unread_in_groups
from realtime.index import Index
from realtime.streams import NotificationStream

# Beyond so many listeners they are not named in the statement, whose variables are limited.
_FEW = 400


@dataclass
class Inboxes:
    """What one turn's rows are to the inboxes of an index."""

    counts: dict[str, int] = field(default_factory=dict)
    # By event, then user.
    told: dict[str, dict[str, Notification]] = field(default_factory=dict)
    # By user, the last row that concerns them.
    ends: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def read(cls, rows: Sequence[Event], index: Index) -> "Inboxes":
        listening = index.listening
        if not listening:
            return cls()
        told: defaultdict[str, dict[str, Notification]] = defaultdict(dict)
        events = [row.id for row in rows if row.deal_id]
        notifications = Notification.filter(event_id__in=events)
        if len(listening) <= _FEW:
            notifications = notifications.filter(user_id__in=list(listening))
        for one in await notifications if events else ():
            if one.user_id in listening:
                told[one.event_id][one.user_id] = one
        known = [one for by_user in told.values() for one in by_user.values()]
        ends = {
            user_id: row.position
            for row in rows
            for user_id in (*told.get(row.id, ()), *_moved_by(row, index))
        }
        if known:
            groups = await unread_in_groups(
                {one.user_id for one in known}, {one.deal_id for one in known}
            )
            for one in known:
                one.group_unread_count = groups.get((one.user_id, one.deal_id), 0)
        return cls(await unread_deal_counts(ends) if ends else {}, told, ends)

    @property
    def deal_ids(self) -> set[str]:
        return {one.deal_id for by_user in self.told.values() for one in by_user.values()}

    def moved_by(self, row: Event, index: Index) -> dict[str, int]:
        """The listening users to whose notifications the row may have done something, and their counts."""
        moved = {*self.told.get(row.id, ()), *_moved_by(row, index)} & self.counts.keys()
        return {user_id: self.counts[user_id] for user_id in moved}

    def owes(self, stream: NotificationStream, row: Event) -> bool:
        """Whether a row that notifies the viewer of nothing is told all the same.

        It is if it is their own, or the count moved; the last row that concerns them tells of that.
        """
        if row.kind == PrivateKind.NOTIFICATIONS_CHANGED:
            return True
        user_id = stream.viewer.id
        return self.counts[user_id] != stream.unread and row.position >= self.ends[user_id]


def _moved_by(row: Event, index: Index) -> set[str]:
    """Those whose own row it is, and those for whom its deal comes into or out of sight."""
    if row.deal_id is None:
        kinds = (PrivateKind.NOTIFICATIONS_CHANGED, PrivateKind.USER_CHANGED)
        is_own = row.kind in kinds and row.subject_id in index.listening
        return {str(row.subject_id)} if is_own else set()
    if row.audience == row.audience_before:
        return set()
    return {
        stream.viewer.id
        for stream in index.inboxes()
        if stream.sees(row.audience) != stream.sees(row.audience_before)
    }
