"""Whom does an event notify, and why (rules 16, 18, 21 and 22)? The same for what is done and what is only tried."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from models import Event
from models.enums import DealEventKind, DealField, NotificationReason, SubscriptionLevel
from models.notifications import insert
from models.transactions import among, query

IMPORTANT_KINDS = frozenset(
    {
        DealEventKind.WON,
        DealEventKind.LOST,
        DealEventKind.REOPENED,
        DealEventKind.STAGE_CHANGED,
        DealEventKind.CONVERTED,
        DealEventKind.MESSAGE_RECEIVED,
    }
)
IMPORTANT_FIELDS = frozenset(
    {
        DealField.STAGE,
        DealField.AMOUNT,
        DealField.EXPECTED_CLOSE_DATE,
        DealField.OWNER,
        DealField.CONTACT,
    }
)

# What those are told whose level lets them hear of the event as such; of other kinds it is a CHANGE.
_GENERAL: dict[DealEventKind, NotificationReason | None] = {
    DealEventKind.MESSAGE_SENT: NotificationReason.MESSAGE,
    DealEventKind.MESSAGE_RECEIVED: NotificationReason.MESSAGE,
    DealEventKind.COMMENTED: NotificationReason.COMMENT,
    DealEventKind.COMMENT_DELETED: NotificationReason.COMMENT,
    DealEventKind.MESSAGE_FAILED: NotificationReason.MESSAGE,
    DealEventKind.MESSAGE_DELIVERED: None,
    # The newly mentioned alone.
    DealEventKind.COMMENT_EDITED: None,
    DealEventKind.CONTACT_EDITED: None,
}

Recipients = Mapping[str, NotificationReason]
"""By user, why they are told of one event."""


def is_important(kind: DealEventKind, changes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether it is more than the level IMPORTANT lets pass (rule 16)."""
    if kind is DealEventKind.CREATED:
        return False
    return kind in IMPORTANT_KINDS or any(row["field"] in IMPORTANT_FIELDS for row in changes)


@dataclass(frozen=True, slots=True)
class News:
    """An event, as far as it decides who is notified of it."""

    kind: DealEventKind
    important: bool
    actor_id: str | None
    assigned: Collection[str]
    mentioned: Collection[str]
    # Whose following it begins.
    added: Collection[str]

    @classmethod
    def of(
        cls,
        kind: DealEventKind,
        changes: Sequence[Mapping[str, Any]],
        mentioned: Collection[str],
        actor_id: str | None,
    ) -> "News":
        return cls(
            kind,
            is_important(kind, changes),
            actor_id,
            _came(changes, DealField.OWNER),
            mentioned,
            _came(changes, DealField.SUBSCRIBER),
        )

    @property
    def named(self) -> Iterator[str]:
        """The users whom it concerns at whatever level, following or not."""
        return chain(self.mentioned, self.assigned, self.added)

    def is_for(self, level: SubscriptionLevel | None) -> bool:
        """Whether a follower at this level hears of it as such."""
        return level is SubscriptionLevel.ALL or (
            level is SubscriptionLevel.IMPORTANT and self.important
        )

    def reason(self, user_id: str, level: SubscriptionLevel | None) -> NotificationReason | None:
        """Why a user who sees the deal is told, the strongest reason first; None when they are not.

        `level` is that of a follower, None for who does not follow.
        """
        if user_id == self.actor_id:
            return None
        if user_id in self.mentioned and level is not SubscriptionLevel.MUTED:
            return NotificationReason.MENTION
        if user_id in self.assigned:
            return NotificationReason.ASSIGNED
        # Whoever was made a follower learns of it, at whatever level that was.
        if self.is_for(level) or user_id in self.added:
            return _GENERAL.get(self.kind, NotificationReason.CHANGE)
        return None


def _came(changes: Sequence[Mapping[str, Any]], field: DealField) -> frozenset[str]:
    return frozenset(row["after"] for row in changes if row["field"] == field and row["after"])


async def recipients(news: Mapping[str, News]) -> dict[str, Recipients]:
    """By deal, whom its news notifies and why: the followers whom it may concern are read once."""
    levels: defaultdict[str, dict[str, SubscriptionLevel]] = defaultdict(dict)
    hearing = [
        level for level in SubscriptionLevel if any(one.is_for(level) for one in news.values())
    ]
    named = {user_id for one in news.values() for user_id in one.named}
    rows = await query(
        f"""
        SELECT deal_id, user_id, level FROM subscribers
        WHERE deal_id {among("$1")} AND NOT has_left
        AND (level {among("$2")} OR user_id {among("$3")})""",  # noqa: S608  our own words
        list(news),
        hearing,
        sorted(named),
    )
    for row in rows:
        levels[row["deal_id"]][row["user_id"]] = SubscriptionLevel(row["level"])
    found: dict[str, Recipients] = {}
    for deal_id, one in news.items():
        of_deal = levels[deal_id]
        # Mentions and assignments reach those who see the deal, following or not.
        asked = dict.fromkeys((*one.mentioned, *one.assigned)) | of_deal
        reasons = {user_id: one.reason(user_id, level) for user_id, level in asked.items()}
        found[deal_id] = {user_id: why for user_id, why in reasons.items() if why is not None}
    return found


async def notify(events: Sequence[Event], told: Mapping[str, Recipients]) -> None:
    """Writes a row for everyone whom one of these events notifies; `told` is by deal."""
    await insert(
        [
            (event.id, user_id, reason)
            for event in events
            # Not for a follower's own row beside it.
            if event.subject_id is None
            for user_id, reason in told.get(str(event.deal_id), {}).items()
        ]
    )
