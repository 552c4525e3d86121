"""Did a client that keeps what a query answers end with that, and was each step to it owed?"""

from abc import abstractmethod

from tests.torture import oracle
from tests.torture.followers import Follower, Item, Life, Session
from tests.torture.history import History, State
from tests.torture.oracle import Trial, Verdict
from tests.torture.watchers import BoardWatcher, InboxWatcher, LeadBoardWatcher, SummaryWatcher


class _ViewTrial(Trial):
    """`_kept` is what the client shows."""

    _kept: object = None

    def _finish(self, life: Life) -> None:
        answer = self._follower.answer
        if self._is_last and life.sessions and answer is not None:
            self._verdict.pending += self._kept != answer


class _SteppedTrial(_ViewTrial):
    """Of a stream of steps from a place that the client knows all of: the first READY, and one after RESYNC."""

    _base: int | None = None
    _is_anew = False

    def _hear(self, item: Item, session: Session) -> None:
        match item.kind:
            case "RESYNC" if session.after is None and self._base is None:
                self._fault("WRONG", f"RESYNC at {item.position} of what had not begun")
            case "RESYNC":
                self._settle()
                self._base = None
            case "READY" if self._base is None:
                self._base = item.position
                self._begin_anew(item)
            case "READY" | "HEARTBEAT":
                self._hear_nothing(item)
            case "CHANGED" | "REMOVED" if self._base is not None:
                self._verdict.delivered += 1
                self._take(item)
            case _:
                self._fault("WRONG", f"{item.kind} at {item.position} out of place")

    def _begins_live(self, item: Item, session: Session) -> bool:
        """Other rights are replayed as RESYNC and READY, so that READY does not end what is replayed."""
        was_anew, self._is_anew = self._is_anew, item.kind == "RESYNC"
        is_replayed = was_anew and session.resumes(item.cursor.epoch)
        return item.kind == "READY" and not is_replayed

    def _finish(self, life: Life) -> None:
        self._settle()
        super()._finish(life)

    @abstractmethod
    def _settle(self) -> None:
        """Whether all came that was owed from the base to the newest place."""

    @abstractmethod
    def _begin_anew(self, item: Item) -> None: ...

    def _hear_nothing(self, item: Item) -> None:
        """What brings no step."""

    @abstractmethod
    def _take(self, item: Item) -> None: ...


class _BoardTrial(_SteppedTrial):
    """Of a board, whose deals are sent as they stand, which may be newer than the row."""

    def _begin_anew(self, item: Item) -> None:
        places = (deal for deal in self._history.states if self._stands(deal, item.position))
        self._kept = self._deals = set(places)
        self._taken: set[int] = set()

    def _take(self, item: Item) -> None:
        place, deal_id = item.position, item.deal_id or ""
        if place in self._taken:
            self._fault("DOUBLED", f"{item.kind} at {place}")
        self._taken.add(place)
        if item.kind == "REMOVED":
            self._deals.discard(deal_id)
            if not self._stands(deal_id, place - 1) or not self._leaves(deal_id, place - 1):
                self._fault("LEAKED", f"REMOVED at {place} of {deal_id}, which was not there")
            return
        self._deals.add(deal_id)
        revision = item.deal["revision"] if item.deal is not None else None
        known = self._history.states[deal_id]
        state = next((one for one in known if one.revision == revision), None)
        if state is None or not self._holds(state):
            self._fault("WRONG", f"CHANGED at {place} with a state that is not on the board")
        elif not self._history.could_see(self._user_id, deal_id, state.revision, place):
            self._fault("LEAKED", f"CHANGED at {place} with a state out of sight")

    def _settle(self) -> None:
        """A step may be missing only of what came and went between two looks at the log."""
        if self._base is None:
            return
        for row in self._history.rows[self._base : self._newest]:
            place, deal_id = row.position, row.deal_id
            if place in self._taken or deal_id is None:
                continue
            if row.subject_id in {None, self._user_id} and (
                self._stands(deal_id, place - 1)
                or (self._stands(deal_id, place) and not self._leaves(deal_id, place))
            ):
                self._fault("LOST", f"a step at {place} of {deal_id}")

    def _holds(self, state: State) -> bool:
        assert isinstance(self._follower, BoardWatcher)
        board = self._follower
        is_of_kind = state.is_lead == isinstance(board, LeadBoardWatcher)
        return is_of_kind and not state.archived and board.subscriber in state.followers

    def _stands(self, deal_id: str, place: int) -> bool:
        state = self._history.state(deal_id, place)
        return (
            state is not None
            and self._holds(state)
            and self._history.sees(self._user_id, deal_id, place)
        )

    def _leaves(self, deal_id: str, after: int) -> bool:
        places = self._history.turns(self._user_id, deal_id)
        return any(not self._stands(deal_id, place) for place in places if place > after)


class _InboxTrial(_SteppedTrial):
    """Of an inbox: each notification once, at its place, and the count with every item."""

    def _begin_anew(self, item: Item) -> None:
        self._told: set[str] = set()
        self._hear_nothing(item)

    def _hear_nothing(self, item: Item) -> None:
        self._kept = item.said["unreadDealCount"]

    def _take(self, item: Item) -> None:
        self._hear_nothing(item)
        if item.said["notification"] is None:
            return
        ident = item.said["notification"]["id"]
        if ident in self._told:
            self._fault("DOUBLED", f"{ident} at {item.position}")
        self._told.add(ident)
        one = self._history.notifications[self._user_id].get(ident)
        if one is None or one.position != item.position:
            self._fault("LEAKED", f"{ident} at {item.position}, where it was not made")

    def _settle(self) -> None:
        """A notification may be withheld if its deal went out of sight."""
        if self._base is None:
            return
        for ident, one in self._history.notifications[self._user_id].items():
            if (
                self._base < one.position <= self._newest
                and ident not in self._told
                and not self._history.loses_sight(self._user_id, one.deal_id, one.position - 1)
            ):
                self._fault("LOST", f"{ident} at {one.position}")


class _SummaryTrial(_ViewTrial):
    """Of a state that is told anew when it differs: the first of a session, and each other one, once."""

    def _begin(self, _session: Session) -> None:
        self._kept = None

    def _hear(self, item: Item, session: Session) -> None:
        match item.kind:
            case "SNAPSHOT" if item is session.items[0]:
                self._kept = item.said["summary"]
            case "READY" | "HEARTBEAT" if self._kept is not None:
                pass
            case "CHANGED" if self._kept is not None:
                self._verdict.delivered += 1
                if item.said["summary"] == self._kept:
                    self._fault("DOUBLED", f"a summary at {item.position}")
                self._kept = item.said["summary"]
            case _:
                self._fault("WRONG", f"{item.kind} at {item.position} out of place")


_TRIALS: dict[type[Follower], type[Trial]] = {
    BoardWatcher: _BoardTrial,
    LeadBoardWatcher: _BoardTrial,
    InboxWatcher: _InboxTrial,
    SummaryWatcher: _SummaryTrial,
}


def judge(history: History, follower: Follower) -> Verdict:
    """By the trial for what it follows."""
    return oracle.judge(history, follower, _TRIALS.get(type(follower)))
