"""While the page waits for one answer, what it is told and answered otherwise is shown, and stays."""

from pathlib import Path

from playwright.async_api import expect

from tests.browser.changes import ARCHIVE, COMMENT, CREATE, SET_AMOUNT, SET_CONTACT
from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast, asks, copy_deals
from tests.processes import command

ALICE, BOB, CAROL = "alice@acme.example", "bob@acme.example", "carol@acme.example"
PAGE = """query ($after: String) {
  opportunities(first: 100, after: $after) { nodes { id name } pageInfo { endCursor } }
}"""


async def test_news_is_shown_whatever_the_page_still_waits_for(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    deal, timeline = await dealcast.deal("Enterprise contract"), carol.panel("Timeline")
    async with carol.late_answer("Comments") as comments:
        async with carol.late_answer("Timeline") as first:
            await carol.show("Enterprise contract")
            await comments.wait()
            await first.wait()
            sofia = await dealcast.contact("Sofia Lindqvist")
            await dealcast.ask(BOB, SET_CONTACT, id=deal, contact=sofia)
            await expect(carol.panel("Contact")).to_contain_text("Sofia Lindqvist")
        await expect(timeline).to_contain_text("Bob Fischer made Sofia Lindqvist the contact")
        await dealcast.ask(BOB, COMMENT, id=deal)
        await expect(timeline).to_contain_text("Bob Fischer commented")
    await expect(carol.panel("Comments")).to_contain_text("The budget is approved.")
    await expect(timeline).to_contain_text("Bob Fischer commented")


async def test_news_is_never_asked_for_once_a_page_is_live(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    await carol.show("Enterprise contract")
    await expect(carol.panel("Timeline").get_by_role("listitem").first).to_be_visible()
    await expect(carol.panel("Comments").locator("li .body").first).to_be_visible()
    asked = carol.asked.copy()
    deal = await dealcast.deal("Enterprise contract")
    for _ in range(3):
        await dealcast.ask(BOB, COMMENT, id=deal)
    budget = carol.panel("Comments").get_by_text("The budget is approved.")
    await expect(budget).to_have_count(3)
    assert carol.asked == asked


async def test_what_was_shown_at_once_hides_nothing_of_others_once_it_is_answered(
    dealcast: Dealcast, windows: Windows
) -> None:
    """Answers to changes that were shown at once count when all of them are there."""
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    deal, other = await dealcast.deal("Enterprise contract"), "Halden training days"
    async with carol.late_answer("MoveOpportunity", of=await dealcast.deal(other)) as given:
        await carol.stage_of(other).select_option(label="Negotiation")
        await given.wait()
        async with carol.page.expect_response(
            lambda response: asks(response.request, "MoveOpportunity")
        ):
            await carol.stage_of("Enterprise contract").select_option(label="Negotiation")
        await dealcast.ask(BOB, SET_AMOUNT, id=deal, amount="275000")
        await expect(carol.amount_of("Enterprise contract")).to_have_text("€275,000")
    await carol.go_to("Contacts")
    await carol.sees("Claire Fontaine")
    await carol.go_to("Board")
    await expect(carol.amount_of("Enterprise contract")).to_have_text("€275,000")


async def test_a_page_opened_while_its_deal_is_being_changed_is_whole(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    async with carol.late_answer("MoveOpportunity") as given:
        await carol.stage_of("Enterprise contract").select_option(label="Negotiation")
        await given.wait()
        await carol.show("Enterprise contract")
        await expect(carol.panel("Comments").locator("li .body").first).to_be_visible()
    await expect(carol.panel("Timeline").get_by_role("listitem").first).to_contain_text(
        "Negotiation"
    )
    await carol.go_to("Leads")
    lead = carol.page.get_by_role("main").get_by_role("link").first
    name = await lead.inner_text()
    await carol.show(name)
    async with carol.late_answer("Subscribe") as given:
        await carol.page.get_by_role("button", name="Follow", exact=True).click()
        await given.wait()
        await carol.go_to("Leads")
        await carol.show(name)
        await expect(carol.page.get_by_role("button", name="Unfollow")).to_be_visible()
    await expect(carol.people("Subscribers")).to_contain_text("Carol Jensen")


async def test_a_list_read_anew_keeps_what_was_told_meanwhile(
    dealcast: Dealcast, windows: Windows, tmp_path: Path
) -> None:
    """After a new epoch of the log, when what was missed cannot be told."""
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    gone = await dealcast.deal("Halden training days")
    await dealcast.kill()
    await command("rotate", DATABASE_URL=f"sqlite://{tmp_path}/demo.db")
    async with carol.late_answer("Board") as given:
        await dealcast.start()
        await given.wait()
        await dealcast.ask(BOB, CREATE, name="Basel laboratory")
        await dealcast.ask(ALICE, ARCHIVE, id=gone)
        await carol.sees("Alice Martin archived the deal")
    await expect(carol.card("Basel laboratory")).to_be_visible()
    await expect(carol.card("Halden training days")).to_have_count(0)


async def test_a_later_page_of_the_board_brings_no_deal_back_that_left_meanwhile(
    seeded: Dealcast, windows: Windows, tmp_path: Path
) -> None:
    copy_deals(tmp_path / "demo.db", range(100))
    await seeded.start()
    first = (await seeded.ask(CAROL, PAGE))["opportunities"]
    second = await seeded.ask(CAROL, PAGE, after=first["pageInfo"]["endCursor"])
    *_, staying, leaving = second["opportunities"]["nodes"]
    carol = await windows.open(seeded)
    async with carol.late_answer("Board", of='"after":"') as given:
        await carol.sign_in(CAROL)
        await given.wait()
        await seeded.ask(ALICE, ARCHIVE, id=leaving["id"])
        await carol.sees("Alice Martin archived the deal")
    await expect(carol.card(staying["name"])).to_be_visible()
    await expect(carol.card(leaving["name"])).to_have_count(0)
