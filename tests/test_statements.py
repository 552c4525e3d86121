"""How much does the database do for a client, however long the list and however many the followers?"""

import re
from contextlib import AsyncExitStack
from typing import Any

from models.enums import UserRole
from tests import factories
from tests.documents import DEAL, FOLLOW_ALL, FOLLOW_NOTIFICATIONS, FOLLOW_OWN
from tests.harness import Client, Live, World
from tests.statements import statements

RICH = f"""
query ($first: Int) {{
  cursor
  opportunities(first: $first) {{
    totalCount cursor
    nodes {{
      ...D viewerSubscription {{ level reason }}
      subscribersPage(first: 2) {{ totalCount nodes {{ user {{ fullName }} }} }}
      contact {{ deals(first: 2) {{ totalCount nodes {{ name owner {{ fullName }} }} }} }}
      pipeline {{ name stages {{ name }} }}
    }}
  }}
}}{DEAL}"""
# By itself: people whom two parts of a document lead to are loaded in one batch or in two, as the databases'
# answers happen to come.
TIMELINES = """
query ($first: Int) {
  opportunities(first: $first) { nodes {
    timeline(first: 2) {
      totalCount
      nodes { kind actor { fullName } changes { field afterNode { id ... on User { fullName } } } }
    }
  } }
}"""
FOLLOWED = f"""
query ($first: Int) {{
  viewer {{ organisation {{ name }} followedDeals(first: $first) {{ totalCount nodes {{ ...D }} }} }}
}}{DEAL}"""
PEOPLE = f"""
query ($first: Int) {{
  contacts(first: $first) {{
    totalCount
    nodes {{
      fullName all: deals(first: 3) {{ totalCount nodes {{ ...D }} }}
      own: deals(role: CONTACT) {{ totalCount edges {{ cursor node {{ name }} }} }}
    }}
  }}
}}{DEAL}"""


async def _make_deals(world: World) -> None:
    """Thirty deals of each kind and as many people, each deal with everybody that can stand on one."""
    people = [await factories.contact(world.bob, f"Person {number:02}") for number in range(30)]
    # What is asked for at two moments is loaded twice, unless it is known by then: so that this does not
    # depend on the number of rows or on what comes first, the few who take part are none of the
    # thirty, and whoever follows is shared with, too.
    advisers = [await factories.contact(world.bob, f"Z adviser {number}") for number in range(2)]
    others = [world.alice.id, world.dave.id]
    for number in range(30):
        given: dict[str, Any] = {
            "contactId": people[number],
            "participants": [{"contactId": adviser} for adviser in advisers],
            "sharedWithIds": others,
            "subscriberIds": others,
        }
        await factories.opportunity(world.bob, **given)
        await factories.lead(world.bob, **given)


async def test_a_rich_list_costs_the_same_whatever_its_length(world: World) -> None:
    await _make_deals(world)
    for query, expected in ((RICH, 20), (TIMELINES, 7), (FOLLOWED, 14), (PEOPLE, 20)):
        for first in (3, 30):
            with statements() as said:
                data = await world.bob.ask(query, first=first)
            assert len(said) == expected, (query, first)
            # It is as rich as it looks.
            assert str(data).count("fullName") > first


CONVERSATION = """
query ($first: Int) { opportunities(first: $first) { nodes {
  contactContributionCount contactLastContributionAt
  otherParticipants { contributionCount lastContributionAt }
  messages(first: 1) { totalCount nodes { subject body } }
  contributions(first: 2) { totalCount nodes {
    body contact { fullName } recordedBy { fullName } message { subject deal { name } }
  } }
} } }"""


