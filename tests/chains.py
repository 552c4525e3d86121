"""Which ways lead through the schema? From an object to each field of each type that can be reached from it."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

from schema.schema import schema

# What arguments are given; a field is followed once with its defaults, and once with what stands here.
ARGUMENTS = {"first": "2", "role": "PARTICIPANT"}
# What stands behind the interface Node is reached by another way, or is an id and nothing more.
_END = "id"


@dataclass(frozen=True)
class Step:
    """One field, as it is asked for of an object of one type."""

    type: str
    field: str
    arguments: str = ""

    @property
    def key(self) -> str:
        return f"{self.field}_given" if self.arguments else self.field

    @property
    def asked(self) -> str:
        return f"{self.key}: {self.field}({self.arguments})" if self.arguments else self.field


Chain = tuple[Step, ...]


def said(chain: Chain) -> str:
    return ".".join(f"{step.type}.{step.field}{step.arguments and '(…)'}" for step in chain)


def selection(chains: Sequence[Chain]) -> str:
    """What asks for all of them at once, and for the type of every object on the way."""
    asked: dict[tuple[str, str], list[Chain]] = {}
    for first, *rest in chains:
        asked.setdefault((first.type, first.asked), []).append(tuple(rest))
    fields = (
        f"... on {type_} {{ {field} {selection([rest for rest in further if rest])} }}"
        for (type_, field), further in asked.items()
    )
    return f"{{ __typename {' '.join(fields)} }}" if asked else ""


def found(value: Any, chain: Chain) -> Any:
    """Of an answer, what one chain asks for."""
    if isinstance(value, list):
        return [found(part, chain) for part in value]
    if value is None or not chain:
        return value
    step, *rest = chain
    if value["__typename"] != step.type:
        return {"__typename": value["__typename"]}
    return {step.key: found(value[step.key], tuple(rest))}


def reaches(value: Any, chain: Chain) -> bool:
    """Whether there is an object at the end of the chain."""
    if isinstance(value, list):
        return any(reaches(part, chain) for part in value)
    if value is None or not chain:
        return value is not None
    step, *rest = chain
    return bool(value["__typename"] == step.type and reaches(value[step.key], tuple(rest)))


async def walk(
    type_: str, seen: set[str], stands: Callable[[Chain], Awaitable[bool]]
) -> list[Chain]:
    """A chain to each field of `type_`, and of each type that is reached from it and not seen yet.

    A type is walked at the first place where something `stands`.

    Raises:
        AssertionError: a type at none of whose places anything stands.
    """
    chains: list[Chain] = []
    places: deque[tuple[str, Chain]] = deque([(type_, ())])
    empty: dict[str, Chain] = {}
    while places:
        name, place = places.popleft()
        if place and name in seen:
            continue
        if place and not await stands((*place, Step(name, _END))):
            empty.setdefault(name, place)
            continue
        seen.add(name)
        for way in _ways(name):
            chains.append((*place, *way.chain))
            places.extend((node, (*place, *way.chain[:-1])) for node in way.nodes)
    missing = [f"{name} ({said(place)})" for name, place in empty.items() if name not in seen]
    assert not missing, f"nothing stands at {missing}: let `_ground` make some"
    # The id of a type is where another one leads, too.
    return list(dict.fromkeys(chains))


@dataclass(frozen=True)
class _Way:
    """From a type to a leaf, or to the id of an object with a type of its own."""

    chain: Chain
    nodes: tuple[str, ...] = ()


def _ways(name: str, before: Chain = ()) -> Iterator[_Way]:
    type_ = schema._schema.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    for field_name, field in type_.fields.items():
        for arguments in _arguments(name, field_name, field):
            yield from _onwards((*before, Step(name, field_name, arguments)), field)


def _onwards(chain: Chain, field: GraphQLField) -> Iterator[_Way]:
    target = get_named_type(field.type)
    if is_leaf_type(target):
        yield _Way(chain)
        return
    if is_abstract_type(target):
        names = [one.name for one in schema._schema.get_possible_types(target)]
    else:
        names = [target.name]
    if all("id" in schema._schema.type_map[name].fields for name in names):  # type: ignore[attr-defined]
        nodes = () if target.name == "Node" else tuple(names)
        for name in names:
            yield _Way((*chain, Step(name, _END)), nodes if name == names[0] else ())
        return
    for name in names:
        assert name not in {step.type for step in chain}, f"{said(chain)} leads round in circles"
        yield from _ways(name, chain)


def _arguments(type_: str, name: str, field: GraphQLField) -> Iterator[str]:
    required = {key for key, argument in field.args.items() if is_required_argument(argument)}
    unknown = required - set(ARGUMENTS)
    assert not unknown, f"{type_}.{name} needs {unknown}: say in ARGUMENTS what is to be given"
    given = {key: ARGUMENTS[key] for key in field.args if key in ARGUMENTS}
    if not required:
        yield ""
    if given:
        yield ", ".join(f"{key}: {value}" for key, value in given.items())
