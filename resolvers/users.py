"""Which rights do the users of an organisation have? For admins, and the operator (rule 26a)."""

from tortoise.expressions import F

from models import Deal, Organisation, Subscriber, User
from models.enums import ErrorCode, PrivateKind, UserRole
from models.errors import refuse
from models.permissions import may_edit, may_own
from models.transactions import Again, column
from resolvers import door, followers
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome, perform
from resolvers.ownership import hand_over


async def set_role(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        target, edits = await _governed(viewer, given)
        return await apply_role(target, edits, given["role"], log)

    return await perform(viewer, "setUserRole", given, work)


async def deactivate(viewer: User, given: Given) -> Outcome:
    """The user's owned deals need a new owner in the same act; followings and live streams end."""

    async def work(log: Log) -> Outcome:
        target, edits = await _governed(viewer, given)
        return await apply_deactivation(target, edits, given.get("reassign_deals_to"), log)

    return await perform(viewer, "deactivateUser", given, work)


async def reactivate(viewer: User, given: Given) -> Outcome:
    async def work(log: Log) -> Outcome:
        target, _ = await _governed(viewer, given)
        return await apply_reactivation(target, log)

    return await perform(viewer, "reactivateUser", given, work)


async def sign_out(viewer: User, given: Given) -> Outcome:
    """Ends all sessions of oneself or, for admins, of anyone (rule 26a)."""

    async def work(log: Log) -> Outcome:
        ident = viewer.id if given.get("user_id") is None else given["user_id"]
        await door.refresh(viewer)
        if ident != viewer.id:
            _check_admin(viewer)
        target = await _target(viewer.organisation_id, ident, "userId")
        target.signed_out_at = log.now
        log.record_private(PrivateKind.SIGNED_OUT, target, None, log.now.isoformat())
        await target.save(update_fields=["signed_out_at"])
        return Outcome(target.id)

    return await perform(viewer, "signOutEverywhere", given, work)


async def apply_role(target: User, edits: list[Edit], role: UserRole, log: Log) -> Outcome:
    """Gives a user another role; who loses sight by it loses the following (rule 15)."""
    if target.role is role:
        return Outcome(target.id)
    if not may_edit(role) and any(edit.deal.owner_id == target.id for edit in edits):
        raise refuse(
            ErrorCode.INVALID, "owns deals, which a viewer cannot; assign them first", "id"
        )
    await _check_last_admin(target, leaves=target.role is UserRole.ADMIN)
    before = _rights(target)
    target.role = role
    await _save(target, before, log)
    for edit in edits:
        if (
            edit.audience is not None
            and target.id not in edit.audience
            and role is not UserRole.ADMIN
        ):
            await followers.end(edit, [target.id])
        log.record(edit)
    return Outcome(target.id)


async def apply_deactivation(target: User, edits: list[Edit], heir_id: object, log: Log) -> Outcome:
    if not target.is_active:
        return Outcome(target.id)
    await _check_last_admin(target, leaves=target.role is UserRole.ADMIN)
    owned = [edit for edit in edits if edit.deal.owner_id == target.id]
    heir = await _heir(target, heir_id) if owned or heir_id is not None else None
    before = _rights(target)
    target.is_active = False
    await _save(target, before, log)
    for edit in edits:
        await followers.end(edit, [target.id])
        if heir is not None and edit in owned:
            await hand_over(edit, log, heir)
        log.record(edit)
    return Outcome(target.id)


async def apply_reactivation(target: User, log: Log) -> Outcome:
    if target.is_active:
        return Outcome(target.id)
    before = _rights(target)
    target.is_active = True
    await _save(target, before, log)
    return Outcome(target.id)


async def _heir(target: User, heir_id: object) -> User:
    if heir_id is None:
        raise refuse(ErrorCode.INVALID, "is needed: the user owns deals", "reassignDealsTo")
    heir = await door.user(target.organisation_id, heir_id, "reassignDealsTo")
    if heir.id == target.id or not may_own(heir):
        raise refuse(ErrorCode.INVALID, "is no other active admin or member", "reassignDealsTo")
    return heir


def _check_admin(viewer: User) -> None:
    if viewer.role is not UserRole.ADMIN:
        raise refuse(ErrorCode.FORBIDDEN, "is for admins")


async def _governed(viewer: User, given: Given) -> tuple[User, list[Edit]]:
    """The user that an admin acts on, locked with the deals it concerns."""
    _check_admin(viewer)
    target = await _target(viewer.organisation_id, given["id"])
    edits = await locked_with_deals(target)
    # Admins act one after the other, so this one may have lost the right while it waited.
    await door.refresh(viewer)
    _check_admin(viewer)
    return target, edits


async def _target(organisation_id: str, ident: object, field: str = "id") -> User:
    ident = door.check_id(ident, "user", field)
    target = await User.get_or_none(id=ident, organisation_id=organisation_id)
    if target is None:
        raise refuse(ErrorCode.NOT_FOUND, "was not found", field)
    return target


async def locked_with_deals(target: User) -> list[Edit]:
    """Locks the deals that the user owns or follows, then the organisation, then the user.

    The organisation's row is what admins acting on each other meet at, so that the last one stays.
    """
    deal_ids = await _touched(target)
    edits = [await door.lock(target.organisation_id, deal_id) for deal_id in deal_ids]
    await Organisation.filter(id=target.organisation_id).update(name=F("name"))
    await User.filter(id=target.id).update(name_key=F("name_key"))
    await target.refresh_from_db()
    if await _touched(target) != deal_ids:
        raise Again
    return [edit for edit in edits if edit is not None]


async def _touched(target: User) -> list[str]:
    owned = await column(Deal.filter(owner_id=target.id), "id")
    following = Subscriber.filter(user_id=target.id, has_left=False)
    return sorted({*owned, *await column(following, "deal_id")})


async def _check_last_admin(target: User, *, leaves: bool) -> None:
    others = User.filter(
        organisation_id=target.organisation_id, role=UserRole.ADMIN, is_active=True
    ).exclude(id=target.id)
    if leaves and target.is_active and not await others.exists():
        raise refuse(ErrorCode.INVALID, "is the last active admin, who stays", "id")


def _rights(user: User) -> dict[str, object]:
    return {"role": user.role, "active": user.is_active}


async def _save(target: User, before: dict[str, object], log: Log) -> None:
    # First in the log: what follows it in the same transaction is judged by the new rights.
    log.record_private(PrivateKind.USER_CHANGED, target, before, _rights(target))
    await target.save(update_fields=["role", "is_active"])
