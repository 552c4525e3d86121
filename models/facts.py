"""What can a filter ask about a deal, as it stands, and as it stood before a row of the log?

The log tells each change with the value before, so the facts of now can be taken back row by row, newest first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from models.deals import Deal, Person, Subscriber
from models.enums import DealEventKind, DealField, DealKind, LeadStatus, Standing
from models.events import Event
from models.money import to_units
from models.pipelines import Stage
from models.text import folded

Pipelines = Mapping[str, str]
"""The pipeline of each stage, by ids."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The columns that filters read, by the names that they have in the table, and who stands on the deal."""

    kind: DealKind
    is_archived: bool
    name: str
    company: str | None
    source: str | None
    owner_id: str
    status: str | None
    lead_status: str | None
    stage_id: str | None
    pipeline_id: str | None
    amount_units: int | None
    expected_close_date: date | None
    contact_id: str | None
    participant_ids: frozenset[str]
    follower_ids: frozenset[str]

    @property
    def name_key(self) -> str:
        return folded(self.name)

    @property
    def company_key(self) -> str | None:
        return folded(self.company) if self.company else None

    @property
    def search_key(self) -> str:
        return folded(" ".join(part for part in (self.name, self.company, self.source) if part))

    def before(self, row: Event, pipelines: Pipelines) -> "Facts | None":
        """The facts before the row that led to these; None before the deal was created."""
        if row.kind == DealEventKind.CREATED:
            return None
        facts = self
        if row.kind in (DealEventKind.ARCHIVED, DealEventKind.RESTORED):
            facts = replace(facts, is_archived=row.kind == DealEventKind.RESTORED)
        for change in row.changes:
            facts = _taken_back(facts, change, pipelines)
        return facts


def _taken_back(facts: Facts, change: Mapping[str, Any], pipelines: Pipelines) -> Facts:
    field, was, became = change["field"], change["before"], change["after"]
    if field in _PLAIN:
        return replace(facts, **{_PLAIN[field]: was})
    match field:
        case DealField.PARTICIPANT:
            return replace(facts, participant_ids=_without(facts.participant_ids, became, was))
        case DealField.SUBSCRIBER:
            return replace(facts, follower_ids=_without(facts.follower_ids, became, was))
        case DealField.STAGE:
            facts = replace(facts, stage_id=was, pipeline_id=pipelines[was] if was else None)
        case DealField.STATUS:
            facts = _with_status(facts, was)
        case DealField.AMOUNT:
            facts = replace(facts, amount_units=to_units(Decimal(was.split()[0])) if was else None)
        case DealField.EXPECTED_CLOSE_DATE:
            facts = replace(facts, expected_close_date=date.fromisoformat(was) if was else None)
        case _:  # what no filter asks about
            pass
    return facts


_PLAIN = {
    DealField.NAME: "name",
    DealField.COMPANY: "company",
    DealField.SOURCE: "source",
    DealField.OWNER: "owner_id",
    DealField.CONTACT: "contact_id",
}


def _with_status(facts: Facts, status: str) -> Facts:
    """The words of the two kinds have none in common, so a conversion shows by them."""
    if status in LeadStatus.__members__:
        return replace(facts, kind=DealKind.LEAD, lead_status=status, status=None)
    return replace(facts, kind=DealKind.OPPORTUNITY, status=status)


def _without(ids: frozenset[str], came: str | None, went: str | None) -> frozenset[str]:
    return (ids - {came} if came else ids) | ({went} if went else set())


async def facts_of(deals: Sequence[Deal]) -> dict[str, Facts]:
    """The facts of now, by the deals' ids."""
    ids = [deal.id for deal in deals]
    contact: dict[str, str] = {}
    participants: defaultdict[str, set[str]] = defaultdict(set)
    followers: defaultdict[str, set[str]] = defaultdict(set)
    people = Person.filter(deal_id__in=ids).exclude(standing=Standing.FORMER)
    for deal_id, contact_id, standing in await people.values_list(
        "deal_id", "contact_id", "standing"
    ):
        if standing is Standing.CONTACT:
            contact[deal_id] = contact_id
        else:
            participants[deal_id].add(contact_id)
    following = Subscriber.filter(deal_id__in=ids, has_left=False)
    for deal_id, user_id in await following.values_list("deal_id", "user_id"):
        followers[deal_id].add(user_id)
    return {
        deal.id: Facts(
            kind=deal.kind,
            is_archived=deal.archived_at is not None,
            name=deal.name,
            company=deal.company,
            source=deal.source,
            owner_id=deal.owner_id,
            status=deal.status,
            lead_status=deal.lead_status,
            stage_id=deal.stage_id,
            pipeline_id=deal.pipeline_id,
            amount_units=deal.amount_units,
            expected_close_date=deal.expected_close_date,
            contact_id=contact.get(deal.id),
            participant_ids=frozenset(participants[deal.id]),
            follower_ids=frozenset(followers[deal.id]),
        )
        for deal in deals
    }


@dataclass(frozen=True, slots=True)
class History:
    """The facts of deals as they stand, and before each of some rows of the log, by position."""

    now: Mapping[str, Facts]
    before: Mapping[int, Facts | None]

    @classmethod
    async def read(cls, rows: Sequence[Event], deals: Sequence[Deal]) -> "History":
        """To be read in one snapshot with the deals, which may be newer than the last of the rows."""
        now = await facts_of(deals)
        told = [row for row in rows if row.deal_id in now]
        if not told:
            return cls(now, {})
        rest = [deal.id for deal in deals if deal.position > told[-1].position]
        later = Event.filter(deal_id__in=rest, position__gt=told[-1].position).order_by("position")
        told += await later if rest else []
        stages = Stage.filter(organisation_id=told[0].organisation_id)
        pipelines = dict(await stages.values_list("id", "pipeline_id"))
        known: dict[str, Facts | None] = dict(now)
        before: dict[int, Facts | None] = {}
        for row in reversed(told):
            facts = known[str(row.deal_id)]
            known[str(row.deal_id)] = before[row.position] = facts and facts.before(row, pipelines)
        return cls(now, before)
