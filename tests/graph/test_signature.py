"""Signatures: equal where everything but names is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.graph.signature import Signatures
from tests.each import each
from tests.golden.text import facts

CONV = Call(
    "Conv", "", 17, {"group": 1, "strides": (1, 1)},
    (Tensor("x", "float32", (1, 3, 8, 8)), Tensor("w", "float32", (4, 3, 1, 1)), None),
    (Tensor("y", "float32", (1, 4, 8, 8)),), (None, np.zeros(3)),
)  # fmt: skip


def test_names_do_not_matter() -> None:
    other = replace(
        CONV,
        inputs=(Tensor("a", "float32", (1, 3, 8, 8)), Tensor("b", "float32", (4, 3, 1, 1)), None),
        outputs=(Tensor("c", "float32", (1, 4, 8, 8)),),
        values=(None, np.zeros(3)),
    )
    signatures = Signatures()
    assert signatures.of(CONV) is signatures.of(other)
    assert len(signatures) == 1


@each(
    "change",
    [
        {"op_type": "ConvTranspose"},
        {"domain": "com.acme"},
        {"version": 18},
        {"attributes": {"group": 1, "strides": (2, 2)}},
        {"attributes": {"group": 1.0, "strides": (1, 1)}},
        {"attributes": {"group": 1}},
        {"inputs": (*CONV.inputs[:1], Tensor("w", "float16", (4, 3, 1, 1)), None)},
        {"inputs": CONV.inputs[:2]},
        {"outputs": (Tensor("y", "float32", (1, 4, 8, None)),)},
        {"values": (None, np.ones(3))},
        {"values": (None, np.zeros(3, dtype=np.float32))},
        {"values": (None, None)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_everything_else_does(change: dict[str, object]) -> None:
    signatures = Signatures()
    other = replace(CONV, **change)  # type: ignore[arg-type]
    assert signatures.of(CONV) is not signatures.of(other)


def test_an_operand_that_is_used_twice_is_not_two_operands() -> None:
    x, z = Tensor("x", "float32", (2,)), Tensor("z", "float32", (2,))
    signatures = Signatures()
    square, product = (Call("Mul", "", 17, {}, pair, (x,)) for pair in ((x, x), (x, z)))
    assert signatures.of(square) is signatures.of(replace(square, inputs=(z, z)))
    assert signatures.of(square) is not signatures.of(product)


def test_partly_known_contents_are_compared() -> None:
    def call(*sizes: int | None) -> Call:
        return replace(CONV, values=(np.array([*sizes, None], dtype=object),))

    signatures = Signatures()
    assert signatures.of(call(1, 2)) is signatures.of(call(1, 2))
    assert signatures.of(call(1, 2)) is not signatures.of(call(1, 3))


def test_a_repeated_operator_of_unknown_cost_names_its_own_tensor() -> None:
    found = facts("g (float[N,M] x, float[K,L] z) => (float[] a, float[] b) "
                  "{ u = NonZero (x)  v = NonZero (z)  a = Relu (u)  b = Relu (v) }")  # fmt: skip
    reasons = {n.id: n.cost.reason for n in found.nodes if n.op_type == "Relu"}
    assert "(a)" in reasons["a"]
    assert "(b)" in reasons["b"]
