"""Is the dashboard at home inside another's page, as a tab of Microsoft Teams is, and only where it may be?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import expect

from tests.browser.changes import SET_AMOUNT
from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast

BOB, CAROL = "bob@acme.example", "carol@acme.example"
# What a browser does that lets no frame of another site keep anything.
FORBID_STORAGE = """for (const name of ["sessionStorage", "localStorage"]) {
  if (window !== top) {
    Object.defineProperty(window, name, { get() { throw new DOMException(name, "SecurityError"); } });
  }
}"""


@asynccontextmanager
async def page_around(url: str) -> AsyncIterator[str]:
    """The origin of a page that frames another, on a site of its own."""
    page = f'<!doctype html><title>A tab</title><iframe src="{url}" width="1200" height="700">'

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {len(page)}\r\n\r\n"
        writer.write(f"{head}{page}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1") as server:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}"


async def test_a_frame_of_a_named_host_is_live_though_it_can_keep_nothing(
    seeded: Dealcast, windows: Windows
) -> None:
    async with page_around(seeded.url) as host:
        await seeded.start(FRAME_ANCESTORS=host)
        window = await windows.open(seeded, viewport={"width": 1280, "height": 800})
        window.may_visit(host)
        await window.page.add_init_script(FORBID_STORAGE)
        await window.page.goto(host)
        frame = window.page.frame_locator("iframe")
        await frame.get_by_role("button", name=CAROL).click()
        await expect(frame.locator(".connection .words")).to_have_text("Live")
        await frame.get_by_role("button", name="Light or dark").click()

        deal = await seeded.deal("Enterprise contract")
        await seeded.ask(BOB, SET_AMOUNT, id=deal, amount="275000")
        card = frame.get_by_role("listitem").filter(has_text="Enterprise contract")
        await expect(card).to_contain_text("€275,000")
        await frame.get_by_role("button", name="Sign out").click()
        await expect(frame.get_by_role("button", name=CAROL)).to_be_visible()

        await window.page.locator("iframe").evaluate("frame => (frame.src += 'graphql')")
        await expect(frame.locator(".graphiql-query-editor")).to_contain_text("followedDealUpdates")


async def test_a_browser_shows_no_frame_of_a_host_that_is_not_named(
    shared_dealcast: Dealcast, windows: Windows
) -> None:
    async with page_around(shared_dealcast.url) as host:
        window = await windows.open(shared_dealcast)
        window.may_visit(host)
        async with window.page.expect_console_message(
            lambda line: "frame-ancestors 'none'" in line.text
        ):
            await window.page.goto(host)
        window.complaints.clear()
        await expect(window.page.frame_locator("iframe").get_by_role("button")).to_have_count(0)
