"""Does the log tell all? Old snapshot + delivered events = fresh snapshot, for every mutation (design 2 and 3)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from models.enums import UserRole
from realtime.cursors import LogCursor
from resolvers import mail_queue
from resolvers.log import Edit, Log
from resolvers.mail import Refusal, Refusals
from schema.schema import schema
from tests import factories
from tests.documents import CONVERSATION, DEAL, EVENT, FOLLOW_NOTIFICATIONS
from tests.grounds import Grounds, Ids
from tests.harness import Client, Live, World
from tests.statements import OF_MUTATIONS, statements

Json = dict[str, Any]

FOLLOW = f"""subscription {{ followedDealUpdates {{
  kind cursor dealId event {{ ...E message {{ id status }} contribution {{ id }} }}
  deal {{
    ...D ...C comments {{ nodes {{ id body editedAt mentions {{ id }} }} }}
    viewerSubscription {{ level reason lastSeenAt unseenChanges {{ field before after }} }}
  }}
}} }} {DEAL} {CONVERSATION} {EVENT}"""


INBOX = "{ notifications(first: 100) { unreadDealCount nodes { id readAt snoozedUntil } } }"
# Rule 28.
UNVERSIONED = {
    *("SUBSCRIBERS_CHANGED", "CONTACT_EDITED"),
    *("MESSAGE_SENT", "MESSAGE_DELIVERED", "MESSAGE_FAILED", "MESSAGE_RECEIVED"),
    *("CONTRIBUTION_RECORDED", "COMMENTED", "COMMENT_EDITED", "COMMENT_DELETED"),
}
REFUSED = {"ann@customer.example": Refusal("550 no such user", is_passing=False)}


@dataclass(frozen=True)
class Case:
    """One mutation: who does it, and the kind of the one event it writes about `deal` (None: none)."""

    mutation: str
    kind: str | None
    act: Callable[[World, Ids], Awaitable[Json]]
    label: str = ""

    @property
    def name(self) -> str:
        return f"{self.mutation} {self.label}".strip()


def _do(mutation: str, by: str = "bob", **given: Any) -> Callable[[World, Ids], Awaitable[Json]]:
    """Words in braces stand for ids."""

    def filled(value: Any, ids: Ids) -> Any:
        if isinstance(value, str):
            return value.format(**ids) if value.startswith("{") else value
        if isinstance(value, list):
            return [filled(part, ids) for part in value]
        if isinstance(value, dict):
            return {name: filled(part, ids) for name, part in value.items()}
        return value

    async def act(world: World, ids: Ids) -> Json:
        client: Client = getattr(world, by)
        arguments = {name: filled(value, ids) for name, value in given.items()}
        if types := arguments.pop("types", None):
            return await client.call(mutation, "", types=types, **arguments)
        return await client.do(mutation, **arguments)

    return act


def _case(mutation: str, kind: str | None, label: str = "", /, **given: Any) -> Case:
    return Case(mutation, kind, _do(mutation, **given), label)


DEAL_ID = {"dealId": "{deal}"}
ID = {"id": "{deal}"}
CASES = [
    _case("createOpportunity", "CREATED", name="New", subscriberIds=["{carol}", "{alice}"], contactId="{ann}"),
    _case("createLead", "CREATED", name="New", source="Fair", subscriberIds=["{carol}", "{alice}"]),
    _case("updateOpportunity", "UPDATED", "all fields", **ID, name="Next", probability=55,
          amount={"amount": "12.5", "currency": "EUR"}, expectedCloseDate="2027-01-31"),
    _case("updateOpportunity", "UPDATED", "cleared", id="{rich}", amount=None, expectedCloseDate=None),
    _case("updateOpportunity", "VISIBILITY_CHANGED", "restricted", **ID, visibility="RESTRICTED"),
    _case("updateOpportunity", "VISIBILITY_CHANGED", "restricted and shared", **ID,
          visibility="RESTRICTED", sharedWithIds=["{carol}"]),
    _case("updateOpportunity", None, "nothing new", **ID, name="Enterprise contract"),
    _case("moveOpportunity", "STAGE_CHANGED", **ID, stageId="{Proposal}"),
    _case("moveOpportunity", "WON", "won", **ID, stageId="{Closed Won}"),
    _case("moveOpportunity", "LOST", "lost", **ID, stageId="{Closed Lost}", lostReason="Price"),
    _case("moveOpportunity", "REOPENED", "reopened", id="{won}", stageId="{Proposal}"),
    _case("updateLead", "UPDATED", id="{lead}", leadStatus="QUALIFIED", company="Zed", source=None),
    _case("convertLead", "CONVERTED", id="{lead}", amount={"amount": 7, "currency": "JPY"}),
    _case("undoConversion", "CONVERSION_UNDONE", id="{converted}", types="ID!"),
    _case("assignOwner", "OWNER_CHANGED", **DEAL_ID, userId="{carol}"),
    _case("assignOwner", "OWNER_CHANGED", "out of one's own sight", dealId="{hidden}", userId="{alice}"),
    _case("shareDeal", "VISIBILITY_CHANGED", **DEAL_ID, userIds=["{dave}", "{carol}"]),
    _case("unshareDeal", "VISIBILITY_CHANGED", dealId="{hidden}", userIds=["{carol}"]),
    _case("archiveDeal", "ARCHIVED", **ID, types="ID!"),
    _case("restoreDeal", "RESTORED", id="{archived}", types="ID!"),
    _case("setContact", "CONTACT_CHANGED", "kept", **DEAL_ID, contactId="{ben}"),
    _case("setContact", "CONTACT_CHANGED", "removed", **DEAL_ID, contactId="{cleo}", previousContact="REMOVE"),
    _case("setContact", "CONTACT_CHANGED", "cleared", **DEAL_ID, contactId=None),
    _case("setContact", None, "the same", **DEAL_ID, contactId="{ann}"),
    _case("addParticipants", "PARTICIPANTS_CHANGED", **DEAL_ID,
          participants=[{"contactId": "{cleo}", "role": "CHAMPION"}, {"contactId": "{ben}", "label": "CFO"}]),
    _case("updateParticipant", "PARTICIPANTS_CHANGED", **DEAL_ID, contactId="{ben}", role="EVALUATOR", label="IT"),
    _case("removeParticipants", "PARTICIPANTS_CHANGED", **DEAL_ID, contactIds=["{ben}"]),
    _case("addSubscribers", "SUBSCRIBERS_CHANGED", **DEAL_ID, userIds=["{dave}"]),
    _case("removeSubscribers", "SUBSCRIBERS_CHANGED", **DEAL_ID, userIds=["{carol}"]),
    _case("subscribe", "SUBSCRIBERS_CHANGED", by="dave", **DEAL_ID),
    _case("subscribe", None, "another level", by="carol", **DEAL_ID, level="MUTED"),
    _case("unsubscribe", "SUBSCRIBERS_CHANGED", by="carol", **DEAL_ID, types="ID!"),
    _case("markDealSeen", None, "another level", by="carol", **DEAL_ID, types="ID!"),
    _case("changeRoles", "CONTACT_CHANGED", **DEAL_ID, setContact="{ben}", addParticipants=[{"contactId": "{cleo}"}],
          addSubscribers=["{dave}"], removeSubscribers=["{carol}"]),
    _case("changeRoles", None, "dry run", **DEAL_ID, setContact="{ben}", dryRun=True),
    _case("addComment", "COMMENTED", by="alice", **DEAL_ID, body="Well done", mentionIds=["{dave}", "{carol}"]),
    _case("editComment", "COMMENT_EDITED", id="{comment}", body="Better", mentionIds=["{dave}"]),
    _case("editComment", None, "the same", id="{comment}", body="Said"),
    _case("deleteComment", "COMMENT_DELETED", by="alice", id="{comment}", types="ID!"),
    _case("markNotificationsRead", None, by="carol", all=True, types="Boolean"),
    _case("snoozeNotifications", None, by="carol", ids=["{note}"], until="2100-01-01T00:00:00Z",
          types="[ID!]! DateTime"),
    _case("createContact", None, fullName="Nobody yet"),
    _case("updateContact", "CONTACT_EDITED", id="{ann}", jobTitle="Head of purchasing"),
    _case("archiveContact", "CONTACT_CHANGED", id="{ann}", types="ID!"),
    _case("restoreContact", None, id="{gone}", types="ID!"),
    _case("mergeContacts", "CONTACT_CHANGED", by="alice", **{"from": "{ann}", "into": "{cleo}"}),
    _case("mergeContacts", "PARTICIPANTS_CHANGED", "both stand", by="alice", **{"from": "{ben}", "into": "{ann}"}),
    _case("mergeContacts", None, "dry run", by="alice", **{"from": "{ann}", "into": "{cleo}"}, dryRun=True),
    _case("sendMessage", "MESSAGE_SENT", **DEAL_ID, to=["{ann_email}"], cc=["{ben_email}"], subject="Hi", body="Hi"),
    _case("sendMessage", "MESSAGE_SENT", "answer", **DEAL_ID, to=["{ann_email}"], cc=[], subject="Re: Hi", body="Hi",
          inReplyTo="{came}"),
    _case("retryMessage", "MESSAGE_SENT", id="{failed}", types="ID!"),
    _case("retryMessage", None, "on its way", id="{pending}", types="ID!"),
    _case("recordContribution", "MESSAGE_RECEIVED", **DEAL_ID, contactId="{ann}", kind="MESSAGE", body="No",
          inReplyTo="{failed}"),
    _case("recordContribution", "CONTRIBUTION_RECORDED", "call", **DEAL_ID, contactId="{ben}", kind="CALL",
          direction="OUTBOUND", body="He agrees", at="2026-01-31T12:00:00Z"),
    _case("setUserRole", "SUBSCRIBERS_CHANGED", "sight lost", by="alice", id="{amir}", role="MEMBER",
          types="ID! UserRole!"),
    _case("deactivateUser", "OWNER_CHANGED", by="alice", id="{olga}", reassignDealsTo="{carol}", types="ID! ID"),
    _case("reactivateUser", None, by="alice", id="{former}", types="ID!"),
    _case("signOutEverywhere", None, by="alice", userId="{dave}", types="ID"),
]  # fmt: skip


async def _deliver(refusals: Refusals) -> Json:
    """What the mail queue does with the message that waits, as the mail server has it."""
    message = await mail_queue.claim()
    assert message is not None
    await mail_queue.record(message, refusals)
    return {"userErrors": []}


# What is told though nobody asked for it.
UNASKED = [
    Case("delivered", "MESSAGE_DELIVERED", lambda _world, _ids: _deliver({})),
    Case("failed", "MESSAGE_FAILED", lambda _world, _ids: _deliver(REFUSED)),
]


async def _ground(world: World) -> Ids:
    """Deals in every state, all followed by bob, carol and alice as far as they may."""
    ids = {name: client.id for name, client in world.people.items()}
    for name, role in (
        ("amir", UserRole.ADMIN),
        ("olga", UserRole.MEMBER),
        ("former", UserRole.MEMBER),
    ):
        ids[name] = (await world.invite(name, role)).id
    ids |= await factories.stages(world.bob)
    for name in ("ann", "ben", "cleo", "gone"):
        ids[name] = await factories.contact(world.bob, name.title())
    await world.bob.call("archiveContact", id=ids["gone"])
    await world.alice.call("deactivateUser", id=ids["former"])
    by, seen = world.bob, [ids["carol"], ids["alice"]]
    people: Json = {"contactId": ids["ann"], "participants": [{"contactId": ids["ben"]}]}
    ids["deal"] = await factories.opportunity(by, subscriberIds=seen, **people)
    for name in ("ann", "ben"):
        ids[f"{name}_email"] = f"{name}@customer.example"
    for name in ("failed", "pending"):
        given: Json = {"dealId": ids["deal"], "to": [ids["ann_email"]], "cc": []}
        sent = await by.do("sendMessage", "message { id }", **given, subject=name, body=name)
        ids[name] = sent["message"]["id"]
        if name == "failed":
            await _deliver(REFUSED)
    came = await by.do(
        "recordContribution",
        "contribution { message { id } }",
        dealId=ids["deal"],
        contactId=ids["ann"],
        kind="MESSAGE",
        body="Well?",
    )
    ids["came"] = came["contribution"]["message"]["id"]
    ids["rich"] = await factories.opportunity(
        by,
        "Rich",
        subscriberIds=seen,
        amount={"amount": 5, "currency": "EUR"},
        expectedCloseDate="2027-05-01",
    )
    ids["won"] = await factories.opportunity(
        by, "Won", subscriberIds=seen, stageId=ids["Closed Won"]
    )
    ids["hidden"] = await factories.opportunity(
        by,
        "Hidden",
        visibility="RESTRICTED",
        sharedWithIds=[ids["carol"]],
        subscriberIds=[*seen, ids["amir"]],
    )
    ids["archived"] = await factories.opportunity(by, "Archived", subscriberIds=seen)
    await by.call("archiveDeal", id=ids["archived"])
    ids["olgas"] = await factories.opportunity(
        by, "Olga's", ownerId=ids["olga"], subscriberIds=seen
    )
    ids["lead"] = await factories.lead(by, source="Fair", subscriberIds=seen)
    ids["converted"] = await factories.lead(by, "Converted", subscriberIds=seen)
    assert (await by.do("convertLead", id=ids["converted"]))["userErrors"] == []
    said = await by.do("addComment", "comment { id }", dealId=ids["deal"], body="Said")
    ids["comment"] = said["comment"]["id"]
    ids["marker"] = await factories.opportunity(by, "Marker", subscriberIds=seen)
    ids["note"] = (await _inbox(world.carol))["nodes"][0]["id"]
    return ids


@pytest.fixture
async def ground(database_url: str, grounds: Grounds) -> AsyncIterator[tuple[World, Ids]]:
    async with grounds.laid(database_url, _ground) as (world, ids):
        yield world, ids


async def _snapshot(live: Live) -> dict[str, Json]:
    return {item["dealId"]: item["deal"] for item in (await live.until("READY"))[:-1]}


async def _fresh(by: Client) -> dict[str, Json]:
    async with by.follow(FOLLOW) as live:
        return await _snapshot(live)


async def _inbox(by: Client) -> Json:
    found: Json = (await by.ask(INBOX))["notifications"]
    return found


def _check_inbox(old: Json, new: Json, items: list[Json]) -> None:
    """What was told is what is new in the list, and the count pushed last is the count."""
    told = [item["notification"]["id"] for item in items if item["notification"]]
    before = {row["id"] for row in old["nodes"]}
    assert told[::-1] == [row["id"] for row in new["nodes"] if row["id"] not in before]
    assert items[-1]["unreadDealCount"] == new["unreadDealCount"]


def _applied(old: dict[str, Json], items: list[Json]) -> dict[str, Json]:
    deals = dict(old)
    for item in items:
        if item["kind"] == "CHANGED":
            deals[item["dealId"]] = item["deal"]
        elif item["kind"] == "REMOVED":
            deals.pop(item["dealId"], None)
    return deals


def _one(deal: Json, *path: str) -> Any:
    value: Any = deal
    for name in path:
        value = value.get(name) if value else None
    return value


def _money(deal: Json) -> str | None:
    money = deal.get("amount")
    return f"{money['amount']} {money['currency']}" if money else None


SINGLE: dict[str, Callable[[Json], Any]] = {
    "NAME": lambda deal: deal["name"],
    "OWNER": lambda deal: deal["owner"]["id"],
    "VISIBILITY": lambda deal: deal["visibility"],
    "CONTACT": lambda deal: _one(deal, "contact", "id"),
    "STAGE": lambda deal: _one(deal, "stage", "id"),
    "STATUS": lambda deal: deal.get("status") or deal.get("leadStatus"),
    "PROBABILITY": lambda deal: (
        None if deal.get("probability") is None else str(deal["probability"])
    ),
    "AMOUNT": _money,
    "EXPECTED_CLOSE_DATE": lambda deal: deal.get("expectedCloseDate"),
    "LOST_REASON": lambda deal: deal.get("lostReason"),
    "SOURCE": lambda deal: deal["source"],
    "COMPANY": lambda deal: deal["company"],
}
MANY: dict[str, Callable[[Json], set[str]]] = {
    "SHARED_WITH": lambda deal: {user["id"] for user in deal["sharedWith"]},
    "PARTICIPANT": lambda deal: {row["contact"]["id"] for row in deal["otherParticipants"]},
    "SUBSCRIBER": lambda deal: {row["user"]["id"] for row in deal["subscribers"]},
}


def _differences(old: Json, new: Json) -> set[tuple[str | None, ...]]:
    found: set[tuple[str | None, ...]] = set()
    for field, read in SINGLE.items():
        if read(old) != read(new):
            found.add((field, read(old), read(new)))
    for field, members in MANY.items():
        found |= {(field, gone, None) for gone in members(old) - members(new)}
        found |= {(field, None, come) for come in members(new) - members(old)}
    before = {row["contact"]["id"]: row for row in old["otherParticipants"]}
    for row in new["otherParticipants"]:
        ident = row["contact"]["id"]
        for field, name in (("PARTICIPANT_ROLE", "role"), ("PARTICIPANT_LABEL", "label")):
            if ident in before and before[ident][name] != row[name]:
                found.add((field, before[ident][name], row[name], ident))
    return found


def _told(event: Json) -> list[tuple[str | None, ...]]:
    rows: list[tuple[str | None, ...]] = []
    for change in event["changes"]:
        row = (change["field"], change["before"], change["after"])
        personal = change["field"] in ("PARTICIPANT_ROLE", "PARTICIPANT_LABEL")
        rows.append((*row, change["afterNode"]["id"]) if personal else row)
    return rows


def _check_event(case: Case, old: dict[str, Json], new: dict[str, Json], items: list[Json]) -> None:
    """One event, of the strongest kind, that tells just what differs; the counters move with it."""
    events = [item for item in items if item["event"] is not None]
    for item in events:
        ident, event = item["dealId"], item["event"]
        if ident in old and ident in new:
            told = _told(event)
            assert len(told) == len(set(told))
            assert set(told) == _differences(old[ident], new[ident])
            moved = event["changes"] != [] or event["kind"] != "SUBSCRIBERS_CHANGED"
            assert new[ident]["revision"] - old[ident]["revision"] == moved
            versioned = event["kind"] not in UNVERSIONED
            assert new[ident]["version"] - old[ident]["version"] == versioned
    kinds = {item["event"]["kind"] for item in items if item["event"]}
    if case.kind is None:
        assert kinds <= {"SUBSCRIBERS_CHANGED"}
        assert all(item["event"]["changes"] == [] for item in items)
    else:
        assert kinds <= {case.kind}


async def prove(world: World, ids: Ids, case: Case) -> tuple[int, int]:
    """Runs the mutation before three followers' eyes; says how many items they heard, and what it took to do it."""
    heard = 0
    people = [world.bob, world.carol, world.alice]
    async with AsyncExitStack() as stack:
        lives = [await stack.enter_async_context(person.follow(FOLLOW)) for person in people]
        olds = [await _snapshot(live) for live in lives]
        inbox, told = (
            await _inbox(world.carol),
            await stack.enter_async_context(world.carol.follow(FOLLOW_NOTIFICATIONS)),
        )
        await told.until("READY")
        with statements(live=False) as said:
            payload = await case.act(world, ids)
        assert payload["userErrors"] == []
        marker = await world.bob.do("updateOpportunity", id=ids["marker"], name="Marked")
        for person, live, old in zip(people, lives, olds, strict=True):
            items = await live.until_cursor(marker["cursor"])
            new = await _fresh(person)
            assert _applied(old, items) == new
            _check_event(case, old, new, items[:-1])
            heard += len(items) - 1
        _check_inbox(inbox, await _inbox(world.carol), await told.until_cursor(marker["cursor"]))
    return heard, len(said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_old_snapshot_and_events_make_the_fresh_snapshot(
    ground: tuple[World, Ids], case: Case
) -> None:
    heard, took = await prove(*ground, case)
    assert took == OF_MUTATIONS.get(case.name), "say in OF_MUTATIONS how many statements it takes"
    levels = case.label == "another level"
    assert (heard > 0) == (case.kind is not None or levels)


@pytest.mark.parametrize("case", UNASKED, ids=lambda case: case.mutation)
async def test_what_becomes_of_a_message_is_told_too(ground: tuple[World, Ids], case: Case) -> None:
    heard, _ = await prove(*ground, case)
    assert heard == 3


def test_no_mutation_is_left_out() -> None:
    mutations = schema._schema.mutation_type
    assert mutations is not None
    assert {case.mutation for case in CASES} == set(mutations.fields)


async def test_the_proof_fails_when_an_event_is_suppressed(
    ground: tuple[World, Ids], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, write = Log.record, Log.write
    silenced: list[Edit] = []

    def keep(self: Log, edit: Edit) -> None:
        if edit.deal.name == "Next":
            silenced.append(edit)
        else:
            record(self, edit)

    async def write_without(self: Log) -> LogCursor | None:
        for edit in silenced:
            await edit.deal.save()
        return await write(self)

    monkeypatch.setattr(Log, "record", keep)
    monkeypatch.setattr(Log, "write", write_without)
    with pytest.raises(AssertionError):
        await prove(*ground, _case("updateOpportunity", "UPDATED", **ID, name="Next"))
    assert len(silenced) == 1
