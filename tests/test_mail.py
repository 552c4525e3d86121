"""Does what is sent arrive, once, at those it was for, whatever the mail server says or does not say?"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Message
from models.database import opened
from resolvers import mail, mail_queue
from resolvers.mail import SmtpTransport
from resolvers.mail_queue import MailQueue
from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import Json, deal, followers, head, nothing_happens, reasons
from tests.harness import Live, World, running
from tests.mail import MailServer, draft, message, send

PAULA, CLAIRE, IVAN = (f"{name}@meridian.example" for name in ("paula", "claire", "ivan"))


async def _enterprise_contract(world: World) -> dict[str, str]:
    ids = {
        name: await factories.contact(world.bob, name.title(), email=email)
        for name, email in (("paula", PAULA), ("claire", CLAIRE), ("ivan", IVAN))
    }
    ids["deal"] = await factories.opportunity(
        world.bob,
        contactId=ids["paula"],
        participants=[{"contactId": ids["claire"]}, {"contactId": ids["ivan"]}],
        subscriberIds=[world.carol.id],
    )
    return ids


def _suggested(row: list[Json]) -> list[tuple[str, str]]:
    return [(one["email"], one["reason"]) for one in row]


async def _outcome(live: Live) -> Json:
    """What the stream tells of a message once its last try is over."""
    item = await live.next()
    while item["event"]["kind"] not in {"MESSAGE_DELIVERED", "MESSAGE_FAILED"}:
        item = await live.next()
    return item


async def test_mail_goes_to_the_contact_with_the_participants_in_copy(
    mailing: World, smtp: MailServer
) -> None:
    """Show 1; rules 9 and 10."""
    bob, carol = mailing.bob, mailing.carol
    ids = await _enterprise_contract(mailing)
    first = await draft(bob, ids["deal"])
    assert _suggested(first["to"]) == [(PAULA, "CONTACT")]
    assert _suggested(first["cc"]) == [(CLAIRE, "PARTICIPANT"), (IVAN, "PARTICIPANT")]
    assert (first["subject"], first["warnings"]) == ("Enterprise contract", [])

    await bob.do("setContact", dealId=ids["deal"], contactId=ids["claire"])
    second = await draft(bob, ids["deal"])
    assert _suggested(second["to"]) == [(CLAIRE, "CONTACT")]
    assert _suggested(second["cc"]) == [(IVAN, "PARTICIPANT"), (PAULA, "PARTICIPANT")]
    assert second["key"] != first["key"]

    async with carol.follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
        await live.until("READY")
        sent = await send(bob, ids["deal"], draftKey=second["key"])
        heard = [await live.next(), await live.next()]
    assert [item["event"]["kind"] for item in heard] == ["MESSAGE_SENT", "MESSAGE_DELIVERED"]
    assert [item["event"]["actor"] and item["event"]["actor"]["id"] for item in heard] == [
        bob.id,
        None,
    ]
    [letter] = smtp.letters
    assert letter.recipients == [CLAIRE, IVAN, PAULA]
    assert {name: letter.mail[name] for name in ("From", "To", "Cc", "Subject")} == {
        "From": "Bob <bob@acme.example>",
        "To": CLAIRE,
        "Cc": f"{IVAN}, {PAULA}",
        "Subject": "Our offer",
    }
    assert letter.id == f"<{sent['id']}@acme.example>"
    assert letter.text == "Dear Paula,\n\nhere it is."
    assert (letter.mail["In-Reply-To"], letter.mail["References"]) == (None, None)
    assert await message(bob, sent["id"]) == {**sent, "status": "SENT"}
    assert followers(await deal(bob, ids["deal"])) == {bob.id: "CREATED", carol.id: "ADDED_BY"}


async def test_an_answer_stays_in_its_thread_for_mail_programs_too(
    mailing: World, smtp: MailServer
) -> None:
    """Rule 11. Of a message that came in we know no Message-ID: what we wrote before it is named."""
    ids = await _enterprise_contract(mailing)
    first = await send(mailing.bob, ids["deal"])
    payload = await mailing.bob.do(
        "recordContribution",
        "contribution { message { id threadId subject to } }",
        dealId=ids["deal"],
        contactId=ids["paula"],
        kind="MESSAGE",
        body="Too dear.",
        inReplyTo=first["id"],
    )
    came = payload["contribution"]["message"]
    assert came == {
        "id": came["id"],
        "threadId": first["id"],
        "subject": "Re: Our offer",
        "to": ["bob@acme.example"],
    }
    second = await send(mailing.bob, ids["deal"], inReplyTo=came["id"])
    third = await send(mailing.bob, ids["deal"], inReplyTo=second["id"])
    assert {second["threadId"], third["threadId"]} == {first["id"]}
    letters = {letter.id: letter.mail for letter in await smtp.taken(3)}
    one, two, three = (f"<{sent['id']}@acme.example>" for sent in (first, second, third))
    assert (letters[two]["In-Reply-To"], letters[two]["References"]) == (one, one)
    assert (letters[three]["In-Reply-To"], letters[three]["References"]) == (two, f"{one} {two}")


async def test_what_looks_like_a_header_or_is_in_other_letters_arrives_as_written(
    mailing: World, smtp: MailServer
) -> None:
    ids = await _enterprise_contract(mailing)
    subject = "Ängebot 日本 🎉 " + "long " * 40
    body = ".\n.. a line of a dot\nBcc: eve@globex.example\n" + "x" * 5_000 + "\nÄ日🎉\u2028"
    await send(mailing.bob, ids["deal"], subject=subject, body=body, to=[PAULA], cc=None)
    hidden = "a =?utf-8?q?b=0D=0ABcc:_eve=40globex.example?= c"
    await mailing.bob.do(
        "updateContact", id=ids["paula"], email="Paula+=a'b/c%{d}@meridian.example"
    )
    await send(mailing.bob, ids["deal"], subject=hidden)
    first, second = sorted(await smtp.taken(2), key=lambda letter: letter.id)
    assert (first.mail["Subject"], first.text) == (subject.strip(), body.strip())
    assert first.recipients == [PAULA]
    assert second.mail["Subject"] == hidden.replace("=?", "= ?")
    assert second.recipients == ["Paula+=a'b/c%{d}@meridian.example", CLAIRE, IVAN]
    assert second.mail["To"] == "Paula+=a'b/c%{d}@meridian.example"
    for letter in (first, second):
        assert set(letter.mail) <= {
            *("From", "To", "Cc", "Subject", "Date", "Message-ID"),
            *("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "X-Peer"),
        }


async def test_a_refusal_is_seen_and_can_be_tried_again(mailing: World, smtp: MailServer) -> None:
    """Rule 10: refused for good it is not tried by itself; a retry is the same mail."""
    ids = await _enterprise_contract(mailing)
    smtp.answers = ["554 5.7.1 we do not like it"]
    async with mailing.carol.follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
        await live.until("READY")
        sent = await send(mailing.bob, ids["deal"])
        assert (await _outcome(live))["event"]["kind"] == "MESSAGE_FAILED"
        everybody = [PAULA, CLAIRE, IVAN]
        failure = f"554 5.7.1 we do not like it: {', '.join(everybody)}"
        failed = {**sent, "status": "FAILED", "unreached": everybody, "failure": failure}
        assert await message(mailing.bob, sent["id"]) == failed
        payload = await mailing.carol.call("retryMessage", "message { status }", id=sent["id"])
        assert payload["message"] == {"status": "PENDING"}
        items = [await live.next(), await live.next()]
    assert [item["event"]["kind"] for item in items] == ["MESSAGE_SENT", "MESSAGE_DELIVERED"]
    assert items[0]["cursor"] == payload["cursor"]
    assert items[0]["event"]["actor"]["id"] == mailing.carol.id
    [letter] = smtp.letters
    assert (letter.id, letter.mail["From"]) == (
        f"<{sent['id']}@acme.example>",
        "Bob <bob@acme.example>",
    )
    assert await message(mailing.bob, sent["id"]) == {**sent, "status": "SENT"}


async def test_those_who_were_reached_are_not_written_to_again(
    mailing: World, smtp: MailServer
) -> None:
    ids = await _enterprise_contract(mailing)
    smtp.refusals = {CLAIRE: "550 no such user", IVAN: "551 moved"}
    async with mailing.carol.follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
        await live.until("READY")
        sent = await send(mailing.bob, ids["deal"])
        assert (await _outcome(live))["event"]["kind"] == "MESSAGE_FAILED"
        failed = await message(mailing.bob, sent["id"])
        assert failed == {
            **sent,
            "status": "FAILED",
            "unreached": [CLAIRE, IVAN],
            "failure": f"550 no such user: {CLAIRE}; 551 moved: {IVAN}",
        }
        del smtp.refusals[CLAIRE]
        await mailing.bob.call("retryMessage", id=sent["id"])
        await _outcome(live)
        assert (await message(mailing.bob, sent["id"]))["unreached"] == [IVAN]
    assert [letter.recipients for letter in smtp.letters] == [[PAULA], [CLAIRE]]
    # The head names everybody all the same.
    assert {letter.mail["Cc"] for letter in smtp.letters} == {f"{CLAIRE}, {IVAN}"}


async def test_a_passing_fault_is_tried_again_by_itself(
    mailing: World, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each a different one: the recipient, the mail, the connection. Nobody is told in between."""
    monkeypatch.setattr(mail_queue, "WAITS", (0, 0, 0))
    monkeypatch.setattr(mail_queue, "POLL", 0.01)
    ids = await _enterprise_contract(mailing)
    smtp.refusals = {PAULA: "450 grey list"}

    async def clear() -> str:
        smtp.refusals.clear()
        return "250 OK"

    smtp.answers = [clear, "421 going down", "451 try later"]
    async with mailing.carol.follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
        await live.until("READY")
        sent = await send(mailing.bob, ids["deal"], cc=[CLAIRE])
        kinds = [(await live.next())["event"]["kind"] for _ in range(2)]
    assert kinds == ["MESSAGE_SENT", "MESSAGE_DELIVERED"]
    assert [letter.recipients for letter in smtp.letters] == [[CLAIRE], [PAULA]]
    assert await message(mailing.bob, sent["id"]) == {**sent, "status": "SENT"}


