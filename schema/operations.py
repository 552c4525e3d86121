"""What runs on one socket? Queries and mutations to their one answer, subscriptions until they end."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime

import orjson
from graphql import GraphQLError, OperationType

from models import User
from models.errors import LimitExceeded, Unreadable, Unseen
from realtime import metrics
from realtime.hub import Hub
from realtime.streams import Stream
from resolvers.tokens import Session
from schema.context import Context
from schema.documents import Prepared, prepared
from schema.errors import formatted
from schema.frames import Answer
from schema.live import live_operation
from schema.protocol import CloseCode, Request, encode
from schema.schema import schema
from schema.watching import watched
from schema.wire import Wire

MOST_OPERATIONS = 100

logger = logging.getLogger("dealcast.operations")

HangUp = Callable[[CloseCode, str], None]


class Operations:
    """The operations of one socket, by the client's ids."""

    __slots__ = ("_running", "hang_up", "hub", "session", "wire")

    def __init__(self, hub: Hub, wire: Wire, hang_up: HangUp) -> None:
        self.hub = hub
        self.wire = wire
        self.hang_up = hang_up
        # The socket's own: a fresh token on it is a fresh session.
        self.session: Session | None = None
        self._running: dict[str, _Operation] = {}

    def start(self, ident: str, request: Request) -> None:
        if ident in self._running:
            self.hang_up(CloseCode.ID_IN_USE, f"Subscriber for {ident[:60]} already exists")
            return
        if len(self._running) >= MOST_OPERATIONS:
            error = LimitExceeded(f"a socket runs at most {MOST_OPERATIONS} operations at once")
            self.wire.write(encode("error", ident, [_said(error)]))
            return
        operation = _Operation(self, ident)
        self._running[ident] = operation
        metrics.OPEN_OPERATIONS.inc()
        operation.task = asyncio.create_task(operation.run(request))

    def end(self, ident: str) -> None:
        """The client wants no more of it; a mutation that has begun is finished all the same."""
        operation = self.forget(ident)
        if operation is not None:
            operation.stop()

    async def finish(self, seconds: float) -> None:
        """Lets queries and mutations that have begun be answered."""
        tasks = [one.task for one in self._running.values() if one.task and not one.task.done()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def end_all(self) -> None:
        for ident in list(self._running):
            self.end(ident)

    def forget(self, ident: str) -> "_Operation | None":
        operation = self._running.pop(ident, None)
        if operation is not None:
            metrics.OPEN_OPERATIONS.dec()
        return operation


class _Operation:
    """One operation, and for a subscription the sink of its stream."""

    __slots__ = ("_all", "_head", "_id", "_over", "_stream", "_wire", "task")

    def __init__(self, all_: Operations, ident: str) -> None:
        self._all = all_
        self._wire = all_.wire
        self._id = ident
        # Each `next` up to the payload, which many may share.
        self._head = b'{"type":"next","id":%b,"payload":' % orjson.dumps(ident)
        self._stream: Stream | None = None
        self._over = False
        self.task: asyncio.Task[None] | None = None

    # What the stream says.

    def send(self, answer: Answer) -> None:
        if not self._over:
            self._wire.write(answer.frame(self._head))

    def send_all(self, answers: Sequence[Answer]) -> None:
        if not self._over:
            self._wire.write_all([answer.frame(self._head) for answer in answers])

    async def room(self) -> None:
        await self._wire.room()

    def complete(self) -> None:
        self._finish(encode("complete", self._id))

    def revoke(self) -> None:
        self._all.hang_up(CloseCode.UNAUTHORIZED, "access has ended")

    def sign_out(self, signed_out_at: datetime) -> bool:
        session = self._all.session
        if session is not None and not session.is_ended_by(signed_out_at):
            return False
        self.revoke()
        return True

    def lapse(self) -> None:
        self._all.hang_up(CloseCode.TRY_AGAIN, "a passing fault: resume after the newest cursor")

    # What the client wants.

    def stop(self) -> None:
        self._over = True
        if self.task is not None:
            self.task.cancel()
        if self._stream is not None:
            self._all.hub.close(self._stream)

    async def run(self, request: Request) -> None:
        try:
            await self._run(request)
        except (Exception, asyncio.CancelledError) as error:
            # Where a loader failed its neighbours were cancelled, which is not the client's doing.
            if self._over and isinstance(error, asyncio.CancelledError):
                raise
            # An `error` would be final for the client; a closed socket brings it back.
            logger.exception("an operation failed for a fault of ours")
            self.lapse()
        finally:
            self.task = None

    async def _run(self, request: Request) -> None:
        session = self._all.session
        assert session is not None
        if request.flaw is not None:
            self._fail([_error(Unreadable(request.flaw))])
            return
        document = prepared(request.query)
        if document.document is None or document.errors:
            self._fail(document.errors)
            return
        operation = document.operation(request.operation_name)
        if operation is None:
            self._fail([_error(Unreadable("operationName does not name an operation"))])
            return
        metrics.OPERATIONS.labels(operation.operation.value).inc()
        if operation.operation is OperationType.SUBSCRIPTION:
            # A viewer of its own, whose rights are read anew where the stream begins.
            await self._subscribe(document, request, copy(session.user))
            return
        # A socket lives long: what its user may do is asked anew for each operation.
        viewer = await User.get_or_none(id=session.user.id, is_active=True)
        if viewer is None or session.is_ended_by(viewer.signed_out_at):
            self.revoke()
            return
        await self._execute(request, viewer)

    async def _execute(self, request: Request, viewer: User) -> None:
        result = await schema.execute(
            request.query,
            variable_values=request.variables,
            context_value=Context(viewer),
            operation_name=request.operation_name,
            operation_extensions=request.extensions,
        )
        if result.data is None and result.errors and not any(e.path for e in result.errors):
            self._fail(result.errors)
            return
        payload: dict[str, object] = {"data": result.data}
        if result.errors:
            payload["errors"] = [formatted(error) for error in result.errors]
        self.send(Answer(orjson.dumps(payload)))
        self.complete()

    async def _subscribe(self, document: Prepared, request: Request, viewer: User) -> None:
        watch = await watched(document, request, Context(viewer))
        if isinstance(watch, list):
            self._fail(watch)
            return
        self._stream = watch.stream(live_operation(document, request), self)
        try:
            await self._all.hub.open(self._stream, watch.after)
        except Unseen as error:
            self._fail([_error(error)])

    def _fail(self, errors: list[GraphQLError]) -> None:
        self._finish(encode("error", self._id, [formatted(error) for error in errors]))

    def _finish(self, message: bytes) -> None:
        if not self._over:
            self._over = True
            # The id is free again before the client can know that it is.
            self._all.forget(self._id)
            self._wire.write(message)


def _error(error: Exception) -> GraphQLError:
    return GraphQLError(str(error), original_error=error)


def _said(error: Exception) -> dict[str, object]:
    return formatted(_error(error))
