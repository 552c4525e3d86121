"""What does a viewer ask to follow live? The stream to open, with its place in the log."""

from collections.abc import AsyncIterator, Callable, Hashable, MutableMapping
from dataclasses import dataclass
from typing import Any

from models import User
from models.enums import DealKind
from models.errors import Unreadable, Unseen
from models.facts import Facts
from models.ids import prefix_of
from realtime.boards import BoardStream
from realtime.cursors import LogCursor
from realtime.streams import DealStream, FollowedStream, NotificationStream, Stream
from realtime.summaries import SummaryStream
from realtime.updates import Operation, Sink
from resolvers import deal_lists, summaries
from resolvers.conditions import Given
from resolvers.criteria import Criterion
from resolvers.finding import known_prefix
from resolvers.summaries import PipelineSummary


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


@dataclass(frozen=True, slots=True)
class _Board:
    key: Hashable
    criterion: Criterion

    def holds(self, facts: Facts) -> bool:
        return self.criterion.holds(facts)


async def board(
    viewer: User, kind: DealKind, given: Given, search: str | None, after: str | None
) -> Watch:
    """The opportunities or leads under a filter and a search, as the list of the same shows them.

    Raises:
        Unreadable: the filter or search cannot be read, or `after` is no cursor of the log.
    """
    watched = _Board((kind, repr(given), search), deal_lists.board(kind, given, search))
    return Watch(
        lambda operation, sink: BoardStream(viewer, operation, sink, watched), _place(after)
    )


@dataclass(frozen=True, slots=True)
class _Pipeline:
    """What is summarised: one pipeline."""

    id: str

    async def read(self, viewer: User, moments: MutableMapping[str, Any]) -> PipelineSummary:
        summary = await summaries.of_pipeline(viewer, self.id, moments)
        if summary is None:
            raise Unseen("was not found")
        return summary


async def pipeline(viewer: User, pipeline_id: str) -> Watch:
    """The counts and sums of a pipeline's stages; whether it is there is answered where the stream begins.

    Raises:
        Unreadable: `pipeline_id` is no id.
    """
    known_prefix(pipeline_id)
    source = _Pipeline(pipeline_id)
    return Watch(lambda operation, sink: SummaryStream(viewer, operation, sink, source), None)


def _place(after: str | None) -> LogCursor | None:
    return None if after is None else LogCursor.parse(after)
