"""Whose is a deal, who may see it, is it archived: what can be done about that?"""

from typing import Annotated

import strawberry

from resolvers import ownership
from schema.context import Info
from schema.inputs import given
from schema.inputs.deals import AssignOwnerInput, ShareDealInput
from schema.mutation.answers import about, answer, mutation
from schema.payloads import Answer, DealPayload


@strawberry.type
class OwnershipMutations:
    @mutation(
        DealPayload,
        "Makes another user responsible, who then follows; the owner before stays a follower "
        "while able to see the deal. For the owner and admins. May answer INVALID, NOT_FOUND, "
        "FORBIDDEN, CONFLICT, KEY_REUSED.",
    )
    async def assign_owner(
        self,
        info: Info,
        input: Annotated[AssignOwnerInput, about("Which deal, and whose it shall be.")],
    ) -> Answer:
        return await answer(info, ownership.assign_owner, given(input))

    @mutation(
        DealPayload,
        "Lets users see a deal while it is RESTRICTED; on one that all see, it waits until "
        "then. For the owner and admins. May answer INVALID, NOT_FOUND, FORBIDDEN, CONFLICT, "
        "LIMIT_REACHED, KEY_REUSED.",
    )
    async def share_deal(
        self,
        info: Info,
        input: Annotated[ShareDealInput, about("Which deal, and with whom.")],
    ) -> Answer:
        return await answer(info, ownership.share, given(input))

    @mutation(
        DealPayload,
        "Takes sharing back. Whoever can no longer see the deal no longer follows it, and "
        "their live streams of it end. For the owner and admins. May answer INVALID, "
        "NOT_FOUND, FORBIDDEN, CONFLICT, LIMIT_REACHED, KEY_REUSED.",
    )
    async def unshare_deal(
        self,
        info: Info,
        input: Annotated[ShareDealInput, about("Which deal, and with whom no longer.")],
    ) -> Answer:
        return await answer(info, ownership.unshare, given(input))

    @mutation(
        DealPayload,
        "Archives a deal: its followers hear of it, then it leaves lists and boards. By id it "
        "stays readable, and it can be restored. For the owner and admins. May answer "
        "INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def archive_deal(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which opportunity or lead.")],
    ) -> Answer:
        return await answer(info, ownership.archive, {"id": id})

    @mutation(
        DealPayload,
        "Brings an archived deal back to lists, boards and its followers. For the owner and "
        "admins. May answer INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def restore_deal(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which archived opportunity or lead.")],
    ) -> Answer:
        return await answer(info, ownership.restore, {"id": id})
