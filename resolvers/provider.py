"""Whom does an OpenID Connect provider vouch for? Its tokens are checked with its public keys, read from it."""

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import jwt

from models.errors import Unauthenticated

# Keys are read anew after so long, or for one that is not known; but not more often than so.
LIFESPAN_SECONDS = 3600.0
PAUSE_SECONDS = 30.0
_TIMEOUT = 5.0
_LONGEST_ANSWER = 1_000_000
# Clocks differ.
_LEEWAY = 30.0
_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
# Never a secret that both sides know: a public key would pass for one.
_KEY_TYPES = {"RSA", "EC", "OKP"}

logger = logging.getLogger("dealcast.provider")


class ProviderFault(Exception):
    """The provider cannot be asked for its keys: a passing fault, which says nothing of the token."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a provider knows them. `tenant` is empty where it has none."""

    issuer: str
    tenant: str
    subject: str


class Provider:
    """The provider of OIDC_ISSUER; its tokens are for OIDC_AUDIENCE."""

    def __init__(self, issuer: str, audience: str) -> None:
        self.issuer = issuer
        self._audience = audience
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    def is_named_by(self, token: str) -> bool:
        """Whether a token says that it is from here, which is not yet proven."""
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except (jwt.PyJWTError, RecursionError):
            return False
        return bool(claims.get("iss") == self.issuer)

    async def claims(self, token: str) -> dict[str, Any]:
        """What a token says, proven.

        Raises:
            jwt.PyJWTError: it is not genuine, not for us, not complete, or has ended.
            Unauthenticated: the key is none of the provider's.
            ProviderFault: the keys are not to be had.
        """
        key = await self._key(jwt.get_unverified_header(token).get("kid"))
        return jwt.decode(
            token,
            key,
            # That of the key, whatever the token says.
            algorithms=[key.algorithm_name],
            audience=self._audience,
            issuer=self.issuer,
            leeway=_LEEWAY,
            options={"require": _REQUIRED},
        )

    def person(self, claims: dict[str, Any]) -> Person:
        """Microsoft's tokens name a tenant and the person's object in it; `sub` is another for each application.

        Raises:
            ValueError: a tenant without an object, or what is no text.
        """
        tenant = claims.get("tid", "")
        subject = claims.get("oid") if tenant else claims["sub"]
        if not isinstance(tenant, str) or not isinstance(subject, str) or not subject:
            raise ValueError
        return Person(self.issuer, tenant, subject)

    async def _key(self, ident: object) -> jwt.PyJWK:
        if not self._is_current(ident):
            async with self._asking:
                if not self._is_current(ident):
                    await self._read_keys()
        if not self._keys:
            raise ProviderFault("the keys of OIDC_ISSUER are not to be had")
        key = self._keys.get(ident) if isinstance(ident, str) else None
        if key is None:
            raise Unauthenticated("this token is not accepted")
        return key

    def _is_current(self, ident: object) -> bool:
        now = time.monotonic()
        if now - self._asked_at < PAUSE_SECONDS:
            return True
        return ident in self._keys and now - self._read_at < LIFESPAN_SECONDS

    async def _read_keys(self) -> None:
        try:
            self._keys = await asyncio.to_thread(self._ask)
            self._read_at = time.monotonic()
        except (OSError, ValueError, LookupError, jwt.PyJWTError) as error:
            # Those that are known serve on: a provider that is down for a while locks nobody out.
            logger.warning("the keys of OIDC_ISSUER could not be read: %r", error)
        finally:
            self._asked_at = time.monotonic()

    def _ask(self) -> dict[str, jwt.PyJWK]:
        described = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if described["issuer"] != self.issuer:
            raise ValueError(f"it calls itself {described['issuer']}")
        keys = jwt.PyJWKSet.from_dict(self._fetch(described["jwks_uri"])).keys
        return {
            key.key_id: key
            for key in keys
            if key.key_id and key.key_type in _KEY_TYPES and key.public_key_use in {None, "sig"}
        }

    def _fetch(self, url: str) -> dict[str, Any]:
        if urlsplit(url).scheme != urlsplit(self.issuer).scheme:
            raise ValueError(f"{url} is not served as OIDC_ISSUER is")
        with urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310  the scheme is the operator's
            found: dict[str, Any] = json.loads(answer.read(_LONGEST_ANSWER))
        return found
