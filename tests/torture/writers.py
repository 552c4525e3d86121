"""Who changes deals, roles, follows and rights without pause? Writers that retry with their idempotency keys."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from secrets import token_hex
from typing import Any

import httpx

from tests.harness import Client
from tests.torture.cast import Cast, Persistent, SignedOut

_REFUSALS = {
    "ALREADY_CONVERTED",
    "CONFLICT",
    "NO_SIGHT",
    "FORBIDDEN",
    "NOT_FOUND",
    "ALREADY_CONTACT",
    "INVALID",
    "LOST_REASON_REQUIRED",
}


class Writer:
    """One hand of many: does something at random, again and again."""

    def __init__(self, cast: Cast, http: httpx.AsyncClient, random: Random) -> None:
        self._cast = cast
        self._random = random
        self._http = http
        self._alice = self._as(cast.alice)
        self._bob = self._as(cast.bob)
        acts: dict[Callable[[], Awaitable[dict[str, Any]]], int] = {
            self._rename: 8,
            self._set_contact: 3,
            self._add_participants: 2,
            self._move: 2,
            self._change_visibility: 3,
            self._rename_and_hide: 2,
            self._share: 2,
            self._add_followers: 5,
            self._remove_followers: 3,
            self._follow: 3,
            self._leave: 2,
            self._archive: 1,
            self._change_role: 1,
            self._deactivate: 1,
            self._reactivate: 3,
            self._sign_out: 1,
            self._edit_contact: 1,
            self._convert: 2,
            self._read_all: 1,
        }
        self._acts = list(acts)
        self._weights = list(acts.values())

    async def run(self, over: asyncio.Event) -> None:
        while not over.is_set():
            [act] = self._random.choices(self._acts, self._weights)
            try:
                payload = await act()
            except SignedOut:
                self._cast.counts["signed out"] += 1
                continue
            codes = {error["code"] for error in payload["userErrors"]}
            assert codes <= _REFUSALS, payload
            self._cast.counts["refused" if codes else "done"] += 1

    async def rename(self, deal: str, name: str | None = None) -> dict[str, Any]:
        """To a name that nothing else has."""
        key = name or token_hex(8)
        payload = await self._alice.do("updateOpportunity", id=deal, name=key, idempotencyKey=key)
        assert payload["userErrors"] == [], payload
        self._cast.renamed[key] = payload["cursor"]
        return payload

    async def hide(self, deal: str) -> dict[str, Any]:
        """From everybody but its owner and the admins."""
        return await self._keyed(
            "updateOpportunity", id=deal, visibility="RESTRICTED", sharedWithIds=[]
        )

    async def leave(self, deal: str, user_id: str) -> dict[str, Any]:
        """Takes one of its followers from it."""
        return await self._bob.do("removeSubscribers", dealId=deal, userIds=[user_id])

    async def finish(self) -> None:
        """Everybody comes back but one, who is gone for good; then news of every deal, and one that all follow."""
        gone, *back = self._cast.fickle.values()
        await self._alice.call("deactivateUser", id=gone)
        for user in back:
            await self._alice.call("reactivateUser", id=user)
        for deal in self._cast.deals:
            await self.rename(deal)
        await self._keyed(
            "createOpportunity", name="The last", subscriberIds=[*self._cast.steady.values(), *back]
        )

    def _as(self, email: str) -> Client:
        return Persistent(self._cast, self._http, email, self._random)

    @property
    def _any_fickle(self) -> Client:
        """Who was signed out signs in again."""
        return self._as(self._random.choice(list(self._cast.fickle)))

    @property
    def _deal(self) -> str:
        return self._random.choice(self._cast.deals)

    def _some(self, of: Sequence[str]) -> list[str]:
        return self._random.sample(of, self._random.randint(1, min(4, len(of))))

    async def _keyed(self, mutation: str, **given: Any) -> dict[str, Any]:
        key = token_hex(8)
        payload = await self._bob.do(mutation, idempotencyKey=key, **given)
        if payload["cursor"] is not None:
            self._cast.cursors[key] = payload["cursor"]
        return payload

    async def _rename(self) -> dict[str, Any]:
        return await self.rename(self._deal)

    async def _set_contact(self) -> dict[str, Any]:
        contact = self._random.choice([*self._cast.contacts, None])
        return await self._keyed("setContact", dealId=self._deal, contactId=contact)

    async def _add_participants(self) -> dict[str, Any]:
        people = [{"contactId": ident} for ident in self._some(self._cast.contacts)]
        return await self._keyed("addParticipants", dealId=self._deal, participants=people)

    async def _move(self) -> dict[str, Any]:
        stage = self._random.choice(self._cast.stages)
        return await self._keyed("moveOpportunity", id=self._deal, stageId=stage)

    async def _change_visibility(self) -> dict[str, Any]:
        if self._random.random() < 0.5:
            return await self._keyed("updateOpportunity", id=self._deal, visibility="ORGANISATION")
        return await self._keyed(
            "updateOpportunity",
            id=self._deal,
            visibility="RESTRICTED",
            sharedWithIds=self._some(self._cast.users),
        )

    async def _rename_and_hide(self) -> dict[str, Any]:
        """The change may still be on its way when it may no longer be seen."""
        deal = self._deal
        await self.rename(deal)
        return await self.hide(deal)

    async def _share(self) -> dict[str, Any]:
        mutation = self._random.choice(["shareDeal", "unshareDeal"])
        return await self._keyed(mutation, dealId=self._deal, userIds=self._some(self._cast.users))

    async def _add_followers(self) -> dict[str, Any]:
        users = self._some(self._cast.users)
        return await self._bob.do("addSubscribers", dealId=self._deal, userIds=users)

    async def _remove_followers(self) -> dict[str, Any]:
        users = self._some(self._cast.users)
        return await self._bob.do("removeSubscribers", dealId=self._deal, userIds=users)

    async def _follow(self) -> dict[str, Any]:
        level = self._random.choice(["ALL", "IMPORTANT", "MUTED"])
        return await self._any_fickle.do("subscribe", dealId=self._deal, level=level)

    async def _leave(self) -> dict[str, Any]:
        return await self._any_fickle.call("unsubscribe", dealId=self._deal)

    async def _archive(self) -> dict[str, Any]:
        mutation = self._random.choice(["archiveDeal", "restoreDeal", "restoreDeal"])
        return await self._alice.call(mutation, id=self._deal)

    async def _change_role(self) -> dict[str, Any]:
        return await self._alice.call(
            "setUserRole",
            types="ID! UserRole!",
            id=self._random.choice(list(self._cast.fickle.values())),
            role=self._random.choice(["ADMIN", "MEMBER", "VIEWER"]),
        )

    async def _deactivate(self) -> dict[str, Any]:
        user = self._random.choice(list(self._cast.fickle.values()))
        return await self._alice.call("deactivateUser", id=user)

    async def _reactivate(self) -> dict[str, Any]:
        user = self._random.choice(list(self._cast.fickle.values()))
        return await self._alice.call("reactivateUser", id=user)

    async def _sign_out(self) -> dict[str, Any]:
        user = self._random.choice(list(self._cast.fickle.values()))
        return await self._alice.call("signOutEverywhere", userId=user)

    async def _edit_contact(self) -> dict[str, Any]:
        contact = self._random.choice(self._cast.contacts)
        return await self._keyed("updateContact", id=contact, jobTitle=token_hex(4))

    async def _convert(self) -> dict[str, Any]:
        """And back, so that there is a lead to convert the next time."""
        lead = self._random.choice(self._cast.leads)
        await self._keyed("convertLead", id=lead)
        return await self._bob.call("undoConversion", id=lead)

    async def _read_all(self) -> dict[str, Any]:
        return await self._any_fickle.call("markNotificationsRead", types="Boolean!", all=True)
