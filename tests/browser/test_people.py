"""Can people be looked after: those outside by whoever may edit, colleagues by an admin?"""

import re

from playwright.async_api import expect

from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast, Window, both, serious

ALICE, BOB, CAROL = "alice@acme.example", "bob@acme.example", "carol@acme.example"


async def test_a_contact_is_added_changed_merged_archived_and_restored(
    dealcast: Dealcast, windows: Windows
) -> None:
    alice = await windows.open(dealcast)
    await alice.sign_in(ALICE)
    await alice.go_to("Contacts")
    entries = alice.page.get_by_role("main").get_by_role("listitem").filter(has_text="@")
    await alice.page.get_by_role("button", name="New contact").click()
    dialog = alice.page.get_by_role("dialog")
    name = dialog.get_by_label("Name")
    await name.fill("  ")
    await dialog.get_by_role("button", name="Save").click()
    await expect(name).to_be_focused()
    await expect(name).to_have_accessible_description(re.compile("^This is not accepted"))
    await name.fill("Zoé Zimmer")
    await dialog.get_by_label("E-mail").fill("zoe@zimmer.example")
    assert await serious(alice.page) == []
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)

    # By name: the last of more than two pages.
    newest = entries.filter(has_text="Zoé Zimmer")
    more = alice.page.get_by_role("button", name="Show more")
    await more.click()
    await expect(more).to_be_visible()
    await expect(newest).to_have_count(0)
    shown = await entries.count()
    await more.press("Enter")
    await expect(entries.nth(shown)).to_be_focused()
    await expect(newest).to_contain_text("zoe@zimmer.example")
    await alice.page.get_by_role("searchbox").fill("Zimmer")
    await expect(entries).to_have_count(1)

    await alice.page.get_by_role("button", name="Edit Zoé Zimmer").press("Enter")
    await dialog.get_by_label("Job title").fill("Lawyer")
    await dialog.get_by_label("Job title").press("Enter")
    await expect(newest).to_contain_text("Lawyer")
    assert await serious(alice.page) == []

    await alice.page.get_by_role("searchbox").fill("")
    await alice.page.get_by_role("button", name="Merge Claire Fontaine").click()
    await alice.pick("The entry that stays", "Zoé Zimmer")
    await expect(dialog.get_by_role("status")).to_contain_text("Zoé Zimmer stays")
    assert await serious(alice.page) == []
    await dialog.get_by_role("button", name="Merge").click()
    await expect(entries.filter(has_text="Claire Fontaine")).to_have_count(0)
    await alice.page.get_by_role("searchbox").fill("Zimmer")
    await alice.page.get_by_role("button", name="Archive Zoé Zimmer").click()
    await expect(dialog).to_contain_text("that you see, as contact or participant")
    await dialog.get_by_role("button", name="Archive").click()
    await expect(newest).to_have_count(0)
    await alice.page.get_by_label("Archived").check()
    await alice.page.get_by_role("button", name="Restore Zoé Zimmer").click()
    await alice.page.get_by_label("Archived").uncheck()
    await expect(newest).to_be_visible()

    await _history_tells_of_the_merge(alice)


async def _history_tells_of_the_merge(alice: Window) -> None:
    """Though both entries go by one name now."""
    await alice.go_to("Board")
    await alice.show("Enterprise contract")
    await alice.sees("merged two entries of Zoé Zimmer")
    await alice.sees("Participant: Zoé Zimmer (another entry) → none")


async def test_an_admin_changes_roles_and_ends_and_gives_back_access(
    dealcast: Dealcast, windows: Windows
) -> None:
    alice, bob = await windows.open(dealcast), await windows.open(dealcast)
    carol = await windows.open(dealcast)
    await both(alice.sign_in(ALICE), bob.sign_in(BOB), carol.sign_in(CAROL))
    users = carol.page.get_by_role("navigation").get_by_role("link", name="Users")
    await expect(users).to_have_count(0)
    # Nor by the address.
    await carol.page.evaluate("location.hash = '#/users'")
    await carol.sees("This page is for admins only.")
    await alice.go_to("Users")
    assert await serious(alice.page) == []
    dave = await windows.open(dealcast)
    await dave.sign_in("dave@acme.example")
    new = dave.page.get_by_role("button", name="New opportunity")
    await expect(new).to_have_count(0)
    role = alice.page.get_by_role("combobox", name="Role of Dave Osei")
    await role.select_option(label="Member")
    await expect(role).to_have_value("MEMBER")
    await expect(new).to_be_visible()
    await alice.page.get_by_role("button", name="Sign out everywhere: Carol Jensen").click()
    await _is_out(carol)

    await alice.page.get_by_role("button", name="Deactivate: Bob Fischer").click()
    dialog = alice.page.get_by_role("dialog")
    # Nothing lies over the buttons until somebody is looked for.
    await expect(dialog.get_by_role("combobox")).to_be_focused()
    await expect(dialog.get_by_role("option")).to_have_count(0)
    await alice.pick("Who takes over their deals", "Dave Osei")
    assert await serious(alice.page) == []
    await dialog.get_by_role("button", name="Deactivate").click()
    await _is_out(bob)
    await alice.page.reload()
    await alice.page.get_by_role("button", name="Reactivate: Bob Fischer").click()
    await expect(alice.page.get_by_role("button", name="Deactivate: Bob Fischer")).to_be_visible()
    await bob.sign_in(BOB)


async def test_an_amount_is_written_as_in_its_language_and_in_its_own_currency(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob = await windows.open(dealcast, locale="fr-FR")
    await bob.page.goto(bob.url)
    await bob.page.get_by_role("button", name=BOB).click()
    await bob.page.get_by_role("button", name="Nouvelle opportunité").click()
    dialog = bob.page.get_by_role("dialog")
    await dialog.get_by_label("Nom").fill("Basel laboratory")
    amount = dialog.get_by_label("Montant")
    await amount.fill("12.500")
    await dialog.get_by_role("button", name="Enregistrer").click()
    await expect(amount).to_be_focused()
    assert "pas clair" in await amount.evaluate("input => input.validationMessage")
    await amount.fill("12 500,50")
    await dialog.get_by_label("Devise").select_option("CHF")
    await dialog.get_by_role("button", name="Enregistrer").click()
    await expect(bob.page.locator("#deal-name")).to_have_text("Basel laboratory")
    await expect(bob.page.locator(".facts-panel")).to_contain_text("12 500,50 CHF")


async def _is_out(window: Window) -> None:
    await window.sees("Your session has ended. Please sign in again.")
