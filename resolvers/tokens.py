"""Who does a token speak for?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from models import User
from models.errors import Unauthenticated
from models.together import Together
from resolvers import identities
from resolvers.provider import Provider

# Whoever comes while others are looked up is looked up next, with all who do.
_MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in, with a token of which time (seconds since the epoch; a token may not tell)."""

    user: User
    expires_at: datetime
    issued_at: float | None

    def is_ended_by(self, signed_out_at: datetime | None) -> bool:
        """Whether a sign-out everywhere ends it: tokens that do not tell their time are ended, too."""
        if signed_out_at is None:
            return False
        return self.issued_at is None or self.issued_at <= signed_out_at.timestamp()


class TokenEnded(Unauthenticated):
    """A token that was good and has ended: the client may come back with a fresh one."""


class Tokens:
    """Dealcast's own tokens, and a provider's.

    Own ones are HS256, `sub` the user's e-mail, `exp` required. Which of the two a token claims to be decides
    the keys and algorithms that it is checked with.
    """

    def __init__(self, secret: str, provider: Provider | None = None) -> None:
        self._secret = secret
        self._provider = provider
        self._users = Together(_active_users, _MOST_AT_ONCE)

    def issue(self, email: str, hours: float = 24) -> str:
        now = datetime.now(UTC)
        # With fractions: one issued just after a sign-out everywhere is told from one just before.
        claims = {
            "sub": email.lower(),
            "iat": now.timestamp(),
            "exp": now + timedelta(hours=hours),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    async def admit(self, token: str) -> Session:
        """The session of an active user.

        Raises:
            TokenEnded: the token is genuine and has expired.
            Unauthenticated: it is forged, malformed, of another algorithm, from before a sign-out
                everywhere, or its user is unknown or inactive.
            ProviderFault: a provider's keys are not to be had.
        """
        provider = self._provider
        if provider is not None and provider.is_named_by(token):
            with _refusing():
                claims = await provider.claims(token)
                person, times = provider.person(claims), _times(claims)
            user = await identities.user_of(person, _verified_email(claims))
        else:
            with _refusing():
                claims = self._own_claims(token)
                email, times = str(claims["sub"]).lower(), _times(claims)
            user = await self._users.ask(email)
        # The same words whether there is no such user or it was deactivated.
        if user is None or Session(user, *times).is_ended_by(user.signed_out_at):
            raise Unauthenticated("this token is not accepted")
        # Of its own: several sessions of one user may be admitted together.
        return Session(copy(user), *times)

    def _own_claims(self, token: str) -> dict[str, Any]:
        return jwt.decode(
            token, self._secret, algorithms=["HS256"], options={"require": ["exp", "sub"]}
        )


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except jwt.ExpiredSignatureError:
        raise TokenEnded("this token has ended") from None
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError):
        raise Unauthenticated("this token is not accepted") from None


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    return email if claims.get("email_verified") is True and isinstance(email, str) else None


def _times(claims: Mapping[str, Any]) -> tuple[datetime, float | None]:
    """Until when a token is good, and when it was issued."""
    issued_at = claims.get("iat")
    return (
        datetime.fromtimestamp(_seconds(claims["exp"]), UTC),
        None if issued_at is None else _seconds(issued_at),
    )


async def _active_users(emails: list[str]) -> list[User | None]:
    users = await User.filter(email__in=list(set(emails)), is_active=True)
    found = {user.email: user for user in users}
    return [found.get(email) for email in emails]


def _seconds(value: object) -> float:
    """Well signed is not yet well made: what is no number is no time."""
    if not isinstance(value, int | float):
        raise TypeError
    return value
