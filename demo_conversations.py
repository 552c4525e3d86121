"""What goes to and fro in the demo's story? Told through `resolvers`; nothing of it is ever mailed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from models import Contact, Contribution, Deal, User
from models.enums import ContributionKind, Direction
from resolvers import contributions, drafts, mail_queue, messages
from resolvers.mail import Refusal, Refusals

CALL = ContributionKind.CALL
MEETING = ContributionKind.MEETING
NOTE = ContributionKind.NOTE


class Sent(NamedTuple):
    """From the deal's owner to those of the draft; `lost` names an address mistyped, which fails."""

    subject: str
    body: str
    lost: str | None = None


class Came(NamedTuple):
    """An answer to the message before, if there is one."""

    who: str
    body: str
    subject: str | None = None


class Did(NamedTuple):
    who: str
    kind: ContributionKind
    body: str
    direction: Direction = Direction.INBOUND


Step = Sent | Came | Did
CONVERSATIONS: Mapping[str, tuple[Step, ...]] = {
    "Enterprise contract": (
        Did(
            "Ivan Petrov",
            MEETING,
            "Walked through the integration list; single sign-on is a must for him.",
        ),
        Sent(
            "Enterprise contract: our proposal",
            "Dear Ms Moreau,\n\nattached to the deal room you find our proposal for 400 seats over "
            "three years. I am glad to go through it with you and your colleagues.\n\nBob Fischer",
        ),
        Came(
            "Paula Moreau",
            "Thank you. The scope is right; I have passed the numbers on to Ms Fontaine.",
        ),
        Did(
            "Claire Fontaine",
            CALL,
            "Asked for yearly instead of upfront payment, and for a cap on increases.",
        ),
        Came(
            "Claire Fontaine",
            "To sum up our call: yearly payment, and no more than 3 % a year. Can you do it?",
        ),
        Sent(
            "Re: Enterprise contract: our proposal",
            "Dear Ms Fontaine,\n\nyes to both. The new terms are in the second version, and legal "
            "on your side can have the draft on Monday.\n\nBob Fischer",
        ),
        Did("Paula Moreau", CALL, "Wants to sign before the quarter ends.", Direction.OUTBOUND),
    ),
    "Warehouse scanners for Northwind": (
        Sent(
            "Test devices",
            "The six scanners for your trial left today and should be with you tomorrow.",
        ),
        Came(
            "Henrik Olsen",
            "They are here and work through the gloves. How soon could you deliver sixty?",
        ),
        Did("Amina Diallo", NOTE, "Will decide after the stocktaking; likes the battery time."),
    ),
    "Laboratory archive for Halden": (
        Did("Camille Laurent", MEETING, "Showed the audit trail; she wants to see the export too."),
        Sent("Export of the archive", "Here are the sample exports that we talked about."),
        Came(
            "Jonas Keller", "Readable, and complete. Could the file names carry the sample number?"
        ),
    ),
    "Turbines for Brightwater": (
        Sent("Delivery dates", "Both turbines can be on site in week 30, the crane included."),
        Came("Samuel Okafor", "Week 30 collides with our inspection. Would week 32 do?"),
        Did("Luis Ferreira", CALL, "Advises them to take the longer warranty."),
    ),
    "Assembly line for Vega": (
        Came(
            "Anna Kowalska", "Please send us your offer by the end of the month.", "Assembly line"
        ),
        Sent("Re: Assembly line", "You will have it on the 20th, with the layout drawings."),
    ),
    "Checkout upgrade for Orchard": (
        Did("Peter Novotny", MEETING, "Visited the pilot shop: queues are down by a third."),
        Sent("Numbers of the pilot", "As promised, the queue times before and after."),
    ),
    "Terminals for Stonebridge": (
        Sent("Security questionnaire", "All 84 questions answered; the certificate is enclosed."),
        Came("Fatima Alaoui", "Question 31 is still open: who holds the keys?"),
        Came("William Hartley", "Once that is settled we can go to the board."),
    ),
    "Fjord shop refit": (
        Sent(
            "Visit on Thursday",
            "I would bring our shop designer along. Does ten o'clock suit you?",
            lost="olga.ivanova@fjrod.example",
        ),
    ),
    "Classroom tablets for Willow": (
        Did("Catherine Morel", CALL, "The budget is there if delivery is before the holidays."),
        Sent("Delivery before the holidays", "We have 120 tablets in stock and put them aside."),
    ),
    "Control room for Aster": (
        Sent("Revised drawings", "The operators now face the window, as Mr Lambert asked."),
        Came("Elena Vasquez", "Better. We need the price of the second desk separately."),
        Did("Hugo Lambert", NOTE, "Expects the investment to be approved this month."),
    ),
    "Vega night shift": (
        Came(
            "Anna Kowalska",
            "We are thinking of a third shift. What would change in our contract?",
            "Shifts",
        ),
    ),
}


async def tell(deal: Deal) -> None:
    """What was said about a deal, by its owner and the people outside, each after the other."""
    owner = await User.get(id=deal.owner_id)
    last: str | None = None
    for step in CONVERSATIONS[deal.name]:
        if isinstance(step, Sent):
            last = await _send(owner, deal, step, last)
        else:
            came = await _record(owner, deal, step, last)
            last = came or last


async def _send(owner: User, deal: Deal, step: Sent, answers: str | None) -> str | None:
    given: dict[str, Any] = {"deal_id": deal.id, "subject": step.subject, "body": step.body}
    if answers is not None:
        given["in_reply_to"] = answers
    if step.lost is not None:
        given |= {"to": [step.lost], "cc": []}
    else:
        draft = await drafts.draft(owner, deal.id, answers)
        given["draft_key"] = draft and draft.key
    sent = await messages.send(owner, given)
    refusal = Refusal("550 5.1.2 there is no such domain", is_passing=False)
    await _deliver({step.lost: refusal} if step.lost else {})
    return sent.object_id


async def _deliver(refusals: Refusals) -> None:
    """In the place of the mail queue: what was sent has arrived, or has not."""
    message = await mail_queue.claim()
    assert message is not None
    await mail_queue.record(message, refusals)


async def _record(owner: User, deal: Deal, step: Came | Did, answers: str | None) -> str | None:
    person = await Contact.get(organisation_id=deal.organisation_id, full_name=step.who)
    given: dict[str, Any] = {"deal_id": deal.id, "contact_id": person.id, "body": step.body}
    if isinstance(step, Did):
        given |= {"kind": step.kind, "direction": step.direction}
    else:
        given |= {"kind": ContributionKind.MESSAGE, "direction": Direction.INBOUND}
        given |= {"subject": step.subject, "in_reply_to": answers}
    done = await contributions.record(owner, given)
    return (await Contribution.get(id=done.object_id)).message_id
