"""How does an operation travel over HTTP: methods, media types, statuses, and bodies that are none?"""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query, lexicographic_sort_schema
from graphql import print_schema as printed

from models.errors import Unreadable
from resolvers import lookups
from schema.schema import schema
from tests import factories
from tests.harness import PATIENCE, World, running

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
NAME = "{ viewer { user { fullName } } }"
BOB = {"data": {"viewer": {"user": {"fullName": "Bob"}}}}


async def _send(
    world: World, method: str = "POST", *, signed_in: bool = True, **given: Any
) -> httpx.Response:
    headers: dict[str, str] = given.pop("headers", {})
    if signed_in:
        headers = {"authorization": f"Bearer {world.bob.token}", **headers}
    return await world.http.request(method, "/graphql", headers=headers, **given)


def _code(response: httpx.Response) -> tuple[int, str]:
    """The status and the one code of an answer that has nothing but an error."""
    assert response.headers["content-type"] in {JSON, GRAPHQL}
    body = response.json()
    assert set(body) == {"errors"}
    [error] = body["errors"]
    assert isinstance(error["message"], str)
    return response.status_code, error["extensions"]["code"]


async def test_the_answer_comes_in_the_media_type_that_is_accepted(world: World) -> None:
    for accept, media_type in (
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        # urql and others merely list it: they want JSON.
        (f"{GRAPHQL}, {JSON}, text/event-stream, multipart/mixed", GRAPHQL),
        ("text/event-stream, application/json", JSON),
    ):
        response = await _send(world, json={"query": NAME}, headers={"accept": accept or "*/*"})
        assert (response.status_code, response.json()) == (200, BOB)
        assert response.headers["content-type"] == media_type
        assert "accept" in response.headers["vary"].lower()
        assert response.headers["cache-control"] == "no-store"


async def test_the_status_says_what_the_media_type_lets_it_say(world: World) -> None:
    """As the draft of GraphQL over HTTP has it."""
    nobodys = {"query": NAME}
    for body, signed_in, status, code in (
        ({"query": "{"}, True, 400, "INVALID"),
        ({"query": "{ viewer { nothing } }"}, True, 400, "INVALID"),
        ({"query": "query ($id: ID!) { deal(id: $id) { id } }"}, True, 400, "INVALID"),
        ({"query": "query A { cursor } query B { cursor }"}, True, 400, "INVALID"),
        ({"query": NAME, "operationName": "Other"}, True, 400, "INVALID"),
        ({"query": "{ viewer " * 5_000}, True, 400, "LIMIT_EXCEEDED"),
        ({"query": "{ node(id: 1, id: 2) { id } }"}, False, 400, "INVALID"),
        (nobodys, False, 401, "UNAUTHENTICATED"),
    ):
        response = await _send(world, signed_in=signed_in, json=body)
        assert response.status_code == 200
        errors = response.json()["errors"]
        assert [error["extensions"]["code"] for error in errors] == [code]
        other = await _send(world, signed_in=signed_in, json=body, headers={"accept": GRAPHQL})
        assert (other.status_code, other.json()) == (status, response.json()), body
    for accept in (JSON, GRAPHQL):
        # What was executed is an answer, errors of its fields included.
        response = await _send(
            world,
            json={"query": "{ deal(id: 7) { id } viewer { user { fullName } } }"},
            headers={"accept": accept},
        )
        assert response.status_code == 200
        assert response.json()["data"] == {"deal": None, **BOB["data"]}
        [error] = response.json()["errors"]
        assert (error["path"], error["extensions"]) == (["deal"], {"code": "INVALID"})


async def test_a_token_that_is_not_accepted_is_401(world: World) -> None:
    for credentials in (
        "Bearer nonsense",
        "Bearer",
        "Bearer a.b.c d",
        "Basic Ym9iOmJvYg==",
        "",
        "é",
    ):
        headers = {"authorization": credentials.encode(), b"accept": GRAPHQL.encode()}
        response = await world.http.post("/graphql", json={"query": NAME}, headers=headers)  # type: ignore[arg-type]
        assert _code(response) == (401, "UNAUTHENTICATED"), credentials
    for scheme in ("bearer", "BEARER"):
        credentials = f"{scheme}  {world.bob.token}"
        response = await _send(world, json={"query": NAME}, headers={"authorization": credentials})
        assert response.json() == BOB


