"""Whose is a deal, who else may see it, is it still around?"""

from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import Json, deal, events, followers, head, nothing_happens, reasons, told
from tests.harness import Client, World

LISTS = """
query ($archived: Boolean) {
  opportunities(filter: {archived: $archived}) { nodes { id } }
  leads(filter: {archived: $archived}) { nodes { id } }
}
"""


async def _sees(by: Client, ident: str) -> bool:
    return (await by.ask("query ($id: ID!) { deal(id: $id) { id } }", id=ident))["deal"] is not None


async def test_the_owner_hands_a_deal_over(world: World) -> None:
    """Rules 13 and 26."""
    for create in (factories.opportunity, factories.lead):
        ident = await create(world.bob)
        since = await head(world.bob)
        payload = await world.bob.do(
            "assignOwner",
            "deal { owner { id } version revision }",
            dealId=ident,
            userId=world.carol.id,
        )
        assert payload["deal"] == {"owner": {"id": world.carol.id}, "version": 2, "revision": 2}
        [event] = await events(world.bob, ident, since)
        assert (event["kind"], event["important"]) == ("OWNER_CHANGED", True)
        assert event["changes"][0]["afterNode"] == {"__typename": "User", "id": world.carol.id}
        payload = await world.bob.do("assignOwner", dealId=ident, userId=world.bob.id)
        assert reasons(payload) == [("FORBIDDEN", None)]
        payload = await world.alice.do("assignOwner", dealId=ident, userId=world.bob.id)
        assert payload["userErrors"] == []


async def test_handing_over_a_restricted_deal_ends_ones_own_sight(world: World) -> None:
    """Rule 15 wins over rule 13; the payload says where in the log, and shows the deal no more."""
    ident = await factories.opportunity(world.bob, visibility="RESTRICTED")
    async with world.bob.follow(FOLLOW_DEAL, dealId=ident) as live:
        await live.until("READY")
        payload = await world.bob.do(
            "assignOwner", "deal { id }", dealId=ident, userId=world.carol.id
        )
        assert (payload["userErrors"], payload["deal"]) == ([], None)
        item = await live.next()
        assert (item["kind"], item["cursor"]) == ("REMOVED", payload["cursor"])
    assert not await _sees(world.bob, ident)
    assert followers(await deal(world.carol, ident)) == {world.carol.id: "OWNER"}


async def test_an_owner_is_an_active_admin_or_member(world: World) -> None:
    """Rule 26."""
    await world.alice.call("deactivateUser", id=world.carol.id)
    ident = await factories.opportunity(world.bob)
    refused = ((world.dave, "INVALID"), (world.carol, "INVALID"), (world.eve, "NOT_FOUND"))
    async with nothing_happens(world.bob, ident):
        for user, code in refused:
            payload = await world.bob.do("assignOwner", dealId=ident, userId=user.id)
            assert reasons(payload) == [(code, "userId")]
            for create in ("createOpportunity", "createLead"):
                payload = await world.bob.do(create, name="New", ownerId=user.id)
                assert reasons(payload) == [(code, "ownerId")]


async def test_what_is_the_owners_is_no_other_members(world: World) -> None:
    """Rule 26: who sees a deal may edit it, but not say who sees, owns or archives it."""
    ident = await factories.opportunity(world.bob)
    lead = await factories.lead(world.bob)
    people = {"dealId": ident, "userIds": [world.carol.id]}
    asked: list[tuple[str, Json]] = [
        ("assignOwner", {"dealId": ident, "userId": world.carol.id}),
        ("shareDeal", people),
        ("unshareDeal", people),
        ("updateOpportunity", {"id": ident, "visibility": "RESTRICTED"}),
        ("updateOpportunity", {"id": ident, "sharedWithIds": [world.carol.id], "name": "Mine"}),
        ("updateLead", {"id": lead, "visibility": "RESTRICTED"}),
        ("updateLead", {"id": lead, "sharedWithIds": [world.carol.id]}),
    ]
    async with nothing_happens(world.bob, ident, lead):
        for mutation, given in asked:
            payload = await world.carol.do(mutation, **given)
            assert [code for code, _ in reasons(payload)] == ["FORBIDDEN"], mutation
        for mutation in ("archiveDeal", "restoreDeal"):
            payload = await world.carol.call(mutation, id=ident)
            assert [code for code, _ in reasons(payload)] == ["FORBIDDEN"], mutation
    payload = await world.carol.do("updateOpportunity", id=ident, name="Ours")
    assert payload["userErrors"] == []


