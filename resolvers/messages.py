"""How is a message sent from a deal (rule 10)? It is accepted here; mail_queue.py delivers it afterwards."""

from models import Deal, Message, User
from models.enums import DealEventKind, DeliveryStatus, Direction, ErrorCode
from models.errors import refuse
from models.ids import new_id
from models.text import clean_body, clean_subject
from resolvers import door, mail_queue
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome, perform
from resolvers.recipients import chosen


async def send(viewer: User, given: Given) -> Outcome:
    """Accepts a message for sending: to the recipients of the draft, or to those given."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        subject = clean_subject(given["subject"], "subject")
        body = clean_body(given["body"], "body")
        parent = await answered(edit.deal, given)
        to, cc = await chosen(edit.deal, parent, given)
        message = Message(
            id=new_id("message"),
            organisation_id=viewer.organisation_id,
            deal_id=edit.deal.id,
            direction=Direction.OUTBOUND,
            subject=subject,
            body=body,
            sender=viewer.email,
            to=to,
            cc=cc,
            status=DeliveryStatus.PENDING,
            at=log.now,
            author_id=viewer.id,
            due_at=log.now,
        )
        await add_to_thread(message, parent)
        return note(edit, log, DealEventKind.MESSAGE_SENT, message.id)

    outcome = await perform(viewer, "sendMessage", given, work)
    mail_queue.wake()
    return outcome


async def retry(viewer: User, given: Given) -> Outcome:
    """Sends a message that failed once more, to those whom it has not reached."""
    ident = door.check_id(given["id"], "message", "id")

    async def work(log: Log) -> Outcome:
        found = await Message.get_or_none(id=ident, organisation_id=viewer.organisation_id)
        if found is None:
            raise refuse(ErrorCode.NOT_FOUND, "was not found", "id")
        edit = await door.editable(viewer, found.deal_id, "id")
        message = await Message.get(id=ident)
        if message.direction is Direction.INBOUND:
            raise refuse(ErrorCode.INVALID, "came in; only what goes out is sent again", "id")
        if message.status is not DeliveryStatus.FAILED:
            # It is on its way or there: what is asked for stands already.
            return Outcome(ident, deal_id=edit.deal.id)
        message.status, message.due_at = DeliveryStatus.PENDING, log.now
        message.attempts, message.failure = 0, None
        await message.save(force_update=True)
        return note(edit, log, DealEventKind.MESSAGE_SENT, ident)

    outcome = await perform(viewer, "retryMessage", given, work)
    mail_queue.wake()
    return outcome


async def answered(deal: Deal, given: Given) -> Message | None:
    """The message of the same deal that this one answers, if it answers one."""
    if given.get("in_reply_to") is None:
        return None
    ident = door.check_id(given["in_reply_to"], "message", "inReplyTo")
    parent = await Message.get_or_none(id=ident, deal_id=deal.id)
    if parent is None:
        raise refuse(ErrorCode.NOT_FOUND, "is no message of this deal", "inReplyTo")
    return parent


async def add_to_thread(message: Message, parent: Message | None) -> None:
    message.thread_id = message.id if parent is None else parent.thread_id
    message.in_reply_to_id = None if parent is None else parent.id
    await message.save(force_create=True)


def note(edit: Edit, log: Log, kind: DealEventKind, object_id: str) -> Outcome:
    edit.kinds.add(kind)
    edit.object_id = object_id
    log.record(edit)
    return Outcome(object_id, deal_id=edit.deal.id)
