"""How does every message that was accepted get sent? The queue is the rows of PENDING messages themselves.

A process claims a message for a while by an UPDATE, hands it to the mail server, and records what became of it,
each a transaction of its own. What it recorded is never sent again. A process that dies in between leaves a
claim that ends: another one tries again, with the same Message-ID. So a message is sent at least once, and
twice only where nobody could know of the first time.
"""

import asyncio
import contextvars
import logging
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.errors import MessageError

from prometheus_client import Counter
from tortoise.expressions import F, Q

from models import Message, User
from models.enums import DealEventKind, DeliveryStatus, Direction
from models.transactions import transact
from resolvers import door
from resolvers.log import Log
from resolvers.mail import Refusal, Refusals, Transport, compose
from resolvers.operation import Outcome, perform_unasked

POLL = 5.0
AT_ONCE = 4
# Longer than any try takes (mail.py), so that a claim ends only with its process.
CLAIM = timedelta(minutes=3)
# Seconds from each try that failed for the time being to the next one; then it is given up.
WAITS = (30, 120, 480, 1_800, 3_600, 3_600, 3_600)
_GRACE = 5.0
_LONGEST_FAILURE = 500

TRIES = Counter("dealcast_mail_tries", "Tries to hand a message over.", ["outcome"])
logger = logging.getLogger("dealcast.mail")


class MailQueue:
    """The part of one process in sending what is due."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._woken = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tries: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_going = False

    async def start(self) -> None:
        global _current  # noqa: PLW0603  the queue of this process, found by the mutations
        self._task = asyncio.create_task(self._run(), context=contextvars.Context())
        _current = self

    async def stop(self) -> None:
        """Takes nothing more in hand, and gives what is under way a moment to end."""
        global _current  # noqa: PLW0603
        _current = None
        self._is_going = True
        self.wake()
        tasks = [*self._tries, *([self._task] if self._task else [])]
        for patience in (_GRACE, None):
            if tasks:
                await asyncio.wait(tasks, timeout=patience)
            for task in tasks:
                task.cancel()

    def wake(self) -> None:
        self._woken.set()

    async def _run(self) -> None:
        while not self._is_going:
            self._woken.clear()
            try:
                await self._take_what_is_due()
            except Exception:
                logger.exception("the queue could not be read; trying again")
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._woken.wait()

    async def empty(self) -> None:
        """Tries all that is due now, and returns when that is done."""
        await self._take_what_is_due()
        while self._tries:
            await asyncio.wait(self._tries)

    async def _take_what_is_due(self) -> None:
        while not self._is_going:
            await self._slots.acquire()
            try:
                message = await claim()
            except BaseException:
                self._slots.release()
                raise
            if message is None:
                self._slots.release()
                return
            task = asyncio.create_task(self._try(message))
            self._tries.add(task)
            task.add_done_callback(self._tried)

    def _tried(self, task: asyncio.Task[None]) -> None:
        self._tries.discard(task)
        self._slots.release()

    async def _try(self, message: Message) -> None:
        try:
            refusals = await self._send(message)
            TRIES.labels("refused" if refusals else "delivered").inc()
            if refusals:
                # For the operator, so without names, addresses and words.
                told = (message.id, len(refusals), message.attempts)
                logger.warning("%s did not reach %d recipients at try %d", *told)
            await record(message, refusals)
        except Exception:
            # Unrecorded: its claim ends, and it is tried again.
            logger.exception("what became of %s could not be recorded", message.id)

    async def _send(self, message: Message) -> Refusals:
        recipients = unreached(message)
        if message.attempts > len(WAITS) + 1:
            lost = Refusal("the server stopped in the middle of every try", is_passing=False)
            return dict.fromkeys(recipients, lost)
        author = await User.get_or_none(id=message.author_id)
        try:
            name = "" if author is None else author.full_name
            mail = compose(message, name, await _answered(message))
        except (ValueError, MessageError) as error:
            unwritable = Refusal(f"cannot be written as mail: {error}", is_passing=False)
            return dict.fromkeys(recipients, unwritable)
        return await self._transport.deliver(mail, message.sender, recipients)


def unreached(message: Message) -> list[str]:
    return [address for address in (*message.to, *message.cc) if address not in message.reached]


async def _answered(message: Message) -> list[Message]:
    """The messages of ours that this one comes after in its thread: of others we know no Message-ID."""
    if message.in_reply_to_id is None:
        return []
    thread = Message.filter(deal_id=message.deal_id, thread_id=message.thread_id)
    known = {
        row.id: row for row in await thread.only("id", "in_reply_to_id", "direction", "sender")
    }
    chain: list[Message] = []
    row = known.get(message.in_reply_to_id)
    while row is not None:
        chain.append(row)
        row = known.get(str(row.in_reply_to_id))
    return [row for row in reversed(chain) if row.direction is Direction.OUTBOUND]


async def claim() -> Message | None:
    """The next message that is due, in this process's hand until `claimed_until`; None when there is none."""
    if not await Message.filter(_due(datetime.now(UTC))).exists():
        return None
    return await transact(_claim)


async def _claim() -> Message | None:
    now = datetime.now(UTC)
    due = Message.filter(_due(now))
    while (row := await due.order_by("due_at", "id").first()) is not None:
        # Another process may have been faster: then this changes nothing, and the next one is looked at.
        changed = await due.filter(id=row.id).update(
            claimed_until=now + CLAIM, attempts=F("attempts") + 1
        )
        if changed:
            if row.claimed_until is not None:
                logger.warning("%s was in hand when its process ended: sent again", row.id)
            return await Message.get(id=row.id)
    return None


def _due(now: datetime) -> Q:
    unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    return Q(unclaimed, status=DeliveryStatus.PENDING, due_at__lte=now)


async def record(message: Message, refusals: Refusals) -> None:
    """What a try did, with its event once the message is through or given up."""

    async def work(log: Log) -> Outcome:
        edit = await door.lock(message.organisation_id, message.deal_id)
        row = await Message.get(id=message.id)
        has_lapsed = row.claimed_until != message.claimed_until
        # Whoever took over after a claim that lapsed says how it ended, but for good news.
        if edit is None or row.status is not DeliveryStatus.PENDING or (has_lapsed and refusals):
            return Outcome(None)
        row.reached = [one for one in (*row.to, *row.cc) if one not in refusals]
        row.failure = _failure(refusals) if refusals else None
        row.claimed_until = None
        if any(refusal.is_passing for refusal in refusals.values()) and row.attempts <= len(WAITS):
            row.due_at = log.now + timedelta(seconds=WAITS[row.attempts - 1])
        else:
            row.due_at = None
            row.status = DeliveryStatus.FAILED if refusals else DeliveryStatus.SENT
            edit.kinds.add(
                DealEventKind.MESSAGE_FAILED if refusals else DealEventKind.MESSAGE_DELIVERED
            )
            edit.object_id = row.id
        await row.save(force_update=True)
        log.record(edit)
        return Outcome(row.id)

    await perform_unasked(message.organisation_id, work)


def _failure(refusals: Refusals) -> str:
    """For the sender: each reason, and whom it kept the message from."""
    kept_from: dict[str, list[str]] = defaultdict(list)
    for address, refusal in refusals.items():
        kept_from[refusal.reason].append(address)
    told = (f"{reason}: {', '.join(addresses)}" for reason, addresses in kept_from.items())
    return "; ".join(told)[:_LONGEST_FAILURE]


def wake() -> None:
    """Called after a message was accepted; where no queue runs (a command), another process polls."""
    if _current is not None:
        _current.wake()


_current: MailQueue | None = None
