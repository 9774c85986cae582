"""Records as plain data: what JSON shows of a record follows from its fields.

A record is a frozen dataclass or a named tuple. Every field is a member of its object under its
own name, unless its metadata say otherwise (``HIDDEN``, ``INLINE``, ``LISTED``, ``named``), and so
is every property that is ``shown``. The JSON Schema is read off the same classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from math import isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Getter = TypeVar("Getter", bound=Callable[..., Any])

SCHEMA: Final = 1
"""Version of the JSON contract; grows only when a name changes its meaning."""

Signed = Annotated[int, "signed"]
"""A whole number that may be negative; a plain ``int`` in a record is a count and may not."""
Digest = Annotated[str, "^[0-9a-f]{64}$"]
"""A SHA-256 in hexadecimal digits."""

_KEY = "member"
HIDDEN: Mapping[str, str] = {_KEY: "hidden"}
"""Metadata of a field that is for Python only."""
INLINE: Mapping[str, str] = {_KEY: "inline"}
"""Metadata of a field whose own members stand in the place of it."""
LISTED: Mapping[str, str] = {_KEY: "listed"}
"""Metadata of a mapping to records that know their key: an array of the records."""


def named(name: str) -> Mapping[str, str]:
    """Metadata of a field that goes by another name."""
    return {"name": name}


def shown(getter: Getter) -> Getter:
    """Make a property a member too: ``@property`` on top of ``@shown``."""
    return shown_as(getter.__name__)(getter)


def shown_as(name: str) -> Callable[[Getter], Getter]:
    """The same under another name."""

    def mark(getter: Getter) -> Getter:
        setattr(getter, _KEY, name)
        return getter

    return mark


@dataclass(frozen=True, slots=True)
class Member:
    """One name of an object and the attribute of the record behind it."""

    name: str
    attribute: str
    how: str = ""
    """``inline``, ``listed`` or nothing special."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Who wrote an output."""

    name: Literal["onnxlint"] = "onnxlint"
    version: str = __version__


class Output(Brief):
    """A record that is a whole output: what it says of itself comes first, its lists last."""

    __slots__ = ()

    @property
    @shown
    def schema(self) -> Literal[1]:
        """Version of the contract."""
        return SCHEMA

    @property
    @shown
    def tool(self) -> Tool:
        return Tool()

    def to_dict(self) -> dict[str, Any]:
        """What ``--format json`` prints, as dictionaries, lists, texts and numbers."""
        return plain(self)


def members(record: type[Any]) -> tuple[Member, ...]:
    """Members of a record's object: what it inherits, its fields, its properties."""
    if not is_dataclass(record):
        names: tuple[str, ...] = getattr(record, "_fields", ())
        return tuple(Member(name, name) for name in names)
    found = [
        *(_properties(Output) if issubclass(record, Output) else ()),
        *(
            Member(f.metadata.get("name", f.name), f.name, f.metadata.get(_KEY, ""))
            for f in fields(record)
        ),
        *_properties(record),
    ]
    return tuple(member for member in found if member.how != "hidden")


def _properties(record: type[Any]) -> Iterator[Member]:
    for attribute, value in vars(record).items():
        if isinstance(value, property) and hasattr(value.fget, _KEY):
            yield Member(getattr(value.fget, _KEY), attribute)


def plain(record: object) -> dict[str, Any]:
    """The record as dictionaries, lists, texts and numbers; nothing is shortened or left out."""
    form = _FORMS.get(type(record)) or _learn(type(record))
    found: dict[str, Any] = {}
    for member, value in zip(form.members, form.values(record), strict=True):
        if type(value) in _ATOMS:
            found[member.name] = value
        elif member.how == "inline":
            found |= plain(value)
        else:
            found[member.name] = _value(value, listed=member.how == "listed")
    if form.is_output:
        for name in [name for name, value in found.items() if isinstance(value, list)]:
            found[name] = found.pop(name)
    return found


@dataclass(frozen=True, slots=True)
class _Form:
    """How to take one kind of record apart: a look-up for each class, not for each record."""

    members: tuple[Member, ...]
    values: Callable[[object], tuple[Any, ...]]
    is_output: bool


_FORMS: dict[type[Any], _Form] = {}


def _learn(record: type[Any]) -> _Form:
    found = members(record)
    if not found:
        raise TypeError(f"{record.__name__} is no record")
    get = attrgetter(*(member.attribute for member in found))
    values = get if len(found) > 1 else lambda one: (get(one),)
    form = _Form(found, values, issubclass(record, Output))
    return _FORMS.setdefault(record, form)


_ATOMS = frozenset({str, int, bool, type(None)})


def _value(value: Any, *, listed: bool = False) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is float:
        return value if isfinite(value) else None  # JSON has no infinity
    if kind is tuple or kind is list:
        return [item if type(item) in _ATOMS else _value(item) for item in value]
    if kind in _FORMS:
        return plain(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        if listed:
            return [plain(item) for item in value.values()]
        return {key: _value(value[key]) for key in sorted(value)}
    return plain(value)