async def test_queries_come_by_get_too_and_mutations_never(world: World) -> None:
    query = "query A($id: ID!) { deal(id: $id) { name } } query B { cursor }"
    deal = await factories.opportunity(world.bob)
    given = {"query": query, "operationName": "A", "variables": json.dumps({"id": deal})}
    response = await _send(world, "GET", params=given)
    assert response.json() == {"data": {"deal": {"name": "Enterprise contract"}}}
    before = await world.bob.ask("{ cursor }")
    change = f'mutation {{ archiveDeal(id: "{deal}") {{ cursor }} }}'
    for params in (
        {"query": change},
        {
            "query": f"query A {{ cursor }} {change.replace('mutation', 'mutation B')}",
            "operationName": "B",
        },
    ):
        response = await _send(world, "GET", params=params)
        assert _code(response) == (405, "INVALID")
        assert response.headers["allow"] == "GET, POST"
    assert await world.bob.ask("{ cursor }") == before
    for params in (
        {},
        {"query": ""},
        {"query": NAME, "variables": "{"},
        {"query": NAME, "variables": "[]"},
        {"query": NAME, "extensions": "1"},
    ):
        response = await _send(world, "GET", params=params, headers={"accept": JSON})
        assert _code(response) == (400, "INVALID"), params
    # What a browser gets is told in tests/test_dashboard.py.
    page = await world.http.get("/graphql", headers={"accept": "*/*"})
    assert (page.status_code, "Bearer TOKEN" in page.text) == (200, True)


async def test_other_methods_are_405(world: World) -> None:
    for method in ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"):
        response = await _send(world, method, json={"query": NAME})
        assert response.status_code == 405, method
        assert response.headers["allow"] == "GET, POST"


