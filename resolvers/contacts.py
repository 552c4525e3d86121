"""Who is on the contact list? People outside: created, edited, archived and restored (rule 7)."""

import re
from email.errors import MessageError
from email.headerregistry import Address

from models import Contact, Person, User
from models.enums import DealEventKind, ErrorCode, PrivateKind, Standing
from models.errors import Reason, Stale, refuse
from models.ids import new_id
from models.rows import taken
from models.text import clean, clean_optional
from models.transactions import Again, column
from resolvers import door
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome, perform
from resolvers.people import People

# As long as mail allows (RFC 5321), with a host made of labels that neither begin nor end with a hyphen.
_LABEL = r"(?!-)[^\s@<>,;:\"()\[\]\\.]{1,63}(?<!-)"
_EMAIL = re.compile(rf"[^\s@<>,;:\"()\[\]\\]{{1,64}}@({_LABEL}\.)+{_LABEL}")
_EMAIL_LIMIT = 254
_PHONE_LIMIT = 60


async def create(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        await door.refresh(viewer)
        door.check_may_edit(viewer)
        contact = Contact(
            id=new_id("contact"),
            organisation_id=viewer.organisation_id,
            created_at=log.now,
            updated_at=log.now,
        )
        _fill(contact, given)
        contact.fold()
        await contact.save(force_create=True)
        log.record_private(PrivateKind.CONTACT_CREATED)
        return Outcome(contact.id)

    return await perform(viewer, "createContact", given, work)


async def update(viewer: User, given: Given) -> Outcome:
    """An edit of the person is one CONTACT_EDITED event a deal where the person stands."""

    async def work(log: Log) -> Outcome:
        contact, edits = await _locked_with_deals(viewer, given)
        if _fill(contact, given):
            _check_version(contact, given)
            for edit in edits:
                edit.kinds.add(DealEventKind.CONTACT_EDITED)
            await _save(contact, edits, log)
        return Outcome(contact.id)

    return await perform(viewer, "updateContact", given, work)


async def archive(viewer: User, given: Given) -> Outcome:
    """An archived contact leaves its roles, with an event for each deal; history keeps the name."""

    async def work(log: Log) -> Outcome:
        contact, edits = await _locked_with_deals(viewer, given)
        if not contact.is_archived:
            contact.is_archived = True
            for edit in edits:
                people = await People.of(edit, viewer, log)
                people.leave(contact.id)
                await people.write()
            await _save(contact, edits, log)
        return Outcome(contact.id)

    return await perform(viewer, "archiveContact", given, work)


async def restore(viewer: User, given: Given) -> Outcome:
    """Brings the contact back, not the roles."""

    async def work(log: Log) -> Outcome:
        contact, edits = await _locked_with_deals(viewer, given)
        if contact.is_archived:
            contact.is_archived = False
            await _save(contact, edits, log)
        return Outcome(contact.id)

    return await perform(viewer, "restoreContact", given, work)


async def _locked_with_deals(viewer: User, given: Given) -> tuple[Contact, list[Edit]]:
    """The contact and the deals where it stands, all locked, deals first."""
    asked = door.check_id(given["id"], "contact", "id")
    ident = (await door.survivors([asked]))[asked]
    deal_ids = await _standing(ident)
    edits = [await door.lock(viewer.organisation_id, deal_id) for deal_id in deal_ids]
    await door.refresh(viewer)
    door.check_may_edit(viewer)
    contact = await taken(Contact, "version", viewer.organisation_id, ident)
    if contact is None:
        raise refuse(ErrorCode.NOT_FOUND, "was not found", "id")
    if await _standing(ident) != deal_ids:
        # Someone gave the person a role between our look and our lock.
        raise Again
    return contact, [edit for edit in edits if edit is not None]


async def _standing(contact_id: str) -> list[str]:
    rows = Person.filter(contact_id=contact_id).exclude(standing=Standing.FORMER)
    return await column(rows.order_by("deal_id"), "deal_id")


async def _save(contact: Contact, edits: list[Edit], log: Log) -> None:
    contact.version += 1
    contact.updated_at = log.now
    contact.fold()
    await contact.save(force_update=True)
    log.record_private(PrivateKind.CONTACT_SAVED)
    for edit in edits:
        log.record(edit)


def _check_version(contact: Contact, given: Given) -> None:
    expected = given.get("expected_version")
    if expected is not None and expected != contact.version:
        message = f"is at version {contact.version}, not {expected}"
        raise Stale(Reason(ErrorCode.CONFLICT, message, ("expectedVersion",)), contact.id)


def _fill(contact: Contact, given: Given) -> bool:
    """Sets what is given; says whether anything differs from before."""
    fresh: dict[str, str | None] = {}
    if "full_name" in given:
        if given["full_name"] is None:
            raise refuse(ErrorCode.INVALID, "cannot be cleared", "fullName")
        fresh["full_name"] = clean(given["full_name"], "fullName")
    if "email" in given:
        fresh["email"] = checked_email(given["email"], "email")
    if "phone" in given:
        fresh["phone"] = clean_optional(given["phone"], "phone", limit=_PHONE_LIMIT)
    for name, field in (("job_title", "jobTitle"), ("company", "company")):
        if name in given:
            fresh[name] = clean_optional(given[name], field)
    differs = [name for name, value in fresh.items() if getattr(contact, name, None) != value]
    for name in differs:
        setattr(contact, name, fresh[name])
    return bool(differs)


def checked_email(value: str | None, *field: str | int) -> str | None:
    """An address as it would be written to; null and empty mean none."""
    email = clean_optional(value, *field, limit=_EMAIL_LIMIT)
    if email is not None and not (_EMAIL.fullmatch(email) and _can_be_written_to(email)):
        raise refuse(ErrorCode.INVALID, "is not an e-mail address", *field)
    return email


def _can_be_written_to(email: str) -> bool:
    """Whether it may stand in the head of a mail, where `=?…?=`, say, means something else."""
    try:
        Address(addr_spec=email)
    except (ValueError, MessageError, IndexError):
        return False
    return True
