"""How is a schema written as SQL, for SQLite and PostgreSQL alike?

Written out because Tortoise creates neither CHECK nor composite keys. Keys across tables hold the
organisation, so that a row of one organisation can never point into another.
"""

from typing import Any

from tortoise.migrations.operations import AddField, CreateModel

_WORDS = {
    "sqlite": {
        "id": "VARCHAR(40)",
        "key": "TEXT",
        "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "instant": "TIMESTAMP",
        "json": "JSON",
        "flag": "INT",
    },
    "postgres": {
        # Collation C: the same order as SQLite's, and the cheapest.
        "id": 'VARCHAR(40) COLLATE "C"',
        "key": 'TEXT COLLATE "C"',
        "serial": "SERIAL PRIMARY KEY",
        "instant": "TIMESTAMPTZ",
        "json": "JSONB",
        "flag": "BOOL",
    },
}


async def run(tables: str, schema_editor: Any) -> None:
    """Statements that each end in `;` and a line break; words in braces differ by database."""
    client = schema_editor.client
    words = _WORDS["sqlite" if client.capabilities.dialect == "sqlite" else "postgres"]
    for statement in tables.format(**words).split(";\n"):
        if statement.strip():
            await client.execute_query(statement)


class Recorded(CreateModel):
    """A model whose table is created by SQL: known to later migrations, not created again."""

    async def database_forward(self, *_args: Any, **_kwargs: Any) -> None:
        return


class RecordedField(AddField):
    """The same for a column."""

    async def database_forward(self, *_args: Any, **_kwargs: Any) -> None:
        return
