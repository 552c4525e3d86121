"""What do comments say, to whom, and what remains of them (rules 13, 21, 26 and 31)?"""

import asyncio
from typing import Any

import pytest
from tortoise.connection import get_connection

from models.enums import UserRole
from tests import factories
from tests.documents import FOLLOW_ALL
from tests.evidence import Json, deal, events, followers, head, nothing_happens, reasons, told
from tests.harness import Client, World
from tests.lists import COMMENTS

_FIELDS = "id body author { id } mentions { id } createdAt editedAt deal { id }"
_COMMENT = f"comment {{ {_FIELDS} }}"
_READ = f"query ($id: ID!) {{ node(id: $id) {{ ... on Comment {{ {_FIELDS} }} }} }}"


async def _add(by: Client, deal_id: str, body: str = "Well done", **given: Any) -> Json:
    return await by.do(
        "addComment", f"{_COMMENT} deal {{ id }}", dealId=deal_id, body=body, **given
    )


async def test_a_comment_says_who_said_what_and_names_whom(world: World) -> None:
    ident = await factories.opportunity(world.bob)
    before, since = await deal(world.bob, ident), await head(world.bob)
    mentions = [world.dave.id, world.carol.id]
    payload = await _add(world.alice, ident, "  See the\r\nnew offer ", mentionIds=mentions)
    comment = payload["comment"]
    assert (payload["userErrors"], payload["deal"]) == ([], {"id": ident})
    assert comment["body"] == "See the\nnew offer"
    assert (comment["author"]["id"], comment["deal"]["id"]) == (world.alice.id, ident)
    assert [user["id"] for user in comment["mentions"]] == [world.carol.id, world.dave.id]
    assert comment["editedAt"] is None
    assert (await world.dave.ask(_READ, id=comment["id"]))["node"] == comment
    [event] = await events(world.bob, ident, since)
    assert (event["kind"], event["important"]) == ("COMMENTED", False)
    after = await deal(world.bob, ident)
    # Rule 28.
    assert (after["version"], after["revision"]) == (before["version"], before["revision"] + 1)


async def test_commenting_follows_and_so_does_being_mentioned_in_the_same_event(
    world: World,
) -> None:
    """Rule 13: one's own unfollow sticks; a removal by others does not."""
    ident = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    since = await head(world.bob)
    await _add(world.alice, ident, mentionIds=[world.carol.id, world.dave.id])
    [event] = await events(world.bob, ident, since)
    assert told(event) == [
        ("SUBSCRIBER", None, world.alice.id),
        ("SUBSCRIBER", None, world.dave.id),
    ]
    assert followers(await deal(world.bob, ident)) == {
        world.bob.id: "CREATED",
        world.carol.id: "ADDED_BY",
        world.alice.id: "COMMENTED",
        world.dave.id: "MENTIONED",
    }
    await world.alice.call("unsubscribe", dealId=ident)
    await world.bob.do("removeSubscribers", dealId=ident, userIds=[world.dave.id])
    since = await head(world.bob)
    await _add(world.alice, ident, "Again", mentionIds=[world.dave.id])
    [event] = await events(world.bob, ident, since)
    assert told(event) == [("SUBSCRIBER", None, world.dave.id)]
    assert world.alice.id not in followers(await deal(world.bob, ident))


_EVENT_COMMENT = "event { ...E }"
_FOLLOW_COMMENTS = FOLLOW_ALL.replace(_EVENT_COMMENT, "event { ...E comment { id body } }")


async def test_followers_read_the_comment_in_its_event_until_it_is_deleted(world: World) -> None:
    ident = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    since = await head(world.carol)
    async with world.carol.follow(_FOLLOW_COMMENTS) as live:
        await live.until("READY")
        comment = (await _add(world.bob, ident, "First"))["comment"]["id"]
        assert (await live.next())["event"]["comment"] == {"id": comment, "body": "First"}
        await world.bob.do("editComment", id=comment, body="Second")
        item = await live.next()
        assert item["event"]["kind"] == "COMMENT_EDITED"
        assert item["event"]["comment"] == {"id": comment, "body": "Second"}
        gone = await world.bob.call("deleteComment", "deal { id }", id=comment)
        assert gone["deal"] == {"id": ident}
        item = await live.next()
        assert (item["cursor"], item["event"]["kind"]) == (gone["cursor"], "COMMENT_DELETED")
        assert item["event"]["comment"] is None
    async with world.carol.follow(_FOLLOW_COMMENTS, after=since) as live:
        items = (await live.until("READY"))[:-1]
    assert [item["event"]["comment"] for item in items] == [None] * 3
    assert (await world.carol.ask(_READ, id=comment))["node"] is None