async def test_sharing_waits_on_an_open_deal(world: World) -> None:
    """Rule 15: so nobody loses their following by the order of two clicks."""
    ident = await factories.opportunity(world.bob, subscriberIds=[world.carol.id, world.dave.id])
    since = await head(world.bob)
    share = {"dealId": ident, "userIds": [world.carol.id]}
    payload = await world.bob.do("shareDeal", "deal { sharedWith { id } }", **share)
    assert payload["deal"] == {"sharedWith": [{"id": world.carol.id}]}
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do("shareDeal", **share, expectedVersion=99)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)
        payload = await world.bob.do(
            "unshareDeal", dealId=ident, userIds=[world.dave.id], expectedVersion=99
        )
        assert (payload["userErrors"], payload["cursor"]) == ([], None)
    await world.bob.do("updateOpportunity", id=ident, visibility="RESTRICTED")
    assert followers(await deal(world.bob, ident)).keys() == {world.bob.id, world.carol.id}
    assert [await _sees(user, ident) for user in (world.alice, world.carol, world.dave)] == [
        True,
        True,
        False,
    ]
    log = await events(world.alice, ident, since)
    assert [(event["kind"], told(event)) for event in log] == [
        ("VISIBILITY_CHANGED", [("SHARED_WITH", None, world.carol.id)]),
        (
            "VISIBILITY_CHANGED",
            [("VISIBILITY", "ORGANISATION", "RESTRICTED"), ("SUBSCRIBER", world.dave.id, None)],
        ),
    ]


async def test_restricting_and_sharing_are_one_act(world: World) -> None:
    """Rule 15."""
    carol = world.carol.id
    for kind, create in (("Opportunity", factories.opportunity), ("Lead", factories.lead)):
        ident = await create(world.bob, subscriberIds=[carol])
        since = await head(world.bob)
        restrict = {"id": ident, "visibility": "RESTRICTED", "sharedWithIds": [carol]}
        assert (await world.bob.do(f"update{kind}", **restrict))["userErrors"] == []
        after = await deal(world.carol, ident)
        assert (after["visibility"], after["sharedWith"]) == ("RESTRICTED", [{"id": carol}])
        assert followers(after) == {world.bob.id: "CREATED", carol: "ADDED_BY"}
        [event] = await events(world.bob, ident, since)
        assert set(told(event)) == {
            ("VISIBILITY", "ORGANISATION", "RESTRICTED"),
            ("SHARED_WITH", None, carol),
        }


async def test_unsharing_ends_sight_and_following(world: World) -> None:
    """Rules 15 and 26: shared with, a MEMBER edits and a VIEWER does not."""
    both = [world.carol.id, world.dave.id]
    ident = await factories.opportunity(
        world.bob, visibility="RESTRICTED", sharedWithIds=both, subscriberIds=both
    )
    assert (await deal(world.carol, ident))["viewerCanEdit"] is True
    assert (await deal(world.dave, ident))["viewerCanEdit"] is False
    assert (await world.carol.do("updateOpportunity", id=ident, name="Ours"))["userErrors"] == []
    payload = await world.dave.do("updateOpportunity", id=ident, name="Mine")
    assert [code for code, _ in reasons(payload)] == ["FORBIDDEN"]
    since = await head(world.bob)
    await world.bob.do("unshareDeal", dealId=ident, userIds=both)
    [event] = await events(world.bob, ident, since)
    assert set(told(event)) == {
        row for user in both for row in (("SHARED_WITH", user, None), ("SUBSCRIBER", user, None))
    }
    for user in (world.carol, world.dave):
        assert not await _sees(user, ident)
        payload = await user.do("updateOpportunity", "opportunity { id }", id=ident, name="Mine")
        assert reasons(payload) == [("NOT_FOUND", "id")]
        assert payload["opportunity"] is None


