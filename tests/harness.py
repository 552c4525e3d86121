"""How do tests speak to Dealcast? As clients do: over HTTP and websockets, with tokens.

`World` is a running server with people; `Client` is one of them; `Live` an open subscription.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

import server
from models import Organisation, User
from models.enums import UserRole
from resolvers import organisations
from resolvers.mail_queue import MailQueue
from resolvers.tokens import Tokens
from settings import Settings
from tests.http_clients import http_client

SECRET = "a secret of the tests, long enough for HS256"
PATIENCE = 10.0

PEOPLE = {
    "Acme": (
        ("alice", UserRole.ADMIN),
        ("bob", UserRole.MEMBER),
        ("carol", UserRole.MEMBER),
        ("dave", UserRole.VIEWER),
    ),
    "Globex": (("eve", UserRole.ADMIN), ("frank", UserRole.MEMBER)),
}


@dataclass
class World:
    """The server's address and its people: `world.alice` … `world.frank`."""

    url: str
    http: httpx.AsyncClient
    tokens: Tokens
    people: dict[str, "Client"] = field(default_factory=dict)

    def __getattr__(self, name: str) -> "Client":
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def nobody(self) -> "Client":
        return Client(self, None, "")

    async def invite(self, name: str, role: UserRole, organisation: str = "Acme") -> "Client":
        """One more user."""
        where = await Organisation.get(name=organisation)
        email = f"{name}@{organisation.lower()}.example"
        user = await organisations.invite(where, email, role, name.title())
        return self._join(name, user)

    def _join(self, name: str, user: User) -> "Client":
        client = Client(self, self.tokens.issue(user.email), user.id)
        self.people[name] = client
        return client


@dataclass
class Client:
    """Somebody who asks; `token` None is nobody."""

    world: World
    token: str | None
    id: str

    async def post(self, body: object, **headers: str) -> httpx.Response:
        if self.token is not None:
            headers = {"authorization": f"Bearer {self.token}", **headers}
        return await self.world.http.post("/graphql", json=body, headers=headers)

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer: data and errors."""
        response = await self.post({"query": query, "variables": variables})
        body: dict[str, Any] = response.json()
        return body

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        body = await self.answer(query, **variables)
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    async def do(self, mutation: str, selection: str = "", /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation with an `input` object; `selection` adds to errors and cursor."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        kind = {"UnshareDealInput": "ShareDealInput"}.get(kind, kind)
        data = await self.ask(
            f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {_payload(selection)} }} }}",
            input=given,
        )
        payload: dict[str, Any] = data[mutation]
        return payload

    async def call(
        self, mutation: str, selection: str = "", /, types: str = "ID!", **arguments: Any
    ) -> dict[str, Any]:
        """The same for a mutation with plain arguments, all of one GraphQL type unless said otherwise."""
        kinds = dict(zip(arguments, types.split(), strict=False))
        declared = ", ".join(f"${name}: {kinds.get(name, 'ID!')}" for name in arguments)
        passed = ", ".join(f"{name}: ${name}" for name in arguments)
        data = await self.ask(
            f"mutation {f'({declared})' if declared else ''}"
            f"{{ {mutation}{f'({passed})' if passed else ''} {{ {_payload(selection)} }} }}",
            **arguments,
        )
        payload: dict[str, Any] = data[mutation]
        return payload

    @asynccontextmanager
    async def socket(self) -> AsyncIterator["Socket"]:
        """A websocket that has said who it is."""
        url = self.world.url.replace("http", "ws") + "/graphql"
        async with connect(url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
            sock = Socket(connection)
            await sock.say(
                type="connection_init", payload={"authorization": f"Bearer {self.token}"}
            )
            assert (await sock.hear())["type"] == "connection_ack"
            yield sock

    @asynccontextmanager
    async def follow(self, query: str, **variables: Any) -> AsyncIterator["Live"]:
        """An open subscription on a socket of its own."""
        async with self.socket() as sock:
            yield await sock.subscribe(query, **variables)


def _payload(selection: str) -> str:
    return f"userErrors {{ code field message }} cursor {selection}"


class Socket:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._last = 0

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next message that is no ping; a ping is answered, or the server would take us for gone."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message: dict[str, Any] = json.loads(await self.connection.recv())
                if message["type"] != "ping":
                    return message
                await self.say(type="pong")

    async def subscribe(self, query: str, **variables: Any) -> "Live":
        self._last += 1
        payload = {"query": query, "variables": variables}
        await self.say(type="subscribe", id=str(self._last), payload=payload)
        return Live(self, str(self._last))


@dataclass
class Live:
    """One operation on a socket that runs nothing else."""

    socket: Socket
    id: str

    async def message(self) -> dict[str, Any]:
        message = await self.socket.hear()
        assert message["id"] == self.id
        return message

    async def next(self) -> dict[str, Any]:
        """The next item: the value of the subscription's one field. Silence on a slow machine is none."""
        while True:
            message = await self.message()
            assert message["type"] == "next", message
            assert "errors" not in message["payload"], message
            [item] = message["payload"]["data"].values()
            assert isinstance(item, dict)
            if item.get("kind") != "HEARTBEAT":
                return item

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """The items up to one of this kind, included."""
        items = [await self.next()]
        while items[-1]["kind"] != kind:
            items.append(await self.next())
        return items

    async def until_cursor(self, cursor: str) -> list[dict[str, Any]]:
        """The items up to the one that a mutation wrote at this cursor."""
        items = [await self.next()]
        while items[-1]["cursor"] != cursor:
            items.append(await self.next())
        return items

    async def stop(self) -> None:
        await self.socket.say(type="complete", id=self.id)


