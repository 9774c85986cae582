"""Jinja2 with everything a rule does not need taken away.

Two walls: ``check`` refuses all syntax but a short whitelist before anything is compiled, and
what is compiled runs in an immutable sandbox without globals, where attributes are read from
fact records only and arithmetic takes numbers only.

UnknownFact facts
-------------
``None`` becomes ``UNKNOWN``. Every comparison and membership with it is false, arithmetic with
it is unknown, and negations are pushed down to the comparisons (``not a < b`` runs as
``a >= b``). So a condition is true only where the known facts alone make it true; whatever
depends on an unknown fact is *not applicable* and reports nothing. The order of operands does
not matter, and nothing raises. ``is unknown`` asks on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from analyzer import units


class UnknownFact:  # noqa: PLW1641 - nothing is a key by it
    """The value of a fact that is not known: equal to nothing, above and below nothing."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return False

    def __lt__(self, other: object) -> bool:
        return False

    def __le__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return False

    def __ge__(self, other: object) -> bool:
        return False

    def __contains__(self, other: object) -> bool:
        return False

    def __bool__(self) -> bool:
        return False

    def __neg__(self) -> UnknownFact:
        return self

    def __pos__(self) -> UnknownFact:
        return self


UNKNOWN = UnknownFact()
_WORDS, _SENTENCE = 120, 300
"""Characters of a fact in a message, and of one that goes through the filter ``prose``."""


class _Prose(str):
    """A sentence that a fact consists of, which would lose its sense in the middle."""

    __slots__ = ()


def text(value: object) -> str:
    """A fact inside a message: short, and never a template again."""
    if value is UNKNOWN or value is None:
        return units.UNKNOWN
    return units.shorten(str(value), _SENTENCE if isinstance(value, _Prose) else _WORDS)


def _known(function: Callable[[Any], str]) -> Callable[[object], str]:
    return lambda value: units.UNKNOWN if value is UNKNOWN else function(value)


def _prefixed(value: float) -> str:
    """``568.7 M`` or ``512 ``: a unit can be written right behind it."""
    scaled = units.si(value)
    return scaled if " " in scaled else f"{scaled} "


FILTERS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "si": ("number", _prefixed),
    "count": ("number", units.count),
    "percent": ("number", units.percent),
    "times": ("number", units.times),
    "number": ("number", units.number),
    "bytes": ("number", units.size),
    "shape": ("list", units.shape),
    "prose": ("text", _Prose),
}
"""The closed set of message filters: the kind each takes and how it writes it."""


class RuleEnvironment(ImmutableSandboxedEnvironment):
    """See the module's docstring."""

    intercepted_binops: frozenset[str] = frozenset("+-*/")

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A fact, checked to exist when the rule was loaded; an absent one is ``UNKNOWN``."""
        if obj is UNKNOWN:
            return UNKNOWN
        data = type(obj) is dict or isinstance(obj, Mapping)
        value = obj.get(attribute) if data else getattr(obj, attribute)
        return UNKNOWN if value is None else value

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers; anything else, and division by zero, is ``UNKNOWN``."""
        if not (_is_number(left) and _is_number(right)) or (operator == "/" and right == 0):
            return UNKNOWN
        try:
            return self.binop_table[operator](left, right)
        except OverflowError:  # an integer beyond the range of floats
            return UNKNOWN


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@cache
def environment() -> RuleEnvironment:
    """The one environment of all rules."""
    env = RuleEnvironment(optimized=False, finalize=text, autoescape=False, cache_size=0)
    env.globals.clear()
    env.filters = {name: _known(function) for name, (_, function) in FILTERS.items()}
    env.tests = {"known": lambda v: v is not UNKNOWN, "unknown": lambda v: v is UNKNOWN}
    return env
