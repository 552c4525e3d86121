"""What becomes of windows when the connection does not hold? They say so, and catch up."""

import asyncio

from playwright.async_api import Route, expect

from resolvers.tokens import Tokens
from tests.browser.conftest import Windows
from tests.browser.windows import SET_AMOUNT, Dealcast, both
from tests.harness import SECRET
from tests.processes import free_port

BOB, CAROL = "bob@acme.example", "carol@acme.example"


async def test_a_killed_server_costs_its_windows_nothing_and_they_say_so(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob, carol = await windows.open(dealcast), await windows.open(dealcast)
    await both(bob.sign_in(BOB), carol.sign_in(CAROL))
    await carol.show("Enterprise contract")
    deal = await dealcast.deal("Enterprise contract")
    await dealcast.kill()
    for window in (bob, carol):
        await expect(window.connection).to_have_text("Reconnecting")

    # Elsewhere, on the same data: where the windows do not look.
    await dealcast.start(PORT=str(free_port()))
    await dealcast.ask("alice@acme.example", SET_AMOUNT, id=deal, amount="275000")
    await dealcast.ask("alice@acme.example", SET_AMOUNT, id=deal, amount="300000")
    await dealcast.kill()
    await dealcast.start()
    for window in (bob, carol):
        await expect(window.connection).to_have_text("Caught up: 2 changes missed and received")
    await expect(carol.page.get_by_text("€300,000", exact=True)).to_be_visible()
    await expect(bob.card("Enterprise contract")).to_contain_text("€300,000")


async def test_a_window_without_a_network_is_not_stale_in_silence(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    deal = await dealcast.deal("Enterprise contract")
    await carol.page.context.set_offline(True)
    await expect(carol.connection).to_have_text("Reconnecting")
    await carol.sees("What you see may be older.")
    await dealcast.ask(BOB, SET_AMOUNT, id=deal, amount="275000")
    await carol.page.context.set_offline(False)
    await expect(carol.connection).to_have_text("Caught up: 1 change missed and received")
    await expect(carol.card("Enterprise contract")).to_contain_text("€275,000")


async def test_a_slow_network_shows_a_move_at_once_and_takes_it_back_if_it_fails(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob = await windows.open(dealcast)
    network = await bob.page.context.new_cdp_session(bob.page)
    slow = {
        "offline": False,
        "latency": 200,
        "downloadThroughput": 100_000,
        "uploadThroughput": 50_000,
    }
    await network.send("Network.enable")
    await network.send("Network.emulateNetworkConditions", slow)
    await bob.sign_in(BOB)
    arrived, release = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        if "moveOpportunity" in (route.request.post_data or ""):
            arrived.set()
            await release.wait()
            await route.abort()
        else:
            await route.continue_()

    await bob.page.route("**/graphql", hold)
    stage = bob.page.get_by_role("combobox", name="Stage of Enterprise contract")
    await stage.select_option(label="Negotiation")
    await arrived.wait()
    await expect(bob.column("Negotiation")).to_contain_text("Enterprise contract")
    release.set()
    await bob.sees("The server could not be reached. Nothing was changed.")
    await expect(bob.column("Proposal")).to_contain_text("Enterprise contract")


async def test_a_token_that_ends_asks_for_another_and_says_why(
    dealcast: Dealcast, windows: Windows
) -> None:
    await dealcast.kill()
    await dealcast.start(DEMO="off", TOKEN_GRACE_SECONDS="0")
    window = await windows.open(dealcast)
    await window.page.goto(window.url)
    await window.page.get_by_label("Token").fill(Tokens(SECRET).issue(CAROL, hours=3 / 3600))
    await window.page.get_by_role("button", name="Sign in").click()
    await window.sees("Your session has ended. Please sign in again.")
    await expect(window.page.get_by_label("Token")).to_be_visible()
