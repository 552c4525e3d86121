"""Does GraphiQL run everything, from this host alone?"""

import re

from playwright.async_api import Locator, Page, expect

from resolvers.tokens import Tokens
from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast, Window, serious
from tests.harness import SECRET

QUERY = """# A comment
query Find { opportunities(first: 5, search: "Enterprise") { nodes { id name } } }"""
FOLLOW = "subscription Follow { followedDealUpdates { kind event { kind actor { fullName } } deal { name } } }"
RENAME = """mutation Rename {
  updateOpportunity(input: { id: "DEAL", name: "Renamed in GraphiQL" }) {
    opportunity { name } userErrors { code }
  }
}"""


async def test_a_subscription_hears_of_a_mutation_run_in_another_tab(
    dealcast: Dealcast, windows: Windows
) -> None:
    following, changing = await windows.open(dealcast), await windows.open(dealcast)
    await _open(following, "Carol Jensen")
    await _run(following.page, FOLLOW)
    await expect(_answer(following.page)).to_contain_text("READY")

    await _open(changing, "Bob Fischer")
    await _run(
        changing.page,
        'query Find { opportunities(search: "Enterprise contract") { nodes { id } } }',
    )
    await expect(_answer(changing.page)).to_contain_text("deal_")
    await _run(changing.page, RENAME.replace("DEAL", await dealcast.deal("Enterprise contract")))
    await expect(_answer(changing.page)).to_contain_text("Renamed in GraphiQL")
    await expect(_answer(following.page)).to_contain_text("Renamed in GraphiQL")
    await expect(_answer(following.page)).to_contain_text("Bob Fischer")


async def test_the_explorer_writes_a_query(shared_dealcast: Dealcast, windows: Windows) -> None:
    window = await windows.open(shared_dealcast)
    await _open(window, "Bob Fischer")
    await _write(window.page, "query Place { cursor }")
    await window.page.get_by_role("button", name="Show GraphiQL Explorer").click()
    explorer = window.page.locator(".graphiql-explorer-root")
    await explorer.get_by_text("viewer", exact=True).click()
    await expect(window.page.locator(".graphiql-query-editor")).to_contain_text("viewer")


async def test_without_the_demo_it_asks_for_a_token(seeded: Dealcast, windows: Windows) -> None:
    await seeded.start(DEMO="off")
    window = await windows.open(seeded)
    await window.page.goto(f"{window.url}/graphql")
    await expect(window.page.get_by_label("Token")).to_be_visible()
    await expect(window.page.get_by_role("combobox")).to_have_count(0)
    await window.page.get_by_label("Token").fill(Tokens(SECRET).issue("bob@acme.example"))
    await window.page.get_by_role("button", name="Sign in").click()
    await _run(window.page, "query Who { viewer { user { fullName } } }")
    await expect(_answer(window.page)).to_contain_text("Bob Fischer")


async def test_axe_finds_nothing_serious_in_graphiql_in_any_theme(
    shared_dealcast: Dealcast, windows: Windows
) -> None:
    window = await windows.open(shared_dealcast)
    await _open(window, "Bob Fischer")
    await _run(window.page, QUERY)
    await expect(_answer(window.page)).to_contain_text("Enterprise contract")
    for theme in ("Light", "Dark"):
        await window.page.get_by_role("button", name="Open settings dialog").click()
        await window.page.get_by_role("button", name=theme, exact=True).click()
        assert await serious(window.page) == [], theme
        await window.page.keyboard.press("Escape")
        for panel in ("Documentation Explorer", "GraphiQL Explorer", "History"):
            await window.page.get_by_role("button", name=f"Show {panel}").click()
            await expect(window.page.get_by_role("button", name=f"Hide {panel}")).to_be_visible()
            assert await serious(window.page, colours_alone=theme == "Dark") == [], (theme, panel)
        await window.page.get_by_role("button", name="Hide History").click()
    await window.page.get_by_role("button", name="New tab").click()
    await expect(_tabs(window.page).locator("[aria-current=true]")).to_have_text("<untitled>")
    assert await serious(window.page) == []


async def _open(window: Window, person: str) -> None:
    await window.page.goto(f"{window.url}/graphql")
    option = window.page.get_by_role("option").filter(has_text=person)
    people = window.page.get_by_role("combobox", name="Sign in")
    # Somebody is signed in without being asked; who is chosen before that may be overtaken.
    await expect(people).not_to_have_value("")
    await people.select_option(label=await option.inner_text())
    await expect(people.get_by_text(person)).to_have_js_property("selected", value=True)


def _answer(page: Page) -> Locator:
    return page.locator(".graphiql-response .view-lines")


def _tabs(page: Page) -> Locator:
    return page.get_by_role("list", name="Select active operation")


async def _write(page: Page, operation: str) -> None:
    editor = page.locator(".graphiql-query-editor .view-lines")
    await expect(editor).to_have_text(re.compile(r"\w"))  # it starts with an example
    await editor.click()
    await page.keyboard.press("Control+A")
    # Pasted: to typed braces the editor adds their partners.
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.evaluate("text => navigator.clipboard.writeText(text)", operation)
    await page.keyboard.press("Control+V")
    # The editor tells the rest of GraphiQL a moment later; the tab is named after the operation then.
    [name] = re.findall(r"^[a-z]+ (\w+)", operation, re.MULTILINE)
    await expect(_tabs(page).get_by_role("button", name=name, exact=True)).to_be_visible()


async def _run(page: Page, operation: str) -> None:
    await _write(page, operation)
    await page.get_by_role("button", name="Execute query").click()
