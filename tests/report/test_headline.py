"""The first sentence says what speaks against using a model as it is, in the words of a finding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from analyzer.analyze import analyze, analyze_weights
from analyzer.facts import Problem
from analyzer.lint import lint
from analyzer.model import load
from analyzer.report import Result
from analyzer.report.brief import brief
from analyzer.report.claims import claims_of
from analyzer.report.claims.lead import Lead, chosen, leads_of, part_of, titles, untrained_saving
from analyzer.report.index.entry import entry_of
from analyzer.report.sheet import Report
from analyzer.report.view.actions import actions
from analyzer.report.view.audits import checked, tally
from analyzer.report.view.findings import group as view_group
from analyzer.report.view.findings import safety
from analyzer.report.view.options.form import SmallerForm
from analyzer.report.view.steps import first
from analyzer.report.words import say
from analyzer.resources import rules_dir
from analyzer.ruleset import load_rules
from analyzer.ruleset.shipped import read_shipped
from tests.report.results import quiet

if TYPE_CHECKING:
    from analyzer.report.view.action import Action
    from analyzer.report.view.options.form import Level, Training

RULES = load_rules()
RELU = "g (float[4] x) => (float[4] y) { y = Relu (x) }"
UNSORTED = "g (float[4] x) => (float[4] y) { y = Relu (z)  z = Neg (x) }"
DECLARED = "g (float[4] x) => (float[5] y) { y = Relu (x) }"
UNREAD = "g (float[4] x, float[4] c) => (float[4] y) { y = Relu (x) }"
HANDED_ON = "g (float[4] x) => (float[4] y) { z = Relu (x)  y = Identity (z) }"
NAN = """g (float[2,2] x) => (float[2,2] y) <float[2,2] w = {1, nan, 2, 3}> {
  z = MatMul (x, w)  y = Identity (z)
}"""
CONV = """g (float[1,64,28,28] x, float[64,64,3,3] w) => (float[1,64,28,28] y) {
  y = Conv <pads = [1, 1, 1, 1]> (x, w)
}"""
LARGE = CONV.replace("float[1,64,28,28] y", "float[1,64,28,29] y")


def judged(graph: str, opset: int = 17, domain: str = "", *, read: bool = False) -> Result:
    own = (name for name in ("com.microsoft", "com.example") if name in graph)
    imports = "".join(f', "{name}" : 1' for name in own)
    header = f'<ir_version: 8, opset_import: ["" : {opset}{imports}]>'
    model = onnx.parser.parse_model(f"{header} {graph}")
    for node in model.graph.node:
        node.domain = domain or node.domain
    facts = (analyze_weights if read else analyze)(load(model.SerializeToString()))
    return Result(facts, lint(facts, RULES), RULES)


def verdict(result: Result) -> str:
    return say(claims_of(result))["verdict"]


def test_a_report_reads_the_files_of_rules_that_found_something_and_of_few_others() -> None:
    rules = tuple(read_shipped(path.read_text("utf-8"), path.name)
                  for path in rules_dir().iterdir() if path.name.endswith(".yaml"))  # fmt: skip
    facts = judged(CONV, read=True).facts
    Report.of(Result(facts, lint(facts, rules), rules))
    assert sum("rule" in vars(rule._later) for rule in rules if rule._later) < len(rules) / 3


DOUBTS = {
    (RELU, 6): "the model uses version 6 of the ONNX operators; 7 is the oldest accepted "
    "(ONNX Runtime promises to run 7 and later)",
    (UNSORTED, 17): "breaks a rule of ONNX, though ONNX Runtime may run it: operators of the graph "
    "are listed before those whose outputs they read",
    (DECLARED, 17): "breaks a rule of ONNX, though ONNX Runtime may run it: output 'y' is declared "
    "5, and the operator that makes it gives 4",
    (UNREAD, 17): "nothing the model computes depends on the input c, which callers have to give "
    "nevertheless: no operator reads it",
}


@pytest.mark.parametrize(("graph", "opset"), DOUBTS)
def test_what_speaks_against_using_it_is_the_headline(graph: str, opset: int) -> None:
    result, doubt = judged(graph, opset), DOUBTS[graph, opset]
    assert verdict(result) == f"One warning to look at before this model is used: {doubt}."
    assert actions(result)[0].pressing


@pytest.mark.parametrize("graph", [RELU, HANDED_ON, CONV])
def test_what_only_costs_is_no_doubt(graph: str) -> None:
    result = judged(graph)
    assert "before this model is used" not in verdict(result)
    assert not any(action.pressing for action in actions(result))


@pytest.mark.guarded
def test_a_model_that_the_checker_refuses_is_said_to_be() -> None:
    result = judged(RELU, domain="ai.onnx")
    (action, *_) = actions(result)
    assert "onnx's checker refuses the model: No Op registered for Relu" in verdict(result)
    assert action.title.startswith("Correct what breaks ONNX: onnx's checker refuses the model")
    assert action.what.startswith(
        "Leave the domain of the operator empty, which is how ONNX's own are written: `python -c"
    )


def test_an_action_about_a_breach_says_what_to_correct() -> None:
    (action, *_) = actions(judged(UNSORTED))
    assert action.title == (
        "Correct what breaks ONNX: operators of the graph are listed before those whose outputs "
        "they read"
    )
    assert action.what.startswith("Sort them topologically: `python -c")


def test_breaches_of_two_kinds_have_the_remedies_of_both() -> None:
    (action, *_) = actions(judged("g (float[4] x) => (float[5] y) { y = Relu (z)  z = Neg (x) }"))
    assert action.title.endswith(", and 1 more")
    one, other = action.what.split("; ")
    assert {one, other.capitalize()} == {
        "Sort them topologically",
        "Correct the declaration, or drop it and infer shapes anew",
    }


def test_a_doubt_comes_before_a_saving_and_does_not_hide_it() -> None:
    result = judged(LARGE)
    assert actions(result)[0].rule == "ONX014"
    assert verdict(result).startswith(
        "Of 2 warnings 1 is to be looked at before this model is used: "
    )
    saves = "Compute could fall by 87.3 %"
    assert f"No error: 1 finding. {saves}, from " in verdict(judged(CONV))
    assert verdict(result).endswith(f" {saves} at the price of retraining.")


ZEROS = """g (float[1,2,8,8] x) => (float[1,2,8,9] y)
<float[2,2,1,1] w = {0, 0, 0, 0}, float[2,2,1,1] v = {0, 0, 0, 0}> {
  a = com.example.Fancy (x)
  b = Conv (a, w)
  c = Conv (b, v)
  y = Abs (c)
}"""
"""Three warnings about use: foreign code, weights that are none, and for old operators a fourth."""
PAIRS = (
    ZEROS, UNREAD.replace("Relu", "com.example.Fancy"), ZEROS.replace("com.example.Fancy", "Relu"),
    DECLARED.replace("Relu", "com.example.Fancy"), ZEROS.replace("Abs (c)", "Log (c)"),
)  # fmt: skip


@pytest.mark.parametrize("opset", [6, 17])
def test_the_verdict_and_the_steps_begin_with_the_same_and_foreign_code(opset: int) -> None:
    several = False
    for result in (judged(graph, opset, read=True) for graph in PAIRS):
        asked = actions(result)
        told = next(dict(claim.values) for claim in claims_of(result) if claim.id == "verdict")
        presses = [each.rule for each in asked if each.pressing]
        steps = [name for step in first(asked, ()) for name in step.ids]
        urgent = [name for name in steps if name in presses]
        assert urgent == presses[: len(urgent)] != []
        assert told["kind"] == "doubts"
        assert told["doubt"] in {f.message for f in result.groups if f.rule == presses[0]}
        foreign = any(f.rule == "TRU001" for f in result.findings)
        assert not foreign or steps[0] == presses[0] == "TRU001"
        several |= told["doubts"] not in (0, 1)
    assert several, "an order of one is none"


def test_what_somebody_silenced_is_no_doubt() -> None:
    result = judged(UNSORTED)
    assert verdict(quiet(replace(result, rules=RULES), 1, 0)) == (
        "Nothing new: no finding but 1 suppressed."
    )


def test_a_clean_model_says_how_many_rules_had_something_to_look_at() -> None:
    result = judged(RELU)
    looked, rules = sum(row.rules for row in checked(result)), len(result.judging)
    assert verdict(result) == (
        f"Clean: {looked} of {rules} rules had something to look at, and none objects."
    )
    assert looked < rules


def test_more_rules_have_something_to_look_at_where_there_is_a_convolution() -> None:
    def looked(graph: str) -> int:
        return tally(judged(graph)).looked

    assert looked(CONV) > looked(RELU)


def test_an_input_that_nothing_reads_is_the_callers_business_and_no_result_s() -> None:
    model = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {UNREAD}')
    feeds = {name: np.array([-1, 0, 1, 2], np.float32) for name in "xc"}
    (before,) = ReferenceEvaluator(model).run(None, feeds)
    del model.graph.input[1]
    (after,) = ReferenceEvaluator(model).run(None, {"x": feeds["x"]})
    assert np.array_equal(before, after)
    (group,) = view_group(judged(UNREAD))
    assert group.safety == "This changes what callers pass or receive; what is computed stays."


def test_what_may_change_results_says_so_and_no_more() -> None:
    said = {rule.id: safety(rule) for rule in RULES if rule.training == "none"}
    unsafe = {rule.id for rule in RULES if rule.fix_safety == "unsafe"}
    assert {said[name] for name in unsafe & said.keys()} == {
        "This may change results: compare them before and after."
    }
    assert "STR013" not in unsafe, "deleting what no output needs changes no output"
    assert said["STR001"] == "This does not change what the model computes."


MICROSOFT = "g (float[4] x) => (float[4] y) { y = com.microsoft.Gelu (x) }"
PRIVATE = "g (float[4] x) => (float[4] y) { y = com.example.Fancy (x) }"


def sentence(graph: str, claim: str) -> str:
    return say(claims_of(judged(graph))).get(claim, "")


def test_operators_that_onnx_does_not_define_are_said_to_run_only_where_they_are_known() -> None:
    assert sentence(MICROSOFT, "vendor") == (
        "Runs only where operators of com.microsoft are known, as in ONNX Runtime: Gelu ×1."
    )
    assert sentence(PRIVATE, "vendor") == (
        "Runs only where a library for operators of com.example is loaded: Fancy ×1."
    )
    assert sentence(RELU, "vendor") == ""
    compiled = judged(MICROSOFT.replace("Gelu", "EPContext"))
    assert say(claims_of(compiled))["vendor"] == (
        "Runs only with the execution provider and on the device that it was compiled for: "
        "EPContext ×1."
    )
    assert [action.rule for action in actions(compiled)] == ["TRU003"], "no size is open"


def test_a_word_about_trust_says_what_was_found_or_by_how_many_rules_nothing_was() -> None:
    result = judged(RELU)
    (row,) = (row for row in checked(result) if row.category == "trust")
    assert sentence(RELU, "trust") == f"Trust: nothing found by {row.rules} rules."
    found = next(f for f in judged(PRIVATE).findings if f.category == "trust")
    assert sentence(PRIVATE, "trust") == f"Trust: {found.message}."


ABSENT = """g (float[4] x) => (float[4] y)
  <float[4] w = ["location": "w.bin"], float[2] v = ["location": "w.bin", "offset": "16"]>
  { z = Add (x, w)  y = Concat <axis = 0> (v, v) }"""
ELF = """g (float[4] x) => (float[4] y)
  <uint8[20] blob = {127, 69, 76, 70, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0}>
  { y = Relu <evil = 1> (x) }"""


def test_rules_that_look_at_absent_data_have_not_found_nothing() -> None:
    rows = {graph: {row.category: row for row in checked(judged(graph))}["trust"]
            for graph in (RELU, ABSENT)}  # fmt: skip
    seen, absent = rows[RELU], rows[ABSENT]
    assert (seen.blind, absent.blind, absent.rules) == (0, 5, seen.rules - 5)
    assert set(seen.sound) - set(absent.sound) == {
        "foreign content", "unread external bytes", "blank external bytes", "wrong checksum",
        "hard linked external data",
    }  # fmt: skip
    assert sentence(ABSENT, "trust") == (
        f"Trust: nothing found by {absent.rules} rules in what is here. 24 B of external data was "
        "not seen, so 5 more rules could not judge."
    )


def test_foreign_content_is_in_the_first_sentence_beside_an_error() -> None:
    found = verdict(judged(ELF))
    assert found.startswith("1 error to fix before this model is used: Relu")
    assert found.endswith(
        "One warning speaks against using this model: initializer 'blob': 20 B that begin like an "
        "ELF program."
    )


def test_what_speaks_against_use_is_no_matter_of_impact() -> None:
    facts = replace(judged(HANDED_ON).facts, problems=(Problem("weights-limit", "", "too much"),))
    unfinished = Result(facts, lint(facts, RULES), RULES)
    asks = {a.rule: a for result in (judged(ELF), unfinished) for a in actions(result)}
    assert {rule: (ask.severity, ask.against, ask.harms) for rule, ask in asks.items()} == {
        "ONX005": ("error", True, False), "TRU012": ("warning", True, True),
        "GRF001": ("error", False, False), "STR001": ("info", False, False),
    }  # fmt: skip
    assert asks["TRU012"].impact == "high"


def test_whatever_the_verdict_calls_an_error_to_fix_is_the_first_step_and_against_use() -> None:
    result = judged(NAN, read=True)
    facts = replace(result.facts, problems=(Problem("weights-limit", "", "too much"),))
    stopped = Result(facts, lint(facts, RULES), RULES)
    for each in (result, stopped):
        asks = actions(each)
        assert verdict(each).startswith("1 error to fix before this model is used: 1 of 4 values")
        assert (first(asks, ())[0].ids, asks[0].rule) == (("WGT001",), "WGT001")
        assert (asks[0].against, asks[0].effort, asks[1].against) == (True, "medium", False)
    assert [a.rule for a in actions(stopped) if a.severity == "error"] == ["WGT001", "GRF001"]


def test_the_index_says_of_a_model_what_its_report_says() -> None:
    unknown = entry_of(judged(PRIVATE), "m.onnx")
    assert (unknown.outcome, unknown.standing, unknown.wrong) == ("findings", "inconclusive", False)
    assert unknown.reasons[0] in unknown.verdict
    assert unknown.reasons[0].startswith("Judged in part: the cost of 1 operator is unknown")
    broken, sound = entry_of(judged(ELF), "m.onnx"), entry_of(judged(HANDED_ON), "m.onnx")
    assert (broken.wrong, broken.standing, broken.reasons) == (True, "findings", ())
    assert (sound.wrong, sound.standing) == (False, "findings")


def test_without_rules_about_trust_nothing_is_said_of_it() -> None:
    result = judged(RELU)
    rules = tuple(rule for rule in result.rules if rule.category != "trust")
    assert "trust" not in say(claims_of(replace(result, rules=rules)))


def test_the_terminal_says_whether_to_trust_it_and_where_it_runs() -> None:
    lines = brief(Report.of(judged(MICROSOFT)).sheet, "macs")
    assert [line for line in lines if line.startswith(("  Trust: ", "  Runs only"))] == [
        f"  {sentence(MICROSOFT, 'vendor')}", f"  {sentence(MICROSOFT, 'trust')}",
    ]  # fmt: skip


UNSIZED = """g (float[1,2,8,8] x) => (float[1,1,K,K] y) <float[1,2,1,1] w = {1, 2}> {
  a = com.example.Fancy (x)
  y = Conv (a, w)
}"""


def test_an_unknown_cost_that_has_weights_is_most_of_the_work_and_no_percentage() -> None:
    known = sentence(UNSIZED, "coverage")
    assert "%" not in known
    assert known.endswith("1 of these has weights, so most of the work may be unknown.")
    assert "weights" not in sentence(PRIVATE, "coverage")
    assert sentence(CONV, "coverage") == "The cost of 1 of 1 operators is known."


def led(rule: str, impact: Level = "high", training: Training = "none", tool: str = "") -> Lead:
    """A step that a rule asks for."""
    (ask, *_) = actions(judged(HANDED_ON))
    ask = replace(ask, rule=rule, does=f"Do {rule}", training=training, file_now=1_000_000)
    return Lead((ask,), impact, tool)


def test_all_that_brings_much_without_training_is_named_in_the_order_of_the_list() -> None:
    little, much, hard = led("a", "medium"), led("b"), led("c", training="train")
    more = led("d")
    for leads, how, of in (
        ((little, much, more), "free", (much, more)),
        ((hard, much), "free", (much,)),
        ((hard, little), "trained", (hard,)),
        ((little, led("e", "medium"), led("f", "medium")), "medium", (little, led("e", "medium"))),
        ((led("g", "low"),), "", ()),
        ((), "", ()),
    ):
        assert chosen(leads) == (how, of)
    assert chosen((much, more), {"b"}) == ("free", (more,)), "another sentence tells it"


def made(name: str, **about: Any) -> SmallerForm:
    """A form of half the time and the file of a model that runs long."""
    given: dict[str, Any] = {
        "id": name, "title": f"Make {name}", "how": "", "impact": "high", "macs": None,
        "weight_bytes": 400_000, "bytes_now": 800_000, "extra": "", "device": "board",
        "seconds_now": 0.25, "seconds": 0.125, "effort": "low", "risk": "low", "loses": "",
        "confidence": "high", "rests": "", "file_now": 1_048_576, "file_bytes": 524_288,
        "cautions": ("measure accuracy",),
    } | about  # fmt: skip
    return SmallerForm(**given)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, "bound 250 ms → 125 ms on board"),
        ({"seconds_now": 0.001, "seconds": 0.0005}, "bound 1 ms → 500 µs on board"),
        ({"seconds_now": 0.00099, "seconds": 0.0005}, "file 1 MiB → 512 KiB"),
        ({"seconds": 0.2}, "file 1 MiB → 512 KiB"),
        ({"seconds": 0.2, "impact": "medium"}, "bound 250 ms → 200 ms on board"),
        ({"seconds": None, "file_now": None, "file_bytes": None},
         "weights 390.6 KiB instead of 781.2 KiB"),
        ({"seconds": None, "file_bytes": 1_048_000}, ""),
        ({"seconds": None, "file_now": None, "file_bytes": None, "weight_bytes": None}, ""),
        ({"id": "kv-cache", "macs_share": 0.008},
         "leaves 0.8 % of compute for each token after the prompt"),
    ],
)  # fmt: skip
def test_a_form_is_named_with_what_its_impact_rests_on(about: dict[str, Any], said: str) -> None:
    (title,) = titles([Lead((made("x", **about),), "high", "")], figures=True)
    assert title.brings == "; ".join(filter(None, (said, "measure accuracy")))
    (title,) = titles([Lead((made("x", **about),), "high", "")], figures=False)
    assert title.brings == "measure accuracy"


def test_the_device_of_the_times_is_named_once_and_a_larger_file_is_a_warning() -> None:
    grown = made("b", file_bytes=2_000_000)
    of = (made("a"), grown, made("c"))
    told = titles([Lead(of, "high", ""), Lead((made("d"),), "high", "")], figures=True)
    assert [(each.id, each.step, each.brings) for each in told] == [
        ("a", 0, "bound 250 ms → 125 ms on board; measure accuracy"),
        ("b", 0, "bound 250 ms → 125 ms; larger file; measure accuracy"),
        ("d", 1, "bound 250 ms → 125 ms; measure accuracy"),
    ]


def test_what_a_rule_asks_for_is_named_with_what_it_saves_and_without_its_place() -> None:
    (lead,) = (led("a"),)
    for about, said in (
        ({"macs_share": 0.05}, "5.0 % less to compute"),
        ({"macs_share": 0.049, "stored": 65_536}, "64 KiB less to store"),
        ({"stored": 65_535}, ""),
        ({"unlocks": ("Ada",), "stored": 65_536}, "then all operators on Ada"),
        (
            {"slower_on": ("npu",), "slower_factors": (0.5,)},
            "takes longer by the roofline model: 2.00× on npu",
        ),
    ):
        ask = replace(cast("Action", lead.of[0]), **about)
        (title,) = titles([lead._replace(of=(ask,))], figures=True)
        assert (title.title, title.brings) == ("Do a", said)


def test_a_clean_up_is_named_by_its_command_with_what_no_runtime_saves_itself() -> None:
    for about, said in (
        ({"tool": "onnxslim", "stored": 65_536, "traffic": 131_072}, "64 KiB less to store"),
        ({"tool": "onnxslim", "traffic": 131_072, "traffic_loaded": 65_536}, "64 KiB less to move"),
        ({"tool": "onnxslim", "traffic": 131_072, "traffic_loaded": 65_537}, ""),
        ({"tool": "", "traffic": 131_072}, ""),
    ):
        ask = replace(cast("Action", led("a").of[0]), **(EMPTY | about))
        (title,) = titles([Lead((ask,), "high", "onnxslim")], figures=True)
        assert (title.title, title.brings) == ("Clean up with onnxslim", said)
        (title,) = titles([Lead((ask,), "high", "onnxslim")], figures=False)
        assert title.brings == ""


EMPTY: dict[str, Any] = {"stored": 0, "traffic": 0, "traffic_loaded": 0}


def test_the_part_that_is_saved_is_of_the_file_where_that_was_counted() -> None:
    unknown = made("x", file_now=None, file_bytes=None)
    little = made("x", file_bytes=1_048_000)
    stored = replace(cast("Action", led("a").of[0]), stored=250_000)
    for of, tool, part in (
        ((made("x"),), "", ("file", 0.5, "Make x")),
        ((unknown,), "", ("weights", 0.5, "Make x")),
        ((little, unknown), "", ("weights", 0.5, "Make x")),
        ((stored, made("x")), "", ("file", 0.25, "Do a")),
        ((stored,), "onnxslim", ("", 0.0, "")),
        ((replace(stored, stored=49_999),), "", ("", 0.0, "")),
    ):
        assert part_of([Lead(of, "high", tool)]) == part


def test_what_saves_compute_without_training_is_told_where_it_is_named_nowhere() -> None:
    ask = replace(cast("Action", led("a").of[0]), macs_share=0.05, macs=5, confidence="high")
    most = replace(ask, rule="b", macs=9)
    assert untrained_saving((ask, most), ()) == most
    assert untrained_saving((ask, most), {"b"}) == ask
    for about in ({"macs_share": 0.049}, {"training": "train"}, {"slower": True},
                  {"confidence": "low"}, {"macs_share": None}):  # fmt: skip
        assert untrained_saving((replace(ask, **about),), ()) is None


def test_what_is_to_go_before_sharing_is_named_where_it_saves_much_of_the_file() -> None:
    given: dict[str, Any] = {
        "shares": True,
        "pressing": True,
        "stored_now": 1_000_000,
        "impact": "medium",
    }
    ask = replace(cast("Action", led("a").of[0]), tool="", **given)
    for stored, how in ((250_000, "free"), (249_999, "medium"), (65_536, "medium"), (49_999, "")):
        leads = leads_of((replace(ask, stored=stored),), ())
        assert chosen(leads)[0] == how, stored
    assert leads_of((replace(ask, stored=250_000, shares=False),), ()) == ()
