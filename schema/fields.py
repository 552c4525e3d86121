"""How is a field written that has to be worked out?"""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

F = TypeVar("F")


def resolved(*, description: str, graphql_type: Any = None) -> Callable[[F], F]:
    """Strawberry's decorator, for functions that return what `graphql_type` is read from."""
    decorate: Callable[[F], F] = strawberry.field(
        description=description, graphql_type=graphql_type
    )
    return decorate
