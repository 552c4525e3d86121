"""How is the database written whole or not at all, and read as it was at one moment?

Models are read through whichever connection is current in the context: `reads` for queries, inside a
transaction or a snapshot that one's own.
"""

import asyncio
import json
import random
import re
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextvars import ContextVar
from typing import Any, Literal, TypeVar

import asyncpg
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

T = TypeVar("T")

_ATTEMPTS = 12

_current: ContextVar[str] = ContextVar("current connection", default="reads")
_running: set["asyncio.Task[Any]"] = set()


class Router:
    """Tells Tortoise which connection a query without one of its own takes."""

    def db_for_read(self, _model: object) -> str:
        return _current.get()

    def db_for_write(self, _model: object) -> str:
        return "default"


class Again(Exception):
    """Raised in a transaction that found the ground moved under it: roll back and run it once more."""


_PASSING = (
    Again,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
_CUT = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what it says of a connection that ended in the middle of a statement
    asyncpg.CannotConnectNowError,
    OSError,
)

# Deadlocks met and retried since the start: the lock order of the log says there are none.
deadlocks = 0


def dialect() -> Literal["sqlite", "postgres"]:
    return "sqlite" if get_connection("default").capabilities.dialect == "sqlite" else "postgres"


async def transact(work: Callable[[], Awaitable[T]]) -> T:
    """Runs `work` in a transaction: committed whole when it returns, rolled back when it raises.

    It runs in a task of its own and to its end whatever becomes of the caller: a task cancelled while it
    enters or leaves a transaction would leak the lock or the connection. Do not start tasks, gather or load
    in batches inside `work`: they would share its connection.
    """
    return await _to_its_end(_with_retries(work))


async def _with_retries(work: Callable[[], Awaitable[T]]) -> T:
    global deadlocks  # noqa: PLW0603  a counter for tests and operators
    _current.set("default")
    for attempt in range(1, _ATTEMPTS + 1):
        working = True
        try:
            async with in_transaction("default"):
                result = await work()
                working = False
            return result
        except _PASSING as error:
            deadlocks += isinstance(error, asyncpg.DeadlockDetectedError)
            if attempt == _ATTEMPTS:
                raise
        except _CUT:
            # Once the commit was on its way nobody knows what became of it; only before it may we try again.
            if not working or attempt == _ATTEMPTS:
                raise
        except OperationalError as error:
            if not _is_busy(error) or attempt == _ATTEMPTS:
                raise
        await asyncio.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 6)))  # noqa: S311  jitter, no secret
    raise AssertionError("unreachable")


def _is_busy(error: OperationalError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)


async def in_snapshot(work: Callable[[], Awaitable[T]], connection: Literal["live", "replay"]) -> T:
    """Runs `work` on one moment of the database, whatever is written meanwhile; to its end, like `transact`."""
    return await _to_its_end(_reading(work, connection))


async def _reading(work: Callable[[], Awaitable[T]], connection: str) -> T:
    _current.set(connection)
    async with in_transaction(connection) as db:
        if db.capabilities.dialect != "sqlite":
            await db.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return await work()


async def _to_its_end(coroutine: Coroutine[Any, Any, T]) -> T:
    task = asyncio.create_task(coroutine)
    _running.add(task)
    task.add_done_callback(_done)
    return await asyncio.shield(task)


def _done(task: "asyncio.Task[Any]") -> None:
    _running.discard(task)
    if not task.cancelled():
        # Taken here, so that the end of work whose caller has gone is no "exception never retrieved".
        task.exception()


async def settled() -> None:
    """Returns when no transaction runs any more."""
    while _running:
        await asyncio.wait(_running)


async def column(rows: QuerySet[Any], name: str) -> list[str]:
    """One column of text of the rows."""
    found: list[Any] = list(await rows.values_list(name, flat=True))
    return found


async def fetch(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Rows of a statement on the writing connection; `$1`, `$2` … stand for the values, each once, in order."""
    return await _rows("default", sql, values)


async def query(sql: str, *values: Any) -> list[dict[str, Any]]:
    """The same on the connection that models are read through; a list is for `among`."""
    return await _rows(_current.get(), sql, values)


def among(place: str) -> str:
    """The condition that a column is in a list, which is one value however long it is."""
    sqlite = f"IN (SELECT value FROM json_each({place}))"  # noqa: S608  a place, never a value
    return sqlite if dialect() == "sqlite" else f"= ANY({place})"


async def _rows(connection: str, sql: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    if dialect() == "sqlite":
        sql = re.sub(r"\$\d+", "?", sql)
        values = [json.dumps(value) if isinstance(value, list) else value for value in values]
    return await get_connection(connection).execute_query_dict(sql, list(values))
