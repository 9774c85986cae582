"""How a budget is written: ``600_000_000``, ``"600M"``, ``"4 MiB"``, ``"+5%"``, ``"-100k"``.

Exact throughout: a share is a fraction, and a figure a whole number.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.units import factors, spell

if TYPE_CHECKING:
    from analyzer.cli.budgets.figures import Figure

MOST = 10**18
"""No budget is larger."""
NONE = "none"
"""Lifts the budget that a part of the file further up has set."""
_WRITTEN = re.compile(r"\s*([+-])?\s*(\d[\d_]{0,24})(\.\d{1,12})?\s*([^\d\s.][^\s]{0,20})?\s*")


@dataclass(frozen=True, slots=True)
class Limit:
    """One budget of one figure."""

    text: str
    """As written."""
    most: int | None = None
    """The largest figure that is fine; ``None`` for one that depends on a base."""
    share: tuple[int, int] = (0, 1)
    """Of the base, as a fraction, that may come on top of it; negative: that must be saved."""
    step: int = 0
    """What may come on top of the base, in the figure's unit."""

    @property
    def is_relative(self) -> bool:
        """Whether it depends on a base."""
        return self.most is None

    def above(self, base: int) -> int:
        """The largest whole figure that is fine beside ``base``.

        >>> Limit("+5%", share=(1, 20)).above(19), Limit("-3", step=-3).above(7)
        (19, 4)
        """
        exact = base * (1 + Fraction(*self.share)) + self.step
        return max(0, exact.numerator // exact.denominator)


def parse_limit(value: object, figure: Figure) -> Limit:
    """A number of the figure's unit, or a text.

    Raises ``ValueError``, whose text follows the key.

    >>> from analyzer.cli.budgets.figures import FIGURES
    >>> parse_limit("4.35M", FIGURES["macs"]).most, parse_limit("1.5 MiB", FIGURES["peak"]).most
    (4350000, 1572864)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value < MOST:
            return Limit(f"{value:,}", value)
        raise ValueError(f"must be a number from 0, below {MOST:.0e}")
    wanted = (f'must be a whole number of {figure.unit}, a text such as "{_example(figure)}", or '
              '"+5%" beside a base')  # fmt: skip
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if not isinstance(value, str) or match is None:
        raise ValueError(f"{wanted}, not {spell(value)}")
    sign, digits, decimals, suffix = match.groups()
    number = Fraction(digits.replace("_", "") + (decimals or ""))
    text = " ".join(value.split())
    if suffix == "%":
        if not sign:
            raise ValueError(f'{text!r} is a share of what? One of a base has a sign: "+{text}"')
        share = (number if sign == "+" else -number) / 100
        return Limit(text, share=(share.numerator, share.denominator))
    factor = factors(figure.unit).get(suffix or "")
    if factor is None:
        raise ValueError(f"{text!r} is not in {figure.unit}; {wanted}")
    exact = number * factor
    if exact.denominator != 1 or exact >= MOST:
        raise ValueError(f"{text!r} is no whole number of {figure.unit} below {MOST:.0e}")
    amount = exact.numerator
    if sign:
        return Limit(text, step=amount if sign == "+" else -amount)
    return Limit(text, amount)


def _example(figure: Figure) -> str:
    return {"bytes": "4 MiB", "parameters": "4.3M"}.get(figure.unit, "600M")
