"""How is one update of a subscription rendered, once for all who asked the same?

An operation is executed without a viewer. If it comes to ask who asks, what it made is thrown away, and it is
executed for each viewer instead: an answer for one is never given to another.
"""

from collections.abc import Hashable
from inspect import isawaitable
from typing import Any
from weakref import WeakValueDictionary

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    execute,
)

import models
from models.errors import DealcastError, Unauthenticated
from realtime.updates import NeedsViewer, Update
from schema.context import Context
from schema.documents import Prepared, cursor_variables
from schema.errors import formatted
from schema.frames import Answer
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
    """A subscription as its clients wrote it; `key` is equal for those that get the same bytes."""

    __slots__ = ("__weakref__", "_document", "_name", "_variables", "key")

    def __init__(self, document: DocumentNode, request: Request, key: Hashable) -> None:
        self._document = document
        self._name = request.operation_name
        # Those of one of its clients: what they differ in says where a stream begins.
        self._variables = request.variables
        self.key = key

    def scope(self) -> Loaders:
        return Loaders()

    async def render(
        self, update: Update, scope: Loaders, *, can_edit: bool, viewer: models.User | None
    ) -> Answer:
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
        return Answer(orjson.dumps(payload))

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


# The operations that are open now: thousands of clients, a few documents.
_open: WeakValueDictionary[Hashable, LiveOperation] = WeakValueDictionary()


def live_operation(prepared: Prepared, request: Request) -> LiveOperation:
    """The one operation of all who ask alike."""
    assert prepared.document is not None
    operation = prepared.operation(request.operation_name)
    assert operation is not None
    cursors = cursor_variables(operation)
    given = request.variables or {}
    shared = {name: value for name, value in given.items() if name not in cursors}
    key = (
        prepared.canonical,
        request.operation_name,
        orjson.dumps(shared, option=orjson.OPT_SORT_KEYS),
    )
    live = _open.get(key)
    if live is None:
        live = _open[key] = LiveOperation(prepared.document, request, key)
    return live


def _expected(error: GraphQLError) -> dict[str, Any]:
    """An error as the client sees it; a fault of ours is raised instead, since an item sent is an item had."""
    cause = error.original_error
    if cause is not None and not isinstance(cause, DealcastError | GraphQLError):
        raise cause
    return formatted(error)
