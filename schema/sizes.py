"""How large is an operation, with its fragments written out?"""

from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from models.errors import LimitExceeded

# The introspection of GraphiQL goes 15 deep.
DEEPEST = 20
MOST_FIELDS = 1_000
MOST_ALIASES = 100
MOST_ROOT_FIELDS = 30
# Validation compares fragments that are spread beside each other in pairs.
MOST_FRAGMENTS = 100


class _Size(NamedTuple):
    """What a selection amounts to when its fragments are written out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    top: int = 0

    def beside(self, other: "_Size") -> "_Size":
        return _Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.top + other.top,
        )

    def below(self, node: FieldNode) -> "_Size":
        aliases = self.aliases + (node.alias is not None)
        return _Size(self.depth + 1, self.fields + 1, aliases, 1)


def check_size(document: DocumentNode) -> None:
    """Looks at what the operations amount to, before any work grows with it.

    Raises:
        LimitExceeded: one of them is too large.
    """
    measure = _Measure(document)
    if measure.fragments > MOST_FRAGMENTS:
        raise LimitExceeded(f"a document has at most {MOST_FRAGMENTS} fragments")
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    for operation in operations:
        size = measure.of(operation.selection_set)
        for what, found, most in (
            ("levels", size.depth, DEEPEST),
            ("fields", size.fields, MOST_FIELDS),
            ("aliases", size.aliases, MOST_ALIASES),
            ("fields at its root", size.top, MOST_ROOT_FIELDS),
        ):
            if found > most:
                raise LimitExceeded(f"an operation has at most {most} {what}")


class _Measure:
    """Measures each fragment once, however often it is spread."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, _Size] = {}

    @property
    def fragments(self) -> int:
        return len(self._fragments)

    def of(self, selections: SelectionSetNode | None) -> _Size:
        size = _Size()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                size = size.beside(self.of(node.selection_set).below(node))
            elif isinstance(node, InlineFragmentNode):
                size = size.beside(self.of(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                size = size.beside(self._of_fragment(node.name.value))
        return size

    def _of_fragment(self, name: str) -> _Size:
        if name not in self._known and name in self._fragments:
            # For a fragment that comes back to itself; validation refuses it.
            self._known[name] = _Size()
            self._known[name] = self.of(self._fragments[name].selection_set)
        return self._known.get(name, _Size())
