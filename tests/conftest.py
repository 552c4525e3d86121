"""What do all tests stand on? Real databases, a fresh one a test, and the real server on a real port."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from models.database import migrate
from tests import servers
from tests.harness import World, running

DATABASES = ("sqlite", "postgres")
_numbers = count()


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
async def postgres_template(postgres: servers.Postgres) -> str:
    postgres.create_database("template")
    await migrate(postgres.url("template"))
    return "template"


@contextmanager
def _database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    # Tortoise keeps a model's SQL by the connection's name, whatever database that now leads to.
    EXECUTOR_CACHE.clear()
    if request.param == "sqlite":
        path = folder / "dealcast.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite://{path}"
    else:
        server: servers.Postgres = request.getfixturevalue("postgres")
        name = f"test_{next(_numbers)}"
        server.create_database(name, request.getfixturevalue("postgres_template"))
        yield server.url(name)
        server.drop_database(name)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of its own; each test that asks for it runs on both."""
    with _database(request, tmp_path) as url:
        yield url


@pytest.fixture
def shared_database(postgres: servers.Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database, which several processes may share."""
    EXECUTOR_CACHE.clear()
    name = f"shared_{next(_numbers)}"
    postgres.create_database(name, postgres_template)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A server with two organisations: Acme (alice, bob, carol, dave) and Globex (eve, frank)."""
    async with running(database_url) as world:
        yield world
