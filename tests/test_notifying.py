"""Who is notified of what, and why? Kinds of event by levels by reasons (rules 11, 16, 18, 21 and 22)."""

import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import GraphQLEnumType

from models import Subscriber, User
from models.enums import DealEventKind, SubscriptionReason, UserRole
from models.transactions import transact
from realtime import broker
from resolvers import door
from resolvers.log import Log
from resolvers.notifying import IMPORTANT_FIELDS, IMPORTANT_KINDS
from resolvers.operation import Outcome
from schema.schema import schema
from tests import factories
from tests.documents import FOLLOW_NOTIFICATIONS
from tests.evidence import Json, events, head
from tests.harness import Client, Live, World
from tests.lists import COMMENTS

LEVELS = ("ALL", "IMPORTANT", "MENTIONS", "MUTED")
EVERYONE = (*LEVELS, "nobody")
LIST = """
query ($unread: Boolean, $newest: Boolean) {
  notifications(first: 100, unreadOnly: $unread, newestPerDeal: $newest) {
    totalCount unreadDealCount nodes { reason event { kind } deal { id } }
  }
}
"""

Act = Callable[["Stage", str], Awaitable[str]]
# The levels that are told, and as what.
Told = dict[str, str]
# The cursor, the kind of the event, the reason, and the unread count.
Heard = tuple[str, str | None, str | None, int]


class Stage:
    """Bob acts; a user of each level follows, and one who does not: each listens to their notifications."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ids: dict[str, str] = {}
        self.users: dict[str, Client] = {}

    async def build(self) -> None:
        for name in EVERYONE:
            self.users[name] = await self.world.invite(name.lower(), UserRole.MEMBER)
        self.ids = await factories.stages(self.world.bob)
        for name in ("Ann", "Ben"):
            self.ids[name] = await factories.contact(self.world.bob, name)
        for name, client in (*self.world.people.items(), *self.users.items()):
            self.ids[name] = client.id

    async def deal(self, *, lead: bool = False, **given: Any) -> str:
        """A deal of bob's with a follower of each level, of which nobody has been told anything."""
        make = factories.lead if lead else factories.opportunity
        return await make(self.world.alice, ownerId=self.world.bob.id, silent=True, **given)

    def filled(self, value: Any, **ids: str) -> Any:
        if isinstance(value, list):
            return [self.filled(one, **ids) for one in value]
        if isinstance(value, dict):
            return {name: self.filled(one, **ids) for name, one in value.items()}
        return value.format(**self.ids, **ids) if isinstance(value, str) else value

    async def follow(self, deal: str) -> None:
        """As if they had done so long ago: a hundred requests fewer, and nobody is told of the others."""
        organisation_id = (await User.get(id=self.world.bob.id)).organisation_id
        await Subscriber.bulk_create(
            Subscriber(
                organisation_id=organisation_id,
                deal_id=deal,
                user_id=self.users[name].id,
                level=name,
                reason=SubscriptionReason.MANUAL,
                since=datetime.now(UTC),
            )
            for name in LEVELS
        )


def _bob(mutation: str, **given: Any) -> Act:
    """Words in braces stand for ids."""

    async def act(stage: Stage, deal: str) -> str:
        arguments = stage.filled(given, deal=deal)
        by = stage.world.bob
        if set(given) == {"id"} and mutation != "convertLead":
            payload = await by.call(mutation, **arguments)
        else:
            payload = await by.do(mutation, **arguments)
        assert payload["userErrors"] == [], payload
        return str(payload["cursor"])

    return act


def _written(kind: DealEventKind) -> Act:
    """A kind of event as its mutation writes it, with no more than that."""

    async def act(stage: Stage, deal: str) -> str:
        bob = await User.get(id=stage.world.bob.id)

        async def work() -> Outcome:
            edit = await door.editable(bob, deal)
            edit.kinds.add(kind)
            log = Log(bob.organisation_id, bob)
            log.record(edit)
            return Outcome(deal, await log.write())

        cursor = (await transact(work)).cursor
        assert cursor is not None
        broker.announce(bob.organisation_id, cursor.position)
        return str(cursor)

    return act


