"""What does a viewer ask to follow live? The stream to open, with its place in the log."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from models import User
from models.errors import Unreadable
from models.ids import prefix_of
from realtime.cursors import LogCursor
from realtime.streams import DealStream, FollowedStream, NotificationStream, Stream
from realtime.updates import Operation, Sink


@dataclass(frozen=True, slots=True)
class Watch:
    """A stream that can be opened on the hub once it is known where its items go."""

    stream: Callable[[Operation, Sink], Stream]
    after: LogCursor | None

    def __aiter__(self) -> AsyncIterator[Any]:
        raise TypeError("a watch is opened on the hub, which renders once for many")


async def deal(viewer: User, deal_id: str, after: str | None) -> Watch:
    """One deal. Whether it may be seen is answered where the stream begins, from one snapshot.

    Raises:
        Unreadable: `deal_id` is no id, or `after` no cursor of the log.
    """
    if prefix_of(deal_id) is None:
        raise Unreadable("dealId is not an id")
    return Watch(
        lambda operation, sink: DealStream(viewer, operation, sink, deal_id), _place(after)
    )


async def followed_deals(viewer: User, after: str | None) -> Watch:
    """Every deal that the viewer follows, those followed later included."""
    return Watch(lambda operation, sink: FollowedStream(viewer, operation, sink), _place(after))


async def notifications(viewer: User, after: str | None) -> Watch:
    """What the viewer is notified of, and how much of it is unread."""
    return Watch(lambda operation, sink: NotificationStream(viewer, operation, sink), _place(after))


def _place(after: str | None) -> LogCursor | None:
    return None if after is None else LogCursor.parse(after)