async def test_a_conversation_costs_the_same_however_many_deals_have_one(world: World) -> None:
    people = [await factories.contact(world.bob, name) for name in ("Paula", "Claire")]
    for number in range(8):
        deal = await factories.opportunity(
            world.bob,
            f"No {number}",
            contactId=people[0],
            participants=[{"contactId": people[1]}],
        )
        for person in people:
            given = {"dealId": deal, "contactId": person, "kind": "MESSAGE", "body": "Hi"}
            assert (await world.bob.do("recordContribution", **given))["userErrors"] == []
    for first in (2, 8):
        with statements() as said:
            data = await world.bob.ask(CONVERSATION, first=first)
        assert len(said) == 12, first
        assert str(data).count("'Paula'") == first


# How often the log is looked at depends on when it is woken.
_OF_THE_LOG = re.compile('SET|SELECT .* FROM "?event(s|_heads)')


async def _delivery(world: World, deal: str, who: list[Client]) -> list[str]:
    """The statements of a change that everybody of these hears of live."""
    async with AsyncExitStack() as stack:
        lives = [await stack.enter_async_context(client.follow(FOLLOW_ALL)) for client in who]
        for live in lives:
            await live.until("READY")
        # After a first one all streams have joined and all connections are there.
        await world.bob.do("updateOpportunity", id=deal, name="First")
        for live in lives:
            await live.next()
        with statements() as said:
            payload = await world.bob.do("updateOpportunity", id=deal, name="Next")
            items = [await live.next() for live in lives]
        assert all(item == items[0] for item in items)
        assert {item["cursor"] for item in items} <= {payload["cursor"]}
    return [one for one in said if not _OF_THE_LOG.match(one)]


async def test_a_change_is_read_once_however_many_follow(world: World) -> None:
    """Design: identical operations are executed once an event."""
    followers = [await world.invite(f"f{number}", UserRole.MEMBER) for number in range(20)]
    deal = await factories.opportunity(
        world.bob, "0", subscriberIds=[follower.id for follower in followers]
    )
    await world.bob.do("setContact", dealId=deal, contactId=await factories.contact(world.bob))
    alone = await _delivery(world, deal, [])
    one = await _delivery(world, deal, followers[:1])
    twenty = await _delivery(world, deal, followers)
    # The deal, and a statement for each kind of what is selected of it; the owner is a user loaded first.
    assert len(one) - len(alone) == 10
    assert len(twenty) == len(one)


async def _pushes(world: World, deal: str, who: list[Client]) -> tuple[list[str], list[str]]:
    """The statements that write, and those that read, for a change that notifies everybody of these."""
    async with AsyncExitStack() as stack:
        lives = [
            await stack.enter_async_context(client.follow(FOLLOW_NOTIFICATIONS)) for client in who
        ]
        for live in lives:
            await live.until("READY")
        await world.bob.do("updateOpportunity", id=deal, name="First")
        for live in lives:
            await live.next()
        with statements() as said:
            await world.bob.do("updateOpportunity", id=deal, name="Next")
            items = [await live.next() for live in lives]
    assert {item["notification"]["groupUnreadCount"] for item in items} == {3}
    said = [one for one in said if not _OF_THE_LOG.match(one)]
    writes = [one for one in said if re.match(r"\s*(INSERT|UPDATE)", one)]
    return writes, [one for one in said if one not in writes]


async def test_a_thousand_inboxes_are_no_thousand_statements(world: World) -> None:
    """Neither to write the notifications, nor to push them with their counts."""
    followers = [await world.invite(f"f{number}", UserRole.MEMBER) for number in range(20)]
    few, many = [
        await factories.opportunity(world.bob, subscriberIds=[one.id for one in some])
        for some in (followers[:1], followers)
    ]
    one = await _pushes(world, few, followers[:1])
    twenty = await _pushes(world, many, followers)
    assert [len(said) for said in one] == [len(said) for said in twenty]
    [written] = [said for said in one[0] if "INSERT INTO notifications" in said]
    assert written.count("INSERT") == 1


