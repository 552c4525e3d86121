"""How is an update made once for all who get the same, and for each where it depends on who asks?"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import repeat
from typing import Any, NamedTuple

from realtime import metrics
from realtime.streams import Stream
from realtime.updates import Answer, NeedsViewer, Operation, Update

logger = logging.getLogger("dealcast.rendering")

# Operations found to depend on who asks, rendered for each viewer from then on.
_personal: set[Any] = set()
_MOST_REMEMBERED = 10_000
# So many renderings load what they need together.
_AT_ONCE = 100

Kept = dict[tuple[Any, ...], Answer]


class _Job(NamedTuple):
    """One rendering, and who gets it."""

    update: Update
    operation: Operation
    can_edit: bool
    streams: list[Stream]


class Renderer:
    """Renders inside one snapshot; the loaders of an operation are shared by all that is rendered there.

    `kept` holds shared answers without an event that stay true as long as the log has not grown.
    """

    def __init__(self, kept: Kept | None = None) -> None:
        self._scope: Any = None
        self._kept = kept
        # While several rows are sent together: what each stream is to get, in order.
        self._held: dict[Stream, list[Answer]] | None = None
        self.seconds_writing = 0.0

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is sent inside goes out at the end: each socket is written to once, however many items it gets."""
        self._held = {}
        try:
            yield
        finally:
            self.release()
            self._held = None

    def release(self) -> None:
        """Sends what is held: before a stream ends, since what it was owed till then comes first."""
        if not self._held:
            return
        started = time.monotonic()
        held, self._held = self._held, {}
        for stream, answers in held.items():
            stream.sink.send_all(answers)
        self.seconds_writing += time.monotonic() - started

    async def send(self, items: Iterable[tuple[Update, Iterable[Stream]]]) -> list[Stream]:
        """Sends each update to its streams, in this order; returns those that could not be served."""
        jobs = [job for update, streams in items for job in _jobs(update, streams)]
        failed: list[Stream] = []
        for start in range(0, len(jobs), _AT_ONCE):
            some = jobs[start : start + _AT_ONCE]
            made: Sequence[Answer | list[Answer] | Exception]
            if len(some) == 1:
                made = [await self._made(some[0])]
            else:
                made = await asyncio.gather(*(self._made(job) for job in some))
            for job, answer in zip(some, made, strict=True):
                if isinstance(answer, Exception):
                    failed += job.streams
                else:
                    self._hand_out(answer, job.streams)
        return failed

    async def _made(self, job: _Job) -> Answer | list[Answer] | Exception:
        """The answer for all, or for each, or why there is none."""
        try:
            return await self._render(job)
        except Exception as error:
            logger.exception("an update could not be rendered; its streams are cut off to resume")
            return error
        except asyncio.CancelledError:
            # A loader is cancelled when its neighbour fails, which is no end of this task: it has to go
            # on, or those of the other groups would never hear of this row.
            logger.exception(
                "a rendering was cancelled from within; its streams are cut off to resume"
            )
            return RuntimeError("cancelled from within")

    def _loaders(self, operation: Operation) -> Any:
        if self._scope is None:
            self._scope = operation.scope()
        return self._scope

    async def _render(self, job: _Job) -> Answer | list[Answer]:
        update, operation, can_edit, streams = job
        # What shows nothing but a place in the log is the same for all, whatever else they ask.
        if operation.key not in _personal or update.is_bare:
            kept = self._kept if update.event is None and update.summary is None else None
            unread = update.unread_deal_count
            place = operation.key, can_edit, update.kind, update.cursor, update.deal_id, unread
            if kept is not None and place in kept:
                return kept[place]
            try:
                answer = await operation.render(
                    update, self._loaders(operation), can_edit=can_edit, viewer=None
                )
            except NeedsViewer:
                metrics.RENDERINGS.labels("fallback").inc()
                if len(_personal) < _MOST_REMEMBERED:
                    _personal.add(operation.key)
            else:
                metrics.RENDERINGS.labels("shared").inc()
                if kept is not None:
                    kept[place] = answer
                return answer
        metrics.RENDERINGS.labels("personal").inc(len(streams))
        scope = self._loaders(operation)
        each = (
            operation.render(update, scope, can_edit=can_edit, viewer=stream.viewer)
            for stream in streams
        )
        return await asyncio.gather(*each)

    def _hand_out(self, answer: Answer | list[Answer], streams: list[Stream]) -> None:
        now = time.monotonic()
        answers = answer if isinstance(answer, list) else repeat(answer, len(streams))
        for stream, own in zip(streams, answers, strict=True):
            stream.sent_at = now
            if self._held is None:
                stream.sink.send(own)
            else:
                self._held.setdefault(stream, []).append(own)
        self.seconds_writing += time.monotonic() - now


def _jobs(update: Update, streams: Iterable[Stream]) -> list[_Job]:
    groups: defaultdict[tuple[Any, bool, int | None], list[Stream]] = defaultdict(list)
    for stream in streams:
        groups[stream.operation.key, stream.can_edit, stream.unread].append(stream)
    return [
        _Job(
            update if unread is None else replace(update, unread_deal_count=unread),
            members[0].operation,
            can_edit,
            members,
        )
        for (_, can_edit, unread), members in groups.items()
    ]
