"""What does one open subscription hear of each row of the log? Decided from the rows alone, in their order.

A row says who could see the deal before and after it, so a stream knows at every position what its viewer
may hear, whatever the database holds by now.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from models import Event, User
from models.enums import DealEventKind, DealField, PrivateKind, UserRole
from models.permissions import Audience, may_edit, sees
from realtime.updates import Operation, Sink, UpdateKind


@dataclass(frozen=True, slots=True)
class Rights:
    """What a user may at some position of the log."""

    role: UserRole
    is_active: bool

    @classmethod
    def of(cls, user: User) -> "Rights":
        return cls(user.role, user.is_active)

    @classmethod
    def read(cls, row: Event, moment: str) -> "Rights | None":
        """The rights that a row gives its subject: `before` or `after` it."""
        data = row.data if row.kind == PrivateKind.USER_CHANGED else None
        return cls(UserRole(data[moment]["role"]), data[moment]["active"]) if data else None


@dataclass(frozen=True, slots=True)
class Heard:
    """That a row reaches a stream, as what, and whether with the event that it is."""

    kind: UpdateKind
    with_event: bool = True


# Made once: a row is heard alike by thousands.
CHANGED = Heard(UpdateKind.CHANGED)
REMOVED = Heard(UpdateKind.REMOVED)
LOST = Heard(UpdateKind.REMOVED, with_event=False)


class Stream(ABC):
    """An open subscription of one viewer; `position` is the place in the log up to which it has heard all."""

    # After a change of its viewer's rights the client has to ask again what it may see.
    resyncs_with_rights = False
    # How many rows of the log a cursor may lie back: beyond that asking again is the shorter way.
    longest_replay: int | None = None

    def __init__(self, viewer: User, operation: Operation, sink: Sink) -> None:
        self.viewer = viewer
        self.organisation_id = viewer.organisation_id
        self.change_rights(Rights.of(viewer))
        self.operation = operation
        self.sink = sink
        # The log that it began in, and its place there.
        self.epoch, self.position = "", 0
        # What it resumed over: up to where, and for each deal the newest place at which it was out of sight.
        self.resumed_at = 0
        self.out_of_sight: dict[str, int] = {}
        self.sent_at = 0.0
        self.closed = False
        # What every item of an inbox says beside its news; None for streams of deals.
        self.unread: int | None = None

    def sees(self, audience: Audience) -> bool:
        return sees(self.viewer.id, self.rights.role, self.rights.is_active, audience)

    def change_rights(self, rights: Rights) -> None:
        self.rights = rights
        self.can_edit = may_edit(rights.role)
        self.viewer.role, self.viewer.is_active = rights.role, rights.is_active

    @property
    @abstractmethod
    def deal_ids(self) -> Collection[str]:
        """The deals whose rows this stream wants to hear; they change only with rows that move followers."""

    @abstractmethod
    def hear(self, row: Event) -> Heard | None:
        """What a row about a deal is to this stream, which takes it in."""

    @abstractmethod
    def hear_rights(self) -> str | None:
        """After its viewer's rights changed: the deal that is lost by it, if any."""

    @abstractmethod
    def rewind(self, row: Event) -> None:
        """Takes a row back, newest first, from the state of now to that of an earlier cursor."""

    @property
    @abstractmethod
    def ends_with_removal(self) -> bool: ...

    def is_for_others(self, row: Event) -> bool:
        return row.subject_id is not None and row.subject_id != self.viewer.id


class DealStream(Stream):
    """One deal, followed or not, as long as its viewer sees it."""

    ends_with_removal = True

    def __init__(self, viewer: User, operation: Operation, sink: Sink, deal_id: str) -> None:
        super().__init__(viewer, operation, sink)
        self.deal_id = deal_id
        # Until the state that the stream begins with says otherwise.
        self.exists = False
        self.audience: Audience = ()

    @property
    def sees_deal(self) -> bool:
        return self.exists and self.sees(self.audience)

    @property
    def deal_ids(self) -> Collection[str]:
        return (self.deal_id,)

    def hear(self, row: Event) -> Heard | None:
        if self.is_for_others(row):
            return None
        had_sight = self.sees_deal
        self.exists, self.audience = True, row.audience
        if self.sees_deal:
            return CHANGED
        return LOST if had_sight else None

    def hear_rights(self) -> str | None:
        return None if self.sees_deal else self.deal_id

    def rewind(self, row: Event) -> None:
        if row.deal_id == self.deal_id:
            self.audience = row.audience_before


class FollowedStream(Stream):
    """Every deal that the viewer follows, those followed later included; archived ones rest."""

    ends_with_removal = False

    def __init__(self, viewer: User, operation: Operation, sink: Sink) -> None:
        super().__init__(viewer, operation, sink)
        self.followed: set[str] = set()

    @property
    def deal_ids(self) -> Collection[str]:
        return self.followed

    def hear(self, row: Event) -> Heard | None:
        if self.is_for_others(row) or row.deal_id is None:
            return None
        was_followed = row.deal_id in self.followed
        moved = moves(row)
        if moved and self.viewer.id in moved:
            follows = moved[self.viewer.id]
            (self.followed.add if follows else self.followed.discard)(row.deal_id)
        if row.deal_id in self.followed and not row.archived:
            return CHANGED
        if was_followed and not _was_archived(row):
            return REMOVED if self.sees(row.audience) else LOST
        return None

    def hear_rights(self) -> str | None:
        # Followings that end with the rights end by rows of their own, directly after.
        return None

    def rewind(self, row: Event) -> None:
        follows = moves(row).get(self.viewer.id)
        if follows is not None and row.deal_id is not None:
            (self.followed.discard if follows else self.followed.add)(row.deal_id)


class NotificationStream(Stream):
    """The viewer's notifications. Which rows concern it stands in the database, see `inboxes`."""

    ends_with_removal = False

    @property
    def deal_ids(self) -> Collection[str]:
        return ()

    def hear(self, _row: Event) -> Heard | None:
        return None

    def hear_rights(self) -> str | None:
        return None

    def rewind(self, _row: Event) -> None:
        return


_newest: tuple[Event | None, Mapping[str, bool]] = (None, {})


def moves(row: Event) -> Mapping[str, bool]:
    """The users whose following a row begins (True) or ends. Worked out once: all streams ask in a row."""
    global _newest  # noqa: PLW0603  a memory of one, read and written without waiting in between
    if _newest[0] is not row:
        moved: dict[str, bool] = {}
        for change in row.changes:
            if change["field"] == DealField.SUBSCRIBER:
                moved.setdefault(change["after"] or change["before"], bool(change["after"]))
        _newest = (row, moved)
    return _newest[1]


def _was_archived(row: Event) -> bool:
    if row.kind in (DealEventKind.ARCHIVED, DealEventKind.RESTORED):
        return row.kind == DealEventKind.RESTORED
    return row.archived
