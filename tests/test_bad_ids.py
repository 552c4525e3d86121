"""What does an id get that is none, that nothing has, or that is of another type or organisation?

Every field of every mutation that takes an id is tried with each of them, and refused with its path.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from tests import factories
from tests.documents import FOLLOW_DEAL
from tests.evidence import Json, head, nothing_happens, reasons
from tests.harness import Client, World

KINDS = ("deal", "user", "contact", "stage", "pipeline", "comment", "notification", "message")
# With plain arguments; the types of those that are not all `ID!`.
PLAIN = {
    "undoConversion": "ID!",
    "archiveDeal": "ID!",
    "restoreDeal": "ID!",
    "unsubscribe": "ID!",
    "markDealSeen": "ID!",
    "deleteComment": "ID!",
    "retryMessage": "ID!",
    "archiveContact": "ID!",
    "restoreContact": "ID!",
    "setUserRole": "ID! UserRole!",
    "deactivateUser": "ID! ID",
    "reactivateUser": "ID!",
    "signOutEverywhere": "ID",
    "markNotificationsRead": "ID",
    "snoozeNotifications": "",
}
# What is no id.
_OTHERS = {"ids": "[ID!]!", "until": "DateTime"}


@dataclass
class Case:
    """A mutation that would succeed, and the path and kind of one of its ids; `[]` is a list's second."""

    mutation: str
    given: Json
    path: str
    kind: str

    def with_id(self, ident: str) -> tuple[Json, str]:
        """The input with another id in that place, and the path that a refusal then has."""
        names = self.path.split(".")
        if names[-1] == "[]":
            [field, _] = names
            return {**self.given, field: [self.given[field], ident]}, f"{field}.1"
        if "[]" in names:
            [field, _, inner] = names
            listed = [{inner: self.given[field]}, {inner: ident}]
            return {**self.given, field: listed}, f"{field}.1.{inner}"
        return {**self.given, self.path: ident}, self.path


