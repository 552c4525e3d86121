"""An answer that is older than the news brings nothing old back, and a page come back to hides nothing."""

from playwright.async_api import expect

from tests.browser.changes import (
    ARCHIVE,
    CLEAR_CONTACT,
    COMMENT,
    CREATE_CONTACT,
    SEEN_BY,
    SET_CONTACT,
)
from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast

ALICE, BOB, CAROL = "alice@acme.example", "bob@acme.example", "carol@acme.example"


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
    await carol.go_to("Board")
    deal = await dealcast.deal("Enterprise contract")
    await dealcast.ask(BOB, COMMENT, id=deal)
    # Of the new one the board tells less than the page shows, which has to ask for it first.
    await dealcast.ask(BOB, SET_CONTACT, id=deal, contact=await dealcast.contact("Sofia Lindqvist"))
    await expect(carol.card("Enterprise contract")).to_contain_text("Sofia Lindqvist")
    await carol.show("Enterprise contract")
    await expect(carol.panel("Comments")).to_contain_text("The budget is approved.")
    await expect(carol.panel("Timeline").get_by_role("listitem").first).to_contain_text(
        "Bob Fischer made Sofia Lindqvist the contact"
    )


async def test_pages_that_no_stream_tells_of_are_read_again_and_again(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.page.clock.install()
    await carol.sign_in(CAROL)
    await carol.go_to("Contacts")
    await carol.sees("Claire Fontaine")
    await dealcast.ask(BOB, CREATE_CONTACT)
    await carol.page.clock.run_for(15_000)
    await carol.sees("Aaron Vogel")

    # An archived deal is on no list.
    deal = await dealcast.deal("Enterprise contract")
    await carol.page.goto(f"{carol.url}/#/deal/{deal}")
    await dealcast.ask(BOB, COMMENT, id=deal)
    moment = carol.panel("Timeline").get_by_role("listitem").first.locator("time")
    await expect(moment).to_have_text("just now")
    await carol.page.clock.run_for(60_000)
    await expect(moment).to_have_text("1 minute ago")
    await dealcast.ask(ALICE, ARCHIVE, id=deal)
    await dealcast.ask(ALICE, SEEN_BY, id=deal, visibility="RESTRICTED")
    await carol.sees("You can no longer see this deal.")
    await dealcast.ask(ALICE, SEEN_BY, id=deal, visibility="ORGANISATION")
    await carol.page.clock.run_for(15_000)
    await expect(carol.page.locator("#deal-name")).to_have_text("Enterprise contract")


async def test_a_deal_that_may_be_seen_again_is_shown_again(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    await carol.show("Fleet tracking for Kestrel")
    deal = await dealcast.deal("Fleet tracking for Kestrel")
    bob = await windows.open(dealcast)
    await bob.sign_in(BOB)
    await dealcast.ask(CAROL, SEEN_BY, id=deal, visibility="RESTRICTED")
    await bob.page.goto(f"{bob.url}/#/deal/{deal}")
    await bob.sees("There is no such deal, or you may not see it.")
    for _ in range(2):
        await dealcast.ask(CAROL, SEEN_BY, id=deal, visibility="ORGANISATION")
        await expect(bob.page.locator("#deal-name")).to_have_text("Fleet tracking for Kestrel")
        await dealcast.ask(BOB, COMMENT, id=deal)
        await expect(bob.panel("Timeline")).to_contain_text("Bob Fischer commented")
        await dealcast.ask(CAROL, SEEN_BY, id=deal, visibility="RESTRICTED")
        await bob.sees("You can no longer see this deal.")
