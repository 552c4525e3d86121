"""What do answers look like as server-sent events? For subscriptions where networks break websockets.

The protocol is https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md, in its distinct connections
mode: a request for each operation, answered by `next` events and, when nothing more will come, by `complete`.
The id of an event is the cursor to come back with, as `Last-Event-ID`.
"""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from models.errors import LimitExceeded
from schema.errors import formatted

EVENTS = "text/event-stream"
HEADERS = {
    "content-type": f"{EVENTS}; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",  # for proxies that collect an answer before they pass it on
    "vary": "accept",
}
COMPLETE = b"event: complete\ndata:\n\n"
_ABORT = "dealcast.abort"


def accepts_events(request: Request) -> bool:
    return EVENTS in _accepted(request)


def accepts_only_events(request: Request) -> bool:
    """Clients that merely list events among what they accept, as urql does, would rather have JSON."""
    return _accepted(request) == {EVENTS}


def _accepted(request: Request) -> set[str]:
    ranges = request.headers.get("accept", "").lower().split(",")
    return {each.partition(";")[0].strip() for each in ranges}


def next_event(payload: bytes, cursor: str = "") -> bytes:
    """An event with an encoded answer, which has no line breaks."""
    ident = b"id: %b\n" % cursor.encode() if cursor else b""
    return b"event: next\n%bdata: %b\n\n" % (ident, payload)


def failure(errors: Iterable[GraphQLError]) -> bytes:
    """The last events of what cannot go on, and need not be tried again."""
    payload = orjson.dumps({"errors": [formatted(error) for error in errors]})
    return next_event(payload) + COMPLETE


def in_events(answer: Response) -> Response:
    """The one answer to a query or mutation."""
    return Response(next_event(bytes(answer.body)) + COMPLETE, headers=HEADERS)


def refused(errors: Iterable[GraphQLError]) -> Response:
    return Response(failure(errors), headers=HEADERS)


def full(why: str) -> Response:
    """What there is no room for now: clients try again."""
    error = {"message": why, "extensions": {"code": LimitExceeded.code}}
    return Response(
        orjson.dumps({"errors": [error]}), 503, {"retry-after": "5"}, media_type="application/json"
    )


class Http(HttpToolsProtocol):
    """uvicorn's protocol, with a way to cut off a peer that does not read: closing would wait for it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {_ABORT: self.transport.abort}
        self.scope["extensions"] = extensions


def abort_of(scope: Scope) -> Callable[[], None]:
    abort: Callable[[], None] = scope["extensions"][_ABORT]
    return abort
