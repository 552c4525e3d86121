"""Who is there in a run, and how do they ask? Each mutation until it is answered, with its idempotency key."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from resolvers.tokens import Tokens
from tests.harness import Client, World


class SignedOut(Exception):
    """The user acting was signed out or deactivated meanwhile."""


@dataclass
class Cast:
    """Who and what there is: steady people act, and keep their rights; those who come and go only follow."""

    urls: Sequence[str]
    tokens: Tokens
    organisation: str = "Acme"
    steady: dict[str, str] = field(default_factory=dict)
    fickle: dict[str, str] = field(default_factory=dict)
    deals: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    pipeline: str = ""
    # What was acknowledged, by idempotency key.
    cursors: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def alice(self) -> str:
        return self.email("alice")

    @property
    def bob(self) -> str:
        return self.email("bob")

    def email(self, name: str) -> str:
        return f"{name}@{self.organisation.lower()}.example"

    @property
    def users(self) -> list[str]:
        return [*self.steady.values(), *self.fickle.values()]


class Persistent(Client):
    """Sends a mutation until it is answered, each time wherever somebody listens."""

    def __init__(self, cast: Cast, http: httpx.AsyncClient, email: str, random: Random) -> None:
        super().__init__(World("", http, cast.tokens), cast.tokens.issue(email), "")
        self._cast = cast
        self._random = random

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        while True:
            try:
                response = await self.world.http.post(
                    f"{self._random.choice(self._cast.urls)}/graphql",
                    json={"query": query, "variables": variables},
                    headers={"authorization": f"Bearer {self.token}"},
                )
                body: dict[str, Any] = response.json()
            except (httpx.TransportError, ValueError):
                self._cast.counts["cut off"] += 1
                await asyncio.sleep(0.05)
                continue
            codes = {error["extensions"]["code"] for error in body.get("errors", ())}
            if "UNAUTHENTICATED" in codes:
                raise SignedOut
            if not codes:
                return body
            self._cast.counts[f"answered {', '.join(sorted(codes))}"] += 1
            await asyncio.sleep(0.05)
