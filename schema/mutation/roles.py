"""What can be done to a deal's three roles: contact, other participants, subscribers?"""

from typing import Annotated

import strawberry

from resolvers import roles, subscribers, unseen
from schema.context import Info
from schema.inputs import given
from schema.inputs.roles import (
    AddParticipantsInput,
    AddSubscribersInput,
    ChangeRolesInput,
    RemoveParticipantsInput,
    RemoveSubscribersInput,
    SetContactInput,
    SubscribeInput,
    UpdateParticipantInput,
)
from schema.mutation.answers import about, answer, mutation
from schema.payloads import Answer, ChangeRolesPayload, DealPayload


@strawberry.type
class RoleMutations:
    @mutation(
        DealPayload,
        "Sets the contact, or clears it by an explicit null, in one act with what becomes of "
        "the contact before. A participant who becomes the contact leaves the participants; "
        "clearing promotes nobody and warns NO_DEFAULT_RECIPIENT. May answer INVALID, "
        "NOT_FOUND, FORBIDDEN, CONFLICT, KEY_REUSED.",
    )
    async def set_contact(
        self,
        info: Info,
        input: Annotated[SetContactInput, about("Which deal, and who.")],
    ) -> Answer:
        return await answer(info, roles.set_contact, given(input))

    @mutation(
        DealPayload,
        "Adds people beside the contact. For one who takes part already, a role or label that "
        "is given is set and one left out stays. All or nobody: a refusal has the index of "
        "the bad one. May answer INVALID, NOT_FOUND, FORBIDDEN, ALREADY_CONTACT, CONFLICT, "
        "LIMIT_REACHED, KEY_REUSED.",
    )
    async def add_participants(
        self,
        info: Info,
        input: Annotated[AddParticipantsInput, about("Which deal, and who.")],
    ) -> Answer:
        return await answer(info, roles.add_participants, given(input))

    @mutation(
        DealPayload,
        "Changes the role or label of one participant. May answer INVALID, NOT_FOUND, "
        "FORBIDDEN, CONFLICT, KEY_REUSED.",
    )
    async def update_participant(
        self,
        info: Info,
        input: Annotated[
            UpdateParticipantInput, about("Which deal, who, and what shall be different.")
        ],
    ) -> Answer:
        return await answer(info, roles.update_participant, given(input))

    @mutation(
        DealPayload,
        "Lets participants leave; the contact stays. Who takes no part changes nothing. May "
        "answer INVALID, NOT_FOUND, FORBIDDEN, CONFLICT, LIMIT_REACHED, KEY_REUSED.",
    )
    async def remove_participants(
        self,
        info: Info,
        input: Annotated[RemoveParticipantsInput, about("Which deal, and who.")],
    ) -> Answer:
        return await answer(info, roles.remove_participants, given(input))

    @mutation(
        DealPayload,
        "Makes colleagues subscribers (followers) of a deal. It takes the right to edit, and "
        "following never grants sight: who cannot see the deal is refused by name. May answer "
        "INVALID, NOT_FOUND, FORBIDDEN, NO_SIGHT, LIMIT_REACHED.",
    )
    async def add_subscribers(
        self,
        info: Info,
        input: Annotated[AddSubscribersInput, about("Which deal, and who.")],
    ) -> Answer:
        return await answer(info, subscribers.add, given(input))

    @mutation(
        DealPayload,
        "Ends the following of subscribers (followers). Everyone may remove themselves, "
        "others take the right to edit; only one's own leaving sticks. May answer INVALID, "
        "NOT_FOUND, FORBIDDEN, LIMIT_REACHED.",
    )
    async def remove_subscribers(
        self,
        info: Info,
        input: Annotated[RemoveSubscribersInput, about("Which deal, and who.")],
    ) -> Answer:
        return await answer(info, subscribers.remove, given(input))

    @mutation(
        DealPayload,
        "Makes the viewer a subscriber (follower) of a deal that they see, or changes their "
        "level. VIEWER users may follow too. May answer INVALID, NOT_FOUND.",
    )
    async def subscribe(
        self,
        info: Info,
        input: Annotated[SubscribeInput, about("Which deal, and how much to hear.")],
    ) -> Answer:
        return await answer(info, subscribers.subscribe, given(input))

    @mutation(
        DealPayload,
        "Ends the viewer's own following. It sticks: only the viewer or a colleague brings it "
        "back, nothing automatic. May answer INVALID, NOT_FOUND.",
    )
    async def unsubscribe(
        self,
        info: Info,
        deal_id: Annotated[
            strawberry.ID, about("Which deal the viewer no longer wants to follow.")
        ],
    ) -> Answer:
        return await answer(info, subscribers.unsubscribe, {"deal_id": deal_id})

    @mutation(
        DealPayload,
        "Notes that the viewer, a subscriber (follower), has seen the deal as it stands: "
        "`unseenChanges` begins anew. The viewer's other windows learn of it; nobody else does. "
        "Who does not follow changes nothing. May answer INVALID, NOT_FOUND.",
    )
    async def mark_deal_seen(
        self,
        info: Info,
        deal_id: Annotated[strawberry.ID, about("Which deal the viewer has looked at.")],
    ) -> Answer:
        return await answer(info, unseen.mark_seen, {"deal_id": deal_id})

    @mutation(
        ChangeRolesPayload,
        "Changes contact, participants and subscribers (followers) together or not at all, as "
        "one event. `dryRun` tells what would change and who would be notified, and writes "
        "nothing. May answer INVALID, NOT_FOUND, FORBIDDEN, ALREADY_CONTACT, NO_SIGHT, "
        "CONFLICT, LIMIT_REACHED, KEY_REUSED.",
    )
    async def change_roles(
        self,
        info: Info,
        input: Annotated[ChangeRolesInput, about("Which deal, and all that shall be different.")],
    ) -> Answer:
        return await answer(info, roles.change_roles, given(input))
