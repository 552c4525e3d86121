"""What do colleagues say to each other about a deal?"""

from tortoise import fields
from tortoise.models import Model


class Comment(Model):
    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    deal_id = fields.CharField(40)
    author_id = fields.CharField(40)
    # Plain text. Deleting the comment deletes the row: the log never held it (rule 31).
    body = fields.TextField()
    created_at = fields.DatetimeField()
    edited_at = fields.DatetimeField(null=True)

    class Meta:
        table = "comments"


class Mention(Model):
    """A colleague named in a comment."""

    id = fields.IntField(primary_key=True)
    organisation_id = fields.CharField(40)
    comment_id = fields.CharField(40)
    user_id = fields.CharField(40)

    class Meta:
        table = "mentions"
