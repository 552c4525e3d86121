"""What does one write in a day? Strawberry, Starlette, Tortoise and broadcaster, as their documentation teaches.

A subscription is an async generator for each subscriber: it listens to the user's channel, and reads the deal
when something happened. A mutation saves the deal and publishes to the channels of its followers.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import strawberry
from broadcaster import Broadcast
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from tortoise.contrib.starlette import RegisterTortoise

import models
from benchmarks import stock_loader
from benchmarks.serving import serve
from benchmarks.stock_types import (
    Cursor,
    Deal,
    DealEvent,
    DealUpdate,
    FieldChange,
    Info,
    Lead,
    Opportunity,
    Renamed,
    UpdateOpportunityInput,
    UpdateOpportunityPayload,
    User,
)
from models.ids import new_id
from resolvers.tokens import Tokens

broadcast = Broadcast("memory://")
tokens = Tokens(os.environ.get("AUTH_SECRET", ""))


@strawberry.type
class Query:
    @strawberry.field
    async def deal(self, id: strawberry.ID) -> Deal:  # noqa: A002  as clients write it
        return await stock_loader.deals.load(id)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def update_opportunity(
        self,
        info: Info,
        input: UpdateOpportunityInput,  # noqa: A002  as clients write it
    ) -> UpdateOpportunityPayload:
        deal = await models.Deal.get(id=input.id)
        before, deal.name = deal.name, input.name
        deal.fold()
        deal.version += 1
        deal.revision += 1
        deal.updated_at = datetime.now(UTC)
        await deal.save()
        actor = info.context["user"]
        event = {
            "id": new_id("event"),
            "at": deal.updated_at.isoformat(),
            "deal": deal.id,
            "actor": {"id": actor.id, "full_name": actor.full_name},
            "before": before,
            "after": deal.name,
        }
        followers = models.Subscriber.filter(deal_id=deal.id, has_left=False)
        for user_id in await followers.values_list("user_id", flat=True):
            await broadcast.publish(channel=str(user_id), message=json.dumps(event))
        return UpdateOpportunityPayload(
            user_errors=[],
            cursor=Cursor(str(event["id"])),
            opportunity=Renamed(
                id=input.id, name=deal.name, version=deal.version, revision=deal.revision
            ),
        )


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def followed_deal_updates(
        self, info: Info, after: Cursor | None = None
    ) -> AsyncIterator[DealUpdate]:
        user = info.context["user"]
        async with broadcast.subscribe(channel=user.id) as subscriber:
            if after is None:
                followings = models.Subscriber.filter(user_id=user.id, has_left=False)
                for deal_id in await followings.values_list("deal_id", flat=True):
                    deal = await stock_loader.deals.load(str(deal_id))
                    yield DealUpdate(kind="SNAPSHOT", cursor=Cursor(""), deal_id=deal.id, deal=deal)
            yield DealUpdate(kind="READY", cursor=Cursor(""))
            while True:
                message = await subscriber.get()
                event = json.loads(message.message)
                deal = await stock_loader.deals.load(event["deal"])
                yield DealUpdate(
                    kind="CHANGED",
                    cursor=event["id"],
                    deal_id=deal.id,
                    event=_event(event),
                    deal=deal,
                )


def _event(event: dict[str, Any]) -> DealEvent:
    return DealEvent(
        id=event["id"],
        kind="UPDATED",
        at=datetime.fromisoformat(event["at"]),
        important=False,
        deal_id=event["deal"],
        actor=User(**event["actor"]),
        changes=[FieldChange(field="NAME", before=event["before"], after=event["after"])],
    )


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    types=[Opportunity, Lead],
    extensions=[ParserCache, ValidationCache],
    config=StrawberryConfig(scalar_map={Cursor: strawberry.scalar(name="Cursor", serialize=str)}),
)


class View(GraphQL[dict[str, Any], None]):
    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> dict[str, Any]:
        context: dict[str, Any] = {"request": request, "response": response}
        if isinstance(request, Request):
            context["user"] = await _user(request.headers["authorization"])
        return context

    async def on_ws_connect(self, context: dict[str, Any]) -> dict[str, object]:
        context["user"] = await _user(context["connection_params"]["authorization"])
        return {}


async def _user(credentials: str) -> models.User:
    return (await tokens.admit(credentials.removeprefix("Bearer "))).user


async def ready(_: Request) -> Response:
    return Response()


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    database_url = os.environ["DATABASE_URL"]
    async with (
        RegisterTortoise(app, db_url=database_url, modules={"models": ["models"]}),
        broadcast,
    ):
        yield


view = View(schema, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL])
app = Starlette(
    routes=[
        Route("/graphql", view),
        WebSocketRoute("/graphql", view),
        Route("/health/ready", ready),
    ],
    lifespan=lifespan,
)

if __name__ == "__main__":
    serve(app)
