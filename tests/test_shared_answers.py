"""Can anybody be answered from another's execution, where the answer is not the same for both?

Identical operations are executed once for all who may see the same. So each field that a live item leads to
is asked for alone, by people who differ in all that an answer may depend on, and compared with what each of
them gets by a query of their own.
"""

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLUnionType,
    get_named_type,
)

from models.enums import UserRole
from schema.schema import schema
from tests import factories
from tests.chains import Chain, Step, found, reaches, said, selection, walk
from tests.documents import FOLLOW_DEAL
from tests.evidence import head
from tests.harness import Client, Socket, World

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Json = dict[str, Any]

# Items of these streams are made for one viewer each, never for several at once.
OWN_ITEMS = {"NotificationUpdate", "PipelineUpdate"}
OPERATIONS = 90


@dataclass
class Ground:
    """Deals that all of these people see, who see different other ones, and stand on these differently."""

    viewers: list[Client]
    bob: Client
    deals: dict[str, str]
    changes: int = 0

    def ident(self, root: "Root", event: str) -> str:
        """The id by which one asks for what the items at this root hold."""
        return self.deals[root.deal] if root.query == "deal" else event

    async def change(self, kind: str) -> None:
        self.changes += 1
        name = f"Change {self.changes}"
        payload = await self.bob.do(f"update{kind}", id=self.deals[kind], name=name)
        assert payload["userErrors"] == []


@dataclass(frozen=True)
class Root:
    """Where chains begin: a field of the items about a deal, and how one asks for the same by a query."""

    field: str
    type: str
    deal: str
    query: str

    def subscription(self, chain: Chain) -> str:
        item = f"kind event {{ id }} {self.field} {selection([chain])}"
        return (
            "subscription ($id: ID!, $after: Cursor) "
            f"{{ dealUpdates(dealId: $id, after: $after) {{ {item} }} }}"
        )

    async def asked(self, by: Client, ident: str, chains: Sequence[Chain]) -> Any:
        """What a viewer gets by a query."""
        query = f"query ($id: ID!) {{ it: {self.query}(id: $id) {selection(chains)} }}"
        return (await by.ask(query, id=ident))["it"]


ROOTS = (
    Root("deal", "Opportunity", "Opportunity", "deal"),
    Root("deal", "Lead", "Lead", "deal"),
    Root("event", "DealEvent", "Opportunity", "node"),
)


async def _ground(world: World) -> Ground:
    sam = await world.invite("sam", UserRole.MEMBER)
    ann = await factories.contact(world.bob, "Ann", email="ann@example.com")
    ben = await factories.contact(world.bob, "Ben", jobTitle="CFO")
    people: Json = {"contactId": ann, "participants": [{"contactId": ben, "role": "ADVISER"}]}
    money: Json = {"amount": {"amount": 7, "currency": "EUR"}}
    shared: Json = {"sharedWithIds": [world.carol.id]}
    deals = {
        "Opportunity": await factories.opportunity(world.bob, **people, **money, **shared),
        "Lead": await factories.lead(world.bob, source="Fair", **people, **shared),
    }
    # Ann and Ben stand on others, too, of which everybody sees another choice.
    swapped: Json = {"contactId": ben, "participants": [{"contactId": ann}]}
    for others in ([], [world.carol.id], [sam.id], [world.dave.id, world.carol.id]):
        given: Json = {"visibility": "RESTRICTED", "sharedWithIds": others}
        await factories.opportunity(world.bob, **swapped, **given)
        await factories.lead(world.bob, **people, **given)
    for deal in deals.values():
        await world.alice.do("subscribe", dealId=deal, level="MUTED")
        await world.carol.do("subscribe", dealId=deal, level="IMPORTANT")
        await _fill(world, deal, ann)
    viewers = [world.alice, world.bob, world.carol, world.dave, sam]
    return Ground(viewers, world.bob, deals)


async def _fill(world: World, deal: str, contact: str) -> None:
    """What else can stand around a deal, as far as the schema has it."""
    mutations = schema._schema.mutation_type
    assert mutations is not None
    for mutation, given in (
        ("addComment", {"body": "Well done", "mentionIds": [world.carol.id]}),
        (
            "sendMessage",
            {"subject": "Offer", "body": "Dear Ann", "to": ["ann@example.com"], "cc": []},
        ),
        ("recordContribution", {"contactId": contact, "kind": "CALL", "body": "She agrees"}),
    ):
        if mutation in mutations.fields:
            payload = await world.bob.do(mutation, dealId=deal, **given)
            assert payload["userErrors"] == []


async def _live(ground: Ground, root: Root, chains: Sequence[Chain]) -> tuple[str, list[list[Any]]]:
    """The event of one change, and of each chain what its item holds for each viewer."""
    variables = {"id": ground.deals[root.deal], "after": await head(ground.bob)}
    async with AsyncExitStack() as stack:
        sockets: list[tuple[Socket, Sequence[Chain]]] = []
        for viewer in ground.viewers:
            for start in range(0, len(chains), OPERATIONS):
                socket = await stack.enter_async_context(viewer.socket())
                some = chains[start : start + OPERATIONS]
                for chain in some:
                    await socket.subscribe(root.subscription(chain), **variables)
                sockets.append((socket, some))
        for socket, some in sockets:
            await _items(socket, "READY", len(some))
        await ground.change(root.deal)
        heard: dict[Chain, list[Any]] = {chain: [] for chain in chains}
        event = ""
        for socket, some in sockets:
            for chain, item in zip(some, await _items(socket, "CHANGED", len(some)), strict=True):
                heard[chain].append(found(item[root.field], chain))
                event = item["event"]["id"]
    return event, list(heard.values())


