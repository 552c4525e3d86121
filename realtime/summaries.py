"""How are states without events pushed? Now and then, however much happens, and only what differs.

A summary is read as it stands when it is pushed: the last one after the last change is what a query says.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Hashable, MutableMapping
from typing import Any, Protocol

from models import Event, User
from realtime.streams import Heard, Stream
from realtime.updates import Operation, Sink

# Seconds between two pushes.
PAUSE = 0.3


class Source(Protocol):
    """What is summarised."""

    async def read(self, viewer: User, moments: MutableMapping[str, Any]) -> Hashable:
        """The summary for a viewer; the same object for all who see the same at one moment.

        Raises:
            Unseen: there is nothing to summarise that the viewer may see.
        """


class SummaryStream(Stream):
    """A summary, sent again when it has changed."""

    ends_with_removal = False

    def __init__(self, viewer: User, operation: Operation, sink: Sink, source: Source) -> None:
        super().__init__(viewer, operation, sink)
        self.source = source
        self.sent: object = None

    @property
    def deal_ids(self) -> Collection[str]:
        return ()

    def hear(self, _row: Event) -> Heard | None:
        return None

    def hear_rights(self) -> str | None:
        return None

    def rewind(self, _row: Event) -> None:
        return


class Summaries:
    """The streams of summaries of one organisation, and whether something happened since they were last looked at."""

    def __init__(self) -> None:
        self.streams: set[SummaryStream] = set()
        self._moved = False
        self._looked_at = 0.0

    def move(self) -> None:
        """Something was written to the log."""
        self._moved = True

    def due(self) -> float | None:
        """Seconds until the next look; None when there is nothing to look at."""
        if not self._moved or not self.streams:
            return None
        return max(0.0, self._looked_at + PAUSE - time.monotonic())

    async def differing(self) -> dict[object, list[SummaryStream]]:
        """The summaries that differ from what was last sent, each with those who get it; in one snapshot."""
        self._moved, self._looked_at = False, time.monotonic()
        moments: dict[str, Any] = {}
        found: dict[object, list[SummaryStream]] = defaultdict(list)
        for stream in list(self.streams):
            summary = await stream.source.read(stream.viewer, moments)
            if not stream.closed and summary != stream.sent:
                stream.sent = summary
                found[summary].append(stream)
        return found
