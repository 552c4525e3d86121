"""How far is a stream on its way to READY?"""

from models.errors import Unseen
from realtime.cursors import LogCursor
from realtime.streams import Stream


class Opening:
    """A stream on its way to READY."""

    def __init__(self, stream: Stream, after: LogCursor | None) -> None:
        self.stream = stream
        self.after = after
        self.is_ready = False
        # What its viewer asked for is not there.
        self.failure: Unseen | None = None
        # The place that a snapshot is sent from, and its deals that are still to be sent.
        self.begun: str | None = None
        self.deal_ids: list[str] = []
        self.is_replaying = False

    @property
    def is_over(self) -> bool:
        return self.is_ready or self.stream.closed or self.failure is not None

    @property
    def is_new(self) -> bool:
        return self.begun is None and not self.is_replaying
