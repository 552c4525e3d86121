"""How does what a mutation did get into the log? As the last statements of its transaction.

The order is what keeps writers apart without deadlocks: deal rows by ascending id, what belongs to them,
then the head of the log, whose row stays locked to the commit, then the events.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from models import Deal, Event, User
from models.enums import DealEventKind, DealField, PrivateKind
from models.ids import new_id
from models.permissions import audience_of
from models.transactions import fetch
from realtime.cursors import LogCursor
from resolvers.notifying import News, is_important, notify, recipients

# From strong to weak: a mutation that did several things is told as the strongest of them.
STRENGTH = (
    DealEventKind.CREATED,
    DealEventKind.ARCHIVED,
    DealEventKind.RESTORED,
    DealEventKind.CONVERSION_UNDONE,
    DealEventKind.WON,
    DealEventKind.LOST,
    DealEventKind.REOPENED,
    DealEventKind.STAGE_CHANGED,
    DealEventKind.CONVERTED,
    DealEventKind.CONTACT_CHANGED,
    DealEventKind.OWNER_CHANGED,
    DealEventKind.VISIBILITY_CHANGED,
    DealEventKind.PARTICIPANTS_CHANGED,
    DealEventKind.MESSAGE_RECEIVED,
    DealEventKind.MESSAGE_FAILED,
    DealEventKind.MESSAGE_SENT,
    DealEventKind.MESSAGE_DELIVERED,
    DealEventKind.CONTRIBUTION_RECORDED,
    DealEventKind.COMMENTED,
    DealEventKind.COMMENT_EDITED,
    DealEventKind.COMMENT_DELETED,
    DealEventKind.SUBSCRIBERS_CHANGED,
    DealEventKind.CONTACT_EDITED,
    DealEventKind.UPDATED,
)

# Of these, only what concerns the deal itself counts as a new version (rule 28).
_UNVERSIONED = frozenset({DealField.SUBSCRIBER})
_UNVERSIONED_KINDS = frozenset(
    {
        DealEventKind.SUBSCRIBERS_CHANGED,
        DealEventKind.CONTACT_EDITED,
        DealEventKind.COMMENTED,
        DealEventKind.COMMENT_EDITED,
        DealEventKind.COMMENT_DELETED,
        DealEventKind.MESSAGE_SENT,
        DealEventKind.MESSAGE_DELIVERED,
        DealEventKind.MESSAGE_FAILED,
        DealEventKind.MESSAGE_RECEIVED,
        DealEventKind.CONTRIBUTION_RECORDED,
    }
)


def change(
    field: DealField, before: object, after: object, of: str | None = None
) -> dict[str, Any]:
    """One FieldChange as the log keeps it; `of` is the person whose role or label it is."""
    row = {"field": field, "before": _plain(before), "after": _plain(after)}
    return row if of is None else {**row, "of": of}


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


@dataclass
class Edit:
    """A locked deal, and what one mutation does to it."""

    deal: Deal
    # None while it is not known, on a deal that all see.
    shared_with: set[str] | None
    changes: list[dict[str, Any]] = field(default_factory=list)
    kinds: set[DealEventKind] = field(default_factory=set)
    audience_before: list[str] | None = None
    # The comment, message or contribution that the event is about.
    object_id: str | None = None
    # The users whom a comment names anew.
    mentioned: set[str] = field(default_factory=set)
    # An import's: written without notifications (rule 22).
    silent: bool = False

    def __post_init__(self) -> None:
        self.audience_before = audience_of(self.deal, self.shared_with)

    @property
    def audience(self) -> list[str] | None:
        return audience_of(self.deal, self.shared_with)

    @property
    def did_something(self) -> bool:
        return bool(self.kinds)

    @property
    def kind(self) -> DealEventKind:
        return min(self.kinds, key=STRENGTH.index)

    @property
    def important(self) -> bool:
        return is_important(self.kind, self.changes)

    def news(self, actor_id: str | None) -> News:
        return News.of(self.kind, self.changes, self.mentioned, actor_id)

    @property
    def is_new_version(self) -> bool:
        return any(row["field"] not in _UNVERSIONED for row in self.changes) or bool(
            self.kinds - _UNVERSIONED_KINDS
        )

    def note(
        self,
        kind: DealEventKind,
        field: DealField,
        before: object,
        after: object,
        of: str | None = None,
    ) -> None:
        self.kinds.add(kind)
        self.changes.append(change(field, before, after, of))

    def set(self, attribute: str, value: Any, field: DealField, kind: DealEventKind) -> None:
        """Gives the deal's own attribute a value, and notes the change if it is one."""
        before = getattr(self.deal, attribute)
        if before != value:
            setattr(self.deal, attribute, value)
            self.note(kind, field, before, value)


