"""What is a deal, who stands on it, who follows it and who else may see it?

One table for leads and opportunities: a lead that is converted stays the same row (rule 17).
"""

from tortoise import fields
from tortoise.models import Model

from models.enums import (
    DealKind,
    DealVisibility,
    LeadStatus,
    OpportunityStatus,
    ParticipantRole,
    Standing,
    SubscriptionLevel,
    SubscriptionReason,
)
from models.money import Money
from models.text import folded


class Deal(Model):
    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    kind = fields.CharEnumField(DealKind, max_length=20)
    name = fields.CharField(200)
    name_key = fields.TextField()
    # What `search` looks into: name, company and source, folded.
    search_key = fields.TextField()
    owner_id = fields.CharField(40)
    visibility = fields.CharEnumField(DealVisibility, max_length=20)
    source = fields.CharField(200, null=True)
    company = fields.CharField(200, null=True)
    company_key: str | None = fields.TextField(null=True)
    # A lead's; kept by the opportunity that it becomes, for undoing the conversion.
    lead_status: LeadStatus | None = fields.CharEnumField(  # type: ignore[assignment]
        LeadStatus, max_length=20, null=True
    )
    # An opportunity's, null on a lead.
    pipeline_id = fields.CharField(40, null=True)
    stage_id = fields.CharField(40, null=True)
    status: OpportunityStatus | None = fields.CharEnumField(  # type: ignore[assignment]
        OpportunityStatus, max_length=20, null=True
    )
    # Percent: the stage's, until another one is set by hand (rule 25).
    probability = fields.IntField(null=True)
    # Ten-thousandths of the currency's unit.
    amount_units = fields.BigIntField(null=True)
    currency = fields.CharField(3, null=True)
    expected_close_date = fields.DateField(null=True)
    closed_at = fields.DatetimeField(null=True)
    lost_reason = fields.CharField(2000, null=True)
    converted_at = fields.DatetimeField(null=True)
    # The revision that the conversion wrote: while it is the newest, it can be undone (rule 17).
    conversion_revision = fields.IntField(null=True)
    version = fields.IntField(default=1)
    revision = fields.IntField(default=0)
    # The place in the log of the newest event.
    position = fields.BigIntField(default=0)
    archived_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "deals"

    @property
    def amount(self) -> Money | None:
        return Money.stored(self.amount_units, self.currency)

    @amount.setter
    def amount(self, money: Money | None) -> None:
        self.amount_units = money.units if money else None
        self.currency = money.currency if money else None

    def fold(self) -> None:
        """Refreshes the columns made for search and order; call it before every save."""
        self.name_key = folded(self.name)
        self.company_key = folded(self.company) if self.company else None
        parts = (self.name, self.company, self.source)
        self.search_key = folded(" ".join(part for part in parts if part))


class Person(Model):
    """A contact's standing on a deal: at most one row a deal and contact, at most one CONTACT a deal."""

    id = fields.IntField(primary_key=True)
    organisation_id = fields.CharField(40)
    deal_id = fields.CharField(40)
    contact_id = fields.CharField(40)
    standing = fields.CharEnumField(Standing, max_length=20)
    role = fields.CharEnumField(ParticipantRole, max_length=20, default=ParticipantRole.OTHER)
    label = fields.CharField(200, null=True)
    added_by_id = fields.CharField(40, null=True)
    added_at = fields.DatetimeField()

    class Meta:
        table = "people"


class Subscriber(Model):
    """A user who follows a deal; `has_left` remembers one's own unfollow, which sticks (rule 13)."""

    id = fields.IntField(primary_key=True)
    organisation_id = fields.CharField(40)
    deal_id = fields.CharField(40)
    user_id = fields.CharField(40)
    level = fields.CharEnumField(SubscriptionLevel, max_length=20, default=SubscriptionLevel.ALL)
    reason = fields.CharEnumField(SubscriptionReason, max_length=20)
    since = fields.DatetimeField()
    has_left = fields.BooleanField(default=False)
    # Up to where in the log the follower has seen the deal, and when they looked (rule 23).
    seen_position = fields.BigIntField(default=0, db_default=0)
    last_seen_at = fields.DatetimeField(null=True)

    class Meta:
        table = "subscribers"


class Share(Model):
    """A user who sees the deal while it is RESTRICTED, besides its owner and the admins."""

    id = fields.IntField(primary_key=True)
    organisation_id = fields.CharField(40)
    deal_id = fields.CharField(40)
    user_id = fields.CharField(40)

    class Meta:
        table = "shares"
