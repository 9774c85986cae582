"""Rounding rules of the width multiplier α."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def exact(factor: float) -> Fraction:
    """The factor as the user wrote it: 0.7 is 7/10, so 10 channels at 0.7 are 7, not 6."""
    return Fraction(repr(float(factor)))


def widener(alpha: float, divisor: int | None = None) -> Callable[[int, int], int]:
    """(channels, required multiple) → channels at width ``alpha``.

    ``divisor=None`` is MobileNet's ⌊α·c⌋ (Howard et al. 2017, section 3.3); with a divisor,
    channels round to its nearest multiple, at least one, never losing more than 10 %
    (MobileNetV2 and EfficientNet).

    >>> widener(0.25)(32, 1), widener(0.75, 8)(24, 1), widener(1.1, 8)(112, 1)
    (8, 24, 120)
    """
    factor = exact(alpha)

    def floor(channels: int, multiple: int) -> int:
        if factor == 1:
            return channels
        whole = int(channels * factor)
        return whole if multiple == 1 else nearest(Fraction(whole), multiple)

    def rounded(channels: int, multiple: int) -> int:
        if factor == 1:
            return channels
        return nearest(channels * factor, lcm(multiple, divisor or 1))

    def widen(channels: int, multiple: int) -> int:
        return max(1, (rounded if divisor else floor)(channels, multiple))

    return widen


def nearest(channels: Fraction, multiple: int) -> int:
    """Nearest positive multiple, halves up, one more where that would lose over 10 %."""
    near = max(multiple, int(channels + Fraction(multiple, 2)) // multiple * multiple)
    return near + multiple if near * 10 < channels * 9 else near
