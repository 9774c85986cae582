"""Where a number of a report comes from comes to that number, for every kind of number."""

from __future__ import annotations

import json
from dataclasses import replace
from math import isclose
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.devices import SHIPPED, profile
from analyzer.language import speaking
from analyzer.lint import lint
from analyzer.report import REPORT_FORMATS, Options, Result
from analyzer.report.explained.reckonings import reckonings
from analyzer.ruleset import load_rules
from tests.arithmetic import worked_out
from tests.devices.test_reading import large
from tests.golden.text import facts
from tests.report.numbers import number_at
from tests.report.test_reach import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = {
    "sequence": """
        g (float[batch,tokens,64] x, float[64,64] w) => (float[batch,tokens,64] y) {
            q = MatMul (x, w)  t = Transpose <perm=[0,2,1]> (q)  s = MatMul (q, t)
            p = Softmax (s)  y = MatMul (p, q)
        }""",
    "image": """
        g (float[1,3,height,width] x, float[8,3,3,3] w) => (float[1,8,n,m] y) {
            a = Conv <pads=[1,1,1,1]> (x, w)  y = Relu (a)
        }""",
    "branches": """
        g (float[4,8] x, bool c, float[8,8] w, float[8,2] v) => (float[4,N] y) {
            y = If (c) <then_branch = t () => (a) { a = MatMul (x, w) },
                        else_branch = e () => (b) { b = MatMul (x, v) }>
        }""",
    "recurrent": """
        g (float[5,1,8] x, float[1,16,8] w, float[1,16,4] r) => (float[5,1,1,4] y) {
            y = LSTM <hidden_size=4> (x, w, r)
        }""",
    "half": """
        g (float16[1,8] x, float16[8,4] w, float16[4] b) => (float16[1,4] y) {
            a = MatMul (x, w)  y = Add (a, b)
        }""",
    "integers": """
        g (uint8[1,8] x, uint8[8,4] w) => (int32[1,4] y) { y = MatMulInteger (x, w) }""",
    "quantised": """
        g (float[1,64] x, float s, int8 z) => (float[1,64] y) {
            a = QuantizeLinear (x, s, z)  b = DequantizeLinear (a, s, z)  c = Relu (b)
            d = QuantizeLinear (c, s, z)  y = DequantizeLinear (d, s, z)
        }""",
    "idle": "g (float[1,8] x) => (float[8,1] y) { y = Transpose (x) }",
}
FIGURES = ("macs", "macs_share", "params", "stored", "traffic", "seconds", "seconds_now",
           "weight_bytes", "bytes_now")  # fmt: skip
"""Of an action or a form, on the first page."""
FILES = ("mobilenet", "standard", "densenet", "unknown", "hostile", "trained")


def document(result: Result) -> dict[str, Any]:
    devices = tuple(map(profile, SHIPPED))
    found: dict[str, Any] = json.loads(
        REPORT_FORMATS["json"](replace(result, devices=devices), Options())
    )
    return found


