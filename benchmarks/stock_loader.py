"""How does the stock server read a deal with its people? With few statements, for all who ask at one moment.

Kinder than the documentation: all sockets share one loader, so that a thousand subscribers who hear of a change
together read its deal from the database once, and find a plain object to execute on.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import strawberry
from strawberry.dataloader import DataLoader
from tortoise.models import Model

import models
from benchmarks import stock_types as types
from models.enums import Standing

_M = TypeVar("_M", bound=Model)
_MOST_SUBSCRIBERS = 100


async def _load(ids: list[str]) -> Sequence[types.Opportunity]:
    read = {ident: await _read(ident) for ident in set(ids)}
    return [read[ident] for ident in ids]


# It keeps nothing: the next change is read anew.
deals = DataLoader(_load, cache=False)


async def _read(deal_id: str) -> types.Opportunity:
    row = await models.Deal.get(id=deal_id)
    people = await models.Person.filter(deal_id=deal_id).exclude(standing=Standing.FORMER)
    contacts = await _by_id(models.Contact, (person.contact_id for person in people))
    shares = await models.Share.filter(deal_id=deal_id)
    following = models.Subscriber.filter(deal_id=deal_id, has_left=False)
    followers = await following.order_by("since", "id").limit(_MOST_SUBSCRIBERS)
    stage = await models.Stage.get(id=row.stage_id)
    users = await _by_id(
        models.User,
        [
            row.owner_id,
            *(share.user_id for share in shares),
            *(follower.user_id for follower in followers),
            *(person.added_by_id for person in people if person.added_by_id),
        ],
    )
    money = row.amount
    return types.Opportunity(
        id=strawberry.ID(row.id),
        name=row.name,
        version=row.version,
        revision=row.revision,
        visibility=row.visibility,
        archived_at=row.archived_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        owner=user(users[row.owner_id]),
        shared_with=[user(users[share.user_id]) for share in shares],
        contact=next(
            (
                _contact(contacts[person.contact_id])
                for person in people
                if person.standing is Standing.CONTACT
            ),
            None,
        ),
        other_participants=[
            types.Participant(
                contact=_contact(contacts[person.contact_id]),
                role=person.role,
                label=person.label,
                added_by=user(users[person.added_by_id]) if person.added_by_id else None,
                added_at=person.added_at,
            )
            for person in people
            if person.standing is Standing.PARTICIPANT
        ],
        subscriber_count=await following.count(),
        first_subscribers=[
            types.Subscriber(
                user=user(users[follower.user_id]), reason=follower.reason, since=follower.since
            )
            for follower in followers
        ],
        pipeline=types.Pipeline(id=strawberry.ID(stage.pipeline_id)),
        stage=types.Stage(id=strawberry.ID(stage.id), name=stage.name),
        status=row.status,
        probability=row.probability,
        amount=types.Money(amount=f"{money.amount:f}", currency=money.currency) if money else None,
        expected_close_date=row.expected_close_date,
        closed_at=row.closed_at,
        lost_reason=row.lost_reason,
        source=row.source,
        company=row.company,
        converted_at=row.converted_at,
    )


async def _by_id(model: type[_M], ids: Iterable[str]) -> dict[str, _M]:
    return {str(row.pk): row for row in await model.filter(pk__in=set(ids))}


def user(row: models.User) -> types.User:
    return types.User(id=strawberry.ID(row.id), full_name=row.full_name)


def _contact(row: models.Contact) -> types.Contact:
    return types.Contact(
        id=strawberry.ID(row.id),
        full_name=row.full_name,
        email=row.email,
        job_title=row.job_title,
        company=row.company,
        is_archived=row.is_archived,
        version=row.version,
    )
