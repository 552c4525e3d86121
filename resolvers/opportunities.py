"""What can be done to an opportunity: create it, change its own fields, move it through its stages."""

from models import Deal, Pipeline, Stage, User
from models.enums import (
    DealEventKind,
    DealField,
    DealKind,
    ErrorCode,
    OpportunityStatus,
    StageType,
)
from models.errors import refuse
from models.ids import new_id
from models.money import Money
from models.text import TEXT_LIMIT, clean, clean_optional
from resolvers import door
from resolvers.creation import create_deal
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome, perform
from resolvers.sharing import change_audience

CERTAIN = 100  # percent


async def create(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        await door.refresh(viewer)
        door.check_may_edit(viewer)
        stage = await entry_stage(viewer, given)
        deal = Deal(id=new_id("deal"), kind=DealKind.OPPORTUNITY, name=clean(given["name"], "name"))

        def fill(edit: Edit) -> None:
            enter(edit, stage, log)
            set_sums(edit, given)

        return await create_deal(viewer, log, deal, given, fill)

    return await perform(viewer, "createOpportunity", given, work)


async def update(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["id"], "id", DealKind.OPPORTUNITY)
        set_name(edit, given)
        set_sums(edit, given)
        await _set_probability(edit, given)
        await change_audience(viewer, edit, given)
        door.check_version(edit, given)
        log.record(edit)
        return Outcome(edit.deal.id)

    return await perform(viewer, "updateOpportunity", given, work)


async def move(viewer: User, given: Given) -> Outcome:
    """Another stage of the same pipeline; the status follows from it (rule 24)."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["id"], "id", DealKind.OPPORTUNITY)
        stage = await door.stage(viewer, given["stage_id"], "stageId")
        if stage.pipeline_id != edit.deal.pipeline_id:
            raise refuse(ErrorCode.INVALID, "is a stage of another pipeline", "stageId")
        if stage.id != edit.deal.stage_id:
            enter(edit, stage, log, lost_reason(given, stage))
        elif given.get("lost_reason") is not None:
            reason = lost_reason(given, stage)
            edit.set("lost_reason", reason, DealField.LOST_REASON, DealEventKind.UPDATED)
        door.check_version(edit, given)
        log.record(edit)
        return Outcome(edit.deal.id)

    return await perform(viewer, "moveOpportunity", given, work)


async def entry_stage(viewer: User, given: Given) -> Stage:
    """The stage in which an opportunity begins: the one given, else the first of the pipeline.

    Raises:
        Refused: INVALID for a stage of another pipeline; LOST_REASON_REQUIRED for one that means lost.
    """
    for name, field in (("pipeline_id", "pipelineId"), ("stage_id", "stageId")):
        if name in given and given[name] is None:
            raise refuse(ErrorCode.INVALID, "cannot be null", field)
    pipeline = await _pipeline(viewer, given.get("pipeline_id"))
    if "stage_id" in given:
        stage = await door.stage(viewer, given["stage_id"], "stageId")
        if "pipeline_id" in given and stage.pipeline_id != pipeline.id:
            raise refuse(ErrorCode.INVALID, "is a stage of another pipeline", "stageId")
    else:
        stage = await Stage.get(pipeline_id=pipeline.id, position=0)
    if stage.type is StageType.LOST:
        raise refuse(ErrorCode.LOST_REASON_REQUIRED, "means lost, which needs a reason", "stageId")
    return stage


async def _pipeline(viewer: User, ident: object) -> Pipeline:
    own = Pipeline.filter(organisation_id=viewer.organisation_id)
    if ident is not None:
        own = own.filter(id=door.check_id(ident, "pipeline", "pipelineId"))
    pipeline = await own.order_by("created_at", "id").first()
    if pipeline is None:
        raise refuse(ErrorCode.NOT_FOUND, "was not found", "pipelineId")
    return pipeline


def lost_reason(given: Given, stage: Stage) -> str | None:
    """The reason that a lost stage needs, and no other may have."""
    reason = clean_optional(given.get("lost_reason"), "lostReason", limit=TEXT_LIMIT)
    if stage.type is StageType.LOST and reason is None:
        raise refuse(ErrorCode.LOST_REASON_REQUIRED, "is needed for a lost stage", "lostReason")
    if stage.type is not StageType.LOST and reason is not None:
        raise refuse(ErrorCode.INVALID, "is for a lost stage only", "lostReason")
    return reason


def enter(edit: Edit, stage: Stage, log: Log, reason: str | None = None) -> None:
    """Puts an opportunity into a stage, with the status, probability and closing time that follow."""
    deal = edit.deal
    status = OpportunityStatus(stage.type)
    kind = _kind(deal, status)
    if status is not deal.status:
        deal.closed_at = None if status is OpportunityStatus.OPEN else log.now
    deal.pipeline_id = stage.pipeline_id
    edit.set("stage_id", stage.id, DealField.STAGE, kind)
    # A lead's status stands in another column: on conversion it is what STATUS was before.
    if deal.status is None and deal.lead_status is not None:
        edit.note(kind, DealField.STATUS, deal.lead_status, status)
        deal.status = status
    edit.set("status", status, DealField.STATUS, kind)
    edit.set("lost_reason", reason, DealField.LOST_REASON, kind)
    edit.set("probability", stage.probability, DealField.PROBABILITY, kind)


def _kind(deal: Deal, status: OpportunityStatus) -> DealEventKind:
    if deal.stage_id is None:
        # Created or converted: the caller names the kind, and only a closing is stronger news than that.
        return DealEventKind.WON if status is OpportunityStatus.WON else DealEventKind.UPDATED
    if status is deal.status:
        return DealEventKind.STAGE_CHANGED
    return {
        OpportunityStatus.OPEN: DealEventKind.REOPENED,
        OpportunityStatus.WON: DealEventKind.WON,
        OpportunityStatus.LOST: DealEventKind.LOST,
    }[status]


def set_name(edit: Edit, given: Given) -> None:
    if "name" not in given:
        return
    if given["name"] is None:
        raise refuse(ErrorCode.INVALID, "cannot be cleared", "name")
    edit.set("name", clean(given["name"], "name"), DealField.NAME, DealEventKind.UPDATED)


def set_sums(edit: Edit, given: Given) -> None:
    """Amount and expected close date, where they are given; null clears."""
    if "amount" in given:
        money = given["amount"]
        amount = (
            None if money is None else Money.checked(money["amount"], money["currency"], "amount")
        )
        edit.set("amount", amount, DealField.AMOUNT, DealEventKind.UPDATED)
    if "expected_close_date" in given:
        edit.set(
            "expected_close_date",
            given["expected_close_date"],
            DealField.EXPECTED_CLOSE_DATE,
            DealEventKind.UPDATED,
        )


async def _set_probability(edit: Edit, given: Given) -> None:
    """Rule 25: set by hand, or by null the stage's again."""
    if "probability" not in given:
        return
    probability = given["probability"]
    if probability is None:
        probability = (await Stage.get(id=edit.deal.stage_id)).probability
    if not 0 <= probability <= CERTAIN:
        raise refuse(ErrorCode.INVALID, "must be from 0 to 100", "probability")
    edit.set("probability", probability, DealField.PROBABILITY, DealEventKind.UPDATED)
