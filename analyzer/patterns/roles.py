"""What operators mean to a block pattern, from their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature, Scaling

if TYPE_CHECKING:
    from analyzer.facts import Conv
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

_CONV_ROLES = {"depthwise": "depthwise", "pointwise": "pointwise"}


def second_operand(call: Call) -> int | None:
    """Slot of the second operand of a matrix product; ``None`` for other operators."""
    record = record_of(call)
    return record.weight if record is not None and record.role == "product" else None


def is_norm(record: Operator) -> bool:
    """Normalises over a sample; ReduceMean stands for the decomposed form."""
    over_sample = record.nature is Nature.NORMALISATION and record.slot(Kind.STATISTIC) is None
    return over_sample or record.key == ("", "ReduceMean")


def role_of(call: Call, conv: Conv | None, weighted: bool) -> str:
    """One word for what an operator does; ``weighted`` if its second operand is constant.

    ``depthwise``, ``pointwise``, ``spatial`` (standard or grouped, any kernel),
    ``transposed``, ``linear``, ``product`` (of two activations), or ``Operator.role``.
    """
    if conv is not None:
        return "transposed" if conv.transposed else _CONV_ROLES.get(conv.kind, "spatial")
    record = record_of(call)
    if record is None:
        return ""
    if record.role == "product":
        return "linear" if weighted else "product"
    return "global-pool" if _is_global_mean(call, record) else record.role


def _is_global_mean(call: Call, record: Operator) -> bool:
    """ReduceMean or AveragePool over every spatial axis of a batched feature map."""
    source = call.input(0)
    if source is None or source.shape is None:
        return False
    rank = len(source.shape)
    if record.scaling is Scaling.REDUCE and record.name == "ReduceMean":
        axes = reduced_axes(call)
        return rank >= 3 and len(axes) == rank - 2 and 0 not in {a % rank for a in axes}
    if record.key == ("", "AveragePool"):
        return tuple(call.attr("kernel_shape") or ()) == source.shape[2:]
    return False


def reduced_axes(call: Call) -> tuple[int, ...]:
    """Axes of a reduction, from the attribute or a constant second input; empty if unknown."""
    if "axes" in call.attributes:
        return tuple(call.attributes["axes"])
    return call.integers(1) or ()
