"""What a device's published figures say for certain of a model: a bound of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.facts import Certainty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.devices.profile import Profile
    from analyzer.facts import Facts


class MeasuredModels(NamedTuple):
    """How many times its bound real models took."""

    models: int
    least: float
    most: float


MEASURED = MeasuredModels(17, 1.09, 8.75)
"""With ONNX Runtime on a CPU of which no profile ships."""


@dataclass(frozen=True, slots=True)
class TimeBound:
    """The least that one inference takes on a device."""

    seconds: float | None
    """Arithmetic alone, at the peak; ``None`` where the device lacks a type that the model needs,
    or nothing is known of its MACs."""
    missing: tuple[str, ...] = ()
    """Element types of MACs that the device does not compute in."""
    partial: bool = False
    """MACs of some operators are unknown, or nothing bounds how often they run: it takes longer
    still."""
    less_exact: tuple[tuple[str, str], ...] = ()
    """Types of MACs, each with that which the device multiplies it in instead."""


def bound(
    facts: Facts,
    device: Profile,
    instead: Mapping[str, str] = {},
    kept: Mapping[str, int] = {},
) -> TimeBound:
    """MACs of each precision divided by the device's peak in it, added up.

    A lower bound of time wherever products are computed one by one: no device does more
    multiply-accumulates than its peak, and what moves data or is unknown only adds. Winograd and
    FFT convolutions compute fewer products, a fourth for 3×3 kernels in F(4×4, 3×3) (Lavin and
    Gray 2016), and are outside of it. It held on all models that were
    ``MEASURED``. Where data decide what runs, the fewest MACs count, all
    at the fastest rate. ``instead`` maps element types to those that they are replaced by,
    but for the MACs that are ``kept`` in the type they have. Sizes that the model cannot run with
    bound nothing.
    """
    found = replaced(facts.totals.macs_by_arithmetic, instead, kept)
    rates = {p: device.fastest(p) for p, macs in found.items() if macs}
    missing = tuple(p for p, rate in rates.items() if rate is None and p != "unknown")
    partial = not facts.totals.complete or "unknown" in rates
    others = tuple((p, device.instead[p]) for p in rates if p in device.instead)
    if missing or not any(rates.values()) or facts.totals.certainty is Certainty.UNKNOWN:
        return TimeBound(None, missing, partial, others)
    low, _ = facts.totals.macs_range
    seconds = sum(found[p] / rate for p, rate in rates.items() if rate)
    if low < facts.totals.macs:
        seconds = min(seconds, low / max(rate for rate in rates.values() if rate))
    return TimeBound(seconds, (), partial, others)


def replaced(
    macs: Mapping[str, int], instead: Mapping[str, str], kept: Mapping[str, int]
) -> dict[str, int]:
    """MACs by the types that they are computed in afterwards."""
    found = dict[str, int]()
    for precision, whole in macs.items():
        stay = min(kept.get(precision, 0), whole)
        for type_, part in ((instead.get(precision, precision), whole - stay), (precision, stay)):
            found[type_] = found.get(type_, 0) + part
    return found
