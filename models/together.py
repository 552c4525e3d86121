"""How is one read made for all who wait for the same kind of thing?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

# Seconds that a crowd is given to gather.
_PAUSE = 0.005


class Together(Generic[K, V]):
    """Does the same work for many: whoever asks while it is done for others is served next, with all who do.

    The work begins after it was asked for, so that what it reads is never older than the question.
    """

    def __init__(self, work: Callable[[list[K]], Awaitable[Sequence[V]]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[K, asyncio.Future[V]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V:
        future: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, future))
        if self._task is None:
            # A context of its own: it works for others than the one who happens to ask first.
            self._task = asyncio.create_task(self._run(), context=Context())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._serve([one for one in some if not one[1].done()])
                if self._waiting:
                    # It is a crowd: let it gather.
                    await asyncio.sleep(_PAUSE)
        finally:
            self._task = None

    async def _serve(self, some: list[tuple[K, asyncio.Future[V]]]) -> None:
        try:
            values = await self._work([key for key, _ in some])
        except Exception as error:  # noqa: BLE001  each who waits gets it
            for _, future in some:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), value in zip(some, values, strict=True):
            if not future.done():
                future.set_result(value)
