"""What goes between us and the people outside a deal: messages, and whatever else they contribute?"""

from typing import Any

import orjson
from tortoise import fields
from tortoise.models import Model

from models.enums import ContributionKind, DeliveryStatus, Direction
from models.events import encode


class Message(Model):
    """A message of a deal. One that is PENDING waits in the queue that these rows are."""

    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    deal_id = fields.CharField(40)
    direction = fields.CharEnumField(Direction, max_length=20)
    subject = fields.TextField()
    body = fields.TextField()
    sender = fields.CharField(320)
    # Addresses, as they were written to.
    to: Any = fields.JSONField(encoder=encode, decoder=orjson.loads)
    cc: Any = fields.JSONField(encoder=encode, decoder=orjson.loads)
    # The first message of the conversation; its own id on that one.
    thread_id = fields.CharField(40)
    in_reply_to_id = fields.CharField(40, null=True)
    status = fields.CharEnumField(DeliveryStatus, max_length=20)
    at = fields.DatetimeField()
    # The user who wrote or recorded it.
    author_id = fields.CharField(40, null=True)
    # The queue: how often it was tried, when it is due, and until when one process has it in hand.
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField(null=True)
    claimed_until = fields.DatetimeField(null=True)
    # The addresses that the mail server took it for: a retry writes to the others only.
    reached: Any = fields.JSONField(default=list, encoder=encode, decoder=orjson.loads)
    # Why the last try did not reach everybody.
    failure = fields.CharField(500, null=True)

    class Meta:
        table = "messages"


class Contribution(Model):
    """Something that the contact or a participant did; it stays when they leave the deal (rule 11)."""

    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    deal_id = fields.CharField(40)
    contact_id = fields.CharField(40)
    kind = fields.CharEnumField(ContributionKind, max_length=20)
    direction = fields.CharEnumField(Direction, max_length=20)
    at = fields.DatetimeField()
    subject = fields.TextField(null=True)
    body = fields.TextField()
    message_id = fields.CharField(40, null=True)
    recorded_by_id = fields.CharField(40, null=True)

    class Meta:
        table = "contributions"
