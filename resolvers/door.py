"""How does a mutation get hold of what it changes? Locked, seen, and with the right to: or it is refused.

What one may not see does not exist: absent, foreign and hidden rows get the same NOT_FOUND (rule 26).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from models import Contact, ContactMerge, Deal, Share, Stage, User
from models.enums import DealKind, DealVisibility, ErrorCode, UserRole
from models.errors import Reason, Refused, Stale, Unauthenticated, refuse
from models.ids import prefix_of
from models.permissions import may_edit, may_govern, sees, visible
from models.rows import held, taken
from models.transactions import column, dialect, fetch
from resolvers.log import Edit

MOST_IDS = 1_000


def check_id(value: object, prefix: str, *field: str | int) -> str:
    """A well-formed id of the right type: INVALID for no id at all, NOT_FOUND for another type's."""
    found = prefix_of(value) if isinstance(value, str) else None
    if found is None:
        raise refuse(ErrorCode.INVALID, "is not an id", *field)
    if found != prefix:
        raise _absent(*field)
    return str(value)


def check_ids(values: Iterable[object] | None, prefix: str, *field: str) -> list[str]:
    """Well-formed ids, none twice; a refusal names the index of the bad one."""
    ids: list[str] = []
    for index, value in enumerate(values or ()):
        if index >= MOST_IDS:
            raise refuse(ErrorCode.LIMIT_REACHED, f"takes at most {MOST_IDS} at once", *field)
        ident = check_id(value, prefix, *field, index)
        if ident in ids:
            raise refuse(ErrorCode.INVALID, "stands in the list twice", *field, index)
        ids.append(ident)
    return ids


def _absent(*field: str | int) -> Refused:
    return refuse(ErrorCode.NOT_FOUND, "was not found", *field)


async def seen(viewer: User, deal_id: object, *field: str) -> Deal:
    """A deal that the viewer sees, not locked."""
    ident = check_id(deal_id, "deal", *field)
    deal = await Deal.filter(visible(viewer)).get_or_none(id=ident)
    if deal is None:
        raise _absent(*field)
    return deal


async def locked(
    viewer: User, deal_id: object, field: str = "dealId", kind: DealKind | None = None
) -> Edit:
    """A deal that the viewer sees, locked until the transaction ends."""
    ident = check_id(deal_id, "deal", field)
    edit = await lock(viewer.organisation_id, ident)
    await refresh(viewer)
    if (
        edit is None
        or (kind is not None and edit.deal.kind is not kind)
        or not sees(viewer.id, viewer.role, viewer.is_active, edit.audience)
    ):
        raise _absent(field)
    return edit


async def refresh(viewer: User) -> None:
    """The viewer's rights as they are now, kept from changing until the transaction ends.

    Called with the deals locked already: who takes rights away locks deals before users, too.

    Raises:
        Unauthenticated: the user was deactivated meanwhile.
    """
    sql = "SELECT role, is_active FROM users WHERE id = $1"
    lock = " FOR SHARE" if dialect() == "postgres" else ""
    [row] = await fetch(sql + lock, viewer.id)
    viewer.role, viewer.is_active = UserRole(row["role"]), bool(row["is_active"])
    if not viewer.is_active:
        raise Unauthenticated("this token is not accepted")


async def lock(organisation_id: str, deal_id: str) -> Edit | None:
    """The deal itself, whoever asks. Several are locked by ascending id."""
    deal = await taken(Deal, "revision", organisation_id, deal_id)
    if deal is None:
        return None
    # A statement of its own, since one that waited for the lock would see the sharing from before.
    hidden = deal.visibility is DealVisibility.RESTRICTED
    return Edit(deal, await shared_with(deal) if hidden else None)


async def shared_with(deal: Deal) -> set[str]:
    return set(await column(Share.filter(deal_id=deal.id), "user_id"))


async def editable(
    viewer: User, deal_id: object, field: str = "dealId", kind: DealKind | None = None
) -> Edit:
    """A locked deal that the viewer may edit."""
    edit = await locked(viewer, deal_id, field, kind)
    check_may_edit(viewer)
    return edit


async def governed(viewer: User, deal_id: object, field: str = "dealId") -> Edit:
    """A locked deal whose visibility, sharing, owner and archiving are the viewer's to decide."""
    edit = await locked(viewer, deal_id, field)
    check_may_govern(viewer, edit.deal)
    return edit


def check_may_edit(viewer: User) -> None:
    if not may_edit(viewer.role):
        raise refuse(ErrorCode.FORBIDDEN, "viewers read and follow, and change nothing")


def check_may_govern(viewer: User, deal: Deal) -> None:
    if not may_govern(viewer, deal):
        raise refuse(ErrorCode.FORBIDDEN, "is for the deal's owner and admins")


def check_version(edit: Edit, given: Any) -> None:
    """CONFLICT when the deal moved on; called once it is known that something would change (rule 30)."""
    expected = given.get("expected_version")
    if edit.did_something and expected is not None and expected != edit.deal.version:
        reason = Reason(
            ErrorCode.CONFLICT,
            f"is at version {edit.deal.version}, not {expected}",
            ("expectedVersion",),
        )
        raise Stale(reason, edit.deal.id)


async def survivors(ids: Sequence[str]) -> dict[str, str]:
    """Whom each id of a contact stands for: itself, or the one that it was merged into (rule 7)."""
    merges = ContactMerge.filter(contact_id__in=list(ids)).values_list("contact_id", "into_id")
    return {ident: ident for ident in ids} | (dict(await merges) if ids else {})


async def contacts(
    viewer: User, ids: Sequence[str], field: Sequence[Sequence[str | int]]
) -> list[str]:
    """Whom these ids stand for, who may be given a role; `field` is the path of each one."""
    known = await held(Contact, viewer.organisation_id, ids)
    # Who was merged into another one is archived.
    merged = await survivors([ident for ident, row in known.items() if row.is_archived])
    ids = [merged.get(ident, ident) for ident in ids]
    known |= await held(Contact, viewer.organisation_id, set(ids) - set(known))
    for ident, path in zip(ids, field, strict=True):
        if ident not in known:
            raise _absent(*path)
        if known[ident].is_archived:
            raise refuse(ErrorCode.INVALID, "is archived", *path)
    return ids


async def users(
    organisation_id: str, ids: Sequence[str], field: str, *, active: bool = True
) -> list[User]:
    """Users of the organisation, in the order asked; inactive ones are refused unless `active` is off."""
    known = await held(User, organisation_id, ids)
    for index, ident in enumerate(ids):
        if ident not in known:
            raise _absent(field, str(index))
        if active and not known[ident].is_active:
            raise refuse(ErrorCode.INVALID, "is not active", field, index)
    return [known[ident] for ident in ids]


async def user(organisation_id: str, ident: object, field: str) -> User:
    """One user of the organisation, active or not."""
    ident = check_id(ident, "user", field)
    known = await held(User, organisation_id, [ident])
    if ident not in known:
        raise _absent(field)
    return known[ident]


async def stage(viewer: User, ident: object, field: str) -> Stage:
    ident = check_id(ident, "stage", field)
    row = await Stage.get_or_none(id=ident, organisation_id=viewer.organisation_id)
    if row is None:
        raise _absent(field)
    return row
