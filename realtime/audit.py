"""Does every stream still know what its viewer may hear? Compared with the database now and then; in doubt, no.

Streams follow the log and need no such check to be right. It is there for what never should happen: a row
changed by hand, a fault of ours. A stream that is astray is closed, and its client comes back to the truth.
"""

import logging
import math
from collections import defaultdict
from collections.abc import Collection

from models import EventHead, Subscriber, User
from models.transactions import in_snapshot
from realtime.states import State, states
from realtime.streams import DealStream, FollowedStream, Rights, Stream

# Seconds in which every stream is looked at, and how many at a time.
_ROUND = 60.0
_AT_ONCE = 250

logger = logging.getLogger("dealcast.audit")


class Auditor:
    """Looks at all streams of an organisation in a minute or so, some at a time: nobody waits for all of them."""

    def __init__(self, organisation_id: str, streams: Collection[Stream]) -> None:
        self._organisation_id = organisation_id
        self._streams = streams
        self._unaudited: list[Stream] = []

    @property
    def pause(self) -> float:
        """Seconds from one look to the next."""
        return _ROUND / max(1, math.ceil(len(self._streams) / _AT_ONCE))

    async def lost(self, position: int) -> list[Stream]:
        """Of the next ones, those that may not go on; all of them if that cannot be found out.

        `position` is where all streams have got to.
        """
        if not self._unaudited:
            self._unaudited = list(self._streams)
        some = [stream for stream in self._unaudited[:_AT_ONCE] if not stream.closed]
        del self._unaudited[:_AT_ONCE]
        try:
            return await in_snapshot(lambda: self._astray(some, position), "live")
        except Exception:
            # Rights that cannot be checked are rights that are not there.
            logger.exception("the rights of streams could not be checked; they are closed")
            return some

    async def _astray(self, streams: list[Stream], position: int) -> list[Stream]:
        head = await EventHead.get(organisation_id=self._organisation_id)
        if head.position != position:
            # News is on its way to the streams: they are compared another time.
            return []
        lost = await astray(streams)
        if lost:
            logger.error("%d streams did not know what their viewers may hear", len(lost))
        return lost


async def astray(streams: Collection[Stream]) -> list[Stream]:
    """The streams whose rights, deals or followings are not those of the database.

    To be called inside a snapshot whose head the streams have heard up to.
    """
    user_ids = {stream.viewer.id for stream in streams}
    users = {user.id: user async for user in User.filter(id__in=list(user_ids))}
    followed: defaultdict[str, set[str]] = defaultdict(set)
    following = {stream.viewer.id for stream in streams if isinstance(stream, FollowedStream)}
    async for row in Subscriber.filter(user_id__in=list(following), has_left=False):
        followed[row.user_id].add(row.deal_id)
    deals = await states({stream.deal_id for stream in streams if isinstance(stream, DealStream)})
    return [stream for stream in streams if not _agrees(stream, users, followed, deals)]


def _agrees(
    stream: Stream,
    users: dict[str, User],
    followed: dict[str, set[str]],
    deals: dict[str, State],
) -> bool:
    user = users.get(stream.viewer.id)
    if user is None or not user.is_active or stream.rights != Rights.of(user):
        return False
    if isinstance(stream, FollowedStream):
        return stream.followed == followed[user.id]
    if isinstance(stream, DealStream):
        state = deals.get(stream.deal_id)
        return state is not None and stream.audience == state[1]
    return True
