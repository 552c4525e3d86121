"""Do several processes over one PostgreSQL behave as one server?"""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.database import opened
from models.enums import UserRole
from resolvers import organisations
from resolvers.tokens import Tokens
from tests import factories, servers
from tests.documents import FOLLOW_ALL, FOLLOW_NOTIFICATIONS
from tests.harness import SECRET, Client, World
from tests.http_clients import http_client
from tests.processes import Process, command, process


@asynccontextmanager
async def _two(database: str, broadcast: str) -> AsyncIterator[tuple[World, World, list[Process]]]:
    """Two processes, each with its own view of the same people."""
    environ = {"DATABASE_URL": database, "BROADCAST_URL": broadcast}
    async with opened(database):
        acme = await organisations.found("Acme", "alice@acme.example")
        for name in ("bob", "carol"):
            await organisations.invite(acme, f"{name}@acme.example", UserRole.MEMBER)
    async with AsyncExitStack() as stack:
        # At once: migrations wait for each other.
        both = await asyncio.gather(
            *(stack.enter_async_context(process(**environ)) for _ in range(2))
        )
        worlds = []
        for running in both:
            http = await stack.enter_async_context(http_client(running.url))
            world = World(running.url, http, Tokens(SECRET))
            for name in ("alice", "bob", "carol"):
                client = Client(world, world.tokens.issue(f"{name}@acme.example"), "")
                client.id = (await client.ask("{ viewer { user { id } } }"))["viewer"]["user"]["id"]
                world.people[name] = client
            worlds.append(world)
        yield worlds[0], worlds[1], list(both)


@pytest.mark.parametrize("broadcaster", ["redis", "postgres"])
async def test_a_change_in_one_process_is_heard_in_the_other(
    shared_database: str, redis: servers.Redis, broadcaster: str
) -> None:
    broadcast = redis.url if broadcaster == "redis" else shared_database
    async with _two(shared_database, broadcast) as (one, other, _):
        deal = await factories.opportunity(one.bob, subscriberIds=[one.carol.id])
        async with other.carol.follow(FOLLOW_ALL) as live:
            await live.until("READY")
            payload = await one.bob.do("updateOpportunity", id=deal, name="Next")
            item = await live.next()
            assert (item["kind"], item["cursor"]) == ("CHANGED", payload["cursor"])


async def test_a_snooze_ends_once_in_whichever_process(
    shared_database: str, redis: servers.Redis
) -> None:
    """Rule 20: and the count is pushed to all of the user's windows, on every process."""
    async with _two(shared_database, redis.url) as (one, other, _):
        deal = await factories.opportunity(one.bob, subscriberIds=[one.carol.id])
        [told] = (await one.carol.ask("{ notifications { nodes { id } } }"))["notifications"][
            "nodes"
        ]
        async with (
            one.carol.follow(FOLLOW_NOTIFICATIONS) as here,
            other.carol.follow(FOLLOW_NOTIFICATIONS) as there,
        ):
            for live in (here, there):
                await live.until("READY")
            until = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
            await one.carol.call(
                "snoozeNotifications", types="[ID!]! DateTime", ids=[told["id"]], until=until
            )
            heard = [[await live.next() for _ in range(2)] for live in (here, there)]
            assert heard[0] == heard[1]
            assert [item["unreadDealCount"] for item in heard[0]] == [0, 1]
            # The next that anybody hears is something else: it ended once.
            payload = await one.bob.do("updateOpportunity", id=deal, name="Next")
            for live in (here, there):
                assert (await live.next())["cursor"] == payload["cursor"]


async def test_without_the_broadcaster_changes_go_on_arriving(
    shared_database: str, redis: servers.Redis
) -> None:
    """A lost wake-up costs time, never data: mutations succeed, and the log is polled."""
    async with _two(shared_database, redis.url) as (one, other, _):
        deal = await factories.opportunity(one.bob, subscriberIds=[one.carol.id])
        async with other.carol.follow(FOLLOW_ALL) as live:
            await live.until("READY")
            redis.stop()
            try:
                for number in range(5):
                    payload = await one.bob.do("updateOpportunity", id=deal, name=f"Name {number}")
                    assert payload["userErrors"] == []
                    assert (await live.next())["cursor"] == payload["cursor"]
            finally:
                redis.start()
            payload = await one.bob.do("updateOpportunity", id=deal, name="The last")
            assert (await live.next())["cursor"] == payload["cursor"]


