"""What a quantiser leaves in float, layer by layer: counted by hand from what it registers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from analyzer.facts import Tensor
from analyzer.smaller.cache import TokenCache, _longer, cache
from analyzer.smaller.forest import Forest, Tree, _stored
from analyzer.smaller.integers import Staying, is_static, made_weights, staying
from analyzer.smaller.packed import Packable, packable, packed_bytes
from tests.each import each
from tests.golden.text import facts


def held(name: str, *shape: int, dtype: str = "float") -> str:
    count = int(np.prod(shape))
    numbers = ", ".join(str(n % 7 + 1) for n in range(count))
    return f"{dtype}[{','.join(map(str, shape))}] {name} = {{{numbers}}}"


STORED = ", ".join([
    held("k", 3, 2, 1, 1), held("b", 3), held("t", 2, 3, 1, 1), held("m", 2, 3), held("p", 3, 2),
    held("table", 7, 2), held("each", 2), held("w", 1, 4, 2), held("r", 1, 4, 1),
    held("wg", 1, 3, 2), held("rg", 1, 3, 1), held("qkv", 2, 6), held("gain", 3),
    held("small", 2, 1),
])  # fmt: skip
TOP = ("g (float[1,2,4,4] x, float[1,5,2] s, float[5,2] v, float[2,3] z, int64[5] i, "
       "float16[5,2] h, float16[2,3] hm, float[5,1] o) => (float[] y)")  # fmt: skip


def model(body: str) -> str:
    return f"{TOP} <{STORED}> {{ {body} }}"


POINTS = 16 * 6
TENSOR, BIAS = 4 + 1, 4 + 4
"""A scale and a zero point of the tensor's type."""
LEFT: dict[str, tuple[Staying, Staying]] = {
    # body: what stays with quantize_dynamic, and with quantize_static
    "y = Conv (x, k, b)": (
        Staying(0, 3, ("y",), TENSOR), Staying(0, 3, ("y",), 3 * TENSOR + BIAS)),
    "y = Conv (x, k)": (Staying(0, 0, ("y",), TENSOR), Staying(0, 0, ("y",), 3 * TENSOR)),
    "y = ConvTranspose (x, t)": (Staying(POINTS, 6), Staying(0, 0, ("y",), 3 * TENSOR)),
    "y = MatMul (v, m)": (Staying(0, 0, ("y",), TENSOR), Staying(0, 0, ("y",), 3 * TENSOR)),
    "y = MatMul (v, z)": (Staying(30, 0), Staying(0, 0, ("y",), 3 * TENSOR)),
    "y = Gemm (v, m, gain)": (
        Staying(0, 3, ("y",), TENSOR), Staying(0, 3, ("y",), 3 * TENSOR + BIAS)),
    "y = MatMul (h, hm)": (Staying(0, 0), Staying(0, 0)),
    "y = Gather (table, i)": (Staying(0, 0, (), TENSOR), Staying(0, 0)),
    "y = Mul (v, each)": (Staying(0, 2), Staying(0, 0)),
    "y = LSTM <hidden_size = 1> (s, w, r)": (
        Staying(0, 0, ("y",), 2 * TENSOR), Staying(5 * 4 * 3, 12)),
    "y = GRU <hidden_size = 1> (s, wg, rg)": (Staying(5 * 3 * 3, 9), Staying(5 * 3 * 3, 9)),
    # of 5 · 2 · 6 for queries, keys and values, and twice 5 · 5 · 2 behind them
    "y = com.microsoft.Attention <num_heads = 1> (s, qkv)": (
        Staying(100, 0, ("y",), TENSOR), Staying(160, 12)),
    "y = com.microsoft.Attention <num_heads = 1, qkv_hidden_sizes = [2, 2, 2]> (s, qkv)": (
        Staying(160, 12), Staying(160, 12)),
    "turned = Transpose (p)  y = MatMul (v, turned)": (
        Staying(0, 0, ("y",), TENSOR), Staying(0, 0, ("y",), 3 * TENSOR)),
    # of eight weights two are made by an operator
    "turned = Transpose (small)  a = MatMul (v, m)  d = MatMul (o, turned)  "
    "y = Concat <axis = 1> (a, d)": (
        Staying(10, 2, ("a",), TENSOR), Staying(0, 2, ("a", "d"), 6 * TENSOR)),
}  # fmt: skip


