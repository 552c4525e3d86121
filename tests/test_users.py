"""Which rights do the users of an organisation have, and who gives and takes them?"""

import asyncio

from models.enums import UserRole
from tests import factories
from tests.evidence import Json, deal, events, followers, head, nothing_happens, reasons, told
from tests.harness import Client, World

USER = "user { id role isActive }"
SIGHT = "query ($id: ID!) { deal(id: $id) { id } }"


async def _set_role(by: Client, user: Client, role: str) -> Json:
    return await by.call("setUserRole", USER, types="ID! UserRole!", id=user.id, role=role)


async def test_a_role_changes_what_its_user_may_do_at_once(world: World) -> None:
    """Rules 26 and 26a."""
    ident = await factories.opportunity(world.bob)
    payload = await _set_role(world.alice, world.dave, "MEMBER")
    assert payload["user"] == {"id": world.dave.id, "role": "MEMBER", "isActive": True}
    assert payload["cursor"] == await head(world.alice)
    assert (await world.dave.do("updateOpportunity", id=ident, name="Ours"))["userErrors"] == []
    await _set_role(world.alice, world.carol, "VIEWER")
    async with nothing_happens(world.bob, ident):
        payload = await world.carol.do("updateOpportunity", id=ident, name="Mine")
        assert [code for code, _ in reasons(payload)] == ["FORBIDDEN"]
        payload = await _set_role(world.alice, world.carol, "VIEWER")
        assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_only_admins_set_roles(world: World) -> None:
    """Rule 26a; of their own organisation."""
    since = await head(world.bob), await head(world.eve)
    for by, target, reason in (
        (world.bob, world.carol, ("FORBIDDEN", None)),
        (world.dave, world.dave, ("FORBIDDEN", None)),
        (world.alice, world.frank, ("NOT_FOUND", "id")),
    ):
        for payload in (
            await _set_role(by, target, "ADMIN"),
            await by.call("deactivateUser", USER, id=target.id),
            await by.call("reactivateUser", USER, id=target.id),
        ):
            assert reasons(payload) == [reason]
            assert (payload["user"], payload["cursor"]) == (None, None)
    assert (await head(world.bob), await head(world.eve)) == since


async def test_the_last_active_admin_stays(world: World) -> None:
    """Rule 26a: one who is deactivated does not count."""
    second = await world.invite("amir", UserRole.ADMIN)
    await world.alice.call("deactivateUser", id=second.id)
    since = await head(world.alice)
    payloads = [
        await _set_role(world.alice, world.alice, "MEMBER"),
        await world.alice.call("deactivateUser", USER, id=world.alice.id),
    ]
    for payload in payloads:
        assert reasons(payload) == [("INVALID", "id")]
        assert payload["user"] is None
    assert await head(world.alice) == since
    await world.alice.call("reactivateUser", id=second.id)
    assert (await _set_role(world.alice, world.alice, "MEMBER"))["userErrors"] == []


async def test_a_deactivated_users_deals_get_a_new_owner_in_the_same_act(world: World) -> None:
    """Rule 26a: restricted and archived ones too; the followings end (15)."""
    owned = [
        await factories.opportunity(world.bob),
        await factories.lead(world.bob, visibility="RESTRICTED"),
    ]
    archived = await factories.opportunity(world.bob)
    await world.bob.call("archiveDeal", id=archived)
    followed = await factories.opportunity(world.carol, subscriberIds=[world.bob.id])
    everything = [*owned, archived, followed]
    refused: list[tuple[Json, str]] = [
        ({}, "INVALID"),
        ({"reassignDealsTo": None}, "INVALID"),
        ({"reassignDealsTo": world.bob.id}, "INVALID"),
        ({"reassignDealsTo": world.dave.id}, "INVALID"),
        ({"reassignDealsTo": world.eve.id}, "NOT_FOUND"),
    ]
    async with nothing_happens(world.alice, *everything):
        for given, code in refused:
            payload = await world.alice.call(
                "deactivateUser", types="ID! ID", id=world.bob.id, **given
            )
            assert reasons(payload) == [(code, "reassignDealsTo")]
    since = await head(world.alice)
    payload = await world.alice.call(
        "deactivateUser", USER, id=world.bob.id, reassignDealsTo=world.carol.id
    )
    assert payload["user"] == {"id": world.bob.id, "role": "MEMBER", "isActive": False}
    for ident in (*owned, archived):
        after = await deal(world.carol, ident)
        assert after["owner"]["id"] == world.carol.id
        assert followers(after) == {world.carol.id: "OWNER"}
        [event] = await events(world.alice, ident, since)
        assert (event["kind"], event["actor"]["id"]) == ("OWNER_CHANGED", world.alice.id)
        assert set(told(event)) == {
            ("OWNER", world.bob.id, world.carol.id),
            ("SUBSCRIBER", world.bob.id, None),
            ("SUBSCRIBER", None, world.carol.id),
        }
    [event] = await events(world.alice, followed, since)
    assert (event["kind"], told(event)) == (
        "SUBSCRIBERS_CHANGED",
        [("SUBSCRIBER", world.bob.id, None)],
    )


