"""What is one item of a live stream?"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from models import Deal, Event, Notification, User

Answer: TypeAlias = Any
"""What an operation renders and its sinks take: made once, whatever it is, for all who get the same."""


class UpdateKind(StrEnum):
    SNAPSHOT = "SNAPSHOT"
    READY = "READY"
    CHANGED = "CHANGED"
    REMOVED = "REMOVED"
    RESYNC = "RESYNC"
    HEARTBEAT = "HEARTBEAT"


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """One item: compared by identity, since one that many streams get is rendered once."""

    kind: UpdateKind
    cursor: str
    deal_id: str | None = None
    event: Event | None = None
    deal: Deal | None = None
    notification: Notification | None = None
    # On every item of an inbox.
    unread_deal_count: int | None = None
    # Of a stream of summaries.
    summary: object | None = None

    @property
    def is_bare(self) -> bool:
        """Whether it says nothing but how far the stream has got, and an inbox how much is unread."""
        parts = (self.deal, self.event, self.notification, self.summary)
        return all(part is None for part in parts)


class NeedsViewer(Exception):
    """A rendering for many viewers touched what depends on the one who asks: render it for each."""


class Operation(Protocol):
    """A subscription as the client wrote it, known to this package only by what it can do.

    `key` is equal for operations that give the same answer to everybody who may see the same: canonical
    document, operation name, variables without the cursor.
    """

    @property
    def key(self) -> Hashable: ...

    def scope(self) -> Any:
        """Fresh loaders, to be used inside one snapshot."""

    async def render(
        self, update: Update, scope: Any, *, can_edit: bool, viewer: User | None
    ) -> Answer:
        """The encoded answer; without a viewer for everybody with this right to edit.

        Raises:
            NeedsViewer: only without a viewer, when the answer is not the same for everybody.
        """


class Sink(Protocol):
    """Where a stream's items go: a socket, with a bounded queue for a peer that reads slowly."""

    def send(self, answer: Answer) -> None: ...

    def send_all(self, answers: Sequence[Answer]) -> None:
        """The same as one after the other, for less."""

    async def room(self) -> None:
        """Returns when nothing waits before the socket."""

    def complete(self) -> None: ...

    def revoke(self) -> None:
        """The user's access has ended altogether: close the whole connection for good."""

    def sign_out(self, signed_out_at: datetime) -> bool:
        """The user signed out everywhere: closes the connection, and says so, if its session is from before."""

    def lapse(self) -> None:
        """A passing fault: close the connection so that the client comes back and resumes."""
