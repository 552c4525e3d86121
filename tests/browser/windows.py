"""How do tests speak of windows? As a person does who looks at them."""

import asyncio
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, Request, Route, WebSocket, expect

from resolvers.tokens import Tokens
from tests.harness import SECRET
from tests.http_clients import http_client
from tests.processes import Process, process

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
AXE = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
PATIENCE = 15_000  # milliseconds

expect.set_options(timeout=PATIENCE)


class Dealcast:
    """A server that is stopped and started again under the same address, with the same data."""

    def __init__(self, environ: dict[str, str], stack: AsyncExitStack) -> None:
        self._environ = environ
        self._stack = stack
        self._process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._environ['PORT']}"

    async def start(self, **environ: str) -> None:
        running = process(**{**self._environ, **environ})
        self._process = await self._stack.enter_async_context(running)

    async def kill(self) -> None:
        assert self._process is not None
        await self._process.end(signal.SIGKILL)

    async def ask(self, email: str, query: str, **variables: Any) -> Any:
        """The data of an answer, as another program gets it; nothing may be refused."""
        assert self._process is not None
        headers = {"authorization": f"Bearer {Tokens(SECRET).issue(email)}"}
        async with http_client(self._process.url) as http:
            body = {"query": query, "variables": variables}
            answer = (await http.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        for payload in data.values():
            assert not (isinstance(payload, dict) and payload.get("userErrors")), payload
        return data

    async def opportunities(self, email: str) -> int:
        """How many somebody sees."""
        data = await self.ask(email, "{ opportunities { totalCount } }")
        count: int = data["opportunities"]["totalCount"]
        return count

    async def contact(self, name: str) -> str:
        """The id of somebody outside."""
        return await self._found("contacts", name)

    async def deal(self, name: str) -> str:
        """The id of an opportunity."""
        return await self._found("opportunities", name)

    async def _found(self, among: str, name: str) -> str:
        query = f"query ($name: String!) {{ {among}(search: $name) {{ nodes {{ id }} }} }}"
        data = await self.ask("alice@acme.example", query, name=name)
        ident: str = data[among]["nodes"][0]["id"]
        return ident


def copy_deals(database: Path, numbers: range) -> None:
    """Gives the demo as many more deals as Enterprise contract is one."""
    with sqlite3.connect(database) as rows:
        rows.execute(
            "CREATE TEMP TABLE one AS SELECT * FROM deals WHERE name = 'Enterprise contract' LIMIT 1"
        )
        for number in numbers:
            rows.execute("UPDATE one SET id = ?", [f"deal_{number:026}"])
            rows.execute("INSERT INTO deals SELECT * FROM one")


class Window:
    """One browser window; it notes what it asks, what leaves the host, and what the browser complains of."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.strayed: list[str] = []
        self.complaints: list[str] = []
        self.sockets: list[WebSocket] = []
        self.asked: Counter[str] = Counter()
        page.set_default_timeout(PATIENCE)
        self._here: tuple[str, ...] = (f"{url}/", "data:", f"blob:{url}/")
        page.context.on(
            "request",
            lambda request: (
                None if request.url.startswith(self._here) else self.strayed.append(request.url)
            ),
        )
        page.on("websocket", self._connected)
        page.on("request", self._asks)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: (
                self.complaints.append(f"{line.text} {line.location['url']}")
                if line.type == "error"
                else None
            ),
        )

    def _asks(self, request: Request) -> None:
        if (name := _operation(request)) is not None:
            self.asked[name] += 1

    def _connected(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        if socket.url != f"{self.url.replace('http', 'ws')}/graphql":
            self.strayed.append(socket.url)

    def may_visit(self, origin: str) -> None:
        self._here += (f"{origin}/",)

    async def sign_in(self, email: str) -> None:
        await self.page.goto(self.url)
        await self.page.get_by_role("button", name=email).click()
        await expect(self.connection).to_have_text("Live")

    @property
    def connection(self) -> Locator:
        return self.page.locator(".connection .words")

    def panel(self, title: str) -> Locator:
        """By its whole title, behind which a number may stand."""
        return self.page.get_by_role("region", name=re.compile(rf"^{title}\s*\d*$"))

    def people(self, title: str) -> Locator:
        """Who stands in a panel, without what is said of them for a moment."""
        return self.panel(title).locator(".lines")

    def column(self, stage: str) -> Locator:
        return self.page.get_by_role("region", name=stage, exact=True)

    def card(self, name: str) -> Locator:
        link = self.page.get_by_role("link", name=name, exact=True)
        return self.page.get_by_role("listitem").filter(has=link)

    def amount_of(self, deal: str) -> Locator:
        """What a card says that its deal is worth, not what is said of it for a moment."""
        return self.card(deal).locator("strong")

    def stage_of(self, deal: str) -> Locator:
        """Where a card says which stage its deal is in, and lets one choose another."""
        return self.page.get_by_role("combobox", name=f"Stage of {deal}")

    async def go_to(self, page: str) -> None:
        """One of the pages of the bar."""
        await self.page.get_by_role("navigation").get_by_role("link", name=page).click()
        heading = self.page.get_by_role("heading", level=1, name=page, exact=True)
        await expect(heading).to_be_visible()

    async def show(self, deal: str) -> None:
        """The page of a deal, from the board."""
        # Not the link of a notice, which comes and goes.
        await self.page.get_by_role("main").get_by_role("link", name=deal, exact=True).click()
        await expect(self.page.locator("#deal-name")).to_have_text(deal)

    async def pick(self, label: str, name: str) -> None:
        await self.page.get_by_role("combobox", name=label).fill(name)
        found = self.page.get_by_role("listbox", name=label).get_by_role("option", name=name)
        await found.click()

    async def sees(self, words: str) -> None:
        await expect(self.page.get_by_text(words).first).to_be_visible()

    @asynccontextmanager
    async def late_answer(self, operation: str, of: str = "") -> AsyncIterator[asyncio.Event]:
        """The page gets the answer only at the end; the event tells when the server has given it.

        Of all answers to the operation, or of those whose question has in it what `of` says.
        """
        given, over = asyncio.Event(), asyncio.Event()
        held: set[asyncio.Task[None] | None] = set()

        def meant(request: Request) -> bool:
            return asks(request, operation) and of in _body(request)

        async def hold(route: Route) -> None:
            if over.is_set() or not meant(route.request):
                await route.fallback()
                return
            held.add(asyncio.current_task())
            answer = await route.fetch()
            given.set()
            await over.wait()
            await route.fulfill(response=answer)

        # It stays, and lets pass: what is on its way when a route ends is handled by nobody.
        await self.page.route("**/graphql", hold)
        yield given
        async with self.page.expect_response(lambda response: meant(response.request)):
            over.set()
        await asyncio.gather(*filter(None, held))

    async def mark(self) -> None:
        """From here on a reload is noticed."""
        await self.page.evaluate("window.unchanged = true")

    async def was_reloaded(self) -> bool:
        return not await self.page.evaluate("window.unchanged === true")


def asks(request: Request, operation: str) -> bool:
    """Whether a page sends the GraphQL operation of that name."""
    return _operation(request) == operation


def _operation(request: Request) -> str | None:
    found = re.search(r'"operationName":"(\w+)"', _body(request))
    return found and found[1]


def _body(request: Request) -> str:
    return request.post_data or ""


async def both(*doing: Any) -> None:
    """Two windows side by side."""
    await asyncio.gather(*doing)


async def serious(page: Page, *, colours_alone: bool = False) -> list[Any]:
    """What axe finds serious or critical: each rule with the elements that break it."""
    if not await page.evaluate("'axe' in window"):
        # As a debugger would: the page's own policy lets no script of others in.
        await page.evaluate(AXE.read_text())
    rules = {"runOnly": COLOUR_RULES} if colours_alone else {}
    found = await page.evaluate("rules => axe.run(rules)", rules)
    return [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
