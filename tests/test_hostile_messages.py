"""What can a broken or hostile client do to the server, and to everybody else on it? Nothing.

A wrong message closes its socket as graphql-transport-ws says, a bad operation ends itself, and neither is
worth a line in the log.
"""

import asyncio
import gc
import json
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import pytest

from models.enums import UserRole
from schema.protocol import CloseCode
from tests import factories, hostility
from tests.documents import FOLLOW_ALL, FOLLOW_DEAL
from tests.frames import CLOSE, CONTINUATION, PING, TEXT, Closed, Frames
from tests.harness import Client, Live, World
from tests.hostility import ANSWER, NOTHING, PONG, Frame, verdict

MESSAGES = 10_000
# Sockets at once; what is said on one that lives; how often something happens that all must hear.
SOCKETS, BATCH, CHANGE_EVERY = 10, 50, 250
BODIES = 500
CODES = {"INVALID", "NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED", "LIMIT_EXCEEDED"}

Job = Callable[[], Coroutine[Any, Any, None]]
Json = dict[str, Any]

WATCH = "subscription ($id: ID!) { dealUpdates(dealId: $id) { kind deal { revision } } }"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Neither of ours nor of what we stand on, tasks that nobody waits for included."""
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "asyncio")]
    for logger in loggers:
        logger.addHandler(caplog.handler)
    try:
        yield
        gc.collect()
    finally:
        for logger in loggers:
            logger.removeHandler(caplog.handler)
    # A broker whose heartbeat is late tells of a machine that is busy elsewhere.
    said = [record for record in caplog.records if record.name != "dealcast.broker"]
    assert [record.getMessage() for record in said if record.levelno >= logging.INFO] == []


class Neighbours:
    """People at work beside whoever is hostile: each change must reach each of them, once and at once."""

    def __init__(self, world: World, deal: str, lives: Sequence[Live]) -> None:
        self.deal = deal
        self._world = world
        self._lives = lives
        self._turn = asyncio.Lock()
        self.changes = 0

    @classmethod
    @asynccontextmanager
    async def at_work(cls, world: World) -> AsyncIterator["Neighbours"]:
        deal = await factories.opportunity(
            world.bob, subscriberIds=[world.carol.id, world.alice.id]
        )
        async with AsyncExitStack() as stack:
            lives = [
                await stack.enter_async_context(world.carol.follow(FOLLOW_ALL)),
                await stack.enter_async_context(world.alice.follow(FOLLOW_ALL)),
                await stack.enter_async_context(world.dave.follow(FOLLOW_DEAL, dealId=deal)),
            ]
            for live in lives:
                await live.until("READY")
            yield cls(world, deal, lives)

    async def change(self) -> None:
        async with self._turn:
            self.changes += 1
            name = f"Change {self.changes}"
            payload = await self._world.bob.do("updateOpportunity", id=self.deal, name=name)
            for live in self._lives:
                item = await live.next()
                assert (item["cursor"], item["deal"]["name"]) == (payload["cursor"], name)


class Hostilities:
    """Ten thousand messages, from several people of two organisations, on many sockets at once."""

    def __init__(
        self, world: World, neighbours: Neighbours, enemies: Sequence[tuple[Client, str]]
    ) -> None:
        """`enemies` come each with a deal that they see."""
        self._world = world
        self._neighbours = neighbours
        self._enemies = enemies
        self.sent = 0

    async def run(self) -> None:
        jobs = iter(self._jobs(random.Random(4)))

        async def work() -> None:
            for job in jobs:
                await job()

        async with asyncio.TaskGroup() as tasks:
            for _ in range(SOCKETS):
                tasks.create_task(work())

    def _jobs(self, chance: random.Random) -> Iterator[Job]:
        good = [hostility.written(one) for one in hostility.templates("i")]
        frames: list[Frame] = [
            *(text for one in hostility.templates("i") for text in hostility.misshapen(one)),
            *(*hostility.of_no_type(), *hostility.damaged(good, chance, 100)),
            *hostility.binary(),
        ]
        frames += [
            one for one in hostility.echoes() if verdict(one, admitted=True) in {PONG, NOTHING}
        ]
        asked = list(hostility.bad_documents(chance))
        arguments = list(hostility.bad_arguments())
        asked += chance.sample(arguments, MESSAGES - len(frames) - len(asked))
        taken: list[Frame] = [one.message(str(number)) for number, one in enumerate(asked)]
        jobs: list[Job] = []
        for frame in frames:
            due = verdict(frame, admitted=True)
            if due is CloseCode.BAD_MESSAGE and chance.random() < 0.7:
                # The same before anybody has said who they are, which costs less.
                jobs.append(partial(self._before_init, frame))
            elif isinstance(due, CloseCode):
                jobs.append(partial(self._ends, frame))
            elif chance.random() < 0.1:
                jobs.append(partial(self._before_init, frame))
            else:
                taken.append(frame)
        jobs += [partial(self._converse, taken[n : n + BATCH]) for n in range(0, len(taken), BATCH)]
        chance.shuffle(jobs)
        yield from jobs

    def _enemy(self) -> tuple[Client, str]:
        return self._enemies[self.sent % len(self._enemies)]

    async def _count(self) -> None:
        self.sent += 1
        if self.sent % CHANGE_EVERY == 0:
            await self._neighbours.change()

    async def _before_init(self, frame: Frame) -> None:
        await self._count()
        due = verdict(frame, admitted=False)
        async with Frames.open(self._world) as socket:
            socket.send(frame)
            if due is PONG:
                assert (await socket.hear())["type"] == "pong"
            if not isinstance(due, CloseCode):
                socket.say(type="complete", id="x")
                due = CloseCode.UNAUTHORIZED
            assert await socket.end() == due, frame[:200]

    async def _ends(self, frame: Frame) -> None:
        await self._count()
        async with Frames.admitted(self._enemy()[0]) as socket:
            socket.send(frame)
            assert await socket.end() == verdict(frame, admitted=True), frame[:200]

    async def _converse(self, frames: Sequence[Frame]) -> None:
        """One socket takes one after the other, and its own subscription goes on all the while."""
        enemy, deal = self._enemy()
        async with Frames.admitted(enemy) as socket:
            talk = await _Talk.begin(socket, deal)
            for frame in frames:
                await self._count()
                await talk.send(frame)
            await talk.has_gone_on()


class _Talk:
    def __init__(self, socket: Frames) -> None:
        self._socket = socket
        self._revisions: list[int] = []
        self._stopped: set[str] = set()

    @classmethod
    async def begin(cls, socket: Frames, deal: str) -> "_Talk":
        talk = cls(socket)
        request = {"query": WATCH, "variables": {"id": deal}}
        socket.say(type="subscribe", id="live", payload=request)
        for _ in ("SNAPSHOT", "READY"):
            talk._take_live(await socket.hear())
        return talk

    async def send(self, frame: Frame) -> None:
        self._socket.send(frame)
        due = verdict(frame, admitted=True)
        if due is PONG:
            # Integers that no machine word holds come back as they are read, as the nearest double.
            payload = json.loads(frame, parse_int=float).get("payload")
            expected = {"type": "pong"} if payload is None else {"type": "pong", "payload": payload}
            assert await self._hear() == expected
        elif due is ANSWER:
            message = json.loads(frame)
            is_live = message["payload"]["query"].startswith("subscription")
            await self._take_answer(message["id"], is_live=is_live)

    async def _take_answer(self, ident: str, *, is_live: bool) -> None:
        answer = await self._hear()
        assert answer["id"] == ident
        errors = answer["payload"] if answer["type"] == "error" else answer["payload"].get("errors")
        for error in errors or ():
            assert error["extensions"]["code"] in CODES, (error, ident)
        if answer["type"] == "error":
            assert errors
            return
        assert answer["type"] == "next"
        if is_live:
            self._stopped.add(ident)
            self._socket.say(type="complete", id=ident)
        else:
            assert await self._hear() == {"type": "complete", "id": ident}

    async def _hear(self) -> Json:
        """What is said next of anything but the subscription that goes on."""
        while True:
            message = await self._socket.hear()
            if message.get("id") == "live":
                self._take_live(message)
            elif message["type"] != "ping" and message.get("id") not in self._stopped:
                return message

    def _take_live(self, message: Json) -> None:
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        [item] = message["payload"]["data"].values()
        if item["kind"] != "READY":
            self._revisions.append(item["deal"]["revision"])

    async def has_gone_on(self) -> None:
        """The subscription still stands and has missed nothing; nothing was said that was not due."""
        self._socket.say(type="ping", payload={"last": 1})
        assert await self._hear() == {"type": "pong", "payload": {"last": 1}}
        first = self._revisions[0]
        assert self._revisions == list(range(first, first + len(self._revisions)))


@pytest.mark.timeout(300)
async def test_ten_thousand_hostile_messages_disturb_nobody(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    inside = [await world.invite(f"enemy{n}", UserRole.VIEWER) for n in range(4)]
    elsewhere = await factories.opportunity(world.eve)
    with nothing_is_logged(caplog):
        async with Neighbours.at_work(world) as neighbours:
            enemies = [(enemy, neighbours.deal) for enemy in inside]
            enemies += [(world.eve, elsewhere), (world.frank, elsewhere)]
            hostilities = Hostilities(world, neighbours, enemies)
            await hostilities.run()
            await neighbours.change()
    assert hostilities.sent == MESSAGES
    assert neighbours.changes == MESSAGES // CHANGE_EVERY + 1


async def test_what_is_no_message_ends_its_socket_only(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Frames against RFC 6455, and cuts at any moment."""
    good = json.dumps({"type": "ping", "payload": {"n": 1}}).encode()
    with nothing_is_logged(caplog):
        async with Neighbours.at_work(world) as neighbours:
            for name, (code, frames) in {
                "unmasked": (1002, b"\x81\x02{}"),
                "an opcode that means nothing": (1002, b"\x83\x80" + bytes(4)),
                "an extension that was not agreed on": (1002, b"\xc1\x80" + bytes(4)),
                "a continuation of nothing": (1002, b"\x80\x80" + bytes(4)),
                "a long control frame": (1002, b"\x89\xfe\x00\xff" + bytes(4 + 255)),
                "a control frame in pieces": (1002, b"\x09\x80" + bytes(4)),
                "half a close code": (1002, b"\x88\x81" + bytes(4) + b"\x03"),
                "a code that is never sent": (1002, b"\x88\x82" + bytes(4) + b"\x03\xee"),
                "a size beyond all bounds": (1009, b"\x81\xff" + b"\x7f" + b"\xff" * 7),
                "a size beyond ours": (1009, b"\x81\xff" + (1 << 21).to_bytes(8) + bytes(4)),
            }.items():
                for by in (None, world.eve):
                    async with Frames.open(world) if by is None else Frames.admitted(by) as socket:
                        socket.write(frames)
                        assert await socket.end() == code, name
                await neighbours.change()
            async with Frames.admitted(world.eve) as socket:
                for piece in range(len(good)):
                    opcode = CONTINUATION if piece else TEXT
                    socket.send_raw(opcode, good[piece : piece + 1], last=piece == len(good) - 1)
                    socket.send_raw(PING, b"between")
                assert await socket.hear() == json.loads(good) | {"type": "pong"}
                socket.send_raw(CLOSE, (4000).to_bytes(2) + b"as I like")
                assert await socket.end() == 4000
            for sent in (b"", b"\x81", b"\x81\xfe\xff\xff" + bytes(400)):
                async with Frames.admitted(world.eve) as socket:
                    socket.say(type="subscribe", id="1", payload={"query": "{ cursor }"})
                    socket.write(sent)
            await neighbours.change()


