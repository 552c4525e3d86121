"""How do tests read server-sent events? As browsers do, over plain HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.harness import PATIENCE, Client

EVENTS = "text/event-stream"


@dataclass
class Event:
    name: str
    id: str | None
    data: Any

    @property
    def item(self) -> dict[str, Any]:
        assert self.name == "next" and "errors" not in self.data, self
        [item] = self.data["data"].values()
        assert isinstance(item, dict)
        assert self.id == item["cursor"]
        return item

    @property
    def codes(self) -> list[str]:
        assert self.name == "next" and "data" not in self.data, self
        return [error["extensions"]["code"] for error in self.data["errors"]]


COMPLETE = Event("complete", None, None)


@dataclass
class Stream:
    """An event stream, read as browsers read one."""

    response: httpx.Response
    lines: AsyncIterator[str]

    @classmethod
    def of(cls, response: httpx.Response) -> "Stream":
        return cls(response, _lines(response))

    async def next(self) -> Event | None:
        """The next event; None at the end of the response."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            async for line in self.lines:
                if not line:
                    data = fields.get("data")
                    return Event(
                        fields["event"], fields.get("id"), json.loads(data) if data else None
                    )
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        assert fields == {}
        return None

    async def item(self) -> dict[str, Any]:
        found = await self.next()
        assert found is not None
        return found.item

    async def kinds(self, count: int) -> list[str]:
        return [(await self.item())["kind"] for _ in range(count)]

    async def rest(self) -> list[Event]:
        found = []
        while (one := await self.next()) is not None:
            found.append(one)
        return found


async def _lines(response: httpx.Response) -> AsyncIterator[str]:
    """Not those of httpx, which breaks lines at U+2028 too."""
    begun = b""
    async for some in response.aiter_bytes():
        *whole, begun = (begun + some).split(b"\n")
        for line in whole:
            yield line.decode()
    assert begun == b""


def headers(by: Client, accept: str = EVENTS, **more: str) -> dict[str, str]:
    token = {} if by.token is None else {"authorization": f"Bearer {by.token}"}
    return {"accept": accept, **token, **more}


@asynccontextmanager
async def listening(
    by: Client, query: str, *, accept: str = EVENTS, last_event_id: str = "", **variables: Any
) -> AsyncIterator[Stream]:
    sent = headers(by, accept)
    if last_event_id:
        sent["last-event-id"] = last_event_id
    body = {"query": query, "variables": variables}
    async with by.world.http.stream("POST", "/graphql", json=body, headers=sent) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Stream.of(response)
