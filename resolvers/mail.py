"""How does a message leave as mail? Written as one, and handed to a mail server, or to nobody but the log."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from models import Message

# A server may take its time to be reached, and over one mail.
_PATIENCE = 30.0
_PATIENCE_IN_ALL = 120.0
_REFUSED_FOR_GOOD = 500
_LONGEST_HOST = 40
# Of the messages answered before, so many are named in the header.
_MOST_REFERENCES = 20

logger = logging.getLogger("dealcast.mail")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a recipient was not reached; a passing one is worth another try."""

    reason: str
    is_passing: bool


Refusals = Mapping[str, Refusal]
"""The recipients that were not reached; every other one was."""


class Transport(Protocol):
    async def deliver(self, mail: EmailMessage, sender: str, recipients: Sequence[str]) -> Refusals:
        """Hands a mail over, and never raises for what the server says or does not say."""


class LogTransport:
    """Where no mail server is configured: what would be sent is told to the server's log."""

    async def deliver(self, mail: EmailMessage, sender: str, recipients: Sequence[str]) -> Refusals:
        addresses = ", ".join(recipients)
        logger.warning(
            "no SMTP_URL, so not mailed: %s from %s to %s: %s",
            *(mail["Message-ID"], sender, addresses, mail["Subject"]),
        )
        return {}


class SmtpTransport:
    """A mail server, by `smtp://` (with STARTTLS when it offers it) or `smtps://` (TLS from the first byte)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname
        self._port = parts.port
        self._tls = parts.scheme == "smtps"
        # With both or with neither: a name alone signs nobody in.
        signs_in = parts.username and parts.password
        self._username = unquote(parts.username or "") if signs_in else None
        self._password = unquote(parts.password or "") if signs_in else None

    async def deliver(self, mail: EmailMessage, sender: str, recipients: Sequence[str]) -> Refusals:
        client = self._client()
        try:
            async with asyncio.timeout(_PATIENCE_IN_ALL):
                await client.connect()
                refusals = await _hand_over(client, mail, sender, recipients)
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=1)
            return refusals
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            # The server's fault or the operator's, not the mail's: unreachable, silent, unproven, and so on.
            reason = _line(f"{type(error).__name__}: {error}")
            return dict.fromkeys(recipients, Refusal(reason, is_passing=True))
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        # A password never travels in the open: with one, a server that offers no STARTTLS is refused.
        must_encrypt = True if self._password and not self._tls else None
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port or (465 if self._tls else 587 if must_encrypt else 25),
            username=self._username,
            password=self._password,
            timeout=_PATIENCE,
            use_tls=self._tls,
            start_tls=False if self._tls else must_encrypt,
        )


def transport(url: str) -> Transport:
    """For SMTP_URL, which is empty where none is configured."""
    return SmtpTransport(url) if url else LogTransport()


async def _hand_over(
    client: aiosmtplib.SMTP, mail: EmailMessage, sender: str, recipients: Sequence[str]
) -> Refusals:
    try:
        # With all the time there is: who gives up before the server's yes sends a mail twice.
        refused, _ = await client.send_message(
            mail, sender=sender, recipients=recipients, timeout=_PATIENCE_IN_ALL
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        return {one.recipient: _said(one.code, one.message) for one in error.recipients}
    except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
        return dict.fromkeys(recipients, _said(error.code, error.message))
    except aiosmtplib.SMTPNotSupported as error:
        return dict.fromkeys(recipients, Refusal(_line(str(error)), is_passing=False))
    return {address: _said(reply.code, reply.message) for address, reply in refused.items()}


def _said(code: int, message: str) -> Refusal:
    return Refusal(_line(f"{code} {message}"), is_passing=code < _REFUSED_FOR_GOOD)


def message_id(message: Message) -> str:
    """The same at every try, so that whoever gets a mail twice can tell."""
    host = message.sender.partition("@")[2].encode("idna").decode()
    # Longer words than a line would be folded into something else.
    return f"<{message.id}@{host[-_LONGEST_HOST:].strip('.-')}>"


def compose(message: Message, author: str, answered: Sequence[Message]) -> EmailMessage:
    """The mail that a message is; `answered` are the messages before it in its thread, the first one first.

    Raises:
        ValueError, MessageError: it cannot be written as mail.
    """
    mail = EmailMessage()
    mail["From"] = Address(_head(author), addr_spec=message.sender)
    mail["To"] = [Address(addr_spec=address) for address in message.to]
    if message.cc:
        mail["Cc"] = [Address(addr_spec=address) for address in message.cc]
    mail["Subject"] = _head(message.subject)
    mail["Date"] = message.at
    mail["Message-ID"] = message_id(message)
    if answered:
        mail["In-Reply-To"] = message_id(answered[-1])
        mail["References"] = " ".join(message_id(one) for one in answered[-_MOST_REFERENCES:])
    mail.set_content(message.body)
    return mail


def _head(text: str) -> str:
    # What begins like an encoded word would be read as one, with whatever line breaks it holds.
    return _line(text).replace("=?", "= ?")


def _line(text: str) -> str:
    return " ".join(text.split())
