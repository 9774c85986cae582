"""Contracts of matrix products: MatMul, Gemm, Einsum and their integer and fused forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    least_rank,
    rank,
    stretches,
)
from analyzer.operators.contracts.reading import (
    broadcast,
    differ,
    shape_of,
    whole,
    word,
)
from analyzer.operators.contracts.settings import (
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim, Shape
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

_LETTERS = re.compile(r"[A-Za-z]")


def turned(shape: Shape, flip: bool) -> Shape:
    """``shape`` with its last two axes exchanged."""
    if shape is None or len(shape) < 2 or not flip:
        return shape
    return (*shape[:-2], shape[-1], shape[-2])


def product(a: int = 0, b: int = 1, *, flips: bool = False) -> Contract:
    """Inputs ``a`` and ``b`` are multiplied as NumPy's matmul does.

    ``flips``: attributes transA and transB exchange the last two axes.
    """

    def check(call: Call) -> Iterator[Violation]:
        left = turned(shape_of(call, a), flips and bool(whole(call, "transA", 0)))
        right = turned(shape_of(call, b), flips and bool(whole(call, "transB", 0)))
        if not left or not right:
            if left == () or right == ():
                yield Violation(
                    "rank",
                    f"A is {spell(left)} and B {spell(right)}; a product takes no scalar",
                    "use Mul, or give the operand an axis",
                )
            return
        inner = right[-2] if len(right) > 1 else right[0]
        if differ(left[-1], inner):
            yield Violation(
                "inner-size",
                f"A ({spell(left)}) has {left[-1]} columns and B ({spell(right)}) {inner} rows",
                "make the two equal: correct the weight or what makes the input",
            )
            return
        try:
            broadcast([left[:-2], right[:-2]])
        except ValueError:
            yield Violation(
                "broadcast",
                f"the leading axes of A ({spell(left)}) and B ({spell(right)}) do not broadcast",
                "make them equal, or 1 in one of the two",
            )

    return check


def gemm(call: Call) -> Iterator[Violation]:
    """A and B have two axes, their inner sizes agree, and C stretches to the result."""
    first, second = shape_of(call, 0), shape_of(call, 1)
    slot = 6 if call.op_type == "QGemm" else 2
    second = shape_of(call, 3) if slot == 6 else second
    left = turned(first, bool(whole(call, "transA", 0)))
    right = turned(second, bool(whole(call, "transB", 0)))
    if left is None or right is None or len(left) != 2 or len(right) != 2:
        return
    if differ(left[1], right[0]):
        flips = [name for name in ("transA", "transB") if whole(call, name, 0)]
        yield Violation(
            "inner-size",
            f"A ({spell(first)}) and B ({spell(second)})"
            f"{' with ' + ' and '.join(flips) if flips else ''} have inner sizes {left[1]} and "
            f"{right[0]}",
            "correct the weight, transA or transB, or what makes the input",
        )
    elif not (call.domain == "" and call.version < 7):
        yield from stretches(shape_of(call, slot), "C", (left[0], right[1]), "the result")


def einsum(call: Call) -> Iterator[Violation]:
    """One term for each input, one label for each axis, equal sizes for equal labels."""
    equation = (word(call, "equation") or "").replace(" ", "")
    if not equation:
        return
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(call.inputs):
        yield Violation(
            "equation",
            f"the equation {equation[:60]!r} has {len(terms)} terms, and there are "
            f"{len(call.inputs)} inputs",
            "write one term for each input",
        )
        return
    sizes: dict[str, Dim] = {}
    for slot, term in enumerate(terms):
        shape = shape_of(call, slot)
        labels = term.replace("...", "", 1)
        if re.sub(_LETTERS, "", labels):
            yield Violation(
                "equation",
                f"term {term[:40]!r} of the equation has what is no letter",
                "use letters, and ... at most once in a term",
            )
            return
        if shape is None:
            continue
        open_ = len(labels) != len(term)
        if len(labels) > len(shape) if open_ else len(labels) != len(shape):
            yield Violation(
                "equation",
                f"term {term[:40]!r} names {len(labels)} axes, input {slot} ({spell(shape)}) has "
                f"{len(shape)}",
                "name each axis by one letter",
            )
            return
        cut = len(term.partition("...")[0]) if open_ else len(labels)
        behind = len(labels) - cut
        axes = [*shape[:cut], *(shape[len(shape) - behind :] if behind else ())]
        for label, size in zip(labels, axes, strict=True):
            seen = sizes.get(label)
            if differ(seen, size) and 1 not in (seen, size):
                yield Violation(
                    "equation",
                    f"label {label!r} of {equation[:60]!r} is {seen} long in one input and {size} "
                    f"in input {slot}",
                    "make the two axes equal, or name them apart",
                )
                return
            sizes[label] = size if seen in (None, 1) else seen
    yield from _result(equation, right if arrow else "", "".join(terms))


def _result(equation: str, result: str, labels: str) -> Iterator[Violation]:
    named = result.replace("...", "", 1)
    strange = [x for x in named if x not in labels]
    twice = [x for x in named if named.count(x) > 1]
    if strange or twice:
        yield Violation(
            "equation",
            f"the result of {equation[:60]!r} names {(strange or twice)[0]!r} "
            f"{'which no input has' if strange else 'twice'}",
            "name in the result only labels of inputs, each once",
        )


_FUSED = (
    "", "Relu", "LeakyRelu", "Tanh", "Sigmoid", "Elu", "HardSigmoid", "Selu", "Softplus",
    "Softsign", "ThresholdedRelu", "ScaledTanh", "ParametricSoftplus",
)  # fmt: skip
_MATRICES = (rank(0, "A", 2), rank(1, "B", 2), gemm)

PRODUCTS: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "MatMul"): (product(),),
    ("", "MatMulInteger"): (product(),),
    ("", "QLinearMatMul"): (product(0, 3),),
    ("", "Gemm"): _MATRICES,
    ("", "Einsum"): (einsum,),
    ("", "Det"): (least_rank(0, "X", 2),),
    ("com.microsoft", "FusedGemm"): (*_MATRICES, one_of("activation", _FUSED)),
    ("com.microsoft", "QGemm"): (rank(0, "A", 2), rank(3, "B", 2), gemm),
    ("com.microsoft", "TransposeMatMul"): (product(flips=True),),
    ("com.microsoft", "GemmFastGelu"): (product(),),
    ("com.microsoft", "MatMulInteger16"): (product(),),
    ("com.microsoft", "MatMulIntegerToFloat"): (product(),),
    ("com.microsoft", "DynamicQuantizeMatMul"): (product(),),
}  # fmt: skip
