"""Which stored numbers of an operator are learned, which belong to its state, and which to neither:
what PyTorch's ``parameters()`` and ``buffers()`` of the same layer hold."""

from __future__ import annotations

import re
from math import prod

import pytest

from tests.golden.text import facts

LSTM = """<float[1,20,4] w, float[1,20,5] r, float[1,40] b, float[1,1,5] h, float[1,1,5] c>
    { y = LSTM <hidden_size = 5> (x, w, r, b, , h, c) }"""
NORM = "<float[4] s, float[4] b, float[4] m, float[4] v> { y = BatchNormalization (x, s, b, m, v) }"
TURN = """<float[8,2] cos, float[8,2] sin, float[4,4] w>
    { z = MatMul (x, w) y = com.microsoft.RotaryEmbedding (z, i, cos, sin) }"""
BEYOND = """<float[4,12] w, float[12] b, float[1,1,3,3] a>
    { y = com.microsoft.Attention <num_heads = 2> (x, w, b, , , a) }"""
PAST = """<float[4,12] w, float[12] b, float[2,1,2,5,2] p>
    { y = com.microsoft.Attention <num_heads = 2> (x, w, b, , p) }"""
BOUNDS = "<float lo, float hi> { y = Clip (x, lo, hi) }"
COMPARED = """<float[4] trained, float[4] bins, float[4] both>
    { t = Less (x, trained) m = ReduceMax (x) a = GreaterOrEqual (bins, m) b = Greater (m, both)
      c = And (a, b) d = And (c, t) f = Cast <to = 1> (d) y = Mul (f, both) }"""
SIZES = "<float[3] s> { y = Resize (x, , s) }"
WRITTEN = """<float[2,4] u> { v = Constant <value = float[1,4] {1, 2, 3, 4}> ()
    t = Constant <value = float[2,4] {1, 2, 3, 4, 5, 6, 7, 8}> ()
    a = Add (x, v) b = Add (a, t) y = Add (b, u) }"""
MADE = """<float[2] w> { n = Constant <value = int64[1] {2}> ()
    o = ConstantOfShape <value = float[1] {2}> (n) c = Concat <axis = 0> (o, w)
    y = Mul (x, c) }"""
MAPPED = """<float[3,2] c> { s = SequenceConstruct (x, x)
    m = SequenceMap (s, c) <body = b (float[4] a, float[3,2] k) => (float[4] o)
        { n = Size (k) f = Cast <to = 1> (n) o = Mul (a, f) }>
    i = Constant <value = int64 {0}> () y = SequenceAt (m, i) }"""
KEPT = """<float[1,6,4] boxes, float[1,1,6] scores> { k = NonMaxSuppression (boxes, scores)
    f = Cast <to = 1> (k) t = ReduceSum (f) y = Add (x, t) }"""
DRAWN = "<float[2,4] p> { q = Bernoulli (p) y = Mul (x, q) }"
MEASURED = "<float[2,4] p> { n = Shape (p) f = Cast <to = 1> (n) t = ReduceSum (f) y = Add (x, t) }"
WAVES = "<float[1,8,1] p> { f = DFT (p) t = ReduceSum (f) y = Add (x, t) }"
CODED = "<float[4] s, float[4] z> { q = QuantizeLinear <axis = 1> (x, s) y = Mul (x, z) }"


def filled(stored: str) -> str:
    """Tensors of other numbers each, as text needs them."""

    def numbers(found: re.Match[str]) -> str:
        count = prod(int(side) for side in (found[1] or "").split(",") if side)
        return f"{found[0]} = {{{', '.join(str(n % 7 + 1) for n in range(count))}}}"

    head, close, body = stored.partition(">")
    return re.sub(r"float(?:\[([\d,]*)\])? \w+", numbers, head) + close + body


@pytest.mark.parametrize(
    ("inputs", "body", "roles"),
    [
        ("float[3,1,4] x", LSTM,
         {"w": "weight", "r": "weight", "b": "weight", "h": "constant", "c": "constant"}),
        ("float[1,4,3] x", NORM, {"s": "weight", "b": "weight", "m": "buffer", "v": "buffer"}),
        ("float[1,3,4] x, int64[1] i", TURN, {"w": "weight", "cos": "position", "sin": "position"}),
        ("float[1,3,4] x", BEYOND, {"w": "weight", "b": "weight", "a": "mask"}),
        ("float[1,3,4] x", PAST, {"w": "weight", "b": "weight", "p": "constant"}),
        ("float[4] x", BOUNDS, {"lo": "constant", "hi": "constant"}),
        ("float[4] x", COMPARED, {"trained": "weight", "bins": "constant", "both": "weight"}),
        ("float[1,2,4] x", SIZES, {"s": "constant"}),
        ("float[2,4] x", WRITTEN, {"v": "weight", "t": "constant", "u": "weight"}),
        ("float[4] x", MADE, {"n": "constant", "w": "weight"}),
        ("float[4] x", MAPPED, {"c": "constant", "i": "constant"}),
        ("float[4] x", KEPT, {"boxes": "constant", "scores": "constant"}),
        ("float[4] x", DRAWN, {"p": "constant"}),
        ("float[4] x", MEASURED, {"p": "constant"}),
        ("float[4] x", WAVES, {"p": "constant"}),
        ("float[1,4,3] x", CODED, {"s": "quantization", "z": "weight"}),
    ],
)  # fmt: skip
def test_what_an_input_is_says_what_is_stored_there(
    inputs: str, body: str, roles: dict[str, str]
) -> None:
    found = facts(f"g ({inputs}) => (float[] y) {filled(body)}").parameters
    assert {tensor.name: tensor.role for tensor in (*found.tensors, *found.beside)} == roles