def _cases(world: World, ids: dict[str, str]) -> list[Case]:
    """In lists the good id stands first; an input of one field is written without it."""
    opportunity, lead, user = ids["deal"], ids["lead"], world.carol.id
    paula, claire, stage = ids["contact"], ids["claire"], ids["stage"]
    here, own = {"dealId": opportunity}, {"id": opportunity}
    said = {"subject": "Hi", "body": "Hi"}
    rows: list[tuple[str, Json, dict[str, str]]] = [
        ("updateOpportunity", {**own, "name": "Next"}, {"id": "deal"}),
        ("moveOpportunity", {**own, "stageId": stage}, {"id": "deal", "stageId": "stage"}),
        ("updateLead", {"id": lead, "name": "Next"}, {"id": "deal"}),
        ("convertLead", {"id": lead}, {"id": "deal", "stageId": "stage", "pipelineId": "pipeline"}),
        ("assignOwner", {**here, "userId": user}, {"dealId": "deal", "userId": "user"}),
        ("setContact", {**here, "contactId": claire}, {"dealId": "deal", "contactId": "contact"}),
        (
            "updateParticipant",
            {**here, "contactId": claire, "label": "CFO"},
            {"dealId": "deal", "contactId": "contact"},
        ),
        ("subscribe", {**here, "level": "MUTED"}, {"dealId": "deal"}),
        ("changeRoles", here, {"dealId": "deal", "setContact": "contact"}),
        ("updateContact", {"id": paula, "jobTitle": "CFO"}, {"id": "contact"}),
        (
            "mergeContacts",
            {"from": paula, "into": claire},
            {"from": "contact", "into": "contact"},
        ),
        ("undoConversion", {}, {"id": "deal"}),
        ("archiveDeal", {}, {"id": "deal"}),
        ("restoreDeal", {}, {"id": "deal"}),
        ("unsubscribe", {}, {"dealId": "deal"}),
        ("markDealSeen", {}, {"dealId": "deal"}),
        ("addComment", {**here, "body": "Yes"}, {"dealId": "deal"}),
        ("addComment", {**here, "body": "Yes", "mentionIds": user}, {"mentionIds.[]": "user"}),
        ("editComment", {"id": ids["comment"], "body": "No"}, {"id": "comment"}),
        (
            "editComment",
            {"id": ids["comment"], "body": "No", "mentionIds": user},
            {"mentionIds.[]": "user"},
        ),
        ("deleteComment", {}, {"id": "comment"}),
        ("markNotificationsRead", {}, {"dealId": "deal"}),
        ("markNotificationsRead", {"ids": ids["notification"]}, {"ids.[]": "notification"}),
        (
            "snoozeNotifications",
            {"ids": ids["notification"], "until": None},
            {"ids.[]": "notification"},
        ),
        (
            "sendMessage",
            {**here, **said, "to": ["paula@customer.example"], "cc": []},
            {"dealId": "deal", "inReplyTo": "message"},
        ),
        ("retryMessage", {}, {"id": "message"}),
        (
            "recordContribution",
            {**here, "contactId": paula, "kind": "MESSAGE", "body": "Hi"},
            {"dealId": "deal", "contactId": "contact", "inReplyTo": "message"},
        ),
        ("archiveContact", {}, {"id": "contact"}),
        ("restoreContact", {}, {"id": "contact"}),
        ("setUserRole", {"id": user, "role": "ADMIN"}, {"id": "user"}),
        ("deactivateUser", {"id": user}, {"id": "user", "reassignDealsTo": "user"}),
        ("reactivateUser", {}, {"id": "user"}),
        ("signOutEverywhere", {}, {"userId": "user"}),
        ("addParticipants", {**here, "participants": []}, {"dealId": "deal"}),
        (
            "addParticipants",
            {**here, "participants": claire},
            {"participants.[].contactId": "contact"},
        ),
        ("removeParticipants", {**here, "contactIds": []}, {"dealId": "deal"}),
        ("removeParticipants", {**here, "contactIds": claire}, {"contactIds.[]": "contact"}),
        (
            "changeRoles",
            {**here, "addParticipants": claire},
            {"addParticipants.[].contactId": "contact"},
        ),
        (
            "changeRoles",
            {**here, "removeParticipants": claire},
            {"removeParticipants.[]": "contact"},
        ),
    ]
    for mutation in ("shareDeal", "unshareDeal", "addSubscribers", "removeSubscribers"):
        rows.append((mutation, {**here, "userIds": []}, {"dealId": "deal"}))
        rows.append((mutation, {**here, "userIds": user}, {"userIds.[]": "user"}))
        if "Subscribers" in mutation:
            rows.append(("changeRoles", {**here, mutation: user}, {f"{mutation}.[]": "user"}))
    for update, ident in (("updateOpportunity", opportunity), ("updateLead", lead)):
        rows.append((update, {"id": ident, "sharedWithIds": user}, {"sharedWithIds.[]": "user"}))
    for create in ("createOpportunity", "createLead"):
        name: Json = {"name": "New"}
        rows += [
            (create, name, {"ownerId": "user", "contactId": "contact"}),
            (create, {**name, "participants": claire}, {"participants.[].contactId": "contact"}),
            (create, {**name, "subscriberIds": user}, {"subscriberIds.[]": "user"}),
            (create, {**name, "sharedWithIds": user}, {"sharedWithIds.[]": "user"}),
        ]
    rows.append(
        ("createOpportunity", {"name": "New"}, {"stageId": "stage", "pipelineId": "pipeline"})
    )
    return [
        Case(mutation, given, path, kind)
        for mutation, given, paths in rows
        for path, kind in paths.items()
    ]


async def _ids(by: Client) -> dict[str, str]:
    """One of each kind in somebody's organisation."""
    [pipeline] = (await by.ask("{ pipelines { id } }"))["pipelines"]
    ids = {
        "contact": await factories.contact(by, "Paula"),
        "claire": await factories.contact(by, "Claire"),
        "stage": (await factories.stages(by))["Proposal"],
        "pipeline": pipeline["id"],
        "user": by.id,
        "lead": await factories.lead(by),
    }
    people = [{"contactId": ids["claire"]}]
    ids["deal"] = await factories.opportunity(by, contactId=ids["contact"], participants=people)
    said = await by.do("addComment", "comment { id }", dealId=ids["deal"], body="Said")
    ids["comment"] = said["comment"]["id"]
    colleague = by.world.bob if by is by.world.alice else by.world.frank
    await colleague.do("addComment", dealId=ids["deal"], body="Seen")
    [told] = (await by.ask("{ notifications { nodes { id } } }"))["notifications"]["nodes"]
    ids["notification"] = told["id"]
    mail: Json = {"to": ["paula@customer.example"], "cc": [], "subject": "Hi", "body": "Hi"}
    sent = await by.do("sendMessage", "message { id }", dealId=ids["deal"], **mail)
    ids["message"] = sent["message"]["id"]
    return ids


