"""The first schema: the tables of _first_tables.py, and the models that stand for them."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from migrations._first_tables import create
from migrations._sql import Recorded
from models.enums import (
    DealKind,
    DealVisibility,
    LeadStatus,
    OpportunityStatus,
    ParticipantRole,
    StageType,
    Standing,
    SubscriptionLevel,
    SubscriptionReason,
    UserRole,
)
from models.events import encode


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.RunPython(create),
        Recorded(
            name="Contact",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("full_name", fields.CharField(max_length=200)),
                ("name_key", fields.TextField(unique=False)),
                ("email", fields.CharField(null=True, max_length=320)),
                ("phone", fields.CharField(null=True, max_length=60)),
                ("job_title", fields.CharField(null=True, max_length=200)),
                ("company", fields.CharField(null=True, max_length=200)),
                ("search_key", fields.TextField(unique=False)),
                ("is_archived", fields.BooleanField(default=False)),
                ("version", fields.IntField(default=1)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "contacts", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        Recorded(
            name="Deal",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="LEAD: LEAD\nOPPORTUNITY: OPPORTUNITY",
                        enum_type=DealKind,
                        max_length=20,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("name_key", fields.TextField(unique=False)),
                ("search_key", fields.TextField(unique=False)),
                ("owner_id", fields.CharField(max_length=40)),
                (
                    "visibility",
                    fields.CharEnumField(
                        description="ORGANISATION: ORGANISATION\nRESTRICTED: RESTRICTED",
                        enum_type=DealVisibility,
                        max_length=20,
                    ),
                ),
                ("source", fields.CharField(null=True, max_length=200)),
                ("company", fields.CharField(null=True, max_length=200)),
                ("company_key", fields.TextField(null=True, unique=False)),
                (
                    "lead_status",
                    fields.CharEnumField(
                        null=True,
                        description="NEW: NEW\nCONTACTED: CONTACTED\nQUALIFIED: QUALIFIED\nUNQUALIFIED: UNQUALIFIED",
                        enum_type=LeadStatus,
                        max_length=20,
                    ),
                ),
                ("pipeline_id", fields.CharField(null=True, max_length=40)),
                ("stage_id", fields.CharField(null=True, max_length=40)),
                (
                    "status",
                    fields.CharEnumField(
                        null=True,
                        description="OPEN: OPEN\nWON: WON\nLOST: LOST",
                        enum_type=OpportunityStatus,
                        max_length=20,
                    ),
                ),
                ("probability", fields.IntField(null=True)),
                ("amount_units", fields.BigIntField(null=True)),
                ("currency", fields.CharField(null=True, max_length=3)),
                ("expected_close_date", fields.DateField(null=True)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lost_reason", fields.CharField(null=True, max_length=2000)),
                (
                    "converted_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("conversion_revision", fields.IntField(null=True)),
                ("version", fields.IntField(default=1)),
                ("revision", fields.IntField(default=0)),
                ("position", fields.BigIntField(default=0)),
                (
                    "archived_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "deals", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        Recorded(
            name="Event",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("position", fields.BigIntField()),
                ("kind", fields.CharField(max_length=40)),
                ("deal_id", fields.CharField(null=True, max_length=40)),
                ("actor_id", fields.CharField(null=True, max_length=40)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("important", fields.BooleanField(default=False)),
                ("revision", fields.IntField(default=0)),
                ("archived", fields.BooleanField(default=False)),
                ("changes", fields.JSONField(default=list, encoder=encode, decoder=loads)),
                ("audience", fields.JSONField(null=True, encoder=encode, decoder=loads)),
                ("audience_before", fields.JSONField(null=True, encoder=encode, decoder=loads)),
                ("subject_id", fields.CharField(null=True, max_length=40)),
                ("data", fields.JSONField(null=True, encoder=encode, decoder=loads)),
            ],
            options={
                "table": "events",
                "app": "models",
                "pk_attr": "id",
                "table_description": "One row of the log.",
            },
            bases=["Model"],
        ),
        Recorded(
            name="EventHead",
            fields=[
                (
                    "organisation_id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("position", fields.BigIntField(default=0)),
                ("epoch", fields.CharField(max_length=20)),
            ],
            options={
                "table": "event_heads",
                "app": "models",
                "pk_attr": "organisation_id",
                "table_description": "The newest position of an organisation's log: its row lock, held to commit, makes position order commit order.",
            },
            bases=["Model"],
        ),
        Recorded(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("user_id", fields.CharField(max_length=40)),
                ("mutation", fields.CharField(max_length=60)),
                ("key", fields.CharField(max_length=200)),
                ("input_hash", fields.CharField(max_length=64)),
                ("object_id", fields.CharField(null=True, max_length=40)),
                ("event_id", fields.CharField(null=True, max_length=40)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "idempotency_keys",
                "app": "models",
                "pk_attr": "id",
                "table_description": "What a mutation under a client's key did, so that its retry does nothing again (rule 30).",
            },
            bases=["Model"],
        ),
        Recorded(
            name="Organisation",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("name", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "organisations", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        Recorded(
            name="Person",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("deal_id", fields.CharField(max_length=40)),
                ("contact_id", fields.CharField(max_length=40)),
                (
                    "standing",
                    fields.CharEnumField(
                        description="CONTACT: CONTACT\nPARTICIPANT: PARTICIPANT\nFORMER: FORMER",
                        enum_type=Standing,
                        max_length=20,
                    ),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        default=ParticipantRole.OTHER,
                        description="DECISION_MAKER: DECISION_MAKER\nEVALUATOR: EVALUATOR\nINFLUENCER: INFLUENCER\nADVISER: ADVISER\nCHAMPION: CHAMPION\nEND_USER: END_USER\nOTHER: OTHER",
                        enum_type=ParticipantRole,
                        max_length=20,
                    ),
                ),
                ("label", fields.CharField(null=True, max_length=200)),
                ("added_by_id", fields.CharField(null=True, max_length=40)),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "people",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A contact's standing on a deal: at most one row a deal and contact, at most one CONTACT a deal.",
            },
            bases=["Model"],
        ),
        Recorded(
            name="Pipeline",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("name", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "pipelines", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        Recorded(
            name="Share",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("deal_id", fields.CharField(max_length=40)),
                ("user_id", fields.CharField(max_length=40)),
            ],
            options={
                "table": "shares",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A user who sees the deal while it is RESTRICTED, besides its owner and the admins.",
            },
            bases=["Model"],
        ),
        Recorded(
            name="Stage",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("pipeline_id", fields.CharField(max_length=40)),
                ("name", fields.CharField(max_length=200)),
                ("position", fields.IntField()),
                ("probability", fields.IntField()),
                (
                    "type",
                    fields.CharEnumField(
                        description="OPEN: OPEN\nWON: WON\nLOST: LOST",
                        enum_type=StageType,
                        max_length=20,
                    ),
                ),
            ],
            options={"table": "stages", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        Recorded(
            name="Subscriber",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("deal_id", fields.CharField(max_length=40)),
                ("user_id", fields.CharField(max_length=40)),
                (
                    "level",
                    fields.CharEnumField(
                        default=SubscriptionLevel.ALL,
                        description="ALL: ALL\nIMPORTANT: IMPORTANT\nMENTIONS: MENTIONS\nMUTED: MUTED",
                        enum_type=SubscriptionLevel,
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    fields.CharEnumField(
                        description="MANUAL: MANUAL\nADDED_BY: ADDED_BY\nCREATED: CREATED\nOWNER: OWNER\nCOMMENTED: COMMENTED\nMENTIONED: MENTIONED\nCONVERTED: CONVERTED",
                        enum_type=SubscriptionReason,
                        max_length=20,
                    ),
                ),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("has_left", fields.BooleanField(default=False)),
            ],
            options={
                "table": "subscribers",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A user who follows a deal; `has_left` remembers one's own unfollow, which sticks (rule 13).",
            },
            bases=["Model"],
        ),
        Recorded(
            name="User",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("full_name", fields.CharField(max_length=200)),
                ("name_key", fields.TextField(unique=False)),
                ("email", fields.CharField(unique=True, max_length=320)),
                (
                    "role",
                    fields.CharEnumField(
                        description="ADMIN: ADMIN\nMEMBER: MEMBER\nVIEWER: VIEWER",
                        enum_type=UserRole,
                        max_length=20,
                    ),
                ),
                ("is_active", fields.BooleanField(default=True)),
                (
                    "signed_out_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "users", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
    ]