@pytest.fixture(scope="module")
def documents(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    rules = load_rules()
    found = {name: document(request.getfixturevalue(name)) for name in FILES}
    for name, text in TEXTS.items():
        known = facts(text)
        found[name] = document(Result(known, lint(known, rules), rules))
    found["large"] = document(Result(large(), (), ()))
    half = fit("ort_cuda", "split", 0.5)
    found["part"] = document(Result(replace(facts(TEXTS["image"]), targets=(half,)), (), ()))
    return found


def explained(documents: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    for name, report in documents.items():
        for each in report["page"]["explained"]:
            yield f"{name}: {each['number']}", each, number_at(report, each["number"])


def test_summands_come_to_the_number_that_the_report_shows(
    documents: dict[str, dict[str, Any]],
) -> None:
    wrong = [
        where
        for where, each, number in explained(documents)
        if not isclose(sum(worked_out(s["text"]) for s in each["summands"]), number, rel_tol=1e-12)
        or each["value"] != number
    ]
    assert wrong == []


def test_counts_come_to_the_last_digit(documents: dict[str, dict[str, Any]]) -> None:
    counts = [pair for pair in explained(documents) if isinstance(pair[2], int)]
    assert len(counts) > 450
    for where, each, number in counts:
        assert sum(worked_out(s["text"]) for s in each["summands"]) == number, where


def test_a_peak_in_place_is_one_operators_less_what_is_written_over() -> None:
    # MatMul needs 16 bytes of x beside its 256; Relu then writes over them
    known = facts("""g (float[1,4] x) => (float[1,64] y) {
      s = Constant <value_ints = [4,64]> ()  w = ConstantOfShape (s)
      a = MatMul (x, w)  y = Relu (a) }""")
    report = document(Result(known, (), ()))
    (found,) = (each for each in report["page"]["explained"]
                if each["number"] == "claims.memory.peak.in_place_bytes")  # fmt: skip
    assert (found["value"], found["by"]) == (272, "peak.in_place")
    assert known.memory.peak_bytes == 512


def test_tensors_of_unknown_size_are_no_summands() -> None:
    known = facts("g (float[4] x, float[1] z) => (float[4] y, q) { q = local.F (z) y = Relu (x) }")
    assert "q" in {tensor.name for tensor in known.memory.alive if tensor.bytes is None}
    (found,) = (each for each in document(Result(known, (), ()))["page"]["explained"]
                if each["number"] == "memory.peak_bytes")  # fmt: skip
    assert sum(worked_out(each["text"]) for each in found["summands"]) == found["value"]


def test_every_figure_of_what_to_do_first_is_explained(
    documents: dict[str, dict[str, Any]],
) -> None:
    told, silent = 0, []
    for name, report in documents.items():
        page = report["page"]
        places = {each["number"] for each in page["explained"]}
        shown = {i for step in page["steps"] for i in step["ids"]}
        lists = (("asks", "rule"), ("options", "id"))
        for where, key in lists:
            for n, step in enumerate(page[where]):
                figures = [figure for figure in FIGURES if step.get(figure)]
                missing = [f for f in figures if f"page.{where}[{n}].{f}" not in places]
                if step[key] in shown:
                    told += len(figures)
                    silent += [f"{name}: {step[key]} {figure}" for figure in missing]
    assert told > 50
    assert silent == []


def test_every_kind_of_number_occurs_and_has_a_formula_and_a_source(
    documents: dict[str, dict[str, Any]],
) -> None:
    used = {each["by"] for _, each, _ in explained(documents)}
    assert {way.id for way in reckonings()} == {by for by in used if "[" not in by}
    for report in documents.values():
        page = report["page"]
        ways = {way["id"]: way for way in page["reckonings"]}
        for each in page["explained"]:
            way = ways.get(each["by"]) or number_at(page, each["by"])
            assert way["formula"], each
            assert way["source"], each


def test_a_number_that_is_not_exact_says_what_it_rests_on(
    documents: dict[str, dict[str, Any]],
) -> None:
    assumed = [pair for pair in explained(documents) if pair[1]["certainty"] != "exact"]
    assert {where.split(":")[0] for where, _, _ in assumed} >= {"sequence", "image", "branches"}
    assert [where for where, each, _ in assumed if not each["reason"]] == []


def test_a_sum_that_misses_an_operator_is_no_exact_number(
    documents: dict[str, dict[str, Any]],
) -> None:
    sure = {e["number"]: e["certainty"] for e in documents["unknown"]["page"]["explained"]}
    assert sure["totals.macs"] == sure["totals.flops"] == "lower bound"
    trees = Result(
        facts(
            """g (float[1,4] x) => (float[1,1] y) { y = ai.onnx.ml.TreeEnsembleRegressor
            <n_targets=1, nodes_featureids=[0], nodes_modes=["LEAF"], nodes_nodeids=[0],
             nodes_treeids=[0], nodes_truenodeids=[0], nodes_falsenodeids=[0], nodes_values=[0.0],
             target_ids=[0], target_nodeids=[0], target_treeids=[0], target_weights=[1.0]> (x) }""",
        )
    )
    sure = {e["number"]: e["certainty"] for e in document(trees)["page"]["explained"]}
    assert (sure["totals.macs"], sure["totals.flops"]) == ("exact", "lower bound")


def test_the_first_layer_is_explained_as_the_paper_does(
    documents: dict[str, dict[str, Any]],
) -> None:
    page = documents["standard"]["page"]
    row = next(row for row in page["conversions"] if (row["m"], row["n"]) == (32, 64))
    place = f"page.conversions[{page['conversions'].index(row)}]"
    texts = {
        each["number"].removeprefix(f"{place}."): each["summands"][0]["text"]
        for each in page["explained"]
        if each["number"].startswith(f"{place}.")
    }
    # Howard et al. 2017, eq. 2 and 5: D_K·D_K·M·N·D_F·D_F and D_K·D_K·M·D_F·D_F + M·N·D_F·D_F
    assert texts == {
        "macs_now": "112·112 · 3·3 · 32 · 64",
        "macs_after": "112·112 · 32 · (3·3 + 64)",
        "theory": "1/64 + 1/9",
        "saved": "231211008 − 29302784",
    }


def test_the_same_numbers_are_explained_in_korean(standard: Result) -> None:
    english = document(standard)["page"]["explained"]
    with speaking("ko"):
        korean = document(standard)["page"]["explained"]
    assert [each["number"] for each in korean] == [each["number"] for each in english]
    for one, other in zip(english, korean, strict=True):
        texts = [[s["text"] for s in each["summands"]] for each in (one, other)]
        assert sorted(texts[0]) == sorted(texts[1])
