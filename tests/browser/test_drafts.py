"""What somebody wrote and has not sent is not lost, and a text that cannot be sent says why."""

from playwright.async_api import Locator, expect

from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast, Window

BOB, CAROL = "bob@acme.example", "carol@acme.example"
MENTIONED = "{ notifications(first: 1) { nodes { reason event { comment { body } } } } }"


KEPT = "JSON.stringify(sessionStorage)"


def comment_box(window: Window) -> Locator:
    return window.panel("Comments").get_by_role("textbox").first


async def test_what_was_begun_outlasts_the_page_and_a_reload(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    await carol.show("Enterprise contract")
    box, messages = comment_box(carol), carol.panel("Messages")
    await box.press_sequentially("Ask @Bob")
    await carol.page.get_by_role("option", name="Bob Fischer").click()
    await messages.get_by_role("button", name="Write a message").click()
    await messages.get_by_label("Subject").fill("The annex")
    await messages.get_by_label("Message").fill("Dear Paula,")

    await carol.go_to("Board")
    await carol.show("Enterprise contract")
    await expect(box).to_have_value("Ask @Bob Fischer ")
    await carol.page.reload()
    await expect(messages.get_by_label("Subject")).to_have_value("The annex")
    await expect(messages.get_by_label("Message")).to_have_value("Dear Paula,")
    await carol.page.get_by_role("button", name="Comment", exact=True).click()
    await expect(box).to_have_value("")
    [newest] = (await dealcast.ask(BOB, MENTIONED))["notifications"]["nodes"]
    assert newest == {"reason": "MENTION", "event": {"comment": {"body": "Ask @Bob Fischer"}}}

    await messages.get_by_role("button", name="Cancel").click()
    await carol.page.reload()
    await expect(messages.get_by_role("button", name="Write a message")).to_be_visible()
    await expect(box).to_have_value("")


async def test_what_was_begun_is_for_nobody_else(dealcast: Dealcast, windows: Windows) -> None:
    window = await windows.open(dealcast)
    await window.sign_in(CAROL)
    await window.show("Enterprise contract")
    await comment_box(window).fill("Between us")
    await window.page.evaluate("sessionStorage.removeItem('dealcast.session')")
    await window.sign_in(BOB)
    await window.show("Enterprise contract")
    await expect(comment_box(window)).to_have_value("")
    await window.page.evaluate("sessionStorage.removeItem('dealcast.session')")
    await window.sign_in(CAROL)
    await window.show("Enterprise contract")
    await expect(comment_box(window)).to_have_value("Between us")
    # Nor is what was sent and not answered.
    await window.page.route("**/graphql", lambda route: route.abort())
    await window.page.get_by_role("button", name="Comment", exact=True).click()
    await window.sees("Trying again does it once at the most.")
    await window.page.unroute("**/graphql")
    assert "Between us" in await window.page.evaluate(KEPT)
    await window.page.get_by_role("button", name="Sign out").click()
    assert "Between us" not in await window.page.evaluate(KEPT)
    await window.sign_in(CAROL)
    await window.show("Enterprise contract")
    await expect(comment_box(window)).to_have_value("")


async def test_a_text_that_is_too_long_says_by_how_much(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    await carol.show("Enterprise contract")
    box = comment_box(carol)
    press = carol.page.get_by_role("button", name="Comment", exact=True)
    await box.fill("é" * 10_001)
    await press.click()
    await expect(box).to_be_focused()
    await expect(box).to_have_js_property(
        "validationMessage", "At most 10,000 characters; these are 10,001."
    )
    await box.fill("é" * 10_000)
    await press.click()
    await expect(box).to_have_value("")
