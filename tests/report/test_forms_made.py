"""Smaller forms and compared layers, of facts made for them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.facts import Architecture
from analyzer.report import REPORT_FORMATS, Options
from analyzer.report.advised import in_file
from analyzer.report.compare.view import layers as compared
from analyzer.report.compare.view.layers import (
    ComparedAspect,
    ComparedLayer,
    ComparedOperator,
    ComparedPlace,
)
from analyzer.report.view import whatif
from analyzer.report.view.neighbours import BLANK, Neighbours
from analyzer.report.view.options import prepared, scaled, types
from analyzer.report.view.options.form import STAY, Terms, _in_proportion, form, is_guessed
from analyzer.report.view.whatif import (
    Column,
    DepthRow,
    WhatIf,
    WidthRow,
    _published,
    _stages,
    _telling,
    _tells,
    _unit,
)
from tests.each import each
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node
    from analyzer.report import Result


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


@cache
def small() -> Facts:
    text = ", ".join
    return facts(
        "g (float[1,3,64,64] x) => (float[1,4,64,64] y) "
        f"<float[4,3,3,3] w = {{{text('0' * 108)}}}, float[4,4,1,1] k = {{{text('0' * 16)}}}> "
        "{ c = Conv <pads = [1, 1, 1, 1]> (x, w)  y = Conv (c, k) }"
    )


TERMS = Terms("low", "medium", "accuracy", "high", "counted")
WORDS = ("id", "Title", "How")
MACS = 64 * 64 * (108 + 16)


def test_a_form_has_the_impact_of_the_file_with_what_stays_and_what_is_added() -> None:
    model = small()
    held = model.parameters.kept_bytes
    size = 8 * 65_536
    large = replace(model, model=replace(model.model, bytes=size),
                    parameters=replace(model.parameters, stored_bytes=held))  # fmt: skip

    def made(**about: Any) -> Any:
        return form(large, None, WORDS, TERMS, **about)

    halved = made(weight_bytes=held - 2 * 65_536, fewer_constants=65_536, added=65_536)
    assert (halved.file_now, halved.file_bytes, halved.impact) == (size, 6 * 65_536, "high")
    assert made(weight_bytes=held - 65_536).impact == "medium", "all of the weights, an 8th of it"
    grown = made(weight_bytes=held - 10, added=11, macs=0)
    assert (grown.file_bytes, grown.grows, grown.impact) == (size + 1, True, "medium"), (
        "MACs count, too"
    )
    assert not halved.grows
    known = {"fewer_constants": 5, "weight_bytes": 0}
    fewer, now = made(**known).constants, large.parameters.constant_bytes
    assert (fewer, made(**known).constants_now) == (now - 5, now)
    beside = replace(large, parameters=replace(large.parameters, stored_bytes=10 * size))
    assert form(beside, None, WORDS, TERMS).file_now == 11 * size, "weights beside the file"
    drawn = replace(large, parameters=replace(large.parameters, stored_bytes=0))
    assert form(drawn, None, WORDS, TERMS).file_now is None, "operators make the weights"
    same, gone = (made(beside=(size, after)).impact for after in (size, 0))
    assert (same, gone) == ("low", "high"), "what stays beside the weights as it is saves nothing"
    assert made(beside=(9, 5)).file_now is made(weight_bytes=None).file_now is None


def test_what_stays_beside_smaller_weights_is_told_where_it_is_much() -> None:
    one = replace(form(small(), None, WORDS, TERMS), bytes_now=100_000, weight_bytes=25_000)

    def told(now: int | None, then: int, constants: int = 0) -> str:
        return in_file(replace(one, file_now=now, file_bytes=then, constants=constants))

    assert told(100_000, 25_000) == ""
    assert told(100_000, 29_999) == "", "a twentieth of the file less than of the weights"
    assert told(100_000, 30_001) == "the file about 29.3 KiB instead of 97.66 KiB"
    assert told(100_000, 100_001) == "the file grows from 97.66 KiB to about 97.66 KiB"
    file = "the file about 317.4 KiB instead of 390.6 KiB"
    assert told(400_000, 325_000, 300_000) == f"293 KiB of constants stay; {file}"
    assert told(400_000, 325_000, 16_249) == file
    assert told(95_000, 20_000, 1_023) == ""
    assert told(95_000, 20_000, 1_024) == "1 KiB of constants stay"
    assert told(100_000, 25_000, 1_249) == ""
    assert told(100_000, 25_000, 1_250) == "1.221 KiB of constants stay", "a twentieth of the file"
    assert told(400_000, 400_000, 300_000).startswith("293 KiB of constants stay; the file about")
    assert told(None, 0, 300_000) == ""
    half = replace(one, constants=300_000, constants_now=600_000, file_now=9, file_bytes=9)
    assert in_file(half).startswith("constants 293 KiB instead of 585.9 KiB; ")
    alike = replace(half, constants_now=300_001)
    assert in_file(alike).startswith("293 KiB of constants stay; "), "no digit of it shrinks"
    little = replace(one, weight_bytes=96_000, file_now=100_000, file_bytes=96_400)
    assert in_file(little) == "", "nine tenths of what the weights shrink by"
    less = replace(little, file_bytes=96_401)
    assert in_file(less) == "the file about 94.14 KiB instead of 97.66 KiB"
    same = replace(one, weight_bytes=100_000, file_now=1, file_bytes=1, constants=9_999)
    assert in_file(same) == ""


def test_a_form_says_what_it_leaves() -> None:
    same = form(small(), None, WORDS, TERMS)
    assert (same.id, same.title, same.how) == WORDS
    assert (same.macs, same.weight_bytes, same.bytes_now) == (None, 496, 496)
    assert (same.impact, same.macs_share, same.seconds, same.seconds_now) == (
        "low",
        None,
        None,
        None,
    )
    assert (same.effort, same.risk, same.loses, same.confidence, same.rests, same.training) == (
        "low", "medium", "accuracy", "high", "counted", "none",
    )  # fmt: skip
    half = form(small(), None, WORDS, TERMS, macs=MACS // 2, weight_bytes=None)
    assert (half.macs, half.macs_share, half.weight_bytes) == (MACS // 2, 0.5, None)
    assert half.impact == "medium", "a run takes next to no time"
    assert form(small(), None, WORDS, TERMS, weight_bytes=STAY).weight_bytes == 496


def test_time_falls_in_proportion_where_all_is_of_one_type() -> None:
    def then(by: dict[str, int], ends: tuple[int, int], now: float | None = 2.0) -> float | None:
        totals = some(macs=100, macs_by_arithmetic=by, macs_range=ends)
        return _in_proportion(some(totals=totals), now, 25)

    assert then({"float32": 100}, (100, 100)) == 0.5
    assert then({"float32": 50, "int8": 50}, (100, 100)) is None
    assert then({"float32": 100}, (50, 100)) is None
    assert then({"float32": 100}, (100, 100), None) is None
    nothing = some(macs=0, macs_by_arithmetic={"float32": 0}, macs_range=(0, 0))
    assert _in_proportion(some(totals=nothing), 2.0, 0) is None


def test_a_usual_size_is_a_guess_and_a_stated_one_is_none() -> None:
    made = [some(input="x", axis=2, reason="default: an image"),
            some(input="x", axis=3, reason="--dim")]  # fmt: skip
    found = some(assumptions=made)
    assert [is_guessed(found, [("x", axis)]) for axis in (2, 3, 1)] == [True, False, False]
    assert is_guessed(found, [("x", 3), ("x", 2)])
    assert not is_guessed(found, [("y", 2)])


def image(shape: tuple[int | None, ...] | None, *left: tuple[str, int, str]) -> bool:
    made = [some(input=name, axis=axis, reason=reason) for name, axis, reason in left]
    found = some(assumptions=made, inputs=[some(name="x", shape=shape)])
    return scaled._is_image(found)


@each(
    ("shape", "is_image"),
    [
        ((1, 3, 224, 192), True), ((1, 4, 224, 224), True), ((1, 224, 192, 3), True),
        ((1, 1, 28, 28), True), ((1, 1, 28, 27), False), ((1, 2, 28, 28), False),
        ((1, 5, 28, 28), False), ((1, 3, 224), False), (None, False), ((1, 80, 80, 2), False),
        ((1, 3, 8, 224, 224), False),
    ],
)  # fmt: skip
def test_an_image_has_colours_or_is_as_high_as_wide(
    shape: tuple[int | None, ...] | None, is_image: bool
) -> None:
    assert image(shape) is is_image


def test_what_is_as_long_as_a_line_is_no_image_nor_is_a_guess() -> None:
    shape = (1, 3, 224, 224)
    assert not image(shape, ("x", 2, "--dim"))
    assert not image(shape, ("x", 3, "--dim"))
    assert image(shape, ("x", 2, "--dim"), ("x", 3, "--dim"))
    assert not image(shape, ("x", 2, "default"), ("x", 3, "--dim"))
    assert image(shape, ("x", 0, "default"), ("y", 2, "default"))
    last = (1, 224, 224, 3)
    assert not image(last, ("x", 1, "--dim"))
    assert image(last, ("x", 3, "--dim"))
    assert not image((1, 3, 224, 3), ("x", 2, "--dim"))


@pytest.mark.parametrize(
    ("sides", "usual"),
    [("192×192", True), ("32", True), ("33", False), ("192×190", False), ("?×192", False),
     ("", False)],
)  # fmt: skip
def test_usual_sizes_are_multiples_of_32(sides: str, usual: bool) -> None:
    assert scaled._is_usual(sides) is usual


def stored(weights: int, bytes_: int, by: dict[str, int], buffers: int = 0, kept: int = 0,
           tensors: Any = (), unlisted: int = 0) -> Any:  # fmt: skip
    return some(parameters=some(weights=weights, weight_bytes=bytes_, bytes_by_dtype=by,
                                buffers=buffers, kept_bytes=kept or bytes_, unlisted=unlisted,
                                tensors=tensors))  # fmt: skip


def test_bytes_follow_parameters_at_most_as_if_the_narrowest_went() -> None:
    """Nibbles in 64 bytes, one of them padding, and 20 single floats; scales are no weights."""
    nibbles, floats = some(role="weight", elements=126, bytes=64), some(role="weight", elements=20,
                                                                        bytes=80)  # fmt: skip
    scales = some(role="quantization", elements=9, bytes=1)
    by = {"uint8": 64, "float32": 80}
    packed = stored(146, 144, by, kept=150, tensors=(nibbles, scales, floats))
    assert scaled.params_bytes(packed, 146, 96) == 150 - 25
    halves, by = some(role="weight", elements=126, bytes=252), {"float16": 252, "float32": 80}
    mixed = stored(146, 332, by, kept=340, tensors=(floats, halves))
    assert scaled.params_bytes(mixed, 146, 96) == 340 - 2 * 50
    assert scaled.params_bytes(packed, 146, 147) is scaled.params_bytes(packed, None, 96) is None
    assert scaled.params_bytes(stored(146, 144, by, tensors=(floats,), unlisted=1), 146, 96) is None
    unread = some(role="weight", elements=20, bytes=None)
    assert scaled.params_bytes(stored(146, 144, by, tensors=(floats, unread)), 146, 96) is None


def test_bytes_follow_parameters_where_all_are_of_one_type() -> None:
    plain = stored(90, 400, {"float32": 400, "int8": 0}, buffers=10, kept=500)
    assert scaled.params_bytes(plain, 90, 40) == 500 - 4 * 50
    assert scaled.params_bytes(plain, None, 40) is scaled.params_bytes(plain, 90, None) is None
    mixed = stored(100, 400, {"float32": 200, "int8": 200})
    assert scaled.params_bytes(mixed, 100, 40) is None
    assert scaled.params_bytes(stored(100, 401, {"float32": 401}), 100, 40) is None
    at = Column("0.5", "32×32", 90)
    assert scaled._resized(plain, 90, at) == STAY
    assert scaled._resized(plain, 90, replace(at, params=40)) == 300
    assert scaled._resized(plain, 90, replace(at, params=40, held=280)) == 280


def forms(**about: Any) -> list[str]:
    sizes = WhatIf(
        columns=(Column("1", "64×64", 124), Column("0.5", about.pop("sides", "32×32"), 124)),
        rows=about.pop("rows", (WidthRow("1", (MACS, MACS // 4), 124),
                                WidthRow("0.75", (MACS // 2, 9), 62))),
        depths=about.pop("depths", (DepthRow("2", "2", (9, 9), 9),
                                    DepthRow("0.5", "1", (MACS // 2, 9), 62))),
    )  # fmt: skip
    found = replace(small(), **about)
    return [
        f"{made.id} {made.macs} {made.weight_bytes}" for made in scaled.forms(found, sizes, None)
    ]


def test_a_network_is_narrower_shallower_or_has_a_smaller_input() -> None:
    half = MACS // 2
    assert forms() == [f"width {half} 248", f"depth {half} 248", f"resolution {MACS // 4} 496"]
    assert forms(sides="33×33") == [f"width {half} 248", f"depth {half} 248"]
    assert forms(depths=()) == [f"width {half} 248", f"resolution {MACS // 4} 496"]
    assert forms(depths=(DepthRow("1", "1", (9, 9), 9),))[1:] == [f"resolution {MACS // 4} 496"]
    assert forms(depths=(DepthRow("0.5", "1", (None, 9), 9),))[1:] == [
        f"resolution {MACS // 4} 496"
    ]
    one = WidthRow("1", (MACS, None), 124)
    assert forms(rows=(one, WidthRow("0.5", (9, 9), 62)), depths=()) == []
    assert forms(rows=(one, WidthRow("0.75", (None, 9), 62)), depths=()) == []
    assert forms(rows=(WidthRow("0.75", (9, 9), 62),)) == []
    attends = (some(kind="attention"),)
    assert forms(blocks=attends)[0] == f"depth {half} 248"
    assert len(forms(blocks=(some(kind="mlp"),))) == 3
    totals = replace(small().totals, macs=0)
    assert forms(totals=totals) == []


def test_a_smaller_input_may_want_other_tables() -> None:
    title = "Shrink the input to 32×32"
    told = [scaled._shrunk(Column("0.5", "32×32", 9, remade)) for remade in ((), ("grid", "w"))]
    assert told == [
        (title, "Scale inputs to 32×32, and train again"),
        (title, "Scale inputs to 32×32, give grid, w the size that follows, and train again"),
    ]


def test_what_is_kept_of_a_depth_is_layers_or_blocks() -> None:
    def told(unit: Any) -> tuple[str, str]:
        return scaled._fewer(DepthRow("0.5", "", (), 0, (), 3, 6, unit))

    blocks = "Leave blocks out, and train again or distil from this model"
    assert told("layers") == (
        "Keep 3 of 6 layers", "Leave layers out, and train again or distil from this model",
    )  # fmt: skip
    assert told("blocks") == ("Keep 3 of 6 blocks", blocks)


def test_stages_are_of_layers_of_blocks_or_of_some_that_repeat() -> None:
    def unit(*stages: tuple[bool, int]) -> str:
        return _unit([some(layered=layered, repeats=repeats) for layered, repeats in stages])

    assert unit((True, 1), (True, 6)) == "layers"
    assert unit((True, 2), (False, 2)) == "blocks"
    assert unit((False, 1), (False, 3)) == "blocks"
    assert _stages([(2, "mlp")] * 8).startswith("mlp blocks of each stage, 2 + 2 + 2 + 2 + 2")
    assert _stages([(2, "mlp")] * 9).endswith("2 + 2 + … today")
    assert "…" not in _stages([(2, "mlp")] * 8)


def test_accuracy_is_of_square_images_and_known_widths() -> None:
    def accuracy(
        family: str, alpha: float | None, width: float, *sides: int, part: bool = False
    ) -> float | None:
        named = Architecture(family, family, alpha, backbone=part) if family else None
        known: Any = some(architecture=named)
        return _published(known, some(width=width, sides=sides))

    assert accuracy("MobileNetV1", 1.0, 0.75, 224, 224) == 0.684
    assert accuracy("MobileNetV1", 0.5, 0.5, 224, 224) == 0.506
    assert accuracy("MobileNetV1", 1.0, 0.75, 224, 192) is None
    assert accuracy("MobileNetV1", 1.0, 0.75, 192, 192) is None
    assert accuracy("MobileNetV1", None, 1.0, 224, 224) is None
    assert accuracy("MobileNetV2", 1.4, 1.0, 224, 224) == 0.747
    assert accuracy("MobileNetV2", 1.4, 1.0, 224, 224, part=True) is None, "a backbone of others"
    assert accuracy("ResNet", 1.0, 1.0, 224, 224) is accuracy("", 1.0, 1.0, 224, 224) is None


def test_a_row_tells_where_it_has_a_number_and_changes_one() -> None:
    def row(*macs: int | None, params: int = 5) -> Any:
        return [some(macs=each, params=params, sides=(n,)) for n, each in enumerate(macs)]

    today = row(9, 4)
    assert _tells(row(8, 4), today)
    assert _tells(row(9, 3), today)
    assert _tells(row(9, 4, params=4), today)
    assert not _tells(row(9, 4), today)
    assert not _tells(row(None, None, params=4), today)
    assert _telling([row(9, None, None), row(5, None, 3)]) == [0, 2]
    assert _telling([row(None, 4)]) == [0, 1]


def halves(**about: Any) -> list[str]:
    """Which smaller types are offered, of totals and stored bytes."""
    totals = replace(small().totals, **{k: about[k] for k in about if k.startswith("macs")})
    kept = replace(small().parameters, **{k: about[k] for k in about if k.startswith("bytes")})
    rest = {k: about[k] for k in about if k in ("evidence", "nodes")}
    found = replace(small(), totals=totals, parameters=kept, **rest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "merges_of", lambda _: ())  # the graph is not that of these nodes
        return [made.id for made in types.forms(found, None)]


def test_smaller_types_are_offered_for_float32_alone() -> None:
    assert halves() == ["float16", "int8"]
    assert halves(macs_by_precision={"float16": MACS}) == []
    assert halves(bytes_by_dtype={"float16": 99}) == []
    assert halves(bytes_by_dtype={}) == []
    assert halves(macs_by_precision={"float32": 9, "int4": 9}) == ["float16"]
    assert halves(macs_by_kind={"LSTM": MACS // 2, "standard": MACS // 2}) == ["float16"]
    assert halves(macs_by_kind={"LSTM": MACS // 2 - 1, "standard": MACS // 2 + 1}) == [
        "float16", "int8",
    ]  # fmt: skip
    inner = [replace(node, scope="loop") for node in small().nodes]
    assert halves(nodes=(inner[0], small().nodes[1])) == ["float16"]
    assert halves(nodes=(small().nodes[0], inner[1])) == ["float16", "int8"]


def seen(
    *, overflow: tuple[bool, ...] = (False,), tensors: tuple[Any, ...] = (), **about: Any
) -> Any:
    found = {"unread": 0, "unread_tensors": 0, "tensors": tensors} | about
    layers = {str(n): some(values=some(fp16_overflow=each)) for n, each in enumerate(overflow)}
    return some(evidence=some(layers=layers, **found))


def test_a_weight_overflows_float16_or_all_were_read() -> None:
    large = some(learned=True, values=some(fp16_overflow=True))
    assert types._overflow(some(evidence=None)) is None
    assert types._overflow(seen()) is False
    assert types._overflow(seen(overflow=(False, True))) is True
    assert types._overflow(seen(tensors=(large,))) is True
    assert types._overflow(seen(tensors=(some(learned=False, values=large.values),))) is False
    for missing in ({"unread": 1}, {"unread_tensors": 1}, {"overflow": ()}):
        assert types._overflow(seen(**missing)) is None, missing


def test_what_float16_loses_is_told_from_a_hundredth_on() -> None:
    def lost(*shares: float) -> str:
        layers = {str(n): some(values=some(fp16_underflow=each)) for n, each in enumerate(shares)}
        return types._lost(some(evidence=some(layers=layers) if shares else None))

    sums = "long sums may overflow"
    assert lost() == lost(0.0099) == sums
    assert lost(0.005, 0.01) == f"{sums}, up to 1.0 % of the weights of a layer become 0"


def test_what_stays_in_float32_is_told_from_a_hundredth_on() -> None:
    scales = "a scale and a zero point for each tensor of a layer"
    assert types._rests(0.0099) == scales
    assert types._rests(0.01) == f"1.0 % of the MACs stay in float32; {scales}"


def met(option: str = "", remedy: str = "", outcome: str = "", *places: str) -> Any:
    return some(limit=some(option=option, remedy=remedy, outcome=outcome), places=places)


def test_a_tool_is_called_with_what_a_model_needs() -> None:
    tool = some(name="quantize")
    assert prepared.called(tool, []) == "`quantize`"
    assert prepared.called(tool, [met("a=1"), met(), met("b=2"), met("a=1")]) == (
        "`quantize` with `a=1`, `b=2`"
    )
    stays = [met("", "", "float"), met("", "", "float", "Gemm"), met("o", "", "float", "A"),
             met("", "fold", "float", "B"), met("", "", "refused", "C")]  # fmt: skip
    assert types._stored(stays) == {"Gemm"}


def test_what_comes_before_is_told_once_for_each_remedy() -> None:
    limits = [met("", "fold", "", "a", "b"), met("", "inputs"), met("", "", "", "z"),
              met("", "fold", "", "b", "c", "d"), met("", "ir-version"),
              met("", "rename", "", "t", "u", "v", "w")]  # fmt: skip
    assert tuple(each.text for each in prepared.first(limits)) == (
        (
            "Make initializers of weights and biases first, with "
            "`onnxruntime.quantization.quant_pre_process(…, skip_symbolic_shape=True)`: the "
            "quantiser does not see through a, b, c"
        ),
        "Take the weights out of the graph's inputs first",
        (
            "State IR version 4 first: the converter of versions takes weights that are no inputs "
            "for undefined"
        ),
        (
            "Rename t, u, v first, to what no other name begins with: the quantiser gives its "
            "copies names that other tensors have"
        ),
    )
    (rename,) = prepared.first([met("", "rename", "", "n" * 240, "m" * 241)])
    assert rename.text.startswith(f"Rename {'n' * 240}, {'m' * 120}…{'m' * 119} first")
    assert [(each.rules, each.tool) for each in prepared.first(limits)] == [
        ((), ""), (("IOP001",), ""), (("ONX014",), ""), ((), ""),
    ]  # fmt: skip
    folded, outputs = prepared.first([met("", "fold", "", "a"), met("", "outputs")],
                                     simplified=True)  # fmt: skip
    assert folded.tool == "onnxslim"
    assert folded.text == (
        "Make initializers of weights and biases first, with `onnxslim MODEL NEW`: the quantiser "
        "does not see through a"
    )
    assert (outputs.text, outputs.rules) == ("List each output once first", ("ONX014",))
    static, dynamic = (types._quantised(some(name="q"), [], static=each) for each in (True, False))
    assert static == (
        "Quantise statically (`q`) with some hundred inputs, and measure accuracy and time"
    )
    assert dynamic == ("Run `q`, which needs no calibration, and measure accuracy and time")


CONV, POINT = small().nodes


def layer(state: str = "changed", **about: Any) -> ComparedLayer:
    made = ComparedLayer("changed", True, None, None, 1, 100, 100, 5, 5, (), None, ())
    return replace(made, state=state, **about)  # type: ignore[arg-type]


def test_what_costs_another_amount_comes_first_and_what_is_the_same_last() -> None:
    order = [
        layer(old_macs=None), layer(new_macs=None, new_params=5),
        layer(new_macs=300), layer(old_macs=250), layer(new_params=50), layer(old_params=20),
        layer(), layer(layer=False, new_macs=999), layer(layer=False), layer("same", new_macs=999),
        layer("same"), layer("same", layer=False),
    ]  # fmt: skip
    backwards = [*reversed(order)]
    backwards.sort(key=compared._order)
    assert backwards == [order[1], order[0], *order[2:]]


def test_a_row_adds_up_what_is_alike() -> None:
    row = compared._Row([(CONV, POINT), (CONV, POINT)], 0.5)
    found = compared._row("weights", (ComparedAspect("pads", "1", "0"),), row)
    old, new = compared._words(CONV), compared._words(POINT)
    assert (found.state, found.layer, found.count) == ("weights", True, 2)
    assert (found.old, found.new) == (old, new)
    assert old == ComparedOperator("3×3 standard 3 → 4", "64×64", "float32")
    assert (found.old_macs, found.new_macs) == (2 * 64 * 64 * 108, 2 * 64 * 64 * 16)
    assert (found.old_params, found.new_params) == (216, 32)
    assert (found.relative, found.differences[0].name) == (0.5, "pads")
    assert found.places == (ComparedPlace("c", "y"),) * 2
    came = compared._row("added", (), compared._Row([(None, CONV)]))
    assert (came.old, came.old_macs, came.old_params) == (None, 0, 0)
    assert came.places == (ComparedPlace("", "c"),)
    many = compared._row("added", (), compared._Row([(None, CONV)] * 201))
    assert (many.count, len(many.places)) == (201, 200)


def test_rows_of_what_differs_in_size_have_the_kind_in_common() -> None:
    small_conv = replace(CONV, outputs=POINT.outputs)
    assert compared._common([]) is None
    assert compared._common([CONV, CONV]) == compared._words(CONV)
    assert compared._common([CONV, POINT]) == ComparedOperator("standard", "", "float32")
    assert compared._common([CONV, small_conv]) == compared._words(CONV)
    values: list[Any] = [[1, 2], [1, None], []]
    assert [compared._sum(each) for each in values] == [3, None, 0]


def relu(**about: Any) -> Node:
    cost = replace(CONV.cost, macs=0)
    return replace(CONV, op_type="Relu", conv=None, cost=cost, params=0, precision="", **about)


def test_a_layer_multiplies_or_holds_parameters() -> None:
    assert compared._is_layer(CONV)
    assert compared._is_layer(replace(CONV, params=0))
    assert compared._is_layer(replace(relu(), params=3))
    assert not compared._is_layer(relu())
    assert not compared._is_layer(replace(CONV, composite=True))
    assert not compared._is_layer(None)
    assert compared._words(relu()) == ComparedOperator("Relu", "1×4×64×64", "float32")
    assert compared._words(relu(outputs=())) == ComparedOperator("Relu", "", "")


def test_layers_are_alike_whatever_their_size_where_that_stayed() -> None:
    other = replace(POINT, outputs=CONV.outputs)
    assert compared._likeness(CONV, CONV) == compared._likeness(CONV, CONV)
    assert compared._likeness(CONV, POINT) != compared._likeness(CONV, CONV)
    assert compared._likeness(CONV, replace(CONV, params=9)) == compared._likeness(CONV, CONV)
    assert compared._likeness(CONV, POINT) == compared._likeness(CONV, other)
    dear = replace(POINT, params=9)
    assert compared._likeness(CONV, POINT) != compared._likeness(CONV, dear)
    assert compared._likeness(None, CONV) != compared._likeness(None, replace(CONV, params=9))
    assert compared._likeness(relu(), relu()) == compared._likeness(relu(), relu(name="n"))
    assert compared._likeness(relu(), None) != compared._likeness(None, relu())


def test_what_words_say_is_no_difference_and_names_are_left_out() -> None:
    def told(old: Node, new: Node, *aspects: str) -> list[tuple[str, str, str]]:
        change = some(differences=[(aspect, "1", "2") for aspect in aspects])
        return [(d.name, d.old, d.new) for d in compared._differences(change, old, new)]

    assert told(CONV, CONV, "type", "pads", "sources", "outputs") == [
        ("type", "1", "2"), ("pads", "1", "2"), ("sources", "", ""), ("outputs", "", ""),
    ]  # fmt: skip
    assert told(CONV, POINT, "type", "MACs", "FLOPs", "pads") == [("pads", "1", "2")]
    assert told(CONV, replace(CONV, params=9), "MACs", "pads") == [("pads", "1", "2")]
    assert compared._differences(None, CONV, CONV) == ()


def test_the_largest_change_of_a_weight_is_that_of_its_operator() -> None:
    changes = [some(fate=fate, new=new, relative=relative) for fate, new, relative in (
        ("changed", "a", 0.2), ("changed", "a", 0.5), ("changed", "a", 0.3),
        ("changed", "b", None), ("same", "c", 0.9))]  # fmt: skip
    assert compared._largest(some(weights=some(changes=changes))) == {"a": 0.5}
    states = [compared._state(old, new, {"y": "weights"}) for old, new in
              ((CONV, None), (None, POINT), (CONV, POINT))]  # fmt: skip
    assert states == ["removed", "added", "weights"]
    found = some(old=some(nodes=[CONV, relu(id="gone")]), new=some(nodes=[POINT, relu(id="new")]),
                 partners={"y": "c"})  # fmt: skip
    pairs = [(a and a.id, b and b.id) for a, b in compared._pairs(found)]
    assert pairs == [("c", "y"), (None, "new"), ("gone", None)]


def test_names_near_an_operator_are_blanks_where_they_are_words() -> None:
    found = facts(
        "g (float[4] x) => (float[4] y) { a = Relu (x)  b = Abs (a)  c = Neg (b)  y = Exp (c) }"
    )
    near = Neighbours(found)
    text = "x a b c y ab a_b a.b a, 12b"
    blank = BLANK
    assert near.masked("b", (text, "b")) == (
        f"{blank} {blank} {blank} {blank} y ab a_b {blank}.b {blank}, 12b", blank,
    )  # fmt: skip
    assert near.masked("absent", ("absent b",)) == (f"{blank} b",)
    assert near.masked("", ("a",)) == ("a",)


def test_a_model_without_another_size_has_the_reason_and_no_table() -> None:
    held = "float[2,2] w = {1, 2, 3, 4}, float[2,2] v = {1, 2, 3, 4}"
    for body, reason in (
        ("y = MatMul (x, w)  z = MatMul (x, v)",
         "No other width, depth or input size of the model could be counted."),
        ("y = MatMul (x, w)  z = Relu (x)",
         "The model has no layers with weights between which there is a width."),
    ):  # fmt: skip
        graph = f"g (float[3,2] x) => (float[3,2] y, float[3,2] z) <{held}> {{ {body} }}"
        assert whatif.view(facts(graph)) == WhatIf(reason), body


def test_what_constants_take_today_is_in_the_document(mobilenet: Result) -> None:
    page = json.loads(REPORT_FORMATS["json"](mobilenet, Options()))["page"]
    now = mobilenet.facts.parameters.constant_bytes
    assert {each["constants_now"] for each in page["options"]} == {now}
