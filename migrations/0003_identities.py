"""Sign-in through a provider: the table of _identity_tables.py, and the model that stands for it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from migrations._identity_tables import create
from migrations._sql import Recorded


class Migration(migrations.Migration):
    dependencies = [("models", "0002_around_deals")]

    initial = False

    operations = [
        ops.RunPython(create),
        Recorded(
            name="Identity",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("organisation_id", fields.CharField(max_length=40)),
                ("user_id", fields.CharField(unique=True, max_length=40)),
                ("issuer", fields.CharField(max_length=500)),
                ("tenant", fields.CharField(max_length=200)),
                ("subject", fields.CharField(max_length=255)),
                ("linked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "identities",
                "app": "models",
                "unique_together": (("issuer", "tenant", "subject"),),
                "pk_attr": "id",
                "table_description": "Somebody at an OpenID Connect provider: the same person always, whatever becomes of the e-mail address.",
            },
            bases=["Model"],
        ),
    ]
