"""Do the single modules import as the layout says? import-linter watches the packages."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {"schema", "resolvers", "realtime", "models"}
MODULES = {
    "server",
    "commands",
    "settings",
    "demo",
    "demo_comments",
    "demo_conversations",
    "demo_data",
    "node",
    "pages",
}
WEB = {"strawberry", "graphql", "starlette", "uvicorn"}


def imported(module: str) -> set[str]:
    tree = ast.parse((ROOT / f"{module}.py").read_text())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("server", set()),  # it puts everything together
        ("settings", PACKAGES | MODULES | WEB),
        ("commands", {"server", "demo", "schema"} | WEB),
        ("node", PACKAGES | {"server", "settings", "demo", "demo_data", "pages"} | WEB),
        ("pages", PACKAGES | {"server", "settings", "demo", "demo_data"} | WEB),
        ("demo", {"server", "settings", "schema"} | WEB),
        ("demo_comments", {"server", "settings", "schema"} | WEB),
        ("demo_conversations", {"server", "settings", "schema", "demo"} | WEB),
        ("demo_data", {"server", "settings", "schema"} | WEB),
    ],
)
def test_a_module_imports_only_what_it_may(module: str, forbidden: set[str]) -> None:
    assert imported(module).isdisjoint(forbidden)


def test_these_are_all_the_modules() -> None:
    assert {path.stem for path in ROOT.glob("*.py")} == MODULES
