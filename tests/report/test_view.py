"""What a page shows: sentences, shares, layer shapes, geometry."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from onnx import parser

from analyzer.analyze import analyze
from analyzer.facts import Block, Module
from analyzer.findings.finding import Severity
from analyzer.lint import lint
from analyzer.model import load
from analyzer.report import REPORT_FORMATS, Batch, Failure, Options, Result
from analyzer.report.cards import cards
from analyzer.report.claims import claims_of
from analyzer.report.claims.cost import possible_saving
from analyzer.report.claims.identity import family, network
from analyzer.report.content import HTML, PDF, build
from analyzer.report.diagram import Diagram
from analyzer.report.rendering import environment
from analyzer.report.sheet import Report
from analyzer.report.view import (
    blocks,
    charts,
    findings,
    growth,
    layers,
    memory,
    skyline,
    summary,
    tile_names,
    tiles,
)
from analyzer.report.view.growth import GrowthPoint, GrowthRow
from analyzer.report.words import say
from analyzer.ruleset import load_rules
from tests.costs.test_fused import QDQ
from tests.golden.text import facts, facts_of
from tests.report.results import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.report.view.tiles import Tile


def test_outcome_of_a_batch_is_the_worst(clean: Result, wasteful: Result) -> None:
    assert Batch((clean,)).outcome == "clean"
    assert Batch((clean, wasteful)).outcome == "findings"
    assert Batch((clean, wasteful, Failure("x", "y"))).outcome == "inconclusive"
    assert Batch(()).outcome == "inconclusive"


def test_possible_saving_counts_a_node_once_and_leaves_the_stem_alone(standard: Result) -> None:
    macs, params = possible_saving(standard)
    # The paper's 4,866 M and 29.3 M against 569 M and 4.2 M (Table 4).
    assert standard.facts.totals.macs - macs == 568_740_352
    twice = replace(standard, findings=standard.findings * 2)
    assert possible_saving(twice) == (macs, params)


def test_without_rules_the_separable_plan_is_the_possible_saving(standard: Result) -> None:
    plan = standard.facts.separable
    macs, _ = possible_saving(Result(standard.facts))
    assert macs == plan.macs_now - plan.macs_after


def test_shares_add_up_to_one(mobilenet: Result, densenet: Result) -> None:
    for result in (mobilenet, densenet):
        rows = summary.shares(result.facts)
        assert sum(row.macs or 0 for row in rows) == result.facts.totals.macs
        assert sum(row.macs_share or 0 for row in rows) == pytest.approx(1)
        assert sum(row.params_share for row in rows) == pytest.approx(1)


def test_a_kind_of_which_nothing_is_known_has_no_nought() -> None:
    """The second product lies behind an operator that nobody defines."""
    found = facts(
        """g (float[2,8] x) => (float[N,M] y) {
            s = Constant <value_ints = [8,8]> ()
            w = ConstantOfShape (s)
            v = ConstantOfShape (s)
            a = MatMul (x, w)
            b = com.example.Mystery (a)
            y = Gemm (b, v)
        }"""
    )
    rows = {row.kind: (row.macs, row.macs_share) for row in summary.shares(found)}
    assert [rows["MatMul"], rows["Gemm"]] == [(2 * 8 * 8, None), (None, None)]


def test_layers_of_unknown_cost_for_one_reason_are_one_row() -> None:
    found = facts(
        """g (float[2,8] x, float[8,8] w) => (float[N,M] y) {
            a = com.example.Mystery (x)
            b = MatMul (a, w)
            y = MatMul (b, w)
        }"""
    )
    missing = {row.op: row for row in summary.coverage(found.nodes).missing}
    assert missing["MatMul"].count == 2
    assert "shape of" in missing["MatMul"].why


def test_mobilenet_spends_95_percent_in_pointwise_convolutions(mobilenet: Result) -> None:
    """MobileNet paper, Table 2: 94.86 % of mult-adds, 74.59 % of parameters in 1×1."""
    row = next(r for r in summary.shares(mobilenet.facts) if r.kind == "pointwise")
    assert row.macs_share == pytest.approx(0.9486, abs=5e-5)
    assert row.params / (mobilenet.facts.totals.params) == pytest.approx(0.7459, abs=5e-3)


def test_equal_layer_shapes_are_added_up(mobilenet: Result) -> None:
    top = layers.layer_shapes(mobilenet.facts.nodes)[0]
    assert (top.title, top.place, top.count) == ("1×1 pointwise 512 → 512", "14×14", 5)
    assert top.macs == 5 * 14 * 14 * 512 * 512
    assert sum(x.macs for x in layers.layer_shapes(mobilenet.facts.nodes)) == 568_740_352


def test_matrix_product_is_named_by_its_channels(mobilenet: Result) -> None:
    titles = [layer.title for layer in layers.layer_shapes(mobilenet.facts.nodes)]
    assert "Gemm 1024 → 1000" in titles


def test_the_first_convolution_is_one_that_runs() -> None:
    conv = "{{ {0} = Conv <kernel_shape = [{1}]> (x, {2}) }}"
    found = facts(
        "g (float[1,1,9] x) => (y) <bool c = {0}, float[1,1,3] k = {1, 1, 1}, float[1,1,2] l = "
        "{1, 1}> { y = If (c) <then_branch = t () => (float[1,1,7] p) "
        f"{conv.format('p', 3, 'k')}, else_branch = e () => (float[1,1,8] q) "
        f"{conv.format('q', 2, 'l')}> }}"
    )
    assert [node.counted for node in found.nodes if node.conv] in ([0, 1], [1, 0])
    assert network(Result(found)).values["first_kernel"] == "2"


def test_branches_have_a_range_and_a_first_convolution_whatever_a_loop_elsewhere_does() -> None:
    body = ("g (float[1,4,9] x, bool c, int64 n, float[%s] k, float[2,4,1] l, float[4,4] w) => "
            "(float[] y, float[4,4] z) { y = If (c) <then_branch = t () => (float[] p) "
            "{ p = Conv (x, k) }, else_branch = e () => (float[] q) { q = Conv (x, l) }> "
            "z = Loop <body = b (int64 i, bool d, float[4,4] s) => (bool e, float[4,4] t) "
            "{ e = Identity (d) t = MatMul (s, w) }> (n, , w) }")  # fmt: skip
    for kernel, first, most in (("3,4,3", None, 7 * 3 * 4 * 3), ("2,4,1", "1", None)):
        said = [
            {claim.id: claim.values for claim in claims_of(Result(facts(body % kernel, trips=t)))}
            for t in ({}, {"z": 5})
        ]
        assert {claims["network"]["first_kernel"] for claims in said} == {first}
        loop, stated = (claims["compute"] for claims in said)
        assert (loop["macs"], stated["branches"]) == ((9 * 2 * 4, None), None)
        found = loop["branches"]
        assert (found[0] if isinstance(found, tuple) else found) == most


def test_a_function_counts_at_each_call() -> None:
    """Called in another function twice and once by itself, with two tensors of weights."""
    block = "a = Conv <group = 2, pads = [1, 1, 1, 1]> (x, d)  b = Relu (a)  y = Conv (b, p)"
    opsets = 'opset_import: ["" : 17, "of": 1]'
    model = parser.parse_model(f"""<ir_version: 8, {opsets}>
        g (float[1,2,4,4] x) => (float[1,2,4,4] y)
        <float[2,1,3,3] d = {{0}}, float[2,1,3,3] e = {{0}}, float[2,2,1,1] p = {{0}}>
        {{ a = of.Block (x, d, p)  y = of.Twice (a, e, p) }}
        <domain: "of", {opsets}> Twice (x, d, p) => (y)
        {{ a = of.Block (x, d, p)  y = of.Block (a, d, p) }}
        <domain: "of", {opsets}> Block (x, d, p) => (y) {{ {block} }}""")
    found = facts_of(model)
    said = network(Result(found)).values
    assert (said["layers"], said["block_counts"]) == (6, (3,))
    assert (said["function"], said["calls"]) == ("of.Block", 3)
    assert [(kind.count, kind.macs) for kind in blocks.kinds(found)] == [(3, found.totals.macs)]
    assert {row.macs for row in blocks.rows(found)} == {(18 + 4) * 16}
    assert sum(row.count for row in blocks.rows(found)) == 3
    assert sum(layer.count for layer in layers.layer_shapes(found.nodes)) == 6


def test_a_recurrent_layer_is_named_by_its_width() -> None:
    """Its MACs over its outputs, 4·(3 + 2) for four gates, are no number of channels."""
    held = "float[1,8,3] k = {" + ", ".join(["1"] * 24) + "}, float[1,8,2] r = {"
    found = facts(
        f"g (float[4,1,3] x) => (float[4,1,1,2] h) <{held}{', '.join(['1'] * 16)}}}> "
        "{ h = LSTM <hidden_size = 2> (x, k, r) }"
    )
    assert [layer.title for layer in layers.layer_shapes(found.nodes)] == ["LSTM 2"]


def test_treemap_tiles_fill_the_chart_in_proportion(densenet: Result) -> None:
    shapes = layers.layer_shapes(densenet.facts.nodes)
    chart = charts.treemap(shapes)
    areas = [mark.width * mark.height for mark in chart.marks]
    assert sum(areas) == pytest.approx(chart.width * chart.height, rel=1e-3)
    assert areas[0] / sum(areas) == pytest.approx(
        shapes[0].macs / densenet.facts.totals.macs, rel=1e-2
    )
    for mark in chart.marks:
        assert mark.x + mark.width <= chart.width + 0.02
        assert mark.y + mark.height <= chart.height + 0.02


def test_scatter_puts_layers_left_of_the_ridge_when_memory_limits_them(mobilenet: Result) -> None:
    shapes = layers.layer_shapes(mobilenet.facts.nodes)
    ridge = memory.EXAMPLE.ridge
    assert ridge == pytest.approx(100.3, abs=0.1)
    chart = charts.scatter(shapes, ridge, "device")
    assert chart.ridge is not None
    for mark, layer in zip(chart.marks, shapes, strict=True):
        assert layer.intensity is not None
        assert (mark.x < chart.ridge.at) == (layer.intensity < ridge)


def test_profile_joins_neighbours_when_there_are_many(huge: Result) -> None:
    chart = charts.profile(layers.bars(huge.facts.nodes))
    assert 90 <= len(chart.marks) <= layers.BARS


def test_rows_shown_are_those_with_findings_and_the_largest(standard: Result) -> None:
    sheet = Report.of(standard).sheet
    page = build(sheet, Options(), PDF)
    shown = {row.name for row in page["table"].rows}  # type: ignore[attr-defined]
    assert "block13.conv" in shown
    assert "block13.weight" not in shown, "a generated constant computes nothing"
    table = build(sheet, Options(), HTML)["table"]
    assert table.held == len(standard.facts.nodes)  # type: ignore[attr-defined]


def test_findings_are_ordered_by_what_they_save_behind_what_speaks_against_use(
    unknown: Result,
) -> None:
    against, first = findings.group(unknown)[:2]
    assert (against.rule, against.macs) == ("TRU001", 0)
    assert first.rule == "SEP001"
    assert first.macs == 32 * 32 * (9 * 8 * 16 - 8 * (9 + 16))
    assert first.anchor == "rule-SEP001"


def test_places_that_are_alike_are_one_row(unknown: Result) -> None:
    (found,) = [f for f in unknown.places if f.rule == "SEP001"][:1]
    alike = [replace(found, rule="STR001", node=f"n{i}", severity=Severity.INFO, saving=None)
             for i in range(12)]  # fmt: skip
    saving = [replace(found, node=f"n{i}") for i in range(12)]
    for found_ in (alike, saving):
        sheet = Report.of(replace(unknown, findings=tuple(found_))).sheet
        groups: Any = build(sheet, Options(), PDF)["groups"]
        assert [(len(group.places), group.count) for group in groups] == [(1, 12)]


@pytest.mark.parametrize(
    ("summary_", "heading"),
    [("Finds large kernels.", "Large kernels"), ("missing-shortcut", "Missing-shortcut")],
)
def test_summary_of_a_rule_reads_as_a_heading(summary_: str, heading: str) -> None:
    assert findings.headline(summary_) == heading


def test_reference_is_split_into_words_and_address() -> None:
    assert findings.reference("https://a.org/b (Paper, 2017)") == findings.Link(
        "Paper, 2017", "https://a.org/b"
    )
    assert findings.reference("https://a.org/b") == findings.Link("a.org/b", "https://a.org/b")
    script = "javascript:alert(1) (x)"
    assert findings.reference(script) == findings.Link(script, "")


def test_memory_is_said_as_written_in_place_and_in_integer_kernels() -> None:
    def peak(text: str) -> str:
        found = analyze(load(parser.parse_model(text).SerializeToString()))
        return say(claims_of(Result(found)))["memory.peak"]

    quantised = peak(QDQ)
    assert quantised.startswith("6.25 KiB of activations exist at once while a runs, ")
    assert quantised.endswith("as in runtimes that fuse them, it is 3.906 KiB.")
    chain = """<ir_version: 8, opset_import: ["" : 17]>
    g (float[512] x) => (float[1024] y) { a = Concat <axis = 0> (x, x)  y = Exp (a) }"""
    assert "over an operand that nobody reads again, it is 6 KiB." in peak(chain)
    assert "integer kernels" not in peak(chain)


def test_what_is_silenced_is_not_called_clean(standard: Result) -> None:
    silent = quiet(standard, 12, 1)
    assert say(claims_of(silent))["verdict"] == (
        "Nothing new: no finding but 12 suppressed and 1 in the baseline."
    )
    (saving,) = [c for c in cards(claims_of(silent), "macs") if c.title == "Cheaper layers"]
    assert saving.detail == ("not counting 12 suppressed and 1 in the baseline",)
    assert (
        "Not listed: 12 suppressed and 1 in the baseline."
        in REPORT_FORMATS["html"](silent, Options()).decode()
    )


def test_verdict_does_not_call_a_model_of_unknown_cost_harmless(unknown: Result) -> None:
    mute = replace(unknown, findings=())
    said = say(claims_of(mute))["verdict"]
    assert said.startswith("Judged in part: the cost of 1 operator is unknown")


@pytest.mark.parametrize("model", ["mobilenet", "densenet"])
def test_tiles_hold_all_macs_and_nearly_all_have_a_name(
    model: str, request: pytest.FixtureRequest
) -> None:
    facts = request.getfixturevalue(model).facts
    found = tiles.tiles(facts)
    assert sum(tile.macs for tile in found) == facts.totals.macs
    assert all(sum(c.macs for c in t.children) in (0, t.macs) for t in found)
    chart = tiles.picture(found)
    assert tiles.labelled(chart) >= 0.8
    for mark in chart.marks:
        assert min(mark.width, mark.height) >= 0
        assert mark.x + mark.width <= chart.width + 0.2
        assert mark.y + mark.height <= chart.height + 0.2


@pytest.mark.parametrize("sizes", [[1000] * 200, range(1000, 3000, 10), range(1, 4000, 20)])
def test_of_very_many_tiles_as_many_are_shown_as_have_room_for_their_names(
    sizes: Sequence[int],
) -> None:
    found = [tiles.Tile(f"layer.{n}.attention", "standard", macs) for n, macs in enumerate(sizes)]
    shown = tiles._sorted(found, sum(sizes))
    assert sum(tile.macs for tile in shown) == sum(sizes)
    assert tiles.labelled(tiles.picture(shown)) >= 0.8


def test_without_modules_and_blocks_there_are_no_tiles(standard: Result) -> None:
    assert tiles.tiles(standard.facts) == ()
    assert tiles.picture(()).marks == ()


def test_tiles_are_what_accounts_for_nearly_all_or_for_more_of_the_compute() -> None:
    """Two products of 80 and 20 MACs: names may be lost on the way, and blocks be few."""
    plain = facts("g (float[1,10] x, float[10,8] w, float[8] b, float[10,2] v)"
                  " => (float[1,8] y, float[1,2] z)"
                  " { y = MatMul (x, w) z = MatMul (x, v) }")  # fmt: skip
    heavy, light = plain.nodes
    assert (heavy.macs, light.macs) == (80, 20)
    for named, held, expected in (
        ((60, 20), (), "modules"), ((80, 0), (heavy,), "modules"), ((0, 20), (heavy,), "blocks"),
        ((10, 10), (light,), ""), ((40, 20), (light,), "modules"), ((30, 10), (heavy,), "blocks"),
        ((0, 20), (), ""), (None, (light,), "blocks"), (None, (), ""), ((100,), (), ""),
    ):  # fmt: skip
        parts = tuple(Module(f"m{n}", f"m{n}", "", macs, 0, 1, True, kind="MatMul")
                      for n, macs in enumerate(named or ()))  # fmt: skip
        root = Module("", "", "", 100, 0, 2, True, parts, kind="MatMul")
        blocks = tuple(Block("attention", (n.id,), 1, 0, {}) for n in held)
        made = replace(plain, modules=None if named is None else root, blocks=blocks)
        found = tiles.mapped(made)
        assert found.ground == expected, (named, held)
        assert sum(tile.macs for tile in found.tiles) == (100 if expected else 0)


def test_a_picture_is_of_modules_where_four_fifths_of_it_have_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = [tiles.Tile(name, "", macs) for name, macs in (("a", 500), ("b", 300))]
    kinds = (tiles.Tile("MatMul", "", 600), tiles.Tile("Gemm", "", 400))
    monkeypatch.setattr(tiles, "_ground", lambda *_: "modules")
    monkeypatch.setattr(tiles, "_modules", lambda _: [*large, tiles.Tile("c", "", 9)])
    monkeypatch.setattr(tiles, "_kinds", lambda _: kinds)
    monkeypatch.setattr(tiles, "layer_shapes", lambda _: [])
    monkeypatch.setattr(tiles, "_sorted", lambda found, _: (
        found if found is kinds else (*found[:2], tiles.Tile("rest", "", 9))))  # fmt: skip
    for total, ground in ((1000, "modules"), (1001, "kinds")):
        made: Any = SimpleNamespace(totals=SimpleNamespace(macs=total), modules=object(), nodes=())
        assert tiles.mapped(made).ground == ground


@pytest.mark.parametrize("named", [False, True])
def test_modules_and_shapes_too_small_for_names_are_drawn_by_kind(*, named: bool) -> None:
    """300 layers that are all unlike: no tile of them is a two-hundredth of the picture."""
    names = [f"v{n}" for n in range(300)]
    given = ", ".join(f"float[8,{n + 9}] {name}" for n, name in enumerate(names))
    made = ", ".join(f"float[1,{n + 9}] y{n}" for n in range(300))
    body = " ".join(f"y{n} = MatMul (x, {name})" for n, name in enumerate(names[:200]))
    more = " ".join(f"y{n} = Gemm (x, v{n})" for n in range(200, 300))
    plain = facts(f"g (float[1,8] x, {given}) => ({made}) {{ {body} {more} }}")
    total = plain.totals.macs
    parts = tuple(Module(f"m{n}", f"m{n}", "", node.macs or 0, 0, 1, True, kind="MatMul")
                  for n, node in enumerate(plain.nodes))  # fmt: skip
    root = Module("", "", "", total or 0, 0, 300, True, parts, kind="MatMul") if named else None
    found = tiles.mapped(replace(plain, modules=root))
    assert found.ground == "kinds"
    first = 8 * sum(n + 9 for n in range(200))
    assert {tile.name: tile.macs for tile in found.tiles} == {
        "MatMul": first, "Gemm": (total or 0) - first,
    }  # fmt: skip
    assert [(tile.name, tile.color) for tile in found.tiles] == [
        ("Gemm", "dense"), ("MatMul", "dense2"),
    ]  # fmt: skip


def test_large_modules_are_opened_and_keep_their_own_operators() -> None:
    part = [Module(f"net.s.{n}", str(n), "", 100, 0, 1, True, kind="MatMul") for n in range(4)]
    stack = Module("net.s", "s", "", 450, 0, 5, True, tuple(part), kind="MatMul")
    net = Module("net", "net", "", 500, 0, 6, True, (stack,), kind="MatMul")
    root = Module("", "", "", 500, 0, 6, True, (net,), kind="MatMul")
    names = {tile.name: tile.macs for tile in tiles._sorted(tiles._modules(root), 500)}
    assert names == {"s.0": 100, "s.1": 100, "s.2": 100, "s.3": 100, "rest of net.s": 50,
                     "rest of net": 50}  # fmt: skip


@pytest.mark.parametrize(
    ("wide", "high", "line"),
    [
        (126, 16, "a much longer word"),  # 18 letters of 6.4 units, and 10 about them
        (126, 15.9, ""),  # no room for a line
        (125, 16, "longer name"),
        (81, 16, "longer name"),
        (80, 16, "longer na…"),
        (35, 16, ""),
    ],
)
def test_a_tile_has_the_longest_text_that_it_has_room_for(
    wide: float, high: float, line: str
) -> None:
    tile = tiles.Tile("longer name", "blue", 50)
    mark = tiles._mark(tile, 0, 0, wide, high, "a much longer word", 100, "blue")
    assert mark.lines == ((line,) if line else ())
    assert mark.title == "longer name: 50 MAC, 50.0 %"


def test_a_curve_of_growth_goes_from_what_no_size_changes_to_the_largest() -> None:
    points = tuple(GrowthPoint(n, 100 + 10 * n + n * n, n * n) for n in (10, 20))
    row = GrowthRow("n", "token", 10, 1, 300, 20.0, 1, 100, 1 / 3, None, True, points)
    found = growth.curve(row)
    assert found is not None
    left, right, bottom = growth.LEFT, charts.WIDTH - 12, growth.TOP + growth.TALL

    def place(size: int, macs: int) -> str:
        """700 MACs are as high as the picture, a size of 20 as wide."""
        return f"{left + size / 20 * (right - left):.1f},{bottom - macs / 700 * growth.TALL:.1f}"

    under = f" {place(20, 0)} {place(0, 0)}"
    assert found.whole == f"{place(0, 100)} {place(10, 300)} {place(20, 700)}{under}"
    assert found.square == f"{place(0, 0)} {place(10, 100)} {place(20, 400)}{under}"
    assert f"{found.now.at},{found.now_y}" == place(10, 300)
    assert [tick.text for tick in found.x_ticks] == ["0", "10", "20"]
    assert [tick.text for tick in found.y_ticks] == ["0", "350", "700"]
    assert growth.curve(replace(row, points=())) is None


def test_words_of_a_bar_are_beside_it_or_on_it(densenet: Result) -> None:
    shown = skyline.skyline(densenet.facts)
    assert shown is not None
    assert max(step.bytes for step in shown.steps) == densenet.facts.memory.peak_bytes
    long = skyline.Lifetime("n" * 40, 8, 0, len(shown.steps) - 1)
    short = skyline.Lifetime("n" * 40, 8, 0, 0)
    chart = skyline.picture(replace(shown, held=(long, short)))
    assert chart is not None
    assert [on for _, _, on in chart.words] == [True, False]


def test_a_timeline_that_points_nowhere_is_not_drawn(densenet: Result) -> None:
    shown = skyline.skyline(densenet.facts)
    assert shown is not None
    assert skyline.picture(replace(shown, peak=len(shown.steps))) is None
    assert skyline.picture(replace(shown, steps=())) is None


HEADINGS = {
    "separable convolutions": "separable", "what the weights say": "weights",
    "hot spots": "hotspots", "blocks": "blocks", "modules": "modules",
    "what if it were smaller": "whatif",
}  # fmt: skip
"""Sections that a report may leave out, and their anchors."""


@pytest.mark.parametrize("model", ["mobilenet", "standard", "densenet", "unknown"])
def test_a_section_is_there_or_named_as_left_out(
    model: str, request: pytest.FixtureRequest
) -> None:
    result: Result = request.getfixturevalue(model)
    html = REPORT_FORMATS["html"](result, Options()).decode()
    left_out = {each.section for each in Report.of(result).sheet.page.left_out}
    facts = result.facts
    assert ("separable convolutions" in left_out) == (not any(n.saving for n in facts.nodes))
    alone = sum(n.macs is not None and n.macs > 0 for n in facts.nodes) == 1
    assert ("hot spots" in left_out) == (alone and not facts.totals.complete)
    assert ("arithmetic intensity" in left_out) == alone
    assert ("blocks" in left_out) == (not facts.blocks)
    assert ("modules" in left_out) == (facts.modules is None)
    for section, anchor in HEADINGS.items():
        shown = f"id={anchor}>" in html
        asked = section != "what the weights say" or facts.evidence is not None
        assert shown == (asked and section not in left_out), section


def test_a_bar_of_one_kind_of_layer_tells_kinds_of_block_instead() -> None:
    kinds = [summary.KindRow("MatMul", "dense", 1000, 1.0, 10, 1.0)]
    parts = [
        blocks.BlockKind("mlp", 12, 650, 0.65, 5),
        blocks.BlockKind("attention", 12, 300, 0.3, 3),
    ]
    rows = blocks.by_block(kinds, parts)
    assert [(row.kind, round(row.macs_share or 0, 2)) for row in rows] == [
        ("mlp", 0.65), ("attention", 0.3), ("in no block", 0.05),
    ]  # fmt: skip
    mixed = [replace(kinds[0], macs_share=0.9), summary.KindRow("Conv", "other", 99, 0.1, 0, 0.0)]
    assert blocks.by_block(mixed, parts) == ()
    assert blocks.by_block(kinds, ()) == ()


def test_the_name_of_a_peak_keeps_clear_of_the_axis() -> None:
    """Letters of the name are as many as there is room for, left of the numbers of the axis."""
    steps = tuple(skyline.SkylineStep(1, size, size) for size in (1, 2, 3, 9))
    drawn = skyline.picture(skyline.Skyline(steps, 2, "x" * 200, ()))
    assert drawn is not None
    wide = len(drawn.peak.text) * skyline.BOLD
    assert drawn.anchor == "end"
    assert drawn.peak.at - wide >= skyline.LEFT


def test_memory_is_a_picture_where_bytes_matter_and_most_are_known() -> None:
    def told(*sizes: int) -> bool:
        steps = tuple(skyline.SkylineStep(1, size, size) for size in sizes)
        return skyline.is_telling(skyline.Skyline(steps, 0, "x", ()))

    assert told(9000, 5000, 0)
    assert not told(9000, 0, 0), "all but one hold what nobody knows"
    assert not told(36, 28, 20), "bytes of a forest"
    assert not told()


@pytest.mark.parametrize(
    ("name", "wide", "told"),
    [
        ("3×3 standard 16 → 8", 90, "16 → 8"),  # cut in the middle it would be 6 → 8
        ("3×3 standard 16 → 8", 103, "3×3 st… 16 → 8"),
        ("3×3 standard 64 → 128", 60, "64→128"),
        ("3×3 standard 64 → 128", 48, ""),
        ("block31", 36, "…31"),
        ("block31", 75, "block31"),
        ("blocks.6.31", 75, "block…6.31"),
        ("blocks.6.31", 55, ""),
        ("features", 54, ""),
        ("features", 56, "featur…"),
    ],
)
def test_a_tile_has_a_name_that_can_be_read_or_none(name: str, wide: float, told: str) -> None:
    tile = tiles.Tile(name, "standard", 1)
    mark = tiles._mark(tile, 0, 0, wide, 40, name, 2, "standard", "block")
    assert mark.lines == ((told,) if told else ())


def test_numbers_stand_for_the_names_that_most_tiles_have() -> None:
    found = [tiles.Tile(f"dense layer {n}", "standard", 10) for n in range(60)]
    others = [tiles.Tile(f"mlp {n}", "standard", 9) for n in range(20)]
    names = [tile.name for tile in (*found, *others)]
    chart = tiles.picture([*found, *others])
    lines = {line for mark in chart.marks for line in mark.lines}
    short, name = tile_names.example(names, chart) or ("", "")
    assert (short.removeprefix("…"), name) == (name.removeprefix("dense layer "), name)
    assert {line for line in lines if line.startswith("…")} <= {f"…{n}" for n in range(60)}
    assert not any(line.endswith("%") and not line[0].isalpha() for line in lines)
    assert tile_names.example(names[:2], tiles.picture(found[:2])) is None
    assert tile_names.common_stem(names[:2]) == ""


def test_names_part_between_their_parts() -> None:
    """An address in the text stays one word, and so does a short name."""
    env = environment()
    shown = env.from_string("{{ name | parted }}").render(name="/model/encoder.0/attn_probs/<b>")
    assert shown == "/model/<wbr>encoder.0/<wbr>attn_<wbr>probs/&lt;b&gt;"
    assert env.from_string("{{ name | parted }}").render(name="/model/conv") == "/model/conv"


def test_what_another_rule_saves_is_a_possible_saving() -> None:
    """Two products in a row without an activation: 2·4·4 MACs become 4·4."""
    net = ("g (float[1,4] x) => (float[1,4] y) <float[4,4] w = {1,2,3,4,5,6,7,8,1,2,3,5,6,7,8,9}, "
           "float[4,4] v = {3,1,4,1,5,9,2,6,5,3,5,8,9,7,9,3}> "
           "{ a = MatMul (x, w) y = MatMul (a, v) }")  # fmt: skip
    rules = [rule for rule in load_rules() if rule.id == "EFF007"]
    found = facts(net)
    result = Result(found, lint(found, rules), tuple(rules), "")
    (saving,) = [c for c in cards(claims_of(result), "macs") if c.title == "Possible saving"]
    assert saving.value == "16 MAC"
    assert saving.detail == ("50.0 % of compute, see what to do first",)
    verdict = say(claims_of(result))["verdict"]
    assert verdict == (
        "Nothing urgent: 1 finding. Of medium impact: “Merge the two linear layers into one” (50.0 "
        "% less to compute)."
    )


@pytest.mark.parametrize("name", ["mobilenet", "densenet"])
def test_four_fifths_of_a_treemap_are_named_on_every_level_that_is_gone_into(
    request: pytest.FixtureRequest, name: str
) -> None:
    found = tiles.tiles(request.getfixturevalue(name).facts)
    levels = [*_levels(found, 1)]
    assert max(level for level, _ in levels) >= 2
    assert min(tiles.labelled(tiles.picture(within)) for _, within in levels) >= 0.8


def _levels(found: tuple[Tile, ...], level: int) -> Iterator[tuple[int, tuple[Tile, ...]]]:
    """What each tile holds, with how deep that is."""
    yield level, found
    for tile in found:
        if len(tile.children) > 1:
            yield from _levels(tile.children, level + 1)


def test_a_bar_goes_from_where_a_tensor_is_made_to_where_it_is_read_last() -> None:
    steps = tuple(skyline.SkylineStep(1, 8, 8) for _ in range(4))
    held = (skyline.Lifetime("a", 8, 1, 2), skyline.Lifetime("b", 8, 0, 3))
    drawn = skyline.picture(skyline.Skyline(steps, 0, "x", held))
    assert drawn is not None
    some, whole = drawn.bars
    assert (some.x - whole.x, some.width) == pytest.approx((whole.width / 4, whole.width / 2), 0.01)


@pytest.mark.parametrize(
    ("count", "ends", "told"),
    [
        (5_000, (5_000, 5_000), "5,000"),
        (7, (0, 7), "0 to 7"),
        (None, (3, None), "at least 3"),
        (None, (0, None), "unknown"),
    ],
)
def test_a_count_is_one_number_a_range_or_unknown(
    count: int | None, ends: tuple[int, int | None], told: str
) -> None:
    assert layers.spread(count, ends) == told


def test_charts_of_one_file_stand_below_each_other(densenet: Result) -> None:
    shown = skyline.skyline(densenet.facts)
    assert shown is not None
    chart = skyline.picture(shown)
    assert chart is not None
    made = Diagram("memory", "memory", (chart, chart, chart), (), "").svg()
    places = [float(place) for place in re.findall(r"translate\(0 ([\d.]+)\)", made)]
    assert len(places) == 3
    assert places[0] == 0
    assert all(below - above >= chart.height for above, below in pairwise(places))
    height = re.search(r'viewBox="[-\d.]+ [-\d.]+ [\d.]+ ([\d.]+)"', made)
    assert height
    assert float(height[1]) > places[-1] + chart.height


def test_what_a_loop_repeats_makes_no_network_convolutional() -> None:
    """A Scan whose body convolves may be a recurrent cell: it is called a network, no more."""
    step = "w = Conv <pads = [1,1]> (i, k)"
    plain = facts(f"g (float[1,4,8] i, float[4,4,3] k) => (float[1,4,8] w) {{ {step} }}")
    looped = facts(
        "g (float[1,4,8] s, float[5,1,4,8] x, float[4,4,3] k) => (float[1,4,8] t, float[5,1,4,8] y)"
        " { t, y = Scan <num_scan_inputs = 1, body = b (float[1,4,8] h, float[1,4,8] i) =>"
        f" (float[1,4,8] h2, float[1,4,8] w) {{ {step} h2 = Add (h, w) }}> (s, x) }}"
    )
    assert looped.totals.macs == 5 * plain.totals.macs == 5 * 4 * 4 * 3 * 8
    assert (family(plain), family(looped)) == ("convolutional", "mixed")


def test_tables_on_paper_with_long_names_keep_fewer_rows_together() -> None:
    made = environment().from_string(
        "{% from 'macros.html.j2' import tall with context %}[{{ tall(ids, 5) }}]"
    )
    for ids, medium, said in (("ab", "pdf", "[ tall]"), ("ab", "html", "[]"), ("a", "pdf", "[]")):
        names = {"b": "letters"}
        medium_ = SimpleNamespace(name=medium)
        assert made.render(ids=ids, names=names, medium=medium_).strip() == said
