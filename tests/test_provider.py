"""Who signs in with a provider's token, and who does not?"""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.exceptions import ConnectionClosed

import commands
from models import Identity, User
from models.errors import Refused
from resolvers import identities, provider
from resolvers.provider import Person
from settings import Settings, SettingsError
from tests.harness import SECRET, World, running
from tests.issuer import KEYS, SHARED, Issuer, issuer
from tests.processes import command

VIEWER = "{ viewer { user { email } } }"
TENANT = "5e1d"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def microsoft() -> Iterator[Issuer]:
    with issuer() as running_issuer:
        yield running_issuer


@pytest.fixture
async def world(database_url: str, microsoft: Issuer) -> AsyncIterator[World]:
    """A server that accepts the issuer's tokens; carol is linked to the object `carol` of the tenant."""
    async with running(database_url, **microsoft.settings) as world:
        carol = await User.get(id=world.carol.id)
        await identities.link(carol, Person(microsoft.url, TENANT, "carol"))
        yield world


async def _signed_in(world: World, token: str) -> str | None:
    """The e-mail of whom a token signs in; None for nobody."""
    answer = await replace(world.nobody, token=token).answer(VIEWER)
    if "errors" in answer:
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
        return None
    email: str = answer["data"]["viewer"]["user"]["email"]
    return email


async def test_a_person_is_known_by_issuer_tenant_and_object_whatever_the_e_mail_says(
    world: World, microsoft: Issuer
) -> None:
    async def who(**claims: Any) -> str | None:
        return await _signed_in(world, microsoft.token(**claims))

    assert await who(tid=TENANT, oid="carol", sub="one") == "carol@acme.example"
    assert (
        await who(tid=TENANT, oid="carol", sub="two", email="eve@globex.example")
        == "carol@acme.example"
    )
    assert await who(tid="another", oid="carol", email="carol@acme.example") is None
    assert await who(tid=TENANT, oid="another", email="carol@acme.example") is None
    assert await who(sub="carol") is None
    # What carol was signed in with before serves on.
    assert await _signed_in(world, world.carol.token or "") == "carol@acme.example"


async def test_a_verified_e_mail_links_an_invited_user_once(
    world: World, microsoft: Issuer
) -> None:
    async def who(sub: str, email: str, *, email_verified: object = True) -> str | None:
        return await _signed_in(
            world, microsoft.token(sub=sub, email=email, email_verified=email_verified)
        )

    for unproven in (False, None, "true", 1):
        assert await who("bob's", "bob@acme.example", email_verified=unproven) is None
    assert await who("bob's", "nobody@acme.example") is None
    assert await who("bob's", "Bob@Acme.example") == "bob@acme.example"
    # From now on the address means nothing: the person is bob, and bob is that person.
    assert await who("bob's", "dave@acme.example") == "bob@acme.example"
    assert await who("heir of the address", "bob@acme.example") is None
    # A link that the operator made is one too.
    assert await who("another carol", "carol@acme.example") is None
    assert await Identity.all().count() == 2


@on_sqlite
async def test_whoever_is_deactivated_or_signed_out_is_not_let_in(
    world: World, microsoft: Issuer
) -> None:
    before = microsoft.token(tid=TENANT, oid="carol", iat=time.time() - 5)
    await world.carol.call("signOutEverywhere")
    assert await _signed_in(world, before) is None
    after = microsoft.token(tid=TENANT, oid="carol", iat=time.time() + 1)
    assert await _signed_in(world, after) == "carol@acme.example"
    await world.alice.call("deactivateUser", id=world.carol.id)
    assert await _signed_in(world, after) is None


@on_sqlite
async def test_what_the_provider_did_not_sign_for_us_is_refused(
    world: World, microsoft: Issuer
) -> None:
    carol = {"tid": TENANT, "oid": "carol"}
    assert await _signed_in(world, microsoft.token(**carol)) is not None
    claims, kid = microsoft.claims(**carol), {"kid": microsoft.kid}
    public = KEYS[0].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for what, token in {
        "for somebody else": microsoft.token(**carol, aud="api://another"),
        "of another issuer": microsoft.token(**carol, iss="https://login.example"),
        "from the future": microsoft.token(**carol, iat=time.time() + 600),
        "not good yet": microsoft.token(**carol, nbf=time.time() + 600),
        "a tenant without an object": microsoft.token(tid=TENANT, sub="carol"),
        "an object that is no text": microsoft.token(tid=TENANT, oid=["carol"]),
        "signed with another key": jwt.encode(claims, KEYS[1], "RS256", headers=kid),
        "signed with a key of no name": jwt.encode(claims, KEYS[0], "RS256"),
        "signed with a key of an unknown name": jwt.encode(
            claims, KEYS[0], "RS256", headers={"kid": "../first"}
        ),
        "signed with another algorithm": jwt.encode(claims, KEYS[0], "PS256", headers=kid),
        "signed with the public key as a secret": _hmac(claims, public, kid),
        "signed with a published secret": jwt.encode(
            claims, SHARED, "HS256", headers={"kid": "shared"}
        ),
        "signed with our own secret": jwt.encode(claims, SECRET, "HS256", headers=kid),
        "not signed": jwt.encode(claims, "", "none", headers=kid),
        **{
            f"without {name}": microsoft.token(**carol, without=name)
            for name in ("exp", "iat", "aud", "iss", "sub", "oid")
        },
    }.items():
        assert await _signed_in(world, token) is None, what
    assert await _signed_in(world, "[" * 50_000) is None
    own = jwt.encode({**claims, "sub": "carol@acme.example"}, SECRET, "HS256")
    assert await _signed_in(world, own) is None


