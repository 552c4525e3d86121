"""Who follows a deal, why, and what makes a following begin and end (rules 12 to 15)?"""

from collections.abc import Collection, Sequence

from models import Subscriber, User
from models.enums import (
    DealEventKind,
    DealField,
    ErrorCode,
    SubscriptionLevel,
    SubscriptionReason,
    UserRole,
)
from models.errors import refuse
from models.permissions import sees
from models.rows import save_all
from models.transactions import column
from resolvers.log import Edit, Log
from resolvers.notifying import recipients

# A follower who joins on their own wish may come back after leaving; every other reason is automatic,
# but for a colleague's invitation, which is a wish too (rule 13).
_WISHES = frozenset({SubscriptionReason.MANUAL, SubscriptionReason.ADDED_BY})


async def follow(
    edit: Edit,
    log: Log,
    users: Sequence[User],
    reason: SubscriptionReason,
    level: SubscriptionLevel = SubscriptionLevel.ALL,
) -> None:
    """Makes users who see the deal its followers; who follows already keeps reason and level.

    One's own unfollow sticks: no automatic reason brings it back.
    """
    if not users:
        return
    rows = await Subscriber.filter(deal_id=edit.deal.id, user_id__in=[user.id for user in users])
    known = {row.user_id: row for row in rows}
    fresh: list[Subscriber] = []
    back: list[Subscriber] = []
    for user in users:
        row = known.get(user.id)
        if not sees(user.id, user.role, user.is_active, edit.audience):
            continue
        if row is None:
            fresh.append(_row(edit, log, user.id, reason, level))
        elif row.has_left and reason in _WISHES:
            row.has_left, row.reason, row.level, row.since = False, reason, level, log.now
            row.seen_position, row.last_seen_at = edit.deal.position, None
            back.append(row)
        else:
            continue
        edit.note(DealEventKind.SUBSCRIBERS_CHANGED, DealField.SUBSCRIBER, None, user.id)
    await Subscriber.bulk_create(fresh)
    await save_all(back, ("has_left", "reason", "level", "since", "seen_position", "last_seen_at"))


def _row(
    edit: Edit, log: Log, user_id: str, reason: SubscriptionReason, level: SubscriptionLevel
) -> Subscriber:
    return Subscriber(
        organisation_id=edit.deal.organisation_id,
        deal_id=edit.deal.id,
        user_id=user_id,
        level=level,
        reason=reason,
        since=log.now,
        seen_position=edit.deal.position,
    )


async def end(edit: Edit, user_ids: Collection[str]) -> None:
    """Ends followings by others' hand or by lost sight: nothing of it sticks."""
    if not user_ids:
        return
    rows = await Subscriber.filter(
        deal_id=edit.deal.id, user_id__in=list(user_ids), has_left=False
    ).order_by("user_id")
    await Subscriber.filter(id__in=[row.id for row in rows]).delete()
    for row in rows:
        edit.note(DealEventKind.SUBSCRIBERS_CHANGED, DealField.SUBSCRIBER, row.user_id, None)


async def leave(edit: Edit, user: User) -> None:
    """Ends one's own following, and remembers that one wanted so."""
    row = await Subscriber.get_or_none(deal_id=edit.deal.id, user_id=user.id, has_left=False)
    if row is None:
        return
    row.has_left = True
    await row.save()
    edit.note(DealEventKind.SUBSCRIBERS_CHANGED, DealField.SUBSCRIBER, user.id, None)


async def remove(edit: Edit, viewer: User, user_ids: Collection[str]) -> None:
    """Removes followers; whoever removes themselves leaves, and that sticks."""
    if viewer.id in user_ids:
        await leave(edit, viewer)
    await end(edit, [ident for ident in user_ids if ident != viewer.id])


async def end_without_sight(edit: Edit) -> None:
    """After the audience changed: who sees the deal no more follows it no more (rule 15)."""
    audience = edit.audience
    if audience is None or audience == edit.audience_before:
        return
    following = await column(Subscriber.filter(deal_id=edit.deal.id, has_left=False), "user_id")
    admins = User.filter(
        organisation_id=edit.deal.organisation_id, role=UserRole.ADMIN, is_active=True
    )
    await end(edit, set(following) - set(audience) - set(await column(admins, "id")))


def check_sight(
    edit: Edit, users: Sequence[User], field: str, but_for: Collection[str] = ()
) -> None:
    """Neither following nor being mentioned grants sight: NO_SIGHT names who cannot see the deal (rule 14)."""
    blind = [
        (index, user)
        for index, user in enumerate(users)
        if user.id not in but_for and not sees(user.id, user.role, user.is_active, edit.audience)
    ]
    if blind:
        names = ", ".join(user.full_name for _, user in blind)
        raise refuse(ErrorCode.NO_SIGHT, f"cannot see this deal: {names}", field, blind[0][0])


async def would_notify(edit: Edit, actor: User) -> list[str]:
    """Whom the event of these changes notifies, by name."""
    if not edit.did_something:
        return []
    told = await recipients({edit.deal.id: edit.news(actor.id)})
    return await column(
        User.filter(id__in=list(told[edit.deal.id])).order_by("name_key", "id"), "id"
    )
