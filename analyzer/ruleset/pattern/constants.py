"""When a constant, or an attribute, is the number that a pattern states.

Numbers reach a file rounded to its element type: ``0.044715`` is stored in float32 as
0.04471500217914581, and √2/2 as any of two neighbours. A constant is the stated number where it
differs from it by no more than one rounding of its type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.arrays import Elements
    from analyzer.ruleset.pattern.syntax import Literal, Number

ROUNDING: Mapping[str, float] = {"float16": 2.0**-10, "bfloat16": 2.0**-7}
"""Distance of neighbours, relative to the number, by element type."""
FLOAT32 = 2.0**-23


def is_number(array: Elements | None, number: Number) -> bool:
    """Whether ``array`` is a constant with this one element, whatever its rank.

    >>> import numpy as np
    >>> is_number(np.float32([0.044715]), 0.044715), is_number(np.float32([0.0447]), 0.044715)
    (True, False)
    """
    if array is None or array.size != 1 or array.dtype.hasobject:
        return False
    return _equal(array.reshape(-1).tolist()[0], number, _rounding(array))


def is_vector(array: Elements | None, numbers: tuple[Number, ...]) -> bool:
    """Whether ``array`` is a constant vector of these elements.

    >>> import numpy as np
    >>> is_vector(np.array([0, 2, 1]), (0, 2, 1)), is_vector(np.array([[0, 2, 1]]), (0, 2, 1))
    (True, False)
    """
    if array is None or array.shape != (len(numbers),) or array.dtype.hasobject:
        return False
    rounding = _rounding(array)
    return all(_equal(a, b, rounding) for a, b in zip(array.tolist(), numbers, strict=True))


def is_setting(value: object, wanted: Literal) -> bool:
    """Whether an attribute's value is what a pattern states; an unknown one is not."""
    if isinstance(wanted, tuple):
        if not isinstance(value, tuple) or len(value) != len(wanted):
            return False
        return all(is_setting(v, w) for v, w in zip(value, wanted, strict=True))
    if isinstance(wanted, str) or isinstance(value, str):
        return value == wanted
    return isinstance(value, (int, float)) and _equal(value, wanted, FLOAT32)


def plain(value: object) -> object:
    """An attribute's value as a metavariable holds it: number, text or tuple; else ``None``."""
    if isinstance(value, (int, float, str)):
        return value
    if isinstance(value, tuple) and all(isinstance(v, (int, float, str)) for v in value):
        return value
    return None


def _rounding(array: Elements) -> float:
    return ROUNDING.get(array.dtype.name, FLOAT32)


def _equal(value: object, number: Number, rounding: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if isinstance(value, int) and isinstance(number, int):
        return value == number
    return abs(value - number) <= rounding * abs(number)
