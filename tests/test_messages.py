"""To whom would a message go, and when is it refused (rules 9, 10 and 29)?"""

from typing import Any

import pytest

from models import Message
from models.enums import UserRole
from resolvers import mail_queue, people, recipients
from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import Json, nothing_happens, reasons
from tests.harness import Client, World
from tests.mail import draft, send

PAULA, CLAIRE = "paula@customer.example", "claire@customer.example"
GIVEN: Json = {"subject": "Our offer", "body": "Here it is.", "to": [PAULA], "cc": []}


def _addresses(found: Json) -> tuple[list[str], list[str]]:
    return [row["email"] for row in found["to"]], [row["email"] for row in found["cc"]]


async def _came_in(by: Client, deal: str, person: str, **given: Any) -> str:
    payload = await by.do(
        "recordContribution",
        "contribution { message { id } }",
        **{"dealId": deal, "contactId": person, "kind": "MESSAGE", "body": "Well?", **given},
    )
    assert payload["userErrors"] == []
    ident: str = payload["contribution"]["message"]["id"]
    return ident


async def test_a_draft_names_everybody_once_and_guesses_nothing(world: World) -> None:
    """Rule 9."""
    bob = world.bob
    deal = await factories.opportunity(bob, "Two\nlines")
    empty = await draft(world.dave, deal)
    assert _addresses(empty) == ([], [])
    assert (empty["subject"], empty["warnings"]) == ("Two lines", ["CONTACT_MISSING"])
    silent = await factories.contact(bob, "Silent")
    await bob.do("setContact", dealId=deal, contactId=silent)
    outside: dict[str, str | None] = {
        "Claire": CLAIRE,
        "Her assistant": CLAIRE.upper(),
        "Nowhere": None,
        # The address of a colleague: nobody inside becomes a recipient.
        "Carol, outside": "Carol@Acme.Example",
        "Ivan": "ivan@customer.example",
    }
    ids = {}
    for name, email in outside.items():
        ids[name] = await factories.contact(bob, name, email=email)
        await bob.do("addParticipants", dealId=deal, participants=[{"contactId": ids[name]}])
    found = await draft(bob, deal)
    assert _addresses(found) == ([], [CLAIRE, "ivan@customer.example"])
    assert found["warnings"] == ["CONTACT_HAS_NO_EMAIL", "PARTICIPANT_HAS_NO_EMAIL"]
    assert [row["contact"]["id"] for row in found["cc"]] == [ids["Claire"], ids["Ivan"]]
    await bob.do("updateContact", id=silent, email=CLAIRE.title())
    assert _addresses(await draft(bob, deal)) == ([CLAIRE.title()], ["ivan@customer.example"])


async def test_the_key_changes_just_when_to_or_cc_would(world: World) -> None:
    bob = world.bob
    paula = await factories.contact(bob, "Paula", email=PAULA)
    claire = await factories.contact(bob, "Claire", email=CLAIRE)
    deal = await factories.opportunity(bob, contactId=paula, participants=[{"contactId": claire}])
    other = await factories.opportunity(bob, contactId=paula, participants=[{"contactId": claire}])
    keys = [(await draft(bob, deal))["key"], (await draft(bob, other))["key"]]
    same: list[tuple[str, Json]] = [
        ("updateOpportunity", {"id": deal, "name": "Renamed"}),
        ("updateContact", {"id": paula, "phone": "1"}),
        ("updateParticipant", {"dealId": deal, "contactId": claire, "role": "CHAMPION"}),
        ("addSubscribers", {"dealId": deal, "userIds": [world.carol.id]}),
    ]
    for mutation, given in same:
        assert (await bob.do(mutation, **given))["userErrors"] == []
        assert (await draft(bob, deal))["key"] == keys[0], mutation
    differs: list[tuple[str, Json]] = [
        ("updateContact", {"id": paula, "email": "p.moreau@customer.example"}),
        ("setContact", {"dealId": deal, "contactId": claire}),
        ("removeParticipants", {"dealId": deal, "contactIds": [paula]}),
    ]
    for mutation, given in differs:
        assert (await bob.do(mutation, **given))["userErrors"] == []
        keys.append((await draft(bob, deal))["key"])
    came = await _came_in(bob, deal, claire)
    keys.append((await draft(bob, deal, came))["key"])
    assert len(set(keys)) == 6


