"""Who does a token speak for?"""

from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from models import User
from models.errors import Unauthenticated
from models.together import Together

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
    """Dealcast's own tokens: HS256, `sub` the user's e-mail, `exp` required."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
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
        """
        claims = self._claims(token)
        user = await self._users.ask(str(claims["sub"]).lower())
        if user is None:
            # The same words whether there is no such user or it was deactivated.
            raise Unauthenticated("this token is not accepted")
        # Of its own: several sessions of one user may be admitted together.
        session = Session(copy(user), claims["exp"], claims["iat"])
        if session.is_ended_by(user.signed_out_at):
            raise Unauthenticated("this token is not accepted")
        return session

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=["HS256"], options={"require": ["exp", "sub"]}
            )
            issued_at = claims.get("iat")
            return {
                "sub": claims["sub"],
                "exp": datetime.fromtimestamp(_seconds(claims["exp"]), UTC),
                "iat": None if issued_at is None else _seconds(issued_at),
            }
        except jwt.ExpiredSignatureError:
            raise TokenEnded("this token has ended") from None
        except (jwt.PyJWTError, TypeError, ValueError, OverflowError):
            raise Unauthenticated("this token is not accepted") from None


async def _active_users(emails: list[str]) -> list[User | None]:
    users = await User.filter(email__in=list(set(emails)), is_active=True)
    found = {user.email: user for user in users}
    return [found.get(email) for email in emails]


def _seconds(value: object) -> float:
    """Well signed is not yet well made: what is no number is no time."""
    if not isinstance(value, int | float):
        raise TypeError
    return value
