"""Layers split by their weights: what they take, move and hold; the slower are no advice."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from analyzer.analyze import analyze_weights
from analyzer.devices import profile
from analyzer.facts import Facts
from analyzer.lint import lint
from analyzer.model import load
from analyzer.model.rows import Rows
from analyzer.report import Result
from analyzer.report.cards import cards
from analyzer.report.claims import claims_of
from analyzer.report.claims.cost import best_action, saving
from analyzer.report.sheet import Report
from analyzer.report.view import split
from analyzer.report.view.actions import actions
from analyzer.report.view.findings import group
from analyzer.report.view.memory import Device
from analyzer.report.view.steps import first
from analyzer.ruleset import load_rules
from analyzer.weights.low_rank import judge_axes, judge_channels
from analyzer.weights.separability import judge, spectra
from tests.golden.text import facts
from tests.report.results import html_of, words

RULES = load_rules()
BY_ID = {rule.id: rule for rule in RULES}
SLOW = Device("slow", 1e15, 1e9)
TWO = np.array([8.0, 1.0, *[0.0] * 6])
"""Squared singular values of which two hold all."""


def read(text: str, **stored: NDArray[np.float64]) -> Facts:
    found = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {text}')
    for name, values in stored.items():
        tensor = onnx.numpy_helper.from_array(values.astype(np.float32), name)
        found.graph.initializer.append(tensor)
    return analyze_weights(load(found.SerializeToString()))


def pairs(n: int, m: int, k: int, terms: int = 1) -> NDArray[np.float64]:
    """Weights that so many pairs, with the pointwise convolution first, make exactly."""
    rng = np.random.default_rng(n)
    points, filters = rng.standard_normal((terms, n, m)), rng.standard_normal((terms, n, k, k))
    made: NDArray[np.float64] = np.einsum("tnm,tnij->nmij", points, filters)
    return made


def stem(side: int = 224, terms: int = 1) -> Facts:
    half = side // 2
    return read(
        f"g (float[1,3,{side},{side}] x) => (float[1,64,{half},{half}] z) "
        "{ y = Conv <pads = [3,3,3,3], strides = [2,2]> (x, w)  z = Relu (y) }",
        w=pairs(64, 3, 7, terms),
    )


def judged(found: Facts, **changes: float) -> Result:
    device = replace(profile("rpi5"), **changes)  # type: ignore[arg-type]
    return Result(found, lint(found, RULES), RULES, devices=(device,))


def test_parts_multiply_as_often_as_the_evidence_says() -> None:
    rng = np.random.default_rng(1)
    for how, shape in (
        ("pads = [1,1,1,1]", (10, 12, 3, 3)),
        ("pads = [2,1,2,1], strides = [2,1]", (16, 12, 5, 3)),
        ("pads = [1,1,1,1], group = 3", (9, 4, 3, 3)),
    ):
        sides = ",".join(map(str, shape))
        found = facts(f"g (float[2,12,9,7] x, float[{sides}] w) => (float[] y) "
                      f"{{ y = Conv <{how}> (x, w) }}")  # fmt: skip
        (node,) = found.nodes
        assert node.conv is not None
        seen = spectra(Rows.of(rng.standard_normal(shape).astype(np.float32)), node.conv.groups)
        assert seen is not None
        terms = judge(seen, node.conv, 0.5)
        made = split._terms(node, node.conv, terms)
        assert made is not None
        assert sum(part.macs for part in made.parts) == terms.macs
        assert sum(not part.kind for part in made.parts) == made.terms - 1
        for low in (judge_channels(TWO, shape, node.conv.macs), judge_axes(TWO, node.conv)):
            pair = split._pair(node, low)
            assert pair is not None
            assert node.conv.groups > 1 or sum(part.macs for part in pair.parts) == low.macs


def test_a_convolution_of_two_moves_what_is_between_them_twice() -> None:
    """Of 9 × 7 from 4 to 8 channels through 2: 252 read, 126 written and read, 504 written."""
    (node,) = facts("g (float[1,4,9,7] x, float[8,4,3,3] w) => (float[1,8,9,7] y) "
                    "{ y = Conv <pads = [1,1,1,1]> (x, w) }").nodes  # fmt: skip
    assert node.conv is not None
    for low, weights, macs in (
        (judge_channels(TWO, (8, 4, 3, 3), node.macs), (9 * 4 * 2, 2 * 8), (4536, 1008)),
        (judge_axes(TWO, node.conv), (3 * 4 * 2, 3 * 2 * 8), (1512, 3024)),
    ):
        made = split._pair(node, low)
        assert made is not None
        assert [part.moved for part in made.parts] == [
            252 + 126 + weights[0],
            126 + 504 + weights[1],
        ]
        assert [part.macs for part in made.parts] == [*macs]


def test_a_product_of_two_moves_what_is_between_them_twice() -> None:
    """Of 40 rows from 12 to 8 through 2: 480 read, 80 written and read, 320 written, 40 weights."""
    (node,) = facts("g (float[40,12] x, float[12,8] w) => (float[40,8] y) "
                    "{ y = MatMul (x, w) }").nodes  # fmt: skip
    made = split._pair(node, judge_channels(TWO, (8, 12), node.macs))
    assert made is not None
    assert sum(part.moved for part in made.parts) == 480 + 2 * 80 + 320 + 2 * (12 + 8)
    assert sum(part.macs for part in made.parts) == 40 * 2 * (12 + 8)


def test_a_stem_of_seven_is_no_faster_as_pairs_and_holds_more() -> None:
    """The map between has 64 channels before the stride, 12.25 MiB; with the result 3.06 more. Its
    MACs are 41.5 %, but what it writes and reads takes longer where 17 GB are moved a second."""
    found = stem()
    slow, quick = judged(found), judged(found, bandwidth=1e15)
    (node, _relu) = found.nodes
    made = split.splits(found, BY_ID["SEP002"], [node.id])
    assert made[node.id].terms == 1
    image, before, after = 3 * 224 * 224, 64 * 224 * 224, 64 * 112 * 112
    moved = sum(part.moved for part in made[node.id].parts)
    assert moved == image + 2 * before + after + 64 * 3 + 64 * 49
    assert split.speedup(found, made, [node.id], SLOW) == pytest.approx(
        ((node.read_bytes or 0) + (node.write_bytes or 0)) / (4 * moved)
    )
    told = {}
    for result in (slow, quick):
        asks = actions(result, result.devices[0])
        (ask,) = [each for each in asks if each.rule == "SEP002"]
        assert ask.peak == 4 * (before + after)
        assert "SEP002" not in {name for step in first(asks, ()) for name in step.ids}
        best = best_action(result)
        assert best is None or best.rule != "SEP002", "no headline by its arithmetic alone"
        (row,) = next(each for each in group(result) if each.rule == "SEP002").places
        told[ask.slower] = row.left_out
        seen = saving(result).values
        assert (seen["slower_layers"], seen["unsure_layers"]) == (ask.slower, not ask.slower)
        assert seen["unadvised"] == ask.does
        caveats = [text for row in Report.of(result).sheet.page.conversions for text in row.caveats]
        assert ("decomposed: slower" in caveats) == ask.slower
        card = cards(claims_of(result), "macs")[-1]
        assert (card.title, card.value) == ("Cheaper layers", "1 found")
        said = ["may be slower: measure", f"“{ask.does}”"]
        if ask.slower:
            said = ["slower on Raspberry Pi 5, 8 GB by its roofline model"]
        assert [*card.detail][: len(said)] == said
    assert told == {True: True, False: False}
    text = words(html_of(slow).decode())
    assert "raises peak activation memory to 15.31 MiB" in text
    assert "Left out: slower on Raspberry Pi 5, 8 GB by its roofline model. Its weights" in text


def test_terms_beyond_the_first_are_held_beside_their_sum() -> None:
    one, two = stem(), stem(terms=2)
    peaks = []
    for found in (one, two):
        made = split.splits(found, BY_ID["SEP002"], [found.nodes[0].id])
        peaks.append((made[found.nodes[0].id].terms, split.raised_peak(found, made)))
    (t, least), (more, most) = peaks
    assert (t, more) == (1, 2)
    assert most == (least or 0) + 4 * 64 * 112 * 112


def test_nothing_is_asked_of_small_layers_and_tiny_maps() -> None:
    """Of 1 MMAC, and of 17 positions, on."""
    for channels, side, asked in ((64, 16, True), (8, 16, False), (96, 4, False)):
        found = read(f"g (float[1,{channels},{side},{side}] x) => (float[] y) "
                     "{ y = Conv <pads = [1,1,1,1]> (x, w) }",
                     w=pairs(channels, channels, 3))  # fmt: skip
        assert any(f.rule == "SEP002" for f in lint(found, [BY_ID["SEP002"]])) == asked


def test_what_was_measured_of_classes_of_layers_counts_as_well() -> None:
    found = stem(112)
    node = found.nodes[0]
    made = split.splits(found, BY_ID["SEP002"], [node.id])
    usual = profile("rpi5")
    assert split.measured_speedup(found, made, [node.id], usual) is None
    factors = {"standard": 1.0, "pointwise": 1.0, "depthwise": 7.0}
    depthwise, pointwise = (part.macs for part in sorted(made[node.id].parts))
    speed = split.measured_speedup(found, made, [node.id], replace(usual, factors=factors))
    assert speed == pytest.approx((node.macs or 0) / (7 * depthwise + pointwise))
    assert split.speedup(found, {}, [node.id], SLOW) is None
    assert split.splits(found, BY_ID["SEP001"], [node.id]) == {}


def test_a_layer_is_split_as_its_rule_asks_where_there_is_evidence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(split, "_terms", lambda _node, conv, terms: (conv, terms))
    monkeypatch.setattr(split, "_pair", lambda _node, pair: pair)

    def made(asks: str, conv: str = "conv", terms: str = "terms", pair: str = "") -> Any:
        node = SimpleNamespace(conv=conv or None)
        layer = SimpleNamespace(separability=terms or None, low_rank=pair or None)
        return split._split(cast("Any", node), cast("Any", layer), {asks})

    assert made("separability") == ("conv", "terms")
    assert made("separability", conv="", pair="pair") is None
    assert made("separability", terms="", pair="pair") is None
    assert (made("low_rank", pair="pair"), made("low_rank")) == ("pair", None)


def test_what_was_measured_is_counted_for_every_run_and_not_of_sums(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    node: Any = SimpleNamespace(kind="standard", precision="float32", counted=3, macs=100)
    parts = [split.SplitPart(kind, macs, 0)
             for kind, macs in (("depthwise", 10), ("", 999), ("pointwise", 40))]  # fmt: skip
    made: Any = {"a": SimpleNamespace(parts=parts), "b": SimpleNamespace(parts=parts)}
    seconds = {"standard": 1.0, "depthwise": 2.0, "pointwise": 0.5}
    monkeypatch.setattr(
        split, "layer_seconds",
        lambda _device, kind, _type, macs: macs * seconds[kind] if kind in seconds else None,
    )  # fmt: skip

    def speed(*keys: str) -> float | None:
        return split.measured_speedup(cast("Any", {"a": node, "b": node, "c": node}), made, keys,
                                      cast("Any", None))  # fmt: skip

    assert speed("a") == speed("a", "b") == 300 / (30 * 2 + 120 / 2)
    assert speed("a", "c") is speed() is None
    node.macs = 0
    assert speed("a") is None
    node.macs, node.kind = 100, "grouped"
    assert speed("a") is None


def test_a_product_whose_sides_cannot_be_told_apart_has_two_alike() -> None:
    """Two sides come to 20 / 2 = 10 and multiply to 26, which only 25 could: 5 and 5."""
    node: Any = SimpleNamespace(kind="linear", macs=26 * 3)
    found: Any = SimpleNamespace(rank=2, params=20, params_now=26)
    part = split.SplitPart("linear", 3 * 2 * 5, 3 * 5 + 3 * 2 + 5 * 2)
    assert split._products(node, found) == split.LayerSplit((part, part), 1, 3 * 2)
    found.params_now = 24
    made = split._products(node, found)
    assert made is not None
    assert [each.macs for each in made.parts] == [3 * 2 * 6, 3 * 2 * 4]


def test_a_layer_is_faster_by_what_its_parts_compute_and_move_in_every_run() -> None:
    usual = {"kind": "standard", "counted": 3, "macs": 100, "read_bytes": 8, "write_bytes": 4,
             "outputs": (SimpleNamespace(dtype="float32"),)}  # fmt: skip
    parts = [split.SplitPart("depthwise", 10, 5), split.SplitPart("", 0, 2),
             split.SplitPart("pointwise", 40, 0)]  # fmt: skip
    made: Any = {"a": SimpleNamespace(parts=parts)}
    device: Any = SimpleNamespace(seconds=lambda macs, moved: macs + moved)

    def speed(key: str = "a", **about: Any) -> float | None:
        known: Any = {key: SimpleNamespace(**usual | about)}
        return split.speedup(known, made, [key], device)

    assert speed() == (100 + 8 + 4) / (10 + 4 * 5 + 4 * 2 + 40)
    for missing in ({"read_bytes": None}, {"write_bytes": None}, {"macs": None}, {"outputs": ()}):
        assert speed(**missing) is None, missing
    assert speed("b") is split.speedup(cast("Any", {}), made, [], device) is None
