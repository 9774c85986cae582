"""What a stored tensor is for, told by the operators that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.evidence import TensorEvidence
from analyzer.model.notes import as_text
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.evidence import ValueStats
    from analyzer.facts import Node
    from analyzer.weights.stored import Stored, TensorUse

RANK = (Kind.WEIGHT, Kind.TABLE, Kind.GAIN, Kind.BIAS, Kind.STATISTIC, Kind.SCALE, Kind.STATE,
        Kind.POSITION, Kind.MASK, Kind.BOUND, Kind.INDEX, Kind.SHAPE, Kind.ZERO_POINT,
        Kind.DATA)  # fmt: skip
"""Of several uses the first counts."""
LEARNED = frozenset({Kind.WEIGHT, Kind.TABLE, Kind.GAIN, Kind.BIAS, Kind.STATISTIC})
FINITE = frozenset({Kind.WEIGHT, Kind.GAIN, Kind.BIAS, Kind.STATISTIC, Kind.SCALE})
"""Operands that are never infinite on purpose."""
BOUNDS = frozenset({
    "Clip", "ConstantOfShape", "Equal", "Greater", "GreaterOrEqual", "If", "IsInf", "Less",
    "LessOrEqual", "Loop", "Max", "Min", "Scan", "Scatter", "ScatterElements", "ScatterND",
    "Where",
})  # fmt: skip
"""Operators of which an infinite operand is a bound, a mask or where a search begins."""
MARKERS = frozenset({"Equal", "Imputer", "IsNaN", "LabelEncoder", "Where"})
"""Operators that NaN tells what is missing."""
LINEAR_MODELS = ("coefficients", "intercepts", "support_vectors")
"""Attributes of ai.onnx.ml that hold what was learned."""
SCALERS = ("offset", "scale")
"""Those that hold statistics of the data: 0 and 1 where features stay as they are."""


def node_ids(nodes: Iterable[Node]) -> Mapping[tuple[str, str], str]:
    """Ids by operator type and first output; of several, the first."""
    ids: dict[tuple[str, str], str] = {}
    for node in nodes:
        if node.outputs:
            ids.setdefault((node.op_type, node.outputs[0].name), node.id)
    return ids


def describe(
    tensor: Stored, values: ValueStats, ids: Mapping[tuple[str, str], str]
) -> TensorEvidence:
    """What ``tensor`` is, with the ``values`` that were seen."""
    told = [_kind(use) for use in tensor.uses]
    place = min(range(len(told)), key=lambda number: _rank(told[number]), default=None)
    first, kind = (None, None) if place is None else (tensor.uses[place], told[place])
    kinds = set(told)
    made = next(iter(first.node.output), "") if first else ""
    return TensorEvidence(
        name=as_text(tensor.name),
        reader=ids.get((first.op_type, made), "") if first else "",
        operator=first.op_type if first else "",
        kind=kind.value if kind else "",
        learned=not kinds.isdisjoint(LEARNED),
        variance=Kind.STATISTIC in told and any(map(_is_variance, tensor.uses)),
        bound=_is_bound(tensor, values, kinds),
        marker=bool(tensor.uses) and all(use.op_type in MARKERS for use in tensor.uses),
        values=values,
    )


def _rank(kind: Kind | None) -> int:
    return RANK.index(kind) if kind else len(RANK)


def _kind(use: TensorUse) -> Kind | None:
    if use.slot < 0:
        learned = Kind.WEIGHT if use.attribute in LINEAR_MODELS else None
        return Kind.STATISTIC if use.attribute in SCALERS else learned
    record = use.record
    picked = record is not None and record.nature is Nature.SELECTION and use.slot == 0
    return Kind.TABLE if picked and use.kind is Kind.DATA else use.kind


def _is_variance(use: TensorUse) -> bool:
    """The second running statistic, of which the operator takes the root."""
    record = use.record
    statistics = record.slots(Kind.STATISTIC) if record is not None else ()
    return len(statistics) > 1 and use.slot == statistics[1]


def _is_bound(tensor: Stored, values: ValueStats, kinds: set[Kind | None]) -> bool:
    """Whether infinity is no accident here: in a bound, in a mask, or in an attribute.

    What is not infinite in a mask is one number, and what is, is below zero.
    """
    if not kinds.isdisjoint(FINITE):
        return False
    mask = values.min == values.max and (values.positive_inf == 0 or values.elements == 1)
    steering = kinds <= {Kind.BOUND, Kind.MASK, Kind.STATE}
    return mask or steering or all(
        use.slot < 0 or use.op_type in BOUNDS for use in tensor.uses
    )  # fmt: skip
