"""How do deals stand at one moment of the database, and who may see them so?"""

from collections import defaultdict
from collections.abc import Iterable

from models import Deal, Share
from models.enums import DealVisibility
from models.permissions import Audience, audience_of
from models.rows import rows_by

State = tuple[Deal, Audience]


async def states(deal_ids: Iterable[str]) -> dict[str, State]:
    """The deals as they stand in this snapshot, each with who may see it so."""
    deals = await rows_by(Deal, "id", deal_ids)
    hidden = [deal.id for deal in deals if deal.visibility is DealVisibility.RESTRICTED]
    shared: dict[str, set[str]] = defaultdict(set)
    for share in await rows_by(Share, "deal_id", hidden):
        shared[share.deal_id].add(share.user_id)
    return {deal.id: (deal, audience_of(deal, shared[deal.id])) for deal in deals}
