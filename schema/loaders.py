"""How are the rows behind nested fields fetched together, so that a list costs no statement a row?

A loader collects the keys that are asked for at one moment. What depends on who asks has the viewer in its key,
so that loaders may be shared by everything that is read at one moment of the database.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from strawberry.dataloader import DataLoader

from models import (
    Comment,
    Contact,
    ContactMerge,
    Contribution,
    Deal,
    Event,
    EventHead,
    Mention,
    Message,
    Notification,
    Organisation,
    Person,
    Pipeline,
    Share,
    Stage,
    Subscriber,
    User,
)
from models.enums import DealRole, Standing
from models.notifications import unread_deal_counts, unread_in_groups
from models.permissions import visible
from resolvers import (
    comment_lists,
    conversation_lists,
    deal_lists,
    follower_lists,
    timelines,
    unseen,
)
from resolvers.conversation_lists import Tally
from resolvers.lookups import rows_of
from resolvers.pages import Page
from schema.batches import alike, many, one


class Seen(NamedTuple):
    """A deal as one user sees it."""

    viewer: User
    deal_id: str


class DealsOf(NamedTuple):
    """A page of the deals where a person stands, as one user sees them."""

    viewer: User
    role: DealRole | None
    first: int | None
    after: str | None
    contact_id: str


class DealCount(NamedTuple):
    viewer: User
    role: DealRole | None
    contact_id: str


class FollowersOf(NamedTuple):
    """A page of a deal's subscribers."""

    first: int | None
    after: str | None
    deal_id: str


class CommentsOf(NamedTuple):
    """A page of a deal's comments."""

    first: int | None
    after: str | None
    deal_id: str


class EventsOf(NamedTuple):
    """A page of a deal's timeline."""

    first: int | None
    after: str | None
    deal_id: str


class MessagesOf(NamedTuple):
    """A page of a deal's messages."""

    first: int | None
    after: str | None
    deal_id: str


class ContributionsOf(NamedTuple):
    """A page of what one person, or everybody, contributed to a deal."""

    contact_id: str | None
    first: int | None
    after: str | None
    deal_id: str


class ContributionCount(NamedTuple):
    contact_id: str | None
    deal_id: str


