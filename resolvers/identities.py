"""Which user is it that a provider vouches for? The one who was linked to that person, once."""

from datetime import UTC, datetime

from tortoise.exceptions import IntegrityError

from models import Identity, User
from models.enums import ErrorCode
from models.errors import refuse
from models.ids import new_id
from models.transactions import transact
from resolvers.provider import Person


async def user_of(person: Person, verified_email: str | None) -> User | None:
    """The active user; an address that the provider has verified links an invited one who has no link yet."""
    known = await _identity(person)
    if known is None and verified_email is not None:
        known = await _link_invited(person, verified_email)
    return None if known is None else await User.get_or_none(id=known.user_id, is_active=True)


async def link(user: User, person: Person) -> None:
    """What the operator says, in the place of a link that the user may have.

    Raises:
        Refused: the person is another user.
    """

    async def work() -> None:
        await Identity.filter(user_id=user.id).delete()
        await _add(user, person)

    try:
        await transact(work)
    except IntegrityError:
        raise refuse(ErrorCode.INVALID, f"{person.subject} is another user already") from None


async def _link_invited(person: Person, email: str) -> Identity | None:
    async def work() -> Identity | None:
        user = await User.get_or_none(email=email.lower(), is_active=True)
        return None if user is None else await _add(user, person)

    try:
        return await transact(work)
    except IntegrityError:
        # The user is somebody else already, or this person was linked by another request just now.
        return await _identity(person)


async def _identity(person: Person) -> Identity | None:
    return await Identity.get_or_none(
        issuer=person.issuer, tenant=person.tenant, subject=person.subject
    )


async def _add(user: User, person: Person) -> Identity:
    return await Identity.create(
        id=new_id("identity"),
        organisation_id=user.organisation_id,
        user_id=user.id,
        issuer=person.issuer,
        tenant=person.tenant,
        subject=person.subject,
        linked_at=datetime.now(UTC),
    )