async def test_an_answer_goes_to_all_and_to_who_wrote_it(world: World) -> None:
    """Rule 9: the contact stays in To; who wrote stands beside them, while they take part."""
    bob = world.bob
    paula = await factories.contact(bob, "Paula", email=PAULA)
    claire = await factories.contact(bob, "Claire", email=CLAIRE)
    ivan = await factories.contact(bob, "Ivan", email="ivan@customer.example")
    others = [{"contactId": claire}, {"contactId": ivan}]
    deal = await factories.opportunity(bob, contactId=paula, participants=others)
    sent = await send(bob, deal, subject="RE: Our offer")
    from_paula = await _came_in(bob, deal, paula, subject="Question")
    from_claire = await _came_in(bob, deal, claire, inReplyTo=sent["id"])
    nameless = await _came_in(bob, deal, ivan)
    everybody = ([PAULA], [CLAIRE, "ivan@customer.example"])
    for parent, subject, to_and_cc in (
        (sent["id"], "RE: Our offer", everybody),
        (from_paula, "Re: Question", everybody),
        (from_claire, "RE: Our offer", ([PAULA, CLAIRE], ["ivan@customer.example"])),
        (nameless, "Re: Enterprise contract", ([PAULA, "ivan@customer.example"], [CLAIRE])),
    ):
        found = await draft(bob, deal, parent)
        assert (found["subject"], _addresses(found)) == (subject, to_and_cc)
    await bob.do("removeParticipants", dealId=deal, contactIds=[claire])
    assert _addresses(await draft(bob, deal, from_claire)) == (
        [PAULA],
        ["ivan@customer.example"],
    )
    # The longest subject can still be answered.
    long = await send(bob, deal, subject="x" * 250)
    again = (await draft(bob, deal, long["id"]))["subject"]
    assert (await send(bob, deal, subject=again, inReplyTo=long["id"]))["subject"] == (
        "Re: " + "x" * 246
    )


async def test_there_is_no_draft_of_what_cannot_be_answered(world: World) -> None:
    deal, other = [await factories.opportunity(world.bob) for _ in range(2)]
    sent = await send(world.bob, other, to=[PAULA], cc=[])
    query = "query ($d: ID!, $m: ID) { messageDraft(dealId: $d, inReplyTo: $m) { key } }"
    for ident in (sent["id"], "message_" + 26 * "0", deal):
        assert await world.bob.ask(query, d=deal, m=ident) == {"messageDraft": None}
    for given in ({"d": deal, "m": ""}, {"d": "nonsense", "m": None}):
        answer = await world.bob.answer(query, **given)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["INVALID"]


async def test_nobodys_mail_goes_to_others_than_they_saw(world: World) -> None:
    """Rule 10: with a draft that has passed nothing is sent, and the deal is shown as it stands."""
    bob = world.bob
    paula = await factories.contact(bob, "Paula", email=PAULA)
    claire = await factories.contact(bob, "Claire", email=CLAIRE)
    deal = await factories.opportunity(bob, contactId=paula)
    key = (await draft(bob, deal))["key"]
    await world.carol.do("setContact", dealId=deal, contactId=claire)
    written: Json = {"dealId": deal, "subject": "Secret", "body": "Your discount."}
    async with nothing_happens(bob, deal):
        named: list[Json] = [{}, {"cc": []}, {"to": [PAULA]}, {"to": [PAULA], "cc": []}]
        for given in named:
            payload = await bob.do(
                "sendMessage",
                "message { id } deal { contact { id } }",
                **written,
                **given,
                draftKey=key,
            )
            assert reasons(payload) == [("CONFLICT", "draftKey")]
            assert (payload["message"], payload["deal"]) == (None, {"contact": {"id": claire}})
        for given in [*named[:-1], {"draftKey": None, "cc": None}]:
            payload = await bob.do("sendMessage", **written, **given)
            assert reasons(payload) == [("INVALID", "draftKey")], given
    assert not await Message.all().exists()
    fresh = (await draft(bob, deal))["key"]
    sent = [
        await send(bob, deal, **given)
        for given in ({"draftKey": fresh}, {"draftKey": fresh, "cc": None}, {"to": ["x@y.example"]})
    ]
    assert [(row["to"], row["cc"]) for row in sent] == [
        ([CLAIRE], [PAULA]),
        ([CLAIRE], []),
        (["x@y.example"], [PAULA]),
    ]


async def test_each_address_is_written_to_once(world: World) -> None:
    deal = await factories.opportunity(world.bob)
    to = [PAULA, " " + PAULA.upper() + "\n", CLAIRE]
    sent = await send(world.bob, deal, to=to, cc=[CLAIRE.title(), "X@y.example", "x@Y.example"])
    assert (sent["to"], sent["cc"]) == ([PAULA, CLAIRE], ["X@y.example"])


