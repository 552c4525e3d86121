"""How do the built pages reach a browser? From this host alone, under a policy that lets nothing else in.

Files with a hash in their name never change and are kept; the pages that name them are asked for each time.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

NOT_BUILT = """The pages are not built. `make pages` builds them, with Node from the PATH or else from PyPI.
The API is at /graphql and needs no pages.
"""
_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[\da-fA-F:]+\](:\d+)?")
_YEAR = 31_536_000
_ALWAYS = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
# GraphiQL's editor (Monaco) writes its colours and the place of each line as style elements and attributes;
# GraphiQL's style sheet holds its fonts and signs.
_EDITOR = {
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
}


class Pages:
    """The dashboard and GraphiQL, as `dashboard/dist` holds them."""

    def __init__(self, built: Path, frame_ancestors: Sequence[str] = ()) -> None:
        self._built = built
        self._files = _Compressed(directory=built, check_dir=False)
        self._frame_ancestors = " ".join(frame_ancestors) or "'none'"

    @property
    def routes(self) -> list[BaseRoute]:
        assets = _Compressed(directory=self._built / "assets", check_dir=False, kept=True)
        return [Route("/", self.dashboard), Mount("/assets", assets)]

    @property
    def are_built(self) -> bool:
        return (self._built / "index.html").is_file()

    async def dashboard(self, request: Request) -> Response:
        return await self._page(request, "index.html", {})

    async def graphiql(self, request: Request) -> Response:
        return await self._page(request, "graphiql.html", _EDITOR)

    async def _page(self, request: Request, name: str, exceptions: Mapping[str, str]) -> Response:
        if not self.are_built:
            return PlainTextResponse(NOT_BUILT, 404, _ALWAYS)
        response = await self._files.get_response(name, request.scope)
        response.headers["content-security-policy"] = self._policy(request, exceptions)
        return response

    def _policy(self, request: Request, exceptions: Mapping[str, str]) -> str:
        # Not every browser counts websockets to one's own host among 'self'.
        host = request.headers.get("host", "")
        sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
        rules = {
            **_POLICY,
            "connect-src": f"'self'{sockets}",
            "frame-ancestors": self._frame_ancestors,
            **exceptions,
        }
        return "; ".join(f"{name} {sources}" for name, sources in rules.items())


class _Compressed(StaticFiles):
    """Static files that were compressed when they were built."""

    def __init__(self, *, directory: Path, check_dir: bool, kept: bool = False) -> None:
        super().__init__(directory=directory, check_dir=check_dir)
        self.config_checked = True
        self._caching = f"public, max-age={_YEAR}, immutable" if kept else "no-cache"

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = None
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            response = await self._compressed(path, scope)
        if response is None:
            response = await super().get_response(path, scope)
        response.headers.update({**_ALWAYS, "cache-control": self._caching})
        response.headers.add_vary_header("accept-encoding")
        return response

    async def _compressed(self, path: str, scope: Scope) -> Response | None:
        try:
            response = await super().get_response(f"{path}.gz", scope)
        except HTTPException:
            return None
        response.headers["content-encoding"] = "gzip"
        response.headers["content-type"] = _media_type(path)
        return response


def _media_type(path: str) -> str:
    kinds = {
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
    }
    return kinds.get(Path(path).suffix, "application/octet-stream")
