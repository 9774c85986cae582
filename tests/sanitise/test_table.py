"""Every format is in the table of sinks, and no text leaves by another way."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer import sanitise
from analyzer.graph.export import EXPORTS
from analyzer.sanitise.table import ENDS, SINKS, SPEAKERS
from tests.sanitise.everywhere import FORMATS
from tools.sinks import SECURITY, render

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(sanitise.__file__).parents[1]
SHOWING = ("cli", "report", "graph", "findings", "sanitise", "lint.py", "library.py", "examples.py",
           "display.py", "ruleset/explain.py", "ruleset/fields_page.py")  # fmt: skip
"""What shows something to people; the rest computes."""
SILENT = "cli/caching/"
"""Keeps what was computed, for itself."""
COMMANDS = {"explain", "rules"}
"""Commands that print pages of their own."""


def test_every_format_is_in_one_row() -> None:
    tables = {name: getattr(FORMATS, name) for name in dir(FORMATS) if name.endswith("_FORMATS")}
    known = {f"{name.removesuffix('_FORMATS')} {key}" for name, t in tables.items() for key in t}
    known |= {f"graph {name}" for name in EXPORTS} | COMMANDS
    listed = Counter(name for sink in SINKS for name in sink.formats)
    assert {*listed} == known, "say in analyzer/sanitise/table.py where the text of a format ends"
    assert max(listed.values()) == 1


def test_every_function_exists() -> None:
    for name in {name for sink in SINKS for name in sink.by}:
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module) if module else sanitise, function)), name


def test_every_escaper_has_a_sink() -> None:
    used = {name for sink in SINKS for name in sink.by}
    functions = {name for name in sanitise.__all__ if callable(getattr(sanitise, name))}
    assert functions - used == {"spaced", "without_commands"}  # parts of others


def test_security_page_has_the_table() -> None:
    text = SECURITY.read_text()
    assert "<!-- sinks -->" in text
    assert text == render(text), "run `make readme`"


def test_text_turns_into_bytes_in_known_places_only() -> None:
    found = {place for place, call in _calls() if call == "encode"}
    assert found == {*ENDS}, "let the text of a new format end in encode_lines, or say why not"


def test_bytes_leave_in_known_places_only() -> None:
    leaving = {"write", "write_all", "print", "write_bytes", "write_text"}
    found = {place for place, call in _calls() if call in leaving}
    assert found == {*SPEAKERS}, "let the console write, or say in table.py why not"


@cache
def _calls() -> tuple[tuple[str, str], ...]:
    """``(file and function, what it calls)``, of text and of streams."""
    return tuple(_found())


def _found() -> Iterator[tuple[str, str]]:
    for name in SHOWING:
        for path in sorted((ROOT / name).rglob("*.py")) or [ROOT / name]:
            if path.relative_to(ROOT).as_posix().startswith(SILENT):
                continue
            tree = ast.parse(path.read_text())
            yield from (
                (f"{path.relative_to(ROOT)} {place}", call) for place, call in _of(tree, "")
            )


def _of(tree: ast.AST, place: str) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(tree):
        inside = place
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inside = f"{place}.{node.name}".lstrip(".")
        call = node.func if isinstance(node, ast.Call) else None
        if isinstance(call, ast.Attribute) and not _is_console(call.value):
            yield inside, call.attr
        elif isinstance(call, ast.Name) and call.id in ("print", "write_all"):
            yield inside, call.id
        yield from _of(node, inside)


def _is_console(value: ast.expr) -> bool:
    """Whether a method is that of our console, whose bytes come from a sink."""
    if isinstance(value, ast.Call):
        value = value.func
    return isinstance(value, ast.Name) and value.id in ("console", "Console", "self")
