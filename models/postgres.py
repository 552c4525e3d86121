"""How is PostgreSQL reached? By Tortoise's engine, without a word that needs no saying."""

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient


class _Connection(asyncpg.Connection):
    def get_reset_query(self) -> str:
        """Nothing: sessions are never set up differently, so handing one back needs no round trip."""
        return ""


class _Client(AsyncpgDBClient):
    connection_class = _Connection  # type: ignore[assignment]  # generic in stubs only


client_class = _Client
