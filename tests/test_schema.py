"""Is the published schema what was promised, written down, and explained?"""

from collections.abc import Iterator
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_introspection_query,
    is_specified_scalar_type,
    lexicographic_sort_schema,
    print_ast,
    print_schema,
    visit,
)
from graphql.language import Visitor, parse

from schema.documents import prepared
from schema.schema import schema

PUBLISHED: GraphQLSchema = schema._schema
CONTRACT = Path(__file__).with_name("contract.graphql")
WRITTEN = Path(__file__).parent.parent / "schema" / "schema.graphql"


class WithoutDescriptions(Visitor):
    def leave(self, node: Any, *_: object) -> Any:
        described = getattr(node, "description", None) is not None
        return replace(node, description=None) if described else None


def bare(text: str) -> list[str]:
    """A schema in lines that differ only where names, types or defaults do."""
    document = visit(parse(text), WithoutDescriptions())
    return print_schema(lexicographic_sort_schema(build_schema(print_ast(document)))).splitlines()


def test_the_schema_is_the_part_of_the_contract_that_is_due() -> None:
    differences = unified_diff(bare(CONTRACT.read_text()), bare(schema.as_str()), lineterm="", n=2)
    assert not list(differences)


def test_the_written_schema_is_the_schema() -> None:
    assert WRITTEN.read_text() == schema.as_str() + "\n", (
        "write it anew: python -m schema.schema > schema/schema.graphql"
    )


def described(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """What of a type a client may ask the meaning of, and the answer."""
    yield type_.name, type_.description
    if isinstance(type_, GraphQLEnumType):
        for name, value in type_.values.items():
            yield f"{type_.name}.{name}", value.description
    if isinstance(type_, GraphQLInputObjectType):
        for name, input_field in type_.fields.items():
            yield f"{type_.name}.{name}", input_field.description
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", field.description
            for argument_name, argument in field.args.items():
                yield f"{type_.name}.{name}({argument_name}:)", argument.description


def test_everything_is_explained() -> None:
    types = [
        type_
        for name, type_ in PUBLISHED.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(type_)
    ]
    assert [where for type_ in types for where, text in described(type_) if not text] == []


def test_both_words_for_those_who_follow_find_them() -> None:
    about = [
        (where, text)
        for type_ in PUBLISHED.type_map.values()
        for where, text in described(type_)
        if where in {"Subscriber", "Deal.subscribers", "Mutation.subscribe", "DealField.SUBSCRIBER"}
    ]
    assert len(about) == 4
    assert [where for where, text in about if "follower" not in (text or "")] == []


def test_tools_can_ask_for_the_whole_schema() -> None:
    query = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    assert prepared(query).errors == []
