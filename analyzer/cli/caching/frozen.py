"""Records as JSON and back: only records that are known here come out, never code.

A list begins with what it is: ``""`` for a tuple, the name of a class of ours for a record or a
choice, ``{`` for a mapping, ``#`` for a set. What no entry may hold raises ``NotFrozen``.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from analyzer.dataclass import dataclass
from analyzer.facts import Facts, nothing
from analyzer.sanitise.widths import quoted
from analyzer.surplus import Structure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_PACKAGE = "analyzer."
_HOME = re.compile(r"[a-z_]+|(facts|evidence)\.[a-z]+|findings\.finding")
"""Modules of the package that records come from: the vocabulary, which imports nothing heavy."""
_ATOMS = frozenset({str, int, float, bool, type(None)})
_TUPLE, _MAPPING, _SET = "", "{", "#"
_LEFT: Mapping[type[Any], Mapping[str, Any]] = {
    Facts: {
        "graph": None,
        "find_structure": Structure,
        "find_batch_growth": nothing,
        "find_open_sizes": tuple,
        "find_resized": nothing,
        "find_fixed": dict,
        "contents": None,
    }
}
"""Fields that are not stored, and what is in their place: what no format of ``check`` shows."""


class NotFrozen(Exception):  # noqa: N818 - named after what happened
    """This cannot be stored, or is not what was stored."""


def dump(value: object) -> bytes:
    """``value`` as bytes; raises ``NotFrozen``."""
    try:
        return json.dumps(_frozen(value), separators=(",", ":"), check_circular=False).encode()
    except (RecursionError, TypeError, ValueError, AttributeError) as error:
        raise NotFrozen(str(error)) from error


def parse(data: bytes) -> Any:
    """What ``dump`` made bytes of; raises ``NotFrozen`` if it is anything else."""
    try:
        return _thawed(json.loads(data))
    except (
        ImportError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
        AttributeError,
    ) as error:
        raise NotFrozen(str(error)) from error


def _frozen(value: Any) -> Any:
    kind: Any = type(value)
    if kind in _ATOMS:
        return value
    if kind is tuple:
        return [_TUPLE, *[v if type(v) in _ATOMS else _frozen(v) for v in value]]
    if isinstance(value, dict):
        items = [each if type(each) in _ATOMS else _frozen(each)
                 for pair in value.items() for each in pair]  # fmt: skip
        return [_MAPPING, *items]
    if kind is frozenset:
        return [_SET, *map(_frozen, sorted(value))]
    form = _form(kind)
    return [form.name, *[v if type(v) in _ATOMS else _frozen(v) for v in form.values(value)]]


def _thawed(value: Any) -> Any:
    if type(value) is not list:
        return value
    name, rest = value[0], [_thawed(v) if type(v) is list else v for v in value[1:]]
    if name == _TUPLE:
        return tuple(rest)
    if name == _SET:
        return frozenset(rest)
    if name == _MAPPING:
        return dict(zip(rest[::2], rest[1::2], strict=True))
    return _named(name).make(rest)


@dataclass(frozen=True, slots=True)
class _Form:
    """How to take one kind of record apart and put it together."""

    name: str
    values: Callable[[Any], Iterable[Any]]
    make: Callable[[list[Any]], Any]


@cache
def _named(name: str) -> _Form:
    """The form of ``facts.Node`` and the like."""
    module, _, kind = name.rpartition(".")
    if not _HOME.fullmatch(module):
        raise NotFrozen(f"there are no records in {quoted(module)}")
    form = _form(getattr(import_module(f"{_PACKAGE}{module}"), kind))
    if form.name != name:
        raise NotFrozen(f"{name} is {form.name}")
    return form


@cache
def _form(kind: type[Any]) -> _Form:
    module = kind.__module__.removeprefix(_PACKAGE)
    name = f"{module}.{kind.__qualname__}"
    if not (kind.__module__.startswith(_PACKAGE) and _HOME.fullmatch(module)):
        raise NotFrozen(f"{name} is no record that is stored")
    if issubclass(kind, Enum):
        return _Form(name, lambda choice: (choice.value,), lambda rest: kind(*rest))
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _Form(name, lambda record: record, lambda rest: _exactly(kind, rest))
    if not is_dataclass(kind):
        raise NotFrozen(f"{name} is no record")
    left = _LEFT.get(kind, {})
    stored = [field for field in fields(kind) if field.init and field.name not in left]
    names = [field.name for field in stored]
    by_place = not any(field.kw_only for field in stored)

    def make(rest: list[Any]) -> Any:
        if by_place and len(rest) == len(names):  # faster, of which there are thousands
            return kind(*rest)
        return kind(**dict(zip(names, rest, strict=True)), **left)

    return _Form(name, lambda record: [getattr(record, each) for each in names], make)


def _exactly(kind: type[Any], rest: list[Any]) -> Any:
    return cast("Any", kind)(*rest)
