"""Was this mutation already done? A key belongs to a user and a mutation and lives 24 hours (rule 30)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson
from tortoise.exceptions import IntegrityError

from models import Event, EventHead, IdempotencyKey, User
from models.enums import ErrorCode
from models.errors import refuse
from models.text import clean
from models.transactions import Again, transact
from realtime.cursors import LogCursor
from resolvers import door
from resolvers.log import Log

LIFETIME = timedelta(hours=24)
# What is purged is long past its use: nobody who looks a key up can miss one.
_MARGIN = timedelta(hours=1)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Remembered:
    object_id: str | None
    cursor: LogCursor | None


async def recall(viewer: User, mutation: str, given: Mapping[str, Any]) -> Remembered | None:
    """What the same mutation under the same key did, for a viewer who may still see it.

    Raises:
        Refused: KEY_REUSED when the input is another one; NOT_FOUND when its object is out of sight.
    """
    key = given.get("idempotency_key")
    if key is None:
        return None
    key = clean(key, "idempotencyKey")
    kept = await IdempotencyKey.get_or_none(user_id=viewer.id, mutation=mutation, key=key)
    if kept is None:
        return None
    if kept.created_at < Log(viewer.organisation_id, viewer).now - LIFETIME:
        await kept.delete()
        return None
    if kept.input_hash != _hash(given):
        raise refuse(ErrorCode.KEY_REUSED, "was used with another input before", "idempotencyKey")
    if "deal_id" in given:
        await door.seen(viewer, given["deal_id"], "dealId")
    elif kept.object_id is not None and kept.object_id.startswith("deal_"):
        await door.seen(viewer, kept.object_id, "id")
    return Remembered(kept.object_id, await _cursor(kept))


async def purge() -> int:
    """Removes keys past their lifetime, a few at a time so that no writer waits long; says how many."""

    async def work() -> int:
        past = IdempotencyKey.filter(created_at__lt=datetime.now(UTC) - LIFETIME - _MARGIN)
        ids = [row.id for row in await past.limit(_BATCH).only("id")]
        return await IdempotencyKey.filter(id__in=ids).delete() if ids else 0

    purged = 0
    while more := await transact(work):
        purged += more
    return purged


async def _cursor(kept: IdempotencyKey) -> LogCursor | None:
    if kept.event_id is None:
        return None
    event = await Event.get(id=kept.event_id)
    head = await EventHead.get(organisation_id=kept.organisation_id)
    return LogCursor(head.epoch, event.position)


async def remember(
    viewer: User, mutation: str, given: Mapping[str, Any], object_id: str | None, log: Log
) -> None:
    """Keeps what is about to be written under the client's key."""
    key = given.get("idempotency_key")
    if key is None:
        return
    try:
        await IdempotencyKey.create(
            organisation_id=viewer.organisation_id,
            user_id=viewer.id,
            mutation=mutation,
            key=key.strip(),
            input_hash=_hash(given),
            object_id=object_id,
            event_id=log.last_event_id,
            created_at=log.now,
        )
    except IntegrityError:
        # The same key committed between our look and our write: run again, and find it.
        raise Again from None


def _hash(given: Mapping[str, Any]) -> str:
    asked = {name: value for name, value in given.items() if name != "idempotency_key"}
    return sha256(orjson.dumps(asked, default=_plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: object) -> str:
    """1.0 and 1.00 are one amount, however a client wrote it the second time."""
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)
