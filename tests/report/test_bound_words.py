"""What a page says of times: they are bounds, how far they are off, and of which arithmetic."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from onnx import parser

from analyzer import units
from analyzer.devices import MEASURED, bound, profile
from analyzer.language import Language, speaking
from analyzer.report import REPORT_FORMATS, Options, Result
from analyzer.report.advised import momentary
from analyzer.report.index.entry import entry_of
from analyzer.report.view.devices import named
from tests.costs.test_contrib import PACKED
from tests.golden.text import facts, facts_of
from tests.report.results import words

DOCS = Path(__file__).parents[2] / "docs/devices.md"


def page_of(result: Result, *devices: str) -> str:
    timed = replace(result, devices=tuple(map(profile, devices)))
    return words(REPORT_FORMATS["html"](timed, Options()).decode())


def test_a_time_is_told_as_a_bound_that_falls(mobilenet: Result) -> None:
    text = page_of(mobilenet, "rpi5")
    now = bound(mobilenet.facts, profile("rpi5")).seconds
    half = bound(mobilenet.facts, profile("rpi5"), {"float32": "float16"}).seconds
    assert (
        f"arithmetic bound {units.seconds(now)} → {units.seconds(half)} on Raspberry Pi 5, 8 GB"
        in text
    )


@pytest.mark.parametrize("devices", [(), ("rpi5",), ("stm32h743",)])
def test_how_far_bounds_were_off_is_said_once_and_beside_the_first_of_them(
    mobilenet: Result, devices: tuple[str, ...]
) -> None:
    """17 models took 1.09 to 8.75 times their bound."""
    text = page_of(mobilenet, *devices)
    sentence = "on another CPU, with ONNX Runtime, 17 models took 1.1 to 8.8 times as long"
    assert text.count(sentence) == (devices == ("rpi5",)), "where it does not fit is no time"
    if devices == ("rpi5",):
        assert text.index(sentence) < text.index("arithmetic bound ")
    assert f"{MEASURED.least:.1f} to {MEASURED.most:.1f}" in sentence


def test_the_table_of_devices_says_again_that_a_small_bound_is_little_of_a_run(
    mobilenet: Result,
) -> None:
    said = "Where a bound is under 100 µs, most of a run is starting operators."
    assert momentary([None, 1.0, 9e-5]) == said
    assert momentary([None, 1.0, 1e-4]) == momentary([]) == ""
    assert said in page_of(mobilenet, "rpi5", "a100")
    assert said not in page_of(mobilenet, "rpi5")


def test_layers_that_stay_in_floating_point_on_x86_are_told_below_the_times() -> None:
    for kind, told in (("int8", True), ("uint8", False)):
        found = facts(
            f"g ({kind}[1,2,4] x) => ({kind}[1,1,4] y) <int8[1,2,1] w = {{1,2}}, float s = {{1}}, "
            f"int8 n = {{0}}, {kind} z = {{3}}> {{ d = DequantizeLinear (x, s, z) "
            "v = DequantizeLinear (w, s, n) e = Conv (d, v) y = QuantizeLinear (e, s, z) }"
        )
        text = page_of(Result(found, (), ()), "i7_1185g7")
        assert ("On x86 CPUs ONNX Runtime computes 1 of them in floating point" in text) == told
        assert ("up to 1 of 1 layers stay in floating point" in text) == told
        row = entry_of(Result(found, (), ()), "net.onnx")
        assert row.peak_bytes == (found.memory.fused_bytes, told)


@pytest.mark.parametrize(("data", "on_x86"), [("int8", ", 2 on x86 CPUs"), ("uint8", "")])
def test_layers_that_stay_in_floating_point_anywhere_are_told_first(data: str, on_x86: str) -> None:
    """The step of one bias is 1 where data times weights is 0.01."""
    found = facts(
        f"g ({data}[1,2,4] x) => ({data}[1,1,4] y, {data}[1,1,4] t) <int8[1,2,1] w = {{1,2}}, "
        f"int32[1] b = {{0}}, float s = {{0.1}}, float p = {{1}}, int8 n = {{0}}, {data} z = {{3}}>"
        " { d = DequantizeLinear (x, s, z) v = DequantizeLinear (w, s, n) "
        "c = DequantizeLinear (b, p) e = Conv (d, v, c) y = QuantizeLinear (e, s, z) "
        "h = Conv (d, v) t = QuantizeLinear (h, s, z) }"
    )
    text = page_of(Result(found, (), ()), "i7_1185g7")
    assert f"ONNX Runtime computes 1 of them in floating point{on_x86}: there it takes" in text


def test_the_documentation_has_the_same_figures() -> None:
    assert (
        f"{MEASURED.least:.1f} to {MEASURED.most:.1f} times for {MEASURED.models} measured models"
        in DOCS.read_text("utf-8")
    )


def test_a_type_multiplied_in_one_less_exact_is_named_beside_the_device(mobilenet: Result) -> None:
    text = page_of(mobilenet, "a100", "a16_ane", "i7_1185g7")
    assert "data-centre GPU, float32 as TF32" in text
    assert "phone NPU, float32 as float16" in text
    assert "laptop CPU, " not in text
    # 156 TFLOP/s in TF32, two operations a multiply-accumulate
    assert f": {units.seconds(2 * 568_740_352 / 156e12)} for the model as it is." in text
    assert " on NVIDIA A100 40 GB (float32 as TF32)" in text


def test_weights_and_activations_of_a_device_with_flash_stand_apart(mobilenet: Result) -> None:
    """17,015,456 bytes and 592 of constants of 17 MiB of flash, and 6,422,528 of 8 MiB."""
    board = replace(profile("stm32h743"), memory=8 << 20, flash=17 << 20)
    timed = replace(mobilenet, devices=(board,))
    text = words(REPORT_FORMATS["html"](timed, Options()).decode())
    assert "microcontroller, 17 MiB of flash" in text
    weights, peak = (17_015_456 + 592) / (17 << 20), 6_422_528 / (8 << 20)
    assert f"{units.percent(weights)} {units.percent(peak)}" in text
    data = json.loads(REPORT_FORMATS["json"](timed, Options()))["page"]["devices"][0]
    assert (data["weights"], data["peak"], data["fits"]) == (weights, peak, True)


@pytest.mark.parametrize(
    ("level", "type_", "rate"),
    [("", "float32", 76.8e9), (", accuracy_level = 4", "int8", 307.2e9)],
)
def test_packed_weights_are_timed_in_the_type_that_the_page_names(
    level: str, type_: str, rate: float
) -> None:
    """8, 16 and 32 multiply-accumulates a cycle on four cores at 2.4 GHz."""
    text = PACKED.format(data="float", level=level, bits=4, bytes=16)
    model = Result(facts_of(parser.parse_model(text)), (), (), devices=(profile("rpi5"),))
    page = json.loads(REPORT_FORMATS["json"](model, Options()))["page"]
    assert page["unpacked"] == [type_]
    assert page["devices"][0]["seconds"] == pytest.approx(3 * 16 * 32 / rate)
    html = words(REPORT_FORMATS["html"](model, Options()).decode())
    assert f"Weights of few bits are unpacked and multiplied in {type_}" in html


def test_units_are_explained_under_the_four_numbers(mobilenet: Result) -> None:
    text = page_of(mobilenet)
    line = "MAC: a multiplication and its addition, two FLOPs. k, M, G: 10³, 10⁶, 10⁹"
    assert text.index("Possible saving") < text.index(line) < text.index("What to do first")


def test_traffic_is_of_a_run_and_no_part_of_the_peak(mobilenet: Result) -> None:
    """Of 27 normalisations each reads and writes what the layer before it makes."""
    page = json.loads(REPORT_FORMATS["json"](mobilenet, Options()))["page"]
    ask = next(ask for ask in page["asks"] if ask["rule"] == "STR101")
    saved, whole = units.size(ask["traffic"]), units.size(ask["traffic_now"])
    assert f"saves {saved} of {whole} memory traffic per run" in page_of(mobilenet)
    moved = sum((n.read_bytes or 0) + (n.write_bytes or 0) for n in mobilenet.facts.nodes)
    assert ask["traffic_now"] == moved


def test_where_nothing_multiplies_a_device_has_memory_and_no_time() -> None:
    result = Result(facts("g (float[1,3,300,300] x) => (float[1,3,300,300] y) { y = Relu (x) }"),
                    (), ())  # fmt: skip
    text = page_of(result, "stm32h743")
    assert "On a device: memory" in text
    assert "Device Memory Weights At the peak STM32H743" in text
    assert "Nothing multiplies, so there is no bound of time." in text
    assert "Time, at least" not in text
    assert "per second" not in text


def test_cores_in_the_name_of_a_device_are_told_in_the_language_of_the_page() -> None:
    ours = replace(profile("rpi5"), name="A 1,200 cores, 16 cores B <b>")
    cases: tuple[tuple[Language, list[str]], ...] = (
        ("en", ["Core i7-1185G7, 4 cores", "A 1,200 cores, 16 cores B <b>"]),
        ("ko", ["Core i7-1185G7, 4코어", "A 1,200코어, 16코어 B <b>"]),
    )
    for language, told in cases:
        with speaking(language):
            assert [named(each) for each in (profile("i7_1185g7"), ours)] == told
