"""Who follows what in a benchmark? A database made through the resolvers, copied for each server."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from models import User
from models.database import migrate, opened
from models.enums import ParticipantRole, SubscriptionLevel, UserRole
from models.transactions import transact
from resolvers import contacts, opportunities, organisations, subscribers
from resolvers.operation import Outcome
from resolvers.tokens import Tokens

SECRET = "a secret of the benchmarks, long enough for HS256"  # noqa: S105  of servers that live a minute

_ADMIN = "alice@acme.example"
_MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Data:
    """A database that nobody has open; its deals go by their place in `deals`."""

    path: Path
    writer: str  # the token of who changes the deals
    followers: Sequence[str]  # tokens
    deals: Sequence[str]
    followed: Sequence[Sequence[int]]  # by each follower, the numbers of the deals

    def copied(self, path: Path) -> str:
        """The URL of a fresh copy."""
        shutil.copy(self.path, path)
        return f"sqlite://{path}"


def make(path: Path, level: str, followers: int, deals: int = 1, each: int = 1) -> Data:
    """So many users, each of whom follows `each` of the deals at this level, the next ones in turn."""
    return asyncio.run(_make(path, SubscriptionLevel(level), followers, deals, each))


async def _make(
    path: Path, level: SubscriptionLevel, followers: int, deals: int, each: int
) -> Data:
    url = f"sqlite://{path}"
    followed = [[(n * each + turn) % deals for turn in range(each)] for n in range(followers)]
    emails = [f"u{number}@acme.example" for number in range(followers)]
    await migrate(url)
    async with opened(url):
        # One transaction, with one wait for the disk.
        ids = await transact(lambda: _fill(emails, deals, followed, level))
    tokens = Tokens(SECRET)
    return Data(path, tokens.issue(_ADMIN), [*map(tokens.issue, emails)], ids, followed)


async def _fill(
    emails: Sequence[str],
    deals: int,
    followed: Sequence[Sequence[int]],
    level: SubscriptionLevel,
) -> list[str]:
    acme = await organisations.found("Acme", _ADMIN, "Alice Martin")
    alice = await User.get(email=_ADMIN)
    users = [
        await organisations.invite(acme, email, UserRole.MEMBER, f"Colleague {number}")
        for number, email in enumerate(emails)
    ]
    people = [
        _id(
            await contacts.create(
                alice,
                {
                    "full_name": name,
                    "job_title": title,
                    "company": "Meridian",
                    "email": f"{name.split()[0].lower()}@meridian.example",
                },
            )
        )
        for name, title in (
            ("Paula Moreau", "Head of purchasing"),
            ("Claire Fontaine", "CFO"),
            ("Ivo Marek", "IT director"),
        )
    ]
    follow: list[list[str]] = [[] for _ in range(deals)]
    for user, numbers in zip(users, followed, strict=True):
        for number in numbers:
            follow[number].append(user.id)
    return [await _open(alice, number, people, ids, level) for number, ids in enumerate(follow)]


async def _open(
    alice: User,
    number: int,
    people: Sequence[str],
    followers: list[str],
    level: SubscriptionLevel,
) -> str:
    """A deal like many: an amount, a contact, two participants."""
    contact, *others = people
    created = await opportunities.create(
        alice,
        {
            "name": f"Deal {number}",
            "silent": False,
            "amount": {"amount": Decimal(250_000), "currency": "EUR"},
            "contact_id": contact,
            "participants": [
                {"contact_id": person, "role": ParticipantRole.EVALUATOR, "label": None}
                for person in others
            ],
        },
    )
    deal_id = _id(created)
    for start in range(0, len(followers), _MOST_AT_ONCE):
        ids = followers[start : start + _MOST_AT_ONCE]
        given = {"deal_id": deal_id, "user_ids": ids, "level": level}
        await subscribers.add(alice, given)
    return deal_id


def _id(outcome: Outcome) -> str:
    assert outcome.object_id is not None
    return outcome.object_id
