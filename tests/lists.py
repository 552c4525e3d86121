"""How do tests read lists? Page by page, as clients do, from wherever in the schema a list hangs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.harness import Client

PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"
_PAGING = {"first": "Int", "after": "String"}


@dataclass(frozen=True, eq=False)
class Listing:
    """A list: the fields that lead to it, the last being itself, and the types of its arguments.

    An argument `id` is the one of the object that the list hangs on.
    """

    path: tuple[str, ...]
    arguments: Mapping[str, str]
    node: str = "id"
    logged: bool = True

    def document(self, node: str | None, given: Mapping[str, Any]) -> str:
        types = {**_PAGING, **self.arguments}
        declared = ", ".join(f"${name}: {types[name]}" for name in given)
        passed = ", ".join(f"{name}: ${name}" for name in given if name != "id")
        chosen = f"nodes {{ {node or self.node} }} edges {{ cursor node {{ {self.node} }} }} {PAGE}"
        text = f"{chosen} {'cursor' if self.logged else ''}"
        *outer, last = self.path
        text = f"{last}{f'({passed})' if passed else ''} {{ {text} }}"
        for field in reversed(outer):
            text = f"{field} {{ {text} }}"
        return f"query {f'({declared})' if declared else ''} {{ {text} }}"

    async def answer(self, by: Client, **given: Any) -> dict[str, Any]:
        return await by.answer(self.document(None, given), **given)

    async def page(self, by: Client, node: str | None = None, **given: Any) -> dict[str, Any]:
        """One page, of which `edges`, `nodes` and `pageInfo` say the same."""
        found: Any = await by.ask(self.document(node, given), **given)
        for field in self.path:
            found = found[field.partition("(")[0]]
        page: dict[str, Any] = found
        cursors = [edge["cursor"] for edge in page["edges"]] or [None]
        ends = (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"])
        assert ends == (cursors[0], cursors[-1])
        if node is None:
            assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        return page

    async def ids(self, by: Client, **given: Any) -> list[str]:
        """The ids on one page."""
        return [node["id"] for node in (await self.page(by, **given))["nodes"]]

    async def walk(self, by: Client, first: int, **given: Any) -> list[dict[str, Any]]:
        """Every row of the list, from pages that say of themselves where they lie in it."""
        rows: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = await self.page(by, first=first, **after, **given)
            rows += page["nodes"]
            assert page["pageInfo"]["hasPreviousPage"] is bool(after)
            assert page["pageInfo"]["hasNextPage"] is (len(rows) < page["totalCount"])
            if not page["pageInfo"]["hasNextPage"]:
                assert len(rows) == page["totalCount"]
                return rows
            assert len(page["nodes"]) == first
            after = {"after": page["pageInfo"]["endCursor"]}


OPPORTUNITIES = Listing(
    ("opportunities",),
    {"filter": "OpportunityFilter", "search": "String", "orderBy": "[OpportunityOrder!]"},
    "id name",
)
LEADS = Listing(
    ("leads",), {"filter": "LeadFilter", "search": "String", "orderBy": "[LeadOrder!]"}, "id name"
)
CONTACTS = Listing(
    ("contacts",), {"search": "String", "archived": "Boolean"}, "id fullName", logged=False
)
USERS = Listing(
    ("users",), {"search": "String", "deactivated": "Boolean"}, "id fullName", logged=False
)
FOLLOWED = Listing(("viewer", "followedDeals"), {}, "id name")
DEALS_OF = Listing(("contact(id: $id)", "deals"), {"id": "ID!", "role": "DealRole"}, "id name")
SUBSCRIBERS = Listing(
    ("deal(id: $id)", "subscribersPage"), {"id": "ID!"}, "user { id } reason since", logged=False
)
NOTIFICATIONS = Listing(
    ("notifications",), {"unreadOnly": "Boolean", "newestPerDeal": "Boolean", "dealId": "ID"}
)
COMMENTS = Listing(("deal(id: $id)", "comments"), {"id": "ID!"}, "id body", logged=False)

TIMELINE = Listing(("deal(id: $id)", "timeline"), {"id": "ID!"}, "id kind", logged=False)


def codes(answer: dict[str, Any]) -> list[str]:
    """The codes of an answer that is nothing but errors."""
    assert not any((answer.get("data") or {}).values()), answer
    return [error["extensions"]["code"] for error in answer["errors"]]
