"""How do several role changes become one act? With `changeRoles`, which can also only say what it would do."""

from typing import Any

from models.enums import UserRole
from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import (
    Json,
    deal,
    events,
    followers,
    head,
    nothing_happens,
    outside,
    reasons,
    told,
)
from tests.harness import Client, World

_SELECTION = "deal { id version } warnings changes { field before after } wouldNotify { id }"
_NEVER_NULL = (
    "setContact",
    "clearContact",
    "addParticipants",
    "removeParticipants",
    "addSubscribers",
    "removeSubscribers",
    "dryRun",
)


async def _change(by: Client, **given: Any) -> Json:
    return await by.do("changeRoles", _SELECTION, **given)


async def test_all_three_roles_change_in_one_event(world: World) -> None:
    """Rules 2 and 8."""
    paula, claire, ivan = [
        await factories.contact(world.bob, name) for name in ("Paula", "Claire", "Ivan")
    ]
    ident = await factories.opportunity(
        world.bob,
        contactId=paula,
        participants=[{"contactId": claire}],
        subscriberIds=[world.alice.id],
    )
    before, since = await deal(world.bob, ident), await head(world.bob)
    payload = await _change(
        world.bob,
        dealId=ident,
        setContact=claire,
        addParticipants=[
            {"contactId": ivan, "role": "EVALUATOR"},
            {"contactId": paula, "label": "Head"},
        ],
        addSubscribers=[world.carol.id, world.dave.id],
        removeSubscribers=[world.alice.id],
        expectedVersion=before["version"],
    )
    assert (payload["userErrors"], payload["warnings"]) == ([], [])
    after = await deal(world.bob, ident)
    assert outside(after) == (claire, {ivan: ("EVALUATOR", None), paula: ("OTHER", "Head")})
    assert followers(after) == {
        world.bob.id: "CREATED",
        world.carol.id: "ADDED_BY",
        world.dave.id: "ADDED_BY",
    }
    assert (after["version"], after["revision"]) == (before["version"] + 1, before["revision"] + 1)
    [event] = await events(world.bob, ident, since)
    assert event["kind"] == "CONTACT_CHANGED"
    assert told(event) == told(payload)
    assert sorted(told(event), key=str) == sorted(
        [
            ("CONTACT", paula, claire),
            ("PARTICIPANT", claire, None),
            ("PARTICIPANT", None, paula),
            ("PARTICIPANT", None, ivan),
            ("SUBSCRIBER", None, world.carol.id),
            ("SUBSCRIBER", None, world.dave.id),
            ("SUBSCRIBER", world.alice.id, None),
        ],
        key=str,
    )


async def test_a_dry_run_tells_what_would_change_and_changes_nothing(world: World) -> None:
    """Rule 8: the difference, and who would be notified; the real run then does just that."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(world.bob, contactId=paula, subscriberIds=[world.carol.id])
    asked = {"dealId": ident, "setContact": claire, "addSubscribers": [world.dave.id]}
    async with world.carol.follow(FOLLOW_DEAL, dealId=ident) as live:
        await live.until("READY")
        async with nothing_happens(world.bob, ident):
            tried = await _change(world.bob, **asked, dryRun=True, idempotencyKey="k")
        assert (tried["userErrors"], tried["cursor"]) == ([], None)
        assert tried["deal"] == {"id": ident, "version": 1}
        real = await _change(world.bob, **asked, idempotencyKey="k")
        item = await live.next()
    assert item["cursor"] == real["cursor"]
    assert told(tried) == told(real) == told(item["event"])
    assert told(real) == [
        ("CONTACT", paula, claire),
        ("PARTICIPANT", None, paula),
        ("SUBSCRIBER", None, world.dave.id),
    ]
    assert tried["wouldNotify"] == real["wouldNotify"]
    assert [user["id"] for user in real["wouldNotify"]] == [world.carol.id, world.dave.id]


async def test_levels_and_importance_decide_who_would_be_notified(world: World) -> None:
    """Rules 16 and 18: never the actor."""
    paula = await factories.contact(world.bob)
    by_level = {"ALL": world.carol, "IMPORTANT": world.dave}
    for level in ("MENTIONS", "MUTED"):
        by_level[level] = await world.invite(level.lower(), UserRole.MEMBER)
    ident = await factories.opportunity(world.bob)
    for level, user in by_level.items():
        await user.do("subscribe", dealId=ident, level=level)
    cases: list[tuple[Json, set[str]]] = [
        ({"setContact": paula}, {"ALL", "IMPORTANT"}),
        ({"addParticipants": [{"contactId": paula}]}, {"ALL"}),
        ({"removeSubscribers": [world.dave.id]}, {"ALL"}),
        ({"addSubscribers": [world.bob.id]}, set()),
        ({}, set()),
    ]
    for given, levels in cases:
        payload = await _change(world.bob, dealId=ident, **given, dryRun=True)
        notified = {user["id"] for user in payload["wouldNotify"]}
        assert notified == {by_level[level].id for level in levels}, given
    # The actor hears nothing, whoever that is.
    payload = await _change(world.carol, dealId=ident, setContact=paula, dryRun=True)
    assert {user["id"] for user in payload["wouldNotify"]} == {world.bob.id, world.dave.id}


async def test_one_bad_part_leaves_the_rest_undone(world: World) -> None:
    """Rule 8: one transaction."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(
        world.bob, contactId=paula, visibility="RESTRICTED", sharedWithIds=[world.dave.id]
    )
    async with nothing_happens(world.bob, ident):
        payload = await _change(
            world.bob,
            dealId=ident,
            setContact=claire,
            addParticipants=[{"contactId": paula, "role": "CHAMPION"}],
            addSubscribers=[world.dave.id, world.carol.id],
        )
        assert reasons(payload) == [("NO_SIGHT", "addSubscribers.1")]
        assert "Carol" in payload["userErrors"][0]["message"]
        assert (payload["deal"], payload["changes"], payload["cursor"]) == (None, [], None)


