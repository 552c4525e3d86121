"""How do keys that are asked for at one moment become one statement?"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader
from tortoise.models import Model

from models.rows import rows_by

M = TypeVar("M", bound=Model)
V = TypeVar("V")

# How many lists are read in one statement: old SQLite takes 999 variables.
_LISTS = 500


def one(model: type[M]) -> DataLoader[str, M | None]:
    """A row by its primary key."""
    key = model._meta.pk_attr  # noqa: SLF001  Tortoise's name for its column

    async def load(ids: list[str]) -> list[M | None]:
        found = {row.pk: row for row in await rows_by(model, key, ids)}
        return [found.get(ident) for ident in ids]

    return DataLoader(load)


def many(model: type[M], column: str, rest: str = "") -> DataLoader[str, list[M]]:
    """The rows that have an id in one of their columns; `rest` says which of them, and in which order."""

    async def load(ids: list[str]) -> list[list[M]]:
        found: dict[str, list[M]] = {ident: [] for ident in ids}
        for row in await rows_by(model, column, ids, rest):
            found[getattr(row, column)].append(row)
        return [found[ident] for ident in ids]

    return DataLoader(load)


def paged(
    pages: Callable[..., Awaitable[Mapping[str, V]]], counts: DataLoader[Any, int]
) -> DataLoader[Any, V]:
    """A page of a list for each deal; how long the list is, is asked of a loader where somebody wants to know."""

    async def count(deal_id: str) -> int:
        return await counts.load((deal_id,))

    async def load(first: int | None, after: str | None, ids: list[str]) -> Mapping[str, V]:
        return await pages(first, after, ids, count)

    return alike(load)


def alike(
    load: Callable[..., Awaitable[Mapping[Any, V]]], absent: V | None = None
) -> DataLoader[Any, Any]:
    """For keys that end in an id: one load for the ids of all keys that are alike before it."""

    async def load_keys(keys: list[tuple[Any, ...]]) -> list[V | BaseException | None]:
        groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for *alike, ident in keys:
            groups[tuple(alike)].append(ident)
        found: dict[tuple[Any, ...], V | BaseException] = {}
        for common, ids in groups.items():
            for start in range(0, len(ids), _LISTS):
                some = ids[start : start + _LISTS]
                try:
                    values = await load(*common, some)
                except Exception as error:  # noqa: BLE001  these keys are at fault, not the others
                    found.update({(*common, ident): error for ident in some})
                else:
                    found.update({(*common, ident): value for ident, value in values.items()})
        return [found.get(tuple(key), absent) for key in keys]

    return DataLoader(load_keys)
