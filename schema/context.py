"""What does every resolver know of the operation that it belongs to?"""

import asyncio
from typing import Any

import strawberry

import models
from models.errors import LimitExceeded, Unauthenticated
from models.permissions import may_edit
from realtime.updates import Update
from schema.keys import Seen
from schema.loaders import Loaders

MOST_OBJECTS = 25_000


class Context:
    """One operation: who asks, what was loaded for it, and the place in the log that its answer covers."""

    def __init__(self, viewer: models.User | None, load: Loaders | None = None) -> None:
        self._viewer = viewer
        self._head: models.EventHead | None = None
        self._reading_head = asyncio.Lock()
        self._objects = 0
        self._load = load

    @property
    def load(self) -> Loaders:
        """Made when the first is asked for: what only says what to watch asks for none."""
        if self._load is None:
            self._load = Loaders()
        return self._load

    @property
    def viewer(self) -> models.User:
        """The user who asks.

        Raises:
            Unauthenticated: nobody is signed in.
        """
        if self._viewer is None:
            raise Unauthenticated("sign in: send `Authorization: Bearer TOKEN`")
        return self._viewer

    @property
    def can_edit(self) -> bool:
        return may_edit(self.viewer.role)

    async def deal(self, deal_id: str) -> models.Deal | None:
        """A deal as this operation may show it; None out of the viewer's sight."""
        return await self.load.deals.load(Seen(self.viewer, deal_id))

    async def shown_deal(self, update: Update | None, deal_id: str) -> models.Deal | None:
        """The same inside the item of a live stream, which shows one state of its deal wherever one looks."""
        if update is not None and update.deal_id == deal_id:
            return update.deal
        return await self.deal(deal_id)

    async def unread_deal_count(self) -> int:
        return await self.load.unread_deal_counts.load((self.viewer.id,))

    async def head(self) -> models.EventHead:
        """The head of the log, read once: what is read after it is at least as new."""
        async with self._reading_head:
            if self._head is None:
                organisation_id = self.viewer.organisation_id
                self._head = await models.EventHead.get(organisation_id=organisation_id)
            return self._head

    async def begin(self, query: str | None) -> models.User:
        """The viewer; an answer that reports its place in the log has that read before any row."""
        viewer = self.viewer
        if query is None or "cursor" in query:
            await self.head()
        return viewer

    def forget(self) -> None:
        """Called after a mutation: what was loaded before it is no longer true."""
        self._load = None

    def spend(self, objects: int) -> None:
        """Counts the objects of an answer, whose lists multiply where they are nested.

        Raises:
            LimitExceeded: the answer would keep the server from everybody else's.
        """
        self._objects += objects
        if self._objects > MOST_OBJECTS:
            raise LimitExceeded(f"the answer holds more than {MOST_OBJECTS} objects: ask for less")


Info = strawberry.Info[Context, Any]
