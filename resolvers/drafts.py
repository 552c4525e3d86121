"""What does a message written from a deal start with? Its recipients by their roles, and a subject (rule 9)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import orjson

from models import Contact, Contribution, Deal, Message, Person, User
from models.enums import DealRole, Direction, DraftWarning, Standing
from models.text import SUBJECT_LIMIT
from models.transactions import column
from resolvers import lookups
from resolvers.finding import id_is_of

_REPLY = "Re: "


@dataclass(frozen=True, slots=True)
class Recipient:
    contact: Contact
    email: str
    reason: DealRole


@dataclass(frozen=True, slots=True)
class Draft:
    """`key` is another one as soon as somebody else would be written to, so it says what a sender has seen."""

    to: Sequence[Recipient]
    cc: Sequence[Recipient]
    subject: str
    warnings: Sequence[DraftWarning]
    key: str


async def draft(viewer: User, deal_id: str, in_reply_to: str | None) -> Draft | None:
    """None for a deal that the viewer does not see, and for an answer to what is no message of it.

    Raises:
        Unreadable: one of the ids is no id at all.
    """
    answers = in_reply_to is not None and id_is_of(in_reply_to, "message")
    deal = await lookups.deal(viewer, deal_id)
    if deal is None:
        return None
    if in_reply_to is None:
        return await of_deal(deal)
    parent = await Message.get_or_none(id=in_reply_to, deal_id=deal.id) if answers else None
    return None if parent is None else await of_deal(deal, parent)


async def of_deal(deal: Deal, parent: Message | None = None) -> Draft:
    """To the contact, with the participants in copy; who wrote the message that is answered moves into To."""
    people = await Person.filter(deal_id=deal.id).exclude(standing=Standing.FORMER)
    people.sort(key=lambda person: (person.added_at, person.id))
    rows = await Contact.filter(id__in=[person.contact_id for person in people])
    known = {row.id: row for row in rows}
    inside = await colleagues(deal.organisation_id, (row.email for row in rows if row.email))
    author = await _author(parent)
    to: list[Recipient] = []
    cc: list[Recipient] = []
    warnings: list[DraftWarning] = []
    if not any(person.standing is Standing.CONTACT for person in people):
        warnings.append(DraftWarning.CONTACT_MISSING)
    for person in sorted(people, key=lambda person: person.standing is not Standing.CONTACT):
        contact, reason = known[person.contact_id], DealRole(person.standing)
        if contact.email is None or contact.email.lower() in inside:
            # A colleague's address is none to write to: nobody inside becomes a recipient.
            warnings.append(DraftWarning(f"{reason}_HAS_NO_EMAIL"))
            continue
        goes_to = reason is DealRole.CONTACT or contact.id == author
        (to if goes_to else cc).append(Recipient(contact, contact.email, reason))
    seen: set[str] = set()
    to, cc = list(_once(to, seen)), list(_once(cc, seen))
    key = _key(deal, parent, to, cc)
    return Draft(to, cc, _subject(deal, parent), list(dict.fromkeys(warnings)), key)


async def colleagues(organisation_id: str, emails: Iterable[str]) -> set[str]:
    """Those of the addresses, in lower case, that are users' of the organisation, active or not."""
    wanted = [email.lower() for email in emails]
    rows = User.filter(organisation_id=organisation_id, email__in=wanted)
    return set(await column(rows, "email"))


async def _author(parent: Message | None) -> str | None:
    if parent is None or parent.direction is Direction.OUTBOUND:
        return None
    contribution = await Contribution.get_or_none(deal_id=parent.deal_id, message_id=parent.id)
    return None if contribution is None else contribution.contact_id


def _once(recipients: Iterable[Recipient], seen: set[str]) -> Iterator[Recipient]:
    for recipient in recipients:
        email = recipient.email.lower()
        if email not in seen:
            seen.add(email)
            yield recipient


def _subject(deal: Deal, parent: Message | None) -> str:
    if parent is None:
        return " ".join(deal.name.split())
    return reply_to(parent.subject or " ".join(deal.name.split()))


def reply_to(subject: str) -> str:
    """`Re:` once, however often it goes to and fro."""
    begun = subject.lower().startswith(_REPLY.lower().strip())
    return subject if begun else (_REPLY + subject)[:SUBJECT_LIMIT]


def _key(
    deal: Deal, parent: Message | None, to: Iterable[Recipient], cc: Iterable[Recipient]
) -> str:
    seen = [
        deal.id,
        parent and parent.id,
        [recipient.email for recipient in to],
        [recipient.email for recipient in cc],
    ]
    return sha256(orjson.dumps(seen)).hexdigest()[:32]
