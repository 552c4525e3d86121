"""Did a client receive exactly what it was owed: in order, once, nothing after a revocation, nothing out of sight?

What is owed is the events allowed, in order, but for a suffix directly before REMOVED, RESYNC or the end of
access: what was not sent when sight ended may be withheld, and is never sent later.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.torture.followers import Follower, Item, Life, Session
from tests.torture.history import History, Owed, told


class Fault(NamedTuple):
    """`kind` is LOST, DOUBLED, DISORDERED, LEAKED or WRONG."""

    kind: str
    who: str
    what: str


@dataclass
class Verdict:
    faults: list[Fault] = field(default_factory=list)
    # What was owed and has not come yet.
    pending: int = 0
    delivered: int = 0


class Trial(ABC):
    """One life of a subscription, item by item."""

    def __init__(
        self, history: History, follower: Follower, verdict: Verdict, *, is_last: bool
    ) -> None:
        self._history = history
        self._follower = follower
        self._user_id = follower.user_id
        self._verdict = verdict
        self._is_last = is_last
        self._newest = 0

    def hear(self, life: Life) -> None:
        for session in life.sessions:
            # What is replayed may be from before an end of access that is over; what is live may not.
            end: int | None = None
            self._begin(session)
            for item in session.items:
                if end is not None and item.position >= end:
                    self._fault("LEAKED", f"{item.kind} at {item.position}, revoked at {end}")
                if item.position < self._newest:
                    self._fault(
                        "DISORDERED", f"{item.kind} at {item.position} after {self._newest}"
                    )
                self._hear(item, session)
                self._newest = item.position
                if self._begins_live(item, session):
                    end = self._history.end_of_session(
                        self._user_id, session.signed_in_at, item.position
                    )
        self._finish(life)

    def _begin(self, _session: Session) -> None:
        """A `subscribe` is sent."""
        return

    def _begins_live(self, item: Item, _session: Session) -> bool:
        return item.kind == "READY"

    @abstractmethod
    def _hear(self, item: Item, session: Session) -> None: ...

    @abstractmethod
    def _finish(self, life: Life) -> None:
        """Nothing more has come so far: what is missing, and what may still come?"""

    def _fault(self, kind: str, what: str) -> None:
        self._verdict.faults.append(Fault(kind, self._follower.email, what))


def judge(history: History, follower: Follower, trial: type[Trial] | None = None) -> Verdict:
    verdict = Verdict()
    verdict.faults += [Fault("WRONG", follower.email, what) for what in follower.surprises]
    for life in follower.lives:
        is_last = life is follower.lives[-1]
        (trial or _DealTrial)(history, follower, verdict, is_last=is_last).hear(life)
    return verdict


class _DealTrial(Trial):
    """Of a stream that carries every event of its deals."""

    def __init__(
        self, history: History, follower: Follower, verdict: Verdict, *, is_last: bool
    ) -> None:
        super().__init__(history, follower, verdict, is_last=is_last)
        # What is owed since the last snapshot, up to where it was heard, and what was left out on the way.
        self._owed: list[Owed] | None = None
        self._next = 0
        self._taken: set[int] = set()
        self._left_out: list[int] = []
        # While a snapshot comes: what it has shown.
        self._shown: set[str] | None = None

    def _begin(self, session: Session) -> None:
        self._shown = set() if session.after is None else None

    def _hear(self, item: Item, session: Session) -> None:
        if item.deal is not None:
            self._check_state(item, item.deal)
        match item.kind:
            case "RESYNC":
                if session.after is None or session.resumes(item.cursor.epoch):
                    self._fault("WRONG", f"RESYNC after {session.after} without cause")
                self._drop_what_is_owed()
                self._shown = set()
            case "REMOVED" if self._is_gone(item, session):
                self._drop_what_is_owed()
            case "SNAPSHOT" if self._shown is not None:
                self._shown.add(item.deal_id or "")
            case "READY" if self._shown is not None:
                self._check_snapshot(self._shown, item)
                self._shown = None
                self._owed = self._history.owed(
                    self._user_id, self._follower.deal_id, item.position
                )
                self._next, self._taken, self._left_out = 0, set(), []
            case "READY" | "HEARTBEAT":
                self._leave_out_up_to(item.position)
            case "CHANGED" | "REMOVED" if self._owed is not None and self._shown is None:
                self._take(item, self._owed)
            case _:
                self._fault("WRONG", f"{item.kind} at {item.position} out of place")

    def _take(self, item: Item, owed: list[Owed]) -> None:
        self._verdict.delivered += 1
        if item.position in self._taken:
            self._fault("DOUBLED", f"{item.kind} at {item.position}")
            return
        self._leave_out_up_to(item.position - 1)
        event_id = item.event["id"] if item.event is not None else None
        received = Owed(item.position, item.kind, item.deal_id or "", event_id)
        if self._next < len(owed) and owed[self._next] == received:
            self._next += 1
            self._taken.add(item.position)
        elif not self._is_gone_again(received, owed):
            self._fault("LEAKED", f"{received} was not owed")

    def _is_gone(self, item: Item, session: Session) -> bool:
        """In place of a RESYNC, where there is nothing to begin anew with."""
        deal_id = self._follower.deal_id
        return (
            deal_id is not None
            and session.after is not None
            and item is session.items[0]
            and not session.resumes(item.cursor.epoch)
            and not self._history.sees(self._user_id, deal_id, item.position)
        )

    def _is_gone_again(self, received: Owed, owed: list[Owed]) -> bool:
        """A deal's stream that was cut between REMOVED and its end is told once more that it is gone."""
        return (
            self._follower.deal_id is not None
            and received[1:] == ("REMOVED", self._follower.deal_id, None)
            and self._next > 0
            and owed[self._next - 1].kind == "REMOVED"
        )

    def _leave_out_up_to(self, position: int) -> None:
        owed = self._owed or []
        while self._next < len(owed) and owed[self._next].position <= position:
            self._left_out.append(self._next)
            self._next += 1

    def _drop_what_is_owed(self) -> None:
        """A suffix that may be withheld: the stream begins anew, or ends."""
        self._settle()
        self._owed, self._left_out = None, []

    def _settle(self) -> None:
        """What was left out must have been withheld: a suffix before REMOVED, after which sight had ended."""
        owed, left_out = self._owed or [], set(self._left_out)
        for index in self._left_out:
            one = owed[index]
            rest = [k for k in range(index + 1, len(owed)) if owed[k].deal_id == one.deal_id]
            removed = next((k for k in rest if owed[k].kind == "REMOVED"), None)
            if (
                one.kind == "REMOVED"
                or removed is None
                or not left_out.issuperset(k for k in rest if k < removed)
                or not self._history.loses_sight(self._user_id, one.deal_id, one.position)
            ):
                self._fault("LOST", f"{one.kind} at {one.position} of {one.deal_id}")

    def _finish(self, life: Life) -> None:
        self._settle()
        if not life.sessions or not self._is_last:
            return
        last, active = life.sessions[-1], self._history.is_active(self._user_id)
        if last.end == "complete":
            if not last.items or last.items[-1].kind != "REMOVED":
                self._fault("WRONG", "the stream ended without REMOVED")
        elif self._owed is not None:
            self._verdict.pending += (len(self._owed) - self._next) * active
        elif last.end != "error":
            deal_id = self._follower.deal_id
            awaited = deal_id is None or self._history.sees(
                self._user_id, deal_id, self._history.head
            )
            self._verdict.pending += active and awaited

    def _check_state(self, item: Item, deal: dict[str, object]) -> None:
        revision = deal["revision"]
        assert isinstance(revision, int)
        known = self._history.states[item.deal_id or ""]
        state = next((one for one in known if one.revision == revision), None)
        if state is None or (state.name, state.followers) != told(deal):
            self._fault("WRONG", f"a state of revision {revision} that never was: {deal}")
            return
        asked = next((one for one in known[::-1] if one.position <= item.position), None)
        if asked is None or asked.revision > revision:
            self._fault("WRONG", f"an older state than that of {item.position}")
        if not self._history.could_see(self._user_id, item.deal_id or "", revision, item.position):
            self._fault("LEAKED", f"{item.kind} at {item.position} with a state out of sight")

    def _check_snapshot(self, shown: set[str], item: Item) -> None:
        deal_id = self._follower.deal_id
        if deal_id is None:
            expected = set(self._history.followed_at(self._user_id, item.position))
        else:
            expected = {deal_id}
            if not self._history.sees(self._user_id, deal_id, item.position):
                self._fault("LEAKED", f"a snapshot at {item.position} out of sight")
        if expected - shown:
            self._fault("LOST", f"{expected - shown} in the snapshot at {item.position}")
        if shown - expected:
            self._fault("LEAKED", f"{shown - expected} in the snapshot at {item.position}")
