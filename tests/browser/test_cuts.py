"""What becomes of windows when the connection does not hold? They say so, and catch up."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

from playwright.async_api import Route, expect

from resolvers.tokens import Tokens
from tests.browser.changes import SET_AMOUNT
from tests.browser.conftest import Windows
from tests.browser.windows import Dealcast, Window, both, copy_deals
from tests.cable import cable
from tests.harness import SECRET
from tests.ports import free_port
from tests.processes import command

BOB, CAROL = "bob@acme.example", "carol@acme.example"

MESSAGES = "query ($id: ID!) { deal(id: $id) { messages { nodes { body } } } }"


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
    await expect(bob.amount_of("Enterprise contract")).to_have_text("€300,000")
    # Nobody asked and asked while there was no one to answer.
    assert max(bob.asked.values()) < 10
    assert max(carol.asked.values()) < 10


async def test_a_board_of_several_pages_is_whole_again_after_a_new_epoch_of_the_log(
    seeded: Dealcast, windows: Windows, tmp_path: Path
) -> None:
    """What was missed cannot be told then: everything is read anew, later pages too."""
    copy_deals(tmp_path / "demo.db", range(60))
    await seeded.start()
    bob, carol = await windows.open(seeded), await windows.open(seeded)
    await both(bob.sign_in(BOB), carol.sign_in(CAROL))
    await bob.show("Halden training days")
    cards, total = carol.page.locator(".card"), await seeded.opportunities(CAROL)
    await expect(cards).to_have_count(total)
    await seeded.kill()
    with sqlite3.connect(tmp_path / "demo.db") as database:
        # As in a copy from before: deals have fewer events behind them than anybody has seen.
        database.execute("UPDATE deals SET name = name || ', restored', revision = 0")
    await command("rotate", DATABASE_URL=f"sqlite://{tmp_path}/demo.db")
    await seeded.start()
    await carol.sees("Caught up: everything was read anew")
    await expect(cards.filter(has_text=", restored")).to_have_count(total)
    await expect(bob.page.locator("#deal-name")).to_have_text("Halden training days, restored")


async def test_a_later_page_of_a_board_that_failed_is_asked_for_again(
    seeded: Dealcast, windows: Windows, tmp_path: Path
) -> None:
    copy_deals(tmp_path / "demo.db", range(100))
    await seeded.start()
    carol = await windows.open(seeded)

    failed = False

    async def fail_once(route: Route) -> None:
        nonlocal failed
        if not failed and '"after":"' in (route.request.post_data or ""):
            failed = True
            await route.abort()
        else:
            await route.continue_()

    await carol.page.route("**/graphql", fail_once)
    await carol.sign_in(CAROL)
    await expect(carol.page.locator(".card")).to_have_count(await seeded.opportunities(CAROL))


async def test_a_window_without_a_network_is_not_stale_in_silence(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await carol.sign_in(CAROL)
    deal = await dealcast.deal("Enterprise contract")
    bar = carol.page.get_by_role("banner")
    height = await bar.evaluate("bar => bar.offsetHeight")
    await carol.page.context.set_offline(True)
    await expect(carol.connection).to_have_text("Reconnecting")
    await carol.sees("What you see may be older.")
    # Nothing below it has moved.
    assert await bar.evaluate("bar => bar.offsetHeight") == height
    await dealcast.ask(BOB, SET_AMOUNT, id=deal, amount="275000")
    # What could not be loaded meanwhile comes by itself.
    await carol.go_to("Contacts")
    await carol.sees("This could not be loaded.")
    await carol.page.context.set_offline(False)
    await expect(carol.connection).to_have_text("Caught up: 1 change missed and received")
    await carol.sees("Claire Fontaine")
    await carol.go_to("Board")
    await expect(carol.amount_of("Enterprise contract")).to_have_text("€275,000")
    # And what was loaded once is not hidden for want of another answer.
    await carol.page.context.set_offline(True)
    async with carol.page.expect_event("requestfailed"):
        await carol.go_to("Contacts")
    await carol.page.evaluate("new Promise(requestAnimationFrame)")
    await carol.sees("Claire Fontaine")


async def test_a_connection_that_died_in_silence_is_noticed_replaced_and_caught_up(
    dealcast: Dealcast, windows: Windows
) -> None:
    async with cable(dealcast.url) as line:
        carol = await windows.open(line)
        await carol.page.clock.install()
        await carol.sign_in(CAROL)
        deal = await dealcast.deal("Enterprise contract")
        line.refuse()
        line.swallow()
        await dealcast.ask(BOB, SET_AMOUNT, id=deal, amount="275000")
        await expect(carol.connection).to_have_text("Live")  # nobody told the browser
        await carol.page.clock.fast_forward("00:21")
        await expect(carol.connection).to_have_text("Reconnecting")
        await line.plug_in()
        await expect(carol.connection).to_have_text("Caught up: 1 change missed and received")
        await expect(carol.amount_of("Enterprise contract")).to_have_text("€275,000")


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
    stage = bob.stage_of("Enterprise contract")
    await stage.select_option(label="Negotiation")
    await arrived.wait()
    await expect(bob.column("Negotiation")).to_contain_text("Enterprise contract")
    release.set()
    await bob.sees("it is not known whether this was done")
    await expect(bob.column("Proposal")).to_contain_text("Enterprise contract")


async def test_what_was_done_without_an_answer_is_not_done_twice_by_pressing_again(
    dealcast: Dealcast, windows: Windows
) -> None:
    bob = await windows.open(dealcast)
    await bob.sign_in(BOB)
    lost: list[str] = []

    async def lose_the_first_answer(route: Route) -> None:
        body: Any = route.request.post_data_json
        answer = await route.fetch()
        name = body.get("operationName") if body["query"].startswith("mutation") else None
        if name and name not in lost:
            lost.append(name)
            await route.abort()
        else:
            await route.fulfill(response=answer)

    await bob.page.route("**/graphql", lose_the_first_answer)
    await bob.page.get_by_role("button", name="New opportunity").click()
    dialog = bob.page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Basel laboratory")
    await dialog.get_by_role("button", name="Save").click()
    await bob.sees("Trying again does it once at the most.")
    await dialog.get_by_role("button", name="Save").click()
    await expect(bob.page.locator("#deal-name")).to_have_text("Basel laboratory")

    panel = bob.panel("Comments")
    box, comments = panel.get_by_role("textbox"), panel.locator(".comments > li .body")
    press = panel.get_by_role("button", name="Comment", exact=True)
    await box.fill("Signed today")
    await press.click()
    await bob.sees("Trying again does it once at the most.")
    await bob.page.reload()
    await press.click()
    await expect(box).to_have_value("")
    await expect(comments).to_have_text(["Signed today"])
    # The same words again are another comment, once the first was answered.
    await box.fill("Signed today")
    await press.click()
    await expect(comments).to_have_text(["Signed today", "Signed today"])
    copies = '{ opportunities(search: "Basel laboratory") { totalCount } }'
    assert await dealcast.ask(BOB, copies) == {"opportunities": {"totalCount": 1}}

    await bob.go_to("Board")
    await bob.show("Enterprise contract")
    panel = bob.panel("Messages")
    await panel.get_by_role("button", name="Write a message").click()
    await panel.get_by_label("Message").fill("As promised.")
    await panel.get_by_role("button", name="Send").click()
    await bob.sees("Trying again does it once at the most.")
    await panel.get_by_role("button", name="Send").click()
    await expect(panel.get_by_role("button", name="Write a message")).to_be_visible()
    sent = await dealcast.ask(BOB, MESSAGES, id=await dealcast.deal("Enterprise contract"))
    assert str(sent).count("As promised.") == 1
    assert lost == ["CreateOpportunity", "AddComment", "SendMessage"]


async def test_a_token_that_ends_asks_for_another_and_says_why(
    seeded: Dealcast, windows: Windows
) -> None:
    await seeded.start(DEMO="off", TOKEN_GRACE_SECONDS="0")
    window = await windows.open(seeded)
    await window.page.goto(window.url)
    await window.page.get_by_label("Token").fill(Tokens(SECRET).issue(CAROL, hours=3 / 3600))
    await window.page.get_by_role("button", name="Sign in").click()
    await window.sees("Your session has ended. Please sign in again.")
    await expect(window.page.get_by_label("Token")).to_be_visible()
    # Who asks for something after the end is told 401, which a browser notes.
    window.complaints = [line for line in window.complaints if "401" not in line]


async def test_a_fresh_token_is_brought_on_the_live_socket(
    seeded: Dealcast, windows: Windows
) -> None:
    await seeded.start(TOKEN_GRACE_SECONDS="0")
    carol = await windows.open(seeded)
    await _hand_out(carol, 30, 4, 3600)
    await carol.sign_in(CAROL)
    await asyncio.sleep(5)  # the token with which it connected has ended
    deal = await seeded.deal("Enterprise contract")
    await seeded.ask(BOB, SET_AMOUNT, id=deal, amount="275000")
    await expect(carol.amount_of("Enterprise contract")).to_have_text("€275,000")
    await expect(carol.connection).to_have_text("Live")
    [socket] = carol.sockets
    assert not socket.is_closed()


async def test_a_token_that_cannot_be_renewed_for_a_while_costs_no_sign_in(
    seeded: Dealcast, windows: Windows
) -> None:
    await seeded.start(TOKEN_GRACE_SECONDS="0")
    carol = await windows.open(seeded)
    await _hand_out(carol, 30, 3)
    await carol.sign_in(CAROL)
    await carol.page.unroute("**/demo/sign-in")
    await carol.page.route("**/demo/sign-in", lambda route: route.abort())
    await expect(carol.connection).to_have_text("Reconnecting")
    await carol.page.unroute("**/demo/sign-in")
    await expect(carol.connection).to_have_text("Caught up: nothing was missed")


async def test_who_gets_no_token_any_more_is_asked_to_sign_in_again(
    dealcast: Dealcast, windows: Windows
) -> None:
    carol = await windows.open(dealcast)
    await _hand_out(carol, 30, 3)
    await carol.sign_in(CAROL)
    await carol.sees("Your session has ended. Please sign in again.")
    await carol.page.unroute("**/demo/sign-in")
    await carol.sign_in(CAROL)


async def _hand_out(window: Window, *lives: float) -> None:
    """The window gets tokens that last so many seconds, one after the other, and then none."""
    left = list(lives)

    async def answer(route: Route) -> None:
        if left:
            token = Tokens(SECRET).issue(CAROL, hours=left.pop(0) / 3600)
            await route.fulfill(json={"token": token})
        else:
            await route.fulfill(status=403, body="")

    await window.page.route("**/demo/sign-in", answer)
