"""Which deals stand on a board that is followed live? What enters it or changes on it, and what leaves it.

A deal is sent as it stands, which may be newer than the row. So a row is CHANGED while the deal stands on the board
now, and REMOVED when it stood there before the row and does not now: whatever lies between, the last row that
takes a deal off the board removes it, and the last one that brings it sends it.
"""

from collections.abc import Collection, Hashable, Iterable
from typing import Protocol

from models import Event, User
from models.facts import Facts
from models.permissions import Audience, sees
from realtime.streams import CHANGED, LOST, REMOVED, Heard, Rights, Stream
from realtime.updates import Operation, Sink


class Board(Protocol):
    """What a deal has to be like; boards of one key have the same deals on them, as far as one sees them."""

    @property
    def key(self) -> Hashable: ...

    def holds(self, facts: Facts) -> bool: ...


class BoardStream(Stream):
    """The deals of one board, as far as the viewer sees them."""

    ends_with_removal = False
    resyncs_with_rights = True
    longest_replay = 2_000

    def __init__(self, viewer: User, operation: Operation, sink: Sink, board: Board) -> None:
        super().__init__(viewer, operation, sink)
        self.board = board

    @property
    def deal_ids(self) -> Collection[str]:
        # None by name: every row may be about one.
        return ()

    def hear(self, _row: Event) -> Heard | None:
        return None

    def hear_rights(self) -> str | None:
        return None

    def rewind(self, _row: Event) -> None:
        return

    def hear_move(
        self, row: Event, *, was_in: bool, is_in: bool, audience: Audience, rights: Rights
    ) -> Heard | None:
        """What a row is to this board: `audience` is that of the deal as it stands, `rights` the viewer's then."""
        heard_of = self.sees(row.audience)
        sees_now = sees(self.viewer.id, rights.role, rights.is_active, audience)
        if is_in and heard_of and sees_now:
            return CHANGED
        if was_in and self.sees(row.audience_before):
            return REMOVED if heard_of and sees_now else LOST
        return None


class Boards:
    """The streams of boards, those of the same board together."""

    def __init__(self) -> None:
        self._streams: dict[Hashable, set[BoardStream]] = {}

    def __bool__(self) -> bool:
        return bool(self._streams)

    def add(self, stream: BoardStream) -> None:
        self._streams.setdefault(stream.board.key, set()).add(stream)

    def remove(self, stream: BoardStream) -> None:
        streams = self._streams.get(stream.board.key, set())
        streams.discard(stream)
        if not streams:
            self._streams.pop(stream.board.key, None)

    def concerned(
        self, before: Facts | None, now: Facts
    ) -> Iterable[tuple[list[BoardStream], bool, bool]]:
        """The streams of each board that a deal stood on or stands on now, and whether it did and does."""
        for streams in list(self._streams.values()):
            board = next(iter(streams)).board
            was_in, is_in = before is not None and board.holds(before), board.holds(now)
            if was_in or is_in:
                yield list(streams), was_in, is_in