async def test_the_deactivated_are_out_until_they_are_reactivated(world: World) -> None:
    """Rule 26a: and then with the rights they had, but not the followings."""
    ident = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    await world.alice.call("deactivateUser", id=world.carol.id)
    answer = await world.carol.answer("{ viewer { id } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    names = "{ users { nodes { fullName } } }"
    data = await world.alice.ask(names)
    assert [user["fullName"] for user in data["users"]["nodes"]] == ["Alice", "Bob", "Dave"]
    data = await world.alice.ask(
        "query ($id: ID!) { node(id: $id) { ... on User { isActive } } }", id=world.carol.id
    )
    assert data["node"] == {"isActive": False}
    async with nothing_happens(world.bob, ident):
        payload = await world.alice.call("deactivateUser", id=world.carol.id)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)
    payload = await world.alice.call("reactivateUser", USER, id=world.carol.id)
    assert payload["user"] == {"id": world.carol.id, "role": "MEMBER", "isActive": True}
    assert (await deal(world.carol, ident))["viewerSubscription"] is None
    async with nothing_happens(world.bob, ident):
        payload = await world.alice.call("reactivateUser", id=world.carol.id)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)


async def test_who_owns_deals_becomes_no_viewer(world: World) -> None:
    """Rule 26: an owner is an ADMIN or MEMBER."""
    ident = await factories.opportunity(world.bob)
    async with nothing_happens(world.alice, ident):
        payload = await _set_role(world.alice, world.bob, "VIEWER")
        assert reasons(payload) == [("INVALID", "id")]
    await world.bob.do("assignOwner", dealId=ident, userId=world.carol.id)
    assert (await _set_role(world.alice, world.bob, "VIEWER"))["userErrors"] == []


async def test_an_admin_who_is_one_no_more_loses_what_only_admins_see(world: World) -> None:
    """Rule 15: restricted deals and their following, and nothing of those shared with them."""
    second = await world.invite("amir", UserRole.ADMIN)
    hidden, shared = [
        await factories.opportunity(
            world.bob, visibility="RESTRICTED", sharedWithIds=with_, subscriberIds=[second.id]
        )
        for with_ in ([], [second.id])
    ]
    since = await head(world.alice)
    await _set_role(world.alice, second, "MEMBER")
    assert (await second.ask(SIGHT, id=hidden))["deal"] is None
    assert followers(await deal(world.bob, hidden)) == {world.bob.id: "CREATED"}
    [event] = await events(world.alice, hidden, since)
    assert told(event) == [("SUBSCRIBER", second.id, None)]
    assert followers(await deal(second, shared)).keys() == {world.bob.id, second.id}
    assert await events(world.alice, shared, since) == []


async def test_of_two_admins_who_dismiss_each_other_at_once_one_stays(world: World) -> None:
    """Rule 26a."""
    second = await world.invite("amir", UserRole.ADMIN)
    for _ in range(4):
        payloads = await asyncio.gather(
            _set_role(world.alice, second, "MEMBER"), _set_role(second, world.alice, "MEMBER")
        )
        assert sorted(len(reasons(payload)) for payload in payloads) == [0, 1]
        stays, leaves = (world.alice, second) if not reasons(payloads[0]) else (second, world.alice)
        assert (await _set_role(stays, leaves, "ADMIN"))["userErrors"] == []
