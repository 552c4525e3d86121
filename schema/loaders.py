"""How are the rows behind nested fields fetched together, so that a list costs no statement a row?

A loader collects the keys that are asked for at one moment. What depends on who asks has the viewer in its key,
so that loaders may be shared by everything that is read at one moment of the database.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

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
from models.rows import rows_by
from resolvers import (
    comment_lists,
    conversation_lists,
    deal_lists,
    follower_lists,
    timelines,
    unseen,
)
from resolvers.conversation_lists import Tally
from resolvers.pages import Page
from schema.batches import alike, many, one, paged
from schema.keys import (
    CommentsOf,
    ContributionCount,
    ContributionsOf,
    DealCount,
    DealsOf,
    EventsOf,
    FollowersOf,
    MessagesOf,
    Seen,
)


class Loaders:
    """The loaders of one operation, or of several at one moment of the database."""

    # Each is made when it is asked for: an operation needs a few.
    users = cached_property(lambda _: one(User))
    contacts = cached_property(lambda _: DataLoader(_contacts))
    stages = cached_property(lambda _: one(Stage))
    pipelines = cached_property(lambda _: one(Pipeline))
    organisations = cached_property(lambda _: one(Organisation))
    events = cached_property(lambda _: one(Event))
    comments = cached_property(lambda _: one(Comment))
    notifications = cached_property(lambda _: one(Notification))
    mentions_of = cached_property(lambda _: many(Mention, "comment_id"))
    messages = cached_property(lambda _: one(Message))
    contributions = cached_property(lambda _: one(Contribution))
    log_heads = cached_property(lambda _: one(EventHead))
    stages_of = cached_property(lambda _: many(Stage, "pipeline_id", "ORDER BY position"))
    # The contact and the other participants.
    people_of = cached_property(
        lambda _: many(
            Person, "deal_id", f"AND standing <> '{Standing.FORMER}' ORDER BY added_at, id"
        )
    )
    shares_of = cached_property(lambda _: many(Share, "deal_id"))

    @cached_property
    def deals(self) -> DataLoader[Seen, Deal | None]:
        return alike(_seen)

    @cached_property
    def own_subscription(self) -> DataLoader[Seen, Subscriber | None]:
        return alike(_own_subscription)

    @cached_property
    def deal_counts(self) -> DataLoader[DealCount, int]:
        return alike(deal_lists.counts_of_contacts, 0)

    @cached_property
    def deals_of(self) -> DataLoader[DealsOf, Page[Deal]]:
        return alike(self._deals_of)

    @cached_property
    def follower_counts(self) -> DataLoader[tuple[str], int]:
        return alike(follower_lists.counts, 0)

    @cached_property
    def followers_of(self) -> DataLoader[FollowersOf, Page[Subscriber]]:
        return paged(follower_lists.pages, self.follower_counts)

    @cached_property
    def unread_deal_counts(self) -> DataLoader[tuple[str], int]:
        return alike(unread_deal_counts, 0)

    @cached_property
    def unread_in_groups(self) -> DataLoader[tuple[str, str], int]:
        return DataLoader(_unread_in_groups)

    @cached_property
    def unseen_changes(self) -> DataLoader[tuple[int], list[Mapping[str, Any]]]:
        return alike(unseen.changes)

    @cached_property
    def comment_counts(self) -> DataLoader[tuple[str], int]:
        return alike(comment_lists.counts, 0)

    @cached_property
    def comments_of(self) -> DataLoader[CommentsOf, Page[Comment]]:
        return paged(comment_lists.pages, self.comment_counts)

    @cached_property
    def event_counts(self) -> DataLoader[tuple[str], int]:
        return alike(timelines.counts, 0)

    @cached_property
    def events_of(self) -> DataLoader[EventsOf, Page[Event]]:
        return paged(timelines.pages, self.event_counts)

    @cached_property
    def message_counts(self) -> DataLoader[tuple[str], int]:
        return alike(conversation_lists.message_counts, 0)

    @cached_property
    def messages_of(self) -> DataLoader[MessagesOf, Page[Message]]:
        return paged(conversation_lists.messages, self.message_counts)

    @cached_property
    def contribution_counts(self) -> DataLoader[ContributionCount, int]:
        return alike(conversation_lists.contribution_counts, 0)

    @cached_property
    def contributions_of(self) -> DataLoader[ContributionsOf, Page[Contribution]]:
        return alike(self._contributions_of)

    @cached_property
    def tallies_of(self) -> DataLoader[tuple[str], dict[str, Tally] | None]:
        return alike(conversation_lists.tallies)

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
    found = {row.id: row for row in await rows_by(Contact, "id", ids)}
    # Who was merged is archived, too: most of the time there is nobody to look for.
    gone = [row.id for row in found.values() if row.is_archived]
    merges = await rows_by(ContactMerge, "contact_id", gone)
    into = {merge.contact_id: merge.into_id for merge in merges}
    found |= {row.id: row for row in await rows_by(Contact, "id", into.values())}
    return [found.get(into.get(ident, ident)) for ident in ids]


async def _seen(viewer: User, ids: list[str]) -> Mapping[str, Deal]:
    return {row.id: row for row in await Deal.filter(visible(viewer), id__in=ids)}


async def _unread_in_groups(keys: list[tuple[str, str]]) -> list[int]:
    found = await unread_in_groups({user for user, _ in keys}, {deal for _, deal in keys})
    return [found.get(key, 0) for key in keys]


async def _own_subscription(viewer: User, ids: list[str]) -> Mapping[str, Subscriber]:
    rows = await Subscriber.filter(user_id=viewer.id, has_left=False, deal_id__in=ids)
    return {row.deal_id: row for row in rows}
