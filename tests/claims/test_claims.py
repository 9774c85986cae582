"""Reports say what their facts say: on samples, on models of many kinds and on generated ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from onnx import ModelProto, TensorProto, helper, numpy_helper, parser

from analyzer.analyze import analyze, analyze_weights
from analyzer.lint import Settings, judge
from analyzer.model import load
from analyzer.report import REPORT_FORMATS
from analyzer.report.claims import MAKERS, STUDIES, claims_of
from analyzer.report.content import HTML
from analyzer.report.rendering import render
from analyzer.report.result import Options, Result
from analyzer.report.sheet import Report
from analyzer.report.words import say
from analyzer.ruleset import load_rules
from analyzer.targets.catalog import chosen
from tests.claims.pages import Sentence, objections, sentences
from tests.claims.truth import TRUTHS, contradictions
from tests.fuzz.graphs import models
from tests.golden.text import facts_of
from tests.report.results import LIGHT, SAMPLES
from tests.smaller.test_attention import PAST
from tests.smaller.test_recurrent import cell

RULES = load_rules()


def result(
    model: ModelProto | Path, *, weights: bool = True, targets: Sequence[str] = ()
) -> Result:
    loaded = load(str(model)) if isinstance(model, Path) else load(model.SerializeToString())
    tables = chosen(targets) if targets else ()
    facts = (analyze_weights if weights else analyze)(loaded, targets=tables)
    verdict = judge(facts, RULES, Settings())
    return Result(facts, verdict.findings, RULES)


def document(found: Result) -> Any:
    return json.loads(REPORT_FORMATS["json"](found, Options()))


def page(found: Result) -> str:
    """The page before it is made brief: its sentences say what they rest on."""
    return render(Report.of(found).sheet, Options(), HTML)


@cache
def shown(name: str) -> str:
    """The page of one of ``results``."""
    return page(results()[name])


OPEN_LOOP = """<ir_version: 8, opset_import: ["" : 17]>
g (int64 n, float[4,4] x, float[4,4] w) => (float[4,4] y) {
  y = Loop <body = b (int64 i, bool c, float[4,4] s) => (bool d, float[4,4] t) {
    d = Identity (c)
    t = MatMul (s, w)
  }> (n, , x)
}"""
NO_MACS = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1000000] x) => (float[1,1000000] y) { s = Sigmoid (x)  y = Mul (s, x) }"""
UNKNOWN = """<ir_version: 8, opset_import: ["" : 17, "com.acme" : 1]>
g (float[1,64,28,28] x, float[64,64,3,3] w) => (float[1,64,28,28] y) {
  a = Conv <pads=[1,1,1,1]> (x, w)
  y = com.acme.Warp (a)
}"""
OPEN_SIZES = """<ir_version: 8, opset_import: ["" : 17]>
g (float[N,3,H,W] x, float[8,3,3,3] w) => (float[N,8,P,Q] y) { y = Conv (x, w) }"""
WINDOWS = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,samples] audio, float[2,1,1] w) => (float[1,2,512] y) {
  s = Constant <value_ints = [1, 1, 512]> ()
  x = Reshape (audio, s)
  y = Conv (x, w)
}"""
MISFIT = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,1,samples] x, float[8,1,20000] w) => (float[1,8,frames] y) { y = Conv (x, w) }"""
UNSIZED = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,8] x) => (float[2,K] y) { n = NonZero (x)  f = Cast <to=1> (n)  y = Exp (f) }"""


def forest() -> ModelProto:
    """One tree of one split: what it learned is in attributes, so no weight is a tensor."""
    node = helper.make_node(
        "TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", n_targets=1,
        nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0],
        nodes_values=[0.5, 0.0, 0.0], nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
        target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0], target_weights=[1.0, 2.0],
    )  # fmt: skip
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, s]) for n, s in
            (("x", 4), ("y", 1)))  # fmt: skip
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(helper.make_graph([node], "g", [x], [y]), opset_imports=imports)


def recurrent() -> ModelProto:
    """A layer that reads its sequence in both directions."""
    return cell("LSTM", both=True)


def quantised() -> ModelProto:
    """A product in integers, and one in floating point behind it."""
    return parser.parse_model(
        """<ir_version: 8, opset_import: ["" : 17]>
        g (uint8[1,64] x, int8[64,64] q, float[64,64] w) => (float[1,64] y) {
          i = MatMulInteger (x, q)
          f = Cast <to = 1> (i)
          y = MatMul (f, w)
        }"""
    )


def conversions() -> ModelProto:
    """A convolution between conversions, whose bias counts in another step than its sums."""
    return parser.parse_model(
        """<ir_version: 8, opset_import: ["" : 17]>
        g (int8[1,2,8] x) => (int8[1,1,8] y)
        <int8[1,2,1] w = {1, 2}, int32[1] b = {4}, float s = {0.1}, float p = {0.05}, int8 z = {0}>
        {
          d = DequantizeLinear (x, s, z)
          v = DequantizeLinear (w, s, z)
          a = DequantizeLinear (b, p)
          c = Conv (d, v, a)
          y = QuantizeLinear (c, s, z)
        }"""
    )


def past() -> ModelProto:
    """A layer of a decoder that takes keys and values in and hands them out, one token longer."""
    return parser.parse_model(PAST)


def shared() -> ModelProto:
    """One kernel of 64·64·3·3 weights, used by three convolutions in a row; one of its filters is
    dead, too few for a finding."""
    names = ("x", "a", "b", "y")
    nodes = [
        helper.make_node("Conv", [before, "w"], [after], pads=[1, 1, 1, 1])
        for before, after in pairwise(names)
    ]
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 64, 28, 28]) for n in "xy")
    numbers = np.random.default_rng(0).standard_normal((64, 64, 3, 3), dtype=np.float32)
    numbers[5] = 0
    kernel = numpy_helper.from_array(numbers, "w")
    return helper.make_model(helper.make_graph(nodes, "g", [x], [y], [kernel]))


PARTS = """<ir_version: 10, opset_import: ["" : 22]>
g (float[N,2,8,8] x) => (float[N,128] y) <int64[4] form = {2, 2, 1, 1}> {
  w = ConstantOfShape (form)
  a = Conv (x, w)
  b = Ceil (a)
  y = Flatten (b)
}"""
TARGETS = {"parts": ("ort_cpu", "coreml_mlprogram", "ort_webgpu_js", "nnapi", "migraphx"),
           "no macs": ("ort_cpu",)}  # fmt: skip
TEXTS = {"open loop": OPEN_LOOP, "no macs": NO_MACS, "unknown operator": UNKNOWN,
         "open sizes": OPEN_SIZES, "windows": WINDOWS, "misfit": MISFIT, "unsized": UNSIZED,
         "parts": PARTS}  # fmt: skip
FILES = {"mobilenet": SAMPLES / "mobilenet_v1.onnx",
         "standard": SAMPLES / "mobilenet_v1_standard.onnx",
         "squeezenet": LIGHT / "light_squeezenet.onnx"}  # fmt: skip
MADE = {"forest": forest, "shared weights": shared, "cache": past, "recurrent": recurrent,
        "quantised": quantised, "conversions": conversions}  # fmt: skip
NAMES = [*TEXTS, *MADE, *FILES]


@cache
def results() -> dict[str, Result]:
    texts = {
        name: result(
            parser.parse_model(text), weights=name != "open sizes", targets=TARGETS.get(name, ())
        )
        for name, text in TEXTS.items()
    }
    made = {name: result(make()) for name, make in MADE.items()}
    files = {name: result(path) for name, path in FILES.items()}
    return texts | made | files


@pytest.mark.parametrize("name", NAMES)
def test_no_claim_is_denied_by_the_facts_beside_it(name: str) -> None:
    found = results()[name]
    assert list(contradictions(document(found))) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_of_a_page_has_a_claim_that_holds(name: str) -> None:
    assert list(objections(shown(name), document(results()[name]))) == []


def test_fixed_words_are_the_same_in_every_report() -> None:
    def fixed(name: str) -> set[str]:
        return {s.text for s in sentences(shown(name)) if s.origin == "data-fixed"}

    everywhere = set().union(*map(fixed, NAMES))
    assert all(not _names(text) for text in everywhere)
    assert len(everywhere) < 45  # a text for each model would be hundreds


def _names(text: str) -> bool:
    """Whether a text quotes something of a model."""
    return any(word in text for word in ("stem.", "block1", "Warp", "fire", "com.acme"))


def test_words_of_rules_are_those_of_the_rule_file() -> None:
    prose = {rule.id: " ".join(f"{rule.rationale} {rule.fix}".split()) for rule in RULES}
    for name in NAMES:
        for sentence in _rule_words(shown(name)):
            words = sentence.text.removeprefix("Why. ").removeprefix("Fix. ").replace("_", "")
            assert words in prose[sentence.value].replace("_", "").replace("`", "")


def _rule_words(html: str) -> Iterator[Sentence]:
    return (s for s in sentences(html) if s.origin == "data-rule"
            and s.text.startswith(("Why. ", "Fix. ")))  # fmt: skip


def test_every_claim_that_can_be_made_has_a_truth_and_is_made_somewhere() -> None:
    made = {claim.id for found in results().values() for claim in claims_of(found, studied=True)}
    assert made <= set(TRUTHS)
    assert len((*MAKERS, *STUDIES)) == len(TRUTHS)
    assert set(TRUTHS) - made == {"silenced"}


@settings(max_examples=settings().max_examples // 4)  # each is judged and shown on a page
@given(models(wild=False))
def test_generated_models_are_claimed_nothing_about_that_they_deny(model: ModelProto) -> None:
    found = result(model, weights=False)
    assert list(contradictions(document(found))) == []


# What reports were seen to say, and what is so.


def said(name: str, claim: str) -> str:
    texts = [s.text for s in sentences(shown(name)) if s.value == claim]
    return texts[0]


def test_a_shared_weight_is_saved_once() -> None:
    (claim,) = [c for c in claims_of(results()["shared weights"]) if c.id == "saving"]
    # 64·64·9 weights become 64·9 + 64·64, once, though three convolutions use them.
    assert claim.values["params"] == 36_864 - 4_672


def test_an_open_loop_is_not_called_known() -> None:
    assert said("open loop", "unknown").startswith("The multiply-accumulates of all")
    assert "but not their sum" in said("open loop", "unknown")


def test_what_a_caller_decides_is_said_where_trust_is() -> None:
    assert said("open loop", "trust").endswith(
        "rules. Nothing in the file bounds how often y runs: whoever calls the model decides, by "
        "n, and with that how long a run takes."
    )


def test_macs_are_not_equated_with_flops() -> None:
    assert "0 MACs, 5 MFLOP in all" in said("no macs", "compute")


def test_a_forest_has_no_weights_that_are_made_when_it_runs() -> None:
    assert said("forest", "memory.weights") == "The file has no weight tensors."
    assert "they are made when the model runs" in said("mobilenet", "memory.weights")


def test_a_network_that_reads_backwards_does_not_stream() -> None:
    # 2 directions · 4 gates · 64 units · (40 inputs + 64 units)
    assert said("recurrent", "recurrent") == (
        "The recurrent layers (LSTM ×1) take 53.25 kMAC a time step and hand 1 KiB of state to the "
        "next. With 20 time steps that is 100.0 % of the compute. 1 of them reads backwards, too: "
        "nothing comes out before the whole sequence is in, "
        "so the model cannot stream."
    )


def test_layers_that_run_a_single_step_are_not_told_by_the_step() -> None:
    """Frames that a convolution joins before a recurrent layer are no time steps of that."""
    model = cell("GRU", both=True)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    text = say(claims_of(Result(facts_of(model), (), ()), studied=True))["recurrent"]
    # 2 directions · 3 gates · 64 units · (40 inputs + 64 units)
    assert text == (
        "The recurrent layers (GRU ×1) run a single time step of 39.94 kMAC, 100.0 % of the "
        "compute."
    )


def test_a_decoder_says_what_a_token_takes() -> None:
    # keys and values of 12 heads of 64 numbers of 4 bytes
    assert "6 KiB a token" in said("cache", "cache")


def test_a_forest_says_what_a_sample_takes() -> None:
    assert said("forest", "forest").startswith(
        "A forest of 1 tree with 3 nodes, 2 of them leaves, at most 1 deep: a sample takes at most "
        "1 comparison"
    )


def test_half_of_the_products_are_in_integers() -> None:
    assert said("quantised", "quantised").startswith(
        "50.0 % of the multiply-accumulates are in int"
    )


def test_what_is_written_between_conversions_is_not_said_to_run_in_integers() -> None:
    assert said("conversions", "quantised") == (
        "All multiply-accumulates are meant to be in integers. Of 1 layer between "
        "DequantizeLinear and QuantizeLinear, a runtime decides which it computes so. "
        "ONNX Runtime leaves 1 layer in floating point, as the scale of a bias is not that of data "
        "times weights. On x86 processors ONNX Runtime computes convolutions of int8 data in "
        "integers only where it can turn the data into uint8 by itself."
    )


def test_notes_are_not_denied_by_the_first_page() -> None:
    assert (
        "makes figures truer and changes no model, low effort; 99.99 % of the MACs grow with H = W."
        in said("open sizes", "actions")
    )


def test_missing_data_is_an_error_whatever_else_it_keeps_unjudged(tmp_path: Path) -> None:
    model = shared()
    kernel = model.graph.initializer[0]
    kernel.ClearField("raw_data")
    kernel.data_location = TensorProto.EXTERNAL
    kernel.external_data.add(key="location", value="absent.bin")
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    found = result(path)
    assert list(contradictions(document(found))) == []
    (verdict,) = [s.text for s in sentences(page(found)) if s.value == "verdict"]
    assert verdict.startswith("1 error to fix before this model is used")


def test_where_it_runs_is_said_with_what_blocks_and_what_helps() -> None:
    assert said("parts", "targets").startswith("Of 5 targets: all of it runs on ONNX Runtime CPU; ")
    assert "Conv, at this opset (2 targets)" in said("parts", "targets.blockers")
    assert "the opset (1 target)" in said("parts", "targets.blockers")
    assert "fix the open sizes of the inputs, such as x 1×2×8×8" in said("parts", "targets.edits")
    assert said("no macs", "targets") == "Of 1 target: all of it runs on ONNX Runtime CPU."


def test_targets_that_nobody_asked_about_and_that_run_all_of_it_are_a_sentence() -> None:
    asked = results()["no macs"]
    assert "Where this model runs" in page(asked)
    assert "Where this model runs" not in page(replace(asked, targets_asked=False))
    unasked = page(replace(asked, targets_asked=False))
    assert "All of it runs on ONNX Runtime CPU (by tables, not tried)." in unasked
    assert "where this model runs (each target has all its operators: ONNX Runtime CPU (" in unasked
    assert "Where this model runs" in page(replace(results()["parts"], targets_asked=False))
    assert "Where this model runs" not in page(results()["forest"])


def test_targets_tested_with_newer_opsets_only_are_no_sentence() -> None:
    found = results()["no macs"]
    fits = tuple(replace(fit, tested_from=9) for fit in found.facts.targets)
    old = replace(found, facts=replace(found.facts, targets=fits), targets_asked=False)
    assert "Where this model runs" in page(old)
    assert "each target has all its operators" not in page(old)
