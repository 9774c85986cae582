"""The rule of every operator: a literal table assembled from one file per operator family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.costs import (
    attention,
    contrib_attention,
    contrib_elementwise,
    contrib_other,
    control,
    detection,
    elementwise,
    ml,
    movement,
    normalization,
    pooling,
    quantized,
    recurrent,
    reduction,
    resampling,
    signal,
    training,
)
from analyzer.facts import Certainty, Cost
from analyzer.operators import operators

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.formula import Formula

FAMILIES: Mapping[str, tuple[Mapping[str, Formula], ...]] = {
    "": (
        elementwise.RULES,
        pooling.RULES,
        normalization.RULES,
        reduction.RULES,
        recurrent.RULES,
        attention.RULES,
        quantized.RULES,
        resampling.RULES,
        detection.RULES,
        signal.RULES,
        movement.RULES,
        control.RULES,
        contrib_elementwise.LEGACY,
    ),
    "ai.onnx.ml": (ml.RULES,),
    "ai.onnx.preview": (attention.PREVIEW,),
    "ai.onnx.preview.training": (training.RULES,),
    "ai.onnx.training": (training.RULES,),
    "com.microsoft": (
        contrib_attention.RULES,
        contrib_elementwise.RULES,
        contrib_other.RULES,
    ),
    "com.microsoft.nchwc": (contrib_other.NCHWC,),
    "com.ms.internal.nhwc": (contrib_other.NHWC,),
}
"""Formula tables by operator domain; ``""`` is ai.onnx."""

RULES: Mapping[tuple[str, str], Formula] = {
    **{record.key: record.cost for record in operators()},
    **{
        (domain, op): rule
        for domain, families in FAMILIES.items()
        for family in families
        for op, rule in family.items()
    },
}
"""(domain, operator type) → rule."""


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
    rule = RULES.get((call.domain, call.op_type))
    if rule is not None:
        return rule.cost(call)
    name = f"{call.domain or 'ai.onnx'}::{call.op_type}"
    return Cost(None, None, certainty=Certainty.UNKNOWN, reason=f"no cost rule for {name}")


def precision(call: Call) -> str:
    """Arithmetic type of the MACs (``float32``, ``int8``, ``int4`` …); empty without MACs."""
    rule = RULES.get((call.domain, call.op_type))
    return rule.precision(call) if rule is not None and rule.precision is not None else ""
