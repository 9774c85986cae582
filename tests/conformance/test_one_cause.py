"""One cause is one finding, wherever it shows; what follows from it is not found again."""

from __future__ import annotations

import os
import signal
from typing import Any, cast

import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from analyzer.conformance import causes as causes_of
from analyzer.conformance import names as names_of
from analyzer.conformance import unexplained
from analyzer.facts import Breach, Problem
from analyzer.graph.program import build_program
from analyzer.lint import lint
from analyzer.model.checker import check_structure
from analyzer.ruleset import load_rules
from analyzer.shapes.run import infer_shapes
from analyzer.shapes.stated import Bindings
from tests.golden.text import facts, facts_of, parse

RULES = load_rules()
FUNCTION = '<domain: "local", opset_import: ["" : 17]> f (a, b) => (c) { c = MatMul (a, b) }'
SUM = '<domain: "local", opset_import: ["" : 17]> f (a, b) => (c) { c = Add (a, b) }'
UNPACKED = "g (float[4,3] x) => (float[4,1,3] y) <int64[1] a = {1}> { y = Unsqueeze (x, a) }"
VENDOR = " ".join(f"a{i + 1} = com.example.Own (a{i})" for i in range(26))
ONE_CAUSE = {
    "an operand that nothing makes": (
        "g (float[1,3,8,8] x) => (float[1,4,6,6] y) { c = Conv (x, w) y = Relu (c) }",
        "ONX001",
    ),
    "an output that nothing makes": (
        "g (float[4] x) => (float[4] y, float[4] z) { y = Relu (x) }", "ONX001",
    ),
    "a value made twice": (
        "g (float[4] x) => (float[4] y) { y = Relu (x) y = Neg (x) }", "ONX002",
    ),
    "an input made anew": (
        "g (float[4] x) => (float[4] y) { x = Neg (x) y = Relu (x) }", "ONX002",
    ),
    "a value that a branch makes anew": (
        ("g (bool c, float[4] x) => (float[4] y) { y = If (c) <then_branch = a () => (float[4] p) "
        "{ x = Relu (x) p = Neg (x) }, else_branch = b () => (float[4] q) { q = Neg (x) }> }"),
        "ONX002",
    ),
    "an operand left out": (
        "g (float[2,3] x, float[3,4] w) => (float[2,4] y) { y = MatMul (x) }", "ONX004",
    ),
    "an operand misspelt": (
        "g (float[4] x, float[4] input) => (float[4] y) { y = Add (x, inputs) }", "ONX001",
    ),
    "an input that nothing reads, beside a breach that explains none": (
        "g (float[4] x, float[4] z) => (float[4] y) { y = LeakyRelu <alpha = 1> (x) }",
        "ONX005 STR015",
    ),
    "bounds the wrong way round": (
        ("g (float[4] x) => (float[4] y) <float a = {6}, float b = {0}> { y = Clip (x, a, b) }"),
        "NUM010",
    ),
    "a cycle": (
        "g (float[4] x) => (float[4] y) { a = Add (x, b) b = Elu (a) y = Relu (b) }", "ONX003",
    ),
    "an operator of ai.onnx that is none": (
        "g (float[4] x) => (float[4] y) { a = Rely (x) b = Rely (a) y = Neg (b) }", "ONX006",
    ),
    "an operator of a vendor, many times": (
        f"g (float[4] a0) => (float[4] y) {{ {VENDOR} y = Neg (a26) }}",
        "TRU001",
    ),
    "an attribute of another type": (
        "g (float[4] x) => (float[4] y) { y = LeakyRelu <alpha = 1> (x) }", "ONX005",
    ),
    "operands of two types": (
        "g (float[4] x, int64[4] z) => (float[4] y) { y = Add (x, z) }", "ONX008",
    ),
    "sizes that do not fit": (
        "g (float[2,3] x, float[2,4] z) => (float[2,3] y) { y = Add (x, z) }", "ONX013",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_CAUSE)
def test_one_finding(name: str) -> None:
    graph, rule = ONE_CAUSE[name]
    found = [f for f in lint(facts(graph), RULES) if f.severity != "info"]
    assert [f.rule for f in found] == rule.split()


def test_bounds_as_attributes_the_wrong_way_round_are_one_finding() -> None:
    model = parse("g (float[4] x) => (float[4] y) { y = Clip <min = 6.0, max = 0.0> (x) }")
    model.opset_import[0].version = 9
    found = [f for f in lint(facts_of(model), RULES) if f.severity != "info"]
    assert [f.rule for f in found] == ["NUM010"]


@pytest.mark.parametrize("dims", [[5, 2], [-4, 2]], ids=str)
def test_what_reads_a_broken_tensor_is_not_found_as_well(dims: list[int]) -> None:
    graph = """g (float[1,4] x) => (float[1,2] y) <float[4,2] w = {1, 2, 3, 4, 5, 6, 7, 8}> {
      h = MatMul (x, w)
      y = Relu (h)
    }"""
    model = parse(graph)
    model.graph.initializer[0].dims[:] = dims
    assert [f.rule for f in lint(facts_of(model), RULES) if f.severity != "info"] == ["ONX012"]


def test_what_is_broken_beside_a_broken_tensor_is_found_too() -> None:
    graph = """g (float[1,4] x) => (float[1,2] y, float[4] z)
      <float[4,2] w = {1, 2, 3, 4, 5, 6, 7, 8}, float[3] v = {1, 2, 3}> {
      y = MatMul (x, w)
      z = Add (x, v)
    }"""
    model = parse(graph)
    model.graph.initializer[0].dims[0] = 5
    found = {f.rule for f in lint(facts_of(model), RULES) if f.severity != "info"}
    assert found == {"ONX012", "ONX013"}


@pytest.mark.parametrize(
    ("versions", "rule"),
    [([], "ONX007"), ([0], "ONX007"), ([17, 11], "GRF001"), ([11], "ONX004"), ([9999], "GRF001")],
    ids=str,
)
def test_operators_are_not_judged_by_a_version_that_is_not_known(
    versions: list[int], rule: str
) -> None:
    model = parse(UNPACKED)
    del model.opset_import[:]
    model.opset_import.extend(onnx.helper.make_opsetid("", version) for version in versions)
    found = [f.rule for f in lint(facts_of(model), RULES) if f.severity != "info"]
    assert found == [rule]


@pytest.mark.parametrize(
    ("functions", "arguments"),
    [
        (SUM + FUNCTION, "x, w"),
        (FUNCTION, "x"),
        (FUNCTION, "x, w, w"),
        (FUNCTION.replace('"" : 17', '"com.example" : 1'), "x, w"),
    ],
    ids=["defined twice", "too few operands", "too many", "no version"],
)
def test_a_function_that_is_stated_or_called_wrongly_is_one_finding(
    functions: str, arguments: str
) -> None:
    graph = f"g (float[2,3] x, float[3,4] w) => (float[2,4] y) {{ y = local.f ({arguments}) }}"
    found = lint(facts_of(parse(graph, functions=functions)), RULES)
    assert [f.rule for f in found if f.severity != "info"] == ["ONX011"]


def test_a_misspelt_name_is_suggested() -> None:
    (breach,) = facts("g (float[4] inputs) => (float[4] y) { y = Relu (input) }").breaches
    assert "did you mean 'inputs'?" in breach.remedy


def test_what_only_an_assumed_size_breaks_is_no_error() -> None:
    graph = "g (float[1,3,H,8] x, float[1,3,7,8] z) => (float[1,3,N,8] y) { y = Add (x, z) }"
    (breach,) = facts(graph).breaches
    assert (breach.code, breach.grave) == ("assumed-size", False)
    (breach,) = facts(graph, dims={"H": 5}).breaches
    assert breach.grave


def test_what_is_broken_whatever_the_sizes_is_an_error_though_they_are_assumed() -> None:
    graph = "g (float[N,4,H,8] x, float[8,3,3,3] w) => (float[N,8,P,6] y) { y = Conv (x, w) }"
    assert [breach.grave for breach in facts(graph).breaches] == [True]


def test_the_checker_sees_no_weights_and_wants_no_shapes() -> None:
    model = parse("g (float[4096] x) => (float[4096] y) { y = Add (x, w) }")
    weights = np.zeros(4096, np.float32)
    model.graph.initializer.append(numpy_helper.from_array(weights, "w"))
    model.graph.output[0].type.tensor_type.ClearField("shape")
    assert facts_of(model).breaches == ()


def test_the_checker_knows_what_nothing_else_says() -> None:
    model = parse("g (float[4] x) => (float[4] y) { y = LeakyRelu <alpha = 0.5> (x) }")
    model.graph.node[0].attribute[0].i = 3
    (breach,) = facts_of(model).breaches
    assert (breach.code, breach.family, breach.grave) == ("checker", "attribute", True)


def test_a_checker_that_dies_makes_the_outcome_inconclusive_and_costs_no_shapes() -> None:
    model = parse("g (float[4] x) => (float[N] y) { y = Relu (x) }")
    program = build_program(model, {"": 17})

    def dies() -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    shapes = infer_shapes(program, Bindings(), check=dies)
    assert [(p.code, p.inconclusive) for p in shapes.problems] == [("checker-crashed", True)]
    assert shapes.main.types["y"].shape == (4,)


def test_external_tensors_are_empty_for_the_checker() -> None:
    model = parse("g (float[4] x) => (float[4] y) { y = Add (x, w) }")
    model.graph.initializer.append(
        TensorProto(name="w", data_type=1, dims=[4], data_location=TensorProto.EXTERNAL)
    )
    assert check_structure(onnx.ModelProto.FromString(model.SerializeToString())) == ""


def test_an_attribute_of_a_later_version_of_constant_is_one_finding() -> None:
    model = parse("g (float[4] x) => (float[4] y) { y = Relu (x) c = Constant <value_int = 1> () }")
    model.opset_import[0].version = 9
    found = [f for f in lint(facts_of(model), RULES) if f.severity == "error"]
    assert [f.rule for f in found] == ["ONX005"]
    assert "import version 12" in found[0].message


def test_elements_in_the_field_of_another_type_are_one_finding() -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Add (x, w) }")
    model.graph.initializer.add(name="w", data_type=TensorProto.FLOAT, dims=[2]).int32_data.extend(
        [1, 2]
    )
    found = [f.rule for f in lint(facts_of(model), RULES) if f.severity in ("error", "warning")]
    assert found == ["ONX012"]


