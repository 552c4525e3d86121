"""What counts as a new version of a deal, and what happens to a change that is based on an old one?"""

import pytest

from tests import factories
from tests.evidence import Json, deal, nothing_happens, reasons
from tests.harness import World

Acts = list[tuple[str, Json]]


async def _scene(world: World) -> tuple[str, str, dict[str, str]]:
    """An opportunity and a lead of bob's with a contact and a participant, and the ids of people and stages."""
    ids = {name: await factories.contact(world.bob, name) for name in ("paula", "claire", "ivan")}
    ids |= await factories.stages(world.bob)
    people: Json = {"contactId": ids["paula"], "participants": [{"contactId": ids["claire"]}]}
    shared: Json = {"sharedWithIds": [world.dave.id]}
    opportunity = await factories.opportunity(world.bob, **people, **shared)
    return opportunity, await factories.lead(world.bob, **people, **shared), ids


def _changing(world: World, opportunity: str, lead: str, ids: dict[str, str]) -> Acts:
    """Every mutation that takes an expectedVersion of a deal, each with something to change."""
    own, here = {"id": opportunity}, {"dealId": opportunity}
    return [
        ("updateOpportunity", {**own, "name": "Renewal"}),
        ("moveOpportunity", {**own, "stageId": ids["Proposal"]}),
        ("updateLead", {"id": lead, "leadStatus": "QUALIFIED"}),
        ("convertLead", {"id": lead}),
        ("shareDeal", {**here, "userIds": [world.carol.id]}),
        ("unshareDeal", {**here, "userIds": [world.dave.id]}),
        ("setContact", {**here, "contactId": ids["claire"]}),
        ("addParticipants", {**here, "participants": [{"contactId": ids["ivan"]}]}),
        ("updateParticipant", {**here, "contactId": ids["ivan"], "label": "Head of IT"}),
        ("removeParticipants", {**here, "contactIds": [ids["ivan"]]}),
        ("changeRoles", {**here, "clearContact": True}),
        ("assignOwner", {**here, "userId": world.carol.id}),
    ]


async def test_a_version_that_has_passed_is_answered_with_what_stands(world: World) -> None:
    """Rule 30: CONFLICT changes nothing; with the version that stands the same is done."""
    opportunity, lead, ids = await _scene(world)
    for mutation, given in _changing(world, opportunity, lead, ids):
        ident = given["dealId" if "dealId" in given else "id"]
        shown = {"updateLead": "lead"}.get(mutation, "deal" if "dealId" in given else "opportunity")
        # What converts is a lead still, and the payload's field for opportunities cannot show it.
        selection = f"{shown} {{ id name version }}"
        before = await deal(world.bob, ident)
        tries = [{}, {"dryRun": True}] if mutation == "changeRoles" else [{}]
        async with nothing_happens(world.alice, opportunity, lead):
            for version in (before["version"] - 1, before["version"] + 1):
                for extra in tries:
                    payload = await world.bob.do(
                        mutation, selection, **given, **extra, expectedVersion=version
                    )
                    assert reasons(payload) == [("CONFLICT", "expectedVersion")], mutation
                    stands = {name: before[name] for name in ("id", "name", "version")}
                    assert payload[shown] == (None if mutation == "convertLead" else stands)
                    assert payload["cursor"] is None
        payload = await world.bob.do(mutation, **given, expectedVersion=before["version"])
        assert payload["userErrors"] == [], mutation
        assert (await deal(world.bob, ident))["version"] == before["version"] + 1, mutation


async def test_what_already_stands_succeeds_whatever_version_is_expected(world: World) -> None:
    """Rule 30: without an event."""
    opportunity, lead, ids = await _scene(world)
    own, here = {"id": opportunity}, {"dealId": opportunity}
    standing: Acts = [
        ("updateOpportunity", own),
        (
            "updateOpportunity",
            {**own, "name": " Enterprise contract", "visibility": "ORGANISATION"},
        ),
        (
            "updateOpportunity",
            {**own, "amount": None, "probability": None, "expectedCloseDate": None},
        ),
        ("updateOpportunity", {**own, "sharedWithIds": [world.dave.id]}),
        ("moveOpportunity", {**own, "stageId": ids["Prospecting"]}),
        ("updateLead", {"id": lead, "leadStatus": "NEW", "source": None, "company": ""}),
        ("assignOwner", {**here, "userId": world.bob.id}),
        ("shareDeal", {**here, "userIds": [world.dave.id]}),
        ("shareDeal", {**here, "userIds": []}),
        ("unshareDeal", {**here, "userIds": [world.carol.id]}),
        ("setContact", {**here, "contactId": ids["paula"]}),
        ("addParticipants", {**here, "participants": [{"contactId": ids["claire"]}]}),
        ("addParticipants", {**here, "participants": []}),
        ("updateParticipant", {**here, "contactId": ids["claire"], "role": "OTHER"}),
        ("removeParticipants", {**here, "contactIds": [ids["ivan"]]}),
        ("changeRoles", {**here, "setContact": ids["paula"]}),
    ]
    async with nothing_happens(world.alice, opportunity, lead):
        for mutation, given in standing:
            payload = await world.bob.do(mutation, **given, expectedVersion=99)
            assert (payload["userErrors"], payload["cursor"]) == ([], None), (mutation, given)


@pytest.mark.parametrize("what", ["opportunity", "lead"])
async def test_versions_count_the_deal_and_revisions_every_event(world: World, what: str) -> None:
    """Rule 28."""
    opportunity, lead, ids = await _scene(world)
    ident = {"opportunity": opportunity, "lead": lead}[what]
    update = {"opportunity": "updateOpportunity", "lead": "updateLead"}[what]
    own, here = {"id": ident}, {"dealId": ident}
    counted: list[tuple[str, Json, int, int]] = [
        (update, {**own, "name": "Next"}, 1, 1),
        (update, {**own, "visibility": "RESTRICTED"}, 1, 1),
        ("shareDeal", {**here, "userIds": [world.carol.id]}, 1, 1),
        ("setContact", {**here, "contactId": ids["claire"]}, 1, 1),
        ("addParticipants", {**here, "participants": [{"contactId": ids["ivan"]}]}, 1, 1),
        ("addSubscribers", {**here, "userIds": [world.carol.id]}, 0, 1),
        ("removeSubscribers", {**here, "userIds": [world.carol.id]}, 0, 1),
        ("changeRoles", {**here, "addSubscribers": [world.carol.id]}, 0, 1),
        ("changeRoles", {**here, "removeParticipants": [ids["ivan"]]}, 1, 1),
        ("subscribe", {**here, "level": "MUTED"}, 0, 0),
        ("updateContact", {"id": ids["claire"], "jobTitle": "CFO"}, 0, 1),
        ("updateContact", {"id": ids["ivan"], "jobTitle": "Head of IT"}, 0, 0),
        (update, {**own, "name": "Next"}, 0, 0),
        ("assignOwner", {**here, "userId": world.alice.id}, 1, 1),
    ]
    before = await deal(world.alice, ident)
    for mutation, given, versions, revisions in counted:
        assert (await world.bob.do(mutation, **given))["userErrors"] == [], mutation
        after = await deal(world.alice, ident)
        assert after["version"] == before["version"] + versions, (mutation, given)
        assert after["revision"] == before["revision"] + revisions, (mutation, given)
        assert (after["updatedAt"] > before["updatedAt"]) == (versions == 1), (mutation, given)
        before = after
