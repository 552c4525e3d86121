"""How much stands in each stage of a pipeline? Counts, sums and weighted sums of what the viewer sees (rule 26).

What the whole organisation sees is added up by the database, once for all viewers of one moment; restricted deals
are few, and added for each viewer who sees them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, MutableMapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tortoise.expressions import RawSQL
from tortoise.functions import Count

from models import Deal, Pipeline, Share, Stage, User
from models.enums import DealKind, DealVisibility
from models.money import DECIMALS, SCALE, Money
from models.permissions import Audience, audience_of, sees
from models.rows import rows_by
from resolvers import lookups

# Sums of whole numbers as large as an amount overflow on one database or the other: they are added in two parts.
_PART = 10**9
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class StageSummary:
    stage: Stage
    count: int
    amounts: tuple[Money, ...]
    weighted_amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class PipelineSummary:
    pipeline: Pipeline
    stages: tuple[StageSummary, ...]


@dataclass
class _Sums:
    """Of one stage: how many deals, and by currency the units and the units times percent."""

    count: int = 0
    units: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    weighted: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, count: int, currency: str | None, units: int, probability: int) -> None:
        self.count += count
        if currency is not None:
            self.units[currency] += units
            self.weighted[currency] += units * probability


@dataclass(frozen=True)
class _Restricted:
    deal: Deal
    audience: Audience


@dataclass(frozen=True)
class _Moment:
    """What a pipeline holds at one moment, before it is asked who looks."""

    pipeline: Pipeline
    stages: list[Stage]
    open: list[dict[str, Any]]
    restricted: list[_Restricted]
    known: dict[Hashable, PipelineSummary]


async def of_pipeline(
    viewer: User, pipeline_id: str, moments: MutableMapping[str, Any] | None = None
) -> PipelineSummary | None:
    """The summary for a viewer; None for a pipeline that is not there.

    `moments` keeps what is read for other viewers of the same moment, who get the same object for the same sight.
    """
    moments = {} if moments is None else moments
    if pipeline_id not in moments:
        moments[pipeline_id] = await _read(viewer, pipeline_id)
    moment: _Moment | None = moments[pipeline_id]
    if moment is None:
        return None
    seen = [
        row.deal
        for row in moment.restricted
        if sees(viewer.id, viewer.role, viewer.is_active, row.audience)
    ]
    key = frozenset(deal.id for deal in seen)
    if key not in moment.known:
        moment.known[key] = _added_up(moment, seen)
    return moment.known[key]


async def _read(viewer: User, pipeline_id: str) -> _Moment | None:
    pipeline = await lookups.pipeline(viewer, pipeline_id)
    if pipeline is None:
        return None
    deals = Deal.filter(
        pipeline_id=pipeline.id, kind=DealKind.OPPORTUNITY, archived_at__isnull=True
    )
    everybodys = (
        deals.filter(visibility=DealVisibility.ORGANISATION)
        .annotate(
            number=Count("id"),
            high=RawSQL(f'SUM("amount_units" / {_PART})'),
            low=RawSQL(f'SUM("amount_units" % {_PART})'),
        )
        .group_by("stage_id", "currency", "probability")
        .values("stage_id", "currency", "probability", "number", "high", "low")
    )
    hidden = await deals.filter(visibility=DealVisibility.RESTRICTED)
    shared: defaultdict[str, set[str]] = defaultdict(set)
    for share in await rows_by(Share, "deal_id", (deal.id for deal in hidden)):
        shared[share.deal_id].add(share.user_id)
    return _Moment(
        pipeline,
        await Stage.filter(pipeline_id=pipeline.id).order_by("position"),
        await everybodys,
        [_Restricted(deal, audience_of(deal, shared[deal.id])) for deal in hidden],
        {},
    )


def _added_up(moment: _Moment, seen: Iterable[Deal]) -> PipelineSummary:
    sums: defaultdict[str | None, _Sums] = defaultdict(_Sums)
    for row in moment.open:
        units = int(row["high"] or 0) * _PART + int(row["low"] or 0)
        sums[row["stage_id"]].add(row["number"], row["currency"], units, row["probability"])
    for deal in seen:
        sums[deal.stage_id].add(1, deal.currency, deal.amount_units or 0, deal.probability or 0)
    return PipelineSummary(
        moment.pipeline,
        tuple(
            StageSummary(
                stage,
                sums[stage.id].count,
                _monies(sums[stage.id].units, SCALE),
                _monies(sums[stage.id].weighted, SCALE * _HUNDRED),
            )
            for stage in moment.stages
        ),
    )


def _monies(sums: dict[str, int], scale: int) -> tuple[Money, ...]:
    """By currency, rounded to the decimals that it has."""
    return tuple(
        Money(round(Decimal(units) / scale, DECIMALS[currency]), currency)
        for currency, units in sorted(sums.items())
    )
