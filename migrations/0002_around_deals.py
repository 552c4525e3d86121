"""What happens around a deal: the tables of _conversation_tables.py, and the models that stand for them."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from migrations._conversation_tables import create
from migrations._sql import Recorded, RecordedField
from models.enums import ContributionKind, DeliveryStatus, Direction, NotificationReason
from models.events import encode


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    initial = False

    operations = [
        ops.RunPython(create),
        Recorded(
            name="Comment",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("deal_id", fields.CharField(max_length=40)),
                ("author_id", fields.CharField(max_length=40)),
                ("body", fields.TextField(unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("edited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "comments", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        Recorded(
            name="ContactMerge",
            fields=[
                (
                    "contact_id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("into_id", fields.CharField(max_length=40)),
                ("merged_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contact_merges",
                "app": "models",
                "pk_attr": "contact_id",
                "table_description": "A contact that was merged into another: its id goes on standing for that one (rule 7).",
            },
            bases=["Model"],
        ),
        Recorded(
            name="Contribution",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("deal_id", fields.CharField(max_length=40)),
                ("contact_id", fields.CharField(max_length=40)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="MESSAGE: MESSAGE\nCALL: CALL\nMEETING: MEETING\nNOTE: NOTE",
                        enum_type=ContributionKind,
                        max_length=20,
                    ),
                ),
                (
                    "direction",
                    fields.CharEnumField(
                        description="INBOUND: INBOUND\nOUTBOUND: OUTBOUND",
                        enum_type=Direction,
                        max_length=20,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("subject", fields.TextField(null=True, unique=False)),
                ("body", fields.TextField(unique=False)),
                ("message_id", fields.CharField(null=True, max_length=40)),
                ("recorded_by_id", fields.CharField(null=True, max_length=40)),
            ],
            options={
                "table": "contributions",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Something that the contact or a participant did; it stays when they leave the deal (rule 11).",
            },
            bases=["Model"],
        ),
        Recorded(
            name="Mention",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("comment_id", fields.CharField(max_length=40)),
                ("user_id", fields.CharField(max_length=40)),
            ],
            options={
                "table": "mentions",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A colleague named in a comment.",
            },
            bases=["Model"],
        ),
        Recorded(
            name="Message",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("deal_id", fields.CharField(max_length=40)),
                (
                    "direction",
                    fields.CharEnumField(
                        description="INBOUND: INBOUND\nOUTBOUND: OUTBOUND",
                        enum_type=Direction,
                        max_length=20,
                    ),
                ),
                ("subject", fields.TextField(unique=False)),
                ("body", fields.TextField(unique=False)),
                ("sender", fields.CharField(max_length=320)),
                ("to", fields.JSONField(encoder=encode, decoder=loads)),
                ("cc", fields.JSONField(encoder=encode, decoder=loads)),
                ("thread_id", fields.CharField(max_length=40)),
                ("in_reply_to_id", fields.CharField(null=True, max_length=40)),
                (
                    "status",
                    fields.CharEnumField(
                        description="PENDING: PENDING\nSENT: SENT\nFAILED: FAILED\nRECEIVED: RECEIVED",
                        enum_type=DeliveryStatus,
                        max_length=20,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("author_id", fields.CharField(null=True, max_length=40)),
                ("attempts", fields.IntField(default=0)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "claimed_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("reached", fields.JSONField(default=list, encoder=encode, decoder=loads)),
                ("failure", fields.CharField(null=True, max_length=500)),
            ],
            options={
                "table": "messages",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A message of a deal. One that is PENDING waits in the queue that these rows are.",
            },
            bases=["Model"],
        ),
        Recorded(
            name="Notification",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("user_id", fields.CharField(max_length=40)),
                ("deal_id", fields.CharField(max_length=40)),
                ("event_id", fields.CharField(max_length=40)),
                ("position", fields.BigIntField()),
                (
                    "reason",
                    fields.CharEnumField(
                        description="MENTION: MENTION\nASSIGNED: ASSIGNED\nMESSAGE: MESSAGE\nCOMMENT: COMMENT\nCHANGE: CHANGE",
                        enum_type=NotificationReason,
                        max_length=20,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "snoozed_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={"table": "notifications", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        RecordedField(
            model_name="Event",
            name="object_id",
            field=fields.CharField(null=True, max_length=40),
        ),
        RecordedField(
            model_name="Subscriber",
            name="last_seen_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        RecordedField(
            model_name="Subscriber",
            name="seen_position",
            field=fields.BigIntField(default=0, db_default=0),
        ),
    ]
