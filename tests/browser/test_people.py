"""Can people be looked after: those outside by whoever may edit, colleagues by an admin?"""

from playwright.async_api import expect

from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast, Window, both, serious

ALICE, BOB, CAROL = "alice@acme.example", "bob@acme.example", "carol@acme.example"


async def test_a_contact_is_added_changed_and_found_on_the_next_page(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob = await windows.open(dealcast)
    await bob.sign_in(BOB)
    await bob.go_to("Contacts")
    entries = bob.page.get_by_role("main").get_by_role("listitem").filter(has_text="@")
    await bob.page.get_by_role("button", name="New contact").click()
    dialog = bob.page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Zoé Zimmer")
    await dialog.get_by_label("E-mail").fill("zoe@zimmer.example")
    assert await serious(bob.page) == []
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)

    # By name: the last of more than two pages.
    newest = entries.filter(has_text="Zoé Zimmer")
    more = bob.page.get_by_role("button", name="Show more")
    await more.click()
    await expect(more).to_be_visible()
    await expect(newest).to_have_count(0)
    await more.click()
    await expect(newest).to_contain_text("zoe@zimmer.example")
    await bob.page.get_by_role("searchbox").fill("Zimmer")
    await expect(entries).to_have_count(1)

    await bob.page.get_by_role("button", name="Edit Zoé Zimmer").press("Enter")
    await dialog.get_by_label("Job title").fill("Lawyer")
    await dialog.get_by_label("Job title").press("Enter")
    await expect(newest).to_contain_text("Lawyer")
    assert await serious(bob.page) == []


async def test_an_admin_changes_roles_and_ends_and_gives_back_access(
    dealcast: Dealcast, windows: Windows
) -> None:
    alice, bob = await windows.open(dealcast), await windows.open(dealcast)
    carol = await windows.open(dealcast)
    await both(alice.sign_in(ALICE), bob.sign_in(BOB), carol.sign_in(CAROL))
    users = carol.page.get_by_role("navigation").get_by_role("link", name="Users")
    await expect(users).to_have_count(0)
    await alice.go_to("Users")
    assert await serious(alice.page) == []
    role = alice.page.get_by_role("combobox", name="Role of Dave Osei")
    await role.select_option(label="Member")
    await expect(role).to_have_value("MEMBER")
    await alice.page.get_by_role("button", name="Sign out everywhere: Carol Jensen").click()
    await _is_out(carol)

    await alice.page.get_by_role("button", name="Deactivate: Bob Fischer").click()
    dialog = alice.page.get_by_role("dialog")
    await alice.pick("Who takes over their deals", "Dave Osei")
    assert await serious(alice.page) == []
    await dialog.get_by_role("button", name="Deactivate").click()
    await _is_out(bob)
    await alice.page.get_by_role("button", name="Reactivate: Bob Fischer").click()
    await expect(alice.page.get_by_role("button", name="Deactivate: Bob Fischer")).to_be_visible()
    await bob.sign_in(BOB)


async def test_an_opportunity_is_worth_its_own_currency(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob = await windows.open(dealcast)
    await bob.sign_in(BOB)
    await bob.page.get_by_role("button", name="New opportunity").click()
    dialog = bob.page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Basel laboratory")
    await dialog.get_by_label("Amount").fill("12500.50")
    await dialog.get_by_label("Currency").select_option("CHF")
    await dialog.get_by_role("button", name="Save").click()
    await expect(bob.page.locator("#deal-name")).to_have_text("Basel laboratory")
    await expect(bob.page.locator(".facts-panel")).to_contain_text("CHF 12,500.50")


async def _is_out(window: Window) -> None:
    await window.sees("Your session has ended. Please sign in again.")
