"""What changed on a deal since a follower last looked (rule 23)? By others, and only what differs in the end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from models import Subscriber, User
from models.enums import DealField
from models.transactions import among, query
from resolvers import door
from resolvers.log import Log
from resolvers.operation import Given, Outcome, perform

Change = Mapping[str, Any]

# Of these there may be one for each person.
_PERSONAL = frozenset({DealField.PARTICIPANT, DealField.SUBSCRIBER, DealField.SHARED_WITH})


async def mark_seen(viewer: User, given: Given) -> Outcome:
    """The follower has seen the deal as it stands; who does not follow has nothing to keep that in."""

    async def work(log: Log) -> Outcome:
        edit = await door.locked(viewer, given["deal_id"])
        row = await Subscriber.get_or_none(deal_id=edit.deal.id, user_id=viewer.id, has_left=False)
        if row is not None and (row.last_seen_at is None or row.seen_position < edit.deal.position):
            row.seen_position, row.last_seen_at = edit.deal.position, log.now
            await row.save(update_fields=["seen_position", "last_seen_at"])
            log.record_own(edit, viewer.id, row.level, row.level)
        return Outcome(edit.deal.id)

    return await perform(viewer, "markDealSeen", given, work)


async def changes(subscriber_ids: Sequence[int]) -> dict[int, list[Change]]:
    """By follower's row, the changes by others since then: one statement for many deals.

    What happened in the very event that made someone a follower is no news to them.
    """
    rows = await query(
        f"""
        SELECT subscribers.id, events.changes FROM subscribers
        JOIN events ON events.deal_id = subscribers.deal_id
        AND events.position > subscribers.seen_position AND events.at <> subscribers.since
        AND events.subject_id IS NULL
        AND (events.actor_id IS NULL OR events.actor_id <> subscribers.user_id)
        WHERE subscribers.id {among("$1")}
        ORDER BY events.position""",  # noqa: S608  our own words
        list(subscriber_ids),
    )
    found: dict[int, list[Change]] = {ident: [] for ident in subscriber_ids}
    for row in rows:
        found[row["id"]] += orjson.loads(row["changes"])
    return {ident: coalesced(some) for ident, some in found.items()}


def coalesced(changes: Iterable[Change]) -> list[Change]:
    """From the first value to the last, in the order of the first; what is back where it was is left out."""
    net: dict[tuple[str, str | None], dict[str, Any]] = {}
    for change in changes:
        whose = change.get("of")
        if change["field"] in _PERSONAL:
            whose = change["after"] or change["before"]
        kept = net.setdefault((change["field"], whose), dict(change))
        kept["after"] = change["after"]
    return [
        change
        for (_, whose), change in net.items()
        if change["before"] != change["after"] and not _is_of_one_who_left(change, whose, net)
    ]


def _is_of_one_who_left(
    change: Change, whose: str | None, net: Mapping[tuple[str, str | None], Change]
) -> bool:
    """Whether it is the role or label of somebody who takes part no more."""
    taking_part = net.get((DealField.PARTICIPANT, whose))
    return "of" in change and taking_part is not None and taking_part["after"] is None