async def test_messages_out_of_order_mean_what_the_protocol_says(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    live: Json = {"query": WATCH}
    stop = {"type": "complete", "id": "1"}

    def ask(query: str | Json, ident: str = "1") -> Json:
        payload = {"query": query} if isinstance(query, str) else query
        return {"type": "subscribe", "id": ident, "payload": payload}

    with nothing_is_logged(caplog):
        async with Neighbours.at_work(world) as neighbours:
            live["variables"] = {"id": neighbours.deal}
            for messages in (
                [ask(live), ask(live)],
                [ask(live), ask("{ cursor }")],
                [ask(live), stop, ask(live), ask("{")],
            ):
                async with Frames.admitted(world.dave) as socket:
                    for message in messages:
                        socket.say(**message)
                    assert await _code_at_last(socket) == CloseCode.ID_IN_USE
            async with Frames.admitted(world.dave) as socket:
                for message in [stop, stop, *[ask(live), stop] * 30, *[ask("{"), stop] * 30, stop]:
                    socket.say(**message)
                for ident in ("\u0000", " ", "💥", "x" * 256, "__proto__", "1"):
                    socket.say(**ask("{ __typename }", ident))
                heard = [await socket.hear()]
                while heard[-1] != {"type": "complete", "id": "1"}:
                    heard.append(await socket.hear())
                ends = [one["id"] for one in heard if one["type"] == "complete"]
                assert sorted(ends) == sorted(["\u0000", " ", "💥", "x" * 256, "__proto__", "1"])
            async with Frames.admitted(world.dave) as socket:
                for number in range(150):
                    socket.say(**ask(live, f"{number}"))
                socket.say(type="ping")
                refused = []
                while (message := await socket.hear())["type"] != "pong":
                    if message["type"] == "error":
                        refused.append(message)
                assert [one["id"] for one in refused] == [f"{n}" for n in range(100, 150)]
                codes = {one["payload"][0]["extensions"]["code"] for one in refused}
                assert codes == {"LIMIT_EXCEEDED"}
            await neighbours.change()


async def _code_at_last(socket: Frames) -> int:
    try:
        while True:
            await socket.hear()
    except Closed as closed:
        return closed.code


async def test_hostile_bodies_are_answered_with_a_reason(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The same over HTTP: JSON with a code, whatever was sent."""
    chance = random.Random(4)
    good: hostility.Written = [
        ("query", '"query A { cursor }"'),
        ("variables", '{"a": 1}'),
        ("operationName", '"A"'),
        ("extensions", "{}"),
    ]
    bodies: list[str | bytes] = [*hostility.misshapen(good), *hostility.VALUES]
    bodies += [text.encode("utf-16") for text in hostility.VALUES]
    bodies += hostility.damaged([hostility.written(good)], chance, 100)
    for one in chance.sample([*hostility.bad_documents(chance), *hostility.bad_arguments()], 200):
        bodies.append(json.dumps({"query": one.query})[:-1] + f', "variables": {one.variables}}}')
    chance.shuffle(bodies)
    headers = {"authorization": f"Bearer {world.eve.token}", "content-type": "application/json"}
    statuses = dict.fromkeys((200, 400), 0)
    with nothing_is_logged(caplog):
        async with Neighbours.at_work(world) as neighbours:
            for number, body in enumerate(bodies[:BODIES]):
                content = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
                response = await world.http.post("/graphql", content=content, headers=headers)
                statuses[response.status_code] += 1
                answer = response.json()
                assert response.status_code == 200 or set(answer) == {"errors"}
                for error in answer.get("errors", ()):
                    assert error["extensions"]["code"] in CODES, (body, error)
                if number % 100 == 0:
                    await neighbours.change()
    assert min(statuses.values()) > BODIES / 5
