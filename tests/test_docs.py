"""Does the README say what is so? Its tables are held together with the code."""

import re
from pathlib import Path

from prometheus_client import REGISTRY

from models.enums import ErrorCode
from schema.protocol import CloseCode
from settings import VARIABLES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table under a header cell."""
    lines = README.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def test_the_settings_are_those_that_are_read() -> None:
    said = [(name.strip("`"), default, meaning) for name, default, meaning in _rows("variable")]
    assert said == [(v.name, v.default, v.meaning) for v in VARIABLES]


def test_the_error_codes_are_those_of_the_schema() -> None:
    said = [row[0].strip("`") for row in _rows("`userErrors` code")]
    assert said == [code.value for code in ErrorCode]


def test_the_close_codes_are_those_of_the_protocol() -> None:
    assert [int(row[0]) for row in _rows("close code")] == [code.value for code in CloseCode]


def test_the_metrics_are_those_that_are_kept() -> None:
    kept = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("dealcast_")}
    assert {row[0].strip("`") for row in _rows("metric")} == kept


def test_the_modules_that_are_named_are_there() -> None:
    named = set(
        re.findall(
            r"\b(?:schema|resolvers|models|realtime|examples|tests)/[\w/]+\.(?:py|mjs)\b", README
        )
    )
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_decisions_name_what_enforces_them() -> None:
    decisions = (ROOT / "DECISIONS.md").read_text()
    named = set(re.findall(r"`((?:schema|resolvers|models|realtime|tests)/[\w/]+\.py)`", decisions))
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    for section in decisions.split("\n## ")[1:]:
        heads = re.findall(r"^- (\w[\w ]*):", section, re.MULTILINE)
        assert heads == ["Context", "Decision", "Consequence", "Alternative", "Enforced by"], (
            section
        )
