"""What can be done with one's own notifications?"""

from collections.abc import Mapping
from typing import Annotated

import strawberry

from resolvers import notifications
from schema.context import Info
from schema.mutation.answers import about, answer, mutation
from schema.payloads import Answer, NotificationsPayload
from schema.scalars import DateTime


@strawberry.type
class NotificationMutations:
    @mutation(
        NotificationsPayload,
        "Marks notifications of the viewer's read: those of these ids, of one deal, or all; just "
        "one of the three is given. All of the viewer's windows learn the new count. May answer "
        "INVALID, NOT_FOUND, LIMIT_REACHED.",
    )
    async def mark_notifications_read(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID] | None,
            about("Which notifications; another's is NOT_FOUND, as is one that never was."),
        ] = strawberry.UNSET,
        deal_id: Annotated[
            strawberry.ID | None, about("Of which opportunity or lead.")
        ] = strawberry.UNSET,
        all: Annotated[bool | None, about("True: all that the viewer has.")] = False,
    ) -> Answer:
        asked = {"ids": ids, "deal_id": deal_id, "all": all}
        return await answer(info, notifications.mark_read, _given(asked))

    @mutation(
        NotificationsPayload,
        "Puts notifications of the viewer's off: until then they do not count as unread. May "
        "answer INVALID, NOT_FOUND, LIMIT_REACHED.",
    )
    async def snooze_notifications(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID],
            about("Which notifications; another's is NOT_FOUND, as is one that never was."),
        ],
        until: Annotated[
            DateTime | None,
            about("A time to come; null ends it now. Leaving it out is INVALID."),
        ] = strawberry.UNSET,
    ) -> Answer:
        return await answer(info, notifications.snooze, _given({"ids": ids, "until": until}))


def _given(asked: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in asked.items() if value is not strawberry.UNSET}
