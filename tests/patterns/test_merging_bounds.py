"""Which operators in a row could be one, one step to either side of where they no longer could."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.patterns.merging import Merge, merges_of
from tests.golden.text import facts


def numbers(count: int) -> str:
    return "{" + ", ".join(str(n % 5 + 1) for n in range(count)) + "}"


HELD = ", ".join([
    f"float[3,2,1,1] p = {numbers(6)}", f"float[3,3,1,1] q = {numbers(9)}",
    f"float[3,2,3,3] k = {numbers(54)}", f"float[3,3,3,3] k3 = {numbers(81)}",
    f"float[2,1,1,1] grouped = {numbers(2)}", f"float[2,3,1,1] turned = {numbers(6)}",
    "float c = {1}", f"float[3] c3 = {numbers(3)}", f"float[3,1,1] plane = {numbers(3)}",
    f"float[1,1,1,3,1,1] deep = {numbers(3)}", f"float[8] row = {numbers(8)}",
    f"float[2,5] w = {numbers(10)}", f"float[5,3] v = {numbers(15)}",
    f"float[5,2] wt = {numbers(10)}",
    f"float[3,2] three = {numbers(6)}", f"float[2,6] six = {numbers(12)}",
    f"float[5] five = {numbers(5)}", f"float[4,5] each = {numbers(20)}",
    f"float[4,1] by_row = {numbers(4)}",
    "float[4] twice = {1, 1, 2, 2}", "float[4] half = {1, 1, 0.5, 0.5}",
    "float[4] once = {1, 1, 1, 1}", "float[8] all = {0, 0, 0, 0, 1, 1, 1, 1}",
    f"float[2,4] w4 = {numbers(8)}", f"float[1,2,5] cube = {numbers(10)}",
    f"float[3,2,8,8] whole = {numbers(384)}",
])  # fmt: skip
TOP = "g (float[1,2,8,8] x, float[1,3,8,8] z, float[4,2] m, float[2,4] mt, float[4,5] n, "
TOP += "float[3] given) => (float y)"


def found(body: str, opset: int = 17) -> list[str]:
    """Kinds of all merges, each with the operator and the partner."""
    text = f"{TOP} <{HELD}> {{ {body} }}"
    return [f"{each.kind} {each.node} {each.partner}" for each in merges_of(facts(text, opset))]


LATE = {
    "r = Resize (x, , twice)  y = Conv (r, p)": ["late-pointwise y r"],
    'r = Resize <mode = "cubic"> (x, , twice)  y = Conv (r, p)': ["late-pointwise y r"],
    "r = Resize (x, , half)  y = Conv (r, p)": [],
    "r = Resize (x, , once)  y = Conv (r, p)": [],
    "r = Resize (x, , twice)  y = Conv (r, k)": [],
    "r = Resize (x, , twice)  y = Conv <strides = [2, 2]> (r, p)": [],
    "r = Resize (x, , twice)  y = Conv <group = 2> (r, grouped)": [],
    "r = Resize (x, , twice)  s = Conv (r, p)  t = Relu (r)  y = com.example.Sink (s, t)": [],
    "r = Relu (x)  y = Conv (r, p)": [],
    'r = Resize <mode = "linear"> (x, , twice)  y = Conv (r, p)': ["late-pointwise y r"],
    "r = com.example.Resize (x, , twice)  y = Conv (r, p)": [],
    'r = Resize <coordinate_transformation_mode = "tf_crop_and_resize"> (x, all, twice)  '
    "y = Conv (r, p)": [],
}  # fmt: skip
EARLY = {
    "r = Conv (x, p)  y = GlobalAveragePool (r)": ["early-pointwise r y"],
    "r = Conv (x, p)  y = AveragePool <kernel_shape = [2,2], strides = [2,2]> (r)":
        ["early-pointwise r y"],
    'r = Conv (x, p)  y = AveragePool <kernel_shape = [2,2], auto_pad = "VALID"> (r)':
        ["early-pointwise r y"],
    'r = Conv (x, p)  y = AveragePool <kernel_shape = [3,3], strides = [2,2], '
    'auto_pad = "SAME_UPPER"> (r)': [],
    "r = Conv (x, p)  y = AveragePool <kernel_shape = [1,1]> (r)": [],
    "r = Conv (x, p)  y = GlobalMaxPool (r)": [],
    "r = Conv (x, p)  y = MaxPool <kernel_shape = [2,2]> (r)": [],
    "r = Conv (x, p)  y = ReduceMean <axes = [3]> (r)": ["early-pointwise r y"],
    "r = Conv (x, p)  y = ReduceMean <axes = [2, 3], keepdims = 0> (r)": [],
    "r = Conv (x, p)  y = ReduceMean <axes = [0]> (r)": [],
    "r = Conv (x, p)  y = ReduceSum (r)": [],
    "r = Conv (x, k)  y = GlobalAveragePool (r)": [],
    "r = Conv (x, p)  s = GlobalAveragePool (r)  y = com.example.Sink (r, s)": [],
}  # fmt: skip
HALVED = "y = Conv <strides = [2, 2]> (a, q)"
THINNED = {
    f"a = Conv (x, k)  {HALVED}": ["discarded a y"],
    f"b = Conv (x, k)  c1 = Relu (b)  d = Tanh (c1)  a = Sigmoid (d)  {HALVED}": ["discarded b y"],
    f"b = Conv (x, k)  c1 = Relu (b)  d = Tanh (c1)  e = Elu (d)  a = Sigmoid (e)  {HALVED}": [],
    f"b = Conv (x, k)  a = Mul (b, b)  {HALVED}": [],
    f"b = Conv (x, k)  a = MaxPool <kernel_shape = [1, 1]> (b)  {HALVED}": [],
    f"a = ConvTranspose (x, turned)  {HALVED}": [],
    f"a = Conv (x, whole)  {HALVED}": [],
    "a = Conv (x, k)  y = Conv <strides = [2, 2], pads = [1, 1, 1, 1]> (a, q)": [],
    "a = Conv (x, k)  y = Conv <strides = [2, 2]> (a, k3)": [],
    "a = Conv (x, k)  y = Conv <strides = [1, 2]> (a, q)": ["discarded a y"],
    "a = Conv (x, k)  y = ConvTranspose <strides = [2, 2]> (a, q)": [],
    "a = Conv (x, k)  s = Conv <strides = [2, 2]> (a, q)  t = Conv <strides = [2, 2]> (a, q)  "
    "y = com.example.Sink (s, t)": ["discarded a s"],
    "a = Conv (x, k)  s = Conv <strides = [2, 2]> (a, q)  t = Conv (a, k3)  "
    "y = com.example.Sink (s, t)": [],
}  # fmt: skip
CONSTANT = {
    "a = Conv (x, p)  y = Add (a, c)": ["bias y a"],
    "a = Conv (x, p)  y = Add (plane, a)": ["bias y a"],
    "a = Conv (x, p)  y = Sub (a, plane)": ["bias y a"],
    "a = Conv (x, p)  y = Mul (plane, a)": ["scale y a"],
    "a = Conv (x, p)  y = Div (a, c)": ["scale y a"],
    "a = Conv (x, p)  y = Pow (a, c)": [],
    "a = Conv (x, p)  y = Add (a, a)": [],
    "a = Conv (x, p)  y = Add (a, z)": [],
    "a = Conv (x, p)  y = Add (a, deep)": [],
    "a = Conv (x, p)  y = Add (a, row)": [],
    "a = Conv (x, p)  y = Sum (a, c, c)": [],
    "a = Conv (x, p, given)  y = Add (a, c)": [],
    "a = Conv (x, p, given)  y = Sub (a, c)": [],
    "a = Conv (x, p, given)  y = Div (a, c)": [],
    "a = Conv (x, p)  b = Add (a, c)  d = Mul (b, c)  e = Sub (d, c)  f = Div (e, c)  "
    "y = Add (f, c)": ["bias b a", "scale d a", "bias e a", "scale f a"],
    "a = MatMul (m, w)  y = Mul (a, five)": ["scale y a"],
    "a = MatMul (m, w)  y = Add (a, five)": [],
    "a = MatMul (m, w)  y = Mul (a, each)": [],
    "a = MatMul (m, w)  y = Mul (a, by_row)": [],
    "a = Gemm (m, w)  y = Add (a, five)": ["bias y a"],
    "a = Gemm (m, w, five)  y = Add (a, c)": ["bias y a"],
    "a = Gemm (m, w, c)  y = Add (a, c)": ["bias y a"],
    "a = Gemm (m, w, each)  y = Add (a, c)": [],
    "a = Gemm <beta = 2.0> (m, w, five)  y = Add (a, c)": [],
    "a = Gemm <beta = 2.0> (m, w, five)  y = Mul (a, c)": ["scale y a"],
    "a = Gemm <alpha = 2.0> (m, w, five)  y = Mul (a, c)": [],
}  # fmt: skip
PAIRS = {
    "a = MatMul (m, w)  y = MatMul (a, v)": ["linear-pair y a"],
    "a = Gemm (m, w)  y = Gemm (a, v)": ["linear-pair y a"],
    "a = Gemm <transB = 1> (m, wt)  y = MatMul (a, v)": ["linear-pair y a"],
    "a = MatMul (m, w)  b = Add (a, five)  y = MatMul (b, v)": ["linear-pair y a"],
    "a = MatMul (m, w)  b = Add (a, each)  y = MatMul (b, v)": [],
    "a = MatMul (m, w)  b = Add (a, n)  y = MatMul (b, v)": [],
    "a = MatMul (n, v)  b = Add (a, c3)  y = MatMul (b, three)": ["linear-pair y a"],
    "a = MatMul (n, v)  b = Add (a, given)  y = MatMul (b, three)": [],
    "a = MatMul (m, w)  b = Sub (a, five)  y = MatMul (b, v)": [],
    "a = MatMul (m, w)  b = Relu (a)  y = MatMul (b, v)": [],
    'a = MatMul (m, w)  y = Einsum <equation = "ij,jk->ik"> (a, v)': [],
    'a = Einsum <equation = "ij,jk->ik"> (m, w)  y = MatMul (a, v)': [],
    "a = MatMul (m, w)  b = MatMul (a, v)  y = com.example.Sink (a, b)": [],
    # 2 · (3 + 6) weights for 3 · 6: nothing is gained
    "a = MatMul (m, w)  b = MatMul (a, v)  d = MatMul (b, three)  y = MatMul (d, six)":
        ["linear-pair b a", "linear-pair d b"],
    "a = Conv (x, k)  y = Conv (a, q)": ["linear-pair y a"],
    "a = Conv (x, p)  y = Conv (a, q)": ["linear-pair y a"],
    "a = Conv (x, p, given)  y = Conv (a, q)": [],
    "a = Conv (x, p, c3)  y = Conv (a, q)": ["linear-pair y a"],
    "a = Conv (x, p)  y = Conv (a, k3)": [],
}  # fmt: skip
BESIDE = {
    "s = MatMul (m, w)  t = MatMul (m, w4)  y = com.example.Sink (s, t)": ["parallel s t"],
    "s = MatMul (m, w)  t = MatMul (m, w4)  u = MatMul (m, six)  y = com.example.Sink (s, t, u)":
        ["parallel s t"],
    "s = MatMul (m, w)  t = Gemm (m, w4)  y = com.example.Sink (s, t)": [],
    "s = MatMul (m, cube)  t = MatMul (m, cube)  y = com.example.Sink (s, t)": [],
    "s = MatMul (m, w)  t = MatMul (n, v)  y = com.example.Sink (s, t)": [],
    "s = Gemm <transA = 1> (mt, w)  t = Gemm <transA = 1> (mt, w4)  y = com.example.Sink (s, t)":
        [],
    "s = Conv (x, p)  t = Conv (x, k)  y = com.example.Sink (s, t)": [],
}  # fmt: skip


@pytest.mark.parametrize("table", [LATE, EARLY, THINNED, CONSTANT, PAIRS, BESIDE])
def test_operators_are_merged_where_the_result_stays_and_less_is_done(
    table: dict[str, list[str]],
) -> None:
    assert {body: found(body) for body in table} == table


def test_what_is_an_output_is_needed_at_every_position() -> None:
    text = f"{TOP} <{HELD}> {{ a = Conv (x, k)  {HALVED} }}"
    assert len(merges_of(facts(text))) == 1
    outputs = "=> (float y, float[1,3,6,6] a)"
    assert merges_of(facts(text.replace("=> (float y)", outputs))) == ()


def test_upsampling_of_old_operator_sets_is_interpolation_too() -> None:
    assert found("r = Upsample (x, twice)  y = Conv (r, p)", 9) == ["late-pointwise y r"]


def test_positions_that_nobody_knows_are_not_fewer() -> None:
    """The sizes of what is enlarged are written nowhere, those of the result are."""
    text = ("g (float[1,2,8,8] x) => (float y) <float[3,2,1,1] p = {1, 2, 3, 4, 5, 6}, "
            "int64[4] sizes = {1, 2, 16, 16}, float[1,2,%s] n> "
            "{ n = com.example.Odd (x)  r = Resize (n, , , sizes)  y = Conv (r, p) }")  # fmt: skip
    found = {spread: len(merges_of(facts(text % spread))) for spread in ("4,4", "4,L", "K,L")}
    assert found == {"4,4": 1, "4,L": 0, "K,L": 0}


def test_what_is_saved_is_never_less_than_nothing() -> None:
    merge = Merge("bias", "n", "p", "Conv", 1, 10, 4, 6, 2, None)
    assert (merge.saved, merge.saved_params, merge.ratio) == (6, 4, 0.4)
    more = replace(merge, macs=12, params=7)
    assert (more.saved, more.saved_params) == (0, 0)
    assert replace(merge, params=None).saved_params is None
    assert replace(merge, params_now=None).saved_params is None
    assert replace(merge, macs_now=0, macs=0).ratio is None
    thrice = merge.executed(3)
    assert (thrice.macs_now, thrice.macs, thrice.params) == (30, 12, 2)


def test_what_one_layer_in_the_place_of_others_costs_is_counted() -> None:
    def one(body: str) -> tuple[int, int, int, int | None, int | None, int | None]:
        (m,) = merges_of(facts(f"{TOP} <{HELD}> {{ {body} }}"))
        return m.operators, m.macs_now, m.macs, m.params_now, m.params, m.moved_bytes

    # 256 positions of 16 × 16, a quarter of them before; the map has two channels
    assert one("r = Resize (x, , twice)  y = Conv (r, p)") == (
        0,
        256 * 6,
        64 * 6,
        6,
        6,
        4 * 2 * 256,
    )
    assert one("r = Conv (x, p)  y = GlobalAveragePool (r)") == (0, 64 * 6, 6, 6, 6, 4 * 3 * 64)
    # 36 positions of 6 × 6, of which 3 × 3 are read
    assert one(f"a = Conv (x, k)  {HALVED}") == (0, 36 * 54, 9 * 54, 54, 54, None)
    assert one("a = Conv (x, p)  y = Add (a, c)") == (1, 64 * 6, 64 * 6, 6, 6, 2 * 4 * 3 * 64)
    assert one("a = MatMul (m, w)  y = MatMul (a, v)") == (
        1, 4 * (10 + 15), 4 * 2 * 3, 10 + 15, 2 * 3, 2 * 4 * 4 * 5,
    )  # fmt: skip
    three = "s = MatMul (m, w)  t = MatMul (m, w4)  u = MatMul (m, six)  "
    macs, weights = 4 * 2 * (5 + 4 + 6), 2 * (5 + 4 + 6)
    assert one(f"{three} y = com.example.Sink (s, t, u)") == (
        2, macs, macs, weights, weights, 2 * 4 * 4 * 2,
    )  # fmt: skip


ROWS = """g (int32[2,5,1] i, int64[2,5] k, uint8[2,5,1] b, int32[2,5,3] wide, int32[M,5,Q] open,
    float[2,5,1] f, int32[3,1] column,
    float[3,4] given, int64[5] q) => (float y)
  <int32[1,1,3] r = {0, 1, 2}, int32[3] r1 = {0, 1, 2}, uint8[3] r8 = {0, 1, 2},
   int64[5] same = {0, 1, 2, 0, 1},
   int32[3] other = {1, 2, 3}, int32[3] twice = {0, 1, 1},
   int32[3,1] tall = {0, 1, 2}, float[3] rf = {0, 1, 2}, int64 d = {3}, float[2] v = {0, 1},
   float[2] v2 = {0, 2}, float[2] v3 = {1, 0},
   float[3,4] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
   float[3,3] square = {1, 2, 3, 4, 5, 6, 7, 8, 9}> { %s }"""
CAST = "h = Cast <to = 1> (e)  y = MatMul (h, w)"
LOOKUPS = {
    f"e = Equal (i, r)  {CAST}": ["lookup y e"],
    f"e = Equal (r1, i)  {CAST}": ["lookup y e"],
    f"e = Equal (b, r8)  {CAST}": ["lookup y e"],
    "h = OneHot (k, d, v)  y = MatMul (h, w)": ["lookup y h"],
    "h = OneHot <axis = 2> (k, d, v)  y = MatMul (h, w)": ["lookup y h"],
    "a = OneHot (k, d, v)  h = CastLike (a, w)  y = MatMul (h, w)": ["lookup y a"],
    "h = OneHot (q, d, v)  y = Gemm (h, w)": ["lookup y h"],
    "h = OneHot (q, d, v)  y = Gemm <transB = 1> (h, square)": [],
    # numbers that are not 0 … n − 1, or fewer than rows
    f"e = Equal (i, other)  {CAST}": [],
    f"e = Equal (i, twice)  {CAST}": [],
    f"e = Equal (f, rf)  {CAST}": [],
    f"e = Less (i, r)  {CAST}": [],
    "h = OneHot (k, d, v2)  y = MatMul (h, w)": [],
    "h = OneHot (k, d, v3)  y = MatMul (h, w)": [],
    # the axis of the numbers is not the last, or the indices have it too
    "h = OneHot <axis = 1> (k, d, v)  t = Transpose <perm = [0, 2, 1]> (h)  y = MatMul (t, w)": [],
    f"e = Equal (column, tall)  t = Transpose (e)  {CAST.replace('(e)', '(t)')}": [],
    f"e = Equal (wide, r)  {CAST}": [],
    f"e = Equal (open, r)  {CAST}": [],
    # known before the model runs
    "h = OneHot (same, d, v)  y = MatMul (h, w)": [],
    # other readers
    f"e = Equal (i, r)  n = Not (e)  {CAST}  s = com.example.Sink (n, y)": [],
    f"e = Equal (i, r)  {CAST}  s = com.example.Sink (h, y)": [],
    # no table, or another one
    "e = Equal (i, r)  h = Cast <to = 1> (e)  y = MatMul (h, given)": [],
    "h = OneHot (k, d, v)  t = Relu (h)  y = MatMul (t, w)": [],
}  # fmt: skip


def test_only_rows_with_a_single_1_for_each_index_are_a_look_up() -> None:
    for body, expected in LOOKUPS.items():
        merges = merges_of(facts(ROWS % body))
        assert [f"{m.kind} {m.node} {m.partner}" for m in merges] == expected, body
    (merge,) = merges_of(facts(ROWS % next(iter(LOOKUPS))))
    assert (merge.macs_now, merge.macs, merge.operators) == (2 * 5 * 3 * 4, 0, 2)
    assert merge.moved_bytes == 2 * (2 * 5 * 3) * (1 + 4)
