"""Arrays that count the arithmetic done on them, by the convention of docs/operators.md.

Each addition, multiplication, comparison, rounding, sign change and transcendental evaluation of
an element is 1 operation, reducing n elements is n, and selection, logic and movement are 0. A
product of matrices is one multiplication and one addition for each combination of indices. What
this file does not know raises, so that no operation goes uncounted.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ONE = frozenset(
    """add subtract multiply divide true_divide floor_divide remainder fmod power float_power
    maximum minimum fmax fmin greater greater_equal less less_equal equal not_equal negative
    absolute fabs sign square reciprocal sqrt cbrt exp exp2 log log2 log10 sin cos tan arcsin
    arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh rint floor ceil trunc erf
    """.split()
)
"""Functions of numpy that are one operation an element."""
SEVERAL = {"clip": 2, "log1p": 2, "expm1": 2}
"""A bound each; ln(1 + x); eˣ − 1."""
FREE = frozenset(
    """logical_and logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_xor invert
    left_shift right_shift isnan isinf isfinite positive signbit copysign conjugate
    """.split()
)
UNKNOWN = (np.convolve, np.correlate, np.tensordot, np.interp)
"""Functions of numpy that are no ufuncs, do arithmetic, and are not counted."""


@dataclass
class Tally:
    """What was counted since the tally was opened."""

    flops: int = 0
    """Operations, two for each multiply-accumulate."""
    macs: int = 0
    """Multiply-accumulates of matrix products."""


_open: list[Tally] = []


def add(flops: int, macs: int = 0) -> None:
    if _open:
        _open[-1].flops += flops
        _open[-1].macs += macs


@contextmanager
def tally() -> Iterator[Tally]:
    """Count what happens inside, and only that."""
    _open.append(Tally())
    try:
        yield _open[-1]
    finally:
        _open.pop()


@contextmanager
def left_out(reason: str) -> Iterator[None]:
    """Do not count what happens inside; ``reason`` says why the convention leaves it out."""
    assert reason
    with tally():
        yield


def choose(condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Counted:
    """``condition ? then : otherwise``, counted as the longer of the two."""
    with tally() as first:
        yes = then()
    with tally() as second:
        no = otherwise()
    longer = max((first, second), key=lambda t: t.flops)
    add(longer.flops, longer.macs)
    result: Counted = counted(np.where(plain(condition), plain(yes), plain(no)))
    return result


class Counted(np.ndarray):
    """An array whose arithmetic is counted; indexing never gives an uncounted scalar."""

    def __getitem__(self, key: Any) -> Any:
        return counted(super().__getitem__(key))

    def __array_ufunc__(self, ufunc: Any, method: Any, *inputs: Any, **more: Any) -> Any:
        out = more.pop("out", None)
        arrays = [plain(x) for x in inputs]
        if out is not None:
            more["out"] = tuple(plain(x) for x in out)
        result = getattr(ufunc, method)(*arrays, **more)
        name = ufunc.__name__.removesuffix(" (vectorized)")
        if ufunc is np.matmul:
            size = np.asarray(result).size * np.asarray(arrays[0]).shape[-1]
            add(2 * size, size)
        elif method in ("reduce", "accumulate"):
            add(_each(name) * np.asarray(arrays[0]).size)
        elif method == "__call__":
            first = result[0] if isinstance(result, tuple) else result
            add(_each(name) * np.asarray(first).size)
        else:
            raise NotImplementedError(f"{name}.{method}")
        if out is not None:
            return out[0] if len(out) == 1 else out
        if isinstance(result, tuple):
            return tuple(counted(x) for x in result)
        return counted(result)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function in (np.dot, np.einsum, np.inner, np.outer):
            arrays = [plain(x) for x in args]
            if function is np.einsum:
                return einsum(*args)
            result = np.asarray(function(*arrays, **kwargs))
            macs = _macs_of(function, arrays, result)
            add(2 * macs, macs)
            return counted(result)
        if function.__module__ == "numpy.linalg" or function in UNKNOWN:
            raise NotImplementedError(function.__name__)
        return super().__array_function__(function, types, args, kwargs)


def einsum(equation: str, *operands: Any) -> Counted:
    """``numpy.einsum`` evaluated literally: every combination of indices, every operand.

    With n operands each combination takes n − 1 multiplications and one addition.
    """
    arrays = [plain(x) for x in operands]
    terms, _, out = equation.replace(" ", "").partition("->")
    sizes: dict[str, int] = {}
    for term, array in zip(terms.split(","), arrays, strict=True):
        assert len(term) == array.ndim, "write the ellipsis out"
        for label, size in zip(term, array.shape, strict=True):
            sizes[label] = max(size, sizes.get(label, 1))
    total, result = prod(sizes.values()), np.asarray(np.einsum(equation, *arrays))
    if len(arrays) == 1:
        add(total if set(sizes) != set(out) else 0)
    else:
        add(len(arrays) * total, total)
    found: Counted = counted(result)
    return found


def _macs_of(function: Any, arrays: list[Any], result: np.ndarray[Any, Any]) -> int:
    first = np.asarray(arrays[0])
    scalar = first.ndim == 0 or np.asarray(arrays[1]).ndim == 0
    return int(result.size * (1 if function is np.outer or scalar else first.shape[-1]))


def _each(name: str) -> int:
    if name in ONE:
        return 1
    if name in FREE:
        return 0
    if name in SEVERAL:
        return SEVERAL[name]
    raise NotImplementedError(f"what does {name} count?")


def counted(value: Any) -> Any:
    """``value`` as a counting array."""
    return np.asarray(value).view(Counted)


def plain(value: Any) -> Any:
    """``value`` as arrays of numpy."""
    if isinstance(value, Counted):
        return value.view(np.ndarray)
    return [plain(x) for x in value] if isinstance(value, list | tuple) else value
