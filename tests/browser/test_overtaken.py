"""An answer that is older than the news brings nothing old back, and a page come back to hides nothing."""

from playwright.async_api import expect

from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast

BOB, CAROL = "bob@acme.example", "carol@acme.example"
CLEAR_CONTACT = """mutation ($id: ID!) {
  setContact(input: { dealId: $id, contactId: null, previousContact: KEEP_AS_PARTICIPANT }) {
    userErrors { code }
  }
}"""
COMMENT = """mutation ($id: ID!) {
  addComment(input: { dealId: $id, body: "The budget is approved." }) { userErrors { code } }
}"""
CONTACT = """mutation {
  createContact(input: { fullName: "Aaron Vogel" }) { userErrors { code } }
}"""


async def test_the_answer_to_a_change_that_others_overtook_leaves_theirs(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    await carol.show("Enterprise contract")
    level = carol.page.get_by_role("combobox", name="What I hear")
    async with carol.late_answer("Subscribe") as given:
        await level.select_option(label="Mentions only")
        await given.wait()
        await dealcast.ask(BOB, CLEAR_CONTACT, id=await dealcast.deal("Enterprise contract"))
        await carol.sees("Bob Fischer removed the contact")
    # What is asked for next is answered next: by then the page has taken the late answer in.
    await carol.page.get_by_role("combobox", name="Add a follower").fill("Dave")
    await expect(carol.page.get_by_role("option", name="Dave Osei")).to_be_visible()
    await expect(carol.panel("Contact")).to_contain_text("No contact yet")
    await expect(level).to_have_value("MENTIONS")


async def test_a_list_that_news_overtook_has_them_too(dealcast: Dealcast, windows: Windows) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    async with carol.late_answer("Comments") as given:
        await carol.show("Enterprise contract")
        await given.wait()
        await dealcast.ask(BOB, COMMENT, id=await dealcast.deal("Enterprise contract"))
        await expect(carol.panel("Timeline")).to_contain_text("Bob Fischer commented")
    await expect(carol.panel("Comments")).to_contain_text("The budget is approved.")


async def test_a_page_come_back_to_tells_what_happened_meanwhile(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    await carol.show("Enterprise contract")
    await expect(carol.panel("Comments").locator("li .body").first).to_be_visible()
    await carol.go_to("Contacts")
    await carol.go_to("Board")
    await dealcast.ask(BOB, COMMENT, id=await dealcast.deal("Enterprise contract"))
    await dealcast.ask(BOB, CONTACT)
    await carol.go_to("Contacts")
    await carol.sees("Aaron Vogel")
    await carol.go_to("Board")
    await carol.show("Enterprise contract")
    await expect(carol.panel("Comments")).to_contain_text("The budget is approved.")
    await expect(carol.panel("Timeline").get_by_role("listitem").first).to_contain_text(
        "Bob Fischer commented"
    )
