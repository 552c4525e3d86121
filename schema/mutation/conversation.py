"""What can be done with the people outside a deal: write to them, and record what they did?"""

from typing import Annotated

import strawberry

from resolvers import contributions, messages
from schema.context import Info
from schema.inputs import given
from schema.inputs.conversation import RecordContributionInput, SendMessageInput
from schema.mutation.answers import about, answer, mutation
from schema.payloads import Answer, ContributionPayload, MessagePayload


@strawberry.type
class ConversationMutations:
    @mutation(
        MessagePayload,
        "Sends a message from a deal, by default to its contact with the participants in copy: "
        "ask `messageDraft` first. It is PENDING until the mail server took it. Nobody becomes a "
        "subscriber (follower) by it. May answer INVALID, NOT_FOUND, FORBIDDEN, CONFLICT, "
        "LIMIT_REACHED, KEY_REUSED.",
    )
    async def send_message(
        self,
        info: Info,
        input: Annotated[SendMessageInput, about("From which deal, what, and to whom.")],
    ) -> Answer:
        return await answer(info, messages.send, given(input))

    @mutation(
        MessagePayload,
        "Sends a FAILED message again, to those whom it has not reached. One that is on its way, "
        "or there, stays as it is. May answer INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def retry_message(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which message.")],
    ) -> Answer:
        return await answer(info, messages.retry, {"id": id})

    @mutation(
        ContributionPayload,
        "Records a message, call, meeting or note for the person outside who made it. A message "
        "that came in becomes one of the deal's messages, as an event without actor. May answer "
        "INVALID, NOT_FOUND, FORBIDDEN, KEY_REUSED.",
    )
    async def record_contribution(
        self,
        info: Info,
        input: Annotated[RecordContributionInput, about("Who did what on which deal.")],
    ) -> Answer:
        return await answer(info, contributions.record, given(input))
