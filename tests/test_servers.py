"""Do the suite's servers start, answer and stop, also when the tests are interrupted or killed?"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis as RedisClient

from tests.servers import Postgres, Redis, Server, ServerError, postgres, redis

HOLDER = """
import time
from tests.servers import postgres, redis
with postgres() as one, redis() as other:
    print(one.directory, other.directory, other.port, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def database_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def redis_server() -> Iterator[Redis]:
    with redis() as server:
        yield server


async def query(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_postgres_answers_over_its_socket(database_server: Postgres) -> None:
    url = database_server.url("postgres")
    assert str(await query(url, "SHOW server_version")).startswith("18.")
    assert await query(url, "SHOW max_connections") == "300"
    assert await query(url, "SHOW fsync") == "off"
    assert await query(url, "SHOW listen_addresses") == ""
    assert await query(url, "SELECT lower('ÉLAN')") == "élan"


async def test_databases_are_made_copied_and_dropped(database_server: Postgres) -> None:
    database_server.create_database("original")
    await query(database_server.url("original"), "CREATE TABLE kept AS SELECT 42 AS answer")
    database_server.create_database("copy", template="original")
    assert await query(database_server.url("copy"), "SELECT answer FROM kept") == 42

    in_use = await asyncpg.connect(database_server.url("copy"))
    database_server.drop_database("copy")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await query(database_server.url("copy"), "SELECT 1")
    in_use.terminate()

    with pytest.raises(ServerError, match='database "original" already exists'):
        database_server.create_database("original")
    database_server.drop_database("original")


async def test_postgres_keeps_its_data_over_a_restart(database_server: Postgres) -> None:
    database_server.create_database("lasting")
    connection = await asyncpg.connect(database_server.url("lasting"))
    await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    await asyncio.to_thread(database_server.restart)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    connection.terminate()
    assert await query(database_server.url("lasting"), "SELECT answer FROM kept") == 42


async def test_redis_carries_messages(redis_server: Redis) -> None:
    client = RedisClient.from_url(redis_server.url)
    async with client, client.pubsub(ignore_subscribe_messages=True) as listener:
        await listener.subscribe("news")
        await listener.get_message(timeout=1)
        assert await client.publish("news", "hello") == 1
        message = await listener.get_message(timeout=5)
    assert message is not None
    assert message["data"] == b"hello"


async def test_redis_comes_back_at_the_same_address(redis_server: Redis) -> None:
    redis_server.stop()
    async with RedisClient.from_url(redis_server.url) as client:
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", redis_server.port)
        redis_server.start()
        assert await client.echo("here") == b"here"


class Deaf(Redis):
    """The port it cannot have answers all the same, for another."""

    def answers(self) -> bool:
        return False


def test_what_cannot_start_says_why(redis_server: Redis) -> None:
    second = Deaf()
    second.port = redis_server.port
    with pytest.raises(ServerError, match="Address already in use"):
        second.start()
    second.close()
    assert not second.directory.exists()


@pytest.mark.parametrize("kind", [Postgres, Redis])
def test_a_server_leaves_nothing_behind(kind: type[Server]) -> None:
    server = kind()
    server.start()
    server.close()
    assert not server.directory.exists()
    assert not server.answers()
    server.close()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_servers_end_with_the_tests_however_those_end(end: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as tests:
        assert tests.stdout
        *directories, port = tests.stdout.readline().split()
        # The whole group, as a terminal does it.
        os.killpg(tests.pid, end)
    alone = Redis()
    alone.port = int(port)
    deadline = time.monotonic() + 10
    while any(Path(directory).exists() for directory in directories):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not alone.answers()
    alone.close()
