"""What does the log itself say of rights, followers and states at each of its places?

Worked out from the rows alone, and not with the code that delivers them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from models import Event, Notification, User


class Rights(NamedTuple):
    role: str
    is_active: bool

    def see(self, user_id: str, audience: list[str] | None) -> bool:
        return self.is_active and (audience is None or self.role == "ADMIN" or user_id in audience)


class Owed(NamedTuple):
    """What a client must get at a place of the log; `event_id` None where it may see no event."""

    position: int
    kind: str
    deal_id: str
    event_id: str | None


@dataclass(frozen=True, slots=True)
class State:
    """A deal from one of its rows to the next; a lead has no stage."""

    position: int
    revision: int
    audience: list[str] | None
    archived: bool
    is_lead: bool
    name: str
    followers: frozenset[str]


class History:
    """An organisation's log from its first row to its last."""

    def __init__(
        self,
        rows: Sequence[Event],
        users: Sequence[User],
        notifications: Sequence[Notification] = (),
    ) -> None:
        self.rows = rows
        self.notifications: defaultdict[str, dict[str, Notification]] = defaultdict(dict)
        for one in notifications:
            self.notifications[one.user_id][one.id] = one
        self.head = rows[-1].position
        self.states: defaultdict[str, list[State]] = defaultdict(list)
        self._rights = {user.id: [(0, Rights(user.role, user.is_active))] for user in users}
        self._ends: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for row in rows:
            if row.kind == "USER_CHANGED":
                self._change_rights(row)
            elif row.kind == "SIGNED_OUT":
                self._ends[row.subject_id or ""].append((row.position, row.at.timestamp()))
            elif row.deal_id is not None and row.subject_id is None:
                self._change_deal(row, row.deal_id)

    def _change_rights(self, row: Event) -> None:
        before, after = (
            Rights(row.data[moment]["role"], row.data[moment]["active"])
            for moment in ("before", "after")
        )
        known = self._rights[row.subject_id or ""]
        if len(known) == 1:
            known[0] = (0, before)
        known.append((row.position, after))
        if not after.is_active:
            self._ends[row.subject_id or ""].append((row.position, float("inf")))

    def _change_deal(self, row: Event, deal_id: str) -> None:
        known = self.states[deal_id]
        name = known[-1].name if known else ""
        is_lead = known[-1].is_lead if known else True
        followers = set(known[-1].followers) if known else set()
        for change in row.changes:
            if change["field"] == "NAME":
                name = change["after"]
            elif change["field"] == "STAGE":
                is_lead = change["after"] is None
            elif change["field"] == "SUBSCRIBER":
                followers.discard(change["before"])
                followers.update({change["after"]} - {None})
        known.append(
            State(
                row.position,
                row.revision,
                row.audience,
                row.archived,
                is_lead,
                name,
                frozenset(followers),
            )
        )

    def holes(self) -> list[int]:
        """Positions that no row has."""
        return sorted(set(range(1, self.head + 1)) - {row.position for row in self.rows})

    def rights(self, user_id: str, position: int) -> Rights:
        known = self._rights[user_id]
        return known[bisect_right(known, position, key=lambda entry: entry[0]) - 1][1]

    def is_active(self, user_id: str) -> bool:
        """At the end of the log."""
        return self.rights(user_id, self.head).is_active

    def end_of_session(self, user_id: str, signed_in_at: float, begun_at: int) -> int | None:
        """Where a session that was live at a place ends: no later place may be told in it."""
        return next(
            (
                position
                for position, ends in self._ends[user_id]
                if position > begun_at and signed_in_at <= ends
            ),
            None,
        )

    def state(self, deal_id: str, position: int) -> State | None:
        """The deal as it stood at a place of the log."""
        known = self.states[deal_id]
        index = bisect_right(known, position, key=lambda state: state.position)
        return known[index - 1] if index else None

    def sees(self, user_id: str, deal_id: str, position: int) -> bool:
        state = self.state(deal_id, position)
        return state is not None and self.rights(user_id, position).see(user_id, state.audience)

    def loses_sight(self, user_id: str, deal_id: str, after: int) -> bool:
        """Whether at some later place the user does not see the deal."""
        places = self.turns(user_id, deal_id)
        return any(not self.sees(user_id, deal_id, place) for place in places if place > after)

    def turns(self, user_id: str, deal_id: str) -> list[int]:
        """The places at which the deal, or what the user may, changed."""
        places = [state.position for state in self.states[deal_id]]
        return [*places, *(position for position, _ in self._rights[user_id])]

    def could_see(self, user_id: str, deal_id: str, revision: int, since: int) -> bool:
        """Whether at some place not before `since` the deal stood so and the user saw it."""
        known = self.states[deal_id]
        index = next((i for i, state in enumerate(known) if state.revision == revision), None)
        if index is None:
            return False
        until = known[index + 1].position if index + 1 < len(known) else self.head + 1
        first = max(known[index].position, since)
        places = [first, *(p for p, _ in self._rights[user_id] if first < p < until)]
        return first < until and any(
            self.rights(user_id, place).see(user_id, known[index].audience) for place in places
        )

    def followed_at(self, user_id: str, position: int) -> dict[str, State]:
        """The deals that a snapshot of what a user follows must show."""
        found = {deal_id: self.state(deal_id, position) for deal_id in self.states}
        return {
            deal_id: state
            for deal_id, state in found.items()
            if state is not None and user_id in state.followers and not state.archived
        }

    def owed(self, user_id: str, deal_id: str | None, after: int) -> list[Owed]:
        """What a stream that has heard all up to a place must hear from there on."""
        found = self._of_deal(user_id, deal_id) if deal_id else self._of_followed(user_id)
        return [one for one in found if one.position > after]

    def _of_followed(self, user_id: str) -> Iterator[Owed]:
        shown: set[str] = set()
        for row in self.rows:
            deal_id = row.deal_id
            if deal_id is None or row.subject_id not in (None, user_id):
                continue
            state = self.state(deal_id, row.position)
            assert state is not None
            if user_id in state.followers and not state.archived:
                shown.add(deal_id)
                yield Owed(row.position, "CHANGED", deal_id, row.id)
            elif deal_id in shown:
                shown.discard(deal_id)
                seen = self.sees(user_id, deal_id, row.position)
                yield Owed(row.position, "REMOVED", deal_id, row.id if seen else None)

    def _of_deal(self, user_id: str, deal_id: str) -> Iterator[Owed]:
        saw = False
        for row in self.rows:
            moves_rights = row.kind == "USER_CHANGED" and row.subject_id == user_id
            is_told = row.deal_id == deal_id and row.subject_id in (None, user_id)
            if not (moves_rights or is_told):
                continue
            sees = self.sees(user_id, deal_id, row.position)
            if sees and is_told:
                yield Owed(row.position, "CHANGED", deal_id, row.id)
            elif saw and not sees:
                yield Owed(row.position, "REMOVED", deal_id, None)
            saw = sees


def told(item_deal: dict[str, Any]) -> tuple[str, frozenset[str]]:
    """What a client was shown of a deal, in the form that `State` has it."""
    return item_deal["name"], frozenset(row["user"]["id"] for row in item_deal["subscribers"])