class Loaders:
    """The loaders of one operation, or of several at one moment of the database."""

    def __init__(self) -> None:
        self.users = one(User.all())
        self.contacts: DataLoader[str, Contact | None] = DataLoader(_contacts)
        self.stages = one(Stage.all())
        self.pipelines = one(Pipeline.all())
        self.organisations = one(Organisation.all())
        self.events = one(Event.all())
        self.comments = one(Comment.all())
        self.notifications = one(Notification.all())
        self.mentions_of = many(Mention.all(), "comment_id")
        self.messages = one(Message.all())
        self.contributions = one(Contribution.all())
        self.log_heads = one(EventHead.all())
        self.stages_of = many(Stage.all().order_by("position"), "pipeline_id")
        # The contact and the other participants.
        self.people_of = many(
            Person.exclude(standing=Standing.FORMER).order_by("added_at", "id"), "deal_id"
        )
        self.shares_of = many(Share.all(), "deal_id")
        self.deals: DataLoader[Seen, Deal | None] = alike(_seen)
        self.own_subscription: DataLoader[Seen, Subscriber | None] = alike(_own_subscription)
        self.deal_counts: DataLoader[DealCount, int] = alike(deal_lists.counts_of_contacts, 0)
        self.deals_of: DataLoader[DealsOf, Page[Deal]] = alike(self._deals_of)
        self.follower_counts: DataLoader[tuple[str], int] = alike(follower_lists.counts, 0)
        self.followers_of: DataLoader[FollowersOf, Page[Subscriber]] = alike(self._followers_of)
        self.unread_deal_counts: DataLoader[tuple[str], int] = alike(unread_deal_counts, 0)
        self.unread_in_groups: DataLoader[tuple[str, str], int] = DataLoader(_unread_in_groups)
        self.unseen_changes: DataLoader[tuple[int], list[Mapping[str, Any]]] = alike(unseen.changes)
        self.comment_counts: DataLoader[tuple[str], int] = alike(comment_lists.counts, 0)
        self.comments_of: DataLoader[CommentsOf, Page[Comment]] = alike(self._comments_of)
        self.event_counts: DataLoader[tuple[str], int] = alike(timelines.counts, 0)
        self.events_of: DataLoader[EventsOf, Page[Event]] = alike(self._events_of)
        self.message_counts: DataLoader[tuple[str], int] = alike(
            conversation_lists.message_counts, 0
        )
        self.messages_of: DataLoader[MessagesOf, Page[Message]] = alike(self._messages_of)
        self.contribution_counts: DataLoader[ContributionCount, int] = alike(
            conversation_lists.contribution_counts, 0
        )
        self.contributions_of: DataLoader[ContributionsOf, Page[Contribution]] = alike(
            self._contributions_of
        )
        self.tallies_of: DataLoader[tuple[str], dict[str, Tally] | None] = alike(
            conversation_lists.tallies
        )

    async def _deals_of(
        self,
        viewer: User,
        role: DealRole | None,
        first: int | None,
        after: str | None,
        ids: list[str],
    ) -> Mapping[str, Page[Deal]]:
        async def count(contact_id: str) -> int:
            return await self.deal_counts.load(DealCount(viewer, role, contact_id))

        return await deal_lists.of_contacts(
            viewer, role, ids, first=first, after=after, count=count
        )

    async def _followers_of(
        self, first: int | None, after: str | None, ids: list[str]
    ) -> Mapping[str, Page[Subscriber]]:
        return await follower_lists.pages(first, after, ids, self.follower_count)

    async def _comments_of(
        self, first: int | None, after: str | None, ids: list[str]
    ) -> Mapping[str, Page[Comment]]:
        async def count(deal_id: str) -> int:
            return await self.comment_counts.load((deal_id,))

        return await comment_lists.pages(first, after, ids, count)

    async def _events_of(
        self, first: int | None, after: str | None, ids: list[str]
    ) -> Mapping[str, Page[Event]]:
        async def count(deal_id: str) -> int:
            return await self.event_counts.load((deal_id,))

        return await timelines.pages(first, after, ids, count)

    async def _messages_of(
        self, first: int | None, after: str | None, ids: list[str]
    ) -> Mapping[str, Page[Message]]:
        async def count(deal_id: str) -> int:
            return await self.message_counts.load((deal_id,))

        return await conversation_lists.messages(first, after, ids, count)

    async def _contributions_of(
        self, contact_id: str | None, first: int | None, after: str | None, ids: list[str]
    ) -> Mapping[str, Page[Contribution]]:
        async def count(deal_id: str) -> int:
            return await self.contribution_counts.load(ContributionCount(contact_id, deal_id))

        return await conversation_lists.contributions(contact_id, first, after, ids, count)

    async def tally(self, deal_id: str, contact_id: str) -> Tally:
        of_deal = await self.tallies_of.load((deal_id,))
        return (of_deal or {}).get(contact_id) or Tally()

    async def follower_count(self, deal_id: str) -> int:
        return await self.follower_counts.load((deal_id,))


async def _contacts(ids: list[str]) -> list[Contact | None]:
    """People by the ids that they go by now, or by ones that were merged into them."""
    found = {row.id: row for row in await rows_of(Contact.all(), "id", ids)}
    # Who was merged is archived, too: most of the time there is nobody to look for.
    gone = [row.id for row in found.values() if row.is_archived]
    merges = await rows_of(ContactMerge.all(), "contact_id", gone)
    into = {merge.contact_id: merge.into_id for merge in merges}
    found |= {row.id: row for row in await rows_of(Contact.all(), "id", into.values())}
    return [found.get(into.get(ident, ident)) for ident in ids]


async def _seen(viewer: User, ids: list[str]) -> Mapping[str, Deal]:
    return {row.id: row for row in await Deal.filter(visible(viewer), id__in=ids)}


async def _unread_in_groups(keys: list[tuple[str, str]]) -> list[int]:
    found = await unread_in_groups({user for user, _ in keys}, {deal for _, deal in keys})
    return [found.get(key, 0) for key in keys]


async def _own_subscription(viewer: User, ids: list[str]) -> Mapping[str, Subscriber]:
    rows = await Subscriber.filter(user_id=viewer.id, has_left=False, deal_id__in=ids)
    return {row.deal_id: row for row in rows}
