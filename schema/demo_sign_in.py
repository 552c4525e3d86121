"""How does one sign in without a provider? In demo mode only, as one of the demo's people, from our own pages."""

from collections.abc import Awaitable, Callable, Sequence

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from strawberry.http.websocket_origin import is_same_origin

from resolvers import sign_in
from resolvers.tokens import Tokens

_NOT_KEPT = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_LONGEST_BODY = 1_000


def demo_routes(tokens: Tokens, emails: Sequence[str]) -> list[Route]:
    """`GET /demo/people`, and `POST /demo/sign-in` with `{"email": …}`, which answers a token."""

    async def people(_: Request) -> Response:
        known = await sign_in.people(emails)
        found = [
            {
                "email": person.email,
                "fullName": person.full_name,
                "role": person.role.value,
                "organisation": person.organisation,
            }
            for person in known
        ]
        return JSONResponse({"people": found}, headers=_NOT_KEPT)

    async def enter(request: Request) -> Response:
        email = await _email(request)
        known = {person.email for person in await sign_in.people(emails)}
        if email not in known:
            return _refusal(404, "nobody of the demo has this e-mail")
        return JSONResponse({"token": tokens.issue(email)}, headers=_NOT_KEPT)

    return [
        Route("/demo/people", _from_our_pages(people)),
        Route("/demo/sign-in", _from_our_pages(enter), methods=["POST"]),
    ]


def _from_our_pages(
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    async def checked(request: Request) -> Response:
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        if site != "same-origin" or (
            origin is not None and not is_same_origin(origin, request.headers.get("host"))
        ):
            return _refusal(403, "only this server's own pages may ask")
        return await answer(request)

    return checked


async def _email(request: Request) -> str | None:
    """Nobody's for a body that cannot be read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            return None
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    email = given.get("email") if isinstance(given, dict) else None
    return email.lower() if isinstance(email, str) else None


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status, headers=_NOT_KEPT)
