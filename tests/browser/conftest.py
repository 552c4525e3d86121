"""What do tests in a browser stand on? Debian's Chromium, and servers that run as `make run` starts them.

Where there is no Chromium, or the pages are not built, each test is named as not run.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from server import BUILT_PAGES
from tests.browser.windows import FLAGS, Dealcast, Window
from tests.cable import Cable
from tests.grounds import copy_sqlite
from tests.ports import free_port
from tests.processes import process

# The same browser without its window first: it takes little more than half of the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
MISSING = (
    "no Chromium on the PATH"
    if CHROMIUM is None
    else "dashboard/dist is not built: make pages"
    if not (BUILT_PAGES / "index.html").exists()
    else None
)
# A server that is gone, a demo that is off or refuses.
_EXPECTED = re.compile(r"WebSocket|ERR_|/demo/(people|sign-in)$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(180))  # with the demo's first start


def pytest_runtest_setup(item: pytest.Item) -> None:
    if MISSING and Path(__file__).parent in item.path.parents:
        pytest.skip(MISSING)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get("skipped", []):
        if report.nodeid.startswith("tests/browser/"):
            terminalreporter.write_line(f"NOT RUN {report.nodeid}: {MISSING}")


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def demo_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The demo's data, as a first start leaves them; made once, whichever process of the suite comes first."""
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    path = folder / "demo.db"
    with (folder / "demo.lock").open("w") as lock:
        await asyncio.to_thread(flock, lock, LOCK_EX)
        if not path.exists():
            async with process(DATABASE_URL=f"sqlite://{folder}/seeded.db", DEMO="on") as server:
                await server.end()
            (folder / "seeded.db").rename(path)
    return path


@pytest.fixture
async def seeded(demo_database: Path, tmp_path: Path) -> AsyncIterator[Dealcast]:
    """A server with the demo's data that a test starts as it needs it, and may stop and start again."""
    copy_sqlite(demo_database, tmp_path / "demo.db")
    environ = {
        "DATABASE_URL": f"sqlite://{tmp_path}/demo.db",
        "DEMO": "on",
        "PORT": str(free_port()),
    }
    async with AsyncExitStack() as stack:
        yield Dealcast(environ, stack)


@pytest.fixture
async def dealcast(seeded: Dealcast) -> Dealcast:
    await seeded.start()
    return seeded


@pytest.fixture(scope="session")
async def shared_dealcast(
    demo_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Dealcast]:
    """The same, for all tests that change nothing."""
    folder = tmp_path_factory.mktemp("shared")
    copy_sqlite(demo_database, folder / "demo.db")
    environ = {"DATABASE_URL": f"sqlite://{folder}/demo.db", "DEMO": "on", "PORT": str(free_port())}
    async with AsyncExitStack() as stack:
        server = Dealcast(environ, stack)
        await server.start()
        yield server


@pytest.fixture
async def windows(chromium: Browser) -> AsyncIterator["Windows"]:
    opened = Windows(chromium)
    yield opened
    await opened.close()


class Windows:
    """Opens windows, each of a person of its own; when the test is over, none may have strayed or complained."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._opened: list[Window] = []

    async def open(self, server: Dealcast | Cable, **options: object) -> Window:
        context = await self._chromium.new_context(**options)  # type: ignore[arg-type]
        window = Window(await context.new_page(), server.url)
        self._opened.append(window)
        return window

    async def close(self) -> None:
        for window in self._opened:
            await window.page.context.close()
        for window in self._opened:
            assert window.strayed == []
            assert [line for line in window.complaints if not _EXPECTED.search(line)] == []
