"""Which smaller forms fit a model."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import onnx
import pytest

from analyzer import units
from analyzer.devices import profile
from analyzer.report.view import whatif
from analyzer.report.view.options import options, options_of, types
from analyzer.report.view.options.form import SmallerForm
from analyzer.scaling import Scaler, frontier
from tests.golden.text import facts, parse
from tests.report.results import html_of, judge, words

CONVOLUTIONS = """g (float[{shape}] x) => (float[1,N] y)
<float[64,3,3,3] w = {{0}}, float[64,64,3,3] v = {{0}}> {{
  a = Conv <pads = [1, 1, 1, 1]> (x, w)  b = Relu (a)  c = Conv <pads = [1, 1, 1, 1]> (b, v)
  d = GlobalAveragePool (c)  y = Flatten (d)
}}"""


@pytest.mark.parametrize(
    ("shape", "scales"),
    [
        ("1,3,224,224", True),
        ("batch,3,224,224", True),
        ("batch,3,height,width", False),  # nobody stated a size that could be shrunk
        ("1,3,48,width", False),
        ("batch,3,frames,160", False),
    ],
)
def test_an_input_as_long_as_a_line_or_a_recording_is_no_image_to_shrink(
    shape: str, scales: bool
) -> None:
    found = facts(CONVOLUTIONS.format(shape=shape))
    assert found.totals.macs > 100_000_000
    ids = {form.id for form in options(found, found.once(whatif.view), None)}
    assert ("resolution" in ids) is scales


def _form(text: str, name: str) -> SmallerForm:
    found, board = facts(text), profile("rpi5")
    return next(form for form in options(found, found.once(whatif.view), board) if form.id == name)


PRODUCT = """g (float[1,512] x) => (float[1,512] y) <float[512,512] w = {{0}}> {{
  a = MatMul (x, w)  {last}
}}"""


@pytest.mark.parametrize(
    ("last", "effort"),
    [("b = Cast <to = 6> (a)  y = Cast <to = 1> (b)", "low"),
     ("b = RandomUniform <shape = [1,512]> ()  y = Add (a, b)", "medium")],
)  # fmt: skip
def test_what_draws_float32_keeps_the_converter_from_making_a_file_in_float16_that_loads(
    last: str, effort: str
) -> None:
    half = _form(PRODUCT.format(last=last), "float16")
    assert half.effort == effort
    assert ("from the framework" in half.how) is (effort == "medium")


def test_fused_operators_have_the_quantiser_told_the_type_that_it_cannot_infer() -> None:
    fused = PRODUCT.format(last="y = com.microsoft.Gelu (a)")
    assert "DefaultTensorType" not in _form(PRODUCT.format(last="y = Relu (a)"), "int8").how
    assert "{'DefaultTensorType': 1}" in _form(fused, "int8").how


def test_products_of_activations_in_a_dynamically_quantised_file_take_another_option() -> None:
    model = """g (float[512,512] x, uint8[512,512] q) => (float[512,512] y, int32[512,512] z)
    <int8[512,512] w = {{0}}> {{ z = MatMulInteger (q, w)  y = MatMul (x, {right}) }}"""
    assert "{'MatMulConstBOnly': False}" in _form(model.format(right="x"), "int8-rest").how


def test_activations_of_int8_that_x86_computes_in_floats_are_to_be_quantised_again() -> None:
    """ONNX Runtime keeps in int8 what is read twice, and has no kernel for that."""
    model = """g (float[1,2,64,64] x) => (float[1,2,64,64] y) <int8[2,2,1,1] w = {{1, 2, 3, 4}},
        float s = {{0.1}}, {type} z = {{3}}, int8 n = {{0}}> {{ q = QuantizeLinear (x, s, z)
        d = DequantizeLinear (q, s, z)  v = DequantizeLinear (w, s, n)  e = Conv (d, v)
        f = QuantizeLinear (e, s, z)  t = DequantizeLinear (f, s, z)  {last} }}"""
    form = _form(model.format(type="int8", last="r = Abs (t)  y = Add (r, t)"), "uint8")
    assert form.extra == "1 more of 1 layer in integers on x86 CPUs, 100.0 % of the MACs"
    assert (form.title, form.impact, form.before) == (
        "Quantise again with uint8 activations", "medium", ()
    )  # fmt: skip
    assert "activation_type=QuantType.QUInt8" in form.how
    for type_, last in (("int8", "y = Relu (t)"), ("uint8", "r = Abs (t)  y = Add (r, t)")):
        found = facts(model.format(type=type_, last=last))
        assert not {each.id for each in types.forms(found, None)} & {"uint8"}, (type_, last)


@pytest.mark.parametrize(
    ("shape", "smaller"),
    [
        ("1,3,224,224", "192×192"),
        ("1,3,192,192", "160×160"),
        ("1,3,128,128", "96×96"),  # 192/224 of it would be 110
        ("1,3,240,320", None),  # 206×274
    ],
)
def test_smaller_inputs_are_of_sides_that_networks_are_trained_at(
    shape: str, smaller: str | None
) -> None:
    found = facts(CONVOLUTIONS.format(shape=shape))
    titles = {form.id: form.title for form in options(found, found.once(whatif.view), None)}
    assert titles.get("resolution") == (f"Shrink the input to {smaller}" if smaller else None)


SIZED = """g (float[1,3,224,224] x) => (float[1,{out}] y)
<float[64,3,3,3] w = {{{{0}}}}, float[4,64,3,3] v = {{{{0}}}}, float[{shape}] c = {{{{0}}}}> {{{{
  a = Conv <pads = [1, 1, 1, 1]> (x, w)  b = Relu (a)
  d = Conv <pads = [1, 1, 1, 1], strides = [8, 8]> (b, v)  e = Flatten (d)  {last}
}}}}"""


def test_weights_that_are_sized_by_the_input_take_the_size_of_a_smaller_one() -> None:
    text = SIZED.format(shape="3136,10", out="10", last="y = MatMul (e, c)")
    smaller = _form(text.format(), "resolution")
    assert smaller.title == "Shrink the input to 192×192"
    assert "give c the size that follows" in smaller.how
    assert smaller.weight_bytes == smaller.bytes_now - 4 * 10 * 4 * (28 * 28 - 24 * 24)


def test_no_size_is_offered_that_prior_boxes_forbid() -> None:
    """4 numbers at each of 28 × 28 places, that nobody trains."""
    found = facts(SIZED.format(shape="1,3136", out="3136", last="y = Mul (e, c)").format())
    table = found.once(whatif.view)
    assert "resolution" not in {form.id for form in options(found, table, None)}
    assert [column.sides for column in table.columns] == ["224×224"]
    assert table.stops is not None
    assert table.stops.sides == ((224, 224),)
    assert table.unknown == (
        "other sizes of the input, for which c would have to be computed anew",
    )
    scaler = Scaler(found)
    assert {point.resolution for point in frontier(scaler, 10**9, widths=(0.5,)).points} == {1.0}
    assert scaler.at(resolution=0.5).assumed == "c: computed anew for these sides"


@pytest.mark.parametrize(("width", "impact"), [(512, "high"), (256, "high"), (128, "medium")])
def test_float16_has_the_impact_of_its_bytes_by_the_rule_for_all(width: int, impact: str) -> None:
    """512, 128 and 32 KiB, a half each time: 64 KiB are the least that count; to save
    time is of medium impact, as a run takes next to none."""
    text = PRODUCT.format(last="y = Relu (a)").replace("512", str(width))
    found, board = facts(text), profile("rpi5")
    half = next(types.forms(found, board))
    assert (half.id, half.impact) == ("float16", impact)
    assert "On x86 CPUs ONNX Runtime computes it in float32: no faster" in half.how


def test_macs_that_are_the_most_say_so_and_have_no_time(tmp_path: Path) -> None:
    """What a body makes of half as many features, nobody knows."""
    path = tmp_path / "bodies.onnx"
    onnx.save(parse("""g (float[9,1,96] x, bool on) => (float z) <float[2,384,96] w = {0},
        float[2,384,96] r = {0}, float[96,5] f = {0}> {
      y = LSTM <hidden_size = 96, direction = "bidirectional"> (x, w, r)
      z = If (on) <then_branch = t () => (a) { a = MatMul (y, f) },
                   else_branch = e () => (b) { b = MatMul (y, f) }>
    }"""), path)  # fmt: skip
    told = words(html_of(judge(path)).decode())
    layer = 9 * 2 * 4 * 96 * (96 + 96)
    least = units.si(layer // 2 + 9 * 2 * 96 * 5)
    assert f"Read forwards only, as streaming needs at most {least} at most 2" in told


def test_a_form_that_is_faster_in_a_larger_file_says_how_large(tmp_path: Path) -> None:
    path = tmp_path / "thin.onnx"
    names = ["x", *(f"t{n}" for n in range(9)), "y"]
    layers = " ".join(f"{after} = Conv <pads = [1, 1, 1, 1]> ({before}, w)"
                      for before, after in pairwise(names))  # fmt: skip
    weights = ", ".join(f"{n * 37 % 101 - 50}" for n in range(144))
    onnx.save(parse(f"""g (float[1,4,256,256] x) => (float[1,4,256,256] y)
        <float[4,4,3,3] w = {{{weights}}}> {{ {layers} }}"""), path)  # fmt: skip
    result = replace(judge(path), devices=(profile("rpi5"),))
    (int8,) = [form for form in options_of(result) if form.id == "int8"]
    assert int8.file_bytes is not None
    assert int8.grows
    now, then = units.size(path.stat().st_size), units.size(int8.file_bytes)
    told = words(html_of(result).decode())
    assert f"accuracy: measure; the file grows from {now} to about {then}" in told