DEAL = {"dealId": "{deal}"}
ALL: Told = {"ALL": "CHANGE"}
BOTH: Told = {"ALL": "CHANGE", "IMPORTANT": "CHANGE"}
COMMENT: Told = {"ALL": "COMMENT"}
NOBODY: Told = {}
MENTION: Told = dict.fromkeys(("ALL", "IMPORTANT", "MENTIONS", "nobody"), "MENTION")
NAMED = ["{%s}" % name for name in EVERYONE]  # noqa: UP031  braces in braces read worse

# kind: what the deal is made with, what happens before anybody follows, what is done, who is told.
Row = tuple[str, Json | None, list[Act], Act, Told]
_COMMENTED: Act = _bob("addComment", **DEAL, body="First")


async def _edit_comment(stage: Stage, deal: str, **given: Any) -> str:
    [comment] = await COMMENTS.ids(stage.world.bob, id=deal)
    return await _bob("editComment", id=comment, body="Second", **given)(stage, deal)


async def _mention_later(stage: Stage, deal: str) -> str:
    return await _edit_comment(stage, deal, mentionIds=NAMED)


async def _delete_comment(stage: Stage, deal: str) -> str:
    [comment] = await COMMENTS.ids(stage.world.bob, id=deal)
    return await _bob("deleteComment", id=comment)(stage, deal)


ROWS: list[Row] = [
    ("UPDATED", {}, [], _bob("updateOpportunity", id="{deal}", name="Next"), ALL),
    ("UPDATED", {}, [], _bob("updateOpportunity", id="{deal}", expectedCloseDate="2027-01-31"), BOTH),
    ("UPDATED", {}, [], _bob("updateOpportunity", id="{deal}", amount={"amount": "1", "currency": "EUR"}), BOTH),
    ("STAGE_CHANGED", {}, [], _bob("moveOpportunity", id="{deal}", stageId="{Proposal}"), BOTH),
    ("WON", {}, [], _bob("moveOpportunity", id="{deal}", stageId="{Closed Won}"), BOTH),
    ("LOST", {}, [], _bob("moveOpportunity", id="{deal}", stageId="{Closed Lost}", lostReason="Price"), BOTH),
    ("REOPENED", {}, [_bob("moveOpportunity", id="{deal}", stageId="{Closed Won}")],
     _bob("moveOpportunity", id="{deal}", stageId="{Proposal}"), BOTH),
    ("OWNER_CHANGED", {}, [], _bob("assignOwner", **DEAL, userId="{carol}"), BOTH),
    ("VISIBILITY_CHANGED", {}, [], _bob("shareDeal", **DEAL, userIds=["{carol}"]), ALL),
    ("CONTACT_CHANGED", {}, [], _bob("setContact", **DEAL, contactId="{Ann}"), BOTH),
    ("CONTACT_EDITED", {"contactId": "{Ben}"}, [], _bob("updateContact", id="{Ben}", jobTitle="CFO"), NOBODY),
    ("PARTICIPANTS_CHANGED", {}, [], _bob("addParticipants", **DEAL, participants=[{"contactId": "{Ann}"}]), ALL),
    ("SUBSCRIBERS_CHANGED", {}, [], _bob("addSubscribers", **DEAL, userIds=["{dave}"]), ALL),
    ("COMMENTED", {}, [], _COMMENTED, COMMENT),
    ("COMMENTED", {}, [], _bob("addComment", **DEAL, body="You", mentionIds=NAMED), MENTION),
    ("COMMENT_EDITED", {}, [_COMMENTED], _edit_comment, NOBODY),
    ("COMMENT_EDITED", {}, [_COMMENTED], _mention_later, MENTION),
    ("COMMENT_DELETED", {}, [_COMMENTED], _delete_comment, COMMENT),
    ("MESSAGE_SENT", {}, [], _written(DealEventKind.MESSAGE_SENT), {"ALL": "MESSAGE"}),
    ("MESSAGE_FAILED", {}, [], _written(DealEventKind.MESSAGE_FAILED), {"ALL": "MESSAGE"}),
    ("MESSAGE_DELIVERED", {}, [], _written(DealEventKind.MESSAGE_DELIVERED), NOBODY),
    # Nobody's act: who recorded it is told, too.
    ("MESSAGE_RECEIVED", {}, [], _written(DealEventKind.MESSAGE_RECEIVED),
     dict.fromkeys(("ALL", "IMPORTANT", "bob"), "MESSAGE")),
    ("CONTRIBUTION_RECORDED", {}, [], _written(DealEventKind.CONTRIBUTION_RECORDED), ALL),
    ("CONVERTED", {"lead": True}, [], _bob("convertLead", id="{deal}"), BOTH),
    # At once, or it could not be undone: on the deal of the row before.
    ("CONVERSION_UNDONE", None, [], _bob("undoConversion", id="{deal}"), BOTH),
    ("ARCHIVED", {}, [], _bob("archiveDeal", id="{deal}"), ALL),
    ("RESTORED", {}, [_bob("archiveDeal", id="{deal}")], _bob("restoreDeal", id="{deal}"), ALL),
    *(
        ("OWNER_CHANGED", {}, [], _bob("assignOwner", **DEAL, userId="{%s}" % name),  # noqa: UP031
         {**BOTH, name: "ASSIGNED"})
        for name in EVERYONE
    ),
]  # fmt: skip


