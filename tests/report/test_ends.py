"""Totals that are a range or a bound: which end a figure is of, and no share of what is not known.

Multiply-accumulates of a convolution by hand: out channels · out positions · in channels · taps.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from onnx import numpy_helper, parser

from analyzer.analyze import analyze, analyze_weights
from analyzer.facts import Certainty
from analyzer.lint import lint
from analyzer.model import load
from analyzer.report.brief import brief
from analyzer.report.cards import cards
from analyzer.report.claims import claims_of
from analyzer.report.claims.record import Claim
from analyzer.report.content import HTML
from analyzer.report.index.csv import render_index_csv
from analyzer.report.index.entry import UNKNOWN, entry_of
from analyzer.report.page import make_page
from analyzer.report.rendering import render
from analyzer.report.result import Options, Result
from analyzer.report.sheet import Report
from analyzer.report.view.options.form import is_brief
from analyzer.report.words import say
from analyzer.ruleset import load_rules
from analyzer.targets.catalog import chosen
from tests.report.results import words

RULES = load_rules()
HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
LOOP = f"""{HEAD}
g (int64 n, bool big, float[1,3,32,32] x, float[8,3,3,3] w, float[8,3,1,1] p, float[8,8] d) =>
  (float[1,8] z) {{
  a = If (big) <then_branch = t () => (float[1,8,32,32] b) {{ b = Conv <pads=[1,1,1,1]> (x, w) }},
                else_branch = e () => (float[1,8,32,32] c) {{ c = Conv (x, p) }}>
  m = ReduceMean <axes=[2,3], keepdims=0> (a)
  z = Loop <body = f (int64 i, bool o, float[1,8] s) => (bool q, float[1,8] r) {{
    q = Identity (o)  r = MatMul (s, d) }}> (n, , m)
}}"""
"""A branch of 3×3 or one of 1×1, then products as often as the data say."""
BRANCHES = f"""{HEAD}
g (bool big, float[1,3,32,32] x, float[8,3,3,3] w, float[16,3,3,3] v, float[8,8,1,1] p) =>
  (float[1,8,32,32] y) {{
  a = If (big) <then_branch = t () => (float[1,?,32,32] b) {{ b = Conv <pads=[1,1,1,1]> (x, w) }},
                else_branch = e () => (float[1,?,32,32] c) {{ c = Conv <pads=[1,1,1,1]> (x, v) }}>
  l = Conv <pads=[1,1,1,1]> (x, w)
  y = Conv (l, p)
}}"""
"""Two branches of the same kind, and layers that always run."""
MISFIT = f"""{HEAD}
g (float[1,1,samples] x, float[64,1,3] w, float[64,64,3] v, float[64,64,3] u,
   float[64,1,20000] long) => (float[1,64,f] y, float[1,64,k] z) {{
  y = Conv <strides=[4]> (x, long)  a = Conv <pads=[1,1]> (x, w)  b = Conv <pads=[1,1]> (a, v)
  z = Conv <pads=[1,1]> (b, u) }}"""
SMALL = 8 * 32 * 32 * 3
"""Of the 1×1 branch."""


def judged(text: str) -> Result:
    facts = analyze(load(parser.parse_model(text).SerializeToString()))
    return Result(facts, lint(facts, RULES), RULES)


def html(result: Result) -> str:
    return render(Report.of(result).sheet, Options(), HTML)


def test_kinds_that_may_not_run_have_ranges_and_no_share() -> None:
    rows = {row.kind: (row.macs_range, row.macs_share) for row in make_page(judged(LOOP)).shares}
    assert rows == {
        "standard": ((0, 9 * SMALL), None), "pointwise": ((0, SMALL), None),
        "MatMul": ((0, None), None),
    }  # fmt: skip


def test_branches_of_one_kind_are_not_added_up() -> None:
    facts = judged(BRANCHES).facts
    always, fewer, more = 9 * SMALL, 9 * SMALL, 18 * SMALL
    assert facts.totals.macs_range_by_kind == {
        "standard": (always + fewer, always + more), "pointwise": (8 * 32 * 32 * 8,) * 2,
    }  # fmt: skip


def test_nothing_is_a_share_of_a_bound() -> None:
    page = html(judged(LOOP))
    shares = re.findall(r"MAC[s]?[^.<]{0,12}100\.0 %|<td[^>]*>100\.0 %", page)
    assert shares == []
    assert "0 to 221,184" in words(page)


def test_times_of_a_lower_bound_say_so() -> None:
    page = make_page(judged(LOOP))
    assert (page.whole, page.fewest, page.end) == (None, SMALL, "least")


@pytest.mark.parametrize("text", [LOOP, BRANCHES], ids=["loop", "branches"])
def test_no_run_is_brief_that_may_take_longer(text: str) -> None:
    assert not is_brief(judged(text).facts, None)


def test_a_range_has_times_of_its_lower_end_and_forms_of_its_upper() -> None:
    page = make_page(judged(BRANCHES))
    low, high = page_range = judged(BRANCHES).facts.totals.macs_range
    assert (page.fewest, page.end) == (low, "most")
    assert page_range == (low, page.macs)
    assert page.bounded("5 MMAC") == "at most 5 MMAC"
    assert high == page.macs


def test_the_first_sentence_gives_no_share_of_a_range() -> None:
    wide = BRANCHES.replace("float[8,8,1,1] p", "float[64,8,3,3] p").replace(
        "y = Conv (l, p)", "y = Conv <pads=[1,1,1,1]> (l, p)")  # fmt: skip
    result = judged(wide.replace("float[1,8,32,32] y", "float[1,64,32,32] y"))
    verdict = say(claims_of(result))["verdict"]
    assert "Compute could fall from at most " in verdict
    assert "%" not in verdict


def test_savings_are_withheld_where_the_model_cannot_run() -> None:
    result = judged(MISFIT)
    claims = {claim.id: claim.values for claim in claims_of(result)}
    assert claims["saving"]["macs"] is claims["saving"]["share"] is None
    assert claims["verdict"]["macs_after"] is claims["verdict"]["share"] is None
    card = cards(claims_of(result), "macs")[-1]
    assert (card.value, card.detail) == ("unknown", ("no size is known with which the model runs",))
    page = make_page(result)
    assert {ask.macs for ask in page.asks} == {0}
    assert all(form.macs is None for form in page.options)
    lines = brief(Report.of(result).sheet, "macs")
    assert not any("saves" in line or "leaves" in line for line in lines)


def test_figures_of_a_model_that_cannot_run_are_marked_wherever_they_stand() -> None:
    page = html(judged(MISFIT))
    said = say(claims_of(judged(MISFIT)))["misfit"]
    assert said == (
        "With samples = 16000 the model cannot run: no figure of compute or memory here is that of "
        "a run."
    )
    for section in ("hotspots", "network", "memory", "separable"):
        start = page.index(f'id="{section}"')
        assert 'data-claim="misfit"' in page[start : start + 400], section


def test_operators_have_no_certain_cost_where_no_run_has_the_assumed_sizes() -> None:
    nodes = judged(MISFIT).facts.nodes
    assert {node.cost.certainty for node in nodes if node.macs} == {Certainty.UNKNOWN}
    assert all("do not fit" in node.cost.reason or "does not fit" in node.cost.reason
               for node in nodes if node.macs)  # fmt: skip


def test_an_index_has_no_total_of_a_model_that_cannot_run() -> None:
    entry = entry_of(judged(MISFIT), "m.onnx")
    assert entry.macs == entry.peak_bytes == UNKNOWN
    head, row = (line.split(",") for line in render_index_csv([entry]).decode().split("\n")[:2])
    assert (row[head.index("macs")], row[head.index("macs_at_least")]) == ("unknown", "no")


def test_what_is_judged_in_part_is_not_exact() -> None:
    for text in (LOOP, MISFIT):
        result = judged(text)
        assert say(claims_of(result))["verdict"].startswith("Judged in part")
        compute = cards(claims_of(result), "macs")[0]
        assert not any("exact" in line for line in compute.detail)


def test_nothing_is_looked_for_and_not_found_that_the_report_states() -> None:
    graphs = {
        "g (float[N,4] x) => (float[N,4] y) { y = Relu (x) }": (
            "assumed dimension other than the batch", 0),
        "g (float[2,N] x) => (float[2,N] y) { y = Relu (x) }": ("", 0),  # it is a finding
        "g (float[2,4] x) => (float[2,4] y) { y = Relu (x) }": ("assumed dimension", 0),
        "g (float[2,4] x) => (seq(float[2,4]) y) { y = SequenceConstruct (x) }": (
            "assumed dimension", 1),
    }  # fmt: skip
    for graph, (sizes, stated) in graphs.items():
        row = next(row for row in make_page(judged(f"{HEAD} {graph}")).checked
                   if row.category == "graph")  # fmt: skip
        assert [name for name in row.sound if name.startswith("assumed")] == (
            [sizes] if sizes else []
        )
        assert row.stated == stated
        assert len(row.sound) == row.rules - row.speak - row.stated
    loop = next(row for row in make_page(judged(LOOP)).checked if row.category == "graph")
    assert "unknown cost" not in loop.sound


@pytest.mark.parametrize(
    ("graph", "sound", "stated", "found"),
    [
        ("(seq(float[2,4]) y) { y = SequenceConstruct (x) }", False, 1, False),
        ("(seq(float[2,4]) y) { r = Relu (x) y = SequenceConstruct (r) }", False, 0, True),
        ("(float[2,4] y) { y = Relu (x) }", True, 0, False),
    ],
)
def test_outputs_that_are_no_tensors_are_not_said_to_be_absent(
    graph: str, sound: bool, stated: int, found: bool
) -> None:
    """Of a model that does nothing else the rule asks for nothing."""
    result = judged(f"{HEAD} g (float[2,4] x) => {graph}")
    row = next(row for row in make_page(result).checked if row.category == "interoperability")
    assert ("output is no tensor" in row.sound) == sound
    assert row.stated == stated
    assert any(f.rule == "IOP008" for f in result.findings) == found


def test_what_is_unknown_is_said_of_memory_and_other_arithmetic_too() -> None:
    graph = "g (float[2,4] x) => (seq(float[2,4]) y) { y = SequenceConstruct (x) }"
    said = say(claims_of(judged(f"{HEAD} {graph}")))
    assert said["unknown"] == (
        "The multiply-accumulates of its 1 operator are known; the bytes of some tensors are not, "
        "so the peak of memory is “at least”."
    )
    assert said["passed"].endswith(" more are about what the model does not have.")
    assert (
        "2 are about sizes that had to be assumed, figures that are unknown or " in said["passed"]
    )
    graph = "g (float[2,4] x) => (float[2,4] y) { y = Relu (x) }"
    assert say(claims_of(judged(f"{HEAD} {graph}")))["unknown"].startswith("Nothing: ")


def test_flops_beside_comparisons_are_at_least_where_some_are_unknown() -> None:
    values: dict[str, object] = {
        "macs": (0, 0), "flops": (693, None), "certainty": "exact", "unknown_nodes": 0, "dims": (),
        "sizes": (), "sizes_in_all": 0, "open": False, "choices": 0, "comparisons": 500,
        "mean_comparisons": 378.8,
    }  # fmt: skip
    others = [claim for claim in claims_of(judged(LOOP)) if claim.id != "compute"]
    card = cards([*others, Claim("compute", values, ())], "macs")[0]  # type: ignore[arg-type]
    assert card.detail[-1] == "and at least 693 FLOP besides"


def test_targets_have_a_dash_where_nothing_multiplies() -> None:
    graph = "g (float[2,4] x) => (seq(float[2,4]) y) { y = SequenceConstruct (x) }"
    model = parser.parse_model(f"{HEAD} {graph}")
    facts = analyze(load(model.SerializeToString()), targets=chosen(("coreml_mlprogram",)))
    page = html(Result(facts, lint(facts, RULES), RULES))
    table = page[page.index('id="targets"') :]
    assert 'class="n">–</td>' in table[: table.index("</table>")]


def test_the_first_step_says_once_what_to_type() -> None:
    page = make_page(judged(MISFIT))
    first = page.asks[0]
    assert (first.title, first.what) == ("State the real size with --dim samples=SIZE", "")


def test_a_layer_that_is_not_counted_has_no_macs_now() -> None:
    model = parser.parse_model(LOOP)
    values = np.random.default_rng(1).standard_normal((8, 3, 3, 3), np.float32)
    model.graph.initializer.append(numpy_helper.from_array(values, "w"))
    facts = analyze_weights(load(model.SerializeToString()))
    text = words(html(Result(facts, lint(facts, RULES), RULES)))
    assert "MACs now MACs then b pointwise 60.3 % 57.5 % none – – " in text