class Log:
    """The rows that a mutation will write, in order."""

    def __init__(self, organisation_id: str, actor: User | None) -> None:
        self.organisation_id = organisation_id
        self.actor_id = actor.id if actor else None
        self.now = datetime.now(UTC)
        self._events: list[Event] = []
        self._deals: list[Deal] = []
        # By deal, what is to be told of it.
        self._news: dict[str, News] = {}

    @property
    def last_event_id(self) -> str | None:
        return self._events[-1].id if self._events else None

    def record(self, edit: Edit) -> None:
        """The one event of a deal that this mutation changed; nothing if it did not."""
        if not edit.did_something:
            return
        deal = edit.deal
        deal.revision += 1
        if edit.is_new_version and edit.kind is not DealEventKind.CREATED:
            deal.version += 1
            deal.updated_at = self.now
        if DealEventKind.CONVERTED in edit.kinds:
            deal.conversion_revision = deal.revision
        self._deals.append(deal)
        # What comes in is nobody's act: who recorded it hears of it like the others (rule 11).
        actor_id = None if edit.kind is DealEventKind.MESSAGE_RECEIVED else self.actor_id
        if not edit.silent:
            self._news[deal.id] = edit.news(actor_id)
        self._add(
            actor_id=actor_id,
            kind=edit.kind,
            deal_id=deal.id,
            important=edit.important,
            revision=deal.revision,
            archived=deal.archived_at is not None,
            changes=edit.changes,
            audience=edit.audience,
            audience_before=edit.audience_before,
            object_id=edit.object_id,
        )

    def record_own(self, edit: Edit, user_id: str, before: str, after: str) -> None:
        """What a follower did to their own following: a row for their own streams, none of the timeline (rule 16)."""
        self._add(
            kind=DealEventKind.SUBSCRIBERS_CHANGED,
            deal_id=edit.deal.id,
            revision=edit.deal.revision,
            archived=edit.deal.archived_at is not None,
            changes=[],
            audience=edit.audience,
            audience_before=edit.audience_before,
            subject_id=user_id,
            data={"before": before, "after": after},
        )

    def record_private(
        self, kind: PrivateKind, subject: User | None = None, before: Any = None, after: Any = None
    ) -> None:
        """A row without a deal, never a DealEvent."""
        data = None if subject is None else {"before": before, "after": after}
        self._add(
            kind=kind,
            deal_id=None,
            changes=[],
            subject_id=subject.id if subject else None,
            data=data,
        )

    def _add(self, **columns: Any) -> None:
        self._events.append(
            Event(
                id=new_id("event"),
                organisation_id=self.organisation_id,
                position=0,
                at=self.now,
                **{"actor_id": self.actor_id, **columns},
            )
        )

    async def write(self) -> LogCursor | None:
        """Takes the next positions and writes everything; the last statements before the commit."""
        if not self._events:
            return None
        # Read while nobody waits for the head yet; the deals are locked, and with them who follows.
        told = await recipients(self._news) if self._news else {}
        head = await fetch(
            "UPDATE event_heads SET position = position + $1 WHERE organisation_id = $2"
            " RETURNING position, epoch",
            len(self._events),
            self.organisation_id,
        )
        last: int = head[0]["position"]
        for position, event in enumerate(self._events, last - len(self._events) + 1):
            event.position = position
        places = {event.deal_id: event.position for event in self._events}
        for deal in self._deals:
            deal.position = places[deal.id]
            deal.fold()
            await deal.save(force_update=True)
        await Event.bulk_create(self._events, batch_size=500)
        await notify(self._events, told)
        return LogCursor(head[0]["epoch"], last)