async def test_what_is_no_message_or_goes_to_nobody_outside_is_refused(world: World) -> None:
    """Nothing is sent, and nothing is announced."""
    former = await world.invite("former", UserRole.MEMBER)
    await world.alice.call("deactivateUser", id=former.id)
    paula = await factories.contact(world.bob, "Paula", email=PAULA)
    deal = await factories.opportunity(world.bob, contactId=paula)
    bad = [
        *("", " ", "paula", "@customer.example", "paula@", "a@b", "a b@customer.example"),
        *("Paula <paula@customer.example>", "a@b.example,c@d.example", "a@b.example\nBcc: e@f.example"),
        *("a@b.example\r\nDATA", "a..b@customer.example", "=?utf-8?q?a?=@customer.example", "a\0@b.example"),
        *("é@customer.example", "a@b..example", "x" * 250 + "@b.example", '"a b"@customer.example'),
    ]  # fmt: skip
    inside = ["carol@acme.example", "CAROL@Acme.Example", "former@acme.example", "bob@acme.example"]
    refused: list[tuple[str, str, Json]] = [
        *(("INVALID", "to.1", {"to": [PAULA, address]}) for address in (*bad, *inside)),
        *(("INVALID", "cc.0", {"cc": [address, PAULA]}) for address in (*bad, *inside)),
        ("INVALID", "to", {"to": []}),
        ("INVALID", "to", {"to": None}),
        ("LIMIT_REACHED", "to", {"to": [f"p{n}@customer.example" for n in range(10_000)]}),
        ("LIMIT_REACHED", "cc", {"cc": [f"p{n}@customer.example" for n in range(250)]}),
        *(
            ("INVALID", "subject", {"subject": subject})
            for subject in (
                *("", "  ", "x" * 251, "Hi\nBcc: eve@globex.example", "Hi\r\n\r\nText"),
                *("Hi\u2028there", "Hi\x85there", "Hi\tthere", "Hi\0"),
            )
        ),
        *(("INVALID", "body", {"body": body}) for body in ("", "\n", "x" * 100_001, "\0", "a\x1b")),
        ("INVALID", "idempotencyKey", {"idempotencyKey": "x" * 201}),
    ]
    async with world.carol.follow(FOLLOW_DEAL, dealId=deal) as live:
        await live.until("READY")
        async with nothing_happens(world.bob, deal):
            for code, field, given in refused:
                payload = await world.bob.do("sendMessage", dealId=deal, **{**GIVEN, **given})
                assert reasons(payload) == [(code, field)], given
            huge = await world.bob.post(
                {
                    "query": "mutation ($i: SendMessageInput!) { sendMessage(input: $i) { cursor } }",
                    "variables": {"i": {**GIVEN, "dealId": deal, "body": "x" * 10_000_000}},
                }
            )
            assert huge.status_code == 413
            assert huge.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        sent = await send(world.bob, deal, **{**GIVEN, "body": "x" * 100_000 + "\r\n"})
        item = await live.next()
    assert (item["event"]["kind"], item["event"]["message"]["id"]) == ("MESSAGE_SENT", sent["id"])
    assert await Message.all().count() == 1


async def test_a_draft_without_anybody_cannot_be_sent(world: World) -> None:
    deal = await factories.opportunity(world.bob)
    given = {**GIVEN, "draftKey": (await draft(world.bob, deal))["key"]}
    del given["to"]
    async with nothing_happens(world.bob, deal):
        assert reasons(await world.bob.do("sendMessage", dealId=deal, **given)) == [
            ("INVALID", "to")
        ]


async def test_a_message_of_another_deal_is_not_answered(world: World) -> None:
    deal, other = [await factories.opportunity(world.bob) for _ in range(2)]
    paula = await factories.contact(world.bob, "Paula", email=PAULA)
    await world.bob.do("setContact", dealId=deal, contactId=paula)
    sent = await send(world.bob, other, to=[PAULA], cc=[])
    came: Json = {"dealId": deal, "contactId": paula, "kind": "MESSAGE", "body": "Well?"}
    async with nothing_happens(world.bob, deal, other):
        for mutation, given in (
            ("sendMessage", {**GIVEN, "dealId": deal}),
            ("recordContribution", came),
        ):
            payload = await world.bob.do(mutation, **given, inReplyTo=sent["id"])
            assert reasons(payload) == [("NOT_FOUND", "inReplyTo")]


async def test_what_came_in_is_not_sent(world: World) -> None:
    paula = await factories.contact(world.bob, "Paula", email=PAULA)
    deal = await factories.opportunity(world.bob, contactId=paula)
    came = await _came_in(world.bob, deal, paula)
    async with nothing_happens(world.bob, deal):
        payload = await world.bob.call("retryMessage", id=came)
        assert reasons(payload) == [("INVALID", "id")]
        assert await mail_queue.claim() is None


async def test_a_deal_with_as_many_people_as_it_can_have_can_be_written_from(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert recipients.MOST_RECIPIENTS > people.MOST_PARTICIPANTS
    monkeypatch.setattr(recipients, "MOST_RECIPIENTS", 2)
    deal = await factories.opportunity(world.bob)
    async with nothing_happens(world.bob, deal):
        given = {**GIVEN, "to": [PAULA], "cc": [CLAIRE, "x@y.example"]}
        payload = await world.bob.do("sendMessage", dealId=deal, **given)
        assert reasons(payload) == [("LIMIT_REACHED", "cc")]
