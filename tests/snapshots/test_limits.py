"""Limits, tolerances, tables and contracts of the modules that compute facts, in one list to be
reviewed: what changes there changes what is said of models. `make snapshots` rewrites it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from analyzer.operators.record import Operator
from tests.snapshots.test_snapshots import compare

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


def spelled(value: Any) -> str:
    """A value by what it holds; rules by their names, operators by theirs."""
    match value:
        case Enum():
            return value.name
        case Mapping():
            return "{" + ", ".join(f"{spelled(k)}: {spelled(v)}" for k, v in value.items()) + "}"
        case Set():
            return "{" + ", ".join(sorted(map(spelled, value))) + "}"
        case list() | tuple():
            return "(" + ", ".join(map(spelled, value)) + ")"
        case None | bool() | int() | float() | str() | bytes():
            return repr(value)
        case np.generic():
            return repr(value.item())
        case np.dtype():
            return value.name
        case re.Pattern():
            return repr(value.pattern)
        case Operator():
            return "::".join(value.key)
    if is_dataclass(value) and not isinstance(value, type):
        held = (f"{each.name}={spelled(getattr(value, each.name))}" for each in fields(value))
        return f"{type(value).__name__}({', '.join(held)})"
    if isinstance(value, FunctionType):
        return _rule(value)
    return str(getattr(value, "__qualname__", type(value).__name__))


def _rule(rule: FunctionType) -> str:
    """The function that made a rule, and what it made it of."""
    made = {
        name: cell.cell_contents
        for name, cell in zip(rule.__code__.co_freevars, rule.__closure__ or (), strict=True)
    }
    name = rule.__qualname__.partition(".<locals>")[0].replace("<lambda>", "λ")
    held = ", ".join(f"{key}={spelled(made[key])}" for key in sorted(made))
    return f"{name}({held})" if made else name


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
