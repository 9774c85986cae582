"""``macs=5%,params=0,weight-bytes=1MiB``: how much each total may grow."""

from __future__ import annotations

from argparse import ArgumentTypeError
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from analyzer.report.compare.gate import TOTALS, IncreaseBound
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted
from analyzer.units import parse_quantity

MOST = 10**18
"""Largest amount, and largest percentage, that makes sense."""
_UNITS = {"weight-bytes": "bytes", "peak": "bytes", "file-bytes": "bytes", "macs": "MACs",
          "flops": "FLOPs"}  # fmt: skip


def bounds(text: str) -> tuple[IncreaseBound, ...]:
    """Comma-separated bounds, exactly as they are written.

    >>> [(b.name, str(b.share), b.amount) for b in bounds("macs=0.1%,params=0,peak=1MiB")]
    [('macs', '1/1000', 0), ('params', '0', 0), ('peak', '0', 1048576)]
    """
    return tuple(_bound(part.strip()) for part in text.split(",") if part.strip())


def _bound(text: str) -> IncreaseBound:
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not value or name not in TOTALS:
        raise ArgumentTypeError(f"{quoted(text, widths.PATH)} is not TOTAL=BOUND such as macs=5%; "
                                f"totals are {', '.join(TOTALS)}")  # fmt: skip
    if value.endswith("%"):
        return IncreaseBound(name, _percentage(value, text), 0, value)
    try:
        amount = parse_quantity(value, _UNITS.get(name, ""))
    except ValueError as error:
        raise ArgumentTypeError(f"{quoted(text, widths.PATH)}: {error}") from None
    if amount != int(amount) or not 0 <= amount <= MOST:
        raise ArgumentTypeError(
            f"{quoted(text, widths.PATH)} is not a whole number from 0, or a percentage"
        )
    return IncreaseBound(name, Fraction(0), int(amount), value)


def _percentage(value: str, text: str) -> Fraction:
    try:
        share = Decimal(value.removesuffix("%").strip())
    except InvalidOperation:
        raise ArgumentTypeError(f"{quoted(text, widths.PATH)} is not a percentage") from None
    if not share.is_finite() or not 0 <= share <= MOST:
        raise ArgumentTypeError(f"{quoted(text, widths.PATH)} is not a percentage from 0")
    return Fraction(share) / 100
