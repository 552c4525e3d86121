"""What happened, in which order? The append-only log of each organisation, and the keys of retried mutations."""

from typing import Any

import orjson
from tortoise import fields
from tortoise.models import Model


def encode(value: Any) -> str:
    return orjson.dumps(value).decode()


class EventHead(Model):
    """The newest position of an organisation's log: its row lock, held to commit, makes position order commit order."""

    organisation_id = fields.CharField(40, primary_key=True)
    position = fields.BigIntField(default=0)
    # Changes when the log is restored or rebuilt: cursors of another epoch are answered by RESYNC.
    epoch = fields.CharField(20)

    class Meta:
        table = "event_heads"


class Event(Model):
    """One row of the log.

    `changes` are `{"field", "before", "after"}` with ids for references, plain values else, and for what is
    about one person (`PARTICIPANT_ROLE`, `PARTICIPANT_LABEL`) also `"of"`, that person's id.
    `audience` is who may see the deal after this row, beside the admins: null for the whole organisation,
    else user ids; `audience_before` the same before it. `subject` is the user whose rights, or whose own
    place on the deal, a row without a public kind changes, from `data["before"]` to `data["after"]`.
    `object` is the comment, message or contribution that the event is about.
    """

    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    position = fields.BigIntField()
    # A DealEventKind, or a PrivateKind for rows that are no DealEvent.
    kind = fields.CharField(40)
    deal_id = fields.CharField(40, null=True)
    actor_id = fields.CharField(40, null=True)
    at = fields.DatetimeField()
    important = fields.BooleanField(default=False)
    revision = fields.IntField(default=0)
    archived = fields.BooleanField(default=False)
    changes: Any = fields.JSONField(default=list, encoder=encode, decoder=orjson.loads)
    audience: Any = fields.JSONField(null=True, encoder=encode, decoder=orjson.loads)
    audience_before: Any = fields.JSONField(null=True, encoder=encode, decoder=orjson.loads)
    subject_id = fields.CharField(40, null=True)
    object_id = fields.CharField(40, null=True)
    data: Any = fields.JSONField(null=True, encoder=encode, decoder=orjson.loads)

    class Meta:
        table = "events"


class IdempotencyKey(Model):
    """What a mutation under a client's key did, so that its retry does nothing again (rule 30)."""

    id = fields.IntField(primary_key=True)
    organisation_id = fields.CharField(40)
    user_id = fields.CharField(40)
    mutation = fields.CharField(60)
    key = fields.CharField(200)
    input_hash = fields.CharField(64)
    object_id = fields.CharField(40, null=True)
    event_id = fields.CharField(40, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_keys"
