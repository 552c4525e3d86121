"""How many sockets may there be, and what do those leave behind that have gone?"""

import gc
from collections import Counter
from collections.abc import Sequence

import pytest
from websockets.exceptions import ConnectionClosed

from models.enums import UserRole
from realtime.opening import Opening
from realtime.streams import Stream
from schema.live import LiveOperation
from schema.operations import Operations
from schema.protocol import CloseCode
from schema.websocket import Connection
from schema.wire import MOST_SPARE_FRAMES, Wire
from tests import factories
from tests.documents import FOLLOW_ALL
from tests.figures import figure, reaches
from tests.frames import CONTINUATION, PING, PONG, TEXT, Frames
from tests.harness import Client, World, running
from tests.statements import statements

RENDERINGS = 'dealcast_renderings_total{kind="shared"}'


async def _refused(client: Client) -> int:
    with pytest.raises(ConnectionClosed) as closing:
        async with client.socket():
            pass
    assert closing.value.rcvd is not None
    return closing.value.rcvd.code


async def test_a_user_and_a_process_have_so_many_sockets_and_no_more(database_url: str) -> None:
    limits = {"MAX_SOCKETS": "3", "MAX_SOCKETS_PER_USER": "2"}
    async with running(database_url, **limits) as world:
        async with world.bob.socket(), world.bob.socket():
            assert await _refused(world.bob) == 1013
            async with world.carol.socket():
                assert await _refused(world.dave) == 1013
            await reaches(world.http, "dealcast_sockets", 2)
            async with world.dave.socket():
                pass
        await reaches(world.http, "dealcast_sockets", 0)
        async with world.bob.socket():
            pass


async def test_who_does_not_say_who_they_are_keeps_nobody_out(database_url: str) -> None:
    async with (
        running(database_url, MAX_SOCKETS="2") as world,
        Frames.open(world) as first,
        Frames.open(world) as second,
    ):
        await reaches(world.http, "dealcast_sockets", 2)
        async with world.bob.socket():
            assert await first.end() == CloseCode.TRY_AGAIN
            async with world.carol.socket():
                assert await second.end() == CloseCode.TRY_AGAIN
                # These two have said it, and stay.
                async with Frames.open(world) as third:
                    assert await third.end() == CloseCode.TRY_AGAIN
                assert await _refused(world.dave) == CloseCode.TRY_AGAIN
                assert await figure(world.http, "dealcast_sockets") == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("opcode", [PING, PONG, CONTINUATION], ids=["ping", "pong", "piece"])
async def test_a_flood_of_frames_without_a_message_is_cut_short(
    world: World, monkeypatch: pytest.MonkeyPatch, opcode: int
) -> None:
    """By whoever it is; most of it is not even parsed."""
    taken = 0

    def take(wire: Wire) -> None:
        nonlocal taken
        taken += 1
        take_spare(wire)

    take_spare = Wire._take_spare
    monkeypatch.setattr(Wire, "_take_spare", take)
    async with Frames.admitted(world.bob) as neighbour, Frames.open(world) as socket:
        if opcode == CONTINUATION:
            socket.send_raw(TEXT, b"{", last=False)
        empty = bytes([opcode | (opcode != CONTINUATION) << 7, 0x80]) + bytes(4)
        socket.write(empty * 20 * MOST_SPARE_FRAMES)
        assert await socket.end() == CloseCode.BAD_MESSAGE
        neighbour.say(type="ping")
        assert await neighbour.hear() == {"type": "pong"}
    # What was parsed with it.
    assert MOST_SPARE_FRAMES <= taken < MOST_SPARE_FRAMES + 1_000


async def test_a_hundred_who_subscribe_at_once_cost_about_what_one_costs(world: World) -> None:
    """They begin together: what they see is read for all of them, and rendered once."""
    people = [await world.invite(f"f{number}", UserRole.MEMBER) for number in range(100)]
    await factories.opportunity(world.bob, subscriberIds=[person.id for person in people])
    costs = []
    for some in (people[:1], people):
        # Another head of the log: nothing that was rendered before is of use.
        await factories.contact(world.bob)
        before = await figure(world.http, RENDERINGS)
        sockets = [person.socket() for person in some]
        opened = [await socket.__aenter__() for socket in sockets]
        with statements() as said:
            lives = [await socket.subscribe(FOLLOW_ALL) for socket in opened]
            beginnings = [await live.until("READY") for live in lives]
        costs.append(len(said))
        assert all(items == beginnings[0] for items in beginnings)
        assert [item["kind"] for item in beginnings[0]] == ["SNAPSHOT", "READY"]
        assert await figure(world.http, RENDERINGS) - before == 2
        for socket in sockets:
            await socket.__aexit__(None, None, None)
    # In how many rounds they come is chance; each costs less than the first, and there are few.
    assert costs[1] <= 3 * costs[0]


async def test_what_comes_at_once_leaves_in_one_write(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    paula = await factories.contact(world.bob)
    for number in range(3):
        await factories.opportunity(
            world.bob, f"Deal {number}", contactId=paula, subscriberIds=[world.carol.id]
        )
    written: list[int] = []

    def writing(wire: Wire, frame: bytes) -> None:
        written.append(1)
        write(wire, frame)

    def writing_all(wire: Wire, frames: Sequence[bytes]) -> None:
        written.append(len(frames))
        write_all(wire, frames)

    write, write_all = Wire.write, Wire.write_all
    async with world.carol.follow(FOLLOW_ALL) as live:
        beginning = await live.until("READY")
        monkeypatch.setattr(Wire, "write", writing)
        monkeypatch.setattr(Wire, "write_all", writing_all)
        await world.bob.do("updateContact", id=paula, jobTitle="CFO")
        told = [await live.next() for _ in range(3)]
        assert written == [3]
        del written[:]
        again = await live.socket.subscribe(FOLLOW_ALL, after=beginning[-1]["cursor"])
        assert (await again.until("READY"))[:-1] == told
        assert written == [3, 1]
        del written[:]
        anew = await live.socket.subscribe(FOLLOW_ALL)
        assert len(await anew.until("READY")) == 4
        assert written == [4]


def _alive() -> Counter[str]:
    gc.collect()
    ours = (Connection, Wire, Operations, Stream, LiveOperation, Opening)
    return Counter(type(one).__name__ for one in gc.get_objects() if issubclass(type(one), ours))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_sockets_that_come_and_go_leave_nothing(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    before = _alive()
    for number in range(5):
        async with world.carol.socket() as socket, world.carol.follow(FOLLOW_ALL) as live:
            await live.until("READY")
            await (await socket.subscribe(FOLLOW_ALL)).until("READY")
            await world.bob.do("updateOpportunity", id=deal, name=f"Name {number}")
            await live.next()
            if number % 2:
                live.socket.connection.transport.abort()
    await reaches(world.http, "dealcast_sockets", 0)
    assert _alive() == before
