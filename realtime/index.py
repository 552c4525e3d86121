"""Which streams want to hear a row of the log?"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, KeysView
from typing import TypeVar

from models import Event
from realtime.boards import Boards, BoardStream
from realtime.streams import FollowedStream, NotificationStream, Stream, moves
from realtime.summaries import Summaries, SummaryStream

S = TypeVar("S", bound=Stream)


class Index:
    """Streams by what they want to hear."""

    def __init__(self, streams: Iterable[Stream] = ()) -> None:
        self.streams: set[Stream] = set()
        self._by_deal: defaultdict[str, set[Stream]] = defaultdict(set)
        self._by_user: defaultdict[str, set[Stream]] = defaultdict(set)
        self._inboxes: defaultdict[str, set[NotificationStream]] = defaultdict(set)
        self.boards = Boards()
        self.summaries = Summaries()
        for stream in streams:
            self.add(stream)

    def add(self, stream: Stream) -> None:
        self.streams.add(stream)
        if isinstance(stream, BoardStream):
            self.boards.add(stream)
        if isinstance(stream, SummaryStream):
            self.summaries.streams.add(stream)
        self._by_user[stream.viewer.id].add(stream)
        for deal_id in stream.deal_ids:
            self._by_deal[deal_id].add(stream)
        if isinstance(stream, NotificationStream):
            self._inboxes[stream.viewer.id].add(stream)

    def remove(self, stream: Stream) -> None:
        self.streams.discard(stream)
        if isinstance(stream, BoardStream):
            self.boards.remove(stream)
        if isinstance(stream, SummaryStream):
            self.summaries.streams.discard(stream)
        _drop(self._by_user, stream.viewer.id, stream)
        for deal_id in stream.deal_ids:
            _drop(self._by_deal, deal_id, stream)
        if isinstance(stream, NotificationStream):
            _drop(self._inboxes, stream.viewer.id, stream)

    @property
    def listening(self) -> KeysView[str]:
        """The users who listen to their notifications."""
        return self._inboxes.keys()

    def inboxes(self) -> Iterator[NotificationStream]:
        """One stream of each of them: a user's all know the same."""
        return (next(iter(streams)) for streams in self._inboxes.values())

    def inboxes_of(self, user_id: str) -> list[NotificationStream]:
        return list(self._inboxes.get(user_id, ()))

    def of_user(self, user_id: str) -> list[Stream]:
        return list(self._by_user.get(user_id, ()))

    def listeners(self, row: Event, deal_id: str) -> Collection[Stream]:
        """Who may want to hear a row about a deal: those with the deal, and followers who come or go by it."""
        with_deal = self._by_deal.get(deal_id, ())
        moved = moves(row)
        if not moved:
            return list(with_deal)
        found = set(with_deal)
        for user_id in moved:
            found.update(
                stream
                for stream in self._by_user.get(user_id, ())
                if isinstance(stream, FollowedStream)
            )
        return found

    def refile(self, stream: Stream, deal_id: str) -> None:
        """After a row that may have begun or ended a following."""
        if deal_id in stream.deal_ids:
            self._by_deal[deal_id].add(stream)
        else:
            _drop(self._by_deal, deal_id, stream)


def _drop(index: defaultdict[str, set[S]], key: str, stream: S) -> None:
    streams = index.get(key)
    if streams is not None:
        streams.discard(stream)
        if not streams:
            del index[key]
