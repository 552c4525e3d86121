"""What do a new lead and a new opportunity have in common? Owner, visibility, the three roles."""

from collections.abc import Callable

from models import Deal, User
from models.enums import (
    DealEventKind,
    DealField,
    DealVisibility,
    ErrorCode,
    PreviousContact,
    SubscriptionReason,
    UserRole,
)
from models.errors import refuse
from models.permissions import may_own
from resolvers import door, followers
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome
from resolvers.people import People, checked_participants
from resolvers.sharing import share


async def create_deal(
    viewer: User, log: Log, deal: Deal, given: Given, fill: Callable[[Edit], None]
) -> Outcome:
    """Inserts a deal of which kind and name are set; `fill` sets the kind's own fields, before the insert.

    Raises:
        Refused: with the index of a bad id; NO_SIGHT naming subscribers who could not see the deal.
    """
    if given["silent"] is None:
        raise refuse(ErrorCode.INVALID, "cannot be null", "silent")
    if given["silent"] and viewer.role is not UserRole.ADMIN:
        raise refuse(ErrorCode.FORBIDDEN, "is for admins", "silent")
    owner = await _owner(viewer, given)
    deal.organisation_id = viewer.organisation_id
    deal.owner_id = owner.id
    deal.visibility = _visibility(given)
    deal.created_at = deal.updated_at = log.now
    edit = Edit(deal, set())
    edit.kinds.add(DealEventKind.CREATED)
    for field, value in (
        (DealField.NAME, deal.name),
        (DealField.OWNER, deal.owner_id),
        (DealField.VISIBILITY, deal.visibility),
    ):
        edit.note(DealEventKind.CREATED, field, None, value)
    fill(edit)
    # What belongs to the deal refers to it, so the row comes first; the log saves it once more, whole.
    deal.fold()
    await deal.save(force_create=True)
    shared = door.check_ids(given.get("shared_with_ids"), "user", "sharedWithIds")
    await share(viewer, edit, shared, "sharedWithIds")
    await _set_people(viewer, edit, log, given)
    await _set_followers(viewer, edit, log, owner, given)
    edit.audience_before = []
    edit.silent = given["silent"]
    log.record(edit)
    return Outcome(deal.id)


async def _owner(viewer: User, given: Given) -> User:
    if "owner_id" not in given:
        return viewer
    if given["owner_id"] is None:
        raise refuse(ErrorCode.INVALID, "cannot be null", "ownerId")
    return await checked_owner(viewer, given["owner_id"], "ownerId")


async def checked_owner(viewer: User, ident: object, field: str) -> User:
    """An active ADMIN or MEMBER of the organisation (rule 26)."""
    owner = await door.user(viewer.organisation_id, ident, field)
    if not may_own(owner):
        raise refuse(ErrorCode.INVALID, "is no active admin or member, who alone can own", field)
    return owner


def _visibility(given: Given) -> DealVisibility:
    visibility = given.get("visibility", DealVisibility.ORGANISATION)
    if visibility is None:
        raise refuse(ErrorCode.INVALID, "cannot be null", "visibility")
    return DealVisibility(visibility)


async def _set_people(viewer: User, edit: Edit, log: Log, given: Given) -> None:
    people = People(edit, viewer, log, [])
    contact_id = given.get("contact_id")
    if contact_id is not None:
        ident = door.check_id(contact_id, "contact", "contactId")
        [ident] = await door.contacts(viewer, [ident], [("contactId",)])
        people.set_contact(ident, PreviousContact.REMOVE)
    asked = given.get("participants") or []
    people.add(await checked_participants(viewer, asked, "participants"), "participants")
    await people.write()


async def _set_followers(viewer: User, edit: Edit, log: Log, owner: User, given: Given) -> None:
    ids = door.check_ids(given.get("subscriber_ids"), "user", "subscriberIds")
    added = await door.users(viewer.organisation_id, ids, "subscriberIds")
    followers.check_sight(edit, added, "subscriberIds")
    # An import must not make the importer follow everything.
    if not given["silent"]:
        await followers.follow(edit, log, [viewer], SubscriptionReason.CREATED)
    if owner.id != viewer.id:
        await followers.follow(edit, log, [owner], SubscriptionReason.OWNER)
    await followers.follow(edit, log, added, SubscriptionReason.ADDED_BY)
