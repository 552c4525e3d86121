"""Does mail travel encrypted where it can, and a password never otherwise?"""

import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from resolvers.mail import Refusals, SmtpTransport
from tests.mail import MailServer, mail_server

PAULA = "paula@customer.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and a certificate for 127.0.0.1 that nobody trusts who is not told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "mail.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


class Guard:
    """Who signed in, and how."""

    def __init__(self) -> None:
        self.saw: list[tuple[str, str, bool]] = []

    def __call__(
        self, _server: SMTP, session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.saw.append((data.login.decode(), data.password.decode(), session.ssl is not None))
        return AuthResult(success=data.password == b"p@ss:word", handled=False)


async def _deliver(server: MailServer, scheme: str = "smtp", login: str = "") -> Refusals:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "bob@acme.example", PAULA, "<1@acme.example>"
    mail.set_content("Hi")
    transport = SmtpTransport(f"{scheme}://{login}127.0.0.1:{server.port}")
    refusals = await transport.deliver(mail, "bob@acme.example", [PAULA])
    assert len(server.letters) == (not refusals)
    return refusals


async def test_smtps_is_encrypted_from_the_first_byte(tls: ssl.SSLContext, trusted: None) -> None:
    async with mail_server(tls) as server:
        assert await _deliver(server, "smtps") == {}


async def test_starttls_is_used_where_it_is_offered(tls: ssl.SSLContext, trusted: None) -> None:
    async with mail_server(tls_context=tls, require_starttls=True) as server:
        assert await _deliver(server) == {}


async def test_a_server_that_cannot_prove_its_name_gets_nothing(tls: ssl.SSLContext) -> None:
    """A fault of the server's or the operator's: it is tried again."""
    async with mail_server(tls) as server:
        assert (await _deliver(server, "smtps"))[PAULA].is_passing
    async with mail_server(tls_context=tls) as server:
        assert (await _deliver(server))[PAULA].is_passing


async def test_a_password_is_given_to_an_encrypted_server_only(
    tls: ssl.SSLContext, trusted: None
) -> None:
    guard = Guard()
    login = "us:p%40ss%3Aword@"
    async with mail_server(tls_context=tls, authenticator=guard, auth_required=True) as server:
        assert await _deliver(server, login=login) == {}
    assert guard.saw == [("us", "p@ss:word", True)]
    async with mail_server(authenticator=guard, auth_require_tls=False) as server:
        assert (await _deliver(server, login=login))[PAULA].is_passing
    assert len(guard.saw) == 1


async def test_a_wrong_password_is_the_operators_to_mend(
    tls: ssl.SSLContext, trusted: None
) -> None:
    """Not a fault of the mail's, though the server says 535: it is tried again."""
    async with mail_server(tls_context=tls, authenticator=Guard(), auth_required=True) as server:
        refusal = (await _deliver(server, login="us:wrong@"))[PAULA]
    assert (refusal.is_passing, refusal.reason[:28]) == (True, "SMTPAuthenticationError: (53")
