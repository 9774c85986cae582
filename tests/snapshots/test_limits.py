"""Limits, tolerances, tables and contracts of the modules that compute facts, in one list to be
reviewed: what changes there changes what is said of models. `make snapshots` rewrites it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.snapshots.test_snapshots import compare
from tests.snapshots.told import spelled

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "conformance", "converters", "costs", "devices", "graph", "operators", "patterns", "redundancy",
    "scaling", "shapes", "smaller", "weights",
)  # fmt: skip
JOINED = ("analyzer.operators", "analyzer.operators.contracts")
"""Modules whose tables are those of others."""
SHORT = 6
"""Entries of a table that has no line for each."""


def stated(path: Path) -> list[str]:
    """Names in capitals that a module binds itself."""
    targets: list[ast.expr] = []
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    flat = [n for t in targets for n in (t.elts if isinstance(t, ast.Tuple) else [t])]
    return sorted({n.id for n in flat if isinstance(n, ast.Name) and n.id.isupper()})


def told(title: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and len(value) > SHORT:
        yield f"{title}:"
        yield from (f"  {spelled(key)}: {spelled(each)}" for key, each in value.items())
    else:
        yield f"{title} = {spelled(value)}"


def test_limits_and_tables_are_their_snapshot() -> None:
    lines: list[str] = []
    for package in PACKAGES:
        for path in sorted((ROOT / "analyzer" / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            module = import_module(name)
            for each in stated(path) if name not in JOINED else ():
                title = f"{name.removeprefix('analyzer.')} {each}"
                lines += told(title, getattr(module, each))
    compare("limits.txt", "\n".join(lines) + "\n")
