"""Plain data → records: the way back from ``analyzer.records``, for data that nobody vouches for.

Only classes that are marked with ``record`` can be read back: their annotations can be resolved
while the program runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from enum import Enum
from itertools import repeat
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[Any], Any]

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(kind: type[T]) -> type[T]:
    """A frozen dataclass that can be read back; what its annotations name is imported for real."""
    return dataclass(frozen=True, slots=True)(kind)


class MalformedError(ValueError):
    """The data are no such record; the message says where, and what ought to be there."""


def restored(kind: type[T], data: object, where: str = "") -> T:
    """The record of class ``kind`` that ``plain`` made ``data`` of.

    Members that the class does not know are passed over; one that is missing takes its default.

    Raises
    ------
    MalformedError
        For the first member that is missing or of another type.

    >>> @record
    ... class Tick:
    ...     at: float
    ...     text: str = ""
    >>> restored(Tick, {"at": 1.5, "other": 2})
    Tick(at=1.5, text='')
    >>> restored(Tick, {"at": "left"})
    Traceback (most recent call last):
    ...
    analyzer.restore.MalformedError: at: expected a number
    """
    try:
        found: T = _reader(kind)(data)
    except _MisfitError as error:
        place = where + error.place if where else error.place.removeprefix(".")
        raise MalformedError(f"{place or 'it'}: {error.wanted}") from None
    return found


class _MisfitError(Exception):
    """A value of another type, and its place in what is being read: told on the way out, where
    somebody has to know it."""

    def __init__(self, wanted: str, place: str = "") -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.place = place

    def within(self, place: str) -> _MisfitError:
        """The same, told by whoever holds the value at ``place``."""
        self.place = place + self.place
        return self


def _reader(kind: Any) -> Reader:
    """What reads values of one type; made once for each."""
    if kind not in _READERS:
        _READERS[kind] = _make(kind)
    return _READERS[kind]


_READERS: dict[Any, Reader] = {}


def _make(kind: Any) -> Reader:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _reader(arguments[0])
    if origin in (Union, UnionType):
        return _any_of(arguments)
    if origin is Literal:
        return _one_of(dict(zip(arguments, arguments, strict=True)))
    if origin is tuple:
        return _tuple(arguments)
    if origin is Mapping:
        return _mapping(arguments[1])
    if kind in _SCALARS:
        return _SCALARS[kind]
    if issubclass(kind, Enum):
        return _one_of({member.value: member for member in kind})
    return _record(kind)


def _as_they_are(kind: Any) -> frozenset[type]:
    """Types whose values are read as they are, where that is all of ``kind``; else none."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _as_they_are(arguments[0])
    if origin in (Union, UnionType):
        each = [_as_they_are(one) for one in arguments]
        return frozenset().union(*each) if all(each) else frozenset()
    return _KINDS.get(kind, frozenset()) if origin is None else frozenset()


def _scalar(words: str, *kinds: type) -> Reader:
    def read(data: Any) -> Any:
        if type(data) not in kinds:
            raise _MisfitError(f"expected {words}")
        return data

    return read


_KINDS: Mapping[type, frozenset[type]] = {
    int: frozenset({int}),
    float: frozenset({float, int}),
    str: frozenset({str}),
    bool: frozenset({bool}),
    NoneType: frozenset({NoneType}),
}
_SCALARS: Mapping[type, Reader] = {
    kind: _scalar(words, *_KINDS[kind])
    for kind, words in (
        (int, "a whole number"), (float, "a number"), (str, "a text"), (bool, "true or false"),
        (NoneType, "null"),
    )
}  # fmt: skip


def _one_of(choices: Mapping[Any, Any]) -> Reader:
    def read(data: Any) -> Any:
        if not isinstance(data, str | int) or data not in choices:
            raise _MisfitError(f"expected one of {', '.join(map(str, choices))}")
        return choices[data]

    return read


def _any_of(kinds: tuple[Any, ...]) -> Reader:
    readers = [_reader(kind) for kind in kinds]
    may_be_none = NoneType in kinds

    def read(data: Any) -> Any:
        if data is None and may_be_none:
            return None
        reasons = []
        try:
            for reader in readers:
                try:
                    return reader(data)
                except _MisfitError as error:
                    reasons.append(error)
            # What was nearest to fit has come furthest into the data: its place is the longest.
            raise max(reasons, key=lambda reason: len(reason.place))
        finally:
            reasons.clear()  # each leads back here by what it went through

    return read


def _tuple(kinds: tuple[Any, ...]) -> Reader:
    if len(kinds) == 2 and kinds[1] is ...:
        item, simple = _reader(kinds[0]), _as_they_are(kinds[0])

        def read(data: Any) -> Any:
            _demand(data, list)
            if simple and simple.issuperset(map(type, data)):
                return tuple(data)
            return _each(repeat(item), data)

        return read
    items = [_reader(kind) for kind in kinds]

    def read_each(data: Any) -> Any:
        _demand(data, list)
        if len(data) != len(items):
            raise _MisfitError(f"expected {len(items)} items")
        return _each(items, data)

    return read_each


def _each(readers: Iterable[Reader], data: Iterable[Any]) -> tuple[Any, ...]:
    found: list[Any] = []
    try:
        for reader, each in zip(readers, data, strict=False):
            found.append(reader(each))
    except _MisfitError as error:
        raise error.within(f"[{len(found)}]") from None
    return tuple(found)


def _mapping(kind: Any) -> Reader:
    value = _reader(kind)

    def read(data: Any) -> Any:
        _demand(data, dict)
        found = {}
        for key, each in data.items():
            try:
                found[key] = value(each)
            except _MisfitError as error:
                raise error.within(f".{key}") from None
        return found

    return read


def _record(kind: Any) -> Reader:
    hints = get_type_hints(kind, include_extras=True)
    members = [
        (field.name, _as_they_are(hints[field.name]), _Late(hints[field.name]), field)
        for field in fields(kind)
    ]

    def read(data: Any) -> Any:
        _demand(data, dict)
        found = {}
        for name, simple, late, field in members:
            if name in data:
                value = data[name]
                if type(value) in simple:
                    found[name] = value
                    continue
                try:
                    found[name] = (late.read or late.made())(value)
                except _MisfitError as error:
                    raise error.within(f".{name}") from None
            elif field.default is MISSING and field.default_factory is MISSING:
                raise _MisfitError("is missing", f".{name}")
        return kind(**found)

    return read


class _Late:
    """The reader of a kind, made when first needed: a record may hold records of its own kind."""

    __slots__ = ("_kind", "read")

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self.read: Reader | None = None
        """``None`` before it is made."""

    def made(self) -> Reader:
        """Make it."""
        self.read = _reader(self._kind)
        return self.read


def _demand(data: Any, kind: type) -> None:
    if type(data) is not kind:
        raise _MisfitError(f"expected {'a list' if kind is list else 'an object'}")
