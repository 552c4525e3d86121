"""Who is there? Organisations, their users (inside) and their contacts (outside): two disjoint types."""

from tortoise import fields
from tortoise.models import Model

from models.enums import UserRole
from models.text import folded


class Organisation(Model):
    id = fields.CharField(40, primary_key=True)
    name = fields.CharField(200)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "organisations"


class User(Model):
    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    full_name = fields.CharField(200)
    name_key = fields.TextField()
    # Lower case: unique on the server, whatever the case it was typed in.
    email = fields.CharField(320, unique=True)
    role = fields.CharEnumField(UserRole, max_length=20)
    is_active = fields.BooleanField(default=True)
    # Tokens issued up to then are refused.
    signed_out_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "users"


class Contact(Model):
    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    full_name = fields.CharField(200)
    name_key = fields.TextField()
    email = fields.CharField(320, null=True)
    phone = fields.CharField(60, null=True)
    job_title = fields.CharField(200, null=True)
    company = fields.CharField(200, null=True)
    # What `search` looks into: name, e-mail, job title and company, folded.
    search_key = fields.TextField()
    is_archived = fields.BooleanField(default=False)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "contacts"

    def fold(self) -> None:
        """Refreshes the columns made for search and order; call it before every save."""
        self.name_key = folded(self.full_name)
        parts = (self.full_name, self.email, self.job_title, self.company)
        self.search_key = folded(" ".join(part for part in parts if part))


class ContactMerge(Model):
    """A contact that was merged into another: its id goes on standing for that one (rule 7)."""

    contact_id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    into_id = fields.CharField(40)
    merged_at = fields.DatetimeField()

    class Meta:
        table = "contact_merges"
