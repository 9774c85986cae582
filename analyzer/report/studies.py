"""Answers about totals: what others would count, and how the total grows with the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.costs.conventions import conventions
from analyzer.dataclass import dataclass
from analyzer.records import Output
from analyzer.report.columns import columns
from analyzer.report.json import encode
from analyzer.report.style import Style
from analyzer.sanitise import clean, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from analyzer.costs.conventions import Convention
    from analyzer.facts import Facts
    from analyzer.scaling.symbolic import DimensionGrowth

POWERS = "⁰¹²³⁴"
SHOWN = 5
"""Sizes shown of each dimension; the JSON has all that were tried."""


@dataclass(frozen=True, slots=True)
class File:
    """Which model an answer is about."""

    path: str


@dataclass(frozen=True, slots=True)
class ConventionTotals(Output):
    """What ``inspect --conventions --format json`` prints."""

    model: File
    conventions: tuple[Convention, ...]


@dataclass(frozen=True, slots=True)
class InputGrowth(Output):
    """What ``inspect --growth --format json`` prints."""

    model: File
    growth: tuple[DimensionGrowth, ...]
    """One entry for each open dimension."""


def conventions_text(facts: Facts) -> str:
    """A table of totals, then what each counts and why it is not ours."""
    found = conventions(facts)
    ours = facts.totals.macs
    rows = [(c.name, _count(c), c.unit, _ratio(c.count, ours), _trust(c)) for c in found]
    lines = [*columns(("convention", "total", "called", "MACs ×", ""), rows, Style(), {0, 2, 4})]
    for c in found:
        lines += ["", f"{c.name}: {c.counts}."]
        lines += [f"  differs: {c.differs}"] if c.differs != "—" else []
        lines += (
            [f"  {'approximate' if c.complete else 'at least'}: {c.reason}"] if c.reason else []
        )
        lines.append(f"  source: {c.source}")
    return "\n".join(lines) + "\n"


def conventions_json(facts: Facts) -> bytes:
    """The same as one object."""
    return encode(ConventionTotals(File(facts.model.path), conventions(facts)).to_dict())


def growth_text(found: Sequence[DimensionGrowth]) -> str:
    """One paragraph a dimension: how total MACs follow it, as a polynomial and as samples."""
    if not found:
        return "the file fixes every input dimension; onnxlint scale answers other what-ifs\n"
    return "\n".join("\n".join(_growth(g)) + "\n" for g in found)


def growth_json(path: str, found: Sequence[DimensionGrowth]) -> bytes:
    """The same as one object."""
    return encode(InputGrowth(File(path), tuple(found)).to_dict())


def _count(c: Convention) -> str:
    text = units.count(c.count)
    return text if c.complete or c.count is None else f"≥ {text}"


def _ratio(count: int | None, macs: int) -> str:
    return units.unknown() if count is None or not macs else f"{count / macs:.3f}"


def _trust(c: Convention) -> str:
    return "exact" if c.exact else "approximate" if c.complete else "at least"


def _growth(g: DimensionGrowth) -> Iterator[str]:
    axes = ", ".join(f"{label(name)} axis {axis}" for name, axis in g.axes)
    yield f"{label(g.dim)} ({axes}): {g.kind}"
    if g.coefficients is not None:
        at = f"  at multiples of {g.step}" if g.step > 1 else ""
        yield f"  MACs = {polynomial(g.coefficients)}{at}"
    if g.reason:
        yield f"  {clean(g.reason)}"
    if g.samples:
        shown = g.samples[:SHOWN]
        yield "  " + ", ".join(f"n = {size}: {units.si(macs, 'MAC')}" for size, macs in shown)


def polynomial(coefficients: Sequence[Fraction]) -> str:
    """Highest power first.

    >>> from fractions import Fraction
    >>> polynomial((Fraction(0), Fraction(84934656), Fraction(67785, 16)))
    '67,785/16·n² + 84,934,656·n'
    """
    terms = [
        _term(factor, power) for power, factor in reversed([*enumerate(coefficients)]) if factor
    ]
    return " + ".join(terms).replace("+ -", "− ") or "0"


def _term(factor: Fraction, power: int) -> str:
    number = f"{factor.numerator:,}"
    if factor.denominator != 1:
        number += f"/{factor.denominator:,}"
    if not power:
        return number
    n = f"n{POWERS[power] if power > 1 else ''}"
    return n if factor == 1 else f"{number}·{n}"