def test_every_kind_of_event_is_tried() -> None:
    assert {row[0] for row in ROWS} | {"CREATED"} == set(DealEventKind)


@pytest.mark.timeout(180)
async def test_level_event_and_reason_decide_who_is_told(world: World) -> None:
    """And with which count of unread deals, which is pushed. The actor never is."""
    stage = Stage(world)
    await stage.build()
    owed: dict[str, list[Heard]] = {name: [] for name in (*EVERYONE, "bob")}
    deals: dict[str, set[str]] = {name: set() for name in owed}
    deal = ""
    async with AsyncExitStack() as stack:
        people = {**stage.users, "bob": world.bob}
        lives = {
            name: await stack.enter_async_context(client.follow(FOLLOW_NOTIFICATIONS))
            for name, client in people.items()
        }
        for live in lives.values():
            assert [item["unreadDealCount"] for item in await live.until("READY")] == [0]
        for kind, given, before, act, told in ROWS:
            if given is not None:
                deal = await stage.deal(**stage.filled(given))
                for earlier in before:
                    await earlier(stage, deal)
                await stage.follow(deal)
            cursor = await act(stage, deal)
            for name, reason in told.items():
                deals[name].add(deal)
                owed[name].append((cursor, kind, reason, len(deals[name])))
                if name != "bob":
                    assert await _next(lives[name]) == owed[name][-1], (kind, name)
        for name, client in stage.users.items():
            # Nobody has heard of more.
            read = await client.call("markNotificationsRead", types="Boolean", all=True)
            assert await _next(lives[name]) == (read["cursor"], None, None, 0)
            listed = (await client.ask(LIST))["notifications"]["nodes"]
            assert [(row["event"]["kind"], row["reason"]) for row in listed] == [
                (kind, reason) for _, kind, reason, _ in owed[name][::-1]
            ]
        # Bob is told of what is nobody's act alone.
        for one in owed["bob"]:
            assert await _next(lives["bob"]) == one
        read = await world.bob.call("markNotificationsRead", types="Boolean", all=True)
        assert await _next(lives["bob"]) == (read["cursor"], None, None, 0)


async def _next(live: Live) -> Heard:
    item = await live.next()
    while item["kind"] == "HEARTBEAT":
        item = await live.next()
    one = item["notification"]
    told = (one["event"]["kind"], one["reason"]) if one else (None, None)
    return (item["cursor"], *told, item["unreadDealCount"])


