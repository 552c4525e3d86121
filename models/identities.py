"""Whom does a provider of sign-in know a user as?"""

from tortoise import fields
from tortoise.models import Model


class Identity(Model):
    """Somebody at an OpenID Connect provider: the same person always, whatever becomes of the e-mail address."""

    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    user_id = fields.CharField(40, unique=True)
    issuer = fields.CharField(500)
    # Empty where the provider knows of no tenants.
    tenant = fields.CharField(200)
    subject = fields.CharField(255)
    linked_at = fields.DatetimeField()

    class Meta:
        table = "identities"
        unique_together = (("issuer", "tenant", "subject"),)
