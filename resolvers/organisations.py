"""How does an organisation come to be, and who is invited to it? The operator's commands."""

from secrets import token_hex

from tortoise.exceptions import IntegrityError

from models import EventHead, Organisation, Pipeline, Stage, User
from models.enums import ErrorCode, UserRole
from models.errors import refuse
from models.ids import new_id
from models.pipelines import DEFAULT_STAGES
from models.text import clean, folded
from models.transactions import transact
from resolvers.contacts import checked_email
from resolvers.log import Log
from resolvers.operation import Outcome, perform_unasked
from resolvers.users import apply_deactivation, apply_reactivation, apply_role, locked_with_deals


async def found(name: str, admin_email: str, admin_name: str | None = None) -> Organisation:
    """A new organisation with the default pipeline and its first admin.

    Raises:
        Refused: INVALID when the name is taken, or the e-mail bad or in use.
    """

    async def work() -> Organisation:
        text = clean(name, "name")
        if await Organisation.filter(name=text).exists():
            raise refuse(ErrorCode.INVALID, f"there is an organisation {text} already", "name")
        organisation = await Organisation.create(id=new_id("org"), name=text)
        await EventHead.create(organisation_id=organisation.id, epoch=token_hex(6))
        await _add_pipeline(organisation)
        await _add_user(organisation, admin_email, UserRole.ADMIN, admin_name)
        return organisation

    return await transact(work)


async def invite(
    organisation: Organisation, email: str, role: UserRole, full_name: str | None = None
) -> User:
    """A new user; the name is taken from the e-mail where none is given."""

    async def work() -> User:
        return await _add_user(organisation, email, role, full_name)

    return await transact(work)


async def change_user(
    user: User,
    *,
    role: UserRole | None = None,
    active: bool | None = None,
    heir: User | None = None,
) -> None:
    """What an admin can do to a user, done by the operator."""

    async def work(log: Log) -> Outcome:
        edits = await locked_with_deals(user)
        if active is True:
            await apply_reactivation(user, log)
        if role is not None:
            await apply_role(user, edits, role, log)
        if active is False:
            await apply_deactivation(user, edits, heir.id if heir else None, log)
        return Outcome(user.id)

    await perform_unasked(user.organisation_id, work)


async def rotate_logs(organisation: Organisation | None) -> int:
    """New epochs, after a restore may have lost or reused positions: cursors from before are answered by RESYNC."""
    heads = EventHead.all()
    if organisation is not None:
        heads = heads.filter(organisation_id=organisation.id)
    rows = await heads
    for head in rows:
        await EventHead.filter(organisation_id=head.organisation_id).update(epoch=token_hex(6))
    return len(rows)


async def _add_pipeline(organisation: Organisation) -> None:
    pipeline = await Pipeline.create(
        id=new_id("pipeline"), organisation_id=organisation.id, name="Sales"
    )
    await Stage.bulk_create(
        Stage(
            id=new_id("stage"),
            organisation_id=organisation.id,
            pipeline_id=pipeline.id,
            name=name,
            position=position,
            probability=probability,
            type=type_,
        )
        for position, (name, probability, type_) in enumerate(DEFAULT_STAGES)
    )


async def _add_user(
    organisation: Organisation, email: str, role: UserRole, full_name: str | None
) -> User:
    address = checked_email(email, "email")
    if address is None:
        raise refuse(ErrorCode.INVALID, "must not be empty", "email")
    local = address.partition("@")[0]
    name = clean(full_name or local.replace(".", " ").title(), "fullName")
    try:
        return await User.create(
            id=new_id("user"),
            organisation_id=organisation.id,
            full_name=name,
            name_key=folded(name),
            email=address.lower(),
            role=role,
        )
    except IntegrityError:
        raise refuse(ErrorCode.INVALID, f"{address} is in use already", "email") from None
