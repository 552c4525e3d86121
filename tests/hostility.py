"""What may come from a client that is broken or means harm, and what does graphql-transport-ws make of it?

The messages are generated, the same on every run. What each is due is worked out by `verdict` from the words
of the protocol, with another JSON parser than the server's.
"""

import json
import random
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from graphql import GraphQLArgument, GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type

from schema.decoding import DEEPEST
from schema.protocol import CloseCode
from schema.schema import schema

Frame = str | bytes
# An object as it is written: its keys may come in any order, twice or not at all.
Written = list[tuple[str, "str | Written"]]

_LONG = "x" * 20_000
# Each is a JSON text, or none at all.
VALUES = (
    *("null", "true", "false", "0", "-1", "1.5", "1E5", "-0", "123456789012345678901234567890"),
    *('""', '"x"', '" "', '"null"', '"\\u0000"', '"\\ud83d\\ude00"', '"\u202e\u0301é"', f'"{_LONG}"'),
    *("[]", "[null]", "[[]]", '["x"]', "[{}]", "{}", '{"":""}', '{"a":null}', '{"__proto__":{"a":1}}'),
    *('"Bearer"', '"Bearer "', '"Bearer a.b.c"', '"Basic eDp5"', '"{ cursor }"', '{"query":"{cursor}"}'),
    *("[" * 50 + "]" * 50, "[" * 300 + "]" * 300, "[" * 2_000 + "]" * 2_000),
    *('{"a":' * 50 + "1" + "}" * 50, '{"a":' * 300 + "1" + "}" * 300, f"[{'0,' * 2_000}0]"),
    # No JSON:
    *("", "NaN", "Infinity", "-Infinity", "1e999", "01", "+1", ".5", "0x10", "undefined", "True"),
    *("'x'", '"', '"\\ud800"', '"\\udc00\\ud800"', '"\\x41"', '"\t"', "[1,]", "{,}", "{1:2}", "/**/1"),
)  # fmt: skip
_TYPES = (
    *("connection_ack", "next", "error", "ka", "start", "stop", "data", "connection_terminate"),
    *("", "SUBSCRIBE", "Ping", "ping ", "\u0000", "subscribe\u200b", "constructor", "__proto__"),
)


def templates(ident: str) -> list[Written]:
    """One good message of each type that a client may send, but for its order."""
    return [
        [("type", '"connection_init"'), ("payload", [("authorization", '"Bearer TOKEN"')])],
        [("type", '"ping"'), ("payload", [("authorization", "null"), ("n", "1")])],
        [("type", '"pong"'), ("payload", [("n", "1")])],
        [
            ("id", json.dumps(ident)),
            ("type", '"subscribe"'),
            (
                "payload",
                [
                    ("query", '"query A { cursor }"'),
                    ("variables", '{"a": 1}'),
                    ("operationName", '"A"'),
                    ("extensions", "{}"),
                ],
            ),
        ],
        [("id", json.dumps(ident)), ("type", '"complete"')],
    ]


def written(parts: str | Written) -> str:
    if isinstance(parts, str):
        return parts
    return "{" + ",".join(f"{json.dumps(key)}:{written(value)}" for key, value in parts) + "}"


def misshapen(template: Written) -> Iterator[str]:
    """The message with each of its parts missing, misnamed, twice, out of order, and of each other value."""
    yield written(template)
    yield written(template[::-1])
    for index, (key, value) in enumerate(template):
        before, after = template[:index], template[index + 1 :]
        yield written(before + after)
        for name in (key.upper(), f" {key}", f"{key}\u0000", ""):
            yield written([*before, (name, value), *after])
        yield written([*before, (key, value), (key, value), *after])
        for other in VALUES:
            yield written([*before, (key, other), *after])
            if len(other) < 100:
                yield written([*before, (key, other), (key, value), *after])
                yield written([*before, (key, value), *after, (key, other)])
        if isinstance(value, list):
            for text in misshapen(value):
                yield written(before)[:-1] + ("," if before else "") + f'"{key}":{text}' + "}"


def of_no_type() -> Iterator[str]:
    yield from VALUES
    for type_ in _TYPES:
        yield json.dumps({"type": type_})
        yield json.dumps({"id": "1", "type": type_, "payload": {"query": "{ cursor }"}})


