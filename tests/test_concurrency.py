"""What stays true when many write at once, and when clients change their minds?"""

import asyncio
from random import Random
from typing import Any

import pytest

from models import Event, EventHead, transactions
from models.enums import DealEventKind, UserRole
from tests import factories
from tests.documents import FOLLOW_ALL
from tests.harness import PATIENCE, Client, Live, World

WRITERS = 30


async def _log(world: World) -> list[Event]:
    """Acme's log by position, with the proof that it has no hole."""
    organisation = (await world.alice.ask("{ viewer { organisation { id } } }"))["viewer"][
        "organisation"
    ]["id"]
    events = await Event.filter(organisation_id=organisation).order_by("position")
    head = await EventHead.get(organisation_id=organisation)
    assert [event.position for event in events] == list(range(1, head.position + 1))
    return events


async def _people(by: Client, deal: str) -> tuple[str | None, list[str]]:
    data = await by.ask(
        "query ($id: ID!) { deal(id: $id) { contact { id } otherParticipants { contact { id } } } }",
        id=deal,
    )
    found = data["deal"]
    contact = found["contact"] and found["contact"]["id"]
    return contact, [person["contact"]["id"] for person in found["otherParticipants"]]


async def test_fifty_changes_of_roles_at_once_leave_the_rules_standing(world: World) -> None:
    """Rule 1, and positions without a hole."""
    people = [await factories.contact(world.bob, f"Person {number}") for number in range(6)]
    deal = await factories.opportunity(world.bob)

    async def change(number: int) -> dict[str, Any]:
        random = Random(number)
        one, *others = random.sample(people, 3)
        match number % 3:
            case 0:
                return await world.bob.do("setContact", dealId=deal, contactId=one)
            case 1:
                given = [{"contactId": person} for person in others]
                return await world.bob.do("addParticipants", dealId=deal, participants=given)
            case _:
                return await world.bob.do(
                    "changeRoles", dealId=deal, setContact=one, removeParticipants=others
                )

    payloads = await asyncio.gather(*(change(number) for number in range(50)))
    codes = {error["code"] for payload in payloads for error in payload["userErrors"]}
    assert codes <= {"ALREADY_CONTACT"}
    contact, participants = await _people(world.bob, deal)
    assert contact is not None
    assert contact not in participants
    assert len(participants) == len(set(participants))
    events = [event for event in await _log(world) if event.deal_id == deal]
    cursors = [payload["cursor"] for payload in payloads if payload["cursor"]]
    assert len(events) == len(set(cursors)) + 1  # the creation
    assert [event.revision for event in events] == list(range(1, len(events) + 1))


async def _read(live: Live, items: "asyncio.Queue[dict[str, Any]]") -> None:
    """Without pause: a client that leaves much unread answers no pings, and is let go."""
    while True:
        items.put_nowait(await live.next())


@pytest.mark.parametrize("deals", [50, 1], ids=["over fifty deals", "over one deal"])
async def test_thirty_writers_meet_no_deadlock_and_a_reader_misses_nothing(
    world: World, deals: int
) -> None:
    """Roles, follows and moves mixed."""
    before = transactions.deadlocks
    stages = await factories.stages(world.bob)
    people = [await factories.contact(world.bob, f"Person {number}") for number in range(4)]
    writers = [await world.invite(f"writer{number}", UserRole.MEMBER) for number in range(WRITERS)]
    ids = await asyncio.gather(
        *(factories.opportunity(world.bob, f"Deal {i}") for i in range(deals))
    )
    for deal in ids:
        await world.carol.do("subscribe", dealId=deal)

    async def write(number: int) -> None:
        random, by = Random(number), writers[number]
        for _ in range(6):
            deal = random.choice(ids)
            match random.randrange(5):
                case 0:
                    await by.do("setContact", dealId=deal, contactId=random.choice([*people, None]))
                case 1:
                    given = [{"contactId": random.choice(people)}]
                    await by.do("addParticipants", dealId=deal, participants=given)
                case 2:
                    stage = random.choice(["Prospecting", "Proposal", "Closed Won"])
                    await by.do("moveOpportunity", id=deal, stageId=stages[stage])
                case 3:
                    await by.do("subscribe", dealId=deal)
                case _:
                    await by.call("unsubscribe", dealId=deal)

    async with world.carol.follow(FOLLOW_ALL) as live:
        start = (await live.until("READY"))[-1]["cursor"]
        items: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        reading = asyncio.create_task(_read(live, items))
        await asyncio.gather(*(write(number) for number in range(WRITERS)))
        last = await world.bob.do("updateOpportunity", id=ids[0], name="The last")
        heard = [await items.get()]
        async with asyncio.timeout(PATIENCE):
            while heard[-1]["cursor"] != last["cursor"]:
                heard.append(await items.get())
        reading.cancel()
    events = await _log(world)
    first = next(index for index, event in enumerate(events) if event.id == heard[0]["event"]["id"])
    assert [item["event"]["id"] for item in heard] == [event.id for event in events[first:]]
    assert start != heard[0]["cursor"]
    assert heard[0]["event"]["kind"] != DealEventKind.CREATED
    assert transactions.deadlocks == before


async def test_mutations_cancelled_at_once_leave_the_server_answering(world: World) -> None:
    """A cancelled operation's transaction runs to its end; nothing leaks a lock or a connection."""
    deal = await factories.opportunity(world.bob)
    query = """mutation ($id: ID!, $name: String!) {
      updateOpportunity(input: { id: $id, name: $name }) { cursor userErrors { code } }
    }"""
    random = Random(1)
    answered = 0
    async with world.bob.socket() as sock:
        for number in range(500):
            payload = {"query": query, "variables": {"id": deal, "name": f"Name {number}"}}
            await sock.say(type="subscribe", id=f"m{number}", payload=payload)
            # So that the cancellation finds the mutation anywhere on its way.
            await asyncio.sleep(random.uniform(0, 0.015))
            await sock.say(type="complete", id=f"m{number}")
        await sock.say(type="ping")
        while (message := await sock.hear())["type"] != "pong":
            answered += message["type"] == "next"
    assert 0 < answered < 500
    payload = await world.bob.do(
        "updateOpportunity", "opportunity { name }", id=deal, name="The last"
    )
    assert payload["opportunity"] == {"name": "The last"}
    await transactions.settled()
    written = [event for event in await _log(world) if event.kind == DealEventKind.UPDATED]
    assert len(written) > answered
