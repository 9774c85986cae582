"""The functions of the language: what each takes, gives and means.

All of them are total and take time in proportion to what they are given. None is called with
something unknown: then the result is unknown.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import nodes

from analyzer.graph.values import Value
from analyzer.patterns.quantised import in_proportion
from analyzer.ruleset.kinds import ANY, FLAG, NUMBER, TEXT, Kind, Many, Values
from analyzer.ruleset.sandbox import UNKNOWN, number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_PATTERN = 500
"""Characters of a regular expression."""
MAX_PROGRAM = 1000
"""Instructions of a regular expression; RE2 takes 2.5 ns for each and character at the worst."""
_MEMORY = 1 << 20
"""Bytes that the automaton of a regular expression may take."""


class Wrong(Exception):  # noqa: N818 - turned into a ``Refused`` by whoever knows the line
    """Arguments are not what a function takes; ``str()`` continues its name."""


def _by_length(thing: Any, *_: Any) -> int:
    return len(thing) >> 6 if isinstance(thing, (str, list, tuple)) else 0


class Function(NamedTuple):
    """A function of the language."""

    usage: str
    """As authors write it, e.g. ``len(list)``."""
    meaning: str
    """One sentence."""
    result: Kind
    takes: Callable[[Sequence[nodes.Expr], Sequence[Kind]], bool]
    """Whether it can be called with these arguments of these kinds."""
    run: Callable[..., Any]
    """Its value; ``UNKNOWN`` where there is none."""
    cost: Callable[..., int] = _by_length
    """Steps that a call takes."""

    def check(self, arguments: Sequence[nodes.Expr], kinds: Sequence[Kind]) -> Kind:
        """Kind of the call; raises ``Wrong``."""
        if not self.takes(arguments, kinds):
            raise Wrong("is how it is called")
        return self.result


def _one(*wanted: Kind) -> Callable[[Sequence[nodes.Expr], Sequence[Kind]], bool]:
    return lambda _, kinds: len(kinds) == 1 and all(kind in (*wanted, ANY) for kind in kinds)


def _numbers(_: Sequence[nodes.Expr], kinds: Sequence[Kind]) -> bool:
    if len(kinds) == 1:
        return all(kind in (Many(NUMBER), Many(ANY), ANY) for kind in kinds)
    return len(kinds) > 1 and all(kind in (NUMBER, ANY) for kind in kinds)


def _compared(_: Sequence[nodes.Expr], kinds: Sequence[Kind]) -> bool:
    wanted = (Many(NUMBER), Many(NUMBER), NUMBER, NUMBER, NUMBER)
    return len(kinds) == len(wanted) and all(
        kind in (asked, ANY) or (isinstance(asked, Many) and kind == Many(ANY))
        for kind, asked in zip(kinds, wanted, strict=True)
    )


def _sized(_: Sequence[nodes.Expr], kinds: Sequence[Kind]) -> bool:
    return len(kinds) == 1 and all(
        kind in (TEXT, ANY) or isinstance(kind, (Many, Values)) for kind in kinds
    )


def _values(_: Sequence[nodes.Expr], kinds: Sequence[Kind]) -> bool:
    return bool(kinds) and all(kind is Value for kind in kinds)


def _searched(arguments: Sequence[nodes.Expr], kinds: Sequence[Kind]) -> bool:
    if len(kinds) != 2 or kinds[0] not in (TEXT, ANY):
        return False
    pattern = arguments[1]
    if not isinstance(pattern, nodes.Const) or not isinstance(pattern.value, str):
        return False
    check_pattern(pattern.value)
    return True


def check_pattern(pattern: str) -> None:
    """Raise ``Wrong`` unless ``pattern`` is a regular expression that can be searched for."""
    if len(pattern) > MAX_PATTERN:
        raise Wrong(f"takes a pattern of up to {MAX_PATTERN} characters")
    compile_pattern(pattern)


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Any:
    """The automaton of ``pattern``: RE2 searches in linear time. Raises ``Wrong``."""
    import re2  # lazily: most runs evaluate no rule that has a pattern

    options = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    try:
        found = re2.compile(pattern.encode("utf-8", "surrogatepass"), options)
    except re2.error as error:
        reason = next(iter(error.args), "it cannot be read")
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise Wrong(f"has a pattern that RE2 refuses: {text[:120]}") from None
    if found.programsize > MAX_PROGRAM:
        raise Wrong(
            f"has a pattern of {found.programsize:,} instructions, more than {MAX_PROGRAM:,}"
        )
    return found


def _matches(text: Any, pattern: str) -> object:
    if not isinstance(text, str):
        return UNKNOWN
    found = compile_pattern(pattern).search(text.encode("utf-8", "surrogatepass"))
    return found is not None


def _search_cost(text: Any, pattern: str) -> int:
    return len(text) * compile_pattern(pattern).programsize >> 11 if isinstance(text, str) else 0


def _reduced(reduce: Callable[[list[Any]], Any], empty: object) -> Callable[..., Any]:
    def run(*given: Any) -> object:
        [items] = given if len(given) == 1 else [given]
        if not isinstance(items, (list, tuple)):
            return UNKNOWN
        numbers = [item for item in items if number(item)]
        if len(numbers) < len(items):
            return UNKNOWN
        return reduce(numbers) if numbers else empty

    return run


def _product(numbers: list[Any]) -> object:
    """A product of whole numbers may have as many digits as it likes; of 4,096 it may not."""
    found: Any = 1
    for start in range(0, len(numbers), 16):
        found *= prod(numbers[start : start + 16])
        if isinstance(found, int) and found.bit_length() > _BITS:
            return UNKNOWN
    return found


_BITS = 1 << 14


def _length(thing: Any) -> object:
    return (
        len(thing) if isinstance(thing, (str, list, tuple)) or hasattr(thing, "keys") else UNKNOWN
    )


def _proportional(these: Any, those: Any, *numbers: Any) -> object:
    lists = all(isinstance(items, (list, tuple)) for items in (these, those))
    if not lists or not all(map(number, (*these, *those, *numbers))):
        return UNKNOWN
    try:
        found = in_proportion(
            [float(n) for n in these], [float(n) for n in those], *map(float, numbers)
        )
    except OverflowError:  # a whole number of hundreds of digits
        return UNKNOWN
    return UNKNOWN if found is None else found


def _inverse(axes: Any) -> object:
    if not isinstance(axes, tuple) or sorted(axes, key=str) != sorted(range(len(axes)), key=str):
        return UNKNOWN
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


FUNCTIONS = {
    "len": Function(
        "len(list)", "Number of elements of a list, of entries of a mapping, of characters of a "
        "text.", NUMBER, _sized, _length,
    ),
    "min": Function(
        "min(numbers)", "The smallest number of a list, or of several: min(a, b).", NUMBER,
        _numbers, _reduced(min, UNKNOWN),
    ),
    "max": Function(
        "max(numbers)", "The largest number of a list, or of several: max(a, b).", NUMBER,
        _numbers, _reduced(max, UNKNOWN),
    ),
    "sum": Function("sum(numbers)", "Sum of a list of numbers; 0 of an empty one.", NUMBER,
                    _numbers, _reduced(sum, 0)),
    "product": Function("product(numbers)", "Product of a list of numbers; 1 of an empty one.",
                        NUMBER, _numbers, _reduced(_product, 1)),
    "inverse": Function(
        "inverse(permutation)", "The permutation that undoes a permutation of axes, such as perm "
        "of Transpose.", Many(NUMBER), _one(Many(NUMBER), Many(ANY)), _inverse,
    ),
    "proportional": Function(
        "proportional(these, those, ratio, relative, absolute)", "Whether each number of a list is "
        "ratio times that of another, within absolute + relative · what it should be; a list of "
        "one number is that number everywhere.", FLAG, _compared, _proportional,
        lambda these, those, *_: _by_length(these) + _by_length(those),
    ),
    "abs": Function("abs(number)", "The number without its sign.", NUMBER, _one(NUMBER),
                    lambda x: abs(x) if number(x) else UNKNOWN),
    "lower": Function("lower(text)", "The text in small letters.", TEXT, _one(TEXT),
                      lambda text: text.lower() if isinstance(text, str) else UNKNOWN),
    "matches": Function(
        "matches(text, 'pattern')", "Whether a regular expression (RE2 syntax) is found anywhere "
        "in a text; ^ and $ tie it to the ends.", FLAG, _searched, _matches, _search_cost,
    ),
    "constant": Function(
        "constant(value, …)", "Whether all of these values are known before the model runs.", FLAG,
        _values, lambda *values: all(value.is_constant for value in values),
    ),
    "readers": Function(
        "readers(value)", "How often a value is read: by operators, inside bodies, as output of "
        "its graph.", NUMBER, _one(Value), lambda value: value.uses,
    ),
}  # fmt: skip
"""By name."""

QUANTIFIERS = {"any": FLAG, "all": FLAG, "count": NUMBER}
"""Kinds of ``any(x in list, condition on x)`` and the like."""
QUANTIFIER_MEANINGS = {
    "any": "Whether the condition holds for one element or more.",
    "all": "Whether the condition holds for every element; of an empty list it does.",
    "count": "For how many elements the condition holds.",
}
