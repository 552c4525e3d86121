"""What has come in? One loop over epoll, which knows how long it had nothing to do."""

import select
from collections.abc import Callable
from time import perf_counter
from types import TracebackType
from typing import Protocol, Self

from benchmarks.servers import Fault

_PATIENCE = 300.0


class Peer(Protocol):
    """An open socket."""

    @property
    def fd(self) -> int: ...

    def read(self) -> None:
        """Takes in what has come."""

    def close(self) -> None: ...


class Loop:
    def __init__(self) -> None:
        self._poll = select.epoll()
        self._peers: dict[int, Peer] = {}
        self.waited = 0.0  # seconds in all

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for peer in self._peers.values():
            peer.close()
        self._poll.close()

    def add(self, peer: Peer) -> None:
        self._peers[peer.fd] = peer
        self._poll.register(peer.fd, select.EPOLLIN)

    def ignore(self, peer: Peer) -> None:
        """Reads nothing more of its."""
        self._poll.unregister(peer.fd)
        del self._peers[peer.fd]

    def turn(self, seconds: float = 0.1) -> None:
        """Takes in whatever has come, after waiting for it so long at most."""
        before = perf_counter()
        ready = self._poll.poll(max(seconds, 0))
        self.waited += perf_counter() - before
        for fd, _ in ready:
            self._peers[fd].read()

    def until(self, so: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
        deadline = perf_counter() + seconds
        while not so():
            if perf_counter() > deadline:
                raise Fault(f"not within {seconds:.0f} s: {what}")
            self.turn()
