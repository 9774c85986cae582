"""How MACs grow with open dimensions: polynomials known from the operators' definitions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import parser

from analyzer.model import load
from analyzer.scaling import symbolic
from analyzer.scaling.freedom import Freedom
from analyzer.scaling.symbolic import DimensionGrowth, Sample, symbolic_growth
from analyzer.shapes.stated import Bindings

Grow = Callable[..., dict[str, DimensionGrowth]]
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


def poly(*coefficients: int | Fraction) -> tuple[Fraction, ...]:
    """Coefficients of size⁰, size¹ …"""
    return tuple(map(Fraction, coefficients))


@pytest.fixture
def grow(tmp_path: Path) -> Grow:
    def build(model: str | onnx.ModelProto, **given: int) -> dict[str, DimensionGrowth]:
        if isinstance(model, str):
            model = parser.parse_model('<ir_version: 8, opset_import: ["" : 17]>' + model)
        path = tmp_path / "model.onnx"
        path.write_bytes(model.SerializeToString())
        found = symbolic_growth(load(str(path)), Bindings(dims=given))
        return {g.dim: g for g in found}

    return build


def test_growth_starts_from_sizes_that_the_model_runs_with(grow: Grow) -> None:
    """A window of 200 does not fit into the usual 128; eight channels, 200 products a position."""
    found = grow("g (float[1,1,n] x, float[8,1,200] w) => (float[1,8,f] y) { y = Conv (x, w) }")
    assert found["n"].coefficients == poly(-199 * 1600, 1600)
    assert all(sample.size >= 200 for sample in found["n"].samples)


ATTENTION = """
  g (float[batch,seq,64] x, int64[batch,seq] ids,
     float[64,64] wq, float[64,64] wk, float[64,64] wv) => (float[batch,seq,64] y)
  {
    q = MatMul (x, wq)
    k = MatMul (x, wk)
    v = MatMul (x, wv)
    t = Transpose <perm=[0,2,1]> (k)
    s = MatMul (q, t)
    p = Softmax (s)
    y = MatMul (p, v)
  }"""


def test_self_attention_is_quadratic_in_the_sequence_and_linear_in_the_batch(grow: Grow) -> None:
    """Three projections of 64² a token, two products of 64 a pair of tokens."""
    found = grow(ATTENTION)
    seq, batch = found["seq"], found["batch"]
    assert (seq.kind, seq.degree, seq.step) == ("quadratic", 2, 1)
    assert seq.coefficients == poly(0, 3 * 64 * 64, 2 * 64)
    assert seq.axes == (("x", 1), ("ids", 1))
    assert batch.kind == "linear"
    assert batch.coefficients == poly(0, 128 * (3 * 64 * 64) + 128 * 128 * 2 * 64)
    assert seq.at(1000) == 3 * 64 * 64 * 1000 + 2 * 64 * 1000**2


def test_another_dimension_stays_where_it_was_bound(grow: Grow) -> None:
    found = grow(ATTENTION, batch=3, seq=16)["seq"]
    assert found.coefficients == poly(0, 3 * 3 * 64 * 64, 3 * 2 * 64)
    assert found.samples[0][0] == 32


CNN = """
  g (float[N,3,H,W] x, float[8,3,3,3] a, float[16,8,3,3] b, float[16,10] c) => (float[N,10] y)
  {
    p = Conv <strides=[2,2], pads=[1,1,1,1]> (x, a)
    q = Conv <strides=[2,2], pads=[1,1,1,1]> (p, b)
    r = GlobalAveragePool (q)
    f = Flatten (r)
    y = Gemm (f, c)
  }"""


def test_a_cnn_is_linear_in_each_side_and_quadratic_in_both(grow: Grow) -> None:
    found = grow(CNN)
    assert list(found) == ["N", "H", "W", "H = W"]
    each = Fraction(8 * 27, 4) + Fraction(16 * 72, 16)  # MACs per pixel, by definition of Conv
    both = found["H = W"]
    assert (both.kind, both.coefficients, both.step) == ("quadratic", poly(160, 0, each), 32)
    for side in "HW":
        assert (found[side].kind, found[side].coefficients) == ("linear", poly(160, each * 224))
    assert (found["N"].kind, found["N"].step) == ("linear", 1)
    assert found["N"].coefficients == poly(0, 160 + each * 224 * 224)


def test_one_symbol_for_both_sides_moves_both(grow: Grow) -> None:
    found = grow(CNN.replace("H,W", "S,S"))
    assert list(found) == ["N", "S"]
    assert found["S"].kind == "quadratic"


def test_a_question_mark_is_not_a_symbol(grow: Grow) -> None:
    """Exporters write it for every unnamed dimension: equal text, unequal size."""
    model = parser.parse_model('<ir_version: 8, opset_import: ["" : 17]>' + ATTENTION)
    for value in model.graph.input[:2]:
        for dim in value.type.tensor_type.shape.dim[:2]:
            dim.dim_param = "?"
    del model.graph.input[1]
    found = grow(model)
    assert list(found) == ["x axis 0", "x axis 1"]
    assert found["x axis 1"].kind == "quadratic"


def test_a_matrix_times_itself_is_cubic(grow: Grow) -> None:
    found = grow("g (float[n,n] x) => (float[n,n] y) { y = MatMul (x, x) }")["n"]
    assert (found.kind, found.coefficients) == ("cubic", poly(0, 0, 0, 1))


def test_four_sizes_that_move_together_are_a_polynomial_of_degree_4(grow: Grow) -> None:
    found = grow("g (float[n,n,n] x) => (float[n,n,n] y) { y = MatMul (x, x) }")["n"]
    assert (found.kind, found.degree) == ("polynomial of degree 4", 4)
    assert found.coefficients == poly(0, 0, 0, 0, 1)


def test_what_does_not_reach_a_product_is_constant(grow: Grow) -> None:
    found = grow("g (float[n,4] x) => (float[n,4] y) { y = Relu (x) }")["n"]
    assert (found.kind, found.coefficients) == ("constant", poly(0))


def test_ceiling_of_the_size_is_exact_at_multiples_only(grow: Grow) -> None:
    """A convolution of stride 2 has ⌈n/2⌉ outputs."""
    found = grow("""g (float[1,1,n] x, float[1,1,1] w) => (float[1,1,m] y)
      { y = Conv <strides=[2]> (x, w) }""")["n"]
    assert (found.kind, found.coefficients, found.step) == ("linear", poly(0, Fraction(1, 2)), 32)


def test_a_frame_too_short_for_the_kernel_does_not_hide_the_line(grow: Grow) -> None:
    """max(0, n − 2) positions: no polynomial from 1 on, a line from the kernel's size on."""
    found = grow("""g (float[n,1,4] x, float[1,1,3] w) => (float[1,1,m] y)
      { t = Transpose <perm=[2,1,0]> (x) y = Conv (t, w) }""")["n"]
    assert (found.kind, found.coefficients) == ("linear", poly(-24, 12))


