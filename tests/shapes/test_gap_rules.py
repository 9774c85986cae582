"""What fills the gaps of onnx's inference, asked one rule at a time, and what loops hand on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.shapes.gaps import GAP_RULES
from analyzer.shapes.types import Type
from tests.each import each
from tests.golden.text import facts

Dims = tuple[int | None, ...]
X = Tensor("x", "float16", (1, 2, 3, 5))
OPEN = Tensor("x", "float16", None)
N = Tensor("n", "int64", None)


def call(op: str, *inputs: Tensor | None, version: int = 17, values: Any = (), **more: Any) -> Call:
    known = tuple(None if v is None else np.asarray(v) for v in values)
    return Call(op, "", version, more, inputs, (), known)


@each(
    ("asked", "types"),
    [
        (call("MeanVarianceNormalization", X), [Type("float16", (1, 2, 3, 5))]),
        (call("GroupNormalization", X), [Type("float16", (1, 2, 3, 5))]),
        (call("GroupNormalization"), []), (call("Dropout"), []),
        (call("MaxUnpool", X, X, N, values=(None, None, [1, 2, 6, 9])),
         [Type("float16", (1, 2, 6, 9))]),
        (call("MelWeightMatrix", N, N, values=(8, 17)), [Type("float32", (9, 8))]),
        (call("MelWeightMatrix", N, N, values=(8, 16), output_datatype=11),
         [Type("float64", (9, 8))]),
        (call("Dropout", X, version=10), [Type("float16", X.shape), Type("bool", X.shape)]),
        (call("Dropout", X, version=9), [Type("float16", X.shape), Type("float16", X.shape)]),
        (call("FlexAttention", X, X, Tensor("v", "float16", (1, 2, 7, 9))),
         [Type("float16", (1, 2, 3, 9))]),
        (call("Upsample", X, height_scale=2.0, width_scale=1.5), [Type("float16", (1, 2, 6, 7))]),
        (call("Upsample", Tensor("x", "float16", (1, 2, None, 5)), height_scale=2.0,
              width_scale=1.0),
         [Type("float16", (1, 2, None, 5))]),
        (call("Range", N, N, N, values=(1, 8, 2)), [Type("int64", (4,))]),
        (call("Range", N, N, N, values=(5, 5, 1)), [Type("int64", (0,))]),
        (call("Range", N, N, N, values=(9, 0, 2)), [Type("int64", (0,))]),
        (call("OneHot", X, N, X, values=(None, 4)), [Type("float16", (1, 2, 3, 5, 4))]),
        (call("OneHot", X, N, X, values=(None, [4]), axis=0), [Type("float16", (4, 1, 2, 3, 5))]),
        (call("OneHot", X, N, X, values=(None, 4), axis=-2), [Type("float16", (1, 2, 3, 4, 5))]),
    ],
)  # fmt: skip
def test_a_gap_is_filled_as_the_specification_says(asked: Call, types: list[Type]) -> None:
    assert GAP_RULES[asked.op_type](asked) == types


@each(
    ("asked", "reason"),
    [
        (call("MaxUnpool", X, X, N), "contents of input 2 are unknown"),
        (call("MaxUnpool", X, X, N, values=(None, None, np.array([1, None]))),
         "contents of input 2"),
        (call("OneHot", X, N, X, values=(None, [4, 4])), "input 1 is not a single number"),
        (call("OneHot", OPEN, N, X, values=(None, 4)), "rank of the indices"),
        (call("OneHot", None, N, X, values=(None, 4)), "rank of the indices"),
        (call("FlexAttention", OPEN, X, X), "rank of an input"),
        (call("FlexAttention", X, X, OPEN), "rank of an input"),
        (call("FlexAttention", X, X, None), "rank of an input"),
        (call("FlexAttention", None, X, X), "rank of an input"),
        (call("Upsample", OPEN, height_scale=2.0, width_scale=1.5), "a scale is unknown"),
        (call("Upsample", None, height_scale=2.0, width_scale=1.5), "a scale is unknown"),
        (call("Upsample", X, height_scale=2.0), "a scale is unknown"),
        (call("Upsample", X, width_scale=2.0), "a scale is unknown"),
        (call("Upsample", Tensor("x", "float16", (2, 3, 5)), height_scale=2.0, width_scale=1.0),
         "a scale is unknown"),
    ],
)  # fmt: skip
def test_a_gap_that_cannot_be_filled_says_why(asked: Call, reason: str) -> None:
    with pytest.raises(Unknown, match=reason):
        GAP_RULES[asked.op_type](asked)


GROW, KEEP = "z = Concat <axis = 0> (a, a)", "z = Neg (a)"
LOOPS: list[tuple[str, str, Dims, Dims]] = [
    # what is carried, and what is collected of each iteration
    ("one", GROW, (8,), (1, 4)), ("two", GROW, (16,), (2, None)), ("three", GROW, (32,), (3, None)),
    ("none", GROW, (4,), (0, None)), ("n", GROW, (None,), (None, None)),
    ("one", KEEP, (4,), (1, 4)), ("three", KEEP, (4,), (3, 4)), ("none", KEEP, (4,), (0, 4)),
    ("n", KEEP, (4,), (None, 4)),
]  # fmt: skip


@pytest.mark.parametrize(("limit", "body", "carried", "collected"), LOOPS)
def test_a_loop_hands_on_what_its_iterations_make(
    limit: str, body: str, carried: Dims, collected: Dims
) -> None:
    found = facts(
        "g (int64 n, float[4] x) => (float[] y, float[] k) <int64 one = {1}, int64 two = {2}, "
        f"int64 three = {{3}}, int64 none = {{0}}> {{ y, k = Loop ({limit}, , x) <body = b "
        f"(int64 i, bool go, float[] a) => (bool on, float[] z, float[] c) {{ on = Identity (go) "
        f"{body} c = Identity (a) }}> }}"
    )
    loop = next(node for node in found.nodes if node.op_type == "Loop")
    assert tuple(tensor.shape for tensor in loop.outputs) == (carried, collected)
