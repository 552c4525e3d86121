"""What does an error look like to a client? The one place that decides, for every transport.

raised                                    message       extensions.code
a DealcastError                           its own       its own
GraphQL's, before anything is executed    its own       INVALID
GraphQL's, about an argument              its own       INVALID
anything else                             masked        INTERNAL, with an id that the log has too
"""

import logging
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from models.errors import DealcastError

INVALID = "INVALID"
INTERNAL = "INTERNAL"

logger = logging.getLogger("dealcast.errors")


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """The same error with the code that programs read."""
    return GraphQLError(
        error.message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code},
    )


def shown(error: GraphQLError) -> GraphQLError:
    """An error as the client may see it; what is unexpected goes to the log."""
    if error.extensions and "code" in error.extensions:
        return error
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, DealcastError):
        return coded(error, cause.code)
    return coded(error, INVALID) if _is_about_the_request(error) else _masked(error)


def formatted(error: GraphQLError) -> dict[str, Any]:
    """The same as JSON."""
    return dict(shown(error).formatted)


def _is_about_the_request(error: GraphQLError) -> bool:
    if not isinstance(error.original_error, GraphQLError | None):
        return False
    # With a path it happened while a field was executed: our answer is at fault, unless GraphQL
    # says that it is the argument.
    return error.path is None or error.message.startswith("Argument '")


def _masked(error: GraphQLError) -> GraphQLError:
    ident = token_hex(6)
    cause = error.original_error or error
    logger.error("error %s at %s", ident, error.path, exc_info=cause)
    masked = coded(error, INTERNAL)
    masked.message = f"Something went wrong on our side; the log knows it as {ident}."
    return masked


class ShownErrors(SchemaExtension):
    """Puts what a client may see in the place of what was raised."""

    def on_operation(self) -> Iterator[None]:
        yield
        result = self.execution_context.result
        if result is not None and result.errors:
            result.errors = [shown(error) for error in result.errors]