def _hmac(claims: dict[str, Any], key: bytes, headers: dict[str, Any]) -> str:
    """PyJWT itself would not sign with a public key."""
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signed = jwt.encode(claims, SECRET, "HS256", headers=headers).rpartition(".")[0]
    signature = jwt.utils.base64url_encode(algorithm.sign(signed.encode(), key)).decode()
    return f"{signed}.{signature}"


@on_sqlite
async def test_a_token_that_has_ended_closes_with_4403_and_a_forged_one_with_4401(
    world: World, microsoft: Issuer
) -> None:
    carol = {"tid": TENANT, "oid": "carol"}
    for token, code in (
        (microsoft.token(**carol, exp=time.time() - 60), 4403),
        (microsoft.token(**carol, aud="api://another"), 4401),
    ):
        with pytest.raises(ConnectionClosed) as closed:
            async with replace(world.carol, token=token).socket():
                pass
        assert closed.value.rcvd is not None and closed.value.rcvd.code == code
    async with replace(world.carol, token=microsoft.token(**carol)).socket() as sock:
        live = await sock.subscribe("subscription { followedDealUpdates { kind } }")
        assert (await live.next())["kind"] == "READY"


@on_sqlite
async def test_keys_are_read_once_and_anew_for_one_that_is_not_known(
    world: World, microsoft: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    carol = {"tid": TENANT, "oid": "carol"}
    for _ in range(3):
        assert await _signed_in(world, microsoft.token(**carol)) is not None
    assert len(microsoft.asked) == 2
    microsoft.rotate()
    # Whoever sends tokens with keys of all names does not make us ask each time.
    assert await _signed_in(world, microsoft.token(**carol)) is None
    assert len(microsoft.asked) == 2
    monkeypatch.setattr(provider, "PAUSE_SECONDS", 0.0)
    assert await _signed_in(world, microsoft.token(**carol)) is not None
    assert len(microsoft.asked) == 4


@on_sqlite
async def test_a_provider_that_is_down_is_a_passing_fault(
    world: World, microsoft: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = microsoft.token(tid=TENANT, oid="carol")
    carol = replace(world.carol, token=token)
    for fault in ({"is_down": True}, {"is_down": False, "calls_itself": "https://login.example"}):
        for name, value in fault.items():
            setattr(microsoft, name, value)
        [error] = (await carol.answer(VIEWER))["errors"]
        assert error["extensions"]["code"] == "INTERNAL"
        with pytest.raises(ConnectionClosed) as closed:
            async with carol.socket():
                pass
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1013
        monkeypatch.setattr(provider, "PAUSE_SECONDS", 0.0)
    microsoft.calls_itself = microsoft.url
    assert await _signed_in(world, token) == "carol@acme.example"
    # What was read serves on.
    microsoft.is_down = True
    monkeypatch.setattr(provider, "LIFESPAN_SECONDS", 0.0)
    assert await _signed_in(world, token) == "carol@acme.example"


async def test_the_operator_says_who_a_user_is(world: World, microsoft: Issuer) -> None:
    bob, carol = await User.get(id=world.bob.id), await User.get(id=world.carol.id)
    with pytest.raises(Refused, match="is another user already"):
        await identities.link(bob, Person(microsoft.url, TENANT, "carol"))
    # Her account there was made anew.
    await identities.link(carol, Person(microsoft.url, TENANT, "carol-2"))
    assert await _signed_in(world, microsoft.token(tid=TENANT, oid="carol")) is None
    assert await _signed_in(world, microsoft.token(tid=TENANT, oid="carol-2")) is not None


@on_sqlite
async def test_the_command_links_a_user(database_url: str, microsoft: Issuer) -> None:
    environ = {"DATABASE_URL": database_url, **microsoft.settings}
    async with running(database_url, **microsoft.settings) as world:
        link = ("user", "dave@acme.example", "--identity", "dave", "--tenant", TENANT)
        assert await command(*link, **environ) == (0, "dave@acme.example is VIEWER", "")
        token = microsoft.token(tid=TENANT, oid="dave")
        assert await _signed_in(world, token) == "dave@acme.example"


def test_an_identity_needs_a_provider() -> None:
    settings = Settings.load({"DATABASE_URL": "sqlite://none.db", "AUTH_SECRET": SECRET})
    asked = commands.parser().parse_args(["user", "dave@acme.example", "--identity", "dave"])
    with pytest.raises(SettingsError, match="OIDC_ISSUER must be set"):
        commands._identity(settings, asked)
