"""The table of separable conversions: totals to the MAC, evidence, caveats, the curve."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import pytest

from analyzer.evidence import DW_PW, PW_DW, Decoupling, Separability
from analyzer.examples import facts_of
from analyzer.facts import Conv, Cost, Node, Saving, Tensor
from analyzer.lint import lint
from analyzer.report import Result
from analyzer.report.claims import claims_of
from analyzer.report.view import charts, conversion, spared, speed, weights
from analyzer.report.view.actions import actions
from analyzer.report.view.memory import EXAMPLE, Device
from analyzer.report.words import say
from analyzer.ruleset import load_rules
from tests.golden.text import facts
from tests.report.results import html_of, words


def test_first_total_is_the_papers_pair_of_networks(standard: Result) -> None:
    flagged, every = conversion.totals(standard)
    assert flagged.what == "13 flagged by rules"
    assert (flagged.macs_now, flagged.macs_after) == (4_867_293_184, 568_740_352)
    assert every.what == "14 all candidates"
    assert every.macs_after < flagged.macs_after


def test_totals_are_printed_with_every_digit(standard: Result) -> None:
    text = words(html_of(standard).decode())
    assert "13 flagged by rules 4,867,293,184 568,740,352 11.7 %" in text


def test_only_the_stem_reads_few_channels(standard: Result) -> None:
    rows = conversion.conversions(standard)
    stems = [row.nodes for row in rows if any("only" in c for c in row.caveats)]
    assert [standard.facts[node].name for (node,) in stems] == ["stem.conv"]
    assert [row.nodes for row in rows if not row.suggested] == stems


def test_curve_falls_from_all_macs_to_what_all_conversions_leave(standard: Result) -> None:
    left = conversion.steps(standard)
    assert left[0] == 4_867_293_184
    assert left[-1] == standard.facts.separable.macs_after
    assert left == sorted(left, reverse=True)
    steps = [a - b for a, b in pairwise(left)]
    assert steps == sorted(steps, reverse=True), "largest saving first"
    chart = charts.curve(left)
    heights = [float(point.split(",")[1]) for point in chart.line.split()]
    assert heights == sorted(heights), "down the page"


def one_conv(side: int, channels: int) -> tuple[Node, Conv, Saving]:
    """A 3×3 convolution on a float32 map, batch 1."""
    macs, weights = side * side * 9 * channels**2, 9 * channels**2
    after = side * side * (9 * channels + channels**2)
    conv = Conv("standard", False, "3×3", (3, 3), 9, channels, channels, 1, None, (1, 1), (1, 1),
                (side, side), (side, side), macs, weights)  # fmt: skip
    saving = Saving(macs, after, weights, 9 * channels + channels**2, after / macs,
                    1 / channels + 1 / 9)  # fmt: skip
    each = 4 * side * side * channels
    node = Node("y", "", "y", "Conv", "", ("x", "w"),
                (Tensor("y", "float32", (1, channels, side, side)),), (), Cost(macs, 2 * macs),
                weights, 1, each + 4 * weights, each, conv, saving)  # fmt: skip
    return node, conv, saving


def test_roofline_speedup_of_a_layer_that_stays_bound_by_arithmetic_is_its_factor() -> None:
    node, conv, saving = one_conv(side=512, channels=1024)
    device = Device("d", 19.5e12, 1555e9)
    speedup = speed.roofline_speedup(node, conv, saving, device)
    assert speedup is not None
    assert speedup == pytest.approx(saving.factor, rel=0.15)


def test_roofline_speedup_where_memory_is_the_limit_is_the_ratio_of_bytes() -> None:
    """Few channels: the map is read and written once before, twice after the conversion."""
    node, conv, saving = one_conv(side=256, channels=4)
    before, after = 2, 4
    assert speed.roofline_speedup(node, conv, saving) == pytest.approx(before / after, rel=0.01)
    assert EXAMPLE.ridge > 10


def strided(transposed: bool) -> tuple[Node, Conv, Saving]:
    """Batch 2, 3×3, 4 to 6 channels, between maps of 8×8 and 4×4, in float32."""
    large, small = (8, 8), (4, 4)
    sides = (small, large) if transposed else (large, small)
    macs = 2 * 16 * 9 * 24
    conv = Conv("standard", transposed, "3×3", (3, 3), 9, 4, 6, 1, None, (2, 2), (1, 1), *sides,
                macs, 216)  # fmt: skip
    saving = Saving(macs, 0, 216, 60, 0.5, 1 / 6 + 1 / 9)
    read, write = (2 * 16 * 4, 2 * 64 * 6) if transposed else (2 * 64 * 4, 2 * 16 * 6)
    node = Node("y", "", "y", "Conv", "", ("x", "w"), (Tensor("y", "float32", (2, 6, *sides[1])),),
                (), Cost(macs, 2 * macs), 216, 1, 4 * (read + 216), 4 * write, conv,
                saving)  # fmt: skip
    return node, conv, saving


@pytest.mark.parametrize(
    ("transposed", "macs", "moved"),
    [
        # depthwise 2·16·9·4 and pointwise 2·16·4·6 products; maps of 2·64·4, 2·16·4 and 2·16·6
        (False, 6_912 / (1_152 + 768), (512 + 216 + 192) / (512 + 128 + 36 + 128 + 192 + 24)),
        # depthwise 2·16·9·4 and pointwise 2·64·4·6 products; maps of 2·16·4, 2·64·4 and 2·64·6
        (True, 6_912 / (1_152 + 3_072), (128 + 216 + 768) / (128 + 512 + 36 + 512 + 768 + 24)),
    ],
)
def test_roofline_speedup_is_that_of_whichever_limit_holds(
    transposed: bool, macs: float, moved: float
) -> None:
    """Counted by hand: with memory without limit products count, with arithmetic without, bytes."""
    layer = strided(transposed)
    by_products = speed.roofline_speedup(*layer, Device("", 1.0, 1e12))
    by_bytes = speed.roofline_speedup(*layer, Device("", 1e12, 1.0))
    assert by_products == pytest.approx(macs)
    assert by_bytes == pytest.approx(moved)


def test_a_conversion_that_holds_more_says_so_beside_what_it_saves() -> None:
    """A map of 32 channels between 32 and 8: 32 + 32 of them are alive, not 32 + 8."""
    for m, n, peak, words_of in ((32, 8, 524_288, "raise the peak"), (32, 32, None, "not raise")):
        seen = facts(
            f"g (float[1,{m},32,64] x) => (float[1,{n},32,64] y) <float[{n},{m},3,3] w = {{}}> "
            "{ y = Conv <pads = [1,1,1,1]> (x, w) }"
        )
        rules = tuple(rule for rule in load_rules() if rule.id == "SEP001")
        found = Result(seen, lint(seen, rules), rules)
        (action,) = actions(found)
        assert action.peak == peak
        assert words_of in say(claims_of(found))["conversion.memory"]


@pytest.mark.parametrize("part", ["dtype", "spatial", "macs", "write_bytes"])
def test_no_speedup_without_any_of_the_sizes(part: str) -> None:
    node, conv, saving = strided(transposed=False)
    if part == "dtype":
        node = replace(node, outputs=(Tensor("y", None, (2, 6, 4, 4)),))
    elif part == "spatial":
        conv = replace(conv, out_spatial=(4, None))
    elif part == "macs":
        node = replace(node, cost=Cost(None, None))
    else:
        node = replace(node, write_bytes=None)
    assert speed.roofline_speedup(node, conv, saving) is None


def test_unknown_sizes_give_no_caveat() -> None:
    node, conv, saving = one_conv(side=16, channels=64)
    assert speed.roofline_speedup(replace(node, read_bytes=None), conv, saving) is None


def test_terms_of_a_row_are_of_one_order_and_have_their_macs_where_those_are_others() -> None:
    """Two terms of the cheaper order cost more than the one that the row's “After” is of."""
    one = Decoupling(DW_PW, 9, (0.4, 0.96, 1.0), (0.2, 0.3, 1.0), (100, 200, 300))
    two = Decoupling(PW_DW, 9, (0.7, 0.97, 1.0), (0.1, 0.2, 1.0), (90, 180, 270))
    found = Separability(
        one, two, 0.95, 1000, PW_DW, 2, 0.97, 0.2, 180, 0.7, 0.1, sampled=False
    )  # fmt: skip
    other = replace(found, order=DW_PW, energy=0.96, baseline=0.3, macs=200)
    first = replace(other, terms=1, macs=100)
    none = replace(found, order=None, terms=None, energy=None, baseline=None, macs=None)
    assert [conversion.describe(each, False) for each in (found, other, first, none)] == [
        "pointwise first, T = 2 keeps 97 % (noise 20 %) at 180 MAC",
        "T = 2 keeps 96 % (noise 30 %) at 200 MAC",
        "T = 1 keeps 96 % (noise 30 %)",
        "T = 1 keeps 40 % (noise 20 %): retrain",
    ]
    (rule,) = (rule for rule in load_rules() if rule.id == "SEP002")
    seen = facts_of(rule.examples[0].model, weights=True).evidence
    assert seen is not None
    (layer,) = seen.layers.values()
    layers = {str(n): replace(layer, separability=s) for n, s in enumerate((found, other, none))}
    rows = weights.view(replace(seen, layers=layers))
    assert rows is not None
    assert {(row.order, row.first, row.noise) for row in rows.separable} == {
        (PW_DW, 0.7, 0.1), (DW_PW, 0.4, 0.2)
    }  # fmt: skip