async def test_a_killed_process_costs_its_clients_nothing_but_a_cut(
    shared_database: str, redis: servers.Redis
) -> None:
    """They resume at another process, after their cursor."""
    async with _two(shared_database, redis.url) as (one, other, processes):
        deal = await factories.opportunity(one.bob, subscriberIds=[one.carol.id])
        async with one.carol.follow(FOLLOW_ALL) as live:
            last = (await live.until("READY"))[-1]["cursor"]
            await processes[0].end(signal.SIGKILL)
        missed = [
            (await other.bob.do("updateOpportunity", id=deal, name=name))["cursor"]
            for name in ("One", "Two")
        ]
        async with other.carol.follow(FOLLOW_ALL, after=last) as live:
            items = await live.until("READY")
    assert [item["cursor"] for item in items[:-1]] == missed


async def test_a_process_that_is_asked_to_stop_exits_in_time_and_its_clients_come_back(
    shared_database: str, redis: servers.Redis
) -> None:
    async with (
        _two(shared_database, redis.url) as (one, _, processes),
        one.carol.follow(FOLLOW_ALL) as live,
    ):
        await live.until("READY")
        status = asyncio.create_task(processes[0].end())
        await live.socket.connection.wait_closed()
        assert live.socket.connection.close_code == 1012
        assert await status == 0


async def test_several_workers_serve_one_port_and_stop_together(
    shared_database: str, redis: servers.Redis, tmp_path: Path
) -> None:
    environ = {
        "DATABASE_URL": shared_database,
        "BROADCAST_URL": redis.url,
        "WORKERS": "2",
        "TMPDIR": str(tmp_path),
    }
    assert (await command("organisation", "Acme", "--admin", "alice@acme.example", **environ))[
        0
    ] == 0
    invite = ("user", "bob@acme.example", "--organisation", "Acme", "--role", "MEMBER")
    invited = await command(*invite, **environ)
    assert invited == (0, "bob@acme.example is there, as MEMBER of Acme", "")
    program = ("python", "server.py")  # as an operator begins it
    async with (
        process(program=program, **environ) as running,
        http_client(running.url) as http,
    ):
        world = World(running.url, http, Tokens(SECRET))
        alice = Client(world, world.tokens.issue("alice@acme.example"), "")
        deal = await factories.opportunity(alice)
        # As many sockets as make it all but certain that both workers have one.
        async with AsyncExitStack() as stack:
            lives = [await stack.enter_async_context(alice.follow(FOLLOW_ALL)) for _ in range(8)]
            for live in lives:
                await live.until("READY")
            payload = await alice.do("updateOpportunity", id=deal, name="Next")
            for live in lives:
                assert (await live.next())["cursor"] == payload["cursor"]
        assert await running.end() == 0
    # Nor does anything stay behind in the place for temporary files.
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


async def test_workers_end_when_their_supervisor_is_killed(
    shared_database: str, redis: servers.Redis
) -> None:
    environ = {"DATABASE_URL": shared_database, "BROADCAST_URL": redis.url, "WORKERS": "2"}
    async with process(**environ) as running:
        await running.end(signal.SIGKILL)
        port = int(running.url.rpartition(":")[2])
        # The port is theirs as long as one of them is there.
        async with asyncio.timeout(30):
            while await _is_open(port):  # noqa: ASYNC110  nothing tells of the end of a child of a child
                await asyncio.sleep(0.05)


async def _is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


async def test_processes_that_start_at_once_on_a_new_file_make_one_database_of_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "new.db"
    names = ("Acme", "Globex", "Initech")
    ended = await asyncio.gather(
        *(
            command(
                "organisation",
                name,
                "--admin",
                f"admin@{name}.example",
                DATABASE_URL=f"sqlite://{file}",
            )
            for name in names
        )
    )
    assert [complaint for status, _, complaint in ended if status] == []
    with closing(sqlite3.connect(file)) as database:
        assert {name for (name,) in database.execute("SELECT name FROM organisations")} == set(
            names
        )


@pytest.mark.parametrize("arguments", [(), ("token", "alice@acme.example")])
async def test_a_database_that_is_not_there_is_one_line_and_no_secret(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    url = f"postgres://dealcast:hunter2@/dealcast?host={tmp_path}"
    status, said, complaint = await command(*arguments, DATABASE_URL=url)
    assert (status, said) == (1, "")
    assert complaint.startswith("DATABASE_URL leads to no database that answers: ")
    assert "\n" not in complaint
    assert "hunter2" not in complaint


async def test_what_cannot_work_is_refused_at_start() -> None:
    status, _, complaint = await command(WORKERS="2", DATABASE_URL="sqlite://dealcast.db")
    assert status == 1
    assert complaint.startswith("WORKERS must be 1 with SQLite or memory://")
