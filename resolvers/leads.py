"""What can be done to a lead: create it, change it, convert it to an opportunity, and undo that."""

from models import Deal, User
from models.enums import DealEventKind, DealField, DealKind, ErrorCode, LeadStatus
from models.errors import Reason, Stale, refuse
from models.ids import new_id
from models.text import clean, clean_optional
from resolvers import door
from resolvers.creation import create_deal
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome, perform
from resolvers.opportunities import enter, entry_stage, set_name, set_sums
from resolvers.sharing import change_audience


async def create(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        await door.refresh(viewer)
        door.check_may_edit(viewer)
        deal = Deal(id=new_id("deal"), kind=DealKind.LEAD, name=clean(given["name"], "name"))

        def fill(edit: Edit) -> None:
            edit.set("lead_status", LeadStatus.NEW, DealField.STATUS, DealEventKind.CREATED)
            _set_origin(edit, given)

        return await create_deal(viewer, log, deal, given, fill)

    return await perform(viewer, "createLead", given, work)


async def update(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["id"], "id", DealKind.LEAD)
        set_name(edit, given)
        if "lead_status" in given:
            if given["lead_status"] is None:
                raise refuse(ErrorCode.INVALID, "cannot be cleared", "leadStatus")
            edit.set("lead_status", given["lead_status"], DealField.STATUS, DealEventKind.UPDATED)
        _set_origin(edit, given)
        await change_audience(viewer, edit, given)
        door.check_version(edit, given)
        log.record(edit)
        return Outcome(edit.deal.id)

    return await perform(viewer, "updateLead", given, work)


async def convert(viewer: User, given: Given) -> Outcome:
    """The lead becomes an opportunity and stays the same deal: id, roles, followers, log (rule 17)."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["id"], "id")
        deal = edit.deal
        if deal.kind is DealKind.OPPORTUNITY:
            if deal.converted_at is None:
                raise refuse(ErrorCode.NOT_FOUND, "was not found", "id")
            reason = Reason(ErrorCode.ALREADY_CONVERTED, "is an opportunity already", ("id",))
            raise Stale(reason, deal.id)
        stage = await entry_stage(viewer, given)
        edit.kinds.add(DealEventKind.CONVERTED)
        deal.kind = DealKind.OPPORTUNITY
        deal.converted_at = log.now
        enter(edit, stage, log)
        set_sums(edit, given)
        door.check_version(edit, given)
        log.record(edit)
        return Outcome(deal.id)

    return await perform(viewer, "convertLead", given, work)


async def undo_conversion(viewer: User, given: Given) -> Outcome:
    """The opportunity becomes the lead again that it was, while nothing else has happened since."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["id"], "id")
        deal = edit.deal
        if deal.kind is DealKind.OPPORTUNITY:
            if deal.converted_at is None:
                raise refuse(ErrorCode.INVALID, "never was a lead", "id")
            if deal.revision != deal.conversion_revision:
                reason = Reason(ErrorCode.CONFLICT, "has changed since its conversion", ("id",))
                raise Stale(reason, deal.id)
            _undo(edit)
            log.record(edit)
        return Outcome(deal.id)

    return await perform(viewer, "undoConversion", given, work)


def _undo(edit: Edit) -> None:
    deal = edit.deal
    kind = DealEventKind.CONVERSION_UNDONE
    edit.note(kind, DealField.STATUS, deal.status, deal.lead_status)
    deal.kind = DealKind.LEAD
    deal.pipeline_id = deal.status = None
    deal.converted_at = deal.conversion_revision = deal.closed_at = None
    edit.set("stage_id", None, DealField.STAGE, kind)
    edit.set("probability", None, DealField.PROBABILITY, kind)
    edit.set("amount", None, DealField.AMOUNT, kind)
    edit.set("expected_close_date", None, DealField.EXPECTED_CLOSE_DATE, kind)


def _set_origin(edit: Edit, given: Given) -> None:
    for name, field in (("source", DealField.SOURCE), ("company", DealField.COMPANY)):
        if name in given:
            edit.set(name, clean_optional(given[name], name), field, DealEventKind.UPDATED)
