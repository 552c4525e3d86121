"""Can everybody use the pages? In their language, with a screen reader, in the dark, on a telephone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import Windows
from tests.browser.windows import PATIENCE, Dealcast, Window, copy_deals, serious

CAROL = "carol@acme.example"


async def test_a_french_browser_gets_french(shared_dealcast: Dealcast, windows: Windows) -> None:
    window = await windows.open(shared_dealcast, locale="fr-FR")
    await window.page.goto(window.url)
    await window.page.get_by_role("button", name=CAROL).click()
    await expect(window.connection).to_have_text("En direct")
    assert await window.page.locator("html").get_attribute("lang") == "fr"
    await expect(window.column("Négociation")).to_be_visible()
    await window.show("Enterprise contract")
    for title in ("Contact", "Autres participants", "Abonnés"):
        await expect(window.panel(title)).to_be_visible()
    await expect(window.page.get_by_text("250 000 €")).to_be_visible()
    await expect(window.panel("Historique")).to_contain_text(
        "Étape\u202f: Qualification → Proposition"
    )


async def test_axe_finds_nothing_serious_on_any_page_in_any_theme(
    shared_dealcast: Dealcast, windows: Windows
) -> None:
    window = await windows.open(shared_dealcast)
    await window.page.goto(window.url)
    await window.sees("Who are you?")
    await _nothing_serious(window, "sign-in")
    await window.sign_in(CAROL)
    async for page in _pages(window, shared_dealcast):
        await _nothing_serious(window, page)
    await window.page.get_by_role("button", name="Change the contact").click()
    await window.pick("The new contact", "Claire Fontaine")
    await _nothing_serious(window, "dialog")


async def test_nothing_is_wider_than_a_telephone(
    shared_dealcast: Dealcast, windows: Windows
) -> None:
    window = await windows.open(
        shared_dealcast, viewport={"width": 375, "height": 740}, has_touch=True
    )
    await window.sign_in(CAROL)
    async for page in _pages(window, shared_dealcast):
        assert await _width(window) == 375, page


async def test_a_board_too_long_to_show_says_so_and_counts_the_whole(
    seeded: Dealcast, windows: Windows, tmp_path: Path
) -> None:
    copy_deals(tmp_path / "demo.db", range(2_000))
    await seeded.start()
    window = await windows.open(seeded)
    await window.sign_in(CAROL)
    total = await seeded.opportunities(CAROL)
    # It comes in twenty pages, one after the other.
    await expect(window.page.locator(".hint")).to_contain_text(
        f"Showing the newest 2,000 of {total:,}.", timeout=4 * PATIENCE
    )
    await expect(window.column("Proposal").locator(".count")).to_have_text("2,010 deals")


async def test_a_deal_is_moved_and_opened_by_keyboard_alone(
    dealcast: Dealcast, windows: Windows
) -> None:
    window = await windows.open(dealcast)
    await window.sign_in(CAROL)
    await _is_at_heading(window, "Board")
    keyboard = window.page.keyboard
    stage = window.stage_of("Enterprise contract")
    await stage.focus()
    # Keys pass over stages, and over the one that would ask why; only Enter moves.
    for key in ("ArrowDown", "End", "Escape", "ArrowDown"):
        await keyboard.press(key)
    await expect(window.column("Proposal")).to_contain_text("Enterprise contract")
    await keyboard.press("Enter")
    await expect(window.column("Negotiation")).to_contain_text("Enterprise contract")
    await expect(stage).to_be_focused()

    await keyboard.press("End")
    await keyboard.press("Enter")
    reason = window.page.get_by_role("dialog").get_by_label("Reason")
    await expect(reason).to_be_focused()
    await keyboard.type(" ")
    await keyboard.press("Enter")
    await expect(reason).to_have_attribute("aria-invalid", "true")
    await expect(reason).to_have_accessible_description("A lost deal needs a reason.")
    await keyboard.type("No budget")
    await keyboard.press("Enter")
    await expect(window.column("Closed Lost")).to_contain_text("Enterprise contract")
    await expect(stage).to_be_focused()

    await window.page.get_by_role("link", name="Enterprise contract").focus()
    await keyboard.press("Enter")
    await _is_at_heading(window, "Enterprise contract")
    await expect(window.panel("Timeline")).to_contain_text("Status: Open → Lost")
    await window.page.go_back()
    await _is_at_heading(window, "Board")
    await window.page.go_forward()
    await _is_at_heading(window, "Enterprise contract")
    await window.page.get_by_role("button", name="Change the contact").press("Enter")
    await keyboard.type("Claire")
    found = window.page.get_by_role("listbox").get_by_role(
        "option", name="Claire Fontaine", selected=True
    )
    await expect(found).to_be_visible()
    await keyboard.press("Enter")
    await window.page.get_by_role("button", name="Save").press("Enter")
    await expect(window.panel("Contact")).to_contain_text("Claire Fontaine")
    await expect(window.page.get_by_role("button", name="Change the contact")).to_be_focused()


async def _is_at_heading(window: Window, name: str) -> None:
    """A page was opened: the focus is at its heading, and the window is named after it and what is unread."""
    await expect(window.page.get_by_role("heading", level=1, name=name)).to_be_focused()
    await expect(window.page).to_have_title(re.compile(rf"^(\(\d+\) )?{name} · Dealcast$"))


async def _pages(window: Window, dealcast: Dealcast) -> AsyncIterator[str]:
    """Goes through them all, and ends on a deal's."""
    for page in ("Board", "Leads", "Contacts", "Inbox"):
        await window.go_to(page)
        yield page
    await window.page.goto(f"{window.url}/#/deal/{await dealcast.deal('Enterprise contract')}")
    await expect(window.page.locator("#deal-name")).to_have_text("Enterprise contract")
    await expect(window.panel("Timeline").get_by_role("listitem").first).to_be_visible()
    yield "deal"


async def _nothing_serious(window: Window, where: str) -> None:
    assert await serious(window.page) == [], where
    # Only colours differ between the themes.
    await window.page.emulate_media(color_scheme="dark")
    assert await serious(window.page, colours_alone=True) == [], (where, "dark")
    await window.page.emulate_media(color_scheme="light")


async def _width(window: Window) -> int:
    width: int = await window.page.evaluate("document.documentElement.scrollWidth")
    return width
