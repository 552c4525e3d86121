"""How is one update of a subscription rendered, once for all who asked the same?

An operation is executed without a viewer. If it comes to ask who asks, what it made is thrown away, and it is
executed for each viewer instead: an answer for one is never given to another.
"""

from collections.abc import Hashable, Mapping
from inspect import isawaitable
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    execute,
    get_operation_ast,
)

import models
from models.errors import DealcastError, Unauthenticated
from realtime.updates import NeedsViewer, Update
from schema.context import Context
from schema.documents import Prepared
from schema.errors import formatted
from schema.loaders import Loaders
from schema.protocol import Request
from schema.schema import schema


class SharedContext(Context):
    """The context of an execution for many viewers, who have in common only what `can_edit` says."""

    def __init__(self, load: Loaders, *, can_edit: bool) -> None:
        super().__init__(None, load)
        self._can_edit = can_edit
        self.viewer_was_read = False

    @property
    def viewer(self) -> models.User:
        self.viewer_was_read = True
        raise Unauthenticated("this answer is not the same for every viewer")

    @property
    def can_edit(self) -> bool:
        return self._can_edit


class LiveOperation:
    """A subscription as its client wrote it; `key` is equal for those that get the same bytes."""

    def __init__(self, prepared: Prepared, request: Request) -> None:
        assert prepared.document is not None
        self._document = prepared.document
        self._variables = request.variables
        self._name = request.operation_name
        operation = get_operation_ast(self._document, self._name)
        assert operation is not None
        shared = _without_cursors(operation, request.variables or {})
        self.key: Hashable = (
            prepared.canonical,
            self._name,
            orjson.dumps(shared, option=orjson.OPT_SORT_KEYS),
        )

    def scope(self) -> Loaders:
        return Loaders()

    async def render(
        self, update: Update, scope: Loaders, *, can_edit: bool, viewer: models.User | None
    ) -> str:
        context: Context
        if viewer is None:
            context = shared = SharedContext(scope, can_edit=can_edit)
            result = await self._execute(update, context)
            if shared.viewer_was_read:
                raise NeedsViewer
        else:
            result = await self._execute(update, Context(viewer, scope))
        payload: dict[str, Any] = {"data": result.data}
        if result.errors:
            payload["errors"] = [_expected(error) for error in result.errors]
        return orjson.dumps(payload).decode()

    async def _execute(self, update: Update, context: Context) -> ExecutionResult:
        # An executor for each event: one that lives as long as its subscription leaks at every event.
        result = execute(
            schema._schema,  # noqa: SLF001  Strawberry's name for the graphql-core schema it wraps
            self._document,
            root_value=update,
            context_value=context,
            variable_values=self._variables,
            operation_name=self._name,
            executor_class=schema.execution_context_class,
        )
        return await result if isawaitable(result) else result


def _expected(error: GraphQLError) -> dict[str, Any]:
    """An error as the client sees it; a fault of ours is raised instead, since an item sent is an item had."""
    cause = error.original_error
    if cause is not None and not isinstance(cause, DealcastError | GraphQLError):
        raise cause
    return formatted(error)


def _without_cursors(
    operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The variables but for those of type Cursor, which say where a stream begins and not what it says."""
    cursors = {
        definition.variable.name.value
        for definition in operation.variable_definitions or ()
        if _named(definition.type) == "Cursor"
    }
    return {name: value for name, value in variables.items() if name not in cursors}


def _named(node: TypeNode) -> str | None:
    if isinstance(node, NonNullTypeNode):
        node = node.type
    return node.name.value if isinstance(node, NamedTypeNode) else None
