"""Does every stream still know what its viewer may hear? Compared with the database now and then; in doubt, no.

Streams follow the log and need no such check to be right. It is there for what never should happen: a row
changed by hand, a fault of ours. A stream that is astray is closed, and its client comes back to the truth.
"""

from collections import defaultdict
from collections.abc import Collection

from models import Subscriber, User
from realtime.delivery import State, states
from realtime.streams import DealStream, FollowedStream, Rights, Stream


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
