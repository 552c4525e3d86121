"""What can be said about a deal, and taken back?"""

from typing import Annotated

import strawberry

from resolvers import comments
from schema.context import Info
from schema.inputs import given
from schema.inputs.comments import AddCommentInput, EditCommentInput
from schema.mutation.answers import about, answer, mutation
from schema.payloads import Answer, CommentPayload, DealPayload


@strawberry.type
class CommentMutations:
    @mutation(
        CommentPayload,
        "Says something about a deal to colleagues. Whoever comments becomes a subscriber "
        "(follower), and so do those mentioned, unless they left by themselves. Not for VIEWER "
        "users. May answer INVALID, NOT_FOUND, FORBIDDEN, NO_SIGHT, LIMIT_REACHED, KEY_REUSED.",
    )
    async def add_comment(
        self,
        info: Info,
        input: Annotated[AddCommentInput, about("About which deal, and what.")],
    ) -> Answer:
        return await answer(info, comments.add, given(input))

    @mutation(
        CommentPayload,
        "Changes one's own comment. Only those whom it did not mention before are notified. May "
        "answer INVALID, NOT_FOUND, FORBIDDEN, NO_SIGHT, LIMIT_REACHED.",
    )
    async def edit_comment(
        self,
        info: Info,
        input: Annotated[EditCommentInput, about("Which comment, and how it shall read.")],
    ) -> Answer:
        return await answer(info, comments.edit, given(input))

    @mutation(
        DealPayload,
        "Deletes a comment, and with it its text everywhere. For its author and admins. May "
        "answer INVALID, NOT_FOUND, FORBIDDEN.",
    )
    async def delete_comment(
        self, info: Info, id: Annotated[strawberry.ID, about("Which comment.")]
    ) -> Answer:
        return await answer(info, comments.delete, {"id": id})