async def test_a_deal_made_for_another_and_restricted_is_theirs_alone(world: World) -> None:
    """Rules 13 and 15: its creator does not see it, so does not follow."""
    for create, shown in (("createOpportunity", "opportunity"), ("createLead", "lead")):
        since = await head(world.bob)
        payload = await world.bob.do(
            create,
            f"{shown} {{ id }}",
            name="Secret",
            ownerId=world.carol.id,
            visibility="RESTRICTED",
        )
        assert (payload["userErrors"], payload[shown]) == ([], None)
        assert payload["cursor"] == await head(world.bob) != since
        data = await world.carol.ask("{ viewer { followedDeals { nodes { id } } } }")
        ident = data["viewer"]["followedDeals"]["nodes"][0]["id"]
        assert followers(await deal(world.carol, ident)) == {world.carol.id: "OWNER"}


async def test_a_deal_is_not_shared_with_the_inactive(world: World) -> None:
    """But those with whom it was may stay in the list."""
    ident = await factories.opportunity(world.bob, sharedWithIds=[world.dave.id])
    for user in (world.carol, world.dave):
        await world.alice.call("deactivateUser", id=user.id)
    both = [world.dave.id, world.carol.id]
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do("shareDeal", dealId=ident, userIds=both)
        assert reasons(payload) == [("INVALID", "userIds.1")]
        payload = await world.bob.do("updateOpportunity", id=ident, sharedWithIds=both)
        assert reasons(payload) == [("INVALID", "sharedWithIds.1")]
    payload = await world.bob.do("unshareDeal", dealId=ident, userIds=[world.dave.id])
    assert payload["userErrors"] == []


async def test_an_archived_deal_leaves_the_lists_and_stays_by_id(world: World) -> None:
    """Rule 27."""
    paula = await factories.contact(world.bob)
    deals = [await create(world.bob) for create in (factories.opportunity, factories.lead)]
    for ident in deals:
        await world.bob.do("setContact", dealId=ident, contactId=paula)
        before, since = await deal(world.bob, ident), await head(world.bob)
        assert (await world.bob.call("archiveDeal", id=ident))["userErrors"] == []
        after = await deal(world.carol, ident)
        [event] = await events(world.bob, ident, since)
        assert (event["kind"], event["at"]) == ("ARCHIVED", after["archivedAt"])
        assert followers(after) == followers(before)
        async with nothing_happens(world.bob, ident):
            payload = await world.bob.call("archiveDeal", id=ident)
            assert (payload["userErrors"], payload["cursor"]) == ([], None)
    nothing: Json = {"opportunities": {"nodes": []}, "leads": {"nodes": []}}
    everything = {
        field: {"nodes": [{"id": ident}]} for field, ident in zip(nothing, deals, strict=True)
    }
    assert await world.bob.ask(LISTS, archived=False) == nothing
    assert await world.bob.ask(LISTS, archived=True) == everything
    listed = await world.bob.ask(
        "query ($id: ID!) { contact(id: $id) { deals { totalCount } }"
        " viewer { followedDeals { totalCount } } }",
        id=paula,
    )
    assert listed["contact"]["deals"] == listed["viewer"]["followedDeals"] == {"totalCount": 0}
    for ident in deals:
        payload = await world.alice.call("restoreDeal", "deal { archivedAt }", id=ident)
        assert payload["deal"] == {"archivedAt": None}
        async with nothing_happens(world.bob, ident):
            payload = await world.alice.call("restoreDeal", id=ident)
            assert (payload["userErrors"], payload["cursor"]) == ([], None)
    assert await world.bob.ask(LISTS, archived=False) == everything