async def test_who_is_made_a_follower_is_told_at_whatever_level(world: World) -> None:
    """Rule 13: a colleague may add again, which is told; what one does oneself is not."""
    people = (world.alice, world.carol, world.dave)
    created = await factories.opportunity(world.bob, subscriberIds=[one.id for one in people])
    for one in people:
        assert await _told(one) == [("CREATED", "CHANGE", created)]
    await world.carol.call("unsubscribe", dealId=created)
    added = {"dealId": created, "userIds": [world.carol.id, world.bob.id], "level": "MUTED"}
    await world.alice.do("addSubscribers", **added)
    assert (await _told(world.carol))[0] == ("SUBSCRIBERS_CHANGED", "CHANGE", created)
    # He hears of those who come and go, like every follower.
    assert [kind for kind, *_ in await _told(world.bob)] == ["SUBSCRIBERS_CHANGED"] * 2
    before = await _told(world.carol)
    await world.bob.do("updateOpportunity", id=created, name="Unheard by the muted")
    assert await _told(world.carol) == before


async def _told(by: Client) -> list[tuple[str, str, str]]:
    rows = (await by.ask(LIST))["notifications"]["nodes"]
    return [(row["event"]["kind"], row["reason"], row["deal"]["id"]) for row in rows]


async def test_one_event_is_told_once_for_its_strongest_reason(world: World) -> None:
    """Rule 18."""
    deal = await factories.opportunity(world.bob, silent=False)
    await world.carol.do("subscribe", dealId=deal)
    await world.alice.do("assignOwner", dealId=deal, userId=world.carol.id)
    assert await _told(world.carol) == [("OWNER_CHANGED", "ASSIGNED", deal)]
    handed = await factories.lead(
        world.alice, ownerId=world.carol.id, subscriberIds=[world.carol.id]
    )
    assert (await _told(world.carol))[0] == ("CREATED", "ASSIGNED", handed)
    await world.bob.do("addComment", dealId=deal, body="Look", mentionIds=[world.carol.id])
    assert (await _told(world.carol))[0] == ("COMMENTED", "MENTION", deal)
    assert len(await _told(world.carol)) == 3


async def test_silence_is_for_admins_and_notifies_nobody(world: World) -> None:
    """Rule 22: the events are written all the same."""
    given: Json = {"ownerId": world.bob.id, "subscriberIds": [world.carol.id]}
    since = await head(world.alice)
    deal = await factories.opportunity(world.alice, silent=True, **given)
    assert [event["kind"] for event in await events(world.carol, deal, since)] == ["CREATED"]
    for one in (world.alice, world.bob, world.carol):
        assert await _told(one) == []


async def test_changing_roles_would_notify_those_whom_it_notifies(world: World) -> None:
    """Rule 8: the very same function."""
    paula = await factories.contact(world.bob)
    deal = await factories.opportunity(world.bob)
    for name, level in (("alice", "MENTIONS"), ("carol", "IMPORTANT")):
        await getattr(world, name).do("subscribe", dealId=deal, level=level)
    payload = await world.bob.do(
        "changeRoles",
        "wouldNotify { id }",
        dealId=deal,
        setContact=paula,
        addSubscribers=[world.dave.id],
    )
    told = {one.id for one in (world.alice, world.bob, world.carol, world.dave) if await _told(one)}
    assert {user["id"] for user in payload["wouldNotify"]} == told - {world.bob.id}
    assert told == {world.bob.id, world.carol.id, world.dave.id}
    assert {kind for kind, *_ in await _told(world.bob)} == {"SUBSCRIBERS_CHANGED"}


def test_the_api_lists_what_is_important() -> None:
    """Rule 16."""
    level = schema._schema.type_map["SubscriptionLevel"]
    assert isinstance(level, GraphQLEnumType)
    described = level.values["IMPORTANT"].description or ""
    named = {*IMPORTANT_KINDS, *IMPORTANT_FIELDS}
    assert {word for word in named if word not in described} == set()
    assert set(re.findall(r"[A-Z]{2,}(?:_[A-Z]+)*", described)) == named
