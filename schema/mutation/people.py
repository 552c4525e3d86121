"""What can be done to people: contacts, who are outside, and users, who are inside?"""

from typing import Annotated

import strawberry

from resolvers import contacts, merging, users
from schema.context import Info
from schema.enums import UserRole
from schema.inputs import given
from schema.inputs.contacts import CreateContactInput, MergeContactsInput, UpdateContactInput
from schema.mutation.answers import about, answer, mutation
from schema.payloads import Answer, ContactPayload, UserPayload


@strawberry.type
class PeopleMutations:
    @mutation(
        ContactPayload,
        "Adds a person to the contact list. May answer INVALID, FORBIDDEN, KEY_REUSED.",
    )
    async def create_contact(
        self,
        info: Info,
        input: Annotated[CreateContactInput, about("Who they are.")],
    ) -> Answer:
        return await answer(info, contacts.create, given(input))

    @mutation(
        ContactPayload,
        "Changes a person's data; each deal where they stand gets a CONTACT_EDITED event, "
        "which notifies nobody. May answer INVALID, NOT_FOUND, FORBIDDEN, CONFLICT, "
        "KEY_REUSED.",
    )
    async def update_contact(
        self,
        info: Info,
        input: Annotated[UpdateContactInput, about("Which contact, and what shall be different.")],
    ) -> Answer:
        return await answer(info, contacts.update, given(input))

    @mutation(
        ContactPayload,
        "Archives a person: they leave their roles, with an event for each deal, while "
        "history keeps their name. May answer INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def archive_contact(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which contact.")],
    ) -> Answer:
        return await answer(info, contacts.archive, {"id": id})

    @mutation(
        ContactPayload,
        "Brings an archived person back to the contact list, without the roles. May answer "
        "INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def restore_contact(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which contact.")],
    ) -> Answer:
        return await answer(info, contacts.restore, {"id": id})

    @mutation(
        ContactPayload,
        "Merges two entries of the contact list that are one person: roles and contributions of both, on "
        "restricted deals too; where both stand on a deal, contact beats participant and a set role beats none. "
        "Admins only. May answer INVALID, NOT_FOUND, FORBIDDEN, KEY_REUSED.",
    )
    async def merge_contacts(
        self,
        info: Info,
        input: Annotated[MergeContactsInput, about("Who goes, and who stays.")],
    ) -> Answer:
        return await answer(info, merging.merge, given(input))

    @mutation(
        UserPayload,
        "Gives a user another role. Admins only; the last active admin stays one, and a user "
        "who owns deals cannot become a VIEWER. Deals that go out of sight by it are no "
        "longer followed. May answer INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def set_user_role(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which user.")],
        role: Annotated[UserRole, about("The role that they shall have.")],
    ) -> Answer:
        return await answer(info, users.set_role, {"id": id, "role": role})

    @mutation(
        UserPayload,
        "Ends a user's access: their sign-ins, live streams and followings. Admins only; the "
        "last active admin stays. May answer INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def deactivate_user(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which user.")],
        reassign_deals_to: Annotated[
            strawberry.ID | None,
            about("Whose their deals shall be: an active admin or member. Needed if they own any."),
        ] = strawberry.UNSET,
    ) -> Answer:
        asked: dict[str, str | None] = {"id": id}
        if reassign_deals_to is not strawberry.UNSET:
            asked["reassign_deals_to"] = reassign_deals_to
        return await answer(info, users.deactivate, asked)

    @mutation(
        UserPayload,
        "Gives a deactivated user access again, without the followings that ended. Admins "
        "only. May answer INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def reactivate_user(
        self,
        info: Info,
        id: Annotated[strawberry.ID, about("Which user.")],
    ) -> Answer:
        return await answer(info, users.reactivate, {"id": id})

    @mutation(
        UserPayload,
        "Ends all sessions of oneself or, for admins, of anyone: tokens issued until now are "
        "refused from now on, and open sockets are closed. May answer INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def sign_out_everywhere(
        self,
        info: Info,
        user_id: Annotated[
            strawberry.ID | None, about("Whose; oneself if left out.")
        ] = strawberry.UNSET,
    ) -> Answer:
        asked = {} if user_id is strawberry.UNSET else {"user_id": user_id}
        return await answer(info, users.sign_out, asked)
