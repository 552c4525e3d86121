"""What did the people outside do: write, call, meet (rule 11)? Recorded for the one who did it."""

from datetime import datetime, timedelta

from models import Contact, Contribution, Message, Person, User
from models.enums import (
    ContributionKind,
    DealEventKind,
    DeliveryStatus,
    Direction,
    ErrorCode,
    Standing,
)
from models.errors import refuse
from models.ids import new_id
from models.text import clean_body, clean_subject
from resolvers import door
from resolvers.drafts import reply_to
from resolvers.log import Edit, Log
from resolvers.messages import add_to_thread, answered, note
from resolvers.operation import Given, Outcome, perform

# Clocks differ; what a contributor did lies behind them.
_SKEW = timedelta(minutes=5)


async def record(viewer: User, given: Given) -> Outcome:
    """A message that came in becomes one of the deal's messages, in its thread, and has no actor."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        parent = await answered(edit.deal, given)
        contribution = Contribution(
            id=new_id("contribution"),
            organisation_id=viewer.organisation_id,
            deal_id=edit.deal.id,
            contact_id=await _contributor(viewer, edit, given),
            kind=given["kind"],
            direction=given["direction"],
            at=_at(given, log.now),
            subject=_subject(given),
            body=clean_body(given["body"], "body"),
            recorded_by_id=viewer.id,
        )
        kind = DealEventKind.CONTRIBUTION_RECORDED
        if _came_in(given):
            kind = DealEventKind.MESSAGE_RECEIVED
            log.actor_id = None
            contribution.message_id = await _receive(contribution, parent)
        elif parent is not None:
            message = "is for messages that came in"
            raise refuse(ErrorCode.INVALID, message, "inReplyTo")
        await contribution.save(force_create=True)
        return note(edit, log, kind, contribution.id)

    return await perform(viewer, "recordContribution", given, work)


def _came_in(given: Given) -> bool:
    return given["kind"] is ContributionKind.MESSAGE and given["direction"] is Direction.INBOUND


async def _contributor(viewer: User, edit: Edit, given: Given) -> str:
    asked = door.check_id(given["contact_id"], "contact", "contactId")
    ident = (await door.survivors([asked]))[asked]
    standing = Person.filter(deal_id=edit.deal.id, contact_id=ident)
    if not await standing.exclude(standing=Standing.FORMER).exists():
        await door.contacts(viewer, [ident], [("contactId",)])
        message = "is neither the deal's contact nor one of its participants"
        raise refuse(ErrorCode.INVALID, message, "contactId")
    return ident


def _at(given: Given, now: datetime) -> datetime:
    at: datetime | None = given.get("at", now)
    if at is None:
        raise refuse(ErrorCode.INVALID, "cannot be null", "at")
    if at > now + _SKEW:
        raise refuse(ErrorCode.INVALID, "lies in the future", "at")
    return at


def _subject(given: Given) -> str | None:
    subject = given.get("subject")
    return None if subject is None else clean_subject(subject, "subject", required=False) or None


async def _receive(contribution: Contribution, parent: Message | None) -> str:
    contact = await Contact.get(id=contribution.contact_id)
    subject = contribution.subject or (reply_to(parent.subject) if parent else "")
    message = Message(
        id=new_id("message"),
        organisation_id=contribution.organisation_id,
        deal_id=contribution.deal_id,
        direction=Direction.INBOUND,
        subject=subject,
        body=contribution.body,
        # As the person was known then, whatever becomes of the address.
        sender=contact.email or contact.full_name,
        to=[] if parent is None or parent.direction is Direction.INBOUND else [parent.sender],
        cc=[],
        status=DeliveryStatus.RECEIVED,
        at=contribution.at,
        author_id=contribution.recorded_by_id,
    )
    await add_to_thread(message, parent)
    return message.id
