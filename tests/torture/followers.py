"""How do clients follow? As the stock graphql-ws client does, with all that each `subscribe` brought written down.

They retry for ever, resume after the newest cursor, give up a socket that has fallen silent, and stop for good
where the stock client does; the application around them then signs in again, or begins anew.
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from realtime.cursors import LogCursor
from resolvers.tokens import Tokens
from tests.harness import PATIENCE, Client

# Where graphql-ws 6.4 gives up; after every other end it comes back.
FINAL = frozenset({1008, 1009, 1011, 4400, 4401, 4406, 4409, 4429, 4500})
_SILENCE = 3.0


@dataclass(slots=True)
class Item:
    """One item of a stream, as it came over the wire."""

    said: dict[str, Any]
    cursor: LogCursor
    at: float

    @classmethod
    def read(cls, payload: dict[str, Any]) -> "Item":
        [item] = payload["data"].values()
        return cls(item, LogCursor.parse(item["cursor"]), time.time())

    @property
    def position(self) -> int:
        return self.cursor.position

    @property
    def kind(self) -> str:
        kind: str = self.said["kind"]
        return kind

    @property
    def deal_id(self) -> str | None:
        return self.said.get("dealId")

    @property
    def event(self) -> dict[str, Any] | None:
        return self.said.get("event")

    @property
    def deal(self) -> dict[str, Any] | None:
        return self.said.get("deal")


@dataclass(slots=True)
class Session:
    """One `subscribe` that was sent, with a token of when."""

    after: LogCursor | None
    signed_in_at: float
    items: list[Item] = field(default_factory=list)
    # `complete`, `error`, or the code that the socket was closed with.
    end: str | int | None = None

    def resumes(self, epoch: str) -> bool:
        """Whether it can go on after its cursor, in this epoch of the log."""
        return self.after is not None and not self.after.begun and self.after.epoch == epoch


@dataclass(slots=True)
class Life:
    """A subscription from one without a cursor to its end, over all the cuts between."""

    sessions: list[Session] = field(default_factory=list)

    @property
    def cursor(self) -> LogCursor | None:
        found = (item.cursor for session in self.sessions[::-1] for item in session.items[::-1])
        return next(found, None)


class Follower:
    """One client, which follows one deal or all that its user follows."""

    # Whether it goes on after a cursor.
    resumes = True

    def __init__(
        self, email: str, user_id: str, query: str, deal_id: str | None, random: Random
    ) -> None:
        self.email = email
        self.user_id = user_id
        self.deal_id = deal_id
        self.lives = [Life()]
        # What no client should ever meet.
        self.surprises: list[str] = []
        # What the query says in the end, of those that keep what a query answers.
        self.answer: Any = None
        self._query = query
        self._random = random
        self._token = ""
        self._signed_in_at = 0.0
        self._came = asyncio.Event()

    @property
    def stream(self) -> str:
        """What the streams of this kind are called in the report."""
        return "followedDealUpdates" if self.deal_id is None else "dealUpdates"

    async def ask(self, _by: Client) -> None:
        """Sets `answer`, when all is written and whole."""

    @property
    def sessions(self) -> list[Session]:
        return [session for life in self.lives for session in life.sessions]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Returns when something holds that its items bring about."""
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                self._came.clear()
                await self._came.wait()

    async def heard_up_to(self, cursor: str) -> None:
        await self.until(lambda: str(self.lives[-1].cursor) == cursor)

    async def run(self, url: str, tokens: Tokens) -> None:
        self._sign_in(tokens)
        while True:
            end = await self._connect(url)
            if end in ("complete", "error"):
                await asyncio.sleep(self._random.uniform(0.2, 0.8))
                self.lives.append(Life())
            elif end in FINAL:
                if end != 4401:
                    self.surprises.append(f"was closed for good with {end}")
                await asyncio.sleep(self._random.uniform(0.2, 0.8))
                self._sign_in(tokens)
            else:
                await asyncio.sleep(self._random.uniform(0.05, 0.15))

    def _sign_in(self, tokens: Tokens) -> None:
        self._signed_in_at = time.time()
        self._token = tokens.issue(self.email)

    async def _connect(self, url: str) -> str | int | None:
        """One socket to its end: how that came, None where the network simply broke."""
        session: Session | None = None
        end: str | int | None
        try:
            async with connect(
                url.replace("http", "ws") + "/graphql",
                subprotocols=[Subprotocol("graphql-transport-ws")],
                compression=None,
                ping_interval=None,
                max_size=None,
                open_timeout=10,
                close_timeout=0.1,
            ) as socket:
                await _say(
                    socket,
                    type="connection_init",
                    payload={"authorization": f"Bearer {self._token}"},
                )
                while (await _hear(socket))["type"] != "connection_ack":
                    pass
                session = self._session()
                await _say(socket, type="subscribe", id="1", payload=self._request(session))
                self.lives[-1].sessions.append(session)
                end = await self._listen(socket, session)
        except ConnectionClosed as closed:
            end = closed.rcvd.code if closed.rcvd is not None else None
        except (OSError, WebSocketException, TimeoutError):
            end = None
        if session is not None:
            session.end = end
        return end

    def _session(self) -> Session:
        return Session(self.lives[-1].cursor if self.resumes else None, self._signed_in_at)

    def _request(self, session: Session) -> dict[str, Any]:
        return {"query": self._query, "variables": self._variables(session)}

    def _variables(self, session: Session) -> dict[str, Any]:
        after = session.after and str(session.after)
        return {"after": after} | ({} if self.deal_id is None else {"dealId": self.deal_id})

    async def _listen(self, socket: ClientConnection, session: Session) -> str:
        while True:
            message = await _hear(socket)
            match message["type"]:
                case "next" if "errors" not in message["payload"]:
                    session.items.append(Item.read(message["payload"]))
                    self._came.set()
                case "ping":
                    await _say(socket, type="pong")
                case "complete":
                    return "complete"
                case "next" | "error":
                    return self._fail(_errors(message["payload"]), session)
                case _:
                    pass

    def _fail(self, errors: list[Any], session: Session) -> str:
        codes = [error["extensions"]["code"] for error in errors]
        if codes != ["NOT_FOUND"] or self.deal_id is None or session.after is not None:
            self.surprises.append(f"was told {errors}")
        return "error"


def _errors(payload: Any) -> list[Any]:
    return list(payload["errors"] if isinstance(payload, dict) else payload)


async def _say(socket: ClientConnection, **message: object) -> None:
    await socket.send(json.dumps(message))


async def _hear(socket: ClientConnection) -> dict[str, Any]:
    """The next message; a socket that stays silent though it is pinged is given up."""
    for is_last in (False, True):
        with suppress(TimeoutError):
            async with asyncio.timeout(_SILENCE):
                message: dict[str, Any] = orjson.loads(await socket.recv(decode=False))
                return message
        if not is_last:
            await _say(socket, type="ping")
    socket.transport.abort()
    raise TimeoutError
