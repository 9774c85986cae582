"""How MACs follow sizes that the file leaves open, worked by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import onnx
import pytest
from onnx import parser

from analyzer.report.claims.growth import growth as claim
from analyzer.report.claims.growth import in_runs
from analyzer.report.result import Result
from analyzer.report.view.growth import growth
from analyzer.report.words import say
from tests.golden.text import facts, facts_of

ATTENTION = (
    "g (int64[N,S] ids, float[10,8] table, float[8,8] w) => (float[N,S,S] y) "
    "{ x = Gather (table, ids)  q = MatMul (x, w)  k = Transpose <perm = [0, 2, 1]> (x)  "
    "y = MatMul (q, k) }"
)
IMAGE = "g (float[N,3,H,W] x, float[8,3,1,1] w) => (float[N,8,H,W] y) { y = Conv (x, w) }"
SQUARE = IMAGE.replace("H,W", "S,S")


def sentence(text: str) -> str:
    said = claim(Result(facts(text)))
    assert said is not None
    return say([said])["growth"]


def test_a_sequence_has_a_linear_and_a_quadratic_part() -> None:
    # S tokens of width 8: S·8·8 for the projection, S·S·8 for the scores
    (size,) = facts(ATTENTION).open_sizes
    assert (size.dim, size.step) == ("S", 1)
    assert list(map(int, size.coefficients)) == [0, 64, 8]
    (row,) = growth(facts(ATTENTION))
    assert (row.unit, row.macs) == ("token", 64 * row.size + 8 * row.size**2)
    assert row.square == pytest.approx(8 * row.size / (64 + 8 * row.size))
    assert row.even == 9, "8·9² is more than 64·9"
    assert all(p.macs == 64 * p.size + 8 * p.size**2 for p in row.points)


@pytest.mark.parametrize("text", [IMAGE, SQUARE])
def test_an_image_costs_by_the_megapixel(text: str) -> None:
    (row,) = growth(facts(text))  # a pixel takes 3·8 MACs
    assert (row.unit, row.fixed) == ("megapixel", 0)
    assert row.rate == pytest.approx(24e6)
    assert sentence(text).startswith("24 MMAC a megapixel of image at ")


def test_lines_of_text_cost_by_the_megapixel_too() -> None:
    text = IMAGE.replace("N,3,H,W", "N,3,48,W")
    (row,) = growth(facts(text))
    assert (row.unit, row.side, row.varies) == ("megapixel", 48, False)
    assert sentence(text) == "24 MMAC a megapixel of image (sides: W)."


def test_both_axes_of_scores_are_no_image() -> None:
    text = "g (float[N,4,S,S] x, float[N,4,S,8] v) => (float[N,4,S,8] y) { y = MatMul (x, v) }"
    assert [row.unit for row in growth(facts(text))] == ["step"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("samples", "32 kMAC a second of audio of samples (16,000 samples a second, as in most "),
        ("T", "2 MAC a step of T."),
    ],
)  # fmt: skip
def test_sound_costs_by_the_second(name: str, said: str) -> None:
    model = f"g (float[N,1,{name}] x, float[2,1,1] w) => (float[N,2,U] y) {{ y = Conv (x, w) }}"
    assert sentence(model).startswith(said)


def test_sound_costs_by_the_second_between_sizes_at_which_a_polynomial_holds() -> None:
    # windows of 5,120 samples, 8 MACs each: three and a bit of a second's 16,000 make three
    text = (
        "g (float[1,samples] audio, float[8,1,5120] w) => (float[1,8,U] y) { "
        "a = Constant <value_ints = [1]> ()  x = Unsqueeze (audio, a)  "
        "y = Conv <strides = [5120]> (x, w) }"
    )
    (row,) = growth(facts(text))
    assert (row.step, row.size, row.macs) == (5120, 16_000, 3 * 8 * 5120)
    assert (row.rate, row.varies, row.stated) == (row.macs, True, False)
    assert [p.macs for p in row.points if p.size in (5120, 16_000)] == [8 * 5120, row.macs]
    assert sentence(text).startswith("122.9 kMAC a second of audio at samples = 16,000 (16,000 ")


def test_windows_of_one_size_cost_by_the_second_of_such_runs() -> None:
    # all but 512 samples contradict the reshape: 31.25 runs of 512·2 MACs make a second
    text = (
        "g (float[1,samples] audio, float[2,1,1] w) => (float[1,2,512] y) { "
        "s = Constant <value_ints = [1, 1, 512]> ()  x = Reshape (audio, s)  y = Conv (x, w) }"
    )
    found = facts(text)
    assert (found.assumptions[0].value, found.open_sizes) == (512, ())
    said = in_runs(Result(found))
    assert said is not None
    assert say([said])["growth.runs"] == (
        "32 kMAC a second of audio in runs of samples = 512 (16,000 samples a second, as in most "
        "models)."
    )


def test_fixed_inputs_say_nothing() -> None:
    fixed = "g (float[1,8] x, float[8,8] w) => (float[1,8] y) { y = MatMul (x, w) }"
    assert growth(facts(fixed)) == ()
    assert claim(Result(facts(fixed))) is None


def test_batch_alone_is_no_size() -> None:
    text = "g (float[N,8] x, float[8,8] w) => (float[N,8] y) { y = MatMul (x, w) }"
    assert facts(text).open_sizes == ()


def test_a_polynomial_is_exact_between_its_samples() -> None:
    (size,) = facts(ATTENTION).open_sizes
    assert size.at(777) == Fraction(64 * 777 + 8 * 777**2)


def test_borders_make_the_rate_depend_on_the_size() -> None:
    # (T - 2)·3·2 MACs: two positions less than the input has
    text = "g (float[N,1,T] x, float[2,1,3] w) => (float[N,2,U] y) { y = Conv (x, w) }"
    (row,) = growth(facts(text))
    assert (row.fixed, row.varies) == (0, True)
    assert row.rate == pytest.approx(6 * (row.size - 2) / row.size)


@pytest.mark.parametrize("positions", [200, 1000])
def test_a_table_of_positions_is_the_longest_size(positions: int) -> None:
    """One row of the table for each step: one step more has none, whatever its square costs."""
    text = (
        f"g (float[1,S,8] x, float[1,{positions},8] table, float[8,8] w) => (float[1,S,S] y) "
        "<int64[1] none = {0}, int64[1] one = {1}> "
        "{ s = Shape (x)  n = Gather <axis = 0> (s, one)  p = Slice (table, none, n, one)  "
        "z = Add (x, p)  q = MatMul (z, w)  k = Transpose <perm = [0, 2, 1]> (z)  "
        "y = MatMul (q, k) }"
    )
    held = onnx.numpy_helper.from_array(np.zeros((1, positions, 8), np.float32), "table")
    model = parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {text}')
    model.graph.initializer.append(held)
    found = facts_of(model)
    (row,) = growth(found)
    assert row.longest == positions
    assert max(point.size for point in row.points) <= positions
    said = claim(Result(found))
    assert said is not None
    end = f"; S can be {positions:,} at most, the length of a tensor in the file."
    assert say([said])["growth"].endswith(end)
