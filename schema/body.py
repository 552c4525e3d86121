"""What did a client send over HTTP? One operation, of bearable size and depth."""

from typing import Any

from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.types import Message, Receive
from strawberry.http import GraphQLRequestData

from models.errors import Unreadable
from schema.decoding import decoded

JSON = "application/json"
LONGEST = 1_000_000
# What is still taken, and thrown away, of a body that is too long.
_MOST_DRAINED = 32_000_000


async def read_request(request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
    """The operation.

    Raises:
        HTTPException: 400 or 415 for what cannot be read.
    """
    if request.method == "GET":
        data: Any = dict(request.query_params)
        for name in ("variables", "extensions"):
            data[name] = _decoded(data[name]) if data.get(name) else None
    else:
        if (request.content_type or "").partition(";")[0].strip().lower() != JSON:
            raise HTTPException(415, f"send the operation as {JSON}")
        data = _decoded(await request.get_body())
    if isinstance(data, list):
        raise HTTPException(400, "send one operation at a time")
    if not isinstance(data, dict):
        raise HTTPException(400, "the body must be a JSON object")
    return GraphQLRequestData(
        query=_part(data, "query", str, "a string"),
        variables=_part(data, "variables", dict, "an object"),
        operation_name=_part(data, "operationName", str, "a string") or None,
        extensions=_part(data, "extensions", dict, "an object"),
    )


def _part(data: dict[str, Any], name: str, type_: type, described: str) -> Any:
    value = data.get(name)
    if not isinstance(value, type_ | None):
        raise HTTPException(400, f"`{name}` must be {described}")
    return value


def _decoded(text: str | bytes) -> Any:
    try:
        return decoded(text)
    except Unreadable as error:
        raise HTTPException(400, str(error)) from None


def bounded(receive: Receive) -> Receive:
    """The same body, up to a length."""
    length = 0

    async def bounded() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > LONGEST:
            await _drain(receive, message)
            raise HTTPException(413, f"a body holds at most {LONGEST} bytes")
        return message

    return bounded


async def _drain(receive: Receive, message: Message) -> None:
    """Lets a client finish: one that is still sending when we close gets a reset and never reads why."""
    drained = 0
    while message.get("more_body") and drained < _MOST_DRAINED:
        message = await receive()
        drained += len(message.get("body", b""))
