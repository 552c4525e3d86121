"""Whom does the demo offer to sign in as?"""

from collections.abc import Sequence
from dataclasses import dataclass

from models import Organisation, User
from models.enums import UserRole


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    full_name: str
    role: UserRole
    organisation: str


async def people(emails: Sequence[str]) -> list[Person]:
    """Those of them who are active users, in this order."""
    users = {user.email: user for user in await User.filter(email__in=emails, is_active=True)}
    names = {row.id: row.name for row in await Organisation.all()}
    return [
        Person(email, user.full_name, user.role, names[user.organisation_id])
        for email in emails
        if (user := users.get(email)) is not None
    ]
