"""What is a run made of?"""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.torture.cluster import Cluster
from tests.torture.disturbances import Disturbances
from tests.torture.proxy import Proxy

Harm = Coroutine[Any, Any, None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is made of. `disturb` says what goes wrong; with `seconds` None it says when it is over, too."""

    database_url: str
    broadcast_url: str
    folder: Path
    disturb: Callable[[Disturbances, Cluster, Sequence[Proxy]], Iterable[Harm]]
    seconds: float | None
    processes: int = 3
    program: Sequence[str] = ("server.py",)
    writers: int = 6
    followers: int = 60
    in_node: int = 0
    # Of the followers: over server-sent events, of boards, summaries and inboxes, and of another organisation.
    in_events: int = 0
    watchers: int = 0
    elsewhere: int = 0
    # How long what is owed is waited for when all is whole again.
    patience: float = 60.0
    seed: int = field(default_factory=lambda: Random().randrange(10**6))