async def test_contradictions_and_nulls_are_refused(world: World) -> None:
    """Rules 3 and 29: only clearContact clears."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(world.bob, contactId=paula)
    somebody = [{"contactId": claire}]
    cases: list[tuple[Json, tuple[str, str]]] = [
        ({"setContact": claire, "clearContact": True}, ("INVALID", "clearContact")),
        (
            {"addParticipants": somebody, "removeParticipants": [claire]},
            ("INVALID", "removeParticipants"),
        ),
        (
            {"addSubscribers": [world.carol.id], "removeSubscribers": [world.carol.id]},
            ("INVALID", "removeSubscribers"),
        ),
        (
            {"setContact": claire, "addParticipants": somebody},
            ("ALREADY_CONTACT", "addParticipants.0.contactId"),
        ),
        (
            {"addParticipants": [{"contactId": paula}]},
            ("ALREADY_CONTACT", "addParticipants.0.contactId"),
        ),
    ]
    cases += [({field: None}, ("INVALID", field)) for field in _NEVER_NULL]
    async with nothing_happens(world.bob, ident):
        for given, reason in cases:
            assert reasons(await _change(world.bob, dealId=ident, **given)) == [reason], given


async def test_clearing_the_contact_warns(world: World) -> None:
    """Rule 4."""
    paula = await factories.contact(world.bob)
    kept = {"REMOVE": {}, "KEEP_AS_PARTICIPANT": {paula: ("OTHER", None)}}
    for fate, participants in kept.items():
        ident = await factories.opportunity(world.bob, contactId=paula)
        payload = await _change(world.bob, dealId=ident, clearContact=True, previousContact=fate)
        assert (payload["userErrors"], payload["warnings"]) == ([], ["NO_DEFAULT_RECIPIENT"])
        assert outside(await deal(world.bob, ident)) == (None, participants)


async def test_what_stands_already_is_no_event(world: World) -> None:
    """Rule 30, whatever expectedVersion says."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(
        world.bob, contactId=paula, participants=[{"contactId": claire, "label": "CFO"}]
    )
    cases: list[Json] = [
        {},
        {"setContact": paula},
        {"addParticipants": [{"contactId": claire, "label": "CFO"}]},
        {"removeParticipants": [await factories.contact(world.bob, "Ivan")]},
        {"addSubscribers": [world.bob.id]},
        {"removeSubscribers": [world.carol.id]},
    ]
    async with nothing_happens(world.bob, ident):
        for given in cases:
            payload = await _change(world.bob, dealId=ident, **given, expectedVersion=99)
            assert (payload["userErrors"], payload["cursor"]) == ([], None), given
            assert (payload["changes"], payload["wouldNotify"]) == ([], []), given
