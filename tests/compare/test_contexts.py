"""Which operators are layers and joins of a network, and through which one tensor merely flows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.compare.contexts import _kind, _Skeleton
from analyzer.compare.ends import ends_of
from analyzer.compare.network import Wired
from tests.golden.text import facts

GRAPH = """g (float[2,4,4,4] x) => (float[2,4,1,1] y)
  <float[4] s = {1, 1, 1, 1}, float k = {2}, int64[4] form = {2, 4, 4, 4}>
{
  square = MatMul (x, x)
  twice = Mul (square, square)
  bend = Relu (twice)
  shift = Add (bend, k)
  turn = Transpose (shift)
  form_ = Reshape (turn, form)
  norm = LayerNormalization (form_, s)
  soft = Softmax (norm)
  join = Add (soft, square)
  mix = Attention (join, join, join)
  y = GlobalAveragePool (mix)
}"""


def test_a_skeleton_has_layers_and_joins_and_nothing_that_only_hands_on() -> None:
    found = facts(GRAPH, 23)
    network = Wired(found, ends_of(found, found)[0])
    skeleton = _Skeleton(network)
    kept = {
        part.node.id for part, is_kept in zip(network.parts, skeleton.kept, strict=True) if is_kept
    }
    assert kept == {"square", "norm", "soft", "join", "mix", "y"}
    before = {
        network.parts[i].node.id: [network.parts[j].node.id for _, j in makers]
        for i, makers in enumerate(skeleton.before)
        if makers
    }
    assert before == {
        "norm": ["square"],
        "soft": ["norm"],
        "join": ["soft", "square"],
        "mix": ["join"] * 3,
        "y": ["mix"],
    }


@pytest.mark.parametrize(
    ("is_conv", "shape", "channels"),
    [
        (True, (2, 8, 4, 4), 8), (False, (2, 8, 4), 4), (True, (5,), 5), (False, (5,), 5),
        (True, (2, None, 4, 4), None), (True, (2, 8), 8),
    ],
)  # fmt: skip
def test_a_layer_has_as_many_channels_as_its_output(
    is_conv: bool, shape: tuple[int | None, ...], channels: int | None
) -> None:
    conv = SimpleNamespace(kind="standard", kernel_shape=(3, 3), strides=(1, 1))
    node = SimpleNamespace(conv=conv if is_conv else None, domain="", op_type="Conv",
                           outputs=[SimpleNamespace(shape=shape)])  # fmt: skip
    form = ("standard", (3, 3), (1, 1)) if is_conv else None
    for weighted, sized, told in ((True, True, channels), (True, False, None), (False, True, None)):
        part: Any = SimpleNamespace(node=node, is_weighted=weighted, label="c1")
        assert _kind(part, sized=sized) == ("", "Conv", form, told, "c1")
