"""Who follows a deal, why, and what makes a following begin and end?"""

from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import (
    Json,
    deal,
    events,
    followers,
    head,
    nothing_happens,
    reasons,
    told,
)
from tests.harness import Client, World


async def _own(by: Client, ident: str) -> tuple[str, str] | None:
    """Level and reason of one's own following."""
    found: Json | None = (await deal(by, ident))["viewerSubscription"]
    return None if found is None else (found["level"], found["reason"])


async def test_following_twice_changes_nothing_but_a_level_that_is_given(world: World) -> None:
    """Rule 12: one left out stays, a new one is ALL; a change of level is nobody else's affair (16)."""
    ident = await factories.opportunity(world.bob)
    since = await head(world.bob)
    await world.carol.do("subscribe", dealId=ident)
    assert await _own(world.carol, ident) == ("ALL", "MANUAL")
    before = await deal(world.bob, ident)
    async with world.bob.follow(FOLLOW_DEAL, dealId=ident) as live:
        await live.until("READY")
        await world.carol.do("subscribe", dealId=ident, level="IMPORTANT")
        for level in ({}, {"level": "IMPORTANT"}):
            async with nothing_happens(world.bob, ident):
                payload = await world.carol.do("subscribe", dealId=ident, **level)
                assert (payload["userErrors"], payload["cursor"]) == ([], None)
        assert await _own(world.carol, ident) == ("IMPORTANT", "MANUAL")
        assert await deal(world.bob, ident) == before
        real = await world.bob.do("updateOpportunity", id=ident, name="Next")
        assert (await live.next())["cursor"] == real["cursor"]
    [event, _] = await events(world.bob, ident, since)
    assert (event["kind"], told(event)) == (
        "SUBSCRIBERS_CHANGED",
        [("SUBSCRIBER", None, world.carol.id)],
    )


async def test_everyone_sees_who_follows_and_why_but_not_how_much(world: World) -> None:
    """Rule 12."""
    ident = await factories.opportunity(
        world.alice, ownerId=world.bob.id, subscriberIds=[world.dave.id]
    )
    await world.carol.do("subscribe", dealId=ident, level="MUTED")
    after = await deal(world.dave, ident)
    assert followers(after) == {
        world.alice.id: "CREATED",
        world.bob.id: "OWNER",
        world.carol.id: "MANUAL",
        world.dave.id: "ADDED_BY",
    }
    assert after["subscriberCount"] == 4
    assert await _own(world.dave, ident) == ("ALL", "ADDED_BY")
    answer = await world.dave.answer(
        "query ($id: ID!) { deal(id: $id) { subscribers { level } } }", id=ident
    )
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


async def test_a_new_owner_follows_and_the_earlier_one_stays(world: World) -> None:
    """Rule 13."""
    ident = await factories.opportunity(world.bob)
    since = await head(world.bob)
    await world.bob.do("assignOwner", dealId=ident, userId=world.carol.id)
    assert followers(await deal(world.dave, ident)) == {
        world.bob.id: "CREATED",
        world.carol.id: "OWNER",
    }
    [event] = await events(world.bob, ident, since)
    assert told(event) == [
        ("OWNER", world.bob.id, world.carol.id),
        ("SUBSCRIBER", None, world.carol.id),
    ]


async def test_ones_own_unfollow_sticks(world: World) -> None:
    """Rule 13: no automatic reason brings it back; a colleague or oneself may."""
    ident = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    leave = [
        world.carol.call("unsubscribe", dealId=ident),
        world.carol.do("removeSubscribers", dealId=ident, userIds=[world.carol.id]),
        world.carol.do("changeRoles", dealId=ident, removeSubscribers=[world.carol.id]),
    ]
    for leaving in leave:
        assert (await leaving)["userErrors"] == []
        assert await _own(world.carol, ident) is None
        for owner in (world.carol, world.bob):
            await world.alice.do("assignOwner", dealId=ident, userId=owner.id)
        assert followers(await deal(world.bob, ident)) == {world.bob.id: "CREATED"}
        await world.bob.do("addSubscribers", dealId=ident, userIds=[world.carol.id])
        assert await _own(world.carol, ident) == ("ALL", "ADDED_BY")
    await world.carol.call("unsubscribe", dealId=ident)
    await world.carol.do("subscribe", dealId=ident, level="IMPORTANT")
    assert await _own(world.carol, ident) == ("IMPORTANT", "MANUAL")


async def test_being_removed_does_not_stick(world: World) -> None:
    """Rule 13: neither a removal by others nor lost sight."""
    ident = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    ends: list[list[tuple[str, Json]]] = [
        [("removeSubscribers", {"dealId": ident, "userIds": [world.carol.id]})],
        [
            ("updateOpportunity", {"id": ident, "visibility": "RESTRICTED"}),
            ("updateOpportunity", {"id": ident, "visibility": "ORGANISATION"}),
        ],
    ]
    for acts in ends:
        for mutation, given in acts:
            assert (await world.bob.do(mutation, **given))["userErrors"] == []
        assert await _own(world.carol, ident) is None
        for owner in (world.carol, world.bob):
            await world.alice.do("assignOwner", dealId=ident, userId=owner.id)
        assert await _own(world.carol, ident) == ("ALL", "OWNER")