async def test_a_deleted_comments_text_is_nowhere(world: World) -> None:
    """Rule 31: not in the log, nor anywhere else in the database."""
    ident = await factories.opportunity(world.bob)
    secrets = ("Unrepeatable", "Unspeakable")
    comment = (await _add(world.bob, ident, secrets[0], idempotencyKey="k"))["comment"]["id"]
    await world.bob.do("editComment", id=comment, body=secrets[1])

    async def everything() -> str:
        tables = ("events", "comments", "mentions", "idempotency_keys", "deals", "notifications")
        reads = get_connection("reads")
        rows = [await reads.execute_query_dict(f"SELECT * FROM {table}") for table in tables]  # noqa: S608  our own names
        return str(rows)

    assert secrets[1] in await everything()
    await world.bob.call("deleteComment", id=comment)
    stored = await everything()
    assert not any(secret in stored for secret in secrets)
    # The retry of what was since deleted finds that it was done, and nothing to show.
    again = await _add(world.bob, ident, secrets[0], idempotencyKey="k")
    assert (again["userErrors"], again["comment"], again["deal"]) == ([], None, {"id": ident})
    assert again["cursor"] is not None


async def test_a_comment_is_edited_by_its_author_and_deleted_by_an_admin_too(world: World) -> None:
    """Rule 26."""
    ident = await factories.opportunity(world.bob)
    comment = (await _add(world.carol, ident))["comment"]["id"]
    async with nothing_happens(world.bob, ident):
        for by in (world.alice, world.bob, world.dave):
            payload = await by.do("editComment", _COMMENT, id=comment, body="Mine")
            assert (reasons(payload), payload["comment"]) == ([("FORBIDDEN", None)], None)
        for by in (world.bob, world.dave):
            assert reasons(await by.call("deleteComment", id=comment)) == [("FORBIDDEN", None)]
        assert reasons(await _add(world.dave, ident)) == [("FORBIDDEN", None)]
        # What stands already is no event.
        same = await world.carol.do("editComment", _COMMENT, id=comment, body="Well done")
        assert (same["userErrors"], same["cursor"]) == ([], None)
        assert same["comment"]["editedAt"] is None
    edited = await world.carol.do("editComment", _COMMENT, id=comment, body="Better")
    assert edited["comment"]["body"] == "Better" and edited["comment"]["editedAt"] is not None
    assert (await world.alice.call("deleteComment", id=comment))["userErrors"] == []
    for by in (world.carol, world.alice):
        assert reasons(await by.call("deleteComment", id=comment)) == [("NOT_FOUND", "id")]


async def test_who_may_be_mentioned(world: World) -> None:
    """Rule 21: refused with their names, or the index; editing looks at the newly mentioned alone."""
    sam = await world.invite("sam", UserRole.MEMBER)
    former = await world.invite("former", UserRole.MEMBER)
    ident = await factories.opportunity(
        world.bob, visibility="RESTRICTED", sharedWithIds=[world.carol.id, former.id]
    )
    payload = await _add(world.bob, ident, mentionIds=[world.carol.id, former.id])
    comment = payload["comment"]["id"]
    await world.alice.call("deactivateUser", id=former.id)
    bad: list[tuple[list[str], tuple[str, str]]] = [
        ([world.carol.id, world.bob.id], ("INVALID", "mentionIds.1")),
        ([world.carol.id, world.carol.id], ("INVALID", "mentionIds.1")),
        ([world.carol.id, sam.id], ("NO_SIGHT", "mentionIds.1")),
        ([world.eve.id], ("NOT_FOUND", "mentionIds.0")),
        (["user_" + "0" * 26], ("NOT_FOUND", "mentionIds.0")),
        ([ident], ("NOT_FOUND", "mentionIds.0")),
        (["Carol"], ("INVALID", "mentionIds.0")),
    ]
    async with nothing_happens(world.bob, ident):
        for ids, reason in bad:
            added = await _add(world.bob, ident, mentionIds=ids)
            edited = await world.bob.do("editComment", id=comment, body="Next", mentionIds=ids)
            assert reasons(added) == reasons(edited) == [reason], ids
        assert (
            "Sam" in (await _add(world.bob, ident, mentionIds=[sam.id]))["userErrors"][0]["message"]
        )
        inactive = await _add(world.bob, ident, mentionIds=[former.id])
        assert reasons(inactive) == [("INVALID", "mentionIds.0")]
    ids = [former.id, world.alice.id]
    edited = await world.bob.do("editComment", _COMMENT, id=comment, body="Next", mentionIds=ids)
    assert {user["id"] for user in edited["comment"]["mentions"]} == set(ids)
    kept = await world.bob.do("editComment", _COMMENT, id=comment, body="Kept")
    assert {user["id"] for user in kept["comment"]["mentions"]} == set(ids)
    cleared = await world.bob.do("editComment", _COMMENT, id=comment, body="K", mentionIds=None)
    assert cleared["comment"]["mentions"] == []