async def test_viewers_and_editors_are_two_groups(world: World) -> None:
    """What many viewers share, the right to edit, is part of the group's key."""
    deal = await factories.opportunity(
        world.bob, subscriberIds=[world.carol.id, world.dave.id, world.alice.id]
    )
    who = [world.carol, world.dave, world.alice]
    async with AsyncExitStack() as stack:
        lives = [await stack.enter_async_context(client.follow(FOLLOW_ALL)) for client in who]
        for live in lives:
            await live.until("READY")
        await world.bob.do("updateOpportunity", id=deal, name="Next")
        items = [await live.next() for live in lives]
    assert [item["deal"].pop("viewerCanEdit") for item in items] == [True, False, True]
    assert items[0] == items[1] == items[2]


OWN_IF_ASKED = """
subscription ($own: Boolean!, $dealId: ID!) {
  dealUpdates(dealId: $dealId) {
    kind deal { name viewerSubscription @include(if: $own) { level reason } }
  }
}"""


async def test_what_is_the_viewers_own_goes_to_nobody_else(world: World) -> None:
    """Rule 12: the level is the follower's own affair. Such an operation is executed for each viewer."""
    levels = {"alice": "MUTED", "carol": "IMPORTANT", "dave": "MENTIONS"}
    deal = await factories.opportunity(world.bob)
    for name, level in levels.items():
        await getattr(world, name).do("subscribe", dealId=deal, level=level)
    levels["bob"] = "ALL"
    silent = await world.invite("silent", UserRole.MEMBER)
    people = [getattr(world, name) for name in levels] + [silent]
    expected = [*levels.values(), None]

    def own(item: dict[str, Any]) -> str | None:
        found: dict[str, str] | None = item["deal"]["viewerSubscription"]
        return None if found is None else found["level"]

    async with AsyncExitStack() as stack:

        async def follow(client: Client, query: str, **variables: Any) -> Live:
            return await stack.enter_async_context(client.follow(query, **variables))

        followed = [await follow(client, FOLLOW_OWN) for client in people[:-1]]
        watched = [await follow(client, OWN_IF_ASKED, dealId=deal, own=True) for client in people]
        plain = [await follow(client, OWN_IF_ASKED, dealId=deal, own=False) for client in people]
        for live in followed + watched + plain:
            [snapshot, _] = await live.until("READY")
            if live in watched:
                assert own(snapshot) == expected[watched.index(live)]
        for name in ("Next", "After"):
            await world.bob.do("updateOpportunity", id=deal, name=name)
            assert [own(await live.next()) for live in followed] == expected[:-1]
            assert [own(await live.next()) for live in watched] == expected
            for live in plain:
                assert await live.next() == {"kind": "CHANGED", "deal": {"name": name}}


async def test_a_change_of_many_people_costs_what_one_of_few_does(world: World) -> None:
    async def cost(number: int) -> list[int]:
        deal = await factories.opportunity(world.bob)
        people = [await factories.contact(world.bob, f"Person {n}") for n in range(number)]
        users = [(await world.invite(f"u{number}x{n}", UserRole.MEMBER)).id for n in range(number)]
        everybody: dict[str, Any] = {
            "participants": [{"contactId": person} for person in people],
            "subscriberIds": users,
            "sharedWithIds": users,
        }
        given: tuple[tuple[str, dict[str, Any]], ...] = (
            ("addParticipants", {"participants": everybody["participants"]}),
            ("removeParticipants", {"contactIds": people}),
            # Who was there before comes back as a row that is changed.
            ("addParticipants", {"participants": everybody["participants"]}),
            ("changeRoles", {"removeParticipants": people, "addSubscribers": users}),
            ("removeSubscribers", {"userIds": users}),
            ("addSubscribers", {"userIds": users}),
            ("shareDeal", {"userIds": users}),
            ("unshareDeal", {"userIds": users}),
        )
        counts: list[int] = []
        for mutation, more in given:
            with statements() as said:
                payload = await world.bob.do(mutation, dealId=deal, **more)
            assert payload["userErrors"] == [] and payload["cursor"] is not None
            counts.append(len(said))
        with statements() as said:
            await factories.opportunity(world.bob, **everybody)
        return [*counts, len(said)]

    assert await cost(2) == await cost(20)
