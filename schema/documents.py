"""Is what a client asks well-formed, valid and of bearable size? Parsed and checked once for all who ask it."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    get_operation_ast,
    parse,
    print_ast,
    specified_rules,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from models.errors import LimitExceeded
from schema.errors import INVALID, coded
from schema.sizes import check_size

LONGEST = 64_000
MOST_TOKENS = 4_000

_MOST_KEPT = 1_000
_MOST_CHARACTERS_KEPT = 500_000


@dataclass(frozen=True)
class Prepared:
    """A document ready to be executed, or the errors for which it cannot be."""

    document: DocumentNode | None
    errors: list[GraphQLError]

    @cached_property
    def canonical(self) -> str:
        """Equal for documents that differ in layout and comments only."""
        text = "" if self.document is None else print_ast(self.document)
        return sha256(text.encode()).hexdigest()

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to run: the one of this name, or the only one."""
        return None if self.document is None else get_operation_ast(self.document, name)


def cursor_variables(operation: OperationDefinitionNode) -> set[str]:
    """The variables of type Cursor, which say where a stream begins and not what it says."""
    return {
        definition.variable.name.value
        for definition in operation.variable_definitions or ()
        if _named(definition.type) == "Cursor"
    }


def _named(node: TypeNode) -> str | None:
    if isinstance(node, NonNullTypeNode):
        node = node.type
    return node.name.value if isinstance(node, NamedTypeNode) else None


class _Kept:
    """The documents asked most recently: so many, and so long in all, that they fit in memory."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, Prepared] = OrderedDict()
        self._characters = 0

    def get(self, query: str) -> Prepared | None:
        if query in self._documents:
            self._documents.move_to_end(query)
        return self._documents.get(query)

    def put(self, query: str, document: Prepared) -> None:
        self._documents[query] = document
        self._characters += len(query)
        while len(self._documents) > _MOST_KEPT or self._characters > _MOST_CHARACTERS_KEPT:
            oldest, _ = self._documents.popitem(last=False)
            self._characters -= len(oldest)


_kept = _Kept()


def prepared(query: str) -> Prepared:
    """The document of a query, parsed and validated; its errors have their codes."""
    document = _kept.get(query)
    if document is None:
        document = _prepare(query)
        # Only good ones are kept: nonsense must not push them out.
        if not document.errors:
            _kept.put(query, document)
    return document


def _prepare(query: str) -> Prepared:
    from schema.schema import schema  # noqa: PLC0415  which executes what is prepared here

    try:
        document = _parse(query)
        check_size(document)
    except LimitExceeded as error:
        return Prepared(None, [coded(GraphQLError(str(error)), error.code)])
    except GraphQLSyntaxError as error:
        return Prepared(None, [coded(error, INVALID)])
    errors = validate_document(schema._schema, document, tuple(specified_rules))  # noqa: SLF001
    return Prepared(document, [_refused(error) for error in errors])


def _refused(error: GraphQLError) -> GraphQLError:
    # What graphql-core says when comparing fields with each other would take too long.
    too_much = error.message == "Validation aborted."
    return coded(error, LimitExceeded.code if too_much else INVALID)


def _parse(query: str) -> DocumentNode:
    if len(query) > LONGEST:
        raise LimitExceeded(f"a document holds at most {LONGEST} characters")
    try:
        return parse(query, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        # What graphql-core says of too many tokens and of too deep nesting.
        if error.message.endswith("Parsing aborted."):
            raise LimitExceeded(error.message.removeprefix("Syntax Error: ")) from None
        raise


class PreparedDocuments(SchemaExtension):
    """Has Strawberry execute the prepared document instead of parsing and validating again."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        ready = prepared(context.query or "")
        if ready.document is None:
            raise ready.errors[0]
        context.graphql_document = ready.document
        context.pre_execution_errors = ready.errors
        yield
