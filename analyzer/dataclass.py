"""Dataclasses that cost little to define: no method is compiled before somebody needs it.

``dataclasses.dataclass`` compiles up to eight methods for each class, which takes 1 ms; with some
300 classes that was a fifth of the time in which a small model is checked. Here methods that are
the same for all classes are functions, and ``__init__`` is compiled when the first instance is
made. That of a frozen class with slots fills them by their descriptors, in half of the time that
``object.__setattr__`` takes.

To a type checker, and to ``dataclasses.fields`` and ``replace``, these are dataclasses as any
other. Not supported, because nobody needs them: ``order``, ``unsafe_hash``, ``InitVar``, and a
mutable class derived from a frozen one.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass as dataclass
else:

    def dataclass(kind=None, /, **how):
        """As ``dataclasses.dataclass``, with or without parentheses."""
        if kind is None:
            return lambda kind: _made(kind, **how)
        return _made(kind, **how)


def _made(
    kind: type[Any],
    *,
    frozen: bool = False,
    slots: bool = False,
    eq: bool = True,
    repr: bool = True,
    weakref_slot: bool = False,
) -> type[Any]:
    own = vars(kind)
    if not kind.__doc__:
        kind.__doc__ = kind.__name__  # or its signature is computed for it
    hashes = own.get("__hash__") is not None
    made: type[Any] = dataclasses.dataclass(
        init=False, repr=False, eq=False, slots=slots, weakref_slot=weakref_slot
    )(kind)
    methods: dict[str, Any] = {"__init__": _Later(made, frozen=frozen, slots=slots)}
    if repr:
        methods["__repr__"] = _shown
    fields = dataclasses.fields(made)
    if eq:
        methods["__eq__"] = _equal(_values(field.name for field in fields if field.compare))
        made.__dataclass_params__.eq = True
        if not hashes:
            own_hash = _hashed(
                _values(f.name for f in fields if (f.compare if f.hash is None else f.hash))
            )
            made.__hash__ = own_hash if frozen else None  # type: ignore[assignment]
    if frozen:
        made.__dataclass_params__.frozen = True
        methods |= {"__setattr__": _set_nothing, "__delattr__": _delete_nothing}
        if slots:
            names = [field.name for field in fields]
            methods |= {"__getstate__": _keeping(names), "__setstate__": _restoring(made, names)}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _values(names: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What the attributes of an object are, as a tuple."""
    wanted = tuple(names)
    if len(wanted) > 1:
        return attrgetter(*wanted)
    if wanted:
        get = attrgetter(wanted[0])
        return lambda one: (get(one),)
    return lambda one: ()


def _equal(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, object], Any]:
    def equal(self: Any, other: object) -> Any:
        if other.__class__ is self.__class__:
            return values(self) == values(other)
        return NotImplemented

    return equal


def _hashed(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    return lambda self: hash(values(self))


@recursive_repr()
def _shown(self: Any) -> str:
    parts = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(parts)})"


def _set_nothing(_self: Any, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete_nothing(_self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _keeping(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What the attributes of an object are, where it goes to another process."""
    values = _values(names)

    def state(self: Any) -> tuple[Any, ...]:  # attrgetter is no method
        return values(self)

    return state


def _restoring(kind: type[Any], names: Iterable[str]) -> Callable[[Any, tuple[Any, ...]], None]:
    """How an object is made again of what its attributes were."""
    setters = [getattr(kind, name).__set__ for name in names]

    def restore(self: Any, state: tuple[Any, ...]) -> None:
        for fill, value in zip(setters, state, strict=True):
            fill(self, value)

    return restore


class _Unstated:
    """What a parameter is that a function makes where it is not stated."""

    def __repr__(self) -> str:
        return "<factory>"


class _Later:
    """The ``__init__`` of a class until somebody asks for it."""

    __slots__ = ("frozen", "kind", "slots")

    def __init__(self, kind: type[Any], *, frozen: bool, slots: bool) -> None:
        self.kind, self.frozen, self.slots = kind, frozen, slots

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        method = _initialiser(self.kind, frozen=self.frozen, slots=self.slots)
        self.kind.__init__ = method
        return method.__get__(instance, owner)


def _initialiser(kind: type[Any], *, frozen: bool, slots: bool) -> Any:
    """The compiled ``__init__`` of a dataclass."""
    fields = dataclasses.fields(kind)
    known: dict[str, Any] = {"_missing": _Unstated(), "_set": object.__setattr__}
    lines = []
    for field in fields:
        name = field.name
        value = name if field.init else f"_default_{name}"
        if field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            make = f"_make_{name}()"
            value = f"{make} if {name} is _missing else {name}" if field.init else make
        elif field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
        elif not field.init:
            continue
        if not frozen:
            lines.append(f"self.{name} = {value}")
        elif slots:
            known[f"_set_{name}"] = getattr(kind, name).__set__
            lines.append(f"_set_{name}(self, {value})")
        else:
            lines.append(f"_set(self, {name!r}, {value})")
    if hasattr(kind, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "\n    ".join(lines or ["pass"])
    exec(f"def __init__({_parameters(fields)}):\n    {body}", known)  # noqa: S102 - the names are those of attributes in our source
    method = known["__init__"]
    method.__qualname__ = f"{kind.__qualname__}.__init__"
    method.__module__ = kind.__module__
    method.__annotations__ = {f.name: f.type for f in fields if f.init} | {"return": None}
    return method


def _parameters(fields: tuple[dataclasses.Field[Any], ...]) -> str:
    def stated(field: dataclasses.Field[Any]) -> str:
        if field.default is not dataclasses.MISSING:
            return f"{field.name}=_default_{field.name}"
        if field.default_factory is not dataclasses.MISSING:
            return f"{field.name}=_missing"
        return field.name

    wanted = [field for field in fields if field.init]
    named = [stated(field) for field in wanted if field.kw_only]
    places = [stated(field) for field in wanted if not field.kw_only]
    return ", ".join(["self", *places, *(["*", *named] if named else [])])
