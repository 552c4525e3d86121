"""What does a deal's timeline tell, and in which order?"""

from tests import factories
from tests.documents import EVENT
from tests.harness import World
from tests.lists import OPPORTUNITIES, TIMELINE, codes

TOLD = f"query ($id: ID!) {{ deal(id: $id) {{ timeline {{ nodes {{ ...E cursor deal {{ name }} }} }} }} }}{EVENT}"


async def test_the_timeline_is_the_log_of_the_deal_newest_first(world: World) -> None:
    deal = await factories.opportunity(world.bob)
    await factories.opportunity(world.bob, "Another")
    stages = await factories.stages(world.bob)
    moved = await world.bob.do("moveOpportunity", id=deal, stageId=stages["Proposal"])
    followed = await world.carol.do("subscribe", dealId=deal)
    # Rule 16: one's own level is no row of the timeline.
    await world.carol.do("subscribe", dealId=deal, level="MUTED")
    nodes = (await world.dave.ask(TOLD, id=deal))["deal"]["timeline"]["nodes"]
    assert [node["kind"] for node in nodes] == ["SUBSCRIBERS_CHANGED", "STAGE_CHANGED", "CREATED"]
    assert [node["cursor"] for node in nodes[:2]] == [followed["cursor"], moved["cursor"]]
    assert nodes[1]["actor"]["id"] == world.bob.id
    stage, probability = nodes[1]["changes"]
    assert (stage["field"], stage["beforeNode"]["id"]) == ("STAGE", stages["Prospecting"])
    assert (probability["before"], probability["after"]) == ("10", "50")
    assert {node["deal"]["name"] for node in nodes} == {"Enterprise contract"}
    # A converted lead keeps it (rule 17).
    lead = await factories.lead(world.bob)
    await world.bob.do("convertLead", id=lead)
    assert [row["kind"] for row in await TIMELINE.walk(world.bob, 1, id=lead)] == [
        "CONVERTED",
        "CREATED",
    ]


async def test_a_long_timeline_is_read_page_by_page(world: World) -> None:
    deal = await factories.opportunity(world.bob)
    for number in range(6):
        await world.bob.do("updateOpportunity", id=deal, name=f"Name {number}")
    rows = await TIMELINE.walk(world.carol, 3, id=deal)
    assert [row["kind"] for row in rows] == ["UPDATED"] * 6 + ["CREATED"]
    assert len({row["id"] for row in rows}) == 7
    page = await OPPORTUNITIES.page(
        world.carol, "id timeline(first: 2) { totalCount nodes { id } }"
    )
    assert page["nodes"][0]["timeline"]["totalCount"] == 7
    assert [n["id"] for n in page["nodes"][0]["timeline"]["nodes"]] == [r["id"] for r in rows[:2]]
    for given in ({"first": 0}, {"first": 101}, {"after": "page_1"}):
        assert codes(await TIMELINE.answer(world.carol, id=deal, **given)) == ["INVALID"]


async def test_the_timeline_of_a_hidden_deal_is_not_there(world: World) -> None:
    deal = await factories.opportunity(world.bob, visibility="RESTRICTED")
    assert (await world.carol.answer(TOLD, id=deal)) == {"data": {"deal": None}}
