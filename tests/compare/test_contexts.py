"""Which operators are layers and joins of a network, and through which one tensor merely flows."""

from __future__ import annotations

from analyzer.compare.contexts import _Skeleton
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
