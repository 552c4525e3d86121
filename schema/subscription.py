"""What can a client follow live?"""

from collections.abc import Callable
from typing import Annotated, TypeVar

import strawberry
from strawberry import UNSET

from models.enums import DealKind
from resolvers import watch
from resolvers.watch import Watch
from schema.connections import Search
from schema.context import Info
from schema.deals import Deal
from schema.enums import UpdateKind
from schema.events import DealEvent
from schema.filters import LeadFilter, OpportunityFilter, criteria
from schema.notifications import Notification
from schema.pipelines import PipelineSummary
from schema.scalars import Cursor

F = TypeVar("F")

After = Annotated[
    Cursor | None,
    strawberry.argument(
        description=(
            "The newest cursor seen: what was missed since comes first. One that cannot be resumed "
            "(too old, of a log since rebuilt, of an unfinished snapshot) is answered by RESYNC and "
            "a fresh snapshot, never by an error."
        )
    ),
]


@strawberry.type(
    description=(
        "One item of a live stream of deals. Subscribe `after` the newest `cursor` seen to miss nothing."
    )
)
class DealUpdate:
    kind: UpdateKind = strawberry.field(description="What this item says.")
    cursor: Cursor = strawberry.field(
        description=(
            "The place in the log up to which this stream has now heard everything. That of a SNAPSHOT "
            "says that the snapshot is not complete: resuming after it begins again."
        )
    )
    deal_id: strawberry.ID | None = strawberry.field(
        description="The deal it is about; null on READY, RESYNC and HEARTBEAT."
    )
    event: DealEvent | None = strawberry.field(
        description=(
            "What happened: on CHANGED, and on REMOVED unless sight was lost. One's own change of level "
            "comes as SUBSCRIBERS_CHANGED without changes, to one's own streams only."
        )
    )
    deal: Deal | None = strawberry.field(
        description=(
            "The deal as it stands: on SNAPSHOT and CHANGED. It may be newer than the event; a `revision` "
            "not above the one in hand brings nothing new but one's own level."
        )
    )


@strawberry.type(description="One item of the live stream of one's own notifications.")
class NotificationUpdate:
    kind: UpdateKind = strawberry.field(
        description="What this item says. A change of the count alone is CHANGED without notification."
    )
    cursor: Cursor = strawberry.field(
        description="The place in the log up to which this stream has now heard everything."
    )
    notification: Notification | None = strawberry.field(
        description="What the viewer is notified of, on CHANGED; null where only the count changed: "
        "something was read, snoozed or woke up, or a deal came into or out of sight."
    )
    unread_deal_count: int = strawberry.field(
        description="How many are unread of the newest of each deal, and every assignment. As things "
        "stand, so it may be newer than the notification."
    )


@strawberry.type(description="One item of a live stream of a pipeline's summary.")
class PipelineUpdate:
    kind: UpdateKind = strawberry.field(description="What this item says.")
    cursor: Cursor = strawberry.field(description="A place in the log that the stream has got to.")
    summary: PipelineSummary | None = strawberry.field(
        description="The summary as it stands: on SNAPSHOT and CHANGED."
    )


def _live(*, description: str, item: type = DealUpdate) -> Callable[[F], F]:
    """Strawberry's decorator, for a method that says what to watch; the hub does the rest."""
    decorate: Callable[[F], F] = strawberry.subscription(description=description, graphql_type=item)
    return decorate


@strawberry.type(
    description="Live updates, over websockets (graphql-transport-ws) or as server-sent events (graphql-sse)."
)
class Subscription:
    @_live(
        description=(
            "One deal, as long as one sees it. Without `after`: SNAPSHOT, READY, then what happens. With it: "
            "what was missed, READY, then what happens. Lost sight: REMOVED, and the operation completes. "
            "A deal that cannot be seen: NOT_FOUND without `after`, REMOVED with it."
        )
    )
    async def deal_updates(
        self,
        info: Info,
        deal_id: Annotated[strawberry.ID, strawberry.argument(description="The deal to follow.")],
        after: After = UNSET,
    ) -> Watch:
        return await watch.deal(info.context.viewer, deal_id, _given(after))

    @_live(
        description=(
            "Every deal that one follows as subscriber (follower), those followed later included; archived ones "
            "rest. Without `after` it begins with a SNAPSHOT a deal, then READY; with it, with what was missed. "
            "A deal that one follows no more, may see no more, or that was archived is REMOVED."
        )
    )
    async def followed_deal_updates(self, info: Info, after: After = UNSET) -> Watch:
        return await watch.followed_deals(info.context.viewer, _given(after))

    @_live(
        description=(
            "What the viewer is notified of, on whichever deal. Without `after`: READY, then what happens; query "
            "`notifications` first and subscribe after its cursor. With it: what was missed and may still be "
            "seen, READY, then what happens. RESYNC: query again, and go on after its cursor."
        ),
        item=NotificationUpdate,
    )
    async def notification_updates(self, info: Info, after: After = UNSET) -> Watch:
        return await watch.notifications(info.context.viewer, _given(after))

    @_live(
        description=(
            "Opportunities under a filter, for boards: CHANGED when one enters or changes, REMOVED when one leaves "
            "the filter, is archived or goes out of sight. Begins with READY: query `opportunities` with the same "
            "filter first, then subscribe `after` the list's cursor. After RESYNC and READY query again."
        )
    )
    async def opportunity_updates(
        self,
        info: Info,
        filter: Annotated[
            OpportunityFilter | None, strawberry.argument(description="Only those that match it.")
        ] = UNSET,
        search: Search = UNSET,
        after: After = UNSET,
    ) -> Watch:
        return await _board(info, DealKind.OPPORTUNITY, filter, search, after)

    @_live(
        description=(
            "Leads under a filter, for boards: CHANGED when one enters or changes, REMOVED when one leaves the "
            "filter, is converted or archived, or goes out of sight. Begins with READY: query `leads` with the same "
            "filter first, then subscribe `after` the list's cursor. After RESYNC and READY query again."
        )
    )
    async def lead_updates(
        self,
        info: Info,
        filter: Annotated[
            LeadFilter | None, strawberry.argument(description="Only those that match it.")
        ] = UNSET,
        search: Search = UNSET,
        after: After = UNSET,
    ) -> Watch:
        return await _board(info, DealKind.LEAD, filter, search, after)

    @_live(
        description=(
            "The summary of a pipeline: SNAPSHOT, READY, then CHANGED when it differs, at most a few times a second "
            "however much happens. It has no events and so needs no cursor: begun again, it shows what stands."
        ),
        item=PipelineUpdate,
    )
    async def pipeline_updates(
        self,
        info: Info,
        pipeline_id: Annotated[
            strawberry.ID, strawberry.argument(description="The pipeline to follow.")
        ],
    ) -> Watch:
        return await watch.pipeline(info.context.viewer, pipeline_id)


async def _board(
    info: Info,
    kind: DealKind,
    filter: OpportunityFilter | LeadFilter | None,
    search: str | None,
    after: Cursor | None,
) -> Watch:
    return await watch.board(
        info.context.viewer, kind, criteria(filter) or {}, search or None, _given(after)
    )


def _given(after: Cursor | None) -> str | None:
    return None if after is UNSET else after
