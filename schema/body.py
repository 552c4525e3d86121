"""What did a client send over HTTP? One operation, of bearable size and depth."""

from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.types import Message, Receive
from strawberry.http import GraphQLRequestData

JSON = "application/json"
LONGEST = 1_000_000
# Ten levels of a filter are some twenty of JSON.
DEEPEST = 64


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
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise HTTPException(400, "this is not JSON") from None
    level = [value]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return value
    raise HTTPException(400, f"JSON may be {DEEPEST} levels deep")


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def bounded(receive: Receive) -> Receive:
    """The same body, up to a length."""
    length = 0

    async def bounded() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > LONGEST:
            raise HTTPException(413, f"a body holds at most {LONGEST} bytes")
        return message

    return bounded
