"""How much stands in each stage, for whom, and how is it told while it moves?"""

from decimal import Decimal
from typing import Any

from tests import factories
from tests.harness import Client, World

Json = dict[str, Any]

SUMMARY = """
  pipeline { id name }
  stages { stage { name } count amounts { amount currency } weightedAmounts { amount currency } }
  cursor
"""
ASK = f"query ($id: ID!) {{ pipelineSummary(pipelineId: $id) {{ {SUMMARY} }} }}"
FOLLOW = f"subscription ($id: ID!) {{ pipelineUpdates(pipelineId: $id) {{ kind cursor summary {{ {SUMMARY} }} }} }}"


async def _pipeline(by: Client) -> str:
    ident: str = (await by.ask("{ pipelines { id } }"))["pipelines"][0]["id"]
    return ident


def _shown(summary: Json) -> dict[str, tuple[int, dict[str, str], dict[str, str]]]:
    """The stages that are not empty."""
    return {
        row["stage"]["name"]: (
            row["count"],
            {money["currency"]: money["amount"] for money in row["amounts"]},
            {money["currency"]: money["amount"] for money in row["weightedAmounts"]},
        )
        for row in summary["stages"]
        if row["count"]
    }


async def _ask(by: Client, pipeline: str) -> Json:
    summary: Json = (await by.ask(ASK, id=pipeline))["pipelineSummary"]
    return summary


async def test_amounts_are_added_by_stage_and_currency(world: World) -> None:
    stages = await factories.stages(world.bob)
    pipeline = await _pipeline(world.bob)

    async def add(stage: str, amount: str | None, currency: str = "EUR", **given: Any) -> str:
        money = None if amount is None else {"amount": amount, "currency": currency}
        return await factories.opportunity(world.bob, stageId=stages[stage], amount=money, **given)

    await add("Prospecting", "100.10")
    await add("Prospecting", "0.15")
    await add("Prospecting", "1000", "JPY")
    await add("Prospecting", None)
    unlikely = await add("Proposal", "200.01")
    await world.bob.do("updateOpportunity", id=unlikely, probability=7)
    await add("Closed Won", "5")
    gone = await add("Closed Won", "7")
    await world.bob.call("archiveDeal", id=gone)
    lead = await factories.lead(world.bob)
    summary = await _ask(world.carol, pipeline)
    assert [row["stage"]["name"] for row in summary["stages"]] == list(stages)
    assert _shown(summary) == {
        "Prospecting": (4, {"EUR": "100.25", "JPY": "1000"}, {"EUR": "10.02", "JPY": "100"}),
        "Proposal": (1, {"EUR": "200.01"}, {"EUR": "14.00"}),
        "Closed Won": (1, {"EUR": "5.00"}, {"EUR": "5.00"}),
    }
    await world.bob.do("convertLead", id=lead)
    assert _shown(await _ask(world.carol, pipeline))["Prospecting"][0] == 5


async def test_sums_of_the_largest_amounts_are_exact(world: World) -> None:
    most = "99999999999999.99"
    for _ in range(12):
        await factories.opportunity(world.bob, amount={"amount": most, "currency": "EUR"})
    shown = _shown(await _ask(world.bob, await _pipeline(world.bob)))
    assert shown["Prospecting"][1] == {"EUR": str(Decimal(most) * 12)}


async def test_sums_hold_what_the_viewer_sees(world: World) -> None:
    """Rule 26: bob owns it, alice is an admin, carol has it shared, dave sees nothing of it."""
    money = {"amount": "50", "currency": "EUR"}
    pipeline = await _pipeline(world.bob)
    await factories.opportunity(world.bob, amount=money)
    given: Json = {"visibility": "RESTRICTED", "sharedWithIds": [world.carol.id]}
    await factories.opportunity(world.bob, amount=money, **given)
    for by, count in ((world.bob, 2), (world.alice, 2), (world.carol, 2), (world.dave, 1)):
        shown = _shown(await _ask(by, pipeline))
        assert shown["Prospecting"][0] == count
        assert shown["Prospecting"][1] == {"EUR": f"{50 * count}.00"}


async def test_a_pipeline_that_is_not_there_has_no_summary(world: World) -> None:
    foreign = await _pipeline(world.eve)
    for ident in (foreign, "pipeline_" + "0" * 26, "deal_" + "0" * 26):
        assert await world.bob.ask(ASK, id=ident) == {"pipelineSummary": None}
        async with world.bob.follow(FOLLOW, id=ident) as live:
            [error] = (await live.message())["payload"]
            assert error["extensions"]["code"] == "NOT_FOUND"
    assert [e["extensions"]["code"] for e in (await world.bob.answer(ASK, id="x"))["errors"]] == [
        "INVALID"
    ]
    async with world.bob.follow(FOLLOW, id="x") as live:
        [error] = (await live.message())["payload"]
        assert error["extensions"]["code"] == "INVALID"


async def test_a_summary_is_pushed_a_few_times_and_ends_as_the_query_has_it(world: World) -> None:
    """However many changes there are: each push is what stands, and quiet is the truth."""
    stages = await factories.stages(world.bob)
    pipeline = await _pipeline(world.bob)
    money = {"amount": "50", "currency": "EUR"}
    deals = [await factories.opportunity(world.bob, amount=money) for _ in range(5)]
    async with world.carol.follow(FOLLOW, id=pipeline) as live:
        first, ready = await live.next(), await live.next()
        assert (first["kind"], ready["kind"]) == ("SNAPSHOT", "READY")
        assert _shown(first["summary"])["Prospecting"][0] == 5
        assert ready["summary"] is None
        for number in range(30):
            stage = ("Qualification", "Proposal", "Negotiation")[number % 3]
            await world.bob.do("moveOpportunity", id=deals[number % 5], stageId=stages[stage])
        # So that the end looks like nothing that was pushed before it.
        await factories.opportunity(world.bob, amount={"amount": "9", "currency": "CHF"})
        end = _shown(await _ask(world.carol, pipeline))
        pushed = [await live.next()]
        while _shown(pushed[-1]["summary"]) != end:
            pushed.append(await live.next())
        assert {item["kind"] for item in pushed} == {"CHANGED"}
        # What changes nothing in the sums is not pushed: the next item is the next difference.
        await world.bob.do("updateOpportunity", id=deals[0], name="Renamed")
        await world.bob.do("updateOpportunity", id=deals[0], amount=None)
        assert _shown((await live.next())["summary"]) == _shown(await _ask(world.carol, pipeline))
    assert len(pushed) < 31


async def test_sight_moves_the_sums_of_those_whose_sight_it_is(world: World) -> None:
    pipeline = await _pipeline(world.bob)
    deal = await factories.opportunity(world.bob)
    async with (
        world.carol.follow(FOLLOW, id=pipeline) as carol,
        world.alice.follow(FOLLOW, id=pipeline) as alice,
    ):
        for live in (carol, alice):
            await live.until("READY")
        await world.bob.do("updateOpportunity", id=deal, visibility="RESTRICTED")
        assert _shown((await carol.next())["summary"]) == {}
        await world.bob.do("shareDeal", dealId=deal, userIds=[world.carol.id])
        assert _shown((await carol.next())["summary"])["Prospecting"][0] == 1
        await factories.opportunity(world.bob)
        # For alice nothing had changed until now.
        assert _shown((await alice.next())["summary"])["Prospecting"][0] == 2
