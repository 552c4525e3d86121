"""How do many tests begin on the same ground, which is made once and laid again for each of them?

Made by the API like any other, in a world of its own; each test gets a fresh server over a copy of the rows.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import connect

from tests import servers
from tests.harness import Client, World, running, serving

Ids = dict[str, str]
Make = Callable[[World], Awaitable[Ids]]


@dataclass(frozen=True)
class _Kept:
    """Where the rows are, who is there, and the ids of what was made."""

    rows: str
    people: dict[str, Client]
    ids: Ids


class Grounds:
    """Those that have been made so far; their SQLite files stand in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[tuple[str, Make], _Kept] = {}

    @asynccontextmanager
    async def laid(self, database_url: str, make: Make) -> AsyncIterator[tuple[World, Ids]]:
        """A world whose database, empty so far, has what `make` makes; and the ids that it returns."""
        key = database_url.partition(":")[0], make
        if key in self._kept:
            self._bring_back(database_url, self._kept[key])
        else:
            self._kept[key] = await self._make(database_url, make)
        kept = self._kept[key]
        async with serving(database_url) as world:
            world.people = {name: replace(one, world=world) for name, one in kept.people.items()}
            yield world, dict(kept.ids)

    async def _make(self, database_url: str, make: Make) -> _Kept:
        async with running(database_url) as world:
            ids = await make(world)
        rows = f"ground_{len(self._kept)}"
        if database_url.startswith("sqlite:"):
            copy_sqlite(_file(database_url), self._folder / rows)
        else:
            servers.keep(database_url, rows)
        return _Kept(rows, world.people, ids)

    def _bring_back(self, database_url: str, kept: _Kept) -> None:
        if database_url.startswith("sqlite:"):
            shutil.copy(self._folder / kept.rows, _file(database_url))
        else:
            servers.bring_back(database_url, kept.rows)


def copy_sqlite(source: Path, target: Path) -> None:
    """Not the file alone: what was written last may still stand beside it."""
    with closing(connect(source)) as there, closing(connect(target)) as here:
        there.backup(here)


def _file(database_url: str) -> Path:
    return Path(database_url.removeprefix("sqlite://"))