async def _items(socket: Socket, kind: str, count: int) -> list[Json]:
    """Of each of a socket's operations, in their order, the first item of a kind."""
    items: dict[int, Json] = {}
    while len(items) < count:
        message = await socket.hear()
        assert message["type"] == "next" and "errors" not in message["payload"], message
        item = message["payload"]["data"]["dealUpdates"]
        if item["kind"] == kind:
            items[int(message["id"])] = item
    return [items[number] for number in sorted(items)]


async def _wrong(ground: Ground, root: Root, chains: Sequence[Chain]) -> list[str]:
    """The chains by which somebody hears what they would not be told if they asked."""
    event, heard = await _live(ground, root, chains)
    wrong: list[str] = []
    for index, viewer in enumerate(ground.viewers):
        told = await root.asked(viewer, ground.ident(root, event), chains)
        wrong += [
            said(chain)
            for chain, items in zip(chains, heard, strict=True)
            if items[index] != found(told, chain)
        ]
    return wrong


@on_sqlite
async def test_nobody_is_answered_from_anothers_execution(world: World) -> None:
    ground = await _ground(world)
    seen = {root.type for root in ROOTS}
    asked: set[tuple[str, str]] = set()
    for root in ROOTS:
        event, _ = await _live(ground, root, [(Step(root.type, "id"),)])

        async def stands(chain: Chain, root: Root = root, ident: str = event) -> bool:
            return reaches(await root.asked(ground.bob, ground.ident(root, ident), [chain]), chain)

        chains = await walk(root.type, seen, stands)
        assert await _wrong(ground, root, chains) == []
        asked |= {(step.type, step.field) for chain in chains for step in chain}
    assert _reachable(*(root.type for root in ROOTS)) <= asked


def _reachable(*names: str) -> set[tuple[str, str]]:
    """Every field of every type that these lead to, but for what only the interface Node leads to."""
    known: dict[str, GraphQLObjectType] = {}
    waiting = list(names)
    while waiting:
        type_ = schema._schema.type_map[waiting.pop()]
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType) and type_.name != "Node":
            waiting += [one.name for one in schema._schema.get_possible_types(type_)]
        elif isinstance(type_, GraphQLObjectType) and type_.name not in known:
            known[type_.name] = type_
            waiting += [get_named_type(field.type).name for field in type_.fields.values()]
    return {(name, field) for name, type_ in known.items() for field in type_.fields}


def test_no_stream_and_no_part_of_an_item_is_left_out() -> None:
    described = schema._schema.subscription_type
    assert described is not None
    items = {get_named_type(field.type).name for field in described.fields.values()}
    assert items - OWN_ITEMS == {"DealUpdate"}
    item = schema._schema.type_map["DealUpdate"]
    assert isinstance(item, GraphQLObjectType)
    assert set(item.fields) - {root.field for root in ROOTS} == {"kind", "cursor", "dealId"}


@on_sqlite
async def test_a_field_that_finds_out_who_asks_behind_our_back_is_caught(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test above would say of a field that is made wrongly."""

    def leaking(_: object, info: GraphQLResolveInfo[Any]) -> int:
        viewer = info.context._viewer
        return 0 if viewer is None else len(viewer.email)

    ground = await _ground(world)
    opportunity = schema._schema.type_map["Opportunity"]
    assert isinstance(opportunity, GraphQLObjectType)
    good, bad = Step("Opportunity", "name"), Step("Opportunity", "subscriberCount")
    assert await _wrong(ground, ROOTS[0], [(good,), (bad,)]) == []
    monkeypatch.setattr(opportunity.fields[bad.field], "resolve", leaking)
    wrong = await _wrong(ground, ROOTS[0], [(good,), (bad,)])
    assert wrong == ["Opportunity.subscriberCount"] * len(ground.viewers)


async def _renderings(world: World) -> dict[str, float]:
    text = (await world.http.get("/metrics")).text
    found = re.findall(r'^dealcast_renderings_total{kind="(\w+)"} (\S+)$', text, re.MULTILINE)
    return {"shared": 0.0, "personal": 0.0} | {kind: float(count) for kind, count in found}


@on_sqlite
async def test_what_real_clients_ask_for_is_rendered_once_a_group(world: World) -> None:
    """Issue 4: fragments of real clients stay shareable; the right to edit is part of the group's key."""
    ground = await _ground(world)
    ident = ground.deals["Opportunity"]
    own = FOLLOW_DEAL.replace("{ ...D }", "{ ...D viewerSubscription { level } }")
    for query, expected in (
        (FOLLOW_DEAL, {"shared": 2, "personal": 0, "fallback": 0}),
        (own, {"shared": 0, "personal": len(ground.viewers), "fallback": 0}),
    ):
        async with AsyncExitStack() as stack:
            lives = [
                await stack.enter_async_context(viewer.follow(query, dealId=ident))
                for viewer in ground.viewers
            ]
            for live in lives:
                await live.until("READY")
            before = await _renderings(world)
            await ground.change("Opportunity")
            names = [(await live.next())["deal"]["name"] for live in lives]
            assert names == [f"Change {ground.changes}"] * len(lives)
            after = await _renderings(world)
        assert {kind: after[kind] - before[kind] for kind in after} == expected
