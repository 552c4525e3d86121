"""When does a stream end because its viewer may hear no more? At that place in the log."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from websockets.exceptions import ConnectionClosed

from models import Subscriber
from models.enums import UserRole
from realtime import audit
from tests import factories
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL
from tests.harness import SECRET, Client, Live, World


async def _closed(live: Live) -> int:
    with pytest.raises(ConnectionClosed) as closing:
        await live.message()
    assert closing.value.rcvd is not None
    return closing.value.rcvd.code


async def test_following_and_leaving_take_effect_on_open_streams(world: World) -> None:
    deal = await factories.opportunity(world.bob)
    async with world.carol.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        await world.carol.do("subscribe", dealId=deal)
        item = await live.next()
        assert (item["kind"], item["deal"]["id"]) == ("CHANGED", deal)
        left = await world.carol.call("unsubscribe", dealId=deal)
        item = await live.next()
        assert (item["kind"], item["cursor"]) == ("REMOVED", left["cursor"])
        assert item["event"]["kind"] == "SUBSCRIBERS_CHANGED"


async def test_an_archived_deal_leaves_the_followed_and_comes_back_restored(world: World) -> None:
    """Rule 27."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with (
        world.carol.follow(FOLLOW_ALL) as all_,
        world.carol.follow(FOLLOW_DEAL, dealId=deal) as one,
    ):
        await all_.until("READY")
        await one.until("READY")
        await world.bob.call("archiveDeal", id=deal)
        gone, still = await all_.next(), await one.next()
        assert (gone["kind"], gone["event"]["kind"]) == ("REMOVED", "ARCHIVED")
        assert still["kind"] == "CHANGED" and still["deal"]["archivedAt"] is not None
        await world.bob.call("restoreDeal", id=deal)
        back = await all_.next()
        assert (back["kind"], back["event"]["kind"]) == ("CHANGED", "RESTORED")
        assert back["deal"]["archivedAt"] is None


async def test_an_admin_who_is_one_no_more_loses_restricted_deals_at_that_place(
    world: World,
) -> None:
    second = await world.invite("amir", UserRole.ADMIN)
    deal = await factories.opportunity(
        world.bob, visibility="RESTRICTED", subscriberIds=[second.id]
    )
    async with second.follow(FOLLOW_ALL) as all_, second.follow(FOLLOW_DEAL, dealId=deal) as one:
        await all_.until("READY")
        await one.until("READY")
        await world.alice.call("setUserRole", id=second.id, role="MEMBER", types="ID! UserRole!")
        for live in (all_, one):
            item = await live.next()
            assert (item["kind"], item["dealId"], item["event"]) == ("REMOVED", deal, None)
        assert (await one.message())["type"] == "complete"


async def test_a_deactivated_users_sockets_are_closed_for_good(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        payload = await world.alice.call("deactivateUser", "user { isActive }", id=world.carol.id)
        assert payload["user"] == {"isActive": False}
        await world.bob.do("updateOpportunity", id=deal, name="Unheard")
        assert await _closed(live) == 4401
    answer = await world.carol.answer("{ viewer { id } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_levels_of_rights_follow_the_role_on_a_live_socket(world: World) -> None:
    """Rule 26: the right to edit is the viewer's of now, not of when the socket was opened."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live:
        [snapshot, _] = await live.until("READY")
        assert snapshot["deal"]["viewerCanEdit"] is True
        await world.alice.call(
            "setUserRole", id=world.carol.id, role="VIEWER", types="ID! UserRole!"
        )
        await world.bob.do("updateOpportunity", id=deal, name="Next")
        assert (await live.next())["deal"]["viewerCanEdit"] is False


async def test_two_organisations_hear_nothing_of_each_other(world: World) -> None:
    async with world.eve.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        await factories.opportunity(world.bob)
        own = await factories.opportunity(world.eve)
        assert (await live.next())["deal"]["id"] == own


def _token(email: str, key: str = SECRET, algorithm: str = "HS256", **claims: object) -> str:
    now = datetime.now(UTC)
    return jwt.encode(
        {"sub": email, "iat": now, "exp": now + timedelta(hours=1), **claims}, key, algorithm
    )


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (_token("bob@acme.example", exp=datetime.now(UTC) - timedelta(hours=1)), 4403),
        (_token("bob@acme.example", key="another secret, just as long as that one"), 4401),
        (_token("bob@acme.example", key="", algorithm="none"), 4401),
        (_token("nobody@acme.example"), 4401),
        ("nonsense", 4401),
        (_token("bob@acme.example", exp="9999999999"), 4401),
        (_token("bob@acme.example", exp=10**30), 4401),
    ],
    ids=["ended", "forged", "of no algorithm", "of nobody", "no token", "of no time", "of no end"],
)
async def test_a_token_that_is_not_good_opens_nothing(world: World, token: str, code: int) -> None:
    stranger = Client(world, token, "")
    answer = await stranger.answer("{ viewer { id } }")
    assert answer.get("data") is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    with pytest.raises(ConnectionClosed) as closing:
        async with stranger.socket():
            pass
    assert closing.value.rcvd is not None and closing.value.rcvd.code == code


async def test_a_sign_out_everywhere_ends_sockets_and_tokens_from_before_it(world: World) -> None:
    """Rule 26a."""
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live:
        await live.until("READY")
        payload = await world.carol.call("signOutEverywhere", "user { id }")
        assert payload["user"] == {"id": world.carol.id}
        await world.bob.do("updateOpportunity", id=deal, name="Unheard")
        assert await _closed(live) == 4401
    answer = await world.carol.answer("{ viewer { id } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    back = Client(world, world.tokens.issue("carol@acme.example"), world.carol.id)
    async with back.follow(FOLLOW_ALL) as live:
        assert (await live.next())["deal"]["name"] == "Unheard"
    without_time = jwt.encode(
        {"sub": "carol@acme.example", "exp": datetime.now(UTC) + timedelta(hours=1)}, SECRET
    )
    answer = await Client(world, without_time, "").answer("{ viewer { id } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_admins_sign_out_anyone_and_others_only_themselves(world: World) -> None:
    refused = await world.bob.call("signOutEverywhere", userId=world.carol.id)
    assert [error["code"] for error in refused["userErrors"]] == ["FORBIDDEN"]
    foreign = await world.alice.call("signOutEverywhere", userId=world.eve.id)
    assert [error["code"] for error in foreign["userErrors"]] == ["NOT_FOUND"]
    await world.carol.ask("{ viewer { id } }")
    assert (await world.alice.call("signOutEverywhere", userId=world.carol.id))["userErrors"] == []
    answer = await world.carol.answer("{ viewer { id } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_following_that_ends_behind_the_logs_back_is_found_and_closed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The periodic check against the database fails closed."""
    monkeypatch.setattr(audit, "_ROUND", 0.0)
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    async with world.carol.follow(FOLLOW_ALL) as live, world.bob.follow(FOLLOW_ALL) as other:
        await live.until("READY")
        await other.until("READY")
        await Subscriber.filter(deal_id=deal, user_id=world.carol.id).delete()
        assert await _closed(live) == 1013
        payload = await world.bob.do("updateOpportunity", id=deal, name="Next")
        assert (await other.next())["cursor"] == payload["cursor"]
