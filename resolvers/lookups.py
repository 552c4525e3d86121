"""What does an id stand for, as far as the viewer may know? None for what does not exist or may not be seen."""

from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from typing import TypeVar

from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models import (
    Comment,
    Contact,
    ContactMerge,
    Contribution,
    Deal,
    Event,
    Message,
    Notification,
    Organisation,
    Pipeline,
    Stage,
    User,
)
from models.enums import DealEventKind, DealKind
from models.permissions import visible
from resolvers.finding import id_is_of, known_prefix
from resolvers.notification_lists import own

M = TypeVar("M", bound=Model)

# Old SQLite takes 999 variables in a statement.
_CHUNK = 900


async def deal(viewer: User, ident: str, kind: DealKind | None = None) -> Deal | None:
    """Archived deals too: by id they stay readable (rule 27)."""
    if not id_is_of(ident, "deal"):
        return None
    found = await Deal.filter(visible(viewer)).get_or_none(id=ident)
    return found if found is None or kind in {None, found.kind} else None


async def contact(viewer: User, ident: str) -> Contact | None:
    """By the id that they go by now, or by one that was merged into it."""
    if not id_is_of(ident, "contact"):
        return None
    merge = await ContactMerge.get_or_none(contact_id=ident)
    return await _own(viewer, Contact, "contact", merge.into_id if merge else ident)


async def user(viewer: User, ident: str) -> User | None:
    """Inactive users too: deals and their history name them."""
    return await _own(viewer, User, "user", ident)


async def pipeline(viewer: User, ident: str) -> Pipeline | None:
    return await _own(viewer, Pipeline, "pipeline", ident)


async def stage(viewer: User, ident: str) -> Stage | None:
    return await _own(viewer, Stage, "stage", ident)


async def organisation(viewer: User, ident: str) -> Organisation | None:
    own = id_is_of(ident, "org") and ident == viewer.organisation_id
    return await Organisation.get_or_none(id=ident) if own else None


async def event(viewer: User, ident: str) -> Event | None:
    """An event of a deal that the viewer sees; a change of level only for whom it is about (rule 16)."""
    if not id_is_of(ident, "event"):
        return None
    seen = Subquery(Deal.filter(visible(viewer)).values("id"))
    own = Q(subject_id__isnull=True) | Q(subject_id=viewer.id)
    events = Event.filter(own, kind__in=list(DealEventKind), deal_id__in=seen)
    return await events.get_or_none(id=ident)


async def comment(viewer: User, ident: str) -> Comment | None:
    return await _around_deals(viewer, Comment, "comment", ident)


async def notification(viewer: User, ident: str) -> Notification | None:
    return await own(viewer).get_or_none(id=ident) if id_is_of(ident, "notification") else None


async def message(viewer: User, ident: str) -> Message | None:
    return await _around_deals(viewer, Message, "message", ident)


async def contribution(viewer: User, ident: str) -> Contribution | None:
    return await _around_deals(viewer, Contribution, "contribution", ident)


async def node(viewer: User, ident: str) -> Model | None:
    """Whatever has this id.

    Raises:
        Unreadable: the string is no id at all.
    """
    find = _BY_PREFIX.get(known_prefix(ident))
    return None if find is None else await find(viewer, ident)


async def pipelines(viewer: User) -> list[Pipeline]:
    rows = Pipeline.filter(organisation_id=viewer.organisation_id)
    return await rows.order_by("created_at", "id")


_BY_PREFIX: dict[str, Callable[[User, str], Awaitable[Model | None]]] = {
    "org": organisation,
    "user": user,
    "contact": contact,
    "pipeline": pipeline,
    "stage": stage,
    "deal": deal,
    "event": event,
    "comment": comment,
    "notification": notification,
    "message": message,
    "contribution": contribution,
}


async def _own(viewer: User, model: type[M], prefix: str, ident: str) -> M | None:
    if not id_is_of(ident, prefix):
        return None
    return await model.get_or_none(id=ident, organisation_id=viewer.organisation_id)


async def _around_deals(viewer: User, model: type[M], prefix: str, ident: str) -> M | None:
    """Seen by whoever sees the deal that it stands on."""
    if not id_is_of(ident, prefix):
        return None
    seen = Subquery(Deal.filter(visible(viewer)).values("id"))
    return await model.get_or_none(id=ident, deal_id__in=seen)


async def rows_of(query: QuerySet[M], column: str, ids: Iterable[str]) -> list[M]:
    """The rows of a query with one of these ids in a column, however many they are."""
    rows: list[M] = []
    rest = iter(dict.fromkeys(ids))
    while chunk := list(islice(rest, _CHUNK)):
        rows += await query.filter(**{f"{column}__in": chunk})
    return rows
