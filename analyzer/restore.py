"""Plain data → records: the way back from ``analyzer.records``, for data that nobody vouches for.

Only classes that are marked with ``record`` can be read back: their annotations can be resolved
while the program runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
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

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[Any, str], Any]

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
    found: T = _reader(kind)(data, where)
    return found


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


def _scalar(words: str, *kinds: type) -> Reader:
    def read(data: Any, where: str) -> Any:
        if type(data) not in kinds:
            raise MalformedError(f"{where or 'it'}: expected {words}")
        return data

    return read


_SCALARS: Mapping[type, Reader] = {
    int: _scalar("a whole number", int),
    float: _scalar("a number", float, int),
    str: _scalar("a text", str),
    bool: _scalar("true or false", bool),
    NoneType: _scalar("null", NoneType),
}


def _one_of(choices: Mapping[Any, Any]) -> Reader:
    def read(data: Any, where: str) -> Any:
        if not isinstance(data, str | int) or data not in choices:
            raise MalformedError(f"{where or 'it'}: expected one of {', '.join(map(str, choices))}")
        return choices[data]

    return read


def _any_of(kinds: tuple[Any, ...]) -> Reader:
    readers = [_reader(kind) for kind in kinds]

    def read(data: Any, where: str) -> Any:
        reasons = []
        for reader in readers:
            try:
                return reader(data, where)
            except MalformedError as error:
                reasons.append(str(error))
        # What was nearest to fit has come furthest into the data: its place is the longest.
        raise MalformedError(max(reasons, key=lambda reason: reason.index(": ")))

    return read


def _tuple(kinds: tuple[Any, ...]) -> Reader:
    if len(kinds) == 2 and kinds[1] is ...:
        item = _reader(kinds[0])

        def read(data: Any, where: str) -> Any:
            _demand(data, list, where)
            return tuple([item(each, f"{where}[{n}]") for n, each in enumerate(data)])

        return read
    items = [_reader(kind) for kind in kinds]

    def read_each(data: Any, where: str) -> Any:
        _demand(data, list, where)
        if len(data) != len(items):
            raise MalformedError(f"{where or 'it'}: expected {len(items)} items")
        return tuple(
            reader(each, f"{where}[{n}]")
            for n, (reader, each) in enumerate(zip(items, data, strict=True))
        )

    return read_each


def _mapping(kind: Any) -> Reader:
    value = _reader(kind)

    def read(data: Any, where: str) -> Any:
        _demand(data, dict, where)
        return {key: value(each, f"{where}.{key}") for key, each in data.items()}

    return read


def _record(kind: Any) -> Reader:
    hints = get_type_hints(kind, include_extras=True)
    members = [(field, _Late(hints[field.name])) for field in fields(kind)]

    def read(data: Any, where: str) -> Any:
        _demand(data, dict, where)
        found = {}
        for field, reader in members:
            place = f"{where}.{field.name}" if where else field.name
            if field.name in data:
                found[field.name] = reader(data[field.name], place)
            elif field.default is MISSING and field.default_factory is MISSING:
                raise MalformedError(f"{place}: is missing")
        return kind(**found)

    return read


class _Late:
    """The reader of a kind, made when first needed: a record may hold records of its own kind."""

    __slots__ = ("_kind", "_read")

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._read: Reader | None = None

    def __call__(self, data: Any, where: str) -> Any:
        if self._read is None:
            self._read = _reader(self._kind)
        return self._read(data, where)


def _demand(data: Any, kind: type, where: str) -> None:
    if type(data) is not kind:
        raise MalformedError(
            f"{where or 'it'}: expected {'a list' if kind is list else 'an object'}"
        )
