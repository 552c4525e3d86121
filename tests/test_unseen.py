"""What changed since I last looked (rule 23)?"""

from typing import Any

from tests import factories
from tests.documents import FOLLOW_ALL
from tests.evidence import Json, nothing_happens, reasons, told
from tests.harness import Client, World
from tests.statements import statements

_OWN = (
    "viewerSubscription { level lastSeenAt unseenChanges { field before after afterNode { id } } }"
)
_GET = f"query ($id: ID!) {{ deal(id: $id) {{ {_OWN} }} }}"


async def _own(by: Client, deal: str) -> Json:
    found: Json = (await by.ask(_GET, id=deal))["deal"]["viewerSubscription"]
    return found


async def _unseen(by: Client, deal: str) -> list[tuple[str, str | None, str | None]]:
    return told({"changes": (await _own(by, deal))["unseenChanges"]})


async def _look(by: Client, deal: str) -> Json:
    payload = await by.call("markDealSeen", f"deal {{ {_OWN} }}", dealId=deal)
    assert payload["userErrors"] == []
    return payload


def _worth(amount: str) -> Json:
    return {"amount": {"amount": amount, "currency": "EUR"}}


async def test_changes_are_shown_from_the_first_value_to_the_last(world: World) -> None:
    stages = await factories.stages(world.bob)
    deal = await factories.opportunity(world.bob, "Deal", **_worth("10000"))
    await world.bob.do("updateOpportunity", id=deal, name="Before anybody followed")
    await world.bob.do("addSubscribers", dealId=deal, userIds=[world.carol.id])
    assert (await _own(world.carol, deal)) == {
        "level": "ALL",
        "lastSeenAt": None,
        "unseenChanges": [],
    }
    for amount in ("12000", "15000"):
        await world.bob.do("updateOpportunity", id=deal, **_worth(amount))
    for name in ("There", "Before anybody followed"):
        await world.alice.do("updateOpportunity", id=deal, name=name)
    # One's own changes are no news.
    await world.carol.do("updateOpportunity", id=deal, expectedCloseDate="2027-01-31")
    await world.bob.do("moveOpportunity", id=deal, stageId=stages["Proposal"])
    await world.bob.do("addComment", dealId=deal, body="No field changes")
    assert await _unseen(world.carol, deal) == [
        ("AMOUNT", "10000.00 EUR", "15000.00 EUR"),
        ("STAGE", stages["Prospecting"], stages["Proposal"]),
        ("PROBABILITY", "10", "50"),
    ]
    seen = (await _look(world.carol, deal))["deal"]["viewerSubscription"]
    assert seen["lastSeenAt"] is not None and seen["unseenChanges"] == []
    await world.bob.do("updateOpportunity", id=deal, **_worth("9000"))
    assert await _unseen(world.carol, deal) == [("AMOUNT", "15000.00 EUR", "9000.00 EUR")]
    assert (await _own(world.carol, deal))["lastSeenAt"] == seen["lastSeenAt"]
    # Bob did it all himself, but for the names, which are back, and the date, which was carol's.
    assert await _unseen(world.bob, deal) == [("EXPECTED_CLOSE_DATE", None, "2027-01-31")]


async def test_who_came_and_went_is_no_change(world: World) -> None:
    ann, ben, cleo = [await factories.contact(world.bob, name) for name in ("Ann", "Ben", "Cleo")]
    deal = await factories.opportunity(
        world.bob,
        subscriberIds=[world.carol.id],
        participants=[{"contactId": ben, "role": "OTHER"}],
    )
    await _look(world.carol, deal)
    here = {"dealId": deal}
    for add in (ann, cleo):
        await world.bob.do("addParticipants", **here, participants=[{"contactId": add}])
    await world.bob.do("updateParticipant", **here, contactId=ann, role="CHAMPION", label="Ally")
    for role in ("EVALUATOR", "ADVISER"):
        await world.bob.do("updateParticipant", **here, contactId=ben, role=role)
    await world.bob.do("removeParticipants", **here, contactIds=[ann])
    await world.dave.do("subscribe", **here)
    await world.dave.call("unsubscribe", **here)
    await world.alice.do("subscribe", **here)
    assert await _unseen(world.carol, deal) == [
        ("PARTICIPANT", None, cleo),
        ("PARTICIPANT_ROLE", "OTHER", "ADVISER"),
        ("SUBSCRIBER", None, world.alice.id),
    ]


async def test_looking_is_told_to_ones_own_windows_alone(world: World) -> None:
    deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
    await world.bob.do("updateOpportunity", id=deal, name="Next")
    own = FOLLOW_ALL.replace("{ ...D }", f"{{ ...D {_OWN} }}")
    async with world.carol.follow(own) as window, world.bob.follow(FOLLOW_ALL) as other:
        [snapshot, _] = await window.until("READY")
        await other.until("READY")
        assert len(snapshot["deal"]["viewerSubscription"]["unseenChanges"]) == 1
        looked = await _look(world.carol, deal)
        item = await window.next()
        assert (item["kind"], item["cursor"]) == ("CHANGED", looked["cursor"])
        assert item["deal"]["viewerSubscription"]["unseenChanges"] == []
        assert item["deal"]["revision"] == snapshot["deal"]["revision"]
        # What is seen already is no event, whatever others did to their own followings.
        await world.bob.do("subscribe", dealId=deal, level="IMPORTANT")
        async with nothing_happens(world.bob, deal):
            assert (await _look(world.carol, deal))["cursor"] is None
        renamed = await world.bob.do("updateOpportunity", id=deal, name="After")
        assert (await other.next())["event"]["changes"] == []
        assert (await other.next())["cursor"] == renamed["cursor"]


async def test_who_does_not_follow_has_nothing_to_keep_it_in(world: World) -> None:
    deal = await factories.opportunity(world.bob)
    async with nothing_happens(world.bob, deal):
        payload = await _look(world.carol, deal)
    assert (payload["cursor"], payload["deal"]["viewerSubscription"]) == (None, None)
    refused = await world.eve.call("markDealSeen", dealId=deal)
    assert reasons(refused) == [("NOT_FOUND", "dealId")]
    # Whoever comes back begins anew.
    await world.carol.do("subscribe", dealId=deal)
    await _look(world.carol, deal)
    await world.carol.call("unsubscribe", dealId=deal)
    await world.bob.do("updateOpportunity", id=deal, name="Meanwhile")
    await world.carol.do("subscribe", dealId=deal)
    assert await _own(world.carol, deal) == {
        "level": "ALL",
        "lastSeenAt": None,
        "unseenChanges": [],
    }


async def test_many_deals_are_compared_in_one_statement(world: World) -> None:
    for number in range(6):
        deal = await factories.opportunity(world.bob, subscriberIds=[world.carol.id])
        for _ in range(2):
            await world.bob.do("updateOpportunity", id=deal, **_worth(str(number + 1)))
    lists: dict[int, Any] = {}
    costs = []
    for first in (2, 6):
        with statements() as said:
            data = await world.carol.ask(
                f"query ($first: Int) {{ opportunities(first: $first) {{ nodes {{ {_OWN} }} }} }}",
                first=first,
            )
        costs.append(len(said))
        lists[first] = data["opportunities"]["nodes"]
    assert costs[0] == costs[1]
    assert [told({"changes": row["viewerSubscription"]["unseenChanges"]}) for row in lists[6]] == [
        [("AMOUNT", None, f"{number + 1}.00 EUR")] for number in range(5, -1, -1)
    ]
