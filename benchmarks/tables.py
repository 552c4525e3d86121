"""How are the figures shown? A Markdown table a part, of medians over the rounds, ready for the README."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from benchmarks.measures import Figures, Measured
from benchmarks.servers import Kind

Medians = Mapping[str, Mapping[Kind, Figures]]
"""By part and server."""

_IDLE = "% of the time that the client was idle"
# Less, and the client may be what was measured.
_IDLE_ENOUGH = 10.0
_RATIOS = (Kind.BARE, Kind.STOCK)


def medians(runs: Iterable[Measured]) -> Medians:
    collected: defaultdict[str, defaultdict[Kind, list[Figures]]]
    collected = defaultdict(lambda: defaultdict(list))
    for run in runs:
        collected[run.part][run.kind].append(run.figures)
    return {
        part: {
            kind: {name: median(figures[name] for figures in rounds) for name in rounds[0]}
            for kind, rounds in servers.items()
        }
        for part, servers in collected.items()
    }


def markdown(found: Medians) -> str:
    return "\n\n".join(_table(part, servers) for part, servers in found.items())


def _table(part: str, servers: Mapping[Kind, Figures]) -> str:
    ratios = [kind for kind in _RATIOS if kind in servers]
    head = [part, *servers, *(f"{Kind.DEALCAST} / {kind}" for kind in ratios)]
    rows = [head, ["---"] * len(head)]
    for name, figure in servers[Kind.DEALCAST].items():
        row = [name, *(_shown(figures[name]) for figures in servers.values())]
        if not name.endswith(("client", "server", "idle")):
            row += [_shown(figure / servers[kind][name]) for kind in ratios]
        rows.append(row + [""] * (len(head) - len(row)))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown(figure: float) -> str:
    return (
        f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}" if figure < 10 else f"{figure:.1f}"
    )


def warnings(found: Medians) -> Sequence[str]:
    """Where the client may have been what was measured."""
    return [
        f"{part}, {kind}: the client was busy nearly all the time, so these figures may be its own"
        for part, servers in found.items()
        for kind, figures in servers.items()
        if figures.get(_IDLE, 100) < _IDLE_ENOUGH
    ]
