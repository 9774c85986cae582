"""Pooling: one operation per window element, plus the division of an average."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.operators.formula import FREE, Formula, Work, per_input

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
        return Work(0, size * (per_value * kernel + per_output), f"{size} · {kernel}")

    return count


MAX = Formula(windowed(1, 0), flops="|Y| · ΠK")
AVERAGE = Formula(windowed(1, 1), flops="|Y| · (ΠK + 1)")
GLOBAL_AVERAGE = per_input(1, "Σx / n", divide=1)
GLOBAL_MAX = per_input(1, "max")

RULES: dict[str, Formula] = {
    "MaxPool": MAX,
    "AveragePool": AVERAGE,
    "LpPool": Formula(windowed(3, 1), flops="|Y| · (3·ΠK + 1)   [(Σ|x|ᵖ)^(1/p)]"),
    "GlobalAveragePool": GLOBAL_AVERAGE,
    "GlobalMaxPool": GLOBAL_MAX,
    "GlobalLpPool": per_input(3, "(Σ|x|ᵖ)^(1/p)", divide=1),
    "MaxUnpool": FREE,
}
