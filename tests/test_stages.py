"""How does an opportunity move through its stages? Its status follows from them."""

from tests import factories
from tests.evidence import Json, deal, events, head, nothing_happens, reasons, told
from tests.harness import World


async def test_every_organisation_begins_with_six_stages(world: World) -> None:
    """Rule 24."""
    for somebody in (world.bob, world.frank):
        data = await somebody.ask("{ pipelines { stages { name position probability type } } }")
        [pipeline] = data["pipelines"]
        assert [tuple(stage.values()) for stage in pipeline["stages"]] == [
            ("Prospecting", 0, 10, "OPEN"),
            ("Qualification", 1, 20, "OPEN"),
            ("Proposal", 2, 50, "OPEN"),
            ("Negotiation", 3, 80, "OPEN"),
            ("Closed Won", 4, 100, "WON"),
            ("Closed Lost", 5, 0, "LOST"),
        ]


async def test_the_status_follows_from_the_stage(world: World) -> None:
    """Rules 24 and 25: with the kind of event, the probability, and when it was closed."""
    stages = await factories.stages(world.bob)
    ident = await factories.opportunity(world.bob)
    course: list[tuple[str, str | None, str, str, int]] = [
        ("Proposal", None, "STAGE_CHANGED", "OPEN", 50),
        ("Closed Won", None, "WON", "WON", 100),
        ("Closed Lost", "Too dear", "LOST", "LOST", 0),
        ("Negotiation", None, "REOPENED", "OPEN", 80),
        ("Closed Lost", "Gone", "LOST", "LOST", 0),
        ("Closed Won", None, "WON", "WON", 100),
    ]
    before = await deal(world.bob, ident)
    for stage, reason, kind, status, probability in course:
        since = await head(world.bob)
        given = {} if reason is None else {"lostReason": reason}
        payload = await world.bob.do("moveOpportunity", id=ident, stageId=stages[stage], **given)
        assert payload["userErrors"] == []
        after = await deal(world.bob, ident)
        assert (after["stage"]["name"], after["status"]) == (stage, status)
        assert (after["lostReason"], after["probability"]) == (reason, probability)
        [event] = await events(world.bob, ident, since)
        assert (event["kind"], event["important"]) == (kind, True)
        assert after["closedAt"] == (None if status == "OPEN" else event["at"])
        expected = {
            ("STAGE", before["stage"]["id"], stages[stage]),
            ("PROBABILITY", str(before["probability"]), str(probability)),
            ("STATUS", before["status"], status),
            ("LOST_REASON", before["lostReason"], reason),
        }
        assert set(told(event)) == {row for row in expected if row[1] != row[2]}
        before = after


async def test_losing_needs_a_reason(world: World) -> None:
    """Rule 24; a stage that means no loss takes none."""
    stages = await factories.stages(world.bob)
    ident = await factories.opportunity(world.bob)
    lost, won = stages["Closed Lost"], stages["Closed Won"]
    refused: list[tuple[Json, tuple[str, str]]] = [
        ({"stageId": lost}, ("LOST_REASON_REQUIRED", "lostReason")),
        ({"stageId": lost, "lostReason": None}, ("LOST_REASON_REQUIRED", "lostReason")),
        ({"stageId": lost, "lostReason": "  "}, ("LOST_REASON_REQUIRED", "lostReason")),
        ({"stageId": lost, "lostReason": "x" * 10_000}, ("INVALID", "lostReason")),
        ({"stageId": won, "lostReason": "Too dear"}, ("INVALID", "lostReason")),
    ]
    async with nothing_happens(world.bob, ident):
        for given, reason in refused:
            payload = await world.bob.do("moveOpportunity", id=ident, **given)
            assert reasons(payload) == [reason], given
        payload = await world.bob.do("createOpportunity", name="Lost at once", stageId=lost)
        assert reasons(payload) == [("LOST_REASON_REQUIRED", "stageId")]


async def test_the_same_stage_is_no_move(world: World) -> None:
    """Rule 30: not even of a lost one, without its reason."""
    stages = await factories.stages(world.bob)
    ident = await factories.opportunity(world.bob)
    lost = {"id": ident, "stageId": stages["Closed Lost"]}
    await world.bob.do("moveOpportunity", **lost, lostReason="Too dear")
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do("moveOpportunity", **lost, expectedVersion=99)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_a_move_stays_in_its_pipeline(world: World) -> None:
    other = await factories.another_pipeline(world.bob)
    [first] = (await world.eve.ask("{ pipelines { id } }"))["pipelines"]
    stages, foreign = await factories.stages(world.bob), await factories.stages(world.eve)
    ident = await factories.opportunity(world.bob)
    lead = await factories.lead(world.bob)
    move = {"id": ident, "stageId": other["stageId"]}
    crossed = {"pipelineId": other["pipelineId"], "stageId": stages["Proposal"]}
    abroad = {"pipelineId": first["id"]}
    refused: list[tuple[str, Json, tuple[str, str]]] = [
        ("moveOpportunity", move, ("INVALID", "stageId")),
        ("moveOpportunity", {**move, "stageId": foreign["Proposal"]}, ("NOT_FOUND", "stageId")),
        ("createOpportunity", {"name": "New", **crossed}, ("INVALID", "stageId")),
        ("createOpportunity", {"name": "New", **abroad}, ("NOT_FOUND", "pipelineId")),
        ("convertLead", {"id": lead, **crossed}, ("INVALID", "stageId")),
        ("convertLead", {"id": lead, **abroad}, ("NOT_FOUND", "pipelineId")),
    ]
    async with nothing_happens(world.bob, ident, lead):
        for mutation, given, reason in refused:
            assert reasons(await world.bob.do(mutation, **given)) == [reason], mutation
    for given in (other, {"pipelineId": other["pipelineId"]}, {"stageId": other["stageId"]}):
        after = await deal(world.bob, await factories.opportunity(world.bob, **given))
        assert (after["pipeline"]["id"], after["probability"]) == (other["pipelineId"], 30)


async def test_the_probability_is_the_stages_unless_set(world: World) -> None:
    """Rule 25: null, or another stage, returns to the stage's."""
    stages = await factories.stages(world.bob)
    ident = await factories.opportunity(world.bob)

    async def probability() -> int:
        value: int = (await deal(world.bob, ident))["probability"]
        return value

    await world.bob.do("updateOpportunity", id=ident, probability=37)
    assert await probability() == 37
    await world.bob.do("updateOpportunity", id=ident, name="Next")
    assert await probability() == 37
    await world.bob.do("updateOpportunity", id=ident, probability=None)
    assert await probability() == 10
    await world.bob.do("updateOpportunity", id=ident, probability=0)
    await world.bob.do("moveOpportunity", id=ident, stageId=stages["Proposal"])
    assert await probability() == 50
    async with nothing_happens(world.bob, ident):
        for bad in (-1, 101, 2**31 - 1):
            payload = await world.bob.do("updateOpportunity", id=ident, probability=bad)
            assert reasons(payload) == [("INVALID", "probability")]