async def test_a_body_is_one_json_object(world: World) -> None:
    body = json.dumps({"query": NAME}).encode()
    for media_type in (JSON, f"{JSON}; charset=utf-8", "Application/JSON ;charset=UTF-8"):
        response = await _send(world, content=body, headers={"content-type": media_type})
        assert response.json() == BOB
    for media_type in (
        *("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
        *("application/graphql", GRAPHQL, "application/jsonp", "text/json"),
    ):
        response = await _send(world, content=body, headers={"content-type": media_type})
        assert _code(response) == (415, "INVALID"), media_type
    deep = b"[" * 100_000 + b"]" * 100_000
    for content in (
        *(b"", b" ", b"{", b"query", b"null", b"1", b'"text"', b"true", b"{}", b"\xff\xfe", b"NaN"),
        *(b"{'query': 1}", body + b"x", body[:-1], b'{"query": "\\ud800"}', b"\xef\xbb\xbf" + body),
        *(deep, b'{"query": "{ cursor }", "variables": {"a": ' + deep + b"}}"),
        *(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"[" * 900_000),
        *(b"[" + body + b"]", b"[" + body + b"," + body + b"]", b"[]"),
        *(b'{"query": null}', b'{"query": ""}', b'{"query": 7}', b'{"query": ["{ cursor }"]}'),
        b'{"query": "{ cursor }", "variables": "{}"}',
        b'{"query": "{ cursor }", "variables": []}',
        b'{"query": "{ cursor }", "operationName": {}}',
        b'{"query": "{ cursor }", "extensions": "x"}',
    ):
        for accept in (JSON, GRAPHQL):
            headers = {"content-type": JSON, "accept": accept}
            response = await _send(world, content=content, headers=headers)
            assert _code(response) == (400, "INVALID"), content[:60]
    good: list[dict[str, Any]] = [
        {"variables": None, "operationName": None, "extensions": None},
        {"variables": {"unknown": 1}, "operationName": "", "extensions": {}, "more": [1]},
    ]
    for more in good:
        assert (await _send(world, json={"query": NAME, **more})).json() == BOB


async def test_a_body_that_is_too_long_is_413(world: World) -> None:
    async def in_pieces(length: int) -> AsyncIterator[bytes]:
        yield b'{"query": "{ cursor }", "padding": "'
        for _ in range(length // 10_000):
            yield b"x" * 10_000
        yield b'"}'

    async def send_both_ways(length: int) -> list[httpx.Response]:
        padded = {"query": "{ cursor }", "padding": "x" * length}
        media_type = {"content-type": JSON}
        return [
            await _send(world, json=padded),
            await _send(world, content=in_pieces(length), headers=media_type),
        ]

    for response in await send_both_ways(900_000):
        assert response.status_code == 200
    for response in await send_both_ways(1_000_000):
        assert _code(response) == (413, "LIMIT_EXCEEDED")
    assert (await _send(world, json={"query": NAME})).json() == BOB


async def test_a_client_that_sends_to_the_end_reads_why_its_body_was_refused(world: World) -> None:
    """As most clients do: a connection that is closed on them while they send is a reset, and no answer."""
    address = httpx.URL(world.url)
    body = b'{"query": "' + b" " * 10_000_000 + b'{ cursor }"}'

    def send() -> tuple[int, bytes]:
        with closing(HTTPConnection(address.host, address.port, timeout=PATIENCE)) as connection:
            sent = {"content-type": JSON, "connection": "close"}
            connection.request("POST", "/graphql", body, sent)
            answer = connection.getresponse()
            return answer.status, answer.read()

    status, answer = await asyncio.to_thread(send)
    [error] = json.loads(answer)["errors"]
    assert (status, error["extensions"]["code"]) == (413, "LIMIT_EXCEEDED")


async def test_subscriptions_are_told_where_they_are_served(world: World) -> None:
    query = {"query": "subscription { followedDealUpdates { kind } }"}
    for accept in (JSON, GRAPHQL, "text/html"):
        for response in (
            await _send(world, json=query, headers={"accept": accept}),
            await _send(
                world, "GET", params=query, headers={"accept": accept.replace("html", "x")}
            ),
        ):
            assert _code(response) == (400, "INVALID")
            assert "websocket" in response.json()["errors"][0]["message"]


async def test_what_is_our_fault_is_masked_and_found_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Contract: INTERNAL, whose message holds an id that the log holds too."""

    async def fault(*_: object) -> None:
        raise RuntimeError("secret of the database")

    monkeypatch.setattr(lookups, "deal", fault)
    monkeypatch.setattr(lookups, "pipelines", fault)
    for query, data in (
        ("{ deal(id: 1) { id } cursor }", True),
        ("{ pipelines { id } cursor }", False),
    ):
        for accept in (JSON, GRAPHQL):
            caplog.clear()
            response = await _send(world, json={"query": query}, headers={"accept": accept})
            assert response.status_code == 200  # it was executed
            assert bool(response.json()["data"]) is data
            [error] = response.json()["errors"]
            assert error["extensions"] == {"code": "INTERNAL"}
            assert "secret" not in response.text
            assert "RuntimeError" not in response.text
            found = re.search(r"\b[0-9a-f]{12}\b", error["message"])
            assert found is not None
            [record] = [row for row in caplog.records if row.levelno >= logging.ERROR]
            assert found[0] in record.getMessage()
            assert record.exc_info is not None
            assert "secret of the database" in str(record.exc_info[1])


async def test_a_fault_before_anything_is_executed_is_500(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("schema.http.prepared", fault)
    for accept, status in ((JSON, 200), (GRAPHQL, 500)):
        caplog.clear()
        response = await _send(world, json={"query": NAME}, headers={"accept": accept})
        assert _code(response) == (status, "INTERNAL")
        assert "secret" not in response.text
        [record] = [row for row in caplog.records if row.levelno >= logging.ERROR]
        assert record.getMessage().split()[1] in response.text


async def test_refusals_are_no_faults(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The log is for what somebody must look at."""
    with pytest.raises(Unreadable):
        await lookups.node(None, "")  # type: ignore[arg-type]
    bad: list[object] = [{"query": query} for query in ("{", "{ deal(id: 1) { id } }", "{ x }", "")]
    for body in (*bad, [], {}):
        await _send(world, json=body)
        await _send(world, signed_in=False, json=body)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_the_schema_can_be_read_without_a_token(world: World) -> None:
    query = get_introspection_query(input_value_deprecation=True)
    response = await _send(world, signed_in=False, json={"query": query})
    found = build_client_schema(response.json()["data"])
    ours = lexicographic_sort_schema(schema._schema)
    assert printed(lexicographic_sort_schema(found)) == printed(ours)
    response = await _send(world, signed_in=False, json={"query": "{ __typename }"})
    assert response.json() == {"data": {"__typename": "Query"}}


PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type",
}
APP, OTHER = "https://app.example", "https://evil.example"


async def test_only_allowed_origins_may_ask_from_a_browser(database_url: str) -> None:
    async with running(database_url, ALLOWED_ORIGINS=f"{APP}, http://localhost:3000") as world:
        for origin in (APP, "http://localhost:3000"):
            answer = await world.http.options("/graphql", headers={"origin": origin, **PREFLIGHT})
            assert answer.status_code == 200
            assert answer.headers["access-control-allow-origin"] == origin
            assert "authorization" in answer.headers["access-control-allow-headers"].lower()
            response = await _send(world, json={"query": NAME}, headers={"origin": origin})
            assert response.json() == BOB
            assert response.headers["access-control-allow-origin"] == origin
            assert "origin" in response.headers["vary"].lower()
        for origin in (OTHER, "null", "http://app.example", f"{APP}.evil.example", f"{APP}:8443"):
            answer = await world.http.options("/graphql", headers={"origin": origin, **PREFLIGHT})
            assert "access-control-allow-origin" not in answer.headers, origin
            response = await _send(world, json={"query": NAME}, headers={"origin": origin})
            assert "access-control-allow-origin" not in response.headers


async def test_without_allowed_origins_no_other_page_may_ask(world: World) -> None:
    for origin in (APP, world.url, "null"):
        answer = await world.http.options("/graphql", headers={"origin": origin, **PREFLIGHT})
        assert "access-control-allow-origin" not in answer.headers
        response = await _send(world, json={"query": NAME}, headers={"origin": origin})
        assert "access-control-allow-origin" not in response.headers
        assert "access-control-allow-credentials" not in response.headers


async def test_a_server_without_its_database_is_alive_and_not_ready(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: str) -> None:
        raise OSError("connection refused by secret.example")

    monkeypatch.setattr("models.database.get_connection", gone)
    response = await world.http.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["database"] == "does not answer"
    assert "secret" not in response.text
    assert (await world.http.get("/health/live")).json() == {"status": "live"}
    monkeypatch.undo()
    assert (await world.http.get("/health/ready")).status_code == 200
