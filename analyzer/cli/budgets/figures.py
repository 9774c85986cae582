"""The figures that a budget may be about, and the rule that speaks where one is exceeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.facts import Certainty

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.facts import Facts


class Gauge(NamedTuple):
    """What a model has of something."""

    value: int | None
    """As a budget judges it, the upper end; ``None`` if unknown."""
    open: str = ""
    """Why it may be more than that; empty where it is not."""
    is_bounded: bool = True
    """False for a loop without a bound, which fits no budget: the rule says that, whatever the
    value is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure."""

    rule: str
    """Name of the rule about it."""
    option: str
    """Its option that is the budget."""
    unit: str
    """``MACs``, ``bytes`` …"""
    noun: str
    """What people call it."""
    of: Callable[[Facts], Gauge]
    """What a model has of it."""

    def text(self, value: int) -> str:
        """``value`` with its unit."""
        if self.unit == "bytes":
            return units.size(value)
        if self.unit == "parameters":
            return units.count(value)
        return units.si(value, self.unit.removesuffix("s"))


def _macs(facts: Facts) -> Gauge:
    sure = facts.totals.complete and facts.totals.certainty is not Certainty.UNKNOWN
    reason = "" if sure else facts.totals.reason
    return Gauge(facts.ceiling.macs, reason, facts.ceiling.is_bounded)


def _flops(facts: Facts) -> Gauge:
    why = "some operators have unknown cost or runs without a bound"
    reason = "" if facts.totals.flops_complete else why
    return Gauge(facts.ceiling.flops, reason, facts.ceiling.is_bounded)


def _params(facts: Facts) -> Gauge:
    sure = facts.parameters.certainty in (Certainty.EXACT, Certainty.ASSUMED)
    return Gauge(facts.totals.params, "" if sure else facts.parameters.reason)


def _weight_bytes(facts: Facts) -> Gauge:
    return Gauge(facts.totals.weight_bytes, _params(facts).open)


def _peak(facts: Facts) -> Gauge:
    sure = facts.memory.certainty in (Certainty.EXACT, Certainty.ASSUMED)
    return Gauge(facts.ceiling.activation_bytes, "" if sure else facts.memory.reason)


FIGURES: Mapping[str, Figure] = {
    "macs": Figure("compute-budget", "max-macs", "MACs", "multiply-accumulates", _macs),
    "flops": Figure("flop-budget", "max-flops", "FLOPs", "floating-point operations", _flops),
    "params": Figure("parameter-budget", "max-params", "parameters", "parameters", _params),
    "weight-bytes": Figure(
        "weight-budget", "max-weight-bytes", "bytes", "bytes of weights", _weight_bytes
    ),
    "peak": Figure(
        "activation-budget", "max-activation-bytes", "bytes", "bytes of activations", _peak
    ),
}
"""By what a configuration calls them."""
OTHER_NAMES: Mapping[str, str] = {
    "peak-activation-bytes": "peak", "activation-bytes": "peak", "parameters": "params",
    "weights": "weight-bytes",
}  # fmt: skip
"""What people may call them, for a hint."""
