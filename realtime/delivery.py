"""Who gets a row of the log, and how is it made once for all who get the same?

Everything here runs inside one snapshot that holds the rows and the deals they are about. A deal's state may
be newer than the row it is sent with, so it goes only to who may see that state: not to a viewer whose sight
ended between the row and the snapshot.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from models import Event, Notification
from models.enums import PrivateKind
from models.facts import History
from models.permissions import sees
from realtime.cursors import LogCursor
from realtime.inboxes import Inboxes
from realtime.index import Index
from realtime.rendering import Renderer
from realtime.states import State, states
from realtime.streams import Heard, NotificationStream, Rights, Stream, moves
from realtime.tail import later_rights
from realtime.updates import Update, UpdateKind

# Rows whose items leave in one write. Each makes the first wait for its rendering, some milliseconds.
_TOGETHER = 8
_NEWS = Heard(UpdateKind.CHANGED)


class Delivery:
    """Brings rows to the streams of an index, inside one snapshot."""

    def __init__(self, index: Index, epoch: str, renderer: Renderer | None = None) -> None:
        self._index = index
        self._epoch = epoch
        self._renderer = renderer or Renderer()
        self._states: dict[str, State] = {}
        self._end_rights: dict[str, Rights] = {}
        self._inboxes = Inboxes()
        self._history = History({}, {})

    async def prepare(self, rows: Sequence[Event], head: int) -> None:
        """Reads all that the rows need, before anything is sent: a failure here has sent nothing.

        `head` is the snapshot's.
        """
        if not rows or not self._index.streams:
            return
        # A following that begins in these rows makes a listener of a stream that is none yet.
        moved = {row.deal_id for row in rows if row.deal_id and moves(row)}
        heard = {
            row.deal_id for row in rows if row.deal_id and self._index.listeners(row, row.deal_id)
        }
        self._inboxes = await Inboxes.read(rows, self._index)
        told = {row.deal_id for row in rows if row.deal_id} if self._index.boards else set()
        self._states = await states(moved | heard | told | self._inboxes.deal_ids)
        if told:
            self._history = await History.read(rows, [deal for deal, _ in self._states.values()])
        last = rows[-1]
        later = (
            await later_rights(last.organisation_id, last.position) if last.position < head else []
        )
        for row in (*rows, *later):
            rights = Rights.read(row, "after")
            if rights is not None and row.subject_id is not None:
                self._end_rights[row.subject_id] = rights

    def together(self) -> AbstractContextManager[None]:
        """Inside, what is sent to a stream is held until it goes out in one write."""
        return self._renderer.together()

    @property
    def seconds_writing(self) -> float:
        """How long the loop was kept by handing out."""
        return self._renderer.seconds_writing

    async def deliver_all(
        self, rows: Sequence[Event], heard: Callable[[Event], None] = lambda _: None
    ) -> None:
        """Row after row to all who may hear it; says of each that it was heard."""
        for start in range(0, len(rows), _TOGETHER):
            some = rows[start : start + _TOGETHER]
            with self.together() if len(some) > 1 else nullcontext():
                for row in some:
                    await self.deliver(row)
                    heard(row)

    async def deliver(self, row: Event) -> None:
        """One row to all who may hear it. Never raises for one stream's sake: that one is cut off, and resumes."""
        # Looked for before its viewer's other streams take their own row in.
        inboxes = self._inboxes_of(row)
        if row.deal_id is None:
            await self._deliver_rights(row)
        else:
            await self._deliver_change(row, row.deal_id)
        await self._deliver_to_inboxes(row, inboxes)

    async def _deliver_change(self, row: Event, deal_id: str) -> None:
        heard: defaultdict[Heard, list[Stream]] = defaultdict(list)
        position, has_moved = row.position, bool(moves(row))
        is_for_all = self._is_for_all(deal_id)
        for stream in self._index.listeners(row, deal_id):
            if stream.closed or position <= stream.position:
                continue
            what = stream.hear(row)
            stream.position = position
            if has_moved:
                self._index.refile(stream, deal_id)
            if what is None or _is_withheld(stream, what, position, deal_id):
                continue
            if is_for_all or self._may_have(stream, what, deal_id):
                heard[what].append(stream)
        if self._index.boards:
            self._hear_moves(row, deal_id, heard)
        for what, streams in heard.items():
            await self.send(self._update(row, deal_id, what), streams)
            if what.kind is UpdateKind.REMOVED:
                self.end(streams)

    def _hear_moves(self, row: Event, deal_id: str, heard: dict[Heard, list[Stream]]) -> None:
        before, now = self._history.before.get(row.position), self._history.now[deal_id]
        _, audience = self._states[deal_id]
        for streams, was_in, is_in in self._index.boards.concerned(before, now):
            for stream in streams:
                if stream.closed or row.position <= stream.position:
                    continue
                stream.position = row.position
                rights = self._end_rights.get(stream.viewer.id, stream.rights)
                what = stream.hear_move(
                    row, was_in=was_in, is_in=is_in, audience=audience, rights=rights
                )
                if what is not None and row.subject_id in {None, stream.viewer.id}:
                    heard[what].append(stream)

    def _inboxes_of(self, row: Event) -> list[tuple[NotificationStream, int]]:
        """The inboxes that the row may concern and that have not heard it, each with its count."""
        return [
            (stream, count)
            for user_id, count in self._inboxes.moved_by(row, self._index).items()
            for stream in self._index.inboxes_of(user_id)
            if row.position > stream.position
        ]

    async def _deliver_to_inboxes(
        self, row: Event, inboxes: Iterable[tuple[NotificationStream, int]]
    ) -> None:
        """To those whom the row notifies, or whose unread count it moved."""
        told = self._inboxes.told.get(row.id, {})
        items: list[tuple[Update, list[Stream]]] = []
        for stream, count in inboxes:
            if stream.closed:
                continue
            stream.position = row.position
            one = told.get(stream.viewer.id)
            if one is not None and not self._may_have(stream, _NEWS, one.deal_id):
                one = None
            if one is not None or self._inboxes.owes(stream, row):
                stream.unread = count
                items.append((self._news(row, one), [stream]))
        await self.send_all(items)

    async def _deliver_rights(self, row: Event) -> None:
        if row.subject_id is None:
            return
        for stream in self._index.of_user(row.subject_id):
            if stream.closed or row.position <= stream.position:
                continue
            stream.position = row.position
            if row.kind == PrivateKind.SIGNED_OUT:
                if stream.sink.sign_out(datetime.fromisoformat(row.data["after"])):
                    self._forget(stream)
                continue
            rights = Rights.read(row, "after")
            if rights is not None:
                await self._change_rights(stream, rights, row.position)

    async def _change_rights(self, stream: Stream, rights: Rights, position: int) -> None:
        stream.change_rights(rights)
        # What lies before the resuming is over by now: its viewer is active.
        if not rights.is_active and position > stream.resumed_at:
            self._forget(stream)
            stream.sink.revoke()
            return
        if stream.resyncs_with_rights:
            for kind in (UpdateKind.RESYNC, UpdateKind.READY):
                await self.send(Update(kind, self.cursor(position)), [stream])
        lost = stream.hear_rights()
        if lost is not None:
            await self.send(Update(UpdateKind.REMOVED, self.cursor(position), lost), [stream])
            self.end([stream])

    def _is_for_all(self, deal_id: str) -> bool:
        """Whether every listener sees the state that would be sent: nobody need be asked."""
        state = self._states.get(deal_id)
        return state is not None and state[1] is None and not self._end_rights

    def _may_have(self, stream: Stream, what: Heard, deal_id: str) -> bool:
        """Whether the viewer sees the state that would be sent, which may be newer than the row."""
        if what.kind is not UpdateKind.CHANGED:
            return True
        _, audience = self._states[deal_id]
        rights = self._end_rights.get(stream.viewer.id, stream.rights)
        return sees(stream.viewer.id, rights.role, rights.is_active, audience)

    def _update(self, row: Event, deal_id: str, what: Heard) -> Update:
        cursor = self.cursor(row.position)
        event = row if what.with_event else None
        deal = self._states[deal_id][0] if what.kind is UpdateKind.CHANGED else None
        return Update(what.kind, cursor, deal_id, event, deal)

    def _news(self, row: Event, told: Notification | None) -> Update:
        cursor = self.cursor(row.position)
        if told is None:
            return Update(UpdateKind.CHANGED, cursor)
        deal = self._states[told.deal_id][0]
        return Update(UpdateKind.CHANGED, cursor, told.deal_id, row, deal, told)

    def cursor(self, position: int, *, begun: bool = False) -> str:
        return str(LogCursor(self._epoch, position, begun))

    def _forget(self, stream: Stream) -> None:
        self._renderer.release()
        self._index.remove(stream)
        stream.closed = True

    def end(self, streams: Iterable[Stream]) -> None:
        """Completes those that are over when what they showed is gone."""
        for stream in streams:
            if stream.ends_with_removal and not stream.closed:
                self._forget(stream)
                stream.sink.complete()

    async def send(self, update: Update, streams: Iterable[Stream]) -> None:
        await self.send_all([(update, streams)])

    async def send_all(self, items: Iterable[tuple[Update, Iterable[Stream]]]) -> None:
        """Each update to its streams, in this order."""
        for stream in await self._renderer.send(items):
            if not stream.closed:
                self._forget(stream)
                stream.sink.lapse()


def _is_withheld(stream: Stream, what: Heard, position: int, deal_id: str) -> bool:
    """What had not been sent when sight ended is never sent later, though sight be back."""
    return what.kind is UpdateKind.CHANGED and position < stream.out_of_sight.get(deal_id, 0)
