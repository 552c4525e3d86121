"""How does SQLite behave with several processes on one file? Tortoise's engine, but writers say so when they begin.

What only reads for live streams (`inline`) does without the thread that aiosqlite puts between: a statement of
theirs takes a few dozen microseconds, and the way through a thread several times as much.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, cast

import aiosqlite
from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)


class _Inline:
    """The part of aiosqlite's Connection that Tortoise uses for reading, in the loop's own thread."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row

    @property
    def total_changes(self) -> int:
        return self._connection.total_changes

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        self._connection.execute(sql, values)

    async def execute_fetchall(
        self, sql: str, values: Sequence[Any] | None = None
    ) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values or ()).fetchall()

    async def commit(self) -> None:
        self._connection.commit()

    async def rollback(self) -> None:
        self._connection.rollback()

    async def close(self) -> None:
        self._connection.close()


class _Transaction(SqliteTransactionWrapper):
    def __init__(self, connection: "_Client") -> None:
        super().__init__(connection)
        self._begin = connection.begin

    async def begin(self) -> None:
        await self._connection.execute(self._begin)


class _Client(SqliteClient):
    def __init__(
        self, file_path: str, begin: str = "BEGIN IMMEDIATE", *, inline: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(file_path, **kwargs)
        # A deferred BEGIN that reads and then writes fails at once when another process writes in
        # between, whatever the busy timeout; a snapshot for reading wants just that deferred BEGIN.
        self.begin = begin
        self._inline = inline
        self._creating = asyncio.Lock()

    async def create_connection(self, with_db: bool) -> None:
        async with self._creating:
            if self._connection is None and self._inline:
                connection = _Inline(self.filename)
                for pragma, value in self.pragmas.items():
                    await connection.execute(f"PRAGMA {pragma}={value}")
                self._connection = cast("aiosqlite.Connection", connection)
            await super().create_connection(with_db)

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(_Transaction(self), self._lock)


client_class = _Client
