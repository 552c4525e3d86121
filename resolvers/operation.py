"""How does every mutation run? One transaction: what the key remembers, the work, the key, the log; then the news."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models import User
from models.enums import WarningCode
from models.errors import Refused
from models.transactions import Again, transact
from realtime import broker
from realtime.cursors import LogCursor
from resolvers import idempotency
from resolvers.log import Log

Given = Mapping[str, Any]
"""The input fields that the client gave, by snake_case name; an absent one changes nothing (rule 29)."""


@dataclass(frozen=True, slots=True)
class DealChanges:
    """What a mutation of something else did to one deal."""

    deal_id: str
    changes: list[dict[str, Any]]


@dataclass
class Outcome:
    """What a mutation did: the object to show as it now stands, and the place in the log of what was written."""

    object_id: str | None
    cursor: LogCursor | None = None
    warnings: list[WarningCode] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    would_notify: list[str] = field(default_factory=list)
    notifications: list[str] = field(default_factory=list)
    deal_changes: list[DealChanges] = field(default_factory=list)
    # Where the object is not the deal itself but stands on one.
    deal_id: str | None = None


class DryRun(Exception):
    """Carries the outcome of a mutation that is only tried, out of a transaction that it rolls back."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


async def perform(
    viewer: User, mutation: str, given: Given, work: Callable[[Log], Awaitable[Outcome]]
) -> Outcome:
    """Runs a mutation for a user.

    Raises:
        Refused: with its reasons; nothing was written.
    """

    async def run() -> Outcome:
        remembered = await idempotency.recall(viewer, mutation, given)
        if remembered is not None:
            deal_id = given.get("deal_id")
            return Outcome(remembered.object_id, remembered.cursor, deal_id=deal_id)
        log = Log(viewer.organisation_id, viewer)
        try:
            outcome = await work(log)
        except Refused:
            # Sent twice at once: what refuses this one may be what the first one did meanwhile.
            if await idempotency.recall(viewer, mutation, given) is not None:
                raise Again from None
            raise
        await idempotency.remember(viewer, mutation, given, outcome.object_id, log)
        outcome.cursor = await log.write()
        return outcome

    try:
        outcome = await transact(run)
    except DryRun as tried:
        return tried.outcome
    if outcome.cursor is not None:
        broker.announce(viewer.organisation_id, outcome.cursor.position)
    return outcome


async def perform_unasked(
    organisation_id: str, work: Callable[[Log], Awaitable[Outcome]]
) -> Outcome:
    """The same for the operator's commands, which have no user and no key."""

    async def run() -> Outcome:
        log = Log(organisation_id, None)
        outcome = await work(log)
        outcome.cursor = await log.write()
        return outcome

    outcome = await transact(run)
    if outcome.cursor is not None:
        broker.announce(organisation_id, outcome.cursor.position)
    return outcome
