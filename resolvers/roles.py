"""Who stands where on a deal from outside? Rules 1 to 5 and 8."""

from collections.abc import Sequence

from models import User
from models.enums import ErrorCode, SubscriptionReason, WarningCode
from models.errors import refuse
from resolvers import door, followers
from resolvers.log import Edit, Log
from resolvers.operation import DryRun, Given, Outcome, perform
from resolvers.people import People, checked_participants

# Of changeRoles: only clearContact clears (rule 29).
_NEVER_NULL = {
    "set_contact": "setContact",
    "clear_contact": "clearContact",
    "add_participants": "addParticipants",
    "remove_participants": "removeParticipants",
    "add_subscribers": "addSubscribers",
    "remove_subscribers": "removeSubscribers",
    "dry_run": "dryRun",
}


async def set_contact(viewer: User, given: Given) -> Outcome:
    """Sets or, by an explicit null, clears the contact."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        if "contact_id" not in given:
            raise refuse(ErrorCode.INVALID, "is needed; null clears the contact", "contactId")
        people = await People.of(edit, viewer, log)
        contact_id = given["contact_id"]
        if contact_id is not None and contact_id != people.contact_id:
            contact_id = await _checked_contact(viewer, contact_id, "contactId")
        people.set_contact(contact_id, given["previous_contact"])
        return await _finish(edit, people, log, given)

    return await perform(viewer, "setContact", given, work)


async def add_participants(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        added = await checked_participants(viewer, given["participants"], "participants")
        people = await People.of(edit, viewer, log)
        people.add(added, "participants")
        return await _finish(edit, people, log, given)

    return await perform(viewer, "addParticipants", given, work)


async def update_participant(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        contact_id = door.check_id(given["contact_id"], "contact", "contactId")
        people = await People.of(edit, viewer, log)
        people.update((await door.survivors([contact_id]))[contact_id], given)
        return await _finish(edit, people, log, given)

    return await perform(viewer, "updateParticipant", given, work)


async def remove_participants(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        people = await People.of(edit, viewer, log)
        await _remove(viewer, people, given["contact_ids"], "contactIds")
        return await _finish(edit, people, log, given)

    return await perform(viewer, "removeParticipants", given, work)


async def change_roles(viewer: User, given: Given) -> Outcome:
    """Contact, participants and subscribers in one act; `dry_run` says what it would do, and does nothing."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        people = await People.of(edit, viewer, log)
        await _change_people(viewer, people, given)
        await people.write()
        await _change_followers(viewer, edit, log, given)
        door.check_version(edit, given)
        notified = await followers.would_notify(edit, viewer)
        outcome = Outcome(
            edit.deal.id, None, _warnings(people, given), list(edit.changes), notified
        )
        if given["dry_run"]:
            raise DryRun(outcome)
        log.record(edit)
        return outcome

    return await perform(viewer, "changeRoles", given, work)


async def _change_people(viewer: User, people: People, given: Given) -> None:
    for name, field in _NEVER_NULL.items():
        if name in given and given[name] is None:
            raise refuse(ErrorCode.INVALID, "cannot be null; clearContact clears", field)
    setting = given.get("set_contact")
    if setting is not None and given["clear_contact"]:
        raise refuse(ErrorCode.INVALID, "contradicts setContact", "clearContact")
    added = given.get("add_participants") or []
    removed = given.get("remove_participants") or []
    twice = {row["contact_id"] for row in added} & set(removed)
    if twice:
        raise refuse(ErrorCode.INVALID, "names someone who is added too", "removeParticipants")
    if setting is not None and setting != people.contact_id:
        setting = await _checked_contact(viewer, setting, "setContact")
    if setting is not None or given["clear_contact"]:
        people.set_contact(setting, given["previous_contact"])
    added = await checked_participants(viewer, added, "addParticipants")
    people.add(added, "addParticipants")
    await _remove(viewer, people, removed, "removeParticipants")


async def _change_followers(viewer: User, edit: Edit, log: Log, given: Given) -> None:
    added = door.check_ids(given.get("add_subscribers"), "user", "addSubscribers")
    removed = door.check_ids(given.get("remove_subscribers"), "user", "removeSubscribers")
    if set(added) & set(removed):
        raise refuse(ErrorCode.INVALID, "names someone who is added too", "removeSubscribers")
    users = await door.users(viewer.organisation_id, added, "addSubscribers")
    followers.check_sight(edit, users, "addSubscribers")
    await followers.follow(edit, log, users, SubscriptionReason.ADDED_BY)
    await door.users(viewer.organisation_id, removed, "removeSubscribers", active=False)
    await followers.remove(edit, viewer, removed)


async def _checked_contact(viewer: User, contact_id: object, field: str) -> str:
    ident = door.check_id(contact_id, "contact", field)
    [known_as] = await door.contacts(viewer, [ident], [(field,)])
    return known_as


async def _remove(viewer: User, people: People, given: Sequence[str], field: str) -> None:
    ids = list((await door.survivors(door.check_ids(given, "contact", field))).values())
    # Who stands on the deal is known; only the others can be unknown.
    strangers = [(i, ident) for i, ident in enumerate(ids) if people.standing(ident) is None]
    await door.contacts(
        viewer, [ident for _, ident in strangers], [(field, i) for i, _ in strangers]
    )
    people.remove(ids)


async def _finish(edit: Edit, people: People, log: Log, given: Given) -> Outcome:
    await people.write()
    door.check_version(edit, given)
    log.record(edit)
    return Outcome(edit.deal.id, None, _warnings(people, given))


def _warnings(people: People, given: Given) -> list[WarningCode]:
    """Clearing the contact leaves the deal's messages without a default recipient (rule 4)."""
    clears = given.get("clear_contact") or given.get("contact_id", "") is None
    return [WarningCode.NO_DEFAULT_RECIPIENT] if clears and people.contact_id is None else []
