"""What proves that a mutation did what it should, or nothing at all?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.documents import FOLLOW_DEAL, GET_DEAL
from tests.harness import Client

Json = dict[str, Any]


async def deal(by: Client, ident: str) -> Json:
    """A deal as it stands for somebody who sees it."""
    found: Json | None = (await by.ask(GET_DEAL, id=ident))["deal"]
    assert found is not None
    return found


async def head(by: Client) -> str:
    """The newest place in the log of one's organisation."""
    cursor: str = (await by.ask("{ cursor }"))["cursor"]
    return cursor


async def events(by: Client, ident: str, since: str) -> list[Json]:
    """What the log tells of a deal after a place in it."""
    async with by.follow(FOLLOW_DEAL, dealId=ident, after=since) as live:
        items = await live.until("READY")
    return [item["event"] for item in items[:-1]]


def told(event: Json) -> list[tuple[str, str | None, str | None]]:
    """The field changes of an event, or of a payload of changeRoles."""
    return [(row["field"], row["before"], row["after"]) for row in event["changes"]]


def reasons(payload: Json) -> list[tuple[str, str | None]]:
    """Why a mutation was refused: each code with its field path, as in `participants.1.contactId`."""
    return [
        (error["code"], None if error["field"] is None else ".".join(error["field"]))
        for error in payload["userErrors"]
    ]


def outside(deal: Json) -> tuple[str | None, dict[str, tuple[str, str | None]]]:
    """The contact, and the participants with role and label."""
    contact = deal["contact"]
    return contact and contact["id"], {
        row["contact"]["id"]: (row["role"], row["label"]) for row in deal["otherParticipants"]
    }


def followers(deal: Json) -> dict[str, str]:
    """Who follows, and why."""
    return {row["user"]["id"]: row["reason"] for row in deal["subscribers"]}


@asynccontextmanager
async def nothing_happens(by: Client, *deals: str) -> AsyncIterator[None]:
    """Proves that meanwhile these deals stay as they are and the organisation's log does not grow."""
    before = [await deal(by, ident) for ident in deals], await head(by)
    yield
    assert ([await deal(by, ident) for ident in deals], await head(by)) == before
