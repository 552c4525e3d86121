"""How do two contacts that are one person become one? The links of both; one id stands for the other (rule 7)."""

from tortoise.expressions import F

from models import Contact, ContactMerge, Contribution, Person, User
from models.enums import DealEventKind, ErrorCode, PrivateKind, UserRole
from models.errors import refuse
from models.transactions import Again, column
from resolvers import door
from resolvers.log import Edit, Log
from resolvers.operation import DealChanges, DryRun, Given, Outcome, perform
from resolvers.people import People


async def merge(viewer: User, given: Given) -> Outcome:
    """Merges contact `from_` into `into`; with `dry_run` says what would change, and changes nothing."""

    async def work(log: Log) -> Outcome:
        # Both are locked before rights are asked for, like everything that a mutation changes.
        source, target = (
            door.check_id(given[name], "contact", field)
            for name, field in (("from_", "from"), ("into", "into"))
        )
        known = await door.survivors([source, target])
        if source == target or known[target] == source:
            raise refuse(ErrorCode.INVALID, "is the same person", "into")
        edits = await _locked(viewer, source, known[target])
        if known[source] != source:
            if known[source] != known[target]:
                raise refuse(ErrorCode.INVALID, "was merged into another contact before", "from")
            return Outcome(known[target])
        changed = [await _carry_over(edit, source, known[target], viewer, log) for edit in edits]
        outcome = Outcome(known[target], deal_changes=changed)
        if given["dry_run"]:
            raise DryRun(outcome)
        await _unite(viewer, source, known[target], log)
        for edit in edits:
            log.record(edit)
        return outcome

    if given["dry_run"] is None:
        raise refuse(ErrorCode.INVALID, "cannot be null", "dryRun")
    return await perform(viewer, "mergeContacts", given, work)


async def _locked(viewer: User, source: str, target: str) -> list[Edit]:
    """The deals where the one who goes stands or stood, restricted ones included, and both contacts."""
    deal_ids = await _standing(source)
    found = [await door.lock(viewer.organisation_id, deal_id) for deal_id in deal_ids]
    await door.refresh(viewer)
    if viewer.role is not UserRole.ADMIN:
        raise refuse(ErrorCode.FORBIDDEN, "is for admins")
    for ident in sorted({source, target}):
        rows = Contact.filter(id=ident, organisation_id=viewer.organisation_id)
        if not await rows.update(version=F("version")):
            field = "from" if ident == source else "into"
            raise refuse(ErrorCode.NOT_FOUND, "was not found", field)
    if await Contact.filter(id=target, is_archived=True).exists():
        raise refuse(ErrorCode.INVALID, "is archived", "into")
    known = await door.survivors([source, target])
    if await _standing(source) != deal_ids or known[target] != target:
        raise Again
    return [edit for edit in found if edit is not None]


async def _standing(contact_id: str) -> list[str]:
    return await column(Person.filter(contact_id=contact_id).order_by("deal_id"), "deal_id")


async def _carry_over(edit: Edit, source: str, target: str, viewer: User, log: Log) -> DealChanges:
    people = await People.of(edit, viewer, log)
    people.merge(source, target)
    # Where nobody's standing differs, what was contributed has another author's name all the same.
    edit.kinds.add(DealEventKind.CONTACT_EDITED)
    await people.write()
    return DealChanges(edit.deal.id, list(edit.changes))


async def _unite(viewer: User, source: str, target: str, log: Log) -> None:
    await Contribution.filter(contact_id=source).update(contact_id=target)
    await ContactMerge.filter(into_id=source).update(into_id=target)
    await ContactMerge.create(
        contact_id=source,
        organisation_id=viewer.organisation_id,
        into_id=target,
        merged_at=log.now,
    )
    await Contact.filter(id=source).update(
        is_archived=True, version=F("version") + 1, updated_at=log.now
    )
    log.record_private(PrivateKind.CONTACTS_MERGED)
