"""How one size follows from others: the arithmetic that relations hand to ``Dims.derive``."""

from __future__ import annotations

from math import gcd, prod
from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Size = int | None
"""Number of elements along one axis; ``None`` if unknown."""


def unchanged(today: Sequence[Size], size: int, why: str = "unknown") -> Callable[..., int]:
    """Arithmetic nobody knows: right as long as nothing changes."""

    def compute(*sizes: int) -> int:
        if list(sizes) != list(today):
            raise Unknown(f"how {why} arithmetic follows a change of size is not known")
        return size

    return compute


def largest(*sizes: int) -> int:
    return max(sizes)


def total(*sizes: int) -> int:
    return sum(sizes)


def product(*sizes: int) -> int:
    return prod(sizes)


def share(part: int, whole: int) -> tuple[Callable[[int], int], Callable[[int], int]]:
    """(compute, need) for ``target = source · part / whole``, exact or ``Unknown``."""
    common = gcd(part, whole) or 1
    up, down = part // common, whole // common

    def compute(size: int) -> int:
        if size * up % down:
            raise Unknown(f"{size} does not divide by {down}")
        return size * up // down

    return compute, lambda multiple: down * (multiple // gcd(up, multiple))
