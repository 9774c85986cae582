"""Contracts of reductions, of what runs along an axis, and of losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    rank,
    single,
    size_of,
    vector,
)
from analyzer.operators.contracts.reading import (
    differ,
    integers,
    listed,
    rank_of,
    shape_of,
    size_at,
    whole,
)
from analyzer.operators.contracts.settings import (
    axes_in_range,
    axis_in_range,
    flag,
    one_of,
    out_of_range,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

_REDUCTIONS = "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".split()
_KEEPS = flag("keepdims")
_MEANS = one_of("reduction", ("none", "sum", "mean"), grave=False)


def _since(op: str) -> int:
    """Version from which on the axes are an input."""
    return 13 if op == "ReduceSum" else 18


def _reduced(op: str) -> Contract:
    since = _since(op)
    return axes_in_range(lambda c: listed(c, "axes", 1, since), name="data", distinct=False)


def _along(call: Call) -> Iterator[Violation]:
    """The axis of CumSum and DFT is an input."""
    slot = 2 if call.op_type == "DFT" else 1
    axes, axis = rank_of(call, 0), integers(call, slot)
    if axes is not None and axis and not -axes <= axis[0] < axes:
        yield out_of_range("axis", axis[0], axes, f"the input ({spell(shape_of(call, 0))})")


def _parts(call: Call) -> Iterator[Violation]:
    """The last axis of DFT holds a real part, or a real and an imaginary one."""
    size = size_at(call, 0, -1)
    if size is not None and size not in (1, 2):
        yield Violation(
            "dft-parts",
            f"the last axis of the input ({spell(shape_of(call, 0))}) is {size} long, where it "
            "takes 1 (real numbers) or 2 (real and imaginary parts)",
            "put the signal before a last axis of 1, by an Unsqueeze",
        )


def _softmax_axis(call: Call) -> Iterator[Violation]:
    """Before version 13 axes were flattened from axis 1 on, since then the last one is taken."""
    yield from axis_in_range(default=-1 if call.version >= 13 else 1)(call)


def _labels(call: Call) -> Iterator[Violation]:
    """Scores are (batch, classes, …), labels the same without the classes."""
    scores, labels = shape_of(call, 0), shape_of(call, 1)
    if scores is None:
        return
    if len(scores) < 2:
        yield Violation(
            "rank", f"scores are {spell(scores)}; a batch and classes are two axes",
            "give scores (batch, classes, …)",
        )  # fmt: skip
        return
    if labels is None:
        return
    wanted = (scores[0], *scores[2:])
    if len(labels) != len(wanted) or any(map(differ, labels, wanted)):
        yield Violation(
            "label-shape",
            f"labels are {spell(labels)}, scores ({spell(scores)}) take {spell(wanted)}",
            "give labels the shape of scores without axis 1",
        )


def _classes(call: Call) -> Iterator[Violation]:
    """One weight for each class; a runtime reads what it finds."""
    weights, classes = shape_of(call, 2), size_at(call, 0, 1)
    if weights is not None and (len(weights) != 1 or differ(weights[0], classes)):
        yield Violation(
            "label-weights",
            f"weights are {spell(weights)} for {classes} classes",
            f"give {classes} weights, one for each class",
            grave=call.version >= 22 or len(weights) != 1,
        )


def _label_values(call: Call) -> Iterator[Violation]:
    """Labels name classes that exist, or the one that is ignored."""
    values, classes, ignored = integers(call, 1), size_at(call, 0, 1), whole(call, "ignore_index")
    wrong = [n for n in values or () if n != ignored and classes and not -classes <= n < classes]
    if wrong:
        yield Violation(
            "index-range", f"labels hold {wrong[0]}, there are {classes} classes",
            f"keep labels within 0 to {(classes or 0) - 1}",
        )  # fmt: skip


_LOSS = (_labels, _classes, _label_values, _MEANS)

REDUCTION: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    **{
        ("", f"Reduce{op}"): (rank(1, "axes", 1), _reduced(f"Reduce{op}"), _KEEPS)
        for op in _REDUCTIONS
    },
    ("", "ArgMax"): (axis_in_range(default=0, name="data"), _KEEPS),
    ("", "ArgMin"): (axis_in_range(default=0, name="data"), _KEEPS),
    **{("", op): (_softmax_axis,) for op in ("Softmax", "LogSoftmax", "Hardmax")},
    ("", "CumSum"): (single(1, "axis"), _along, one_of("exclusive", (0, 1)),
                     one_of("reverse", (0, 1))),
    ("", "CumProd"): (single(1, "axis"), _along, one_of("exclusive", (0, 1)),
                      one_of("reverse", (0, 1))),
    ("", "DFT"): (_parts, single(1, "dft_length"), single(2, "axis"), _along),
    ("", "SoftmaxCrossEntropyLoss"): _LOSS,
    ("", "NegativeLogLikelihoodLoss"): _LOSS,
    ("com.microsoft", "QLinearSoftmax"): (axis_in_range(default=-1),),
    ("com.microsoft", "BiasSoftmax"): (axis_in_range(default=1, name="data"),),
    ("com.microsoft", "QLinearReduceMean"): (_reduced("ReduceMean"),),
    ("com.microsoft", "ReduceSumInteger"): (_reduced("ReduceMean"),),
    ("com.microsoft", "BiasAdd"): (
        vector(1, "bias", size_of(0, 2), "channels", code="bias-length"),
    ),
}  # fmt: skip
