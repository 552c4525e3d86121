"""How do we reach the database, and bring its schema up to date?

Four connections (on PostgreSQL pools) so that nobody waits for another's work: `default` writes, `reads`
answers queries, `live` is the tail's, `replay` what a subscription begins with.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.migrations.api.migrate import migrate as run_migrations

from models.transactions import Router, settled

CONNECTIONS = ("default", "reads", "live", "replay")
_LIVE = {"live", "replay"}
_POOL_SIZES = {"default": 12, "reads": 12, "live": 3, "replay": 6}
_PATIENCE = 2.0


class Unreachable(Exception):
    """The database cannot be connected to; one line that says why, without a secret."""


def config(url: str) -> dict[str, Any]:
    """Tortoise's configuration for a DATABASE_URL (`sqlite://PATH` or `postgres://…`)."""
    return {
        "connections": {name: _connection(url, name) for name in CONNECTIONS},
        "apps": {
            "models": {
                "models": ["models"],
                "migrations": "migrations",
                "default_connection": "default",
            }
        },
        "routers": [Router],
    }


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite://").partition("?")[0])


def _connection(url: str, name: str) -> dict[str, Any]:
    if url.startswith("sqlite://"):
        begin = "BEGIN IMMEDIATE" if name == "default" else "BEGIN"
        # synchronous=FULL: a position once seen by a client is never given out again after a power cut.
        credentials = {
            "file_path": str(_path(url)),
            "begin": begin,
            "inline": name in _LIVE,
            # The live ones read in the loop's own thread, which must not wait for long: they try again.
            "busy_timeout": 100 if name in _LIVE else 5000,
            "synchronous": "FULL",
        }
        return {"engine": "models.sqlite", "credentials": credentials}
    parts = urlsplit(url)
    described = expand_db_url(urlunsplit(parts._replace(scheme="asyncpg")))
    described["engine"] = "models.postgres"
    described["credentials"].update(
        minsize=1,
        maxsize=_POOL_SIZES[name],
        server_settings={
            "lock_timeout": "5s",
            "statement_timeout": "30s",
            "application_name": f"dealcast {name}",
        },
    )
    return described


async def open_database(url: str) -> None:
    """Connects models to the database; call `close_database` in the end, or the process does not exit."""
    # The fallback makes the connections visible to tasks that do not descend from this one.
    await Tortoise.init(config=config(url), _enable_global_fallback=True)


async def close_database() -> None:
    """Waits for running transactions, then closes every connection."""
    await settled()
    await Tortoise.close_connections()


async def migrate(url: str) -> None:
    """Brings the schema up to date; several processes may ask at once.

    Raises:
        Unreachable: PostgreSQL is not there, or does not let us in.
    """
    if url.startswith("sqlite://"):
        async with _folder_locked(_path(url)):
            await _migrate(url)
        return
    try:
        lock = await asyncpg.connect(**_dsn(url))
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = str(error).partition("\n")[0]
        raise Unreachable(
            f"DATABASE_URL leads to no database that answers: {type(error).__name__}: {reason}"
        ) from None
    try:
        await lock.execute("SELECT pg_advisory_lock(hashtext('dealcast migrations'))")
        await _migrate(url)
    finally:
        await lock.close()


@asynccontextmanager
async def _folder_locked(file: Path) -> AsyncIterator[None]:
    """Alone with a SQLite file that may not be there yet: its folder is what processes can meet at.

    Not the file itself: whoever closes it lets go of SQLite's own locks on it.
    """
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        await asyncio.to_thread(fcntl.flock, folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


async def _migrate(url: str) -> None:
    described = config(url)
    # The migration recorder asks for tables through the router before there are any.
    described["connections"] = {"default": described["connections"]["default"]}
    described.pop("routers")
    if url.startswith("sqlite://"):
        # Rebuilding a table drops it, and with foreign keys on that would empty its children.
        described["connections"]["default"]["credentials"]["foreign_keys"] = "OFF"
    try:
        await run_migrations(config=described)
        if url.startswith("sqlite://"):
            broken = await get_connection("default").execute_query_dict("PRAGMA foreign_key_check")
            if broken:
                raise OperationalError(f"a migration broke foreign keys: {broken[:3]}")
    finally:
        await Tortoise.close_connections()


def _dsn(url: str) -> dict[str, Any]:
    credentials = _connection(url, "default")["credentials"]
    return {key: credentials.get(key) for key in ("host", "port", "user", "password", "database")}


async def answers() -> bool:
    """Whether the database can be asked."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await get_connection("reads").execute_query("SELECT 1")
    except Exception:  # noqa: BLE001  whatever keeps it from answering
        return False
    return True


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """The database for the length of a command."""
    await open_database(url)
    try:
        yield
    finally:
        await close_database()
