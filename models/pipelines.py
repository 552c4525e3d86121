"""Through which stages do opportunities go? Pipelines and stages are data (rule 24)."""

from tortoise import fields
from tortoise.models import Model

from models.enums import StageType

# name, probability, type: what every organisation starts with (rule 24).
DEFAULT_STAGES = (
    ("Prospecting", 10, StageType.OPEN),
    ("Qualification", 20, StageType.OPEN),
    ("Proposal", 50, StageType.OPEN),
    ("Negotiation", 80, StageType.OPEN),
    ("Closed Won", 100, StageType.WON),
    ("Closed Lost", 0, StageType.LOST),
)


class Pipeline(Model):
    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    name = fields.CharField(200)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "pipelines"


class Stage(Model):
    id = fields.CharField(40, primary_key=True)
    organisation_id = fields.CharField(40)
    pipeline_id = fields.CharField(40)
    name = fields.CharField(200)
    # From 0 without a hole; an opportunity begins in the first.
    position = fields.IntField()
    # Percent, 0 to 100.
    probability = fields.IntField()
    type = fields.CharEnumField(StageType, max_length=20)

    class Meta:
        table = "stages"