@pytest.mark.parametrize(
    ("code", "grave", "family", "where", "left"),
    [
        ("shape-inference", True, "type", "y", False),
        ("malformed-node", False, "operand", "y", False),
        ("shape-inference", False, "type", "y", True),
        ("shape-inference", True, "type", "z", True),
        ("recursive-function", True, "type", "y", True),
    ],
)
def test_what_follows_from_a_breach_at_the_same_place_is_not_said_besides(
    code: str, grave: bool, family: str, where: str, left: bool
) -> None:
    problem = Problem(code, "y", "what shape inference says")
    breach = Breach("any", family, where, "what is wrong", "what to do", grave)
    assert unexplained([problem], [breach]) == ((problem,) if left else ())


def test_which_families_follow_from_a_version_and_which_from_a_tensor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    families = (
        "arity", "assumption", "attribute", "declaration", "function", "name", "operand", "type",
    )  # fmt: skip
    found = [Breach("any", family, "f/y", "what is wrong", "what to do") for family in families]

    def gone(*causes: Breach, problems: tuple[Problem, ...] = ()) -> set[str]:
        left = causes_of.without_consequences([*causes, *found], cast("Any", None), problems)
        return {*families} - {breach.family for breach in left[len(causes) :]}

    monkeypatch.setattr(causes_of, "_behind", lambda *_: {"z"})
    by_version = {"arity", "assumption", "attribute", "operand", "type"}
    for code in ("missing-opset", "unknown-opset", "duplicate-opset"):
        assert gone(Breach(code, "opset", "", "", "")) == by_version, code
        assert gone(problems=(Problem(code, "", ""),)) == by_version, code
        assert gone(problems=(Problem(code, "x", ""),)) == set(), "of a part of the model"
    for code in ("duplicate-function", "function-without-opset"):
        assert gone(Breach(code, "function", "f", "", "")) == by_version, code
        assert gone(Breach(code, "function", "g", "", "")) == set(), code
    monkeypatch.setattr(causes_of, "_behind", lambda *_: {"f/y"})
    assert gone() == {"assumption", "declaration", "operand"}