async def test_unfollowing_without_following_removes_nobody(world: World) -> None:
    """A fault of peers: it removed somebody else's row."""
    ident = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with nothing_happens(world.bob, ident):
        for payload in (
            await world.dave.call("unsubscribe", dealId=ident),
            await world.dave.do("removeSubscribers", dealId=ident, userIds=[world.dave.id]),
            await world.bob.do("removeSubscribers", dealId=ident, userIds=[world.dave.id]),
        ):
            assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_adding_others_takes_the_right_to_edit_and_their_sight(world: World) -> None:
    """Rules 14 and 15: a VIEWER may follow, and leave; following never grants sight."""
    ident = await factories.opportunity(world.bob)
    add = {"dealId": ident, "userIds": [world.carol.id]}
    assert (await world.dave.do("subscribe", dealId=ident))["userErrors"] == []
    async with nothing_happens(world.bob, ident):
        for mutation in ("addSubscribers", "removeSubscribers"):
            payload = await world.dave.do(mutation, **add)
            assert [code for code, _ in reasons(payload)] == ["FORBIDDEN"]
    payload = await world.dave.do("removeSubscribers", dealId=ident, userIds=[world.dave.id])
    assert payload["userErrors"] == []
    await world.bob.do("updateOpportunity", id=ident, visibility="RESTRICTED")
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do(
            "addSubscribers",
            dealId=ident,
            userIds=[world.alice.id, world.carol.id, world.dave.id],
        )
        assert reasons(payload) == [("NO_SIGHT", "userIds.1")]
        assert "Carol, Dave" in payload["userErrors"][0]["message"]
        payload = await world.carol.do("subscribe", dealId=ident)
        assert reasons(payload) == [("NOT_FOUND", "dealId")]
        payload = await world.carol.call("unsubscribe", dealId=ident)
        assert reasons(payload) == [("NOT_FOUND", "dealId")]


async def test_nobody_becomes_a_follower_of_a_new_deal_without_sight(world: World) -> None:
    """Rule 14: at creation too."""
    since = await head(world.bob)
    for create in ("createOpportunity", "createLead"):
        given = {"name": "Secret", "visibility": "RESTRICTED", "sharedWithIds": [world.dave.id]}
        payload = await world.bob.do(create, **given, subscriberIds=[world.dave.id, world.carol.id])
        assert reasons(payload) == [("NO_SIGHT", "subscriberIds.1")]
    assert await head(world.bob) == since
    data = await world.bob.ask("{ opportunities { totalCount } leads { totalCount } }")
    assert data == {"opportunities": {"totalCount": 0}, "leads": {"totalCount": 0}}


async def test_the_inactive_and_the_foreign_cannot_be_added(world: World) -> None:
    ident = await factories.opportunity(world.bob)
    await world.alice.call("deactivateUser", id=world.dave.id)
    add: dict[str, Json] = {
        "addSubscribers": {"dealId": ident},
        "changeRoles": {"dealId": ident},
        "createOpportunity": {"name": "Next"},
    }
    fields = {"changeRoles": "addSubscribers", "createOpportunity": "subscriberIds"}
    async with nothing_happens(world.bob, ident):
        for mutation, given in add.items():
            field = fields.get(mutation, "userIds")
            for user, code in ((world.dave, "INVALID"), (world.eve, "NOT_FOUND")):
                given[field] = [world.carol.id, user.id]
                payload = await world.bob.do(mutation, **given)
                assert reasons(payload) == [(code, f"{field}.1")], mutation


async def test_who_follows_already_keeps_level_and_reason_when_added(world: World) -> None:
    """Rule 12; the level that is given is for new followers."""
    ident = await factories.opportunity(world.bob)
    await world.carol.do("subscribe", dealId=ident, level="MUTED")
    users = [world.carol.id, world.dave.id]
    payload = await world.bob.do("addSubscribers", dealId=ident, userIds=users, level="IMPORTANT")
    assert payload["userErrors"] == []
    assert await _own(world.carol, ident) == ("MUTED", "MANUAL")
    assert await _own(world.dave, ident) == ("IMPORTANT", "ADDED_BY")
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do("addSubscribers", dealId=ident, userIds=users)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_an_importer_does_not_follow_what_it_imports(world: World) -> None:
    """A fault of peers. Others follow as they would; only admins import (rule 22)."""
    for create in (factories.opportunity, factories.lead):
        ident = await create(world.alice, silent=True)
        assert followers(await deal(world.alice, ident)) == {}
        ident = await create(
            world.alice, silent=True, ownerId=world.bob.id, subscriberIds=[world.carol.id]
        )
        assert followers(await deal(world.alice, ident)) == {
            world.bob.id: "OWNER",
            world.carol.id: "ADDED_BY",
        }
    since = await head(world.bob)
    for mutation in ("createOpportunity", "createLead"):
        payload = await world.bob.do(mutation, name="Import", silent=True)
        assert reasons(payload) == [("FORBIDDEN", "silent")]
    assert await head(world.bob) == since
