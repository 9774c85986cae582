"""Profiles of devices, and the bounds that follow from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.analyze import analyze
from analyzer.devices import SHIPPED, Profile, bound, estimate, peak_in, profile, room
from analyzer.errors import ConfigError
from analyzer.facts import Certainty, Facts
from analyzer.model import load
from analyzer.report.view.devices import rows
from analyzer.report.view.options.form import SmallerForm, Terms, form, is_brief
from tests.golden.text import facts

SAMPLES = Path(__file__).parents[2] / "samples"
MOBILENET = 568_740_352
"""Multiply-accumulates of MobileNetV1, all in float32 (golden)."""


@pytest.mark.parametrize("name", SHIPPED)
def test_every_profile_has_sources_and_a_month(name: str) -> None:
    found = profile(name)
    assert found.sources
    assert len(found.dated) == len("2020-01")
    assert not found.factors, "nothing was measured"


def test_an_a100_does_the_arithmetic_of_its_data_sheet() -> None:
    """624 TOP/s in int8, 19.5 TFLOP/s in float32 and 156 in TF32, two operations each
    multiply-accumulate."""
    found = profile("a100")
    assert 2 * found.peak["int8"] == 624e12
    assert (2 * found.peak["float32"], 2 * found.peak["tf32"]) == (19.5e12, 156e12)
    assert found.bandwidth == 1555e9


def test_a_bound_is_macs_over_the_peak() -> None:
    found = bound(analyze(load(str(SAMPLES / "mobilenet_v1.onnx"))), profile("rpi5"))
    # 4 cores at 2.4 GHz, two FMLA of four lanes a cycle
    assert found.seconds == pytest.approx(MOBILENET / (4 * 2.4e9 * 8), rel=1e-12)


def test_precisions_are_added_up_each_at_its_own_peak() -> None:
    model = facts(
        """g (float[2,8] x, float[8,8] w, uint8[2,8] a, int8[8,4] b)
            => (float[2,8] y, int32[2,4] z) {
            y = MatMul (x, w)
            z = MatMulInteger (a, b)
        }"""
    )
    device = replace(profile("rpi5"), peak={"float32": 100.0, "int8": 1000.0})
    found = bound(model, device)
    assert found.seconds == pytest.approx(2 * 8 * 8 / 100 + 2 * 8 * 4 / 1000)


def test_a_device_without_the_type_gives_no_time_and_says_which_type() -> None:
    integers = replace(profile("rpi5"), peak={"int8": 1.0})
    found = bound(analyze(load(str(SAMPLES / "mobilenet_v1.onnx"))), integers)
    assert (found.seconds, found.missing) == (None, ("float32",))


@pytest.mark.parametrize(("name", "other", "operations"),
                         [("a100", "tf32", 156e12), ("a16_ane", "float16", 17e12)])  # fmt: skip
def test_a_type_multiplied_in_one_less_exact_is_timed_in_that_and_named(
    name: str, other: str, operations: float
) -> None:
    found = bound(analyze(load(str(SAMPLES / "mobilenet_v1.onnx"))), profile(name))
    assert found.seconds == pytest.approx(2 * MOBILENET / operations)
    assert found.less_exact == (("float32", other),)


def test_a_value_of_a_whole_number_is_not_kept_in_tf32() -> None:
    """Ten bits behind the point hold no int16."""
    assert profile("a100").fastest("int16") == 19.5e12 / 2


LAYER = """g (float[1,2,2] x) => (float[1,2,2] y) <float[2,2] w = {1, 2, 3, 4}> {
    y = MatMul (x, w)
}"""
WEIGHTS = PEAK = 2 * 2 * 4
"""Bytes; the input and the output are as large as the weights."""


@pytest.mark.parametrize(
    ("memory", "flash", "fits"),
    [(WEIGHTS + 2 * PEAK, None, True), (WEIGHTS + 2 * PEAK - 1, None, False),
     (2 * PEAK, WEIGHTS, True), (2 * PEAK, WEIGHTS - 1, False), (2 * PEAK - 1, WEIGHTS, False),
     (PEAK, 10 * WEIGHTS, False)],
)  # fmt: skip
def test_weights_are_set_against_flash_and_activations_against_memory(
    memory: int, flash: int | None, fits: bool
) -> None:
    device = replace(profile("rpi5"), memory=memory, flash=flash)
    found = room(facts(LAYER), device)
    assert found.fits is fits
    assert found.weights_share == WEIGHTS / (flash or memory)
    assert found.peak_share == (2 * PEAK + (0 if flash else WEIGHTS)) / memory


def test_in_int8_it_may_fit_where_a_quarter_of_the_peak_does() -> None:
    model = facts("""g (float[1,1,1,1] x) => (float[1,1,1,1] y)
        <float[8,1,1,1] w = {1}, float[1,8,1,1] v = {1}> {
        a = Conv (x, w)  b = Relu (a)  y = Conv (b, v) }""")
    peak = 2 * 8 * 4
    assert model.memory.peak_bytes == peak
    found = {}
    for memory in (peak // 4 - 1, peak // 4, peak):
        device = replace(profile("rpi5"), memory=memory, flash=1024)
        (row,) = rows(model, [device], 16)
        found[memory] = (row.fits, row.int8_may_fit)
    assert found == {15: (False, False), 16: (False, True), 64: (True, False)}
    assert room(model, replace(device, memory=15), 16, {"float32": "int8"}).fits, "written over"


def test_all_that_is_stored_and_read_takes_room_and_not_weights_alone() -> None:
    model = facts(
        """g (float[1,2,2] x) => (float[1,2,2] y)
            <bool[1,2,2] mask = {1, 0, 1, 1}, float low = {0}, uint8[2,2] w = {1, 2, 3, 4},
             float scale = {0.5}, uint8 zero = {1}, float[2] unread = {1, 2}> {
            a = Where (mask, x, low)
            b = DequantizeLinear (w, scale, zero)
            y = MatMul (a, b)
        }"""
    )
    mask, low, weights, scale, zero = 4, 4, 4, 4, 1
    whole = mask + low + weights + scale + zero
    found = room(model, replace(profile("stm32h743"), flash=whole))
    assert (model.parameters.weight_bytes, found.stored, found.fits) == (weights, whole, True)
    assert room(model, replace(profile("stm32h743"), flash=whole - 1)).fits is False


def test_a_device_without_float32_keeps_weights_and_activations_in_what_it_computes_in() -> None:
    device = replace(profile("a16_ane"), memory=WEIGHTS // 2 + PEAK)
    found = room(facts(LAYER), device)
    assert (found.stored, found.peak, found.fits) == (WEIGHTS // 2, PEAK, True)
    tf32 = replace(profile("a100"), memory=WEIGHTS + 2 * PEAK)
    assert room(facts(LAYER), tf32).stored == WEIGHTS, "TF32 is no type that values are kept in"


def test_batch_normalisation_is_written_over_its_operand() -> None:
    model = facts(
        """g (float[1,1,2] x) => (float[1,8,2] z)
            <float[8,1,1] w = {1, 2, 3, 4, 5, 6, 7, 8}, float[8] s = {1, 1, 1, 1, 1, 1, 1, 1}> {
            a = Conv (x, w)
            b = BatchNormalization (a, s, s, s, s)
            z = Relu (b)
        }"""
    )
    x, a = 2 * 4, 16 * 4
    assert room(model, replace(profile("stm32h743"), memory=x + a)).fits is True


def test_results_written_over_operands_may_fit_where_the_file_as_it_is_does_not() -> None:
    model = facts(
        """g (float[1] x) => (float[8] z) <int64[1] s = {8}> {
            a = Expand (x, s)
            z = Relu (a)
        }"""
    )
    x, a = 4, 8 * 4
    found = room(model, replace(profile("stm32h743"), memory=x + a))
    assert (found.peak, found.fits) == (2 * a, True)
    assert room(model, replace(profile("stm32h743"), memory=x + a - 1)).fits is False


def test_activations_in_int8_take_a_fourth() -> None:
    device = replace(profile("stm32h743"), memory=PEAK // 2, flash=WEIGHTS)
    assert room(facts(LAYER), device).fits is False
    assert room(facts(LAYER), device, WEIGHTS // 4, {"float32": "int8"}).fits
    assert room(facts(LAYER), device, WEIGHTS // 4).fits is False, "activations stay float32"


def test_whether_it_fits_is_unknown_where_the_peak_is() -> None:
    model = facts("g (float[2] x) => (float[n] y) { y = com.example.Mystery (x) }")
    assert room(model, profile("stm32h743")).fits is None
    assert room(model, replace(profile("stm32h743"), memory=7)).fits is False, "x alone has 8 bytes"


@pytest.mark.parametrize(
    ("precision", "rate"),
    [("float32", 10.0), ("float16", 10.0), ("bfloat16", 10.0), ("int8", 40.0), ("uint8", 40.0),
     ("int4", 40.0), ("int16", 10.0), ("float64", None), ("int32", None), ("unknown", None)],
)  # fmt: skip
def test_a_wider_type_stands_in_for_one_that_the_device_lacks(
    precision: str, rate: float | None
) -> None:
    device = Profile("d", "d", "", "", ("s",), 1, 1.0, {"float32": 10.0, "int8": 40.0})
    assert device.fastest(precision) == rate


def test_where_data_decide_what_runs_the_fewest_macs_count() -> None:
    model = facts(
        """g (bool c, float[4,4] x) => (float[4,4] y) {
            y = If (c) <then_branch = t () => (float[4,4] p) { p = MatMul (x, x) },
                        else_branch = e () => (float[4,4] q) { q = Relu (x) }>
        }"""
    )
    low, high = model.totals.macs_range
    assert (low, high) == (0, 64)
    assert (bound(model, profile("rpi5")).seconds or 0) == 0


def test_another_type_in_place_of_one_has_its_own_bound() -> None:
    model = facts(
        """g (bool c, float[4,4] x) => (float[4,4] y) {
            y = If (c) <then_branch = t () => (float[4,4] p) { p = MatMul (x, x) },
                        else_branch = e () => (float[4,4] q) { q = Relu (x) }>
        }"""
    )
    device = replace(profile("rpi5"), peak={"float32": 64.0, "int8": 256.0})
    assert [bound(model, device, types).seconds for types in ({}, {"float32": "int8"})] == [0, 0]
    whole = facts("g (float[4,4] x) => (float[4,4] y) { y = MatMul (x, x) }")
    assert bound(whole, device).seconds == 1
    assert bound(whole, device, {"float32": "int8"}).seconds == 0.25
    assert bound(whole, device, {"float32": "float64"}).missing == ("float64",)


def test_operators_of_unknown_cost_make_it_partial() -> None:
    model = facts(
        """g (float[2,8] x, float[8,8] w) => (float[2,8] y) {
            a = MatMul (x, w)
            y = com.example.Mystery (a)
        }"""
    )
    found = bound(model, profile("rpi5"))
    assert found.partial
    assert found.seconds == pytest.approx(128 / 76.8e9)


WRONG = {
    "is not known; did you mean rpi5?": "rpi",
    "cannot be read": "none.toml",
}


@pytest.mark.parametrize("message", WRONG)
def test_a_device_that_is_not_there(message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        profile(WRONG[message])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [", "not TOML"),
        ("name = 'x'\nsources = []\n", "a figure without a source is not one"),
        ("speed = 3\n", "speed: unknown key"),
        ("memory = -1\n", "memory: must be a number of bytes"),
        ("[peak]\nfloat33 = 1\n", "peak.float33: is no element type"),
        ("[peak]\nfloat32 = 0\n", "peak.float32: must be above 0"),
        ("flash = 0\n", "flash: must be a number of bytes"),
        ("instead = 3\n", "must have types of arithmetic by element type"),
        ("[instead]\nreal = 'int8'\n", "instead.real: is no element type"),
        (
            "[peak]\nint8 = 1\n[instead]\nfloat32 = 'tf32'\n",
            r"instead.float32: must be a type of \[peak\]",
        ),
        ("bandwidth = inf\n", "bandwidth: must be"),
        ("name = '" + "x" * 70_000 + "'", "larger than"),
    ],
)
def test_a_wrong_profile_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        profile(str(path))


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        "name = 'Ours'\nsources = ['our data sheet']\nmemory = 1_000\nbandwidth = 1e9\n"
        "[peak]\nint8 = 2e9\n[factors]\ndepthwise = 7\n"
    )
    found = profile(str(path))
    assert (found.id, found.peak, found.factors) == ("ours", {"int8": 2e9}, {"depthwise": 7.0})


def test_the_page_about_devices_is_true(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/devices.md").read_text("utf-8")
    for name in SHIPPED:
        found = profile(name)
        assert f"| `{name}` | {found.name} | {found.kind} |" in page
    example = tmp_path / "board.toml"
    example.write_text(page.partition("```toml\n")[2].partition("```")[0])
    assert profile(str(example)).peak["int8"] == 1_600_000_000


FACTORS = {"standard": 1.4, "pointwise": 1.3, "depthwise": 7.0, "product": 1.6}


def test_nothing_is_estimated_without_measurements() -> None:
    model = analyze(load(str(SAMPLES / "mobilenet_v1.onnx")))
    assert estimate(model, profile("rpi5")) is None
    some = replace(profile("rpi5"), factors={"standard": 1.4, "pointwise": 1.3, "product": 1.6})
    assert estimate(model, some) is None, "depthwise layers were not measured"


def test_an_estimate_takes_each_class_by_its_factor() -> None:
    model = analyze(load(str(SAMPLES / "mobilenet_v1.onnx")))
    rate = 4 * 2.4e9 * 8
    # MobileNet paper, table 2: 94.86 % pointwise, 3.06 % depthwise, 1.19 % 3×3, 0.18 % product
    kinds = model.totals.macs_by_kind
    assert kinds["pointwise"] / MOBILENET == pytest.approx(0.9486, rel=1e-3)
    expected = (
        kinds["pointwise"] * 1.3
        + kinds["depthwise"] * 7
        + kinds["standard"] * 1.4
        + (MOBILENET - sum(kinds[k] for k in ("pointwise", "depthwise", "standard"))) * 1.6
    )
    measured = replace(profile("rpi5"), factors=FACTORS)
    assert estimate(model, measured) == pytest.approx(expected / rate)


def test_a_factor_is_measured_for_a_class_of_layers(tmp_path: Path) -> None:
    written = tmp_path / "ours.toml"
    written.write_text(
        "name = 'ours'\nsources = ['s']\nmemory = 1\nbandwidth = 1\n"
        "[peak]\nfloat32 = 1\n[factors]\nConv = 2\n"
    )
    with pytest.raises(
        ConfigError, match=r"factors\.Conv: is no class of layers; they are standard"
    ):
        profile(str(written))


def test_sizes_with_which_a_model_cannot_run_bound_no_time() -> None:
    model = facts(LAYER)
    totals = replace(model.totals, certainty=Certainty.UNKNOWN)
    assert bound(model, profile("rpi5")).seconds is not None
    assert bound(replace(model, totals=totals), profile("rpi5")).seconds is None


def test_a_run_is_brief_only_where_all_that_runs_is_counted() -> None:
    model, device = facts(LAYER), profile("rpi5")
    assert is_brief(model, device)
    totals = model.totals
    for less in (
        replace(totals, certainty=Certainty.UNKNOWN),
        replace(totals, complete=False),
    ):
        assert not is_brief(replace(model, totals=less), device)


def in_halves(found: Facts, *, hands_on_floats: bool = False) -> SmallerForm:
    terms = Terms("low", "low", "", "high", "")
    return form(found, profile("rpi5"), ("half", "Halve", ""), terms,
                instead={"float32": "float16"}, hands_on_floats=hands_on_floats)  # fmt: skip


def test_a_form_says_what_is_left_of_a_peak_that_is_more_than_the_weights() -> None:
    """Two maps of 64 KiB in float32 are alive beside indices that stay."""
    wide = facts(
        "g (float[1,1,128,128] x, float[1,1,3,3] w, int64[1024] i) => (y, j)"
        " { y = Conv <pads = [1,1,1,1]> (x, w) j = Identity (i) }"
    )
    now, half = 2 * 65536 + 8192 + 36, 65536 + 8192 + 18  # and w, which is an input here
    assert wide.memory.peak_bytes == now
    assert peak_in(wide, {"float32": "float16"}) == half
    assert peak_in(wide, {}) == now
    made = in_halves(wide)
    assert (made.peak, made.peak_now) == (half, now)
    assert in_halves(wide, hands_on_floats=True).peak is None
    heavy = replace(wide, parameters=replace(wide.parameters, bytes_by_dtype={"float32": now + 1}))
    assert in_halves(heavy).peak is None
    small = facts("g (float[1,8] x) => (y) { y = Relu (x) }")
    assert in_halves(small).peak is None
    unknown = replace(wide, memory=replace(wide.memory, certainty=Certainty.LOWER_BOUND))
    assert peak_in(unknown, {"float32": "float16"}) is None
    fused = replace(wide, memory=replace(wide.memory, fused_bytes=5))
    assert in_halves(fused).peak is None