def test_a_name_of_100_letters_may_have_been_meant_to_be_one_of_2000_others() -> None:
    meant = "; did you mean 'kernel'?"
    for others, more in ((1999, meant), (2000, "")):
        known = [*(f"{n}" for n in range(others)), "kernel"]
        assert names_of._suggestion("kernle", known, "correct it") == f"correct it{more}"
    for letters, other, is_meant in ((100, 100, True), (101, 99, False), (99, 101, False)):
        told = names_of._suggestion("a" * letters, ["a" * other], "")
        assert told.startswith("; did you mean ") is is_meant


def test_operators_of_another_version_are_one_breach_that_says_how_many() -> None:
    body = ("c = Squeeze (a)", "d = Unsqueeze <axes = [0]> (c)", "e = Softmax (d)")
    told = []
    for some in (body[:1], body[:2], body[:3]):
        last = (*some, f"b = Elu ({'cde'[len(some) - 1]})")
        function = f'<domain: "local", opset_import: ["" : 12]> f (a) => (b) {{ {" ".join(last)} }}'
        model = parse(f"g (float[1,4] x) => (float[N,M] y) {{ y = local.f (x) }} {function}")
        told += [b.message for b in facts_of(model).breaches if b.code == "function-opset"]
    ends = [message.partition("(version ")[2] for message in told]
    more = "more operator", "more operators"
    assert ends == ["17)", *(f"17); {n} {more[n - 1]} of another version" for n in (1, 2))]
