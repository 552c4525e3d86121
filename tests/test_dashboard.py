"""Do the pages reach a browser as they should, and the demo's sign-in nobody else?"""

import gzip
from pathlib import Path

import httpx
import pytest

import demo
import server
from models.enums import UserRole
from tests.harness import World, running

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pages as a build leaves them, but small."""
    files = {"index.html": "board", "graphiql.html": "graphiql", "assets/index-4f.js": "start()"}
    for name, content in files.items():
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content.encode()))
    monkeypatch.setattr(server, "BUILT_PAGES", tmp_path / "dist")
    return tmp_path / "dist"


@pytest.fixture
def not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BUILT_PAGES", tmp_path / "absent")


def policy(response: httpx.Response) -> dict[str, str]:
    rules = response.headers["content-security-policy"].split("; ")
    return dict(rule.split(" ", 1) for rule in rules)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_pages_let_nothing_in_but_this_host(built: Path, database_url: str) -> None:
    async with running(database_url) as world:
        dashboard = await world.http.get("/", headers=BROWSER)
        graphiql = await world.http.get("/graphql", headers=BROWSER)
    assert (dashboard.text, graphiql.text) == ("board", "graphiql")
    host = world.url.removeprefix("http://")
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "worker-src": "'self'",
        "connect-src": f"'self' ws://{host} wss://{host}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert policy(dashboard) == rules
    assert policy(graphiql) == rules | {
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
    }
    for page in (dashboard, graphiql):
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_host_that_is_none_adds_nothing_to_the_policy(
    built: Path, database_url: str
) -> None:
    async with running(database_url) as world:
        page = await world.http.get("/", headers={"host": "evil.example; script-src *"})
    assert policy(page)["connect-src"] == "'self'"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_only_named_hosts_may_frame_the_pages(built: Path, database_url: str) -> None:
    hosts = "https://teams.microsoft.com,https://*.office.com"
    async with running(database_url, FRAME_ANCESTORS=hosts) as world:
        page = await world.http.get("/")
    assert policy(page)["frame-ancestors"] == "https://teams.microsoft.com https://*.office.com"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_files_with_a_hash_are_kept_and_pages_are_asked_for_again(
    built: Path, database_url: str
) -> None:
    async with running(database_url) as world:
        script = await world.http.get("/assets/index-4f.js")
        plain = await world.http.get("/assets/index-4f.js", headers={"accept-encoding": "identity"})
        absent = await world.http.get("/assets/index-00.js")
        outside = await world.http.get("/assets/..%2findex.html")
        page = await world.http.get("/")
        again = await world.http.get("/", headers={"if-none-match": page.headers["etag"]})
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert script.text == plain.text == "start()"
    assert (absent.status_code, outside.status_code) == (404, 404)
    assert page.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


async def test_without_a_build_the_api_runs_and_says_how_to_get_the_pages(
    not_built: None, world: World
) -> None:
    page = await world.http.get("/", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert "`make pages` builds them" in page.text
    help_ = await world.http.get("/graphql", headers=BROWSER)
    assert (help_.status_code, help_.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert "make pages" in help_.text
    data = await world.bob.ask("{ viewer { user { email } } }")
    assert data == {"viewer": {"user": {"email": "bob@acme.example"}}}


async def test_a_program_that_takes_anything_gets_help_and_no_page(
    built: Path, world: World
) -> None:
    answer = await world.http.get("/graphql", headers={"accept": "*/*"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_outside_the_demo_nothing_of_its_sign_in_exists(world: World) -> None:
    assert (await world.http.get("/demo/people")).status_code == 404
    answer = await world.http.post("/demo/sign-in", json={"email": "bob@acme.example"})
    assert answer.status_code == 404


async def test_the_demo_signs_in_its_own_people_and_nobody_else(database_url: str) -> None:
    async with running(database_url, DEMO="on") as world:
        await world.invite("grace", UserRole.MEMBER)
        people = (await world.http.get("/demo/people")).json()["people"]
        assert [person["email"] for person in people] == list(demo.PEOPLE)
        assert people[1] == {
            "email": "bob@acme.example",
            "fullName": "Bob",
            "role": "MEMBER",
            "organisation": "Acme",
        }
        answer = await world.http.post("/demo/sign-in", json={"email": "Bob@acme.example"})
        assert answer.headers["cache-control"] == "no-store"
        session = await world.tokens.admit(answer.json()["token"])
        assert session.user.email == "bob@acme.example"
        for email in ("grace@acme.example", "nobody@acme.example", None, 7):
            refused = await world.http.post("/demo/sign-in", json={"email": email})
            assert refused.status_code == 404, email
        for body in (b"", b"[]", b"{", b"{" * 2_000):
            refused = await world.http.post("/demo/sign-in", content=body)
            assert refused.status_code == 404, body


async def test_somebody_deactivated_is_offered_no_more(database_url: str) -> None:
    async with running(database_url, DEMO="on") as world:
        await world.alice.call("deactivateUser", id=world.dave.id)
        people = (await world.http.get("/demo/people")).json()["people"]
        assert "dave@acme.example" not in {person["email"] for person in people}
        answer = await world.http.post("/demo/sign-in", json={"email": "dave@acme.example"})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_pages_of_others_cannot_sign_in(database_url: str, headers: dict[str, str]) -> None:
    async with running(database_url, DEMO="on") as world:
        for answer in (
            await world.http.get("/demo/people", headers=headers),
            await world.http.post(
                "/demo/sign-in", json={"email": "bob@acme.example"}, headers=headers
            ),
        ):
            assert answer.status_code == 403
            assert "token" not in answer.text
