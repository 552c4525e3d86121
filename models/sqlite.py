"""How does SQLite behave with several processes on one file? Tortoise's engine, but writers say so when they begin."""

import asyncio
from typing import Any

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)


class _Transaction(SqliteTransactionWrapper):
    def __init__(self, connection: "_Client") -> None:
        super().__init__(connection)
        self._begin = connection.begin

    async def begin(self) -> None:
        await self._connection.execute(self._begin)


class _Client(SqliteClient):
    def __init__(self, file_path: str, begin: str = "BEGIN IMMEDIATE", **kwargs: Any) -> None:
        super().__init__(file_path, **kwargs)
        # A deferred BEGIN that reads and then writes fails at once when another process writes in
        # between, whatever the busy timeout; a snapshot for reading wants just that deferred BEGIN.
        self.begin = begin
        self._creating = asyncio.Lock()

    async def create_connection(self, with_db: bool) -> None:
        async with self._creating:
            await super().create_connection(with_db)

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(_Transaction(self), self._lock)


client_class = _Client