def test_trained_weights_that_are_separable_are_said_to_be_decomposable() -> None:
    rules = load_rules()
    rule = next(rule for rule in rules if rule.id == "SEP002")
    texts = {}
    for example in rule.examples[:2]:
        seen = facts_of(example.model, weights=True)
        result = Result(seen, lint(seen, rules), rules)
        texts[example.expect] = [row.evidence for row in conversion.conversions(result)]
    assert texts["match"][0].startswith("T = 1 keeps 100 % (noise ")
    assert texts["match"][0].endswith(": decompose")
    assert texts["no-match"][0].endswith(": retrain")


LEGEND = {
    "decompose": "Decompose: the terms can start",
    "retrain": "Retrain: terms that keep",
    "neither": "With no word behind, a limit",
}


@pytest.mark.parametrize("terms", ["decompose", "retrain", "neither", ""])
@pytest.mark.parametrize(("bound", "steps"), [(True, ""), (False, "/ 2"), (True, "/ 2")])
def test_below_the_shapes_only_words_are_explained_that_rows_have(
    terms: Literal["", "decompose", "retrain", "neither"], bound: bool, steps: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    rules = load_rules()
    rule = next(rule for rule in rules if rule.id == "SEP002")
    seen = facts_of(rule.examples[0].model, weights=True)
    result = Result(seen, lint(seen, rules), rules)
    (row,) = conversion.conversions(result)
    assert row.terms == "decompose"
    assert row.bound == any(text.startswith("memory: ") for text in row.caveats)
    made = replace(row, terms=terms, bound=bound, steps=steps)
    monkeypatch.setattr(conversion, "conversions", lambda *_: (made,))
    text = words(html_of(result).decode())
    assert {word for word, told in LEGEND.items() if told in text} == {terms} - {""}
    assert ("T is the smallest number" in text) == bool(terms)
    assert ("Memory: by the roofline model" in text) == bound
    assert ("Behind “/” stands the stride." in text) == bool(steps)


def test_terms_that_keep_enough_and_that_no_rule_asks_for_are_neither() -> None:
    rule = next(rule for rule in load_rules() if rule.id == "SEP002")
    found = {}
    for example in rule.examples[:2]:
        seen = facts_of(example.model, weights=True)
        (row,) = conversion.conversions(Result(seen, (), ()))
        found[example.expect] = row.terms
    assert found == {"match": "neither", "no-match": "retrain"}


CONV = ("g (float[1,{m},{side},{side}] x, float[{n},{m},{k}] w, float[1,{f}] u, float[{f},{f}] v) "
        "=> (float[] y, float[1,{f}] z) {{ y = Conv <pads = [{pads}], strides = [{s},{s}]> (x, w) "
        "z = MatMul (u, v) }}")  # fmt: skip
LEFT = {
    (64, 64, 16, "3,3", 1, 8): "",
    (4, 64, 32, "3,3", 1, 8): "only 4 input channels",
    (16, 16, 8, "3,3", 1, 8): "below the limit of 1 MMAC",
    (64, 2, 64, "3,3", 1, 8): "keeps 50.0 % of its MACs or more",
    (64, 64, 16, "3,3", 1, 40_000): "all together save less than 1.0 % of the model",
    (64, 64, 64, "2,2", 2, 8): "patches: no input is read twice",
}


def test_each_candidate_that_no_rule_asks_for_says_by_which_limit() -> None:
    rules = [rule for rule in load_rules() if rule.id == "SEP001"]
    for (m, n, side, k, stride, f), why in LEFT.items():
        pads = "0,0,0,0" if stride > 1 else "1,1,1,1"
        text = CONV.format(m=m, n=n, side=side, k=k, s=stride, f=f, pads=pads)
        seen = facts(text)
        result = Result(seen, lint(seen, rules), tuple(rules))
        (row,) = conversion.conversions(result)
        assert row.suggested == (not why), why
        told = [each for each in row.caveats if not each.startswith("memory")]
        assert told == ([why] if why else []), why
        (said,) = (c.values for c in claims_of(result) if c.id == "saving")
        assert (said["small"], said["least"]) == (int("below" in why), 1_000_000)
        changed = replace(result, set_rules=("SEP001",))
        assert not any("limit" in each for each in conversion.conversions(changed)[0].caveats)
        assert not spared.spared(Result(seen, (), ()))
