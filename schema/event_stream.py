"""How does one subscription travel over HTTP? As a response that lasts, an event for each item.

It ends after `complete` when the operation is over for good: completed, refused, or access has ended. It ends
without it when the client is to come back, and to resume after the newest cursor: the server is going, the
token has ended, the peer reads too slowly, a passing fault.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from graphql import GraphQLError
from starlette.types import ASGIApp, Receive, Scope, Send

import models
from models.errors import DealcastError, Unauthenticated, Unreadable, Unseen
from realtime import metrics
from realtime.cursors import LogCursor
from realtime.hub import Hub
from realtime.updates import Operation, Update
from resolvers.tokens import Session
from resolvers.watch import Watch
from schema.context import Context
from schema.documents import Prepared
from schema.live import LiveOperation, live_operation
from schema.loaders import Loaders
from schema.protocol import CloseCode, Request
from schema.sockets import Sockets
from schema.sse import COMPLETE, EVENTS, HEADERS, abort_of, failure, full, next_event, refused
from schema.watching import watched

MOST_EVENTS = 2_000
MOST_BYTES = 2_000_000
# So long a peer may take nothing of what is written to it.
STALLED_SECONDS = 30.0
CLOSE_SECONDS = 3.0

logger = logging.getLogger("dealcast.events")


class EventStreams:
    """What all streams of this process have in common."""

    def __init__(self, hub: Hub, sockets: Sockets, grace: timedelta) -> None:
        self.hub = hub
        self.sockets = sockets
        self.grace = grace

    async def answer(
        self, prepared: Prepared, request: Request, session: Session, last_event_id: str | None
    ) -> ASGIApp:
        """The answer to a subscription; `last_event_id` goes before the variables' cursor."""
        watch = await watched(prepared, request, Context(session.user))
        if isinstance(watch, list):
            return refused(watch)
        if last_event_id is not None:
            try:
                watch = replace(watch, after=LogCursor.parse(last_event_id))
            except Unreadable as error:
                return refused([_error(error)])
        return EventStream(self, watch, _EventOperation(live_operation(prepared, request)), session)


class _EventOperation:
    """An operation rendered as an event, once for all who get the same."""

    def __init__(self, operation: LiveOperation) -> None:
        self._operation = operation
        self.key = (EVENTS, operation.key)

    def scope(self) -> Loaders:
        return self._operation.scope()

    async def render(
        self, update: Update, scope: Loaders, *, can_edit: bool, viewer: models.User | None
    ) -> bytes:
        answer = await self._operation.render(update, scope, can_edit=can_edit, viewer=viewer)
        return next_event(answer.body, update.cursor)


class EventStream:
    """The response, and the sink of its stream."""

    def __init__(
        self, all_: EventStreams, watch: Watch, operation: Operation, session: Session
    ) -> None:
        self._all = all_
        self._after = watch.after
        self._stream = watch.stream(operation, self)
        self._session = session
        self._ends_at = (session.expires_at + all_.grace).timestamp()
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._has_news = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_over = False
        self._ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._abort: Callable[[], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sockets, user_id = self._all.sockets, self._session.user.id
        if not sockets.have_room():
            await full("this server is full: try again later")(scope, receive, send)
        elif not sockets.admit(self, user_id):
            await full("too many streams of this user: try again later")(scope, receive, send)
        else:
            try:
                await self._run(scope, receive, send)
            finally:
                sockets.release(user_id)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._abort = abort_of(scope)
        self._all.sockets.add(self)
        metrics.OPERATIONS.labels("subscription").inc()
        metrics.OPEN_OPERATIONS.inc()
        following = asyncio.create_task(self._follow())
        writing = asyncio.create_task(self._write(send))
        gone = asyncio.create_task(_gone(receive))
        try:
            await _first(writing, gone, self._ending)
            # Nothing more is said; what was said before still goes out, if the peer reads.
            self._end()
            await _first(writing, gone, seconds=CLOSE_SECONDS)
            if not writing.done():
                self._abort()
                await gone
        finally:
            self._all.sockets.remove(self)
            metrics.OPEN_OPERATIONS.dec()
            self._all.hub.close(self._stream)
            for task in (following, writing, gone):
                task.cancel()

    async def _follow(self) -> None:
        try:
            await self._all.hub.open(self._stream, self._after)
        except Unseen as error:
            self._fail(error)
        except Exception:
            logger.exception("a subscription could not be begun for a fault of ours")
            self.lapse()

    async def _write(self, send: Send) -> None:
        headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            while not self._is_over or self._waiting:
                await self._has_news.wait()
                self._has_news.clear()
                while self._waiting:
                    event = self._waiting.popleft()
                    async with asyncio.timeout(STALLED_SECONDS):
                        await send(_part(event, more=True))
                    self._bytes -= len(event)
                self._has_room.set()
            await send(_part(b"", more=False))
        except TimeoutError:
            self._abort()

    # What the stream says.

    def send(self, event: bytes) -> None:
        if self._is_over:
            return
        self._waiting.append(event)
        self._bytes += len(event)
        self._has_room.clear()
        self._has_news.set()
        if len(self._waiting) > MOST_EVENTS or self._bytes > MOST_BYTES:
            self._is_over = True
            self._abort()

    def send_all(self, events: Sequence[bytes]) -> None:
        for event in events:
            self.send(event)

    async def room(self) -> None:
        if not self._is_over:
            await self._has_room.wait()

    def complete(self) -> None:
        self.send(COMPLETE)
        self._end()

    def revoke(self) -> None:
        self._fail(Unauthenticated("access has ended"))

    def sign_out(self, signed_out_at: datetime) -> bool:
        if not self._session.is_ended_by(signed_out_at):
            return False
        self.revoke()
        return True

    def lapse(self) -> None:
        self._end()

    def hang_up(self, code: CloseCode, reason: str) -> None:  # noqa: ARG002  as of a websocket
        """The server is going."""
        self._end()

    def tick(self, now: float) -> None:
        if now >= self._ends_at:
            self._end()

    def _fail(self, error: DealcastError) -> None:
        self.send(failure([_error(error)]))
        self._end()

    def _end(self) -> None:
        self._is_over = True
        self._has_news.set()
        self._has_room.set()
        if not self._ending.done():
            self._ending.set_result(None)


async def _first(*tasks: asyncio.Future[None], seconds: float | None = None) -> None:
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _part(body: bytes, *, more: bool) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _error(error: DealcastError) -> GraphQLError:
    return GraphQLError(str(error), original_error=error)
