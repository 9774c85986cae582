"""What a rule can say: every sort of subject, group, field, function and filter, from the code.

The page docs/rule-fields.md, ``onnxlint rules fields`` and the JSON Schema of rule files are made
from this; texts are those of the records' own docstrings.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.ruleset.calls import FUNCTIONS, QUANTIFIER_MEANINGS, QUANTIFIERS
from analyzer.ruleset.kinds import Many, Values, record_fields, sources, spell, title
from analyzer.ruleset.sandbox import FILTERS
from analyzer.ruleset.subjects import EVERYWHERE, SORTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.ruleset.kinds import Kind

UNITS: Mapping[str, str] = {
    "bytes": "bytes", "macs": "MACs", "flops": "FLOPs", "params": "parameters", "snr": "dB",
    "share": "share of 1", "ratio": "share of 1", "energy": "share of 1", "elements": "elements",
}  # fmt: skip
"""Units by the word of a field's name that stands for one."""


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """A field of a record, as authors read of it."""

    name: str
    type: str
    """``number``, ``text``, ``flag``, ``list of numbers``, ``mapping to numbers``, a record …"""
    unit: str
    """Unit of a number; empty for a plain one."""
    meaning: str
    """What it is, in one paragraph."""


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """A record behind one or several groups or fields."""

    name: str
    meaning: str
    fields: tuple[FieldEntry, ...]


@dataclass(frozen=True, slots=True)
class SubjectEntry:
    """A sort of subject."""

    name: str
    """The word in ``applies-to``."""
    meaning: str
    selects: tuple[str, ...]
    """The words that a selector may list; empty where they are data, such as operator types."""
    groups: Mapping[str, str]
    """Name of the record by group; those of every rule are left out."""


@dataclass(frozen=True, slots=True)
class CallEntry:
    """A function, a quantifier or a filter."""

    usage: str
    gives: str
    """Type of its result; of a filter that of what it takes."""
    meaning: str


@dataclass(frozen=True, slots=True)
class Handbook:
    """The whole language of rules apart from operators of expressions."""

    subjects: tuple[SubjectEntry, ...]
    common: Mapping[str, str]
    """Groups that every rule sees: name of the record by group."""
    records: tuple[RecordEntry, ...]
    functions: tuple[CallEntry, ...]
    filters: tuple[CallEntry, ...]


@cache
def handbook() -> Handbook:
    """Read off the code; takes some 20 ms."""
    subjects = tuple(
        SubjectEntry(
            sort.name,
            sort.meaning or _first(inspect.getdoc(sys.modules[sort.make.__module__]) or ""),
            sort.kinds,
            {name: title(record) for name, record in sort.groups.items()},
        )
        for sort in SORTS.values()
    )
    seen = [*EVERYWHERE.values(), *(r for sort in SORTS.values() for r in sort.groups.values())]
    return Handbook(
        subjects,
        {name: title(record) for name, record in EVERYWHERE.items()},
        tuple(map(_record, sorted(_reachable(seen), key=title))),
        tuple(_functions()),
        tuple(CallEntry(f"| {name}", f.takes, f.meaning) for name, f in FILTERS.items()),
    )


def _functions() -> Iterator[CallEntry]:
    for name, meaning in QUANTIFIER_MEANINGS.items():
        usage = f"{name}(x in list, condition on x)"
        yield CallEntry(usage, spell(QUANTIFIERS[name]), meaning)
    for function in FUNCTIONS.values():
        yield CallEntry(function.usage, spelled(function.result), function.meaning)


def _reachable(records: list[type]) -> set[type]:
    """The records, and those that their fields lead to."""
    found: set[type] = set()
    named: dict[str, type] = {}
    while records:
        record = records.pop()
        if record not in found:
            found.add(record)
            other = named.setdefault(title(record), record)
            if other is not record:
                raise TypeError(f"two records are called {title(record)}: {record}, {other}")
            kinds = [field.kind for field in record_fields(record).values()]
            kinds = [kind.of if isinstance(kind, Many) else kind for kind in kinds]
            records += [kind for kind in kinds if isinstance(kind, type)]
    return found


def _record(record: type) -> RecordEntry:
    texts = _texts(record)
    return RecordEntry(
        title(record),
        _first(inspect.getdoc(sources(record)[-1]) or ""),
        tuple(
            FieldEntry(f.name, spelled(f.kind), _unit(f.name, f.kind), texts.get(f.name, ""))
            for f in record_fields(record).values()
        ),
    )


def spelled(kind: Kind) -> str:
    """``list of numbers``, ``mapping to texts``, ``number`` …

    >>> spelled(Many("number")), spelled("flag")
    ('list of numbers', 'flag')
    """
    if isinstance(kind, Many):
        return f"list of {spelled(kind.of)}s" if kind.of != "any" else "list"
    if isinstance(kind, Values):
        return f"mapping to {kind.kind}s" if kind.kind != "any" else "mapping"
    return spell(kind)


def _unit(name: str, kind: Kind) -> str:
    if kind not in ("number", Values("number")):
        return ""
    return next((UNITS[word] for word in reversed(name.split("_")) if word in UNITS), "")


def _texts(record: type) -> dict[str, str]:
    """First paragraph about each field and property of a record."""
    found: dict[str, str] = {}
    for cls in reversed(sources(record)):
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
        for part in ast.walk(tree):
            if isinstance(part, ast.FunctionDef) and part.name != "__init__":
                found[part.name] = _first(ast.get_docstring(part) or "")
            if isinstance(part, (ast.ClassDef, ast.FunctionDef)):
                found.update(_annotated(part.body))
    return found


def _annotated(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Names that are annotated in a body, and the text below each."""
    for part, below in pairwise(body):
        target = part.target if isinstance(part, ast.AnnAssign) else None
        text = below.value if isinstance(below, ast.Expr) else None
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            if isinstance(target, ast.Name):
                yield target.id, _first(text.value)
            elif isinstance(target, ast.Attribute):
                yield target.attr, _first(text.value)


def _first(text: str) -> str:
    """First paragraph on one line, in Markdown's quotes and without Python's word for unknown."""
    line = " ".join(text.strip().split("\n\n")[0].split()).replace("``", "`")
    return line.replace("; `None` if unknown", "").replace("`None`", "unknown")
