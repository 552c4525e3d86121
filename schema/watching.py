"""What does a subscription ask to follow? Its variables are checked, and its resolver says."""

from collections.abc import AsyncIterable
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution import Executor, create_source_event_stream

from resolvers.watch import Watch
from schema.context import Context
from schema.documents import Prepared
from schema.protocol import Request
from schema.schema import schema


async def watched(
    prepared: Prepared, request: Request, context: Context
) -> Watch | list[GraphQLError]:
    """The stream to open on the hub, or why there is none."""
    executor = _executor(prepared, request, context)
    if isinstance(executor, list):
        return executor
    source = create_source_event_stream(executor)
    if not isinstance(source, ExecutionResult | AsyncIterable):
        source = await source
    if isinstance(source, ExecutionResult):
        return source.errors or []
    assert isinstance(source, Watch)
    return source


def _executor(
    prepared: Prepared, request: Request, context: Context
) -> Executor[Any] | list[GraphQLError]:
    assert prepared.document is not None
    built: Executor[Any] | list[GraphQLError] = schema.execution_context_class.build(
        schema._schema,  # noqa: SLF001  Strawberry's name for the graphql-core schema it wraps
        prepared.document,
        context_value=context,
        raw_variable_values=request.variables,
        operation_name=request.operation_name,
    )
    return built
