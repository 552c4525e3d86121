"""Two people in two windows: what one does, the other sees, with who did it."""

from playwright.async_api import expect

from tests.browser.changes import (
    ADD_COMMENT,
    ARCHIVE,
    EDIT_COMMENT,
    MERGE,
    RECORD,
    RENAME,
    RESTORE,
    SET_AMOUNT,
)
from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast, both

BOB, CAROL = "bob@acme.example", "carol@acme.example"


async def test_a_contact_replaced_changes_the_colleagues_page_and_says_by_whom(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob, carol = await windows.open(dealcast), await windows.open(dealcast)
    await both(bob.sign_in(BOB), carol.sign_in(CAROL))
    await both(bob.show("Enterprise contract"), carol.show("Enterprise contract"))
    await carol.mark()

    await bob.page.get_by_role("button", name="Change the contact").click()
    await bob.pick("The new contact", "Claire Fontaine")
    await expect(bob.page.get_by_role("radio", name="Stays as participant")).to_be_checked()
    await bob.page.get_by_role("button", name="Save").click()

    await expect(carol.panel("Contact")).to_contain_text("Claire Fontaine")
    await expect(carol.panel("Contact")).to_contain_text(
        "Bob Fischer made Claire Fontaine the contact"
    )
    participants = carol.people("Other participants")
    await expect(participants).to_contain_text("Paula Moreau")
    await expect(participants).not_to_contain_text("Claire Fontaine")
    assert not await carol.was_reloaded()
    await expect(bob.panel("Contact")).not_to_contain_text(
        "Bob Fischer"
    )  # his own doing is no news


async def test_all_three_roles_can_be_changed(dealcast: Dealcast, windows: Windows) -> None:
    bob, carol = await windows.open(dealcast), await windows.open(dealcast)
    await both(bob.sign_in(BOB), carol.sign_in(CAROL))
    await both(bob.show("Enterprise contract"), carol.show("Enterprise contract"))

    await bob.pick("Add a participant", "Sofia Lindqvist")
    await carol.page.get_by_role("combobox", name="Role of Sofia Lindqvist").select_option(
        label="Adviser"
    )
    await carol.sees("Bob Fischer added Sofia Lindqvist as participant")
    role = bob.page.get_by_role("combobox", name="Role of Sofia Lindqvist")
    await expect(role).to_have_value("ADVISER")
    label = bob.page.get_by_role("textbox", name="Label of Sofia Lindqvist")
    await label.fill("Legal")
    await label.press("Enter")
    await expect(carol.page.get_by_role("textbox", name="Label of Sofia Lindqvist")).to_have_value(
        "Legal"
    )
    await carol.page.get_by_role("button", name="Remove Sofia Lindqvist").click()
    await expect(bob.people("Other participants")).not_to_contain_text("Sofia Lindqvist")

    await bob.pick("Add a follower", "Dave Osei")
    await expect(carol.people("Subscribers")).to_contain_text("Dave Osei")
    await carol.page.get_by_role("button", name="Unfollow").click()
    await expect(bob.people("Subscribers")).not_to_contain_text("Carol Jensen")
    await carol.page.get_by_role("button", name="Follow", exact=True).click()
    await expect(bob.people("Subscribers")).to_contain_text("Carol Jensen")
    level = carol.page.get_by_role("combobox", name="What I hear")
    await level.select_option(label="Mentions only")
    await expect(level).to_have_value("MENTIONS")
    await bob.page.get_by_role("button", name="Remove the contact").click()
    await expect(carol.panel("Contact")).to_contain_text("No contact yet")


async def test_a_deal_moves_on_every_board_and_sums_follow(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob, carol = await windows.open(dealcast), await windows.open(dealcast)
    await both(bob.sign_in(BOB), carol.sign_in(CAROL))
    before = await carol.column("Negotiation").locator(".count").inner_text()

    stage = bob.stage_of("Enterprise contract")
    await stage.select_option(label="Negotiation")
    moved = carol.column("Negotiation").get_by_role("link", name="Enterprise contract")
    await expect(moved).to_be_visible()
    await expect(carol.card("Enterprise contract")).to_contain_text(
        "Bob Fischer moved the deal to Negotiation"
    )
    count = int(before.split()[0]) + 1
    await expect(carol.column("Negotiation").locator(".count")).to_have_text(f"{count} deals")

    await carol.card("Enterprise contract").drag_to(
        carol.column("Closed Lost"), target_position={"x": 60, "y": 60}
    )
    await carol.page.get_by_label("Reason").fill("No budget")
    await carol.page.get_by_role("button", name="Mark as lost").click()
    await expect(bob.column("Closed Lost")).to_contain_text("Enterprise contract")


async def test_a_board_that_is_live_is_in_the_order_of_one_just_loaded(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob, again = await windows.open(dealcast), await windows.open(dealcast)
    await bob.sign_in(BOB)
    oldest = bob.column("Prospecting").locator(".card > a").last
    name = await oldest.inner_text()
    deal = await dealcast.deal(name)
    await dealcast.ask("alice@acme.example", ARCHIVE, id=deal)
    await expect(bob.card(name)).to_have_count(0)
    await dealcast.ask("alice@acme.example", RESTORE, id=deal)
    await expect(bob.card(name)).to_be_visible()
    await again.sign_in(BOB)
    await expect(again.card(name)).to_be_visible()
    loaded = await again.page.locator(".card > a").all_inner_texts()
    assert await bob.page.locator(".card > a").all_inner_texts() == loaded


async def test_a_conflict_is_shown_and_resolved(dealcast: Dealcast, windows: Windows) -> None:
    bob = await windows.open(dealcast)
    await bob.sign_in(BOB)
    await bob.show("Enterprise contract")
    # Comments have such a button too.
    await bob.page.locator(".facts-panel").get_by_role("button", name="Edit").click()
    await bob.page.get_by_role("dialog").get_by_label("Name").fill("Enterprise contract, signed")

    deal = await dealcast.deal("Enterprise contract")
    await dealcast.ask(CAROL, RENAME, id=deal, name="Enterprise contract of 2027")
    await dealcast.ask(CAROL, SET_AMOUNT, id=deal, amount="275000")
    facts = bob.page.locator(".facts-panel")
    await expect(facts).to_contain_text("€275,000")
    await bob.page.get_by_role("button", name="Save").click()
    meanwhile = bob.page.get_by_role("dialog").get_by_role("alert")
    await expect(meanwhile).to_contain_text("Carol Jensen set amount to €275,000, just now")
    await expect(meanwhile).to_contain_text(
        "Name: Enterprise contract → Enterprise contract of 2027"
    )
    await bob.page.get_by_role("button", name="Apply my change to it").click()
    await expect(bob.page.locator("#deal-name")).to_have_text("Enterprise contract, signed")
    await expect(bob.page.get_by_role("dialog")).to_have_count(0)
    await expect(facts).to_contain_text("€275,000")  # what he had not touched stays hers


async def test_a_lead_becomes_an_opportunity_under_the_same_address(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob = await windows.open(dealcast)
    await bob.sign_in(BOB)
    await bob.go_to("Leads")
    qualified = bob.column("Qualified").get_by_role("listitem").first
    name = await qualified.get_by_role("link").inner_text()
    await qualified.get_by_role("link").click()
    # The board has such a button on every lead: not before its page is open.
    await expect(bob.page.locator("#deal-name")).to_have_text(name)
    address = bob.page.url
    await bob.page.get_by_role("button", name="Make it an opportunity").click()
    dialog = bob.page.get_by_role("dialog")
    await dialog.get_by_label("Stage").select_option(label="Proposal")
    await dialog.get_by_role("button", name="Make it an opportunity").click()
    await expect(bob.page.get_by_role("button", name="Undo the conversion")).to_be_visible()
    assert bob.page.url == address
    await expect(bob.page.locator("#deal-name")).to_have_text(name)


async def test_a_restricted_deal_leaves_a_colleagues_board_and_page(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob, carol = await windows.open(dealcast), await windows.open(dealcast)
    dave = await windows.open(dealcast)
    await both(bob.sign_in(BOB), carol.sign_in(CAROL), dave.sign_in("dave@acme.example"))
    await both(bob.show("Enterprise contract"), carol.show("Enterprise contract"))
    await bob.page.get_by_role("button", name="Restrict", exact=True).click()
    await expect(dave.page.get_by_role("link", name="Enterprise contract")).to_have_count(0)
    await carol.sees("You can no longer see this deal.")
    await carol.go_to("Inbox")
    await expect(carol.card("Enterprise contract")).to_have_count(0)
    await bob.pick("Share with", "Dave Osei")
    await expect(dave.column("Proposal")).to_contain_text("Enterprise contract")


async def test_a_comment_that_names_a_colleague_reaches_page_and_inbox(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob, carol = await windows.open(dealcast), await windows.open(dealcast)
    also_carol = await windows.open(dealcast)
    await both(bob.sign_in(BOB), carol.sign_in(CAROL), also_carol.sign_in(CAROL))
    unread = carol.page.get_by_role("link", name="Inbox").locator(".number")
    await both(carol.go_to("Inbox"), also_carol.go_to("Inbox"))
    await carol.page.get_by_role("button", name="Mark all as read").click()
    await expect(unread).to_have_count(0)
    to_read = also_carol.page.get_by_role("button", name="Mark as read", exact=True)
    await expect(to_read).to_have_count(0)

    await bob.show("Enterprise contract")
    box = bob.page.get_by_role("textbox", name="Write a comment")
    await box.press_sequentially("Please call @Car")
    named = bob.page.get_by_role("option", name="Carol Jensen", selected=True)
    await expect(named).to_be_visible()
    await box.press("Enter")
    await box.press_sequentially("today")
    await bob.page.get_by_role("button", name="Comment", exact=True).click()

    await expect(unread).to_have_text("1")
    await expect(to_read).to_have_count(1)
    await also_carol.page.get_by_role("checkbox", name="Only unread").check()
    await also_carol.page.get_by_role("button", name="Remind me in an hour").click()
    await expect(to_read).to_have_count(0)
    await expect(unread).to_have_count(0)
    line = carol.card("Enterprise contract").filter(has_text="Mentioned you")
    await line.get_by_role("link", name="Enterprise contract").click()
    comments = carol.panel("Comments")
    await expect(comments).to_contain_text("Please call @Carol Jensen today")
    await expect(carol.panel("Timeline")).to_contain_text("Bob Fischer commented")
    own = bob.panel("Comments").get_by_role("listitem").filter(has_text="Please call")
    await own.get_by_role("button", name="Delete").click()
    await expect(comments).not_to_contain_text("Please call")


async def test_what_is_told_late_stands_where_it_belongs(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    await carol.show("Enterprise contract")
    deal = await dealcast.deal("Enterprise contract")
    comments = [
        (await dealcast.ask(BOB, ADD_COMMENT, id=deal, body=f"Remark {number}"))["addComment"][
            "comment"
        ]
        for number in range(12)
    ]
    await dealcast.ask(BOB, EDIT_COMMENT, id=comments[0]["id"], body="Remark 0, edited")
    paula = await dealcast.contact("Paula Moreau")
    await dealcast.ask(BOB, RECORD, id=deal, contact=paula, body="Called in time")
    long_ago = {"body": "Called in 2020", "at": "2020-01-01T00:00:00Z"}
    await dealcast.ask(BOB, RECORD, id=deal, contact=paula, **long_ago)
    # Its last news is in the timeline, whose order is that of the log.
    await expect(carol.panel("Timeline").get_by_role("listitem").first).to_contain_text("recorded")
    said = carol.panel("Comments").locator("li .body")
    await expect(said.first).to_have_text("Remark 11")
    contributions = carol.panel("Contributions").locator("li .body")
    await expect(contributions.first).to_have_text("Called in time")
    await expect(carol.panel("Contributions")).not_to_contain_text("Called in 2020")
    sofia = await dealcast.contact("Sofia Lindqvist")
    await dealcast.ask("alice@acme.example", MERGE, **{"from": paula, "into": sofia})
    await expect(carol.panel("Contributions")).to_contain_text("Sofia Lindqvist")
    await expect(carol.panel("Contributions")).not_to_contain_text("Paula Moreau")


async def test_a_follower_sees_what_changed_since_the_last_look(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    await carol.show("Enterprise contract")
    since = carol.panel("Since you last looked")
    await since.get_by_role("button", name="Seen").click()
    await expect(since).to_have_count(0)
    await carol.go_to("Board")
    deal = await dealcast.deal("Enterprise contract")
    for name in ("Enterprise contract, draft", "Enterprise contract of 2027"):
        await dealcast.ask(BOB, RENAME, id=deal, name=name)
    await carol.show("Enterprise contract of 2027")
    await expect(since).to_contain_text("Name: Enterprise contract → Enterprise contract of 2027")
    also_carol = await windows.open(dealcast)
    await also_carol.sign_in(CAROL)
    await also_carol.show("Enterprise contract of 2027")
    await also_carol.page.get_by_role("button", name="Seen").click()
    await expect(since).to_have_count(0)


async def test_a_message_follows_the_roles_while_it_is_written(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob, carol = await windows.open(dealcast), await windows.open(dealcast)
    await both(bob.sign_in(BOB), carol.sign_in(CAROL))
    await both(bob.show("Enterprise contract"), carol.show("Enterprise contract"))
    await bob.page.get_by_role("button", name="Write a message").click()
    recipients = bob.page.locator(".recipients")
    await expect(recipients.nth(0)).to_contain_text("Paula Moreau · Contact")
    await expect(recipients.nth(1)).to_contain_text("Claire Fontaine · Participant")
    await bob.page.get_by_label("Message", exact=True).fill("Here is our proposal.")

    await carol.page.get_by_role("button", name="Change the contact").click()
    await carol.pick("The new contact", "Claire Fontaine")
    await carol.page.get_by_role("button", name="Save").click()
    await bob.sees("The recipients have changed, because the roles of the deal did.")
    await expect(recipients.nth(0)).to_contain_text("Claire Fontaine · Contact")
    await expect(recipients.nth(1)).to_contain_text("Paula Moreau · Participant")
    await bob.page.get_by_role("button", name="Send", exact=True).click()
    await expect(carol.panel("Messages")).to_contain_text("Here is our proposal.")
