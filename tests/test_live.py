"""What does a follower see of a change, once, in order, and no longer than allowed?"""

from tests import factories
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL, FOLLOW_OWN
from tests.harness import World


async def test_a_follower_sees_the_contact_change_once(world: World) -> None:
    paula = await factories.contact(world.bob, "Paula Moreau")
    claire = await factories.contact(world.bob, "Claire Fontaine")
    deal = await factories.opportunity(
        world.bob,
        contactId=paula,
        participants=[{"contactId": claire, "role": "DECISION_MAKER"}],
    )
    await world.carol.do("subscribe", dealId=deal)
    async with world.carol.follow(FOLLOW_ALL) as live:
        [snapshot, ready] = await live.until("READY")
        assert (snapshot["kind"], snapshot["deal"]["contact"]["id"]) == ("SNAPSHOT", paula)
        payload = await world.bob.do("setContact", dealId=deal, contactId=claire)
        item = await live.next()
    assert (item["kind"], item["event"]["kind"]) == ("CHANGED", "CONTACT_CHANGED")
    assert item["cursor"] == payload["cursor"] != ready["cursor"]
    assert item["event"]["actor"]["id"] == world.bob.id
    assert item["deal"]["contact"]["id"] == claire
    assert [p["contact"]["id"] for p in item["deal"]["otherParticipants"]] == [paula]


async def test_after_a_cut_the_missed_changes_come_once_each(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live:
        last = (await live.until("READY"))[-1]["cursor"]
    names = ["One", "Two"]
    for name in names:
        await world.bob.do("updateOpportunity", id=deal, name=name)
    async with world.carol.follow(FOLLOW_ALL, after=last) as live:
        items = await live.until("READY")
    assert [item["kind"] for item in items] == ["CHANGED", "CHANGED", "READY"]
    assert [change["after"] for item in items[:2] for change in item["event"]["changes"]] == names


async def test_losing_sight_is_the_last_that_one_hears(world: World) -> None:
    """Rule 15."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with (
        world.carol.follow(FOLLOW_ALL) as all_,
        world.carol.follow(FOLLOW_DEAL, dealId=deal) as one,
    ):
        await all_.until("READY")
        await one.until("READY")
        payload = await world.bob.do("updateOpportunity", id=deal, visibility="RESTRICTED")
        for live in (all_, one):
            item = await live.next()
            assert (item["kind"], item["dealId"], item["cursor"]) == (
                "REMOVED",
                deal,
                payload["cursor"],
            )
            assert item["event"] is None and item["deal"] is None
        assert (await one.message())["type"] == "complete"
        await world.bob.do("updateOpportunity", id=deal, name="Secret")
        other = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
        assert (await all_.next())["dealId"] == other


async def test_a_change_of_level_reaches_its_own_user_only(world: World) -> None:
    """Rule 16."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_OWN) as own, world.bob.follow(FOLLOW_OWN) as other:
        await own.until("READY")
        await other.until("READY")
        await world.carol.do("subscribe", dealId=deal, level="MUTED")
        item = await own.next()
        assert item["deal"]["viewerSubscription"]["level"] == "MUTED"
        await world.bob.do("updateOpportunity", id=deal, name="Next")
        assert [change["field"] for change in (await other.next())["event"]["changes"]] == ["NAME"]