def _id_fields() -> set[tuple[str, str]]:
    """Every argument and input field of a mutation in the published schema that takes an id."""
    published = build_schema(Path("schema/schema.graphql").read_text())
    assert published.mutation_type is not None
    return {
        (mutation, path)
        for mutation, field in published.mutation_type.fields.items()
        for name, argument in field.args.items()
        for path in _id_paths(name, argument.type)
    }


def _id_paths(name: str, taken: GraphQLInputType) -> list[str]:
    path = f"{name}.[]" if is_list_type(get_nullable_type(taken)) else name
    inner = get_named_type(taken)
    if isinstance(inner, GraphQLInputObjectType):
        paths = [at for held, at_ in inner.fields.items() for at in _id_paths(held, at_.type)]
        return paths if name == "input" else [f"{path}.{inside}" for inside in paths]
    return [path] if inner.name == "ID" else []


async def _send(by: Client, mutation: str, given: Json) -> Json:
    if mutation not in PLAIN:
        return await by.do(mutation, **given)
    # The types are those of the arguments in the order of the schema.
    arguments: Any = dict(sorted(given.items(), key=lambda item: item[0] not in {"id", "dealId"}))
    types = dict(zip(arguments, PLAIN[mutation].split(), strict=False))
    listed = " ".join(_OTHERS.get(name) or types.get(name, "ID!") for name in arguments)
    return await by.call(mutation, types=listed, **arguments)


async def test_every_bad_id_is_refused_in_its_place(world: World) -> None:
    """What may not be seen, and what is of another type or organisation, is as if it were not there (26)."""
    ids, foreign = await _ids(world.alice), await _ids(world.eve)
    bad: list[tuple[str, str]] = []
    async with world.carol.follow(FOLLOW_DEAL, dealId=ids["deal"]) as live:
        await live.until("READY")
        foreign_head = await head(world.eve)
        async with nothing_happens(world.alice, ids["deal"], ids["lead"]):
            cases = _cases(world, ids)
            for case in cases:
                other_kind = KINDS[KINDS.index(case.kind) - 1]
                tried = {
                    "": "INVALID",
                    "nonsense": "INVALID",
                    f"{case.kind}_1' OR 1=1 --": "INVALID",
                    case.kind + "_" + 26 * "0": "NOT_FOUND",
                    ids[other_kind]: "NOT_FOUND",
                    foreign[case.kind]: "NOT_FOUND",
                }
                for ident, code in tried.items():
                    given, path = case.with_id(ident)
                    payload = await _send(world.alice, case.mutation, given)
                    if (reasons(payload), payload["cursor"]) != ([(code, path)], None):
                        bad.append((f"{case.mutation} {path} {ident}", f"{reasons(payload)}"))
        assert await head(world.eve) == foreign_head
        real = await world.alice.do("updateOpportunity", id=ids["deal"], name="Real")
        assert (await live.next())["cursor"] == real["cursor"]
    assert bad == []
    assert {(case.mutation, case.path) for case in cases} == _id_fields()


async def test_a_deal_out_of_sight_is_as_if_it_were_not_there(world: World) -> None:
    """Rule 26: for every mutation of a deal, whoever it may be who edits."""
    ids = await _ids(world.alice)
    for kind in ("deal", "lead"):
        update = {"deal": "updateOpportunity", "lead": "updateLead"}[kind]
        await world.alice.do(update, id=ids[kind], visibility="RESTRICTED")
    told = []
    async with nothing_happens(world.alice, ids["deal"], ids["lead"]):
        cases = [case for case in _cases(world, ids) if case.kind == "deal"]
        for case in cases:
            hidden = ids["lead"] if "Lead" in case.mutation else ids["deal"]
            given, path = case.with_id(hidden)
            for by in (world.bob, world.dave, world.eve):
                payload = await _send(by, case.mutation, given)
                if reasons(payload) != [("NOT_FOUND", path)]:
                    told.append((case.mutation, by.id, reasons(payload)))
    assert told == []
    deals = {(mutation, path) for mutation, path in _id_fields() if path == "dealId"}
    assert {(case.mutation, case.path) for case in cases} >= deals
