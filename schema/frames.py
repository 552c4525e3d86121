"""What does an answer look like on the wire? Bytes made once, for every socket that gets the same."""

from struct import pack

_TEXT, _PING = b"\x81", b"\x89"
# From these lengths on, the header of a frame is longer (RFC 6455, 5.2).
_LONG, _LONGER = 126, 65_536
_MOST_KEPT = 16

PING = _PING + b"\x00"


def framed(*parts: bytes) -> bytes:
    """One text message of a websocket, as a server sends it: whole and unmasked."""
    length = sum(map(len, parts))
    if length < _LONG:
        header = pack("!B", length)
    elif length < _LONGER:
        header = pack("!BH", _LONG, length)
    else:
        header = pack("!BQ", _LONG + 1, length)
    return b"".join((_TEXT, header, *parts))


class Answer:
    """What a rendering came to: `next` but for the id of the operation, which is each client's own.

    Many clients count their operations alike, and then share even the frame. Ids made by chance are shared by
    nobody, so that few frames are kept.
    """

    __slots__ = ("_frames", "body")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self._frames: dict[bytes, bytes] = {}

    def frame(self, head: bytes) -> bytes:
        """The message that begins with `head`, up to where the payload stands."""
        frame = self._frames.get(head)
        if frame is None:
            frame = framed(head, self.body, b"}")
            if len(self._frames) < _MOST_KEPT:
                self._frames[head] = frame
        return frame
