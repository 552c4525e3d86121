"""What do thousands of clients ask of one server, and what does it cost? Played by one process, this one.

Every update that is due is waited for, once and in order. What the playing cost itself, and how long it had nothing
to do, is reported beside what the server cost: it must not be what is measured.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter, process_time

from benchmarks.data import Data
from benchmarks.followers import Follower, Stage
from benchmarks.loop import Loop
from benchmarks.servers import Fault, Server
from benchmarks.writer import Change, Writer

_AT_ONCE = 100
# Changes under way at full speed, a writer: enough that the server is never without one.
_AHEAD = 3


@dataclass(frozen=True)
class Span:
    """What was done in a stretch of time, and what it cost."""

    seconds: float
    server_cpu: float
    client_cpu: float
    client_idle: float  # a share of the time
    changes: int
    delays: Sequence[float]  # seconds from asked to heard, one an update, the shortest first

    def delay(self, share: float) -> float:
        return self.delays[min(int(len(self.delays) * share), len(self.delays) - 1)]


class Load(Loop):
    def __init__(self, server: Server, data: Data, template: bytes = b"") -> None:
        super().__init__()
        self.server = server
        self.data = data
        self.followers = [
            Follower(server, token, deals, self._heard)
            for token, deals in zip(data.followers, data.followed, strict=True)
        ]
        self._template = template
        # By the number of the deal: how many hear of a change, and the changes so far.
        self._audience = [0 for _ in data.deals]
        self._changes: list[list[Change]] = [[] for _ in data.deals]
        self._underway = 0
        self._delays = array("d")

    def _heard(self, deal: int, number: int, now: float) -> None:
        change = self._changes[deal][number]
        self._delays.append(now - change.asked_at)
        change.missing -= 1
        if change.done:
            self._underway -= 1

    def _answered(self, change: Change) -> None:
        change.answered = True
        if change.done:
            self._underway -= 1

    # Followers.

    def connect(self, followers: Sequence[Follower], *, narrow: bool = False) -> None:
        """Opens their sockets, and says who they are."""
        for start in range(0, len(followers), _AT_ONCE):
            batch = followers[start : start + _AT_ONCE]
            for follower in batch:
                follower.connect(narrow=narrow)
                self.add(follower)
            self._until_all(batch, Stage.ADMITTED)

    def subscribe(
        self, followers: Sequence[Follower], query: str, after: str | None = None
    ) -> None:
        """Returns when all are live; they hear of the changes from now on."""
        for follower in followers:
            for deal in follower.due:
                self._audience[deal] += 1
                follower.due[deal] = len(self._changes[deal])
            follower.subscribe(query, after)
        self._until_all(followers, Stage.LIVE)

    def stop(self, followers: Sequence[Follower]) -> None:
        """Reads nothing more of theirs, and expects nothing more to arrive there."""
        for follower in followers:
            self.ignore(follower)
            for deal in follower.due:
                self._audience[deal] -= 1

    def leave(self, followers: Sequence[Follower]) -> None:
        self.stop(followers)
        for follower in followers:
            follower.close()

    def resume(self, followers: Sequence[Follower], query: str) -> int:
        """Each of the stopped comes back with its newest cursor; how many updates they had missed, each heard now."""
        before = sum(sum(follower.due.values()) for follower in followers)
        for follower in followers:
            follower.close()
            follower.heard = _take_no_time
        self.connect(followers)
        for follower in followers:
            follower.subscribe(query, follower.cursor.decode())
        self._until_all(followers, Stage.LIVE)
        newest = [len(changes) for changes in self._changes]
        self.until(
            lambda: all(
                due == newest[deal] for follower in followers for deal, due in follower.due.items()
            ),
            "those who came back have caught up",
        )
        return sum(sum(follower.due.values()) for follower in followers) - before

    def _until_all(self, followers: Sequence[Follower], stage: Stage) -> None:
        waiting = list(followers)

        def so() -> bool:
            while waiting and waiting[-1].stage is stage:
                waiting.pop()
            return not waiting

        self.until(so, f"all sockets are {stage}")

    # Changes.

    def at_full_speed(self, seconds: float, writers: int = 1) -> Span:
        """Each writer asks for the next change when the last was answered, unless too many are under way."""

        def work() -> None:
            deadline = perf_counter() + seconds
            with self._desks(writers) as desks:
                while perf_counter() < deadline:
                    for writer, deals in desks:
                        if writer.change is None and self._underway < _AHEAD * writers:
                            self._change(writer, next(deals), perf_counter())
                    self.turn()
            self._settle()

        return self.measured(work)

    def paced(self, seconds: float, rate: float) -> Span:
        """So many changes a second; a delay counts from when its change was due, even if that had to wait."""

        def work() -> None:
            begun = perf_counter()
            with self._desks(1) as [(writer, deals)]:
                for turn in range(max(round(seconds * rate), 1)):
                    due = begun + turn / rate
                    while (wait := due - perf_counter()) > 0 or writer.change is not None:
                        self.turn(wait if wait > 0 else 0.1)
                    self._change(writer, next(deals), due)
            self._settle()

        return self.measured(work)

    def measured(self, work: Callable[[], None]) -> Span:
        del self._delays[:]
        changes = sum(map(len, self._changes))
        begun, waited = perf_counter(), self.waited
        server_cpu, client_cpu = self.server.cpu, process_time()
        work()
        seconds = perf_counter() - begun
        return Span(
            seconds=seconds,
            server_cpu=self.server.cpu - server_cpu,
            client_cpu=process_time() - client_cpu,
            client_idle=(self.waited - waited) / seconds,
            changes=sum(map(len, self._changes)) - changes,
            delays=sorted(self._delays),
        )

    @contextmanager
    def _desks(self, writers: int) -> Iterator[list[tuple[Writer, Iterator[int]]]]:
        """Writers, each with deals of its own in turn, so that the order of a deal's changes is known."""
        deals = range(len(self.data.deals))
        if writers > len(deals):
            raise Fault(f"{writers} writers need as many deals")
        sitting = [
            Writer(self.server, self.data.writer, self._template, self._answered)
            for _ in range(writers)
        ]
        for writer in sitting:
            self.add(writer)
        yield [(writer, cycle(deals[turn::writers])) for turn, writer in enumerate(sitting)]
        # Gone when answered: the server ends what is kept alive for nothing.
        self.until(lambda: all(one.change is None for one in sitting), "every change is answered")
        for writer in sitting:
            self.ignore(writer)
            writer.close()

    def _change(self, writer: Writer, deal: int, asked_at: float) -> None:
        change = Change(asked_at, self._audience[deal])
        self._changes[deal].append(change)
        self._underway += 1
        writer.write(self.data.deals[deal], deal, len(self._changes[deal]) - 1, change)

    def _settle(self) -> None:
        """Returns when everybody heard everything."""
        self.until(lambda: not self._underway, "every update has arrived")


def _take_no_time(_deal: int, _number: int, _now: float) -> None:
    """What was missed is late by the time its follower was away."""
