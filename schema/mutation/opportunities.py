"""What can be done to an opportunity: create, change and move it?"""

from typing import Annotated

import strawberry

from resolvers import opportunities
from schema.context import Info
from schema.inputs import given
from schema.inputs.deals import (
    CreateOpportunityInput,
    MoveOpportunityInput,
    UpdateOpportunityInput,
)
from schema.mutation.answers import about, answer, mutation
from schema.payloads import Answer, OpportunityPayload


@strawberry.type
class OpportunityMutations:
    @mutation(
        OpportunityPayload,
        "Creates an opportunity, in a stage that is open or won. Its creator and its owner "
        "follow it. Subscribers named in the input (followers) must be able to see it. May "
        "answer INVALID, NOT_FOUND, FORBIDDEN, ALREADY_CONTACT, NO_SIGHT, "
        "LOST_REASON_REQUIRED, LIMIT_REACHED, KEY_REUSED.",
    )
    async def create_opportunity(
        self,
        info: Info,
        input: Annotated[CreateOpportunityInput, about("What it begins with.")],
    ) -> Answer:
        return await answer(info, opportunities.create, given(input))

    @mutation(
        OpportunityPayload,
        "Changes an opportunity's own fields. Visibility and sharing are for its owner and "
        "admins; whoever can no longer see it no longer follows it. May answer INVALID, "
        "NOT_FOUND, FORBIDDEN, CONFLICT, LIMIT_REACHED, KEY_REUSED.",
    )
    async def update_opportunity(
        self,
        info: Info,
        input: Annotated[UpdateOpportunityInput, about("Which one, and what shall be different.")],
    ) -> Answer:
        return await answer(info, opportunities.update, given(input))

    @mutation(
        OpportunityPayload,
        "Moves an opportunity to another stage of its pipeline. Status and probability follow "
        "from the stage; from a lost or won stage to an open one it is reopened. May answer "
        "INVALID, NOT_FOUND, FORBIDDEN, LOST_REASON_REQUIRED, CONFLICT, KEY_REUSED.",
    )
    async def move_opportunity(
        self,
        info: Info,
        input: Annotated[MoveOpportunityInput, about("Which one, and where to.")],
    ) -> Answer:
        return await answer(info, opportunities.move, given(input))