def test_what_stays_in_float_is_what_the_tool_has_no_integers_for() -> None:
    for body, (dynamic, static) in LEFT.items():
        made = facts(model(body))
        assert staying(made, static=False) == dynamic, body
        assert staying(made, static=True) == static, body


def test_what_multiplies_nothing_stays_where_the_tool_is_told_so() -> None:
    for body, left in (("y = Mul (v, each)", 2), ("y = Gather (table, i)", 14)):
        assert staying(facts(model(body)), static=True, only=()) == Staying(0, left)
        assert staying(facts(model(body)), static=True, only=("Mul", "Gather")).params == 0
    conv = facts(model("y = Conv (x, k, b)"))
    stored = staying(conv, static=True, stored=("Conv",))
    assert stored == Staying(POINTS, 3, ("y",), 3 * TENSOR + BIAS)


BODY = """y = If (c) <then_branch = a () => (float[5,3] p) { p = MatMul (v, m) },
    else_branch = e () => (float[5,3] q) { q = MatMul (v, m) }>"""


def test_neither_tool_looks_into_bodies() -> None:
    made = facts(model(BODY).replace("float[5,1] o)", "float[5,1] o, bool c)"))
    for static in (True, False):
        assert staying(made, static=static) == Staying(30, 6), "one of the two runs"
    assert made_weights(made) == ()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("y = MatMul (v, m)", ()),
        ("turned = Transpose (p)  y = MatMul (v, turned)", ("Transpose",)),
        ("turned = Transpose (p)  a = MatMul (v, turned)  y = Add (a, gain)", ("Transpose",)),
        (
            (
                "a = MatMul (v, m)  d = MatMul (a, p)  turned = Transpose (small)  "
                "e = MatMul (o, turned)  y = Add (d, e)"
            ),
            (),
        ),
        # six of twelve are not most of them
        ("turned = Transpose (p)  a = MatMul (v, turned)  y = MatMul (a, p2)", ()),
    ],
)
def test_weights_are_made_where_most_of_them_are(body: str, expected: tuple[str, ...]) -> None:
    text = model(body).replace("> {", f", {held('p2', 3, 2)}> {{", 1)
    assert made_weights(facts(text)) == expected


def test_activations_are_calibrated_where_half_of_the_work_is_in_convolutions() -> None:
    a, b = "a = Conv (x, k)", "e = MatMul (v, m)"
    found = []
    for times in (2, 3, 4):  # 96 MACs against 30 each
        products = "  ".join(f"e{n} = MatMul (v, m)" for n in range(times))
        read = ", ".join(f"e{n}" for n in range(times))
        found.append(is_static(facts(model(f"{a}  {products}  y = com.example.Sink (a, {read})"))))
    assert found == [True, True, False]
    assert is_static(facts(model(f"{a}  y = Relu (a)")))
    assert not is_static(facts(model(f"{b}  y = Relu (e)")))


def test_a_matrix_is_packed_in_whole_blocks_with_a_scale_each() -> None:
    assert packed_bytes(32, 3, 4, 4) == 3 * (16 + 4)
    assert packed_bytes(33, 3, 4, 4) == 3 * 2 * (16 + 4)
    assert packed_bytes(64, 1, 8, 2, 16) == 4 * (16 + 2)
    some = Packable(((64, 2, 32), (32, 1, 16)))
    assert some.bytes == 64 * 2 * 4 + 32 * 2
    assert some.packed_bytes(4) == 2 * 2 * (16 + 4) + (16 + 2)
    assert some.packed_bytes(4, 64) == 2 * (32 + 4) + (32 + 2)


def test_products_with_stored_matrices_of_32_rows_are_packed() -> None:
    text = f"""g (float[2,32] x, float[2,31] s, float[2,2,32] t, float[32,2] given) => (float y)
        <{held("w", 32, 3)}, {held("v", 31, 3)}, {held("u", 2, 32, 1)}, {held("k", 3, 32)}> {{
        a = MatMul (x, w)  again = MatMul (x, w)  short = MatMul (s, v)  deep = MatMul (t, u)
        turned = Transpose (k)  made = MatMul (x, turned)  open = MatMul (x, given)
        other = Gemm (x, w)  vendor = com.example.MatMul (x, w)
        y = com.example.Sink (a, again, short, deep, made, open, other, vendor) }}"""
    assert packable(facts(text)) == Packable(((32, 3, 32),), ("a",))


