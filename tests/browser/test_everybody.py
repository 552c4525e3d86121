"""Can everybody use the pages? In their language, with a screen reader, in the dark, on a telephone."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast, Window, serious

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_on_any_page(
    shared_dealcast: Dealcast, windows: Windows, scheme: str
) -> None:
    window = await windows.open(shared_dealcast, color_scheme=scheme)
    await window.page.goto(window.url)
    await window.sees("Who are you?")
    assert await serious(window.page) == []
    await window.sign_in(CAROL)
    for page in await _pages(shared_dealcast):
        await window.page.goto(f"{window.url}/{page}")
        await expect(window.page.get_by_role("heading", level=1)).to_be_visible()
        assert await serious(window.page) == [], page
    await window.page.get_by_role("button", name="Change the contact").click()
    await window.pick("The new contact", "Claire Fontaine")
    assert await serious(window.page) == []


async def test_nothing_is_wider_than_a_telephone(
    shared_dealcast: Dealcast, windows: Windows
) -> None:
    window = await windows.open(
        shared_dealcast, viewport={"width": 375, "height": 740}, has_touch=True
    )
    await window.sign_in(CAROL)
    for page in await _pages(shared_dealcast):
        await window.page.goto(f"{window.url}/{page}")
        await expect(window.page.get_by_role("heading", level=1)).to_be_visible()
        assert await _width(window) == 375, page


async def test_a_deal_is_moved_and_opened_by_keyboard_alone(
    dealcast: Dealcast, windows: Windows
) -> None:
    window = await windows.open(dealcast)
    await window.sign_in(CAROL)
    keyboard = window.page.keyboard
    await window.page.get_by_role("combobox", name="Stage of Enterprise contract").focus()
    await keyboard.press("ArrowDown")
    await expect(window.column("Negotiation")).to_contain_text("Enterprise contract")
    await window.page.get_by_role("link", name="Enterprise contract").focus()
    await keyboard.press("Enter")
    await window.page.get_by_role("button", name="Change the contact").press("Enter")
    await keyboard.type("Claire")
    found = window.page.get_by_role("listbox").get_by_role("option", name="Claire Fontaine")
    await expect(found).to_be_visible()
    await keyboard.press("Enter")
    await window.page.get_by_role("button", name="Save").press("Enter")
    await expect(window.panel("Contact")).to_contain_text("Claire Fontaine")
    await expect(window.page.get_by_role("button", name="Change the contact")).to_be_focused()


async def _pages(dealcast: Dealcast) -> list[str]:
    return ["#/", "#/leads", "#/inbox", f"#/deal/{await dealcast.deal('Enterprise contract')}"]


async def _width(window: Window) -> int:
    width: int = await window.page.evaluate("document.documentElement.scrollWidth")
    return width
