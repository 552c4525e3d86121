"""How does one operation travel over HTTP? POST JSON, or GET for queries and subscriptions; answers are JSON.

    the answer                                     application/json    application/graphql-response+json
    data, with or without errors of fields         200                 200
    refused before anything was executed           200                 400
    nobody signed in, or a token not accepted      200                 401
    a fault of ours before anything was executed   200                 500

A subscription is answered in events (200), or 401 without a token that is accepted. Who accepts nothing but
events gets the answer to a query or mutation as one.

Below GraphQL, whatever the client accepts: 400 what cannot be read, 405 another method, or a mutation by GET,
413 a body that is too long, 415 one that is not JSON.
"""

from typing import Any, Literal

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.types import ExecutionResult

from models.errors import Unauthenticated, Unreadable
from resolvers.tokens import Session, Tokens
from schema.body import JSON, bounded, read_request
from schema.context import Context
from schema.documents import Prepared, prepared
from schema.errors import INVALID, formatted
from schema.event_stream import EventStreams
from schema.protocol import Request as Operation
from schema.schema import schema
from schema.sse import EVENTS, accepts_events, accepts_only_events, in_events

_GRAPHQL = "application/graphql-response+json"
_HELP = """This is a GraphQL endpoint. Send it an operation:

    curl HERE -H 'Content-Type: application/json' -H 'Authorization: Bearer TOKEN' \\
        -d '{"query": "{ viewer { user { fullName } } }"}'

Subscriptions are served at this address over websockets (graphql-transport-ws), and as events to those who
accept text/event-stream.
"""


class _Endpoint(GraphQL[Context, None]):
    def __init__(self, tokens: Tokens, streams: EventStreams) -> None:
        super().__init__(schema, subscription_protocols=())
        self._tokens = tokens
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, bounded(receive))
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        try:
            if accepts_events(request):
                return await self._answer_events(request)
            return await self.run(request)
        except HTTPException as refusal:
            code = "LIMIT_EXCEEDED" if refusal.status_code == 413 else INVALID  # noqa: PLR2004
            error = {"message": refusal.reason, "extensions": {"code": code}}
            response = _encoded({"errors": [error]}, _accepted(request), refusal.status_code)
            if refusal.status_code == 405:  # noqa: PLR2004
                response.headers["allow"] = "GET, POST"
            return response
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001  a client gets JSON whatever becomes of us
            fault = GraphQLError(str(error), original_error=error)
            status = 500 if accepts_only_events(request) else None
            return _encoded({"errors": [formatted(fault)]}, _accepted(request), status)

    async def _answer_events(self, request: Request) -> ASGIApp:
        asked = await read_request(self.request_adapter_class(request))
        ready = prepared(asked.query or "")
        if not ready.errors and _is_subscription(ready, asked.operation_name):
            try:
                session = await self._session(request)
            except Unauthenticated as error:
                return _unauthorized(error)
            operation = Operation(
                asked.query or "", asked.variables, asked.operation_name, asked.extensions
            )
            last_event_id = request.headers.get("last-event-id")
            return await self._streams.answer(ready, operation, session, last_event_id)
        answer = await self.run(request)
        return in_events(answer) if accepts_only_events(request) else answer

    async def _session(self, request: Request | WebSocket) -> Session:
        credentials = request.headers.get("authorization", "")
        scheme, _, token = credentials.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("needs `Authorization: Bearer TOKEN`")
        return await self._tokens.admit(token.strip())

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002  Strawberry's signature
    ) -> Context:
        if "authorization" not in request.headers:
            return Context(None)
        session = await self._session(request)
        return Context(session.user)

    async def render_graphql_ide(self, request: Request) -> Response:
        return PlainTextResponse(_HELP.replace("HERE", str(request.url)))

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        return Response(media_type=_accepted(request))

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        return await read_request(request)

    async def execute_single(  # noqa: PLR0917  Strawberry's signature
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,  # noqa: ARG002
        sub_response: Response,  # noqa: ARG002
        context: Context,
        root_value: None,  # noqa: ARG002
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        if not request_data.query:
            raise HTTPException(400, "there is no `query`")
        ready = prepared(request_data.query)
        if ready.document is None or ready.errors:
            return ExecutionResult(None, ready.errors)
        operation = ready.operation(request_data.operation_name)
        if operation is None:
            error = Unreadable("`operationName` must name one of the document's operations")
            return ExecutionResult(None, [GraphQLError(str(error), original_error=error)])
        if operation.operation is OperationType.SUBSCRIPTION:
            raise HTTPException(
                400, f"subscriptions are served here over websockets, or in events: accept {EVENTS}"
            )
        if operation.operation is OperationType.MUTATION and request.method == "GET":
            raise HTTPException(405, "send mutations by POST")
        return await self.schema.execute(
            request_data.query,
            variable_values=request_data.variables,
            context_value=context,
            operation_name=request_data.operation_name,
            operation_extensions=request_data.extensions,
        )

    async def process_result(
        self,
        request: Request,  # noqa: ARG002  Strawberry's signature
        result: ExecutionResult,
    ) -> GraphQLHTTPResponse:
        errors = [formatted(error) for error in result.errors or ()]
        if result.data is None and not any("path" in error for error in errors):
            return {"errors": list(errors)}
        return {"data": result.data, "errors": list(errors)} if errors else {"data": result.data}

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        return _encoded(response_data, sub_response.media_type or JSON)


def _accepted(request: Request | WebSocket) -> str:
    return _GRAPHQL if _GRAPHQL in request.headers.get("accept", "") else JSON


def _encoded(answer: Any, media_type: str, status: int | None = None) -> Response:
    if status is None:
        status = 200 if media_type == JSON else _status(answer)
    headers = {"vary": "accept", "cache-control": "no-store"}
    return Response(orjson.dumps(answer), status, headers, media_type)


def _status(answer: GraphQLHTTPResponse) -> Literal[200, 400, 401, 500]:
    """As the draft of GraphQL over HTTP has it, which lets the status speak of requests that failed whole."""
    if answer.get("data") is not None:
        return 200
    errors: Any = answer.get("errors") or ()
    codes = {error["extensions"]["code"] for error in errors}
    if Unauthenticated.code in codes:
        return 401
    if "data" in answer:
        return 200
    return 500 if "INTERNAL" in codes else 400


def _is_subscription(ready: Prepared, name: str | None) -> bool:
    operation = ready.operation(name)
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


def _unauthorized(error: Unauthenticated) -> Response:
    """As a status: a client that has a fresh token tries again with it, and others give up."""
    answer = {"errors": [formatted(GraphQLError(str(error), original_error=error))]}
    response = _encoded(answer, JSON, 401)
    response.headers["www-authenticate"] = "Bearer"
    return response


def graphql_http(tokens: Tokens, streams: EventStreams) -> ASGIApp:
    """The endpoint; `tokens` says who asks."""
    return _Endpoint(tokens, streams)