def tensor(shape: tuple[int | None, ...] | None, dtype: str | None = "float32") -> Tensor:
    return Tensor("t", dtype, shape)


@each(
    ("before", "after", "axis"),
    [
        (tensor((1, 2, 3, 4)), tensor((1, 2, 4, 4)), 2),
        (tensor((1, 2, 3, 4)), tensor((1, 3, 3, 4)), 1),
        (tensor((1, 2, 3, 4)), tensor((2, 2, 3, 4)), None),
        (tensor((1, 2, 3, 4)), tensor((1, 2, 3, 4)), None),
        (tensor((1, 2, 3, 4)), tensor((1, 3, 4, 4)), None),
        (tensor((1, 2, 3, 4)), tensor((1, 2, 2, 4)), None),
        (tensor((1, 2, 3)), tensor((1, 2, 4)), None),
        (tensor((1, 2, None, 4)), tensor((1, 2, 4, 4)), None),
        (tensor((1, 2, 3, 4), "int64"), tensor((1, 2, 4, 4), "int64"), None),
        (tensor((1, 2, 3, 4)), tensor((1, 2, 4, 4), "float16"), None),
        (tensor(None), tensor((1, 2, 4, 4)), None),
        (tensor((1, 2, 3, 4), None), tensor((1, 2, 4, 4), None), None),
        (tensor((1, 2, 3, 4, 5)), tensor((1, 2, 3, 4, 6)), 4),
    ],
)
def test_a_cache_is_longer_along_one_axis_behind_the_first(
    before: Tensor, after: Tensor, axis: int | None
) -> None:
    assert _longer(before, after) == axis


def test_a_cache_is_as_large_as_its_tokens() -> None:
    assert TokenCache(2, 100, 7, 16).bytes == 700


def test_a_forest_is_the_sum_of_its_trees() -> None:
    trees = Tree(3, 4, 2, 8, 100), Tree(1, 2, 1, 2, 30), Tree(0, 0, 0, 0, 0)
    made = Forest(2, trees)
    assert (made.nodes, made.leaves, made.depth, made.comparisons) == (10, 6, 2, 3)
    assert (made.mean_comparisons, made.bytes) == (8 / 4 + 2 / 2, 130)
    assert made.first(1) == Forest(2, trees[:1])


def test_attributes_take_the_bytes_of_their_encoding() -> None:
    """A byte for the number of the field; seven bits a byte of an integer; four of a float."""
    numbers = {0: 2, 1: 2, 127: 2, 128: 3, 16383: 3, 16384: 4, -1: 11}
    assert {n: _stored((n,))[0] for n in numbers} == numbers
    assert [*_stored((0.5, "LEAF", b"LEAF", "ä", "x" * 128))] == [5, 6, 6, 4, 131]
    assert [*_stored(np.zeros(3, np.float64))] == [8, 8, 8]
    assert [*_stored("LEAF")] == [*_stored(None)] == []


def test_a_cache_is_what_is_handed_back_longer_along_an_open_axis() -> None:
    def kept(kinds: tuple[str, str], opened: str = "kv", block: str = "attention") -> Any:
        given = [
            Tensor(n, d, (1, 2, 3, 4)) for n, d in zip("kvm", (*kinds, "float32"), strict=True)
        ]
        made = [Tensor("K", kinds[0], (1, 2, 4, 4)), Tensor("V", kinds[1], (1, 2, 5, 4)),
                Tensor("M", "float32", (1, 3, 3, 4))]  # fmt: skip
        return cache(cast("Any", SimpleNamespace(
            blocks=[SimpleNamespace(kind=block)], inputs=given, outputs=made,
            assumptions=[SimpleNamespace(input=name, axis=2) for name in opened])))  # fmt: skip

    assert kept(("float16", "float16")) == TokenCache(2, 2 * 8 * 2, 5, 16)
    assert kept(("float32", "float32")) == TokenCache(2, 2 * 8 * 4, 5, 32)
    assert kept(("float16", "float32")) == TokenCache(2, 8 * 2 + 8 * 4, 5, 32)
    assert kept(("float16", "float32"), "k") == TokenCache(1, 8 * 2, 4, 16)
    assert kept(("float16", "float16"), "m") is None
    assert kept(("float32", "float32"), block="mlp") is None
