"""What do all tests stand on? Real databases, a fresh one a test, and the real server on a real port."""

import asyncio
import gc
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from tortoise.backends.base.executor import EXECUTOR_CACHE

import server
from models.database import migrate
from schema.sockets import Sockets
from tests import servers
from tests.grounds import Grounds
from tests.harness import World, running
from tests.mail import MailServer, mail_server

DATABASES = ("sqlite", "postgres")

# As the server has it: a collector that looks through everything that is imported, again and again, takes a
# good part of the suite's time.
gc.freeze()
gc.set_threshold(50_000, 50, 100)


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The server's own loop, which uvicorn takes, for the server that runs inside the tests' process."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no core is idle in the end."""
    items.sort(key=lambda item: "torture" not in item.path.parts)


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[servers.Redis]:
    with servers.redis() as server:
        yield server


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "dealcast.db"
    await migrate(f"sqlite://{path}")
    return path


@pytest.fixture(scope="session")
async def postgres_url(postgres: servers.Postgres) -> str:
    """One migrated database, emptied for each test: to make a new one takes a hundred times as long."""
    postgres.create_database("dealcast")
    url = postgres.url("dealcast")
    await migrate(url)
    return url


@contextmanager
def _database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    # Tortoise keeps a model's SQL by the connection's name, whatever database that now leads to.
    EXECUTOR_CACHE.clear()
    if request.param == "sqlite":
        path = folder / "dealcast.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite://{path}"
    else:
        url: str = request.getfixturevalue("postgres_url")
        servers.empty(url)
        yield url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of its own; each test that asks for it runs on both."""
    with _database(request, tmp_path) as url:
        yield url


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite file, for a server in a process of its own."""
    EXECUTOR_CACHE.clear()
    shutil.copy(sqlite_template, tmp_path / "dealcast.db")
    return f"sqlite://{tmp_path / 'dealcast.db'}"


@pytest.fixture
def shared_database(postgres_url: str) -> str:
    """A migrated, empty PostgreSQL database, which several processes may share."""
    EXECUTOR_CACHE.clear()
    servers.empty(postgres_url)
    return postgres_url


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A server with two organisations: Acme (alice, bob, carol, dave) and Globex (eve, frank)."""
    async with running(database_url) as world:
        yield world


@pytest.fixture(scope="session")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    """What several tests begin with."""
    return Grounds(tmp_path_factory.mktemp("grounds"))


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def mailing(database_url: str, smtp: MailServer) -> AsyncIterator[World]:
    """The same people with a mail server."""
    async with running(database_url, SMTP_URL=smtp.url) as world:
        yield world


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> list[Sockets]:
    """The open sockets and streams of each server that is started from here on."""
    made: list[Sockets] = []

    class Known(Sockets):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            made.append(self)

    monkeypatch.setattr(server, "Sockets", Known)
    return made
