"""What does an operator need before there is a first admin? Each command answers one line."""

from models import Organisation, User
from models.enums import ErrorCode, UserRole
from models.errors import refuse
from resolvers import identities, organisations
from resolvers.provider import Person
from resolvers.tokens import Tokens


async def organisation(name: str, admin_email: str) -> str:
    founded = await organisations.found(name, admin_email)
    return f"{founded.name} is there, with {admin_email} as its admin"


async def token(tokens: Tokens, email: str, hours: float) -> str:
    """A token for an active user.

    Raises:
        Refused: nobody of that e-mail, or not active; hours that are no length of time.
    """
    if not 0 < hours <= 24 * 366:
        raise refuse(ErrorCode.INVALID, "--hours is from above 0 to a year of hours")
    found = await _user(email)
    if not found.is_active:
        raise refuse(ErrorCode.INVALID, f"{found.email} is not active")
    return tokens.issue(found.email, hours)


async def user(
    email: str,
    organisation_name: str | None,
    role: UserRole | None,
    *,
    active: bool | None,
    heir_email: str | None,
    identity: Person | None = None,
) -> str:
    """Invites a user to an organisation, or changes one that is there."""
    known = await User.get_or_none(email=email.lower())
    if known is None:
        if organisation_name is None or role is None or active is not None:
            raise refuse(
                ErrorCode.NOT_FOUND,
                f"there is no user {email}; --organisation NAME --role ROLE invites one",
            )
        where = await Organisation.get_or_none(name=organisation_name)
        if where is None:
            raise refuse(ErrorCode.NOT_FOUND, f"there is no organisation {organisation_name}")
        known = await organisations.invite(where, email, role)
        await _link(known, identity)
        return f"{known.email} is there, as {known.role} of {where.name}"
    where = await Organisation.get(id=known.organisation_id)
    if organisation_name is not None and organisation_name != where.name:
        raise refuse(ErrorCode.INVALID, f"{known.email} belongs to another organisation")
    heir = await _user(heir_email) if heir_email else None
    await organisations.change_user(known, role=role, active=active, heir=heir)
    await _link(known, identity)
    known = await User.get(id=known.id)
    return f"{known.email} is {known.role}{'' if known.is_active else ', not active'}"


async def rotate(organisation_name: str | None) -> str:
    """To be run after a restore of the database."""
    where = None
    if organisation_name is not None:
        where = await Organisation.get_or_none(name=organisation_name)
        if where is None:
            raise refuse(ErrorCode.NOT_FOUND, f"there is no organisation {organisation_name}")
    number = await organisations.rotate_logs(where)
    return f"{number} log{'' if number == 1 else 's'} began a new epoch"


async def _link(user: User, identity: Person | None) -> None:
    if identity is not None:
        await identities.link(user, identity)


async def _user(email: str) -> User:
    found = await User.get_or_none(email=email.lower())
    if found is None:
        raise refuse(ErrorCode.NOT_FOUND, f"there is no user {email}")
    return found
