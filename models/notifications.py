"""What is a user told of, whether they look or not? One row a user and event (rule 18)."""

from tortoise import fields
from tortoise.models import Model

from models.enums import NotificationReason


class Notification(Model):
    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    user_id = fields.CharField(40)
    deal_id = fields.CharField(40)
    event_id = fields.CharField(40)
    reason = fields.CharEnumField(NotificationReason, max_length=20)
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)
    snoozed_until = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications"
