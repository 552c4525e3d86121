"""A real mail server for the tests: it takes mail as it is told to, and keeps what it took."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from tests.harness import PATIENCE, Client

Answer = Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class Letter:
    """A mail that was taken: whom the envelope named, and what is in it."""

    recipients: list[str]
    mail: EmailMessage

    @property
    def id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        return str(self.mail.get_content()).replace("\r\n", "\n").rstrip("\n")


@dataclass
class MailServer:
    """Says yes to everything, but for what stands in `refusals` and `answers`."""

    # What each recipient is refused with, and each mail is answered with, the first answer first.
    refusals: dict[str, str] = field(default_factory=dict)
    answers: list[str | Answer] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    # Of aiosmtpd, such as `tls_context` to offer STARTTLS.
    options: dict[str, Any] = field(default_factory=dict)
    _taken: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name and signature
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        refusal = self.refusals.get(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if not isinstance(answer, str):
            answer = await answer()
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.letters.append(Letter([str(one) for one in envelope.rcpt_tos], mail))
            self._taken.set()
        return answer

    async def taken(self, number: int) -> list[Letter]:
        """What was taken, once it is so much."""
        async with asyncio.timeout(PATIENCE):
            while len(self.letters) < number:
                self._taken.clear()
                await self._taken.wait()
        return self.letters

    def protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="mail.example", **self.options)


@asynccontextmanager
async def mail_server(
    tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[MailServer]:
    """On a free port; with `tls` from the first byte on."""
    server = MailServer(options=options)
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(server.protocol, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


MESSAGE = "id direction subject body sender to cc threadId status at unreached failure"
DRAFT = """
query ($dealId: ID!, $inReplyTo: ID) {
  messageDraft(dealId: $dealId, inReplyTo: $inReplyTo) {
    to { contact { id } email reason } cc { contact { id } email reason } subject warnings key
  }
}"""


async def draft(by: Client, deal: str, in_reply_to: str | None = None) -> dict[str, Any]:
    data = await by.ask(DRAFT, dealId=deal, inReplyTo=in_reply_to)
    found: dict[str, Any] = data["messageDraft"]
    return found


async def send(by: Client, deal: str, **given: Any) -> dict[str, Any]:
    """Accepted for sending: the message; to the recipients of the draft unless others are given."""
    if "draftKey" not in given and not {"to", "cc"} <= given.keys():
        given["draftKey"] = (await draft(by, deal, given.get("inReplyTo")))["key"]
    given = {"subject": "Our offer", "body": "Dear Paula,\n\nhere it is.", **given}
    payload = await by.do("sendMessage", f"message {{ {MESSAGE} }}", dealId=deal, **given)
    assert payload["userErrors"] == []
    message: dict[str, Any] = payload["message"]
    return message


async def message(by: Client, ident: str) -> dict[str, Any]:
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on Message {{ {MESSAGE} }} }} }}"
    found: dict[str, Any] = (await by.ask(query, id=ident))["node"]
    return found
