"""What does a mutation do that is sent again under the same key? Nothing but answer."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models import IdempotencyKey, User
from resolvers import idempotency
from tests import factories
from tests.evidence import Json, events, head, nothing_happens, reasons
from tests.harness import World

_CREATED = "opportunity { id name version }"


async def test_a_replay_does_nothing_and_shows_the_state_of_today(world: World) -> None:
    """Rule 30: with the first one's cursor, and looked up before expectedVersion."""
    ident = await factories.opportunity(world.bob)
    rename = {"id": ident, "name": "Renewal", "expectedVersion": 1, "idempotencyKey": "k"}
    first = await world.bob.do("updateOpportunity", _CREATED, **rename)
    assert first["opportunity"] == {"id": ident, "name": "Renewal", "version": 2}
    await world.carol.do("updateOpportunity", id=ident, name="Ours")
    async with nothing_happens(world.bob, ident):
        again = await world.bob.do("updateOpportunity", _CREATED, **rename)
    assert (again["userErrors"], again["cursor"]) == ([], first["cursor"])
    assert again["opportunity"] == {"id": ident, "name": "Ours", "version": 3}


async def test_every_mutation_with_a_key_is_done_once(world: World) -> None:
    """Rule 30."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    stages = await factories.stages(world.bob)
    ident, lead = await factories.opportunity(world.bob), await factories.lead(world.bob)
    here, own = {"dealId": ident}, {"id": ident}
    users = {**here, "userIds": [world.carol.id]}
    asked: list[tuple[str, Json]] = [
        ("createOpportunity", {"name": "New", "amount": {"amount": "1.50", "currency": "EUR"}}),
        ("createLead", {"name": "New"}),
        ("createContact", {"fullName": "Ivan"}),
        ("updateOpportunity", {**own, "name": "Next"}),
        ("moveOpportunity", {**own, "stageId": stages["Proposal"]}),
        ("updateLead", {"id": lead, "name": "Next"}),
        ("convertLead", {"id": lead}),
        ("shareDeal", users),
        ("unshareDeal", users),
        ("setContact", {**here, "contactId": paula}),
        ("addParticipants", {**here, "participants": [{"contactId": claire}]}),
        ("updateParticipant", {**here, "contactId": claire, "label": "CFO"}),
        ("removeParticipants", {**here, "contactIds": [claire]}),
        ("changeRoles", {**here, "setContact": claire}),
        ("updateContact", {"id": paula, "jobTitle": "CFO"}),
        ("sendMessage", {**here, "to": ["a@b.example"], "cc": [], "subject": "Hi", "body": "Hi"}),
        ("recordContribution", {**here, "contactId": claire, "kind": "CALL", "body": "Hi"}),
        ("assignOwner", {**here, "userId": world.carol.id}),
    ]
    for mutation, given in asked:
        # One key for all: it belongs to the mutation, too.
        first = await world.bob.do(mutation, **given, idempotencyKey="k")
        assert (first["userErrors"], first["cursor"]) == ([], await head(world.bob)), mutation
        async with nothing_happens(world.bob, ident, lead):
            again = await world.bob.do(mutation, **given, idempotencyKey="k")
            assert (again["userErrors"], again["cursor"]) == ([], first["cursor"]), mutation
    data = await world.bob.ask("{ opportunities { totalCount } leads { totalCount } }")
    assert data == {"opportunities": {"totalCount": 3}, "leads": {"totalCount": 1}}


async def test_another_input_under_the_key_is_refused(world: World) -> None:
    """Rule 30; the same amount in other words, and other order, is the same input."""
    given: Json = {"name": "New", "amount": {"amount": "1.5", "currency": "EUR"}}
    first = await world.bob.do("createOpportunity", _CREATED, **given, idempotencyKey="k")
    ident = first["opportunity"]["id"]
    async with nothing_happens(world.bob, ident):
        same = {"amount": {"currency": "EUR", "amount": "1.50"}, "name": "New"}
        again = await world.bob.do("createOpportunity", _CREATED, **same, idempotencyKey="k")
        assert again["opportunity"]["id"] == ident
        for other in ({"name": "Newer"}, {"expectedCloseDate": None}, {"silent": True}):
            payload = await world.bob.do(
                "createOpportunity", _CREATED, **{**given, **other}, idempotencyKey="k"
            )
            assert reasons(payload) == [("KEY_REUSED", "idempotencyKey")], other
            assert (payload["opportunity"], payload["cursor"]) == (None, None)


async def test_a_key_belongs_to_its_user_and_mutation(world: World) -> None:
    """Rule 30."""
    created = {
        (await by.do("createOpportunity", _CREATED, name=name, idempotencyKey="k"))["opportunity"][
            "id"
        ]
        for by, name in ((world.bob, "Bob's"), (world.carol, "Carol's"), (world.eve, "Eve's"))
    }
    assert len(created) == 3
    payload = await world.bob.do("createLead", name="New", idempotencyKey="k")
    assert payload["userErrors"] == []


async def test_a_refusal_leaves_the_key_free(world: World) -> None:
    for given, reason in (({"name": " "}, [("INVALID", "name")]), ({"name": "New"}, [])):
        payload = await world.bob.do("createLead", **given, idempotencyKey="k")
        assert reasons(payload) == reason


async def test_a_key_is_kept_for_what_changed_nothing_too(world: World) -> None:
    """Rule 30: the replay does not do later what there was nothing to do for at first."""
    paula, claire = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    ident = await factories.opportunity(world.bob, contactId=paula)
    keep = {"dealId": ident, "contactId": paula, "idempotencyKey": "k"}
    assert (await world.bob.do("setContact", **keep))["cursor"] is None
    await world.bob.do("setContact", dealId=ident, contactId=claire)
    async with nothing_happens(world.bob, ident):
        payload = await world.bob.do("setContact", "deal { contact { id } }", **keep)
        assert (payload["userErrors"], payload["cursor"]) == ([], None)
        assert payload["deal"] == {"contact": {"id": claire}}


async def test_a_replay_asks_for_sight_again(world: World) -> None:
    """Rules 26 and 30: of a deal out of sight it is told what is told of any other."""
    ident = await factories.opportunity(world.bob)
    rename = {"id": ident, "name": "Ours", "idempotencyKey": "k"}
    assert (await world.carol.do("updateOpportunity", **rename))["userErrors"] == []
    created = await world.carol.do("createLead", "lead { id }", name="New", idempotencyKey="k")
    lead = created["lead"]["id"]
    await world.alice.do("assignOwner", dealId=lead, userId=world.bob.id)
    await world.bob.do("updateOpportunity", id=ident, visibility="RESTRICTED")
    await world.bob.do("updateLead", id=lead, visibility="RESTRICTED")
    async with nothing_happens(world.bob, ident, lead):
        payload = await world.carol.do("updateOpportunity", _CREATED, **rename)
        assert reasons(payload) == [("NOT_FOUND", "id")]
        assert (payload["opportunity"], payload["cursor"]) == (None, None)
        payload = await world.carol.do("createLead", "lead { id }", name="New", idempotencyKey="k")
        assert [code for code, _ in reasons(payload)] == ["NOT_FOUND"]
        assert (payload["lead"], payload["cursor"]) == (None, None)


async def test_a_key_has_a_bearable_length(world: World) -> None:
    since = await head(world.bob)
    for key in ("", "   ", "x" * 201, "x" * 10_000):
        payload = await world.bob.do("createLead", name="New", idempotencyKey=key)
        assert reasons(payload) == [("INVALID", "idempotencyKey")]
    assert await head(world.bob) == since


@pytest.mark.parametrize("mutation", ["setContact", "convertLead", "createOpportunity"])
async def test_several_at_once_under_one_key_do_it_once(world: World, mutation: str) -> None:
    """Rule 30: the others are replays, also where what the first one did would refuse them."""
    paula = await factories.contact(world.bob)
    for attempt in range(8):
        lead = await factories.lead(world.bob)
        given: dict[str, Json] = {
            "setContact": {"dealId": lead, "contactId": paula, "expectedVersion": 1},
            "convertLead": {"id": lead, "expectedVersion": 1},
            "createOpportunity": {"name": f"New {attempt}"},
        }
        asked = {**given[mutation], "idempotencyKey": f"k{attempt}"}
        since = await head(world.bob)
        payloads = await asyncio.gather(*(world.bob.do(mutation, **asked) for _ in range(4)))
        assert [reasons(payload) for payload in payloads] == [[]] * 4, attempt
        cursors = {payload["cursor"] for payload in payloads}
        assert cursors == {await head(world.bob)} != {since}
        written = 0 if mutation == "createOpportunity" else 1
        assert len(await events(world.bob, lead, since)) == written
    data = await world.bob.ask("{ opportunities { totalCount } leads { totalCount } }")
    assert {kind: found["totalCount"] for kind, found in data.items()} == {
        "setContact": {"opportunities": 0, "leads": 8},
        "convertLead": {"opportunities": 8, "leads": 0},
        "createOpportunity": {"opportunities": 8, "leads": 8},
    }[mutation]


async def test_a_key_lives_a_day(world: World) -> None:
    """Rule 30."""
    given = {"name": "New", "idempotencyKey": "k"}
    idents = []
    for hours in (23.9, 24.1, 0):
        payload = await world.bob.do("createOpportunity", _CREATED, **given)
        idents.append(payload["opportunity"]["id"])
        written = datetime.now(UTC) - timedelta(hours=hours)
        await IdempotencyKey.all().update(created_at=written)
    assert idents[0] == idents[1] != idents[2]


async def test_keys_past_their_lifetime_are_purged_and_all_others_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 30; a few at a time, and only those that nobody can look up any more."""
    monkeypatch.setattr(idempotency, "_BATCH", 2)
    bob = await User.get(id=world.bob.id)
    ages = (0, 23.9, 24.5, 25.1, 26, 48, 100)
    for hours in ages:
        await IdempotencyKey.create(
            organisation_id=bob.organisation_id,
            user_id=bob.id,
            mutation="updateOpportunity",
            key=f"of {hours} hours",
            input_hash="",
            created_at=datetime.now(UTC) - timedelta(hours=hours),
        )
    assert await idempotency.purge() == 4
    left = {row.key async for row in IdempotencyKey.all()}
    assert left == {"of 0 hours", "of 23.9 hours", "of 24.5 hours"}
    assert await idempotency.purge() == 0
