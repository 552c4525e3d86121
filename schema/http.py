"""How does one operation travel over HTTP? POST JSON, or GET for queries; every answer is JSON.

    the answer                                     application/json    application/graphql-response+json
    data, with or without errors of fields         200                 200
    refused before anything was executed           200                 400
    nobody signed in, or a token not accepted      200                 401
    a fault of ours before anything was executed   200                 500

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
from resolvers.tokens import Tokens
from schema.body import JSON, bounded, read_request
from schema.context import Context
from schema.documents import prepared
from schema.errors import INVALID, formatted
from schema.pages import Pages
from schema.schema import schema

_GRAPHQL = "application/graphql-response+json"
_HELP = """This is a GraphQL endpoint. Send it an operation:

    curl HERE -H 'Content-Type: application/json' -H 'Authorization: Bearer TOKEN' \\
        -d '{"query": "{ viewer { user { fullName } } }"}'

Subscriptions are served at this address over websockets (graphql-transport-ws).
In a browser GraphiQL is here, once the pages are built: make pages
"""


class _Endpoint(GraphQL[Context, None]):
    def __init__(self, tokens: Tokens, pages: Pages) -> None:
        super().__init__(schema, subscription_protocols=())
        self._tokens = tokens
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, bounded(receive))
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
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
            return _encoded({"errors": [formatted(fault)]}, _accepted(request))

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002  Strawberry's signature
    ) -> Context:
        credentials = request.headers.get("authorization")
        if credentials is None:
            return Context(None)
        scheme, _, token = credentials.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("needs `Authorization: Bearer TOKEN`")
        session = await self._tokens.admit(token.strip())
        return Context(session.user)

    async def render_graphql_ide(self, request: Request) -> Response:
        if self._pages.are_built and "text/html" in request.headers.get("accept", ""):
            return await self._pages.graphiql(request)
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
            raise HTTPException(400, "subscriptions are served over websockets at this address")
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


def graphql_http(tokens: Tokens, pages: Pages) -> ASGIApp:
    """The endpoint; `tokens` says who asks, and a browser gets GraphiQL from `pages`."""
    return _Endpoint(tokens, pages)
