"""How is a mutation of the schema made of one call into `resolvers`?"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import strawberry
from strawberry.types.arguments import StrawberryArgumentAnnotation

from models import User
from models.errors import Refused, Stale
from resolvers.operation import Given, Outcome
from schema.context import Info
from schema.payloads import Answer

F = TypeVar("F", bound=Callable[..., Awaitable[Answer]])


def mutation(payload: type, description: str) -> Callable[[F], F]:
    """Strawberry's decorator, for a method that returns what the payload is read from."""
    decorate: Callable[[F], F] = strawberry.mutation(graphql_type=payload, description=description)
    return decorate


def about(description: str) -> StrawberryArgumentAnnotation:
    """Describes an argument, inside `Annotated`."""
    return strawberry.argument(description=description)


async def answer(
    info: Info, operation: Callable[[User, Given], Awaitable[Outcome]], given: Given
) -> Answer:
    """Does it for the viewer; a refusal becomes what a client can act on."""
    try:
        return Answer(**vars(await operation(info.context.viewer, given)))
    except Stale as refusal:
        # Whoever comes too late is shown what stands (rule 30).
        ident = refusal.object_id
        return Answer(ident, deal_id=ident, user_errors=refusal.reasons)
    except Refused as refusal:
        return Answer(None, user_errors=refusal.reasons)
    finally:
        # The next mutation of the same operation must not be answered with what this one loads,
        # nor this one with what the last one did.
        info.context.forget()
