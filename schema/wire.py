"""How do bytes reach one socket, and what becomes of a peer that does not take them?

uvicorn's protocol, with a way past its queues: a frame that is ready is written at once, without a task, an
event or a queue. Only what a slow peer has not taken waits here, bounded by number and bytes; it goes on when
the transport says so. Time is counted in ticks of one timer for all sockets, and only while the loop runs: a
server that was held up does not take its clients for dead.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from realtime import metrics
from schema.frames import PING
from schema.protocol import CloseCode

# What may wait for a peer that reads slowly.
MOST_FRAMES = 2_000
MOST_BYTES = 2_000_000
# Ticks of a second: without a byte from the peer it is asked for one, and then it is gone.
PING_AFTER = 4
GONE_AFTER = 10
# And so many without taking anything of what waits for it.
STALLED_AFTER = 8
CLOSE_SECONDS = 3.0
# Frames that bring no message, pings and the pieces of messages: so many at once, and so many a second more.
# Each costs as much as a short message, and none is counted as one.
MOST_SPARE_FRAMES = 4_000
SPARE_FRAMES_A_SECOND = 100
# What is parsed in one go, so that a flood is noticed before all of it is parsed.
_SLICE = 4_096

_CUT_OFF = 1006
_KEY = "wire"


class Wire(WebSocketsSansIOProtocol):
    """The bytes of one websocket; `of` finds it from the ASGI scope."""

    # The base has a dict that is full to the brim: ours beside it would double its size.
    __slots__ = (
        *("_bytes", "_goodbye", "_is_blocked", "_is_over", "_quiet", "_room", "_spare"),
        *("_stalled", "_waiting"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: deque[bytes] | None = None
        self._bytes = 0
        self._is_blocked = False
        self._is_over = False
        self._goodbye: tuple[CloseCode, str] | None = None
        self._room: asyncio.Future[None] | None = None
        self._quiet = self._stalled = 0
        self._spare = MOST_SPARE_FRAMES

    @staticmethod
    def of(scope: Any) -> "Wire":
        wire = scope["state"][_KEY]
        assert isinstance(wire, Wire)
        return wire

    def settle(self) -> None:
        """After the handshake: what it was made of is needed no more."""
        del self.request, self.response

    # What we say.

    def write(self, frame: bytes) -> None:
        """A whole frame, in order; after the end nothing."""
        if self._is_over:
            return
        if not self._is_blocked:
            self.transport.write(frame)
            return
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(frame)
        self._bytes += len(frame)
        if len(self._waiting) > MOST_FRAMES or self._bytes > MOST_BYTES:
            self._forget()
            self.hang_up(CloseCode.TRY_AGAIN, "reads too slowly: resume after the newest cursor")

    def write_all(self, frames: Sequence[bytes]) -> None:
        """The same for several, by one call of the system as long as the peer takes them."""
        if self._is_blocked or self._is_over:
            for frame in frames:
                self.write(frame)
        else:
            self.transport.write(b"".join(frames))

    async def room(self) -> None:
        """Returns when nothing waits: for those who have much to say, and can say it later."""
        while self._waiting and not self._is_over:
            if self._room is None:
                self._room = self.loop.create_future()
            await asyncio.shield(self._room)

    def hang_up(self, code: CloseCode, reason: str) -> None:
        """The goodbye, after what waits; a peer that does not take it is cut off all the same."""
        if self._is_over:
            return
        metrics.CLOSES.labels(int(code)).inc()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": int(code), "reason": reason})
        self._end()
        if self.read_paused:
            # For the peer's own goodbye.
            self.read_paused = False
            self.transport.resume_reading()
        if self._waiting:
            self._goodbye = code, reason
        else:
            self._say_goodbye(code, reason)

    def _say_goodbye(self, code: CloseCode, reason: str) -> None:
        self._goodbye = None
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True

    def _end(self) -> None:
        """Nothing more is said; the connection is gone soon, whatever the peer does."""
        self._is_over = True
        self._make_room()
        if self.close_timer is None:
            self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def _cut_off(self) -> None:
        metrics.CLOSES.labels(_CUT_OFF).inc()
        self._is_over = True
        self.transport.abort()

    def tick(self) -> None:
        """A second has passed."""
        if self._spare > 0:
            self._spare = min(self._spare + SPARE_FRAMES_A_SECOND, MOST_SPARE_FRAMES)
        if self._is_blocked:
            self._stalled += 1
            if self._stalled == STALLED_AFTER:
                self._cut_off()
        if self._is_over or self.read_paused:
            # Paused, the peer may well have spoken: it is we who do not listen.
            return
        self._quiet += 1
        if self._quiet == PING_AFTER:
            self.write(PING)
        elif self._quiet >= GONE_AFTER:
            self.hang_up(CloseCode.TRY_AGAIN, "silent for too long: resume after the newest cursor")

    # What the transport says.

    def data_received(self, data: bytes) -> None:
        self._quiet = 0
        for start in range(0, len(data), _SLICE):
            if self._spare <= 0:
                # It has been told goodbye, and is not listened to.
                return
            super().data_received(data[start : start + _SLICE])

    def pause_writing(self) -> None:
        super().pause_writing()
        self._is_blocked = True

    def resume_writing(self) -> None:
        super().resume_writing()
        self._is_blocked, self._stalled = False, 0
        while self._waiting and not self._is_blocked:
            frame = self._waiting.popleft()
            self._bytes -= len(frame)
            self.transport.write(frame)
        if not self._waiting:
            self._forget()
            if self._goodbye is not None:
                self._say_goodbye(*self._goodbye)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over, self._goodbye = True, None
        self._forget()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        super().shutdown()
        if self._is_blocked:
            # Closing would wait for a peer that does not read.
            self.transport.abort()

    def _forget(self) -> None:
        self._waiting = None
        self._bytes = 0
        self._make_room()

    def _make_room(self) -> None:
        if self._room is not None:
            self._room.set_result(None)
            self._room = None

    # What the peer says.

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            # The connection's own copy of the application's state.
            self.scope["state"][_KEY] = self

    def handle_ping(self) -> None:
        super().handle_ping()
        self._take_spare()

    def handle_pong(self, event: Frame) -> None:
        super().handle_pong(event)
        self._take_spare()

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        self._take_spare()

    def _take_spare(self) -> None:
        self._spare -= 1
        if self._spare == 0:
            self.hang_up(CloseCode.BAD_MESSAGE, "too many frames that bring no message")

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._end()

    def handle_parser_exception(self) -> None:
        super().handle_parser_exception()
        self._end()

    def send_receive_event_to_app(self) -> None:
        data, self.frames = b"".join(self.frames), []
        if self._is_over:
            return
        if self.curr_msg_data_type == "text":
            # Bytes that are no text make a message that is no JSON: the protocol's error, not a fault.
            text = data.decode(errors="surrogateescape")
            self.queue.put_nowait({"type": "websocket.receive", "text": text})
        else:
            self.queue.put_nowait({"type": "websocket.receive", "bytes": data})
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()