def echoes() -> Iterator[str]:
    """Pings and pongs, which may carry whatever is an object."""
    for one, other in product(VALUES, VALUES):
        yield f'{{"type":"ping","payload":{{"a":{one},"b":[{other}]}}}}'
        yield f'{{"type":"pong","payload":{{"a":{{"b":{one}}},"":{other}}}}}'


def binary() -> Iterator[bytes]:
    for template in templates("b"):
        yield written(template).encode()
        yield written(template).encode("utf-16")
    yield from (b"", b"\x00", b"\xff" * 1000, bytes(range(256)))


def damaged(texts: Iterable[str], chance: random.Random, times: int) -> Iterator[str]:
    """Each text with some of its characters lost, doubled, or replaced by others."""
    alphabet = string.printable + '{}[]:,"\\' * 4 + "\u0000\u2028é😀"
    for text in texts:
        for _ in range(times):
            characters = list(text)
            for _ in range(chance.randint(1, 3)):
                place = chance.randrange(len(characters))
                characters[place] = chance.choice(
                    ("", characters[place] * 2, chance.choice(alphabet), chance.choice(alphabet))
                )
            yield "".join(characters)


# What becomes of a message that is taken: a pong, nothing, or an answer to the operation.
PONG, NOTHING, ANSWER = "pong", "nothing", "answer"
Verdict = CloseCode | str


@cache
def verdict(frame: Frame, *, admitted: bool) -> Verdict:
    """What the protocol says of a first message, or of one on a socket that was admitted."""
    message = _read(frame)
    if _depth(message) > DEEPEST and message.get("type") != "subscribe":
        return CloseCode.BAD_MESSAGE
    payload = message.get("payload") if message else None
    match message.get("type") if message else None:
        case "connection_init" | "ping" | "pong" as type_ if isinstance(payload, dict | None):
            credentials = (payload or {}).get("authorization")
            if type_ == "pong" or (type_ == "ping" and (not admitted or credentials is None)):
                return PONG if type_ == "ping" else NOTHING
            twice = admitted and type_ == "connection_init"
            return CloseCode.INIT_TWICE if twice else CloseCode.UNAUTHORIZED
        case "complete" if _is_id(message):
            return NOTHING if admitted else CloseCode.UNAUTHORIZED
        case "subscribe" if _is_id(message) and _is_request(payload):
            return ANSWER if admitted else CloseCode.UNAUTHORIZED
        case _:
            return CloseCode.BAD_MESSAGE


