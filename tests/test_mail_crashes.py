"""What becomes of a message when the process that sends it is killed, at each step? It arrives (show 4)."""

import signal
from contextlib import suppress
from datetime import UTC, datetime

import httpx
import pytest

from models import Message
from resolvers import mail_queue
from resolvers.mail import SmtpTransport
from resolvers.mail_queue import MailQueue
from tests import factories
from tests.dying_server import STEPS
from tests.evidence import Json, events, head
from tests.harness import Client, World, running
from tests.http_clients import http_client
from tests.mail import MailServer
from tests.processes import Process, process

# How often the mail arrives: twice only where nobody could know that it had arrived before.
ARRIVES = {
    "asked": 1,
    "accepted": 1,
    "claimed": 1,
    "handed over": 2,
    "answered": 2,
    "recorded": 1,
}
GIVEN: Json = {
    "subject": "Our offer",
    "body": "Here it is.",
    "to": ["paula@meridian.example"],
    "cc": [],
    "idempotencyKey": "one mail",
}


async def _die_sending(
    world: World, dying: Process, smtp: MailServer, deal: str, step: str
) -> None:
    async def kill() -> str:
        dying.die()  # before it can hear the answer
        return "250 OK"

    smtp.answers = [kill if step == "handed over" else "250 OK"]
    async with http_client(dying.url) as http:
        bob = Client(World(dying.url, http, world.tokens), world.bob.token, world.bob.id)
        with suppress(httpx.TransportError):
            await bob.do("sendMessage", dealId=deal, **GIVEN)
        assert await dying.wait() == -signal.SIGKILL
    smtp.answers = []


@pytest.mark.parametrize("step", STEPS)
async def test_a_killed_process_loses_no_mail_and_doubles_none_silently(
    shared_database: str, smtp: MailServer, step: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(shared_database) as world:
        deal = await factories.opportunity(world.bob)
        since = await head(world.bob)
        program = ("-m", "tests.dying_server", step)
        environ = {"DATABASE_URL": shared_database, "SMTP_URL": smtp.url}
        async with process(program=program, **environ) as dying:
            await _die_sending(world, dying, smtp, deal, step)

        # The client, which may have heard no answer, asks again; another process goes on.
        again = await world.bob.do("sendMessage", "message { id }", dealId=deal, **GIVEN)
        assert again["userErrors"] == []
        survivor = MailQueue(SmtpTransport(smtp.url))
        was_in_hand = step in {"claimed", "handed over", "answered"}
        if was_in_hand:
            assert await mail_queue.claim() is None
            await Message.all().update(claimed_until=datetime.now(UTC))
        await survivor.empty()

        [message] = await Message.all()
        assert (message.id, message.status) == (again["message"]["id"], "SENT")
        ids = [letter.id for letter in smtp.letters]
        assert ids == [f"<{message.id}@acme.example>"] * ARRIVES[step]
        # Never silently: whoever reads the log knows which mail may have come twice.
        warned = [one.args for one in caplog.records if one.msg.endswith("sent again")]
        assert warned == ([(message.id,)] if was_in_hand else [])
        told = [event["kind"] for event in await events(world.bob, deal, since)]
        assert told == ["MESSAGE_SENT", "MESSAGE_DELIVERED"]


async def test_a_message_that_kills_every_process_is_given_up(
    world: World, smtp: MailServer
) -> None:
    """Each try counts from its claim on, so that one poisonous message does not go on for ever."""
    deal = await factories.opportunity(world.bob)
    await world.bob.do("sendMessage", dealId=deal, **GIVEN)
    for _ in range(len(mail_queue.WAITS) + 1):
        assert await mail_queue.claim() is not None
        await Message.all().update(claimed_until=datetime.now(UTC))
    await MailQueue(SmtpTransport(smtp.url)).empty()
    [message] = await Message.all()
    assert (message.status, smtp.letters) == ("FAILED", [])
    assert message.failure is not None
    assert message.failure.startswith("the server stopped in the middle of every try")
