"""What a page says can be done."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import prod

import numpy as np
import onnx
import pytest

from analyzer import units
from analyzer.devices import profile
from analyzer.evidence import WeightEvidence
from analyzer.facts import Assumption, Facts, Problem
from analyzer.findings.finding import Finding, Severity
from analyzer.lint import Settings, lint
from analyzer.report import REPORT_FORMATS, Options, Result
from analyzer.report.advised import by_roofline, slowing, tidying
from analyzer.report.brief import brief
from analyzer.report.cards import cards
from analyzer.report.claims import claims_of
from analyzer.report.claims.cost import saving
from analyzer.report.claims.lead import leads_of, titles
from analyzer.report.page import FirstStep
from analyzer.report.sheet import Report
from analyzer.report.view import actions, tools, whatif
from analyzer.report.view import steps as order
from analyzer.report.view.action import Action
from analyzer.report.view.audits import Checked, checked
from analyzer.report.view.findings import group, heading, is_about_operators
from analyzer.report.view.matrix import matrix
from analyzer.report.view.memory import roof_of
from analyzer.report.view.options import options, types
from analyzer.report.view.options.form import LEVELS, Terms, form
from analyzer.report.view.simplified import Added, added
from analyzer.report.view.speed import speedup
from analyzer.report.view.step import ActionStep
from analyzer.report.words import advice, say
from analyzer.ruleset import load_rules
from analyzer.surplus import OpenSize
from tests.golden.text import facts, facts_of
from tests.patterns.other_nets import bert_base, gpt, token_net
from tests.report.results import html_of, selected, words
from tests.rules.test_headings import is_heading
from tests.smaller.test_forest import listed
from tests.smaller.test_recurrent import cell


@cache
def bert() -> Facts:
    net = token_net()
    return net.facts(bert_base(net))


def test_what_saves_a_tenth_of_the_macs_has_high_impact_and_needs_training(
    standard: Result,
) -> None:
    found = {action.rule: action for action in actions.actions(standard)}
    separable = found["SEP001"]
    assert (separable.impact, separable.effort, separable.places) == ("high", "high", 13)
    assert separable.macs == 4_867_293_184 - 568_740_352
    assert (separable.risk, separable.confidence) == ("high", "medium")
    folded = found["STR101"]
    assert (folded.impact, folded.effort, folded.risk) == ("low", "low", "none")
    assert folded.loaded == folded.places, "ONNX Runtime does it itself"
    assert folded.macs == 0


def test_an_action_that_needs_training_says_so_behind_its_own_words(standard: Result) -> None:
    found = {action.rule: action.training for action in actions.actions(standard)}
    assert (found["SEP001"], found["STR101"]) == ("train", "none")
    html = words(html_of(standard).decode())
    _, _, after = html.partition("Replace standard convolutions by depthwise separable ones: ")
    told = ", then train again; accuracy unknown until measured"
    assert told in after[: len("13 places") + len(told) + 40]
    _, _, after = html.partition("Fold batch normalisations into the layers before them: ")
    assert "train" not in after[:200]
    printed = brief(Report.of(standard).sheet, "macs")
    (line,) = [line for line in printed if "Replace standard" in line]
    assert "; then train again; accuracy unknown until measured; saves 4.299 GMAC" in line


def test_forms_that_lose_their_weights_need_training(mobilenet: Result) -> None:
    forms = list(options(mobilenet.facts, mobilenet.facts.once(whatif.view), None))
    forms += options(bert(), bert().once(whatif.view), None)
    forms += options(facts_of(cell("LSTM", both=True)), whatif.WhatIf("no"), None)
    takes = {form.id: form.training for form in forms}
    assert {takes[name] for name in ("width", "depth", "resolution", "forward")} == {"train"}
    assert takes["heads"] == "fine-tune"
    assert {takes[name] for name in ("int8", "float16", "lstm-int8")} == {"none"}


def test_impact_is_a_share_of_the_model(standard: Result) -> None:
    """A quarter is high and a twentieth medium, whatever it is that is saved."""
    (first_of, *_) = [f for f in standard.places if f.rule == "SEP001"]
    whole, board = standard.facts.totals.macs, profile("rpi5")

    def impact(share: float, saves: str, of: int, facts: Facts = standard.facts) -> str:
        found = replace(first_of, saving=None, value=share * of, saves=saves, rule="OWN001")
        (action,) = actions.actions(replace(standard, facts=facts, findings=(found,)), board)
        return action.impact

    stored = standard.facts.parameters.weight_bytes  # the file makes them when it runs
    moved = sum((n.read_bytes or 0) + (n.write_bytes or 0) for n in standard.facts.nodes)
    for saves, of in (("macs", whole), ("stored", stored), ("traffic", moved)):
        told = [impact(share, saves, of) for share in (0.26, 0.24, 0.06, 0.04)]
        assert told == ["high", "medium", "medium", "low"], saves
    assert impact(0.9, "stored", 70_000) == "low", "less than 64 KiB is nothing"
    # 8 multiply-accumulates a cycle on four cores at 2.4 GHz: 76.8 million a millisecond
    few = replace(standard.facts.totals, macs=70_000_000, macs_range=(70_000_000, 70_000_000),
                  macs_by_arithmetic={"float32": 70_000_000})  # fmt: skip
    brief_ = replace(standard.facts, totals=few)
    assert impact(0.9, "macs", 70_000_000, brief_) == "medium"


def test_half_of_a_cache_is_a_share_of_all_that_is_held() -> None:
    halved = (768 << 10, 384 << 10)
    small = facts("g (float[1,64] x, float[64,64] w) => (float[1,64] y) { y = MatMul (x, w) }")
    terms = Terms("low", "low", "", "high", "")

    def impact(peak: int) -> str:
        held = replace(small, memory=replace(small.memory, peak_bytes=peak))
        return form(held, None, ("kv-float16", "", ""), terms, beside=halved).impact

    assert [impact(peak << 20) for peak in (1, 3, 9)] == ["high", "medium", "low"]


def test_what_changes_next_to_nothing_is_one_step_with_one_command(standard: Result) -> None:
    def finding(rule: str, **about: object) -> Finding:
        return replace(FOUND, rule=rule, severity=Severity.INFO, node=standard.facts.nodes[0].id,
                       **about)  # type: ignore[arg-type]  # fmt: skip

    wasted = finding("STR014", saves="stored", value=280)
    leaked, folded = finding("TRU042"), finding("STR111", saves="traffic", value=16)
    found = replace(standard, findings=(wasted, folded, finding("STR001"), leaked))
    asks = actions.actions(found)
    assert order.first(asks, ()) == (
        ActionStep(("TRU042",)),
        ActionStep(("STR014", "STR111", "STR001"), "onnxslim", impact="low", operators=1),
    ), "what others learn comes first"
    lines = brief(Report.of(found).sheet, "macs")
    assert any(
        "Clean up with `onnxslim --size-threshold 1024 MODEL NEW` (`pip install onnxslim`; "
        "without the limit it stores "
        in x
        and "; low impact, low effort; 1 operator of the file goes, and Constants become stored "
        "tensors; 280 B less to store; "
        in x
        for x in lines
    )
    much = replace(folded, value=1e9)
    both = replace(found, findings=(wasted, much, leaked))
    chosen = order.first(actions.actions(both), ())
    assert chosen == (
        ActionStep(("TRU042",)),
        ActionStep(("STR111", "STR014"), "onnxslim", impact="high", operators=1),
    ), "one command does both, and is worth what saves traffic"  # fmt: skip
    headline, *told = [x.strip() for x in brief(Report.of(both).sheet, "macs") if "Clean up" in x]
    assert "without training: “Clean up with onnxslim” (953.7 MiB less to move); then “Convert" in (
        headline
    )
    assert told[0].startswith(f"2. Clean up with `onnxslim MODEL NEW` ({PIP}it stores ")


def test_weights_that_a_clean_up_stores_in_the_file_are_told(mobilenet: Result) -> None:
    """onnxslim (0.1.98) makes 16.9 MB of these 29 KB, whose weights operators make."""
    asks = actions.actions(mobilenet)
    (fold,) = [ask for ask in asks if ask.tool == "onnxslim"]
    assert fold.unlimited == 17_015_456
    assert f"`onnxslim --size-threshold {fold.limit} MODEL NEW`" in fold.what, "it is a clean-up"
    whole = added(mobilenet.facts, "onnxslim", tidies=False)
    assert (whole.written, whole.limit) == (17_015_456, 0)
    fold = replace(fold, written=whole.written, limit=0, unlimited=0, states=whole.states)
    said = ("t stores 16.23 MiB that operators make: the file grows from 28.77 KiB to about "
            "16.26 MiB")  # fmt: skip
    step = FirstStep((fold,), "onnxslim")
    assert tidying(step) == f"Clean up with `onnxslim MODEL NEW` ({PIP}i{said})"
    plain = FirstStep((replace(fold, written=0),), "onnxslim", "step 1")
    assert tidying(plain) == (
        f"Clean up after step 1 with `onnxslim MODEL NEW` ({PIP.removesuffix('; ')})"
    )
    assert added(mobilenet.facts, "onnxruntime", tidies=True) == Added()


def test_placeholders_are_not_folded_into_a_file(mobilenet: Result) -> None:
    """Trained weights come first: those are stored, and no file grows by folding them."""
    idle = replace(mobilenet.facts, evidence=WeightEvidence({}, placeholder=True))
    (fold,) = (ask for ask in actions.actions(replace(mobilenet, facts=idle))
               if ask.rule == "STR101")  # fmt: skip
    assert (fold.tool, fold.needs, fold.written) == ("onnxslim", "WGT011", 0)
    assert fold.what == (
        "Put the trained weights in first, as placeholders would be stored otherwise, then run "
        "`onnxslim MODEL NEW`, and compare outputs"
    )
    assert order.worth(ActionStep(("STR101",)), {"STR101": fold}) == ()
    better = replace(fold, needs="", impact="high")
    assert order.worth(ActionStep(("STR101",)), {"STR101": better}) != ()


def test_who_has_the_file_alone_is_told_a_tool_before_an_exporter(standard: Result) -> None:
    folded = replace(FOUND, rule="STR134", action="Fold it", node=standard.facts.nodes[0].id,
                     fix="Export with folding in PyTorch. More.")  # fmt: skip
    plain = replace(folded, rule="STR102")

    def told(producer: str, finding: Finding = folded) -> str:
        model = replace(standard.facts.model, producer=producer)
        found = replace(standard, facts=replace(standard.facts, model=model), findings=(finding,))
        return actions.actions(found)[0].what

    run = "Run `python -m onnxruntime.tools.optimize_onnx_model --opt_level basic MODEL NEW`"
    for producer in ("PaddlePaddle", "tf2onnx 1.16", "onnx-caffe2", ""):
        assert told(producer) == f"{run}, and compare outputs"
    assert told("pytorch 2.4.0") == f"{run}; or at the export: Export with folding in PyTorch"
    assert told("", plain) == "Export with folding in PyTorch", "no tool does that"


@pytest.mark.parametrize(
    ("output", "tool"), [("", "onnxslim"), (", seq(float[4]) s", "onnxruntime")]
)
def test_a_tool_that_breaks_what_is_no_tensor_is_not_advised(output: str, tool: str) -> None:
    """onnxslim leaves an output that is a sequence without a type, and no runtime loads it."""
    sequence = "s = SequenceConstruct (y, y)" if output else ""
    found = facts(f"g (float[4] x) => (float[4] y{output}) "
                  f"{{ c = Cast <to = 1> (x)  y = Relu (c)  {sequence} }}")  # fmt: skip
    assert _of("STR003", found).tool == tool
    assert tool in _of("STR003", found).what


@pytest.mark.parametrize(
    ("graph", "tool"),
    [
        ("a = Neg (x)  b = Cast <to = 1> (a)  y = Relu (b)", "onnxslim"),
        ("a = ai.onnx.ml.Normalizer (x)  b = Cast <to = 1> (a)  y = Relu (b)", "onnxruntime"),
        ("a = ai.onnx.ml.Normalizer (x)  y = Cast <to = 1> (a)", ""),
    ],
)
def test_a_tool_that_leaves_every_place_as_it_is_is_not_advised(graph: str, tool: str) -> None:
    """onnxslim knows no type of what an operator of ONNX-ML yields, nor looks behind it; ONNX
    Runtime may leave what makes an output."""
    cast = _of("STR003", facts(f"g (float[1,4] x) => (float[1,4] y) {{ {graph} }}"))
    assert cast.tool == tool
    assert "Delete the operator" in cast.what or tool


def test_places_that_the_other_tool_may_leave_are_told() -> None:
    two = (
        "a = ai.onnx.ml.Normalizer (x)  b = Cast <to = 1> (a)  c = Relu (b)  y = Cast <to = 1> (c)"
    )
    cast = _of("STR003", facts(f"g (float[1,4] x) => (float[1,4] y) {{ {two} }}"))
    assert (cast.tool, cast.places, cast.stays, cast.may_stay) == ("onnxruntime", 2, 0, 1)
    assert cast.what.endswith("It may leave 1 of 2 places as they are")
    reshape = two.replace("Cast <to = 1> (a)", "Flatten (a)")
    flat = _of("STR005", facts(f"g (float[1,4] x) => (float[1,4] y) {{ {reshape} }}"))
    assert flat.tool == "", "which ONNX Runtime leaves"


def _of(rule: str, found: Facts) -> Action:
    rules = load_rules()
    asks = actions.actions(Result(found, lint(found, rules), rules))
    return next(ask for ask in asks if ask.rule == rule)


def test_the_order_is_told_and_so_is_a_run_of_less_than_a_moment(standard: Result) -> None:
    told = words(html_of(standard).decode())
    assert "The order is: most impact, of equals the least effort; each figure" in told
    assert "To save compute is medium at most" not in told
    short = replace(standard, devices=(profile("a100"),))
    told = words(REPORT_FORMATS["html"](short, Options()).decode())
    assert "the arithmetic of one run takes less than 1 ms, as here on NVIDIA A100" in told


def test_no_headline_calls_harmless_what_a_form_saves(mobilenet: Result) -> None:
    """What a runtime folds itself is not named for it."""
    (finding,) = selected(mobilenet, "STR101").findings
    said = say(claims_of(replace(mobilenet, findings=(finding,)), studied=True))["verdict"]
    assert said == (
        "No error: 1 finding. What would bring much without training: “Convert weights and "
        "arithmetic to float16” (weights 8.114 MiB instead of 16.23 MiB; at best as fast on x86 "
        "CPUs), or “… int8” (weights 4.06 MiB instead of 16.23 MiB; measure accuracy)."
    )
    tiny = facts("g (float[1,4] x, float[4,4] w) => (float[1,4] y) { y = MatMul (x, w) }")
    alone = Result(tiny, (replace(finding, saves="", value=None),), mobilenet.rules)
    assert say(claims_of(alone, studied=True))["verdict"].startswith("Nothing urgent: 1 finding")


def test_a_conversion_that_takes_longer_is_no_headline(standard: Result) -> None:
    """Where maps are all that is moved, one more between two convolutions takes its time."""
    wide = facts("g (float[1,64,112,112] x, float[64,64,3,3] w) => (float[1,64,112,112] y) "
                 "{ y = Conv <pads = [1,1,1,1]> (x, w) }")  # fmt: skip
    quick, slow = (replace(profile("rpi5"), bandwidth=each) for each in (1e15, 1e6))
    found = Result(wide, lint(wide, standard.rules, Settings(select=("SEP001",))), standard.rules)
    told = [
        say(claims_of(replace(found, devices=(each,)), studied=True))["verdict"]
        for each in (quick, slow)
    ]
    assert told[0].startswith("No error: 1 finding. Compute could fall by ")
    assert "could fall" not in told[1]
    (saving,) = [c for c in cards(claims_of(replace(found, devices=(slow,))), "macs")
                 if c.claim == "saving"]  # fmt: skip
    assert "not recommended: takes longer on Raspberry Pi 5, 8 GB" in saving.detail


def test_the_bound_of_time_falls_with_the_macs_that_are_saved(standard: Result) -> None:
    found = {action.rule: action for action in actions.actions(standard, profile("rpi5"))}
    # four cores at 2.4 GHz, 8 multiply-accumulates a cycle
    rate = 4 * 2.4e9 * 8
    assert found["SEP001"].seconds_now == pytest.approx(4_867_293_184 / rate)
    assert found["SEP001"].seconds == pytest.approx(568_740_352 / rate)
    assert found["STR101"].seconds is None, "nothing that it saves is a MAC"


def test_most_impact_comes_first(standard: Result) -> None:
    impacts = [LEVELS.index(each.impact) for each in actions.actions(standard)]
    assert impacts == sorted(impacts)


def test_there_is_one_order_for_the_claim_and_for_the_page(standard: Result) -> None:
    data = json.loads(REPORT_FORMATS["json"](standard, Options()))
    (claim,) = [c["values"] for c in data["claims"] if c["id"] == "actions"]
    ranked = [ask["rule"] for ask in data["page"]["asks"] if not ask["slower"]]
    assert claim["rules"] == ranked[: order.MOST_FIRST]
    asked = [name for name in data["page"]["actions"] if name in ranked]
    assert asked == ranked[: len(asked)]


def test_smaller_types_take_their_share_of_the_weights(mobilenet: Result) -> None:
    found = {
        option.id: option
        for option in options(mobilenet.facts, mobilenet.facts.once(whatif.view), profile("rpi5"))
    }
    whole = mobilenet.facts.parameters.weight_bytes
    assert found["float16"].weight_bytes == whole // 2
    scales = 28 * 5 + 8 + 56 * 5  # of weights, the biases, and what layers read and make
    channels = 10_944  # of 27 normalisations, whose scales and statistics go into the weights
    biases, gone = 4 * (1_000 + channels), 4 * 3 * channels
    left = (whole - gone - biases) // 4 + biases
    assert found["int8"].weight_bytes == left + scales + 27 * 8, "biases are int32"
    # 8, 16 and 32 multiply-accumulates a cycle on four cores at 2.4 GHz
    least = 568_740_352 / (4 * 2.4e9)
    assert found["float16"].seconds_now == pytest.approx(least / 8)
    assert found["float16"].seconds == pytest.approx(least / 16)
    assert found["int8"].seconds == pytest.approx(least / 32)
    # MobileNet paper, table 6: 0.75 MobileNet-224 has 325 million mult-adds
    assert found["width"].macs == 325_400_448
    # and 1.0 MobileNet-192 418 million
    assert found["resolution"].macs == pytest.approx(418e6, rel=1e-3)


def test_a_type_that_the_device_lacks_has_no_time(mobilenet: Result) -> None:
    roomy = replace(profile("stm32h743"), memory=1 << 30, flash=None)
    found = options(mobilenet.facts, whatif.WhatIf("no"), roomy)
    times = {option.id: option.seconds for option in found}
    assert times["float16"] == pytest.approx(568_740_352 / 480e6), "in float32 instead"
    assert times["int8"] == pytest.approx(568_740_352 / 960e6)


@pytest.mark.parametrize(("memory", "fitting"), [(4, {"float16", "int8"}), (2, {"int8"})])
def test_a_form_that_does_not_fit_has_no_time(
    mobilenet: Result, memory: int, fitting: set[str]
) -> None:
    """6.125 MiB of activations in float32, half of it in float16 and a fourth in int8."""
    device = replace(profile("rpi5"), memory=memory << 20, flash=1 << 30)
    found = options(mobilenet.facts, whatif.WhatIf("no"), device)
    assert {o.seconds_now for o in found} == {None}
    assert {o.id for o in found if o.seconds is not None} == fitting


def test_a_model_of_few_weights_has_no_smaller_form() -> None:
    small = facts("g (float[1,4] x, float[4,4] w) => (float[1,4] y) { y = MatMul (x, w) }")
    assert options(small, small.once(whatif.view), profile("rpi5")) == ()


def test_every_category_of_rules_that_was_applied_is_counted(standard: Result) -> None:
    data = json.loads(REPORT_FORMATS["json"](standard, Options()))
    rows = data["page"]["checked"]
    asleep = [rule.id for rule in standard.rules if rule.id.startswith(("BGT", "TGT"))]
    applied = sum(row["rules"] + row["idle"] for row in rows)
    assert applied == len(standard.rules) - len(asleep)
    assert sum(row["speak"] for row in rows) == len({f["rule"] for f in data["findings"]})


def test_a_rule_that_saw_no_weights_has_not_found_nothing(standard: Result) -> None:
    def weights(evidence: WeightEvidence) -> Checked:
        seen = replace(standard, facts=replace(standard.facts, evidence=evidence))
        return {row.category: row for row in checked(seen)}["weights"]

    before = weights(WeightEvidence({}))
    after = weights(WeightEvidence({}, unread_tensors=3))
    assert before.blind == 0
    assert before.rules - before.speak == after.blind > 0
    assert after.sound == ()
    broken = (Problem("weights-unreadable", "", "the process for it died"),)
    crashed = replace(standard.facts, evidence=WeightEvidence({}), problems=broken)
    rows = {row.category: row for row in checked(replace(standard, facts=crashed))}
    assert rows["weights"].blind == after.blind
    missing = WeightEvidence({}, unread_tensors=3)
    blind = replace(standard, facts=replace(standard.facts, evidence=missing))
    text = words(REPORT_FORMATS["html"](blind, Options()).decode())
    assert "could not judge: weights are not in the file, or unreadable." in text


def test_a_budget_counts_as_checked_where_somebody_set_it(standard: Result) -> None:
    def categories(result: Result) -> dict[str, int]:
        return {row.category: row.rules for row in checked(result)}

    assert "budget" not in categories(standard)
    assert "targets" not in categories(standard)
    assert categories(replace(standard, set_rules=("BGT002", "flop-budget")))["budget"] == 2


def test_what_was_looked_for_has_a_place_in_the_model(standard: Result) -> None:
    rows = {row.category: row for row in checked(standard)}
    assert "dead operator" in rows["structure"].sound
    assert "unfolded batch norm" not in rows["structure"].sound, "it was found"
    # no Softmax, no GELU: what is about them was not checked
    assert "decomposed gelu" not in rows["structure"].sound
    assert rows["structure"].idle > 10


def test_rules_about_values_have_a_place_where_there_are_any(standard: Result) -> None:
    def row(text: str) -> Checked:
        seen = replace(facts(text), evidence=WeightEvidence({}))
        found = checked(replace(standard, facts=seen, findings=()))
        return next(row for row in found if row.category == "weights")

    none = row("g (float[4] x) => (float[4] y) { y = Relu (x) }")
    assert (none.rules, none.blind) == (0, 0)
    some = row("g (float[4] x) => (float[4] y) <float[4] w = {1, 2, 3, 4}> { y = Mul (x, w) }")
    assert some.rules > 5
    assert some.rules + some.idle == none.idle


def test_names_of_what_was_not_found_stand_on_the_page(standard: Result) -> None:
    text = words(html_of(standard).decode())
    assert "What was looked for and not found" in text
    assert "dead operator" in text


def test_nothing_that_takes_training_comes_first(mobilenet: Result) -> None:
    found = options(mobilenet.facts, mobilenet.facts.once(whatif.view), profile("rpi5"))
    chosen = order.first((), found)
    assert [step.ids for step in chosen] == [("float16", "int8")]
    assert "width" in {form.id for form in found}


def test_of_equal_impact_what_takes_less_work_comes_first(standard: Result) -> None:
    device = profile("rpi5")
    asks = actions.actions(standard, device)
    found = options(standard.facts, standard.facts.once(whatif.view), device)
    levels = {each.rule: (each.impact, each.effort) for each in asks}
    levels |= {form.id: (form.impact, form.effort) for form in found}
    assert levels["SEP001"] == ("high", "high")
    height = LEVELS.index
    chosen = [min((levels[name] for name in step.ids), key=lambda each: (height(each[0]),
                                                                         -height(each[1])))
              for step in order.first(asks, found)
              if "STR101" not in step.ids]  # int8 needs it before  # fmt: skip
    keys = [(height(impact), -height(effort)) for impact, effort in chosen]
    assert keys == sorted(keys)
    assert chosen[0] == ("high", "low")


def test_of_two_types_for_the_same_weights_one_is_to_be_chosen(mobilenet: Result) -> None:
    forms = {f.id: f for f in options(mobilenet.facts, mobilenet.facts.once(whatif.view), None)}
    assert forms["float16"].alternatives == ("int8",)
    assert forms["int8"].alternatives == ("float16",)
    assert forms["width"].alternatives == (), "a narrower network may be of any type"
    found = bert()
    forms = {form.id: form for form in options(found, found.once(whatif.view), profile("rpi5"))}
    assert set(forms["int8"].alternatives) == {"float16", "int8-weights"}
    packed = forms["int8-weights"]
    assert "`accuracy_level=4`" in packed.how
    assert set(packed.macs_by_precision) == {"float32", "int8"}, "scores stay in float32"
    assert (packed.seconds or 0.0) < (packed.seconds_now or 0.0)
    assert forms["heads"].alternatives == ()
    data = json.loads(REPORT_FORMATS["json"](mobilenet, Options()))
    assert {
        "ids": ["float16", "int8"],
        "tool": "",
        "needs": "",
        "impact": "",
        "operators": 0,
    } in data["page"]["steps"]
    text = words(html_of(mobilenet).decode())
    assert "Choose one: they change the same layers, and their savings exclude each other" in text
    lines = brief(Report.of(mobilenet).sheet, "macs")
    at = next(n for n, line in enumerate(lines) if ". Choose one: " in line)
    assert [line[: len("     - Convert")] for line in lines[at + 1 : at + 3]] == [
        "     - Convert"
    ] * 2


def test_of_two_cheaper_layers_for_one_convolution_one_is_to_be_chosen(standard: Result) -> None:
    rules = tuple(rule for rule in standard.rules if rule.id in ("SEP001", "EFF002", "STR101"))
    first_of, second = [f for f in standard.places if f.rule == "SEP001"][:2]
    column = replace(first_of, rule="EFF002", saving=None, value=1e8, unit="MAC", saves="macs")
    folded = replace(first_of, rule="STR101", saving=None, value=64, saves="traffic")

    def rivals(*findings: Finding) -> dict[str, tuple[str, ...]]:
        found = actions.actions(replace(standard, rules=rules, findings=findings))
        return {action.rule: action.alternatives for action in found}

    assert rivals(first_of, column, folded) == {
        "SEP001": ("EFF002",), "EFF002": ("SEP001",), "STR101": ()
    }  # fmt: skip
    assert rivals(first_of, replace(column, node=second.node))["SEP001"] == ()


def test_a_type_that_a_device_computes_more_slowly_is_not_recommended(mobilenet: Result) -> None:
    usual = profile("rpi5")
    slow = replace(usual, peak={**usual.peak, "int8": 1e9})
    found = options(mobilenet.facts, whatif.WhatIf("no"), slow)
    assert "int8" in {form.id for form in found}
    assert order.first((), found) == (ActionStep(("float16",)),)


def test_what_is_slower_by_measurements_is_not_recommended(standard: Result) -> None:
    usual = profile("rpi5")
    factors = {"standard": 1.0, "pointwise": 1.0, "depthwise": 7.0, "product": 1.0}
    fast = {a.rule: a for a in actions.actions(standard, replace(usual, factors=factors))}
    assert not fast["SEP001"].slower
    factors["depthwise"] = 7000.0
    slow = actions.actions(standard, replace(usual, factors=factors))
    assert {a.rule: (a.slower, a.impact) for a in slow}["SEP001"] == (True, "low")
    assert "SEP001" not in {name for step in order.first(slow, ()) for name in step.ids}


def test_an_action_says_on_which_devices_of_the_report_it_takes_longer() -> None:
    """By traffic alone the large map takes longer; the small one, of more weights, does not."""
    wide = facts(
        "g (float[1,32,64,64] x, float[1,64,9,9] v, float[32,32,3,3] w, float[64,64,3,3] u)"
        " => (y, z) { y = Conv <pads = [1,1,1,1]> (x, w) z = Conv <pads = [1,1,1,1]> (v, u) }"
    )
    rules = load_rules()
    found = Result(wide, lint(wide, rules, Settings(select=("SEP001",))), rules)
    usual = profile("rpi5")
    starved = replace(usual, id="starved", name="Starved", bandwidth=1e6)
    both, last = (replace(found, devices=d) for d in ((usual, starved), (starved, usual)))
    one, two = (actions.actions(each, each.devices[0])[0] for each in (both, last))
    assert (one.slower, one.slower_alone, one.slower_on) == (False, 0, ("Starved",))
    assert (two.slower, two.slower_alone, two.slower_on) == (False, 1, ())
    longer = f"{1 / one.slower_factors[0]:.2f}× on Starved"
    assert slowing(one) == f"takes longer by the roofline model: {longer}"
    assert slowing(replace(one, slower_alone=2, slower_on=())).startswith("2 more are left out, ")
    assert [saving(each).values["left_out"] for each in (both, last)] == [0, 1]
    by_roof = (
        "the layers {} as fast, not {}, by the roofline model, which counts memory traffic, too"
    )
    assert one.roofline == speedup(wide, [n.id for n in wide.nodes], roof_of(usual, wide))
    macs = sum(n.macs or 0 for n in wide.nodes)
    left = sum(n.saving.macs_after or 0 for n in wide.nodes if n.saving)
    assert one.arithmetic == pytest.approx(macs / left)
    for faster, told in ((3.3, ""), (3.2, "3.2×"), (0.9, ""), (1.0, "1.0×")):
        text = by_roofline(replace(one, roofline=faster, arithmetic=4.0))
        assert text == (by_roof.format(told, "4.0×") if told else "")
    assert by_roofline(replace(one, arithmetic=None)) == ""
    assert by_roofline(replace(one, roofline=None)) == ""
    report = Report.of(both)
    said = say(report.sheet.claims)
    assert f"They take longer elsewhere: {longer}." in said["conversion.speed"]
    assert f"; the converted layers take longer: {longer}." in said["verdict"]
    lines = " ".join(brief(report.sheet, "macs"))
    assert f"; takes longer by the roofline model: {longer}" in lines
    caveats = [row.caveats for row in Report.of(last).sheet.page.conversions]
    assert Report.of(last).sheet.page.roof.name == "Starved"
    assert sorted(text.split(":")[0] for row in caveats for text in row) == [
        "left out", "memory", "memory"
    ]  # fmt: skip


def test_page_1_tells_what_the_roofline_has_layers_gain_where_that_is_less() -> None:
    wide = facts(
        "g (float[1,32,64,64] x, float[1,256,9,9] v, float[32,32,3,3] w, float[256,256,3,3] u)"
        " => (y, z) { y = Conv <pads = [1,1,1,1]> (x, w) z = Conv <pads = [1,1,1,1]> (v, u) }"
    )
    rules = load_rules()
    found = Result(
        wide, lint(wide, rules, Settings(select=("SEP001",))), rules, devices=(profile("rpi5"),)
    )
    (asked,) = actions.actions(found, found.devices[0])
    faster, alone = asked.roofline, asked.arithmetic
    assert faster
    assert alone
    assert faster < 0.8 * alone
    text = words(REPORT_FORMATS["html"](found, Options()).decode())
    assert f" on Raspberry Pi 5, 8 GB; {by_roofline(asked)}. " in text
    assert by_roofline(asked).startswith(f"the layers {units.times(faster)} as fast, not ")


def test_what_takes_longer_is_counted_nowhere_and_marked_where_it_is_found() -> None:
    """The small map of many channels is faster by more than the large one is slower."""
    wide = facts(
        "g (float[1,32,64,64] x, float[1,256,9,9] v, float[32,32,3,3] w, float[256,256,3,3] u)"
        " => (y, z) { y = Conv <pads = [1,1,1,1]> (x, w) z = Conv <pads = [1,1,1,1]> (v, u) }"
    )
    rules = load_rules()
    starved = replace(profile("rpi5"), name="Starved", bandwidth=1e8)
    found = Result(wide, lint(wide, rules, Settings(select=("SEP001",))), rules, devices=(starved,))
    (asked,) = actions.actions(found, starved)
    large, small = wide.nodes
    assert large.saving is not None
    assert small.saving is not None
    kept = 42_280_704
    assert (asked.slower, asked.left_out, asked.slower_macs) == (
        False, (large.id,), large.saving.macs
    )  # fmt: skip
    assert (asked.macs, asked.places) == (small.saving.macs, 1) == (kept, 1)
    assert asked.seconds == pytest.approx((asked.seconds_now or 0) * (1 - kept / wide.totals.macs))
    assert asked.title.endswith(": z (Conv)")
    assert slowing(asked) == ("1 more is left out, slower on Starved by its roofline model, and "
                              "marked among the findings")  # fmt: skip
    values = {claim.id: claim.values for claim in claims_of(found)}
    assert (values["saving"]["macs"], values["saving"]["left_out"]) == (kept, 1)
    assert values["verdict"]["macs_after"] == wide.totals.macs - kept
    speed = values["conversion.speed"]
    assert speed["left_out"] == 1
    assert speed["factor"] == asked.roofline
    assert speed["factor"] == speedup(wide, (small.id,), roof_of(starved, wide))
    assert "that are not left out together run" in say(claims_of(found))["conversion.speed"]
    *_, card = cards(claims_of(found), "")
    assert "without 1 that would be slower on Starved" in card.detail
    page = Report.of(found).sheet.page
    (rows,) = (each for each in page.groups if each.rule == "SEP001")
    assert (rows.macs, rows.left_out) == (kept, 1)
    assert [(row.nodes, row.left_out) for row in rows.places] == [
        ((small.id,), False), ((large.id,), True)
    ]  # fmt: skip
    assert [total.what for total in page.conversion_totals] == [
        "2 flagged by rules", "1 of them, without those that take longer", "2 all candidates"
    ]  # fmt: skip
    assert page.conversion_totals[1].macs_after == wide.totals.macs - kept


def tree(depth: int) -> tuple[list[int], list[str], list[int], list[int]]:
    """A full tree: node n leads to 2·n + 1 and 2·n + 2."""
    ids = range(2 ** (depth + 1) - 1)
    inner = len(ids) // 2
    modes = ["BRANCH_LEQ" if n < inner else "LEAF" for n in ids]
    left, right = ([2 * n + k if n < inner else 0 for n in ids] for k in (1, 2))
    return list(ids), modes, left, right


@cache
def large_forest() -> Facts:
    """Forty full trees, nine comparisons deep."""
    return facts_of(listed(*[tree(9)] * 40))


def test_half_of_a_large_forest_is_worth_a_line() -> None:
    (form,) = options(large_forest(), whatif.WhatIf("no"), profile("rpi5"))
    assert (form.id, form.impact, form.macs) == ("trees", "high", None)
    assert form.weight_bytes == form.bytes_now
    assert "at most 180 comparisons a sample instead of 360" in form.extra
    small = facts_of(listed(*[tree(2)] * 40))
    assert options(small, whatif.WhatIf("no"), None) == ()


def decoder() -> Facts:
    """Two layers of width 64 and a head over 5,000 words, as if the length were open.

    A layer takes 4·64² and 2·64·256 for a token, and 2·64 for a token and each token it sees.
    """
    net = token_net()
    token = 2 * (4 * 64**2 + 2 * 64 * 256) + 64 * 5000
    size = OpenSize("s", (("x", 1),), False, 128, 1, (Fraction(0), Fraction(token), Fraction(256)))
    return replace(net.facts(gpt(net)), find_open_sizes=lambda: (size,))


def test_with_a_cache_a_token_takes_its_own_part_and_the_scores_of_those_before() -> None:
    found = {form.id: form for form in options(decoder(), whatif.WhatIf("no"), profile("rpi5"))}
    assert decoder().totals.macs == 418_304 * 128 + 256 * 128**2
    assert found["kv-cache"].macs == 418_304 + 256 * 128
    # 2 layers, keys and values of 64 numbers of 4 bytes
    assert found["kv-cache"].extra == (
        "for each token after the prompt, which takes as much as today; "
        "cache 128 KiB, 1 KiB a token"
    )
    assert found["kv-cache"].effort == "medium", "it takes the model before its export"
    leads = leads_of((), (replace(found["kv-cache"], impact="high"),))
    (title,) = titles(leads, figures=True)
    assert title.brings == "leaves 0.8 % of compute for each token after the prompt"
    assert found["sequence"].macs == 418_304 * 64 + 256 * 64**2
    assert {"int4-weights", "int8-weights"} <= set(found), "of a decoder"
    assert "heads" in found


def test_a_length_that_nobody_stated_has_no_half() -> None:
    for reason, offered in (("default", False), ("--dim", True)):
        found = replace(decoder(), assumptions=(Assumption("x", 1, "s", 128, reason),))
        ids = {form.id for form in options(found, whatif.WhatIf("no"), profile("rpi5"))}
        assert ("sequence" in ids) is offered


def test_a_shallower_transformer_keeps_whole_layers() -> None:
    found = bert()
    layers = sum(block.kind == "mlp" for block in found.blocks)
    forms = {form.id: form for form in options(found, found.once(whatif.view), profile("rpi5"))}
    assert forms["depth"].title == f"Keep {(layers + 1) // 2} of {layers} layers"


def test_a_narrower_transformer_is_no_option() -> None:
    found = bert()
    ids = {form.id for form in options(found, found.once(whatif.view), profile("rpi5"))}
    assert {"heads", "depth", "int8", "int8-weights"} <= ids
    assert not {"width", "resolution", "kv-cache", "int4-weights"} & ids


def test_recurrent_networks_are_quantised_without_calibration() -> None:
    found = facts_of(cell("LSTM", both=True))
    forms = {form.id: form for form in options(found, found.once(whatif.view), profile("rpi5"))}
    assert {"lstm-int8", "forward", "float16"} <= set(forms)
    assert "int8" not in forms, "no runtime calibrates the cells of an LSTM"
    assert forms["forward"].macs == found.totals.macs // 2
    assert "gru" not in forms, "a fourth of so few weights is not worth training"


def test_errors_come_first_and_then_what_saves_most(standard: Result) -> None:
    saving = max((f.saving for f in standard.findings if f.saving), key=lambda s: s.macs)
    found = (
        replace(FOUND, rule="OWN1", saving=saving, severity=Severity.INFO),
        replace(FOUND, rule="OWN2"),
        replace(FOUND, rule="OWN3", severity=Severity.ERROR),
        replace(FOUND, rule="OWN4", severity=Severity.INFO),
    )
    groups = group(replace(standard, findings=found))
    assert [each.rule for each in groups] == ["OWN3", "OWN1", "OWN2", "OWN4"]


@pytest.mark.parametrize(("columns", "converted"), [(14, False), (16, False), (18, True)])
def test_int8_is_for_networks_whose_work_is_mostly_outside_of_recurrent_layers(
    columns: int, converted: bool
) -> None:
    """An LSTM of 4 steps of 4 gates of 2·(2 + 2) MACs, and a product of 4·2·columns."""
    held = {"k": (1, 8, 2), "r": (1, 8, 2), "w": (2, columns)}
    stored = ", ".join(
        f"float[{','.join(map(str, shape))}] {name} = {{{', '.join(['1'] * prod(shape))}}}"
        for name, shape in held.items()
    )
    found = facts(
        f"g (float[4,1,2] x, float[4,2] v) => (float[4,1,1,2] h, float[4,{columns}] y) <{stored}> "
        "{ h = LSTM <hidden_size = 2> (x, k, r)  y = MatMul (v, w) }"
    )
    assert found.totals.macs == 4 * 4 * 2 * 4 + 4 * 2 * columns
    assert ("int8" in {form.id for form in types.forms(found, None)}) is converted


PIP = "`pip install onnxslim`; "
FOUND = Finding("OWN001", "own", "own", Severity.WARNING, "", "", "Retrain it. Then measure.", "0")


def places(action: str, *nodes: str) -> list[Finding]:
    return [
        replace(FOUND, node=node, action=action.replace("NODE", node) if action else "")
        for node in nodes
    ]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (places("Remove the Dropout", "conv1"), "Remove the Dropout: conv1"),
        (places("Remove the Dropout", "a", "b"), "Remove the Dropout: 2 places"),
        (places("Get the file NODE", "a.bin", "b.bin"), "Get the file a.bin, and 1 more"),
        (places("Shorten the sequence", ""), "Shorten the sequence"),
        (places("", "conv1"), "Retrain it: conv1"),
    ],
)
def test_an_action_says_what_to_do_and_where(found: list[Finding], told: str) -> None:
    assert heading(found, facts("g (float[2] x) => (float[2] y) { y = Relu (x) }")) == told


def test_an_action_that_says_what_it_is_about_names_no_place() -> None:
    nothing = facts("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    assert heading(places("Copy w.bin", "w"), nothing, names=True) == "Copy w.bin"
    named = {rule.id for rule in load_rules() if rule.names_place}
    assert {"EXT001", "TRU001", "GRF003"} <= named
    assert not {"TGT001", "STR027", "SEP001"} & named


def test_an_action_names_an_operator_as_readers_do() -> None:
    named = facts('g (float[2] x) => (float[2] y) { ["act"] y = Relu (x) }')
    assert heading(places("Remove the Relu", "y"), named) == "Remove the Relu: act (Relu)"


def test_several_operators_are_told_of_how_many_of_their_type() -> None:
    net = facts(
        "g (float[2] x) => (float[2] y) { a = Relu (x) b = Relu (a) c = Abs (b) y = Relu (c) }"
    )
    relu = [node.id for node in net.nodes if node.op_type == "Relu"]

    def told(*nodes: str, counts: bool = True) -> str:
        return heading(places("Remove it", *nodes), net, counts=counts)

    assert told(*relu[:2]) == "Remove it: 2 of 3 Relu operators"
    assert told(*relu) == "Remove it: all 3 Relu operators"
    assert told(relu[0], net.nodes[2].id) == "Remove it: 2 places", "an Abs is no Relu"
    assert told(*relu, counts=False) == "Remove it: 3 places"
    assert told(relu[0], relu[0]) == "Remove it: 2 places", "two findings about one operator"


def test_parts_of_a_formula_are_no_operators_to_count() -> None:
    counted = {rule.id for rule in load_rules() if is_about_operators(rule)}
    assert {"SEP001", "STR101", "STR001", "EFF001"} <= counted
    assert not {"STR104", "STR120", "STR126", "BLK001"} & counted


def test_the_grid_has_the_words_of_actions_and_clean_ups_in_one_entry(standard: Result) -> None:
    asks = actions.actions(standard)
    found = options(standard.facts, standard.facts.once(whatif.view), None)
    rows = matrix(asks, found)
    told = {entry.name for row in rows for cell in row.cells for entry in cell.entries}
    assert "Convert weights and arithmetic to float16" in told
    assert "Replace standard convolutions by depthwise separable ones" in told
    assert not {"float16", "separable candidate", "width"} & told
    tidy = replace(asks[0], impact="low", tool="onnxslim")
    (row,) = matrix((tidy, replace(tidy, rule="STR002"), replace(tidy, rule="STR003")), ())
    assert [[e.name for e in cell.entries] for cell in row.cells if cell.entries] == [
        [f"Clean up with onnxslim: {asks[0].does}"]
    ]
    bias = replace(asks[0], rule="OWN001", impact="medium", tool="onnxslim")
    (row,) = matrix((bias, tidy), ())
    ((entry,),) = (cell.entries for cell in row.cells if cell.entries)
    assert (row.impact, entry.name) == ("medium", f"Clean up with onnxslim: {asks[0].does}")
    assert len(matrix((bias, replace(tidy, tool="onnxruntime")), ())) == 2, "one by one"
    many = [replace(asks[0], rule=f"OWN00{n}") for n in range(7)]
    cells = [cell for row in matrix(many, ()) for cell in row.cells if cell.entries]
    assert [(len(cell.entries), cell.more) for cell in cells] == [(4, 3)]


def test_every_form_says_what_to_do(mobilenet: Result) -> None:
    models = [mobilenet.facts, bert(), large_forest(),
              facts_of(cell("LSTM", both=True))]  # fmt: skip
    forms = [form for model in models for form in options(model, model.once(whatif.view), None)]
    assert {form.id for form in forms} >= {"int8", "width", "heads", "trees", "lstm-int8"}
    assert [form.title for form in forms if not is_heading(form.title)] == []


def test_bytes_of_weights_of_several_types_are_unknown_where_channels_go(mobilenet: Result) -> None:
    stored = mobilenet.facts.parameters
    half = stored.weight_bytes // 2
    mixed = replace(stored, bytes_by_dtype={"float32": half, "int8": stored.weight_bytes - half})
    sizes = mobilenet.facts.once(whatif.view)
    sizes = replace(sizes, rows=tuple(replace(row, held=None) for row in sizes.rows))
    for parameters, known in ((stored, True), (mixed, False)):
        found = options(replace(mobilenet.facts, parameters=parameters), sizes, None)
        (narrow,) = [form for form in found if form.id == "width"]
        assert (narrow.weight_bytes is not None) == known


def test_a_run_of_less_than_a_cycle_is_told_without_digits() -> None:
    """A cycle of 2.4 GHz is 0.42 ns: no arithmetic takes 0.1 ns there."""
    held = {"device": "board", "scales_now": 0, "weight_bytes_now": 0, "smaller": 0}
    assert advice.options({**held, "seconds_now": 1e-10}) == "Times are arithmetic bounds on board."
    assert "board: 2 µs for" in advice.options({**held, "seconds_now": 2e-6})


REPLACEABLE = """g (float[1,4,8,8] x, float[4,4,1,1] w, float[4] s, float[4] b, float[4] m,
    float[4] v) => (float[1,4,8,8] y) <float[4] s = {1, 2, 3, 4}, float[4] b = {1, 2, 3, 4},
    float[4] m = {1, 2, 3, 4}, float[4] v = {1, 2, 3, 4},
    float[4,4,1,1] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7}> {
    a = Conv (x, w)  y = BatchNormalization (a, s, b, m, v) }"""


def test_weights_come_out_of_the_inputs_before_a_tool_folds_them() -> None:
    """Before IR version 4 ONNX Runtime drops what it folded, and leaves inputs that need values."""
    head = '<ir_version: 3, opset_import: ["" : 9]>'
    found = facts_of(onnx.parser.parse_model(head + REPLACEABLE))
    rules = load_rules()
    asks = actions.actions(Result(found, lint(found, rules), rules))
    fold = next(ask for ask in asks if ask.rule == "STR101")
    assert (fold.tool, fold.needs) == ("onnxslim", ""), "it manages them"
    assert tools.needed_before("onnxruntime", found) == "IOP001"
    taken = next(ask for ask in asks if ask.rule == "IOP001").what
    assert taken.startswith("Set `ir_version`, which is 3, to 4. Take the initializers out")
    assert taken.endswith("remove_initializer_from_input --input MODEL --output NEW`")
    told = actions._how([FOUND], replace(rules[0], tool="onnxruntime"), found)
    first_of = "Take the weights out of the graph's inputs first, as "
    assert told.startswith(f"{first_of}those that are folded would be inputs without a value")
    later = replace(found, model=replace(found.model, ir_version=4))
    told = actions._how([FOUND], replace(rules[0], tool="onnxruntime"), later)
    assert told.startswith(f"{first_of}none is folded otherwise, then run `python -m onnxruntime")


def _stored(text: str, **shapes: tuple[int, ...]) -> onnx.ModelProto:
    """The graph with tensors of different numbers, those that it reads."""
    found = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]>{text}')
    read = {name for node in found.graph.node for name in node.input}
    for name in sorted(read & shapes.keys()):
        values = np.linspace(-1, 1.1, prod(shapes[name])).astype(np.float32)
        tensor = onnx.numpy_helper.from_array(values.reshape(shapes[name]), name)
        found.graph.initializer.append(tensor)
    return found


def test_constants_behind_a_layer_go_into_it_before_it_is_quantised() -> None:
    """Measured on MobileNetV1 with its normalisations in parts: int8 took 1.9 times as long as
    float32 with them, and 0.6 times as long without."""
    loose = """g (float[1,64,8,8] x) => (float[1,64,8,8] y)
        { c = Conv <pads = [1,1,1,1]> (x, w)  m = Mul (c, s)  a = Add (m, b)  y = Relu (a) }"""
    bare = """g (float[1,64,8,8] x) => (float[1,64,8,8] y)
        { c = Conv <pads = [1,1,1,1]> (x, w)  y = Relu (c) }"""
    rules = load_rules()
    for text, told in ((loose, True), (bare, False)):
        found = facts_of(_stored(text, w=(64, 64, 3, 3), s=(64, 1, 1), b=(64, 1, 1)))
        asks = actions.actions(Result(found, lint(found, rules), rules))
        forms = options(found, found.once(whatif.view), None)
        (int8,) = [form for form in forms if form.id == "int8"]
        assert [each.tool for each in int8.before] == (["onnxslim"] if told else [])
        assert all("first with `onnxslim MODEL NEW`: between" in x.text for x in int8.before)
        steps = order.first(asks, forms)
        assert [step.ids[0] for step in steps if step.tool] == (["EFF005"] if told else [])
        assert "int8" in steps[told].ids, "behind what it needs, though that is of low impact"
        bias = 4 * 64 + 8 if told else 0  # of int32, with its scale and zero point
        assert int8.weight_bytes == 64 * 64 * 9 + bias + 3 * 5


def test_a_product_is_named_as_what_a_tool_makes_of_it_before() -> None:
    """onnxslim makes a Gemm of a MatMul and the sum behind it, which was left in float32."""
    found = facts_of(_stored("""g (float[1,64,8,8] x) => (float[1,8] y) <int64[2] n = {1, -1}>
        { c = Conv (x, w)  a = Add (c, b)  q = Reshape (a, n)  m = MatMul (q, v)
          h = HardSigmoid (m)  t = Mul (m, h)  p = Softmax (t)  y = Add (p, o) }""",
        w=(64, 64, 3, 3), b=(64, 1, 1), v=(64 * 36, 8), o=(1, 8)))  # fmt: skip
    (int8,) = (form for form in types.forms(found, None) if form.id == "int8")
    assert "op_types_to_quantize=['Conv', 'Gemm', 'MatMul'" in int8.how


@pytest.mark.parametrize("wide", [64, 256])
@pytest.mark.parametrize("behind", ["m = Mul (c, s)  a = Add (m, b)", "a = Add (c, b)",
                                    "i = Identity (c)  a = Relu (i)"])  # fmt: skip
def test_what_the_first_sentence_names_is_among_the_first_steps(wide: int, behind: str) -> None:
    text = f"""g (float[1,{wide},56,56] x) => (float[1,{wide},56,56] y, float[1,{wide},56,56] z)
        {{ c = Conv <pads = [1,1,1,1]> (x, w)  {behind}  y = Relu (a)  z = Identity (a) }}"""
    found = facts_of(_stored(text, w=(wide, wide, 3, 3), s=(wide, 1, 1), b=(wide, 1, 1)))
    rules = load_rules()
    asks = actions.actions(Result(found, lint(found, rules), rules), profile("rpi5"))
    most = max(asks, key=lambda ask: 0 if ask.slower else ask.macs)
    assert most.impact == "high"
    steps = order.first(asks, options(found, found.once(whatif.view), profile("rpi5")))
    assert most.rule in {name for step in steps for name in step.ids}
    assert len(steps) == order.MOST_FIRST


def test_weights_that_keep_a_runtime_from_folding_come_with_the_traffic_of_that() -> None:
    """The map of 4×128×128 float32 values is read and written once more; before IR version 4, and
    without a layer in front, nothing is kept from being folded."""
    large = REPLACEABLE.replace("4,8,8", "4,128,128")
    lone = large.replace("a = Conv (x, w)", "a = Relu (x)")
    rules = load_rules()
    for ir, text, traffic in ((8, large, 2 * 4 * 128**2 * 4), (3, large, 0), (8, lone, 0)):
        head = f'<ir_version: {ir}, opset_import: ["" : 9]>'
        found = facts_of(onnx.parser.parse_model(head + text))
        asks = actions.actions(Result(found, lint(found, rules), rules))
        (take,) = [ask for ask in asks if ask.rule == "IOP001"]
        assert (take.traffic, take.impact) == (traffic, "high" if traffic else "low")


def test_a_tool_that_drops_an_input_that_callers_give_is_not_advised() -> None:
    """onnxslim takes out what nothing reads, and ONNX Runtime refuses the name; what that writes
    itself has all inputs."""
    found = facts(
        "g (float[4] x, float[4] c) => (float[4] y) { c1 = Cast <to = 1> (x)  y = Relu (c1) }"
    )
    rules = load_rules()
    asks = {ask.rule: ask for ask in actions.actions(Result(found, lint(found, rules), rules))}
    assert "STR015" in asks
    assert asks["STR003"].tool == "onnxruntime"


def test_to_count_with_another_size_comes_after_all_that_changes_the_model() -> None:
    found = facts(
        "g (float[1,3,h,w] x) => (float[1,3,h,w] y) { c = Cast <to = 1> (x)  y = Relu (c) }"
    )
    rules = load_rules()
    asks = actions.actions(Result(found, lint(found, rules), rules))
    steps = [step.ids[0] for step in order.first(asks, ())]
    assert steps[-1] == "GRF003"
    assert "STR003" in steps[:-1]
    assert "onnxlint report MODEL -o DIR --dim h=SIZE --dim w=SIZE`" in asks[-1].what
