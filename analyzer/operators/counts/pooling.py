"""Pooling: one operation per window element, plus the division of an average."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.operators.formula import Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call


def windowed(per_value: int, per_output: int) -> Callable[[Call], Work]:
    """FLOPs = |Y| · (per_value · ΠK + per_output); padding positions count like data.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> y = Tensor("y", "float32", (1, 64, 56, 56))
    >>> call = Call("MaxPool", "", 17, {"kernel_shape": (3, 3)}, (None,), (y,))
    >>> windowed(1, 0)(call).other  # 64·56·56 · 3·3
    1806336
    """

    def count(call: Call) -> Work:
        size, kernel = call.out_size(), prod(call.attributes["kernel_shape"])
        taps = f"{per_value} · {kernel}" if per_value != 1 else f"{kernel}"
        each = f"({taps} + {per_output})" if per_output else taps
        return Work(0, size * (per_value * kernel + per_output), f"{size} · {each}")

    return count
