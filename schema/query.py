"""What can a client ask? Each field is one call into `resolvers`."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

import models
from models.enums import DealKind
from realtime.cursors import LogCursor
from resolvers import (
    deal_lists,
    drafts,
    lookups,
    notification_lists,
    people_lists,
    summaries,
)
from resolvers.pages import Page
from schema.connections import After, Connection, First, LoggedConnection, Search
from schema.context import Info
from schema.conversation import MessageDraft
from schema.deals import Deal, Lead, Opportunity
from schema.fields import resolved
from schema.filters import (
    LeadFilter,
    LeadOrder,
    OpportunityFilter,
    OpportunityOrder,
    criteria,
    order,
)
from schema.node import Node
from schema.notifications import NotificationConnection
from schema.people import Asking, Contact, User, Viewer
from schema.pipelines import Pipeline, PipelineSummary
from schema.scalars import Cursor

Id = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="Its id. An id of another type, or of what may not be seen, answers null; a "
        "string that is no id at all, INVALID."
    ),
]


@strawberry.type(description="What can be asked.")
class Query:
    @resolved(graphql_type=Viewer, description="Who asks.")
    @staticmethod
    async def viewer(info: Info) -> Asking:
        return Asking(await info.context.begin(info.query))

    @resolved(graphql_type=Node | None, description="Anything that has an id.")
    @staticmethod
    async def node(info: Info, id: Id) -> object:
        viewer = await info.context.begin(info.query)
        if id == Asking(viewer).id:
            return Asking(viewer)
        return await lookups.node(viewer, id)

    @resolved(graphql_type=Deal | None, description="A deal of either kind, archived or not.")
    @staticmethod
    async def deal(info: Info, id: Id) -> models.Deal | None:
        return await lookups.deal(await info.context.begin(info.query), id)

    @resolved(
        graphql_type=Opportunity | None,
        description="An opportunity, archived or not; null for a lead.",
    )
    @staticmethod
    async def opportunity(info: Info, id: Id) -> models.Deal | None:
        viewer = await info.context.begin(info.query)
        return await lookups.deal(viewer, id, DealKind.OPPORTUNITY)

    @resolved(
        graphql_type=LoggedConnection[Opportunity],
        description="The opportunities that the viewer may see, newest created first unless ordered.",
    )
    @staticmethod
    async def opportunities(  # noqa: PLR0917  Strawberry names them
        info: Info,
        first: First = 25,
        after: After = UNSET,
        filter: Annotated[
            OpportunityFilter | None, strawberry.argument(description="Only those that match it.")
        ] = UNSET,
        search: Search = UNSET,
        order_by: Annotated[
            list[OpportunityOrder] | None,
            strawberry.argument(description="By what, the first field first."),
        ] = UNSET,
    ) -> Page[models.Deal]:
        return await _deals(
            info,
            DealKind.OPPORTUNITY,
            filter,
            order_by,
            first=first,
            after=after or None,
            search=search or None,
        )

    @resolved(
        graphql_type=Lead | None, description="A lead, archived or not; null once it is converted."
    )
    @staticmethod
    async def lead(info: Info, id: Id) -> models.Deal | None:
        return await lookups.deal(await info.context.begin(info.query), id, DealKind.LEAD)

    @resolved(
        graphql_type=LoggedConnection[Lead],
        description="The leads that the viewer may see, newest created first unless ordered.",
    )
    @staticmethod
    async def leads(  # noqa: PLR0917
        info: Info,
        first: First = 25,
        after: After = UNSET,
        filter: Annotated[
            LeadFilter | None, strawberry.argument(description="Only those that match it.")
        ] = UNSET,
        search: Search = UNSET,
        order_by: Annotated[
            list[LeadOrder] | None,
            strawberry.argument(description="By what, the first field first."),
        ] = UNSET,
    ) -> Page[models.Deal]:
        return await _deals(
            info,
            DealKind.LEAD,
            filter,
            order_by,
            first=first,
            after=after or None,
            search=search or None,
        )

    @resolved(
        graphql_type=Contact | None, description="A person of the contact list, archived or not."
    )
    @staticmethod
    async def contact(info: Info, id: Id) -> models.Contact | None:
        return await lookups.contact(await info.context.begin(info.query), id)

    @resolved(graphql_type=Connection[Contact], description="The contact list, by name.")
    @staticmethod
    async def contacts(
        info: Info,
        first: First = 25,
        after: After = UNSET,
        search: Search = UNSET,
        archived: Annotated[
            bool | None,
            strawberry.argument(
                description="True: those who were archived, and only them; nobody who was merged."
            ),
        ] = False,
    ) -> Page[models.Contact]:
        viewer = await info.context.begin(info.query)
        page = await people_lists.contacts(
            viewer, first, after or None, search or None, archived=bool(archived)
        )
        info.context.spend(len(page.nodes))
        return page

    @resolved(
        graphql_type=Connection[User],
        description="The active users of the viewer's organisation, by name.",
    )
    @staticmethod
    async def users(
        info: Info,
        first: First = 25,
        after: After = UNSET,
        search: Search = UNSET,
        deactivated: Annotated[
            bool | None,
            strawberry.argument(
                description="True: those who were deactivated, and only them. Admins find them; nobody "
                "else finds anyone."
            ),
        ] = False,
    ) -> Page[models.User]:
        viewer = await info.context.begin(info.query)
        page = await people_lists.users(
            viewer, first, after or None, search or None, deactivated=bool(deactivated)
        )
        info.context.spend(len(page.nodes))
        return page

    @resolved(
        graphql_type=list[Pipeline], description="The organisation's pipelines, the oldest first."
    )
    @staticmethod
    async def pipelines(info: Info) -> list[models.Pipeline]:
        return await lookups.pipelines(await info.context.begin(info.query))

    @resolved(
        graphql_type=NotificationConnection,
        description="What the viewer was notified of, the newest first; of deals that they see. Marks "
        "nothing.",
    )
    @staticmethod
    async def notifications(  # noqa: PLR0917
        info: Info,
        first: First = 25,
        after: After = UNSET,
        unread_only: Annotated[
            bool | None,
            strawberry.argument(description="True: only what counts, neither read nor snoozed."),
        ] = False,
        deal_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this deal.")
        ] = UNSET,
        newest_per_deal: Annotated[
            bool | None,
            strawberry.argument(
                description="True: the newest of each deal, and every assignment. Of these, those "
                "that count as unread are `unreadDealCount`."
            ),
        ] = False,
    ) -> Page[models.Notification]:
        viewer = await info.context.begin(info.query)
        page = await notification_lists.notifications(
            viewer,
            first,
            after or None,
            None if deal_id is UNSET else deal_id,
            unread_only=bool(unread_only),
            newest_per_deal=bool(newest_per_deal),
        )
        info.context.spend(len(page.nodes))
        return page

    @resolved(
        graphql_type=PipelineSummary | None,
        description="How many opportunities stand in each stage of a pipeline and what they are worth, of "
        "those that the viewer may see.",
    )
    @staticmethod
    async def pipeline_summary(info: Info, pipeline_id: Id) -> summaries.PipelineSummary | None:
        return await summaries.of_pipeline(await info.context.begin(info.query), pipeline_id)

    @resolved(
        graphql_type=MessageDraft | None,
        description="What a message written from a deal starts with. Null for a deal that may not be "
        "seen, and for an answer to what is no message of it.",
    )
    @staticmethod
    async def message_draft(
        info: Info,
        deal_id: Annotated[strawberry.ID, strawberry.argument(description="From which deal.")],
        in_reply_to: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The message of the same deal that it answers."),
        ] = UNSET,
    ) -> drafts.Draft | None:
        viewer = await info.context.begin(info.query)
        return await drafts.draft(viewer, deal_id, None if in_reply_to is UNSET else in_reply_to)

    @resolved(
        graphql_type=Cursor,
        description="A place in the log that this whole response already covers: subscribe after it. "
        "Never read it from a cache; lists carry their own.",
    )
    @staticmethod
    async def cursor(info: Info) -> LogCursor:
        head = await info.context.head()
        return LogCursor(head.epoch, head.position)


async def _deals(
    info: Info,
    kind: DealKind,
    filter: OpportunityFilter | LeadFilter | None,
    order_by: Sequence[OpportunityOrder] | Sequence[LeadOrder] | None,
    **given: Any,
) -> Page[models.Deal]:
    viewer = await info.context.begin(info.query)
    page = await deal_lists.deals(
        viewer, kind, given=criteria(filter), order_by=order(order_by), **given
    )
    info.context.spend(len(page.nodes))
    return page