async def test_a_body_says_something_plain_and_bearable(world: World) -> None:
    ident = await factories.opportunity(world.bob)
    comment = (await _add(world.bob, ident, "<b>\n\t" + "x" * 9_000))["comment"]
    assert comment["body"].startswith("<b>\n\tx")
    async with nothing_happens(world.bob, ident):
        for body in ("", " \n ", "x" * 10_001, "a\0b", "a\x07b", "\x1b[31mred"):
            added = await _add(world.bob, ident, body)
            edited = await world.bob.do("editComment", id=comment["id"], body=body)
            assert reasons(added) == reasons(edited) == [("INVALID", "body")], body[:9]


async def test_comments_are_listed_newest_first_for_whoever_sees_the_deal(world: World) -> None:
    ident = await factories.opportunity(world.bob)
    made = [(await _add(world.bob, ident, f"{n}"))["comment"]["id"] for n in range(5)]
    rows = await COMMENTS.walk(world.dave, 2, id=ident)
    assert [row["id"] for row in rows] == made[::-1]
    await world.bob.do("updateOpportunity", id=ident, visibility="RESTRICTED")
    node = "query ($id: ID!) { node(id: $id) { id } }"
    for by in (world.dave, world.eve):
        assert (await by.ask(node, id=made[0]))["node"] is None
        payload = await by.do("editComment", id=made[0], body="Mine")
        assert reasons(payload) == [("NOT_FOUND", "id")]
        assert reasons(await by.call("deleteComment", id=made[0])) == [("NOT_FOUND", "id")]


async def test_a_retried_comment_is_written_once(world: World) -> None:
    """Rule 30: the key is looked up, and sight asked again."""
    ident = await factories.opportunity(
        world.bob, visibility="RESTRICTED", sharedWithIds=[world.carol.id]
    )
    asked: Json = {"idempotencyKey": "k", "mentionIds": [world.bob.id]}
    both = await asyncio.gather(*(_add(world.carol, ident, **asked) for _ in range(2)))
    assert both[0] == both[1]
    assert (await COMMENTS.page(world.bob, id=ident))["totalCount"] == 1
    other = await _add(world.carol, ident, "Another", **asked)
    assert reasons(other) == [("KEY_REUSED", "idempotencyKey")]
    await world.bob.do("unshareDeal", dealId=ident, userIds=[world.carol.id])
    assert reasons(await _add(world.carol, ident, **asked)) == [("NOT_FOUND", "dealId")]


@pytest.mark.parametrize("late", ["editComment", "deleteComment"])
async def test_of_two_at_once_the_later_finds_it_deleted(world: World, late: str) -> None:
    ident = await factories.opportunity(world.bob)
    comment = (await _add(world.bob, ident))["comment"]["id"]
    edit = {"id": comment, "body": "Late"}
    payloads = await asyncio.gather(
        world.bob.call("deleteComment", id=comment),
        world.bob.do("editComment", **edit)
        if late == "editComment"
        else world.alice.call("deleteComment", id=comment),
    )
    assert (await COMMENTS.page(world.bob, id=ident))["totalCount"] == 0
    refusals = [reasons(payload) for payload in payloads if payload["userErrors"]]
    assert refusals in ([], [[("NOT_FOUND", "id")]])
    if late == "deleteComment":
        assert len(refusals) == 1
