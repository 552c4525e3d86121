"""What can an operator do from the shell, beside serving?"""

from argparse import ArgumentParser, Namespace

from models.database import migrate, opened
from models.enums import UserRole
from resolvers import operator
from resolvers.provider import Person
from resolvers.tokens import Tokens
from settings import Settings, SettingsError


def parser() -> ArgumentParser:
    found = ArgumentParser(
        prog="server.py", description="Serves Dealcast, or runs one of its commands."
    )
    commands = found.add_subparsers(dest="command")
    organisation = commands.add_parser(
        "organisation", help="a new organisation with its first admin"
    )
    organisation.add_argument("name")
    organisation.add_argument("--admin", metavar="EMAIL", required=True)
    user = commands.add_parser("user", help="invites, changes, deactivates or reactivates a user")
    user.add_argument("email")
    user.add_argument("--organisation", metavar="NAME")
    user.add_argument("--role", choices=[role.value for role in UserRole])
    user.add_argument("--heir", metavar="EMAIL", help="who owns the deals of a user deactivated")
    state = user.add_mutually_exclusive_group()
    state.add_argument("--deactivate", action="store_true")
    state.add_argument("--activate", action="store_true")
    user.add_argument("--identity", metavar="ID", help="who the user is at OIDC_ISSUER: oid or sub")
    user.add_argument("--tenant", metavar="ID", help="the tenant of that identity, if it has one")
    token = commands.add_parser("token", help="prints a token that signs a user in")
    token.add_argument("email")
    token.add_argument("--hours", type=float, default=24)
    rotate = commands.add_parser("rotate", help="a new epoch of the log, after a restore")
    rotate.add_argument("--organisation", metavar="NAME", help="all of them if left out")
    return found


async def run(settings: Settings, asked: Namespace) -> str:
    """One of the operator's commands; what it answers is printed."""
    await migrate(settings.database_url)
    async with opened(settings.database_url):
        if asked.command == "organisation":
            return await operator.organisation(asked.name, asked.admin)
        if asked.command == "token":
            return await operator.token(Tokens(settings.auth_secret), asked.email, asked.hours)
        if asked.command == "rotate":
            return await operator.rotate(asked.organisation)
        return await operator.user(
            asked.email,
            asked.organisation,
            UserRole(asked.role) if asked.role else None,
            active=True if asked.activate else False if asked.deactivate else None,
            heir_email=asked.heir,
            identity=_identity(settings, asked),
        )


def _identity(settings: Settings, asked: Namespace) -> Person | None:
    if asked.identity is None:
        return None
    if settings.oidc_issuer is None:
        raise SettingsError("OIDC_ISSUER must be set, to say whose --identity it is")
    return Person(settings.oidc_issuer, asked.tenant or "", asked.identity)
