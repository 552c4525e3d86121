"""What do the server's own figures say? Read at /metrics, as an operator does."""

import asyncio
import re

import httpx

from tests.harness import PATIENCE


async def figure(http: httpx.AsyncClient, name: str) -> float:
    page = (await http.get("/metrics")).text
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def reaches(http: httpx.AsyncClient, name: str, expected: float) -> None:
    """Returns when a figure is as expected."""
    async with asyncio.timeout(PATIENCE):
        while await figure(http, name) != expected:  # noqa: ASYNC110  figures tell of no event
            await asyncio.sleep(0.01)
