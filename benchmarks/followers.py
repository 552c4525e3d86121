"""How does a client follow deals for next to nothing? One websocket, read by hand, that checks what it hears.

A change is named by the number of its deal and its own, as in `#0003.000012`, which the event in each update repeats:
so each follower knows which update is due next, and one that is lost, doubled or out of order ends the run.
"""

import json
import re
import socket
from collections.abc import Callable, Iterable
from enum import StrEnum, auto
from time import perf_counter

from benchmarks.servers import Fault, Kind, Server

Heard = Callable[[int, int, float], None]
"""Called with the numbers of deal and change, and the time, for each update."""

# In the event of each update; after it 4 digits, a dot, 6 digits.
MARK = b'"after":"#'
_CURSOR = b'"cursor":"'
_EXPECTED = re.compile(rb'"(SNAPSHOT|HEARTBEAT)"')
_HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A
# A length of 126 or 127 says that the true one follows, in 2 or 8 bytes.
_IN_2, _IN_8 = 126, 127
_READ = 1 << 18
# As over Ethernet: the loopback's huge segments would let the kernel hold megabytes for one that does not read.
_SEGMENT, _SMALL_BUFFER = 1400, 4096


def name(deal: int, number: int) -> str:
    return f"#{deal:04}.{number:06}"


class Stage(StrEnum):
    CONNECTING = auto()
    ADMITTED = auto()
    LIVE = auto()


class Follower:
    __slots__ = (
        "_left",
        "_server",
        "_sock",
        "_token",
        "cursor",
        "due",
        "fd",
        "frame",
        "heard",
        "stage",
    )

    def __init__(self, server: Server, token: str, deals: Iterable[int], heard: Heard) -> None:
        self._server = server
        self._token = token
        self.due = dict.fromkeys(deals, 0)
        self.heard = heard
        self.cursor = self.frame = b""  # of the newest update

    def connect(self, *, narrow: bool) -> None:
        """A `narrow` one has little room for what it does not read."""
        self._sock = socket.socket()
        if narrow:
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
        self._sock.connect(("127.0.0.1", self._server.port))
        self._sock.setblocking(False)  # noqa: FBT003  which takes no name
        self._sock.send(_HANDSHAKE)
        self.stage = Stage.CONNECTING
        self.fd = self._sock.fileno()
        self._left = b""

    def subscribe(self, query: str, after: str | None) -> None:
        self.stage = Stage.ADMITTED
        if self._server.kind is Kind.BARE:
            self._send(_TEXT, ",".join(map(str, self.due)).encode())
        else:
            payload = {"query": query, "variables": {"after": after} if after else {}}
            self._say(type="subscribe", id="1", payload=payload)

    def close(self) -> None:
        self._sock.close()

    def read(self) -> None:
        try:
            data = self._sock.recv(_READ)
        except BlockingIOError:
            return
        now = perf_counter()
        if not data:
            raise Fault("a socket was closed without a word")
        if self._left:
            data = self._left + data
        at, end = 0, len(data)
        if data.startswith(b"HTTP/"):
            at = self._take_handshake(data)
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length >= _IN_2:
                start = at + 4 if length == _IN_2 else at + 10
                length = int.from_bytes(data[at + 2 : start])
            stop = start + length
            if stop > end:
                break
            mark = data.find(MARK, start, stop)
            if mark >= 0:
                self._take_update(data, start, mark, now)
                self.frame = data[start:stop]
            else:
                self._take(data[at], data[start:stop])
            at = stop
        self._left = data[at:]

    def _take_update(self, data: bytes, start: int, mark: int, now: float) -> None:
        at = mark + len(MARK)
        deal, number = int(data[at : at + 4]), int(data[at + 5 : at + 11])
        if self.due.get(deal) != number:
            due = self.due.get(deal)
            raise Fault(f"change {number} of deal {deal} came where {due} was due")
        self.due[deal] = number + 1
        at = data.find(_CURSOR, start, mark) + len(_CURSOR)
        self.cursor = data[at : data.find(b'"', at, mark)]
        self.heard(deal, number, now)

    def _take_handshake(self, data: bytes) -> int:
        """Where the frames begin."""
        head, _, _ = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            raise Fault(f"no websocket: {head[:100]!r}")
        if self._server.kind is Kind.BARE:
            self.stage = Stage.ADMITTED
        else:
            self._say(type="connection_init", payload={"authorization": f"Bearer {self._token}"})
        return len(head) + 4

    def _take(self, opcode: int, payload: bytes) -> None:
        """Everything that is no update."""
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            raise Fault(f"a socket was closed: {payload!r}")
        elif opcode == _TEXT and b'"connection_ack"' in payload:
            self.stage = Stage.ADMITTED
        elif opcode == _TEXT and b'"type":"ping"' in payload:
            self._say(type="pong")
        elif opcode == _TEXT and b"READY" in payload:
            self.stage = Stage.LIVE
        elif not _EXPECTED.search(payload) or b'"errors"' in payload:
            raise Fault(f"not what a follower should hear: {payload[:300]!r}")

    def _say(self, **message: object) -> None:
        self._send(_TEXT, json.dumps(message).encode())

    def _send(self, opcode: int, payload: bytes) -> None:
        # A client masks what it says; with zeros it stays as it is.
        size = len(payload)
        length = bytes([0x80 | size]) if size < _IN_2 else b"\xfe" + size.to_bytes(2)
        self._sock.send(bytes([opcode]) + length + bytes(4) + payload)