class _Server(server.Server):
    """The server inside the tests' own process and loop: signals stay the tests'."""

    def __init__(self, settings: Settings) -> None:
        # Named as TCP's, or asyncio leaves Nagle's algorithm on, which holds small frames back.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        self.sockets = [listening]
        config = uvicorn.Config(server.build(settings), **server.uvicorn_options(settings))
        super().__init__(config)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup(self.sockets)
        assert self.started
        await self.on_tick(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        # As in `shutdown`, without its pause of 0.1 s, which a thousand tests would add up.
        for server_ in self.servers:
            server_.close()
        await self.lifespan.state["sockets"].drain()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self.lifespan.shutdown()


@asynccontextmanager
async def _mail(settings: Settings) -> AsyncIterator[None]:
    """The queue rests unless a test brings a mail server, so that no event of its own comes in between."""

    async def rest(_: MailQueue) -> None:
        return

    with pytest.MonkeyPatch.context() as patch:
        if not settings.smtp_url:
            patch.setattr(MailQueue, "start", rest)
        yield


@asynccontextmanager
async def serving(database_url: str, **environ: str) -> AsyncIterator[World]:
    """A server on a migrated database, without anybody yet."""
    settings = Settings.load(
        {"DATABASE_URL": database_url, "AUTH_SECRET": SECRET, "DRAIN_SECONDS": "2", **environ}
    )
    async with (
        _mail(settings),
        _Server(settings) as served,
        http_client(served.url) as http,
    ):
        yield World(served.url, http, Tokens(SECRET))


@asynccontextmanager
async def running(database_url: str, **environ: str) -> AsyncIterator[World]:
    """The same with the people that the tests know."""
    async with serving(database_url, **environ) as world:
        for name, people in PEOPLE.items():
            organisation = None
            for person, role in people:
                email = f"{person}@{name.lower()}.example"
                if organisation is None:
                    organisation = await organisations.found(name, email, person.title())
                    user = await User.get(email=email)
                else:
                    user = await organisations.invite(organisation, email, role, person.title())
                world._join(person, user)
        yield world
