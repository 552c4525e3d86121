"""What does a server see to now and then by itself? Each process does it; none gets in another's way."""

import asyncio
import logging

from realtime.hub import Hub
from resolvers import idempotency

_EVERY = 60.0

logger = logging.getLogger("dealcast.upkeep")


async def keep_up(hub: Hub) -> None:
    """For ever: rows of the log stay, since they are the timeline; keys of retried mutations go."""
    while True:
        await asyncio.sleep(_EVERY)
        try:
            await hub.find_floors()
            await idempotency.purge()
        except Exception:
            logger.exception("the upkeep failed; it is tried again later")
