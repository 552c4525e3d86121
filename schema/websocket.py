"""How does one socket speak graphql-transport-ws? From the handshake to the close."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Container, Sequence
from datetime import timedelta

from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.http.websocket_origin import (
    is_same_origin,
    normalize_allowed_origins,
    normalize_origin,
)

from models.errors import Unauthenticated
from realtime.hub import Hub
from resolvers.tokens import Session, TokenEnded, Tokens
from schema.operations import Operations
from schema.protocol import PROTOCOL, CloseCode, Hangup, Message, encode
from schema.sockets import Sockets
from schema.wire import Wire

INIT_SECONDS = 10
# A socket may say so much at once, and so much a second from then on; more is read as slowly as that.
MOST_AT_ONCE = 500
MOST_A_SECOND = 100
# What queries and mutations that have begun get to be answered when the server goes.
ANSWER_SECONDS = 2

logger = logging.getLogger("dealcast.websocket")


class Connection:
    """One socket: its messages are taken in order; its operations run beside each other."""

    __slots__ = (
        *("_allowance", "_ends_at", "_going", "_grace", "_is_initialised", "_is_refilled"),
        *("_operations", "_seconds", "_session", "_sockets", "_tokens", "_websocket", "_wire"),
    )

    def __init__(
        self, websocket: WebSocket, tokens: Tokens, hub: Hub, sockets: Sockets, grace: timedelta
    ) -> None:
        self._websocket = websocket
        self._tokens = tokens
        self._sockets = sockets
        self._grace = grace
        self._wire = Wire.of(websocket.scope)
        self._operations = Operations(hub, self._wire, self.hang_up)
        self._session: Session | None = None
        self._ends_at = math.inf
        self._is_initialised = False
        self._seconds = 0
        self._allowance = MOST_AT_ONCE
        self._is_refilled: asyncio.Event | None = None
        self._going: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serves the socket until either side ends it."""
        if PROTOCOL not in self._websocket.scope["subprotocols"]:
            await self._websocket.accept()
            self.hang_up(CloseCode.BAD_PROTOCOL, f"speak {PROTOCOL}")
            return
        await self._websocket.accept(subprotocol=PROTOCOL)
        self._wire.settle()
        if not self._sockets.have_room():
            self.hang_up(CloseCode.TRY_AGAIN, "this server is full: try again later")
            return
        self._sockets.add(self, is_stranger=True)
        try:
            await self._read()
        finally:
            self._sockets.remove(self)
            if self._session is not None:
                self._sockets.release(self._session.user.id)
            self._operations.end_all()
            if self._going is not None:
                self._going.cancel()

    def hang_up(self, code: CloseCode, reason: str) -> None:
        """Ends the connection, wherever one stands."""
        if code is not CloseCode.GOING_AWAY:
            self._wire.hang_up(code, reason)
        elif self._going is None:
            self._going = asyncio.create_task(self._go(code, reason))

    async def _go(self, code: CloseCode, reason: str) -> None:
        await self._operations.finish(ANSWER_SECONDS)
        self._wire.hang_up(code, reason)

    def tick(self, now: float) -> None:
        """Called once a second, with the time of the clock."""
        self._allowance = min(self._allowance + MOST_A_SECOND, MOST_AT_ONCE)
        if self._is_refilled is not None:
            self._is_refilled.set()
        self._seconds += 1
        if now >= self._ends_at:
            self.hang_up(CloseCode.TOKEN_ENDED, "the token has ended: come back with a fresh one")
        elif self._seconds >= INIT_SECONDS and not self._is_initialised:
            self.hang_up(CloseCode.INIT_TIMEOUT, "connection initialisation timeout")
        self._wire.tick()

    async def _read(self) -> None:
        try:
            await self._take_init()
            while True:
                await self._take(await self._receive())
        except Hangup as hangup:
            self.hang_up(hangup.code, hangup.reason)
        except WebSocketDisconnect:
            return
        except Exception:
            logger.exception("a socket is closed for a fault of ours")
            self.hang_up(CloseCode.TRY_AGAIN, "a passing fault: resume after the newest cursor")

    async def _receive(self) -> Message:
        while self._allowance <= 0:
            self._is_refilled = asyncio.Event()
            await self._is_refilled.wait()
        self._allowance -= 1
        frame = await self._websocket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1005))
        text = frame.get("text")
        if text is None:
            raise Hangup(CloseCode.BAD_MESSAGE, "a message must be text")
        return Message.parse(text)

    def _say(self, type_: str, payload: object = None) -> None:
        self._wire.write(encode(type_, payload=payload))

    async def _take_init(self) -> None:
        """The first message, which says who asks."""
        message = await self._receive()
        while message.type in ("ping", "pong"):
            if message.type == "ping":
                self._say("pong", message.payload)
            message = await self._receive()
        if message.type != "connection_init":
            raise Hangup(CloseCode.UNAUTHORIZED, "connection_init comes first")
        self._is_initialised = True
        credentials = (message.payload or {}).get("authorization")
        if credentials is None:
            credentials = self._websocket.headers.get("authorization")
        await self._admit(credentials)
        self._say("connection_ack")

    async def _take(self, message: Message) -> None:
        match message.type:
            case "connection_init":
                raise Hangup(CloseCode.INIT_TWICE, "too many initialisation requests")
            case "ping":
                await self._take_ping(message)
            case "pong":
                pass
            case "subscribe":
                assert message.id and message.request
                self._operations.start(message.id, message.request)
            case "complete":
                assert message.id
                self._operations.end(message.id)

    async def _take_ping(self, message: Message) -> None:
        """A ping may bring a fresh token; its pong then says how long that one lasts."""
        credentials = (message.payload or {}).get("authorization")
        if credentials is None:
            self._say("pong", message.payload)
            return
        session = await self._admit(credentials)
        self._say("pong", {"expiresAt": session.expires_at.isoformat()})

    async def _admit(self, credentials: object) -> Session:
        scheme, _, token = (
            credentials.partition(" ") if isinstance(credentials, str) else ("", "", "")
        )
        if scheme.lower() != "bearer":
            raise Hangup(CloseCode.UNAUTHORIZED, 'needs "authorization": "Bearer TOKEN"')
        try:
            session = await self._tokens.admit(token.strip())
        except TokenEnded:
            raise Hangup(
                CloseCode.TOKEN_ENDED, "the token has ended: come back with a fresh one"
            ) from None
        except Unauthenticated as error:
            raise Hangup(CloseCode.UNAUTHORIZED, str(error)) from None
        if self._session is None and not self._sockets.admit(self, session.user.id):
            raise Hangup(CloseCode.TRY_AGAIN, "too many sockets of this user: try again later")
        if self._session is not None and session.user.id != self._session.user.id:
            raise Hangup(CloseCode.UNAUTHORIZED, "the fresh token is another user's")
        self._session = self._operations.session = session
        self._ends_at = (session.expires_at + self._grace).timestamp()
        return session


def graphql_websocket(
    tokens: Tokens, hub: Hub, sockets: Sockets, grace: timedelta, allowed_origins: Sequence[str]
) -> Callable[[WebSocket], Awaitable[None]]:
    """The endpoint: pages of other origins are turned away before anything is said."""
    allowed = normalize_allowed_origins(allowed_origins)

    async def endpoint(websocket: WebSocket) -> None:
        origin = websocket.headers.get("origin")
        if origin is None or _may_come_from(origin, websocket, allowed):
            await Connection(websocket, tokens, hub, sockets, grace).run()
        else:
            await websocket.close()

    return endpoint


def _may_come_from(origin: str, websocket: WebSocket, allowed: Container[str]) -> bool:
    return (
        is_same_origin(origin, websocket.headers.get("host")) or normalize_origin(origin) in allowed
    )
