"""What do colleagues say to each other about a deal? Comments, with the colleagues they name (rules 13, 21, 26)."""

from models import Comment, Mention, User
from models.enums import DealEventKind, ErrorCode, SubscriptionReason, UserRole
from models.errors import refuse
from models.ids import new_id
from models.text import clean
from models.transactions import column
from resolvers import door, followers
from resolvers.log import Edit, Log
from resolvers.operation import Given, Outcome, perform

LONGEST = 10_000


async def add(viewer: User, given: Given) -> Outcome:
    """Whoever comments follows from then on, and so does whoever is mentioned."""

    async def work(log: Log) -> Outcome:
        edit = await door.editable(viewer, given["deal_id"])
        comment = Comment(
            id=new_id("comment"),
            organisation_id=viewer.organisation_id,
            deal_id=edit.deal.id,
            author_id=viewer.id,
            body=_body(given),
            created_at=log.now,
        )
        mentioned = await _mentioned(viewer, edit, given, set())
        await comment.save(force_create=True)
        edit.kinds.add(DealEventKind.COMMENTED)
        edit.object_id = comment.id
        await followers.follow(edit, log, [viewer], SubscriptionReason.COMMENTED)
        await _mention(comment, edit, log, mentioned)
        log.record(edit)
        return Outcome(comment.id, deal_id=edit.deal.id)

    return await perform(viewer, "addComment", given, work)


async def edit(viewer: User, given: Given) -> Outcome:
    """For the author alone; mentions that are left out stay, and only the newly mentioned are told."""

    async def work(log: Log) -> Outcome:
        comment, edit = await _locked(viewer, given)
        door.check_may_edit(viewer)
        if comment.author_id != viewer.id:
            raise refuse(ErrorCode.FORBIDDEN, "is for the comment's author")
        body = _body(given)
        before = set(await column(Mention.filter(comment_id=comment.id), "user_id"))
        after = before
        fresh: list[User] = []
        if "mention_ids" in given:
            fresh = await _mentioned(viewer, edit, given, before)
            after = set(given["mention_ids"] or ())
        if body != comment.body or after != before:
            comment.body, comment.edited_at = body, log.now
            await comment.save(force_update=True)
            gone = Mention.filter(comment_id=comment.id, user_id__in=list(before - after))
            await gone.delete()
            edit.kinds.add(DealEventKind.COMMENT_EDITED)
            edit.object_id = comment.id
            await _mention(comment, edit, log, fresh)
            log.record(edit)
        return Outcome(comment.id, deal_id=edit.deal.id)

    return await perform(viewer, "editComment", given, work)


async def delete(viewer: User, given: Given) -> Outcome:
    """For the author and admins. The text is gone then: the log never held it (rule 31)."""

    async def work(log: Log) -> Outcome:
        comment, edit = await _locked(viewer, given)
        if comment.author_id != viewer.id and viewer.role is not UserRole.ADMIN:
            raise refuse(ErrorCode.FORBIDDEN, "is for the comment's author and admins")
        await comment.delete()
        edit.kinds.add(DealEventKind.COMMENT_DELETED)
        edit.object_id = comment.id
        log.record(edit)
        return Outcome(edit.deal.id)

    return await perform(viewer, "deleteComment", given, work)


async def _locked(viewer: User, given: Given) -> tuple[Comment, Edit]:
    """A comment on a deal that the viewer sees, with the deal locked."""
    ident = door.check_id(given["id"], "comment", "id")
    rows = Comment.filter(id=ident, organisation_id=viewer.organisation_id)
    known = await rows.get_or_none()
    if known is not None:
        edit = await door.locked(viewer, known.deal_id, "id")
        # Read again: while we waited for the lock it may have been edited or deleted.
        comment = await rows.get_or_none()
        if comment is not None:
            return comment, edit
    raise refuse(ErrorCode.NOT_FOUND, "was not found", "id")


def _body(given: Given) -> str:
    """Plain text, with one kind of line break."""
    return clean(given["body"].replace("\r\n", "\n"), "body", limit=LONGEST)


async def _mentioned(viewer: User, edit: Edit, given: Given, already: set[str]) -> list[User]:
    """The colleagues whom the comment names and did not name before.

    Raises:
        Refused: with the index of oneself, of a stranger, or of who is inactive; NO_SIGHT with the names of
            those who cannot see the deal. Who was named before may have become so since.
    """
    ids = door.check_ids(given.get("mention_ids"), "user", "mentionIds")
    users = await door.users(viewer.organisation_id, ids, "mentionIds", active=False)
    for index, user in enumerate(users):
        if user.id == viewer.id:
            raise refuse(ErrorCode.INVALID, "is yourself", "mentionIds", index)
        if user.id not in already and not user.is_active:
            raise refuse(ErrorCode.INVALID, "is not active", "mentionIds", index)
    known = [user.id for user in users if user.id in already]
    followers.check_sight(edit, users, "mentionIds", but_for=known)
    return [user for user in users if user.id not in already]


async def _mention(comment: Comment, edit: Edit, log: Log, users: list[User]) -> None:
    await Mention.bulk_create(
        Mention(organisation_id=comment.organisation_id, comment_id=comment.id, user_id=user.id)
        for user in users
    )
    edit.mentioned = {user.id for user in users}
    await followers.follow(edit, log, users, SubscriptionReason.MENTIONED)
