"""How does one socket speak graphql-transport-ws? From the handshake to the close."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.http.websocket_origin import (
    is_same_origin,
    normalize_allowed_origins,
    normalize_origin,
)

from models.errors import Unauthenticated
from realtime import metrics
from realtime.hub import Hub
from resolvers.tokens import Session, TokenEnded, Tokens
from schema.operations import Operations
from schema.outbox import Outbox
from schema.protocol import PROTOCOL, CloseCode, Hangup, Message, encode
from schema.sockets import Sockets

INIT_SECONDS = 10
# Without a word from the client for so long it is asked for one; for as long again, it is gone.
SILENCE_SECONDS = 25
CLOSE_SECONDS = 5
# What queries and mutations that have begun get to be answered when the server goes.
ANSWER_SECONDS = 2

logger = logging.getLogger("dealcast.websocket")


class Connection:
    """One socket: its messages are taken in order; its operations run beside each other."""

    def __init__(
        self, websocket: WebSocket, tokens: Tokens, hub: Hub, sockets: Sockets, grace: timedelta
    ) -> None:
        self._websocket = websocket
        self._tokens = tokens
        self._sockets = sockets
        self._grace = grace
        self._outbox = Outbox(websocket.send_text, self._overflow)
        self._operations = Operations(hub, self._outbox, self.hang_up)
        self._session: Session | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._hangup: Hangup | None = None
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Serves the socket until either side ends it."""
        if PROTOCOL not in self._websocket.scope["subprotocols"]:
            await self._websocket.accept()
            await self._close(Hangup(CloseCode.BAD_PROTOCOL, f"speak {PROTOCOL}"))
            return
        await self._websocket.accept(subprotocol=PROTOCOL)
        tasks: list[asyncio.Future[None]] = [
            asyncio.create_task(self._read()),
            asyncio.create_task(self._write()),
        ]
        self._sockets.add(self, self.hang_up)
        try:
            await asyncio.wait([*tasks, self._over], return_when=asyncio.FIRST_COMPLETED)
            if self._hangup is not None:
                await self._say_goodbye(self._hangup)
        finally:
            self._sockets.remove(self)
            if self._expiry is not None:
                self._expiry.cancel()
            self._operations.end_all()
            self._outbox.close()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def hang_up(self, code: CloseCode, reason: str) -> None:
        """Ends the connection, wherever one stands."""
        if self._hangup is None:
            self._hangup = Hangup(code, reason)
            if code is CloseCode.UNAUTHORIZED:
                # Nothing that happens from here on is for this peer.
                self._outbox.seal()
            self._over.set_result(None)

    def _overflow(self) -> None:
        self.hang_up(CloseCode.TRY_AGAIN, "reads too slowly: resume after the newest cursor")

    async def _say_goodbye(self, hangup: Hangup) -> None:
        if hangup.code is CloseCode.GOING_AWAY:
            await self._operations.finish(ANSWER_SECONDS)
        self._operations.end_all()
        # What was said before the end still goes out, if the peer reads.
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._outbox.drained()
        await self._close(hangup)

    async def _close(self, hangup: Hangup) -> None:
        if self._websocket.application_state is WebSocketState.DISCONNECTED:
            return
        metrics.CLOSES.labels(int(hangup.code)).inc()
        # Close waits for a peer that does not read, for ever.
        with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._websocket.close(hangup.code, hangup.reason)

    async def _write(self) -> None:
        try:
            await self._outbox.run()
        except (WebSocketDisconnect, RuntimeError):
            # The peer went away while we wrote: nothing is left to say.
            return

    async def _read(self) -> None:
        try:
            await self._take_init()
            while True:
                await self._take(await self._next())
        except Hangup as hangup:
            self.hang_up(hangup.code, hangup.reason)
        except WebSocketDisconnect:
            return
        except Exception:
            logger.exception("a socket is closed for a fault of ours")
            self.hang_up(CloseCode.TRY_AGAIN, "a passing fault: resume after the newest cursor")

    async def _receive(self) -> Message:
        frame = await self._websocket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1005))
        text = frame.get("text")
        if text is None:
            raise Hangup(CloseCode.BAD_MESSAGE, "a message must be text")
        return Message.parse(text)

    async def _next(self) -> Message:
        for asked in (False, True):
            with suppress(TimeoutError):
                async with asyncio.timeout(SILENCE_SECONDS):
                    return await self._receive()
            if not asked:
                self._outbox.put(encode("ping"))
        raise Hangup(CloseCode.TRY_AGAIN, "silent for too long")

    async def _take_init(self) -> None:
        """The first message, which says who asks."""
        try:
            async with asyncio.timeout(INIT_SECONDS):
                message = await self._receive()
                while message.type in ("ping", "pong"):
                    if message.type == "ping":
                        self._outbox.put(encode("pong", payload=message.payload))
                    message = await self._receive()
        except TimeoutError:
            raise Hangup(CloseCode.INIT_TIMEOUT, "connection initialisation timeout") from None
        if message.type != "connection_init":
            raise Hangup(CloseCode.UNAUTHORIZED, "connection_init comes first")
        credentials = (message.payload or {}).get("authorization")
        if credentials is None:
            credentials = self._websocket.headers.get("authorization")
        await self._admit(credentials)
        self._outbox.put(encode("connection_ack"))

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
            self._outbox.put(encode("pong", payload=message.payload))
            return
        await self._admit(credentials)
        assert self._session is not None
        expires_at = self._session.expires_at.isoformat()
        self._outbox.put(encode("pong", payload={"expiresAt": expires_at}))

    async def _admit(self, credentials: object) -> None:
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
        if self._session is not None and session.user.id != self._session.user.id:
            raise Hangup(CloseCode.UNAUTHORIZED, "the fresh token is another user's")
        self._session = self._operations.session = session
        self._expire_at(session.expires_at + self._grace)

    def _expire_at(self, end: datetime) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        # Timers of asyncio take no more than some days; a longer token is looked at again then.
        seconds = min((end - datetime.now(UTC)).total_seconds(), 86_400)
        self._expiry = asyncio.get_running_loop().call_later(max(seconds, 0), self._expire, end)

    def _expire(self, end: datetime) -> None:
        if datetime.now(UTC) < end:
            self._expire_at(end)
        else:
            self.hang_up(CloseCode.TOKEN_ENDED, "the token has ended: come back with a fresh one")


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
