"""Kinds of values in a rule, and the fields of the records that a rule can ask.

Read off the annotations of the records themselves, so that a new fact is at once usable in rules
and a misspelt one is refused when the rule file loads.
"""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, NamedTuple

from analyzer import evidence, facts
from analyzer.dataclass import dataclass
from analyzer.graph.values import NodeView, Value

NUMBER, TEXT, FLAG, ANY = "number", "text", "flag", "any"
OPTION_KINDS = {"integer": NUMBER, "number": NUMBER, "flag": FLAG, "text": TEXT}


@dataclass(frozen=True, slots=True)
class Values:
    """A mapping whose keys are data, such as ``totals.macs_by_kind``: every key is a field."""

    kind: str
    """Kind of all its values."""


@dataclass(frozen=True, slots=True)
class Many:
    """A list, in which single elements may be unknown."""

    of: Kind


Kind = str | type | Values | Many
"""A scalar kind, a record whose fields can be asked for, a mapping or a list."""

_SCALARS = {"int": NUMBER, "float": NUMBER, "int | float": NUMBER, "Signed": NUMBER, "Dim": NUMBER,
            "str": TEXT, "Digest": TEXT, "Certainty": TEXT, "ConvKind": TEXT, "bool": FLAG,
            "Any": ANY}  # fmt: skip
_NAMESPACES = (vars(facts), vars(evidence), {"NodeView": NodeView, "Value": Value})
_EXTENDS: dict[type, type] = {NodeView: facts.Node}
"""Views that have the fields of another record too."""


class Field(NamedTuple):
    """One thing that a record can be asked for."""

    name: str
    kind: Kind
    annotation: str
    """As its record writes it."""


def record_fields(cls: type) -> dict[str, Field]:
    """Every public field and property of a record that a rule can do something with."""
    return _fields(cls)


@cache
def fields_of(cls: type) -> dict[str, Kind]:
    """Kind of every public field and property of a record.

    >>> fields_of(facts.Saving)["ratio"], fields_of(facts.Conv)["strides"]
    ('number', Many(of='number'))
    """
    return {name: field.kind for name, field in _fields(cls).items()}


@cache
def _fields(cls: type) -> dict[str, Field]:
    found = dict(_fields(_EXTENDS[cls])) if cls in _EXTENDS else {}
    for name, annotation in _annotations(cls).items():
        kind = kind_of_annotation(annotation, vars(sys.modules[cls.__module__]))
        found.pop(name, None)
        if kind is not None and not name.startswith("_"):
            found[name] = Field(name, kind, annotation)
    return found


def _annotations(cls: type) -> dict[str, str]:
    if is_dataclass(cls):
        found = {field.name: str(field.type) for field in fields(cls)}
    elif hasattr(cls, "_fields"):
        found = {name: str(cls.__annotations__[name]) for name in cls._fields}
    else:
        found = {"name": "str"} if cls is Value else {}
    for name, member in vars(cls).items():
        if isinstance(member, property):
            found[name] = str(member.fget.__annotations__["return"])
    return found


def kind_of_annotation(annotation: str, names: dict[str, Any]) -> Kind | None:
    """The kind behind an annotation; ``None`` for what a rule has no use for.

    >>> kind_of_annotation("tuple[Value | None, ...]", {}), kind_of_annotation("Shape", {})
    (Many(of=<class 'analyzer.graph.values.Value'>), Many(of='number'))
    """
    base = annotation.removesuffix(" | None")
    if base in _SCALARS:
        return _SCALARS[base]
    if base in ("Shape", "Range"):
        return Many(NUMBER)
    if base.startswith("tuple["):
        inner = base.removeprefix("tuple[").removesuffix("]").removesuffix(", ...")
        item = kind_of_annotation(inner, names)
        return None if item is None else Many(item)
    if base.startswith("Mapping["):
        _key, _comma, value = base.removesuffix("]").partition(", ")
        kind = kind_of_annotation(value, names)
        return Values(kind if isinstance(kind, str) else ANY)
    for known in (names, *_NAMESPACES):
        cls = known.get(base)
        if isinstance(cls, type):
            is_record = is_dataclass(cls) or hasattr(cls, "_fields") or cls in _EXTENDS
            return cls if is_record or cls is Value else _enumeration(cls)
    return None


def _enumeration(cls: type) -> Kind | None:
    return TEXT if issubclass(cls, str) else None


def spell(kind: Kind) -> str:
    """``kind`` in a message: ``list``, ``number``, ``Saving`` …"""
    if isinstance(kind, Many):
        return "list"
    if isinstance(kind, Values):
        return "mapping"
    return kind if isinstance(kind, str) else title(kind)


def sources(record: type) -> tuple[type, ...]:
    """The classes whose fields a record has, its own first."""
    return (record, _EXTENDS[record]) if record in _EXTENDS else (record,)


def title(record: type) -> str:
    """What people call a record: a view of a node is a node to them."""
    return _EXTENDS.get(record, record).__name__