async def test_after_so_many_tries_it_is_given_up(
    mailing: World, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_queue, "WAITS", (0, 0))
    monkeypatch.setattr(mail_queue, "POLL", 0.01)
    ids = await _enterprise_contract(mailing)
    smtp.answers = ["451 try later", "452 later", "450 much later"]
    async with mailing.carol.follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
        await live.until("READY")
        sent = await send(mailing.bob, ids["deal"], to=[PAULA], cc=[])
        item = await _outcome(live)
    assert item["event"]["kind"] == "MESSAGE_FAILED"
    assert (await message(mailing.bob, sent["id"]))["failure"] == f"450 much later: {PAULA}"
    assert (smtp.connections, smtp.letters) == (3, [])


async def test_the_next_try_waits_longer_each_time(world: World) -> None:
    """Nobody listens at the port: a fault of the server's, so a passing one."""
    ids = await _enterprise_contract(world)
    sent = await send(world.bob, ids["deal"])
    queue = MailQueue(SmtpTransport("smtp://127.0.0.1:1"))
    waits = []
    for _ in mail_queue.WAITS:
        before = datetime.now(UTC)
        await queue.empty()
        row = await Message.get(id=sent["id"])
        assert row.due_at is not None
        waits.append((row.due_at - before) // timedelta(seconds=29))
        await queue.empty()
        assert (await Message.get(id=sent["id"])).attempts == row.attempts
        await Message.filter(id=sent["id"]).update(due_at=datetime.now(UTC))
    assert waits == [wait // 29 for wait in mail_queue.WAITS]
    await queue.empty()
    failed = await message(world.bob, sent["id"])
    assert failed["status"] == "FAILED"
    assert "SMTPConnectError" in failed["failure"]


async def test_a_server_that_hangs_holds_up_neither_clients_nor_other_mail(
    mailing: World, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, goes_on = asyncio.Event(), asyncio.Event()

    async def hang() -> str:
        hangs.set()
        await goes_on.wait()
        return "250 OK"

    ids = await _enterprise_contract(mailing)
    smtp.answers = [hang]
    async with mailing.carol.follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
        await live.until("READY")
        slow = await send(mailing.bob, ids["deal"], subject="Slow")
        await hangs.wait()
        # It is in hand: no other queue takes it.
        assert await mail_queue.claim() is None
        await send(mailing.bob, ids["deal"], subject="Quick")
        await _outcome(live)
        assert [letter.mail["Subject"] for letter in smtp.letters] == ["Quick"]
        goes_on.set()
        await _outcome(live)
    assert (await message(mailing.bob, slow["id"]))["status"] == "SENT"


async def test_a_server_that_says_nothing_is_given_up_for_now(
    world: World, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a greeting, nor what it thinks of the mail."""
    ids = await _enterprise_contract(world)
    sent = await send(world.bob, ids["deal"])
    loop = asyncio.get_running_loop()
    silent = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)

    async def hang() -> str:
        return str(await loop.create_future())

    smtp.answers = [hang]
    silent_url = f"smtp://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    async with silent:
        for attempt, url, patience in (
            (1, silent_url, "_PATIENCE"),
            (2, smtp.url, "_PATIENCE_IN_ALL"),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(mail, patience, 0.2)
                await MailQueue(SmtpTransport(url)).empty()
            row = await Message.get(id=sent["id"])
            assert (row.status, row.attempts, row.claimed_until) == ("PENDING", attempt, None)
            assert row.failure is not None and "Timeout" in row.failure
            await Message.filter(id=sent["id"]).update(due_at=datetime.now(UTC))


async def test_several_queues_never_have_one_message_in_hand_at_once(
    world: World, smtp: MailServer
) -> None:
    ids = await _enterprise_contract(world)
    for number in range(12):
        await send(world.bob, ids["deal"], subject=f"No {number}")
    queues = [MailQueue(SmtpTransport(smtp.url)) for _ in range(3)]
    await asyncio.gather(*(queue.empty() for queue in queues))
    assert sorted(letter.mail["Subject"] for letter in smtp.letters) == sorted(
        f"No {number}" for number in range(12)
    )


async def test_one_key_is_one_mail(mailing: World, smtp: MailServer) -> None:
    """Rule 10, also when both are on their way at once."""
    ids = await _enterprise_contract(mailing)
    given: Json = {
        "dealId": ids["deal"],
        "subject": "Once",
        "body": "Once.",
        "draftKey": (await draft(mailing.bob, ids["deal"]))["key"],
        "idempotencyKey": "k",
    }
    both = await asyncio.gather(
        *(mailing.bob.do("sendMessage", "message { id }", **given) for _ in range(2))
    )
    await mailing.bob.do("setContact", dealId=ids["deal"], contactId=None)
    later = await mailing.bob.do("sendMessage", "message { id } deal { id }", **given)
    assert {payload["message"]["id"] for payload in (*both, later)} == {both[0]["message"]["id"]}
    assert later["deal"] == {"id": ids["deal"]}
    assert [payload["userErrors"] for payload in (*both, later)] == [[], [], []]
    await send(mailing.bob, ids["deal"], subject="Last", to=[PAULA], cc=[])
    letters = await smtp.taken(2)
    assert sorted(letter.mail["Subject"] for letter in letters) == ["Last", "Once"]


async def test_what_goes_its_way_or_is_there_is_not_sent_again(
    world: World, smtp: MailServer
) -> None:
    """Rule 30."""
    ids = await _enterprise_contract(world)
    sent = await send(world.bob, ids["deal"])
    for status in ("PENDING", "SENT"):
        async with nothing_happens(world.bob, ids["deal"]):
            payload = await world.bob.call("retryMessage", "message { status }", id=sent["id"])
        assert (payload["message"], payload["cursor"]) == ({"status": status}, None)
        await MailQueue(SmtpTransport(smtp.url)).empty()
    assert len(smtp.letters) == 1


async def test_without_a_mail_server_messages_go_to_the_log(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(database_url) as world:
        ids = await _enterprise_contract(world)
        sent = await send(world.bob, ids["deal"])
        await MailQueue(mail.transport("")).empty()
        assert (await message(world.bob, sent["id"]))["status"] == "SENT"
    [told] = [record.getMessage() for record in caplog.records if record.name == "dealcast.mail"]
    assert told.endswith(f"from bob@acme.example to {PAULA}, {CLAIRE}, {IVAN}: Our offer")


async def test_what_became_of_it_is_told_once_though_it_was_recorded_twice(world: World) -> None:
    """Whoever lost its claim meanwhile has no say any more, but for good news."""
    ids = await _enterprise_contract(world)
    sent = await send(world.bob, ids["deal"])
    slow = await mail_queue.claim()
    assert slow is not None
    await Message.filter(id=sent["id"]).update(claimed_until=datetime.now(UTC))
    quick = await mail_queue.claim()
    assert quick is not None
    refused: Any = {PAULA: mail.Refusal("550 no", is_passing=False)}
    async with nothing_happens(world.bob, ids["deal"]):
        await mail_queue.record(slow, refused)
    await mail_queue.record(slow, {})
    assert (await message(world.bob, sent["id"]))["status"] == "SENT"
    async with nothing_happens(world.bob, ids["deal"]):
        await mail_queue.record(quick, refused)
    assert (await message(world.bob, sent["id"]))["status"] == "SENT"
    assert await head(world.bob)
    assert reasons(await world.bob.call("retryMessage", id=sent["id"])) == []


async def test_a_server_that_goes_ends_what_is_under_way(
    database_url: str, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left in hand, and nothing more is taken in hand."""
    hangs, going = asyncio.Event(), asyncio.Event()
    stop = MailQueue.stop

    async def hang() -> str:
        hangs.set()
        await going.wait()
        return "250 OK"

    async def stop_and_tell(queue: MailQueue) -> None:
        going.set()
        await stop(queue)

    monkeypatch.setattr(MailQueue, "stop", stop_and_tell)
    smtp.answers = [hang]
    async with running(database_url, SMTP_URL=smtp.url) as world:
        sent = await send(world.bob, await factories.opportunity(world.bob), to=[PAULA], cc=[])
        await hangs.wait()
    assert len(smtp.letters) == 1
    async with opened(database_url):
        row = await Message.get(id=sent["id"])
        assert (row.status, row.claimed_until) == ("SENT", None)