def test_audio_that_does_not_fill_a_window_does_not_hide_the_line(grow: Grow) -> None:
    """Short audio is padded to a window of 1,024 samples; then every 256 are a frame."""
    found = grow("""g (float[1,1,n] x, float[4,1,1024] w) => (float[1,4,m] y)
      <int64[1] axis = {0}, int64[1] last = {2}, int64[1] window = {1024}, int64[2] none = {0, 0}> {
      shape = Shape (x)
      size = Gather <axis = 0> (shape, last)
      missing = Sub (window, size)
      zero = Sub (missing, missing)
      more = Max (missing, zero)
      p = Concat <axis = 0> (none, zero, none, more)
      padded = Pad (x, p)
      y = Conv <strides = [256]> (padded, w)
    }""")["n"]
    assert (found.kind, found.step) == ("linear", 5120)
    assert found.coefficients == poly(-3 * 4 * 1024, 4 * 1024 // 256)


def test_floors_that_no_grid_avoids_are_irregular(grow: Grow) -> None:
    """Stride 37 shares no multiple with the sizes tried."""
    found = grow("""g (float[1,1,n] x, float[1,1,37] w) => (float[1,1,m] y)
      { y = Conv <strides=[37]> (x, w) }""")["n"]
    assert (found.kind, found.degree, found.coefficients) == ("irregular", None, None)
    assert all(macs == size // 37 * 37 for size, macs in found.samples if size >= 37)
    assert found.reason


def test_a_size_that_the_graph_dictates_is_unknown_not_wrong(grow: Grow) -> None:
    found = grow(
        """g (float[n,7] x, float[5,7] z, float[7,5] w) => (float[n,5] y)
      { s = Add (x, z) y = MatMul (s, w) }""",
        n=5,
    )["n"]
    assert (found.kind, found.coefficients) == ("unknown", None)
    assert "does not admit" in found.reason


def test_operators_of_unknown_cost_are_named(grow: Grow) -> None:
    found = grow("""g (float[n,4] x, float[4,4] w) => (float[n,4] y)
      { a = MatMul (x, w) y = Fancy (a) }""")["n"]
    assert found.coefficients == poly(0, 16)
    assert found.reason == "without 1 operator of unknown cost"


def test_fixed_inputs_leave_nothing_to_ask() -> None:
    assert symbolic_growth(load(str(LIGHT / "light_squeezenet.onnx"))) == ()


def test_large_models_are_left_alone_with_a_reason(
    grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(symbolic, "MAX_OPERATORS", 3)
    found = grow(ATTENTION)["seq"]
    assert (found.kind, found.samples) == ("unknown", ())
    assert "7 operators" in found.reason


@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=5),
    st.integers(0, 300),
    st.integers(1, 64),
)
def test_finite_differences_find_every_polynomial(
    coefficients: list[int], start: int, step: int
) -> None:
    while len(coefficients) > 1 and not coefficients[-1]:
        coefficients.pop()
    sizes = [start + i * step for i in range(len(coefficients) + 3)]
    samples = [Sample(n, sum(c * n**k for k, c in enumerate(coefficients))) for n in sizes]
    assert symbolic._fit(samples) == poly(*coefficients)


@pytest.mark.parametrize(
    ("size", "batch", "first"),
    [
        (1, True, [(1, 1), (32, 32)]),
        (3, True, [(3, 1), (32, 32), (1, 1)]),
        (224, False, [(224, 32), (32, 32), (128, 128), (1, 1), (5120, 5120)]),
        (225, False, [(256, 32), (32, 32), (128, 128), (1, 1), (225, 225), (5120, 5120)]),
        (5, False, [(32, 32), (32, 32), (128, 128), (1, 1), (5120, 5120)]),
    ],
)
def test_sizes_are_tried_from_todays_up_in_steps_that_strides_divide(
    size: int, batch: bool, first: list[tuple[int, int]]
) -> None:
    """32 is what the strides of published networks multiply to; a batch may be anything."""
    assert list(symbolic._grids(Freedom("N", (), size, batch))) == first
