"""What one call costs, by the record of its operator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.facts import Certainty, Cost
from analyzer.operators import find

if TYPE_CHECKING:
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator


def cost(call: Call) -> Cost:
    """MACs and FLOPs of one execution of ``call``.

    Never raises: a missing shape, a malformed node or an operator nobody described gives a cost
    whose ``macs`` (or only ``flops``) is ``None`` and whose ``reason`` says why.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> x = Tensor("x", "float32", (1, 32, 112, 112))
    >>> cost(Call("Relu", "", 17, {}, (x,), (x,))).flops
    401408
    >>> cost(Call("Fancy", "com.example", 1, {}, (x,), (x,))).reason
    'no cost rule for com.example::Fancy'
    """
    operator = find(call.domain, call.op_type, call.version)
    if operator is not None:
        found = operator.cost.cost(call)
        return found if operator.declaration is None else _assumed(found, operator)
    name = f"{call.domain or 'ai.onnx'}::{call.op_type}"
    return Cost(None, None, certainty=Certainty.UNKNOWN, reason=f"no cost rule for {name}")


def _assumed(cost: Cost, operator: Operator) -> Cost:
    """``cost`` that rests on what somebody declared."""
    if cost.macs is None or cost.certainty is not Certainty.EXACT:
        return cost
    reason = f"{operator.domain}::{operator.name} is declared"
    missing = f"{reason}; {cost.reason}" if cost.reason else reason
    return replace(cost, certainty=Certainty.ASSUMED, reason=missing)


def precision(call: Call) -> str:
    """Arithmetic type of the MACs (``float32``, ``int8``, ``int4`` …); empty without MACs."""
    operator = find(call.domain, call.op_type, call.version)
    if operator is None or operator.cost.precision is None:
        return ""
    return operator.cost.precision(call)