def _read(frame: Frame) -> dict[str, Any]:
    """The JSON object of a text frame; an empty one for whatever is none."""
    if isinstance(frame, bytes):
        return {}
    try:
        message = json.loads(
            frame,
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_encodable if "\\u" in frame else None,
        )
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _encodable(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The last of equal keys counts; but no key and no value may hold half of a surrogate pair."""
    json.dumps(pairs, ensure_ascii=False).encode()
    return dict(pairs)


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _finite(text: str) -> float:
    return _refuse(text) if abs(float(text)) == float("inf") else float(text)


def _depth(value: object) -> int:
    if not isinstance(value, dict | list):
        return 0
    children = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, children), default=0)


def _is_id(message: dict[str, Any]) -> bool:
    ident = message.get("id")
    return isinstance(ident, str) and 1 <= len(ident) <= 256


def _is_request(payload: object) -> bool:
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("operationName"), str | None)
        and all(isinstance(payload.get(name), dict | None) for name in ("variables", "extensions"))
    )


@dataclass(frozen=True)
class Asked:
    """An operation that is not as it should be, with variables as JSON text."""

    query: str
    variables: str = "{}"
    operation: str | None = None

    def message(self, ident: str) -> str:
        payload = [
            ("query", json.dumps(self.query)),
            ("variables", self.variables),
            ("operationName", json.dumps(self.operation)),
        ]
        return written(
            [("id", json.dumps(ident)), ("type", '"subscribe"'), ("payload", list(payload))]
        )


_LITERALS = (
    *("null", "true", "0", "-1", "99999999999", "1.5", '""', '"x"', "ENUM", "[]", "[[[null]]]", "{}"),
    *("{a: {a: {a: 1}}}", '"\\u0000"', '"\\uD83D\\uDE00"', '"deal_0"', '"log_x"', '"""x"""', "$none"),
)  # fmt: skip
# They would end the sockets that the test itself has open.
_SPARED = {"signOutEverywhere"}


def bad_arguments() -> Iterator[Asked]:
    """Each argument of each root field, as a literal and as a variable of each value."""
    described = schema._schema
    for kind in (described.query_type, described.mutation_type, described.subscription_type):
        assert isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items():
            for argument, about in field.args.items():
                if name not in _SPARED:
                    yield from _bad_argument(kind, name, field, argument, about)


def _bad_argument(
    kind: GraphQLObjectType, name: str, field: GraphQLField, argument: str, about: GraphQLArgument
) -> Iterator[Asked]:
    word = kind.name.lower()
    selection = "" if is_leaf_type(get_named_type(field.type)) else "{ __typename }"
    for literal in _LITERALS:
        yield Asked(f"{word} {{ {name}({argument}: {literal}) {selection} }}")
    query = f"{word} ($v: {about.type}) {{ {name}({argument}: $v) {selection} }}"
    yield Asked(query)
    for value in VALUES:
        if _read(f'{{"v":{value}}}'):
            yield Asked(query, f'{{"v":{value}}}')


def bad_documents(chance: random.Random) -> Iterator[Asked]:
    """What cannot be parsed, is not valid, or is too large."""
    deal = (
        "query A($id: ID!) { deal(id: $id) { ...D } } fragment D on Deal { id name contact { id } }"
    )
    for query in damaged(
        [deal, "{ cursor }", "mutation { archiveDeal(id: 1) { cursor } }"], chance, 250
    ):
        yield Asked(query, '{"id": "deal_x"}')
    nested = "{ contacts { nodes " * 30 + "{ id }" + "}}" * 30
    for query in (
        *("", " ", "#", "\ufeff{ cursor }", "{", "{}", "}", "query", "{ cursor } }", "\u0000", "💥", "{ é }"),
        *("{ nothing }", "{ cursor { x } }", "{ viewer }", "query A { cursor } query A { cursor }"),
        *("{ cursor } { cursor }", "{ ...None }", "fragment F on Deal { id }", "type T { a: Int }"),
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...A } fragment A on Query { ...A cursor }",
        "{ viewer { ...A } } fragment A on Viewer { user { ...B } } fragment B on User { ...B }",
        *("{ ... on Nothing { id } }", "{ ... @include(if: 1) { cursor } }", "{ cursor @nothing }"),
        *("{ cursor @skip }", "query ($a: Nothing) { cursor }", "query ($a: Int, $a: Int) { cursor }"),
        "subscription { followedDealUpdates { kind } dealUpdates(dealId: 1) { kind } }",
        *("subscription { ...None }", "subscription { __typename }", "subscription { a: __schema { x } }"),
        f"{{ {' '.join(f'a{n}: cursor' for n in range(200))} }}",
        f"{{ viewer {{ {' '.join(f'a{n}: id' for n in range(200))} }} }}",
        f"{{ viewer {{ {'id ' * 2_000} }} }}",
        *(nested, "{ " * 5_000, "{ viewer " * 5_000, "[" * 5_000, f"{{ a(b: {'[' * 3_000} }}"),
        f"{{ cursor }} {' '.join(f'fragment F{n} on Query {{ cursor }}' for n in range(200))}",
        f"query A({' '.join(f'$v{n}: Int' for n in range(300))}) {{ cursor }}",
        *(f"{{ cursor }} #{'x' * 64_000}", '"' * 64_000, "\n" * 70_000, "{ cursor(" + "a: 1 " * 900 + ") }"),
        "{ " + " ".join(f"...F{n}" for n in range(90)) + " }"
        + " ".join(f"fragment F{n} on Query {{ c{n % 3}: cursor }}" for n in range(90)),
    ):  # fmt: skip
        yield Asked(query)
    for name in ("", "B", "A ", "a", "\u0000", "__proto__", _LONG):
        yield Asked("query A { cursor } query C { cursor }", operation=name)
