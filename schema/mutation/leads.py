"""What can be done to a lead: create, change and convert it, and undo that?"""

from typing import Annotated

import strawberry

from resolvers import leads
from schema.context import Info
from schema.inputs import given
from schema.inputs.deals import ConvertLeadInput, CreateLeadInput, UpdateLeadInput
from schema.mutation.answers import about, answer, mutation
from schema.payloads import Answer, LeadPayload, OpportunityPayload


@strawberry.type
class LeadMutations:
    @mutation(
        LeadPayload,
        "Creates a lead, with status NEW. Its creator and its owner follow it. Subscribers "
        "named in the input (followers) must be able to see it. May answer INVALID, "
        "NOT_FOUND, FORBIDDEN, ALREADY_CONTACT, NO_SIGHT, LIMIT_REACHED, KEY_REUSED.",
    )
    async def create_lead(
        self,
        info: Info,
        input: Annotated[CreateLeadInput, about("What it begins with.")],
    ) -> Answer:
        return await answer(info, leads.create, given(input))

    @mutation(
        LeadPayload,
        "Changes a lead's own fields. Visibility and sharing are for its owner and admins; "
        "whoever can no longer see it no longer follows it. May answer INVALID, NOT_FOUND, "
        "FORBIDDEN, CONFLICT, LIMIT_REACHED, KEY_REUSED.",
    )
    async def update_lead(
        self,
        info: Info,
        input: Annotated[UpdateLeadInput, about("Which one, and what shall be different.")],
    ) -> Answer:
        return await answer(info, leads.update, given(input))

    @mutation(
        OpportunityPayload,
        "Makes an opportunity of a lead. It keeps its id, contact, participants, subscribers "
        "(followers) with their levels, its history and every open live stream. May answer "
        "INVALID, NOT_FOUND, FORBIDDEN, LOST_REASON_REQUIRED, CONFLICT, ALREADY_CONVERTED, "
        "KEY_REUSED.",
    )
    async def convert_lead(
        self,
        info: Info,
        input: Annotated[
            ConvertLeadInput, about("Which one, and how it begins as an opportunity.")
        ],
    ) -> Answer:
        return await answer(info, leads.convert, given(input))

    @mutation(
        LeadPayload,
        "Makes an opportunity the lead again that it was, while nothing has happened to it "
        "since. May answer INVALID, NOT_FOUND, FORBIDDEN, CONFLICT.",
    )
    async def undo_conversion(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which converted opportunity.")],
    ) -> Answer:
        return await answer(info, leads.undo_conversion, {"id": id})
