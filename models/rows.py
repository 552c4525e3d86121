"""How are rows held, so that they stay as they are until the transaction ends?

By statements that Tortoise has no words for; what they return are models all the same.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from tortoise.models import Model

from models.transactions import among, dialect, fetch, query

M = TypeVar("M", bound=Model)

# Rows of five columns, each with its key: old SQLite takes 999 variables in a statement.
_AT_ONCE = 60


async def taken(model: type[M], column: str, organisation_id: str, ident: str) -> M | None:
    """One row of an organisation, locked for changing, as it stands once it is; None if there is none.

    By an UPDATE, on both databases, that leaves a column as it is which no index holds: FOR UPDATE after
    another writer has inserted a child row that refers to this one is where deadlocks come from.
    """
    rows = await fetch(
        f"UPDATE {model._meta.db_table} SET {column} = {column}"  # noqa: S608, SLF001  our own names
        " WHERE id = $1 AND organisation_id = $2 RETURNING *",
        ident,
        organisation_id,
    )
    return _model(model, rows[0]) if rows else None


async def held(model: type[M], organisation_id: str, ids: Iterable[str]) -> dict[str, M]:
    """Rows that are referred to, by id, kept from changing (SQLite: there is one writer anyway)."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    places = ", ".join(f"${number}" for number in range(2, len(wanted) + 2))
    sql = (
        f"SELECT * FROM {model._meta.db_table}"  # noqa: S608, SLF001  our own names
        f" WHERE organisation_id = $1 AND id IN ({places}) ORDER BY id"
    )
    lock = " FOR SHARE" if dialect() == "postgres" else ""
    rows = await fetch(sql + lock, organisation_id, *wanted)
    return {row["id"]: _model(model, row) for row in rows}


async def rows_where(model: type[M], condition: str, *values: Any) -> list[M]:
    """The rows of a table, by a condition in SQL of our own.

    For what is read with every event: Tortoise takes several times as long to write a statement as SQLite to run it.
    """
    sql = f"SELECT * FROM {model._meta.db_table} WHERE {condition}"  # noqa: S608, SLF001  our own names
    return [_model(model, row) for row in await query(sql, *values)]


async def rows_by(model: type[M], column: str, values: Iterable[str], rest: str = "") -> list[M]:
    """Those that have one of these in a column, by one statement however many; `rest` is more of the condition."""
    wanted = list(dict.fromkeys(values))
    return await rows_where(model, f"{column} {among('$1')} {rest}", wanted) if wanted else []


async def save_all(rows: Sequence[Model], columns: Iterable[str]) -> None:
    """Writes some columns of many rows of one table, with few statements."""
    if len(rows) == 1:
        await rows[0].save(update_fields=columns)
    elif rows:
        await type(rows[0]).bulk_update(rows, columns, batch_size=_AT_ONCE)


def _model(model: type[M], row: dict[str, Any]) -> M:
    return model._init_from_db(**row)  # noqa: SLF001  as Tortoise makes one of what a SELECT returns
