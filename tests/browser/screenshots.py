"""What do the pages look like, and how fast are they there? Writes the README's pictures, prints its figures."""

import asyncio
import base64
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.conftest import CHROMIUM, MISSING
from tests.browser.windows import FLAGS, Dealcast, Window
from tests.ports import free_port
from tests.processes import ROOT

PICTURES = ROOT / "dashboard" / "screenshots"
BOB, CAROL = "bob@acme.example", "carol@acme.example"
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


async def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        database = {"DATABASE_URL": f"sqlite://{folder}/demo.db", "DEMO": "on"}
        async with AsyncExitStack() as stack, async_playwright() as playwright:
            server = Dealcast({**database, "PORT": str(free_port())}, stack)
            await server.start()
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            await measure(browser, server)
            await take(browser, server)
            await browser.close()


async def measure(browser: Browser, server: Dealcast) -> None:
    """One cold visit: what crosses the network, and when the board is there and live."""
    context = await browser.new_context(**DESK)
    page = await context.new_page()
    size = await _count_bytes(context, page)
    begun = time.perf_counter()
    await page.goto(server.url)
    await page.get_by_role("button", name=BOB).wait_for()
    shown = time.perf_counter()
    pages = size["bytes"]
    await page.get_by_role("button", name=BOB).click()
    await page.get_by_role("link", name="Enterprise contract").wait_for()
    await expect(page.locator(".connection .words")).to_have_text("Live")
    live = time.perf_counter()
    print(f"first load, compressed: {pages / 1024:.0f} KB in {size['requests']} requests")
    print(f"sign-in shown after {(shown - begun) * 1000:.0f} ms")
    print(f"from the click to the live board: {(live - shown) * 1000:.0f} ms")
    await context.close()


async def _count_bytes(context: BrowserContext, page: Page) -> dict[str, int]:
    size = {"bytes": 0, "requests": 0}
    network = await context.new_cdp_session(page)

    def finished(event: dict[str, Any]) -> None:
        size["bytes"] += int(event["encodedDataLength"])
        size["requests"] += 1

    network.on("Network.loadingFinished", finished)
    await network.send("Network.enable")
    return size


async def take(browser: Browser, server: Dealcast) -> None:
    bob = await _window(browser, server, **DESK)
    carol = await _window(browser, server, **DESK)
    dark = await _window(browser, server, **DESK, color_scheme="dark")
    phone = await _window(
        browser, server, viewport={"width": 375, "height": 760}, locale="fr-FR", has_touch=True
    )
    await bob.sign_in(BOB)
    for window in (carol, dark):
        await window.sign_in(CAROL)
    await phone.page.goto(phone.url)
    await phone.page.get_by_role("button", name=CAROL).click()
    await phone.show("Enterprise contract")
    await carol.show("Enterprise contract")
    await bob.show("Enterprise contract")
    await bob.page.get_by_role("button", name="Change the contact").click()
    await bob.pick("The new contact", "Claire Fontaine")
    await bob.page.get_by_role("button", name="Save").click()
    await carol.sees("Bob Fischer made Claire Fontaine the contact")
    await carol.page.wait_for_timeout(500)
    await _picture(carol.page, "deal")
    await _picture(dark.page, "board-dark")
    await _picture(phone.page, "telephone")
    await bob.page.goto(f"{server.url}/graphql")
    await bob.page.get_by_role("button", name="Show GraphiQL Explorer").click()
    await bob.page.locator(".graphiql-explorer-root").wait_for()
    await bob.page.wait_for_timeout(1_000)
    await _picture(bob.page, "graphiql")


async def _window(browser: Browser, server: Dealcast, **options: Any) -> Window:
    context = await browser.new_context(**options)
    return Window(await context.new_page(), server.url)


async def _picture(page: Page, name: str) -> None:
    network = await page.context.new_cdp_session(page)
    taken = await network.send("Page.captureScreenshot", {"format": "webp", "quality": 85})
    (PICTURES / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    if MISSING:
        sys.exit(f"No pictures: {MISSING}")
    asyncio.run(main())
