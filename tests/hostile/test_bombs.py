"""Small files that ask for much: what they may cost is limited, and hitting a limit is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from onnx import ModelProto, TensorProto, helper

from analyzer.analyze import analyze
from analyzer.cli.main import run
from analyzer.errors import ModelError
from analyzer.facts import Facts
from analyzer.findings.finding import Finding
from analyzer.lint import lint
from analyzer.model import Limits, load
from analyzer.report import CHECK_FORMATS, INSPECT_FORMATS
from analyzer.report.result import Batch, Options, Result
from analyzer.scaling import symbolic
from analyzer.shapes.instance import Shapes
from analyzer.shapes.run import infer_shapes
from tests.fuzz import promises
from tests.fuzz.promises import keep, rules
from tests.golden.text import parse
from tests.hostile.models import edited, serialised, text, wired
from tests.model import wirebytes as wb
from tests.unguarded import unguarded

LONG = "n" * 200_000
MANY = 100


def judged(data: bytes, limits: Limits = Limits()) -> Facts:
    return analyze(load(data), limits=limits)


def codes(facts: Facts) -> list[str]:
    return [p.code for p in facts.problems if p.inconclusive]


def sums(operators: int) -> bytes:
    """A chain of additions of 4,096 numbers each, all of them constants."""
    nodes = [("Add", f"t{i} t{i}", f"t{i + 1}") for i in range(operators)]
    model = ModelProto.FromString(wired(*nodes, outputs=f"t{operators}"))
    model.graph.initializer.append(helper.make_tensor("t0", TensorProto.INT64, [4096], [0] * 4096))
    return serialised(model)


def test_what_is_computed_from_constants_is_limited_in_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = Limits(folded_bytes=4 << 20)
    facts = judged(sums(150), limits)
    assert codes(facts) == ["folding-limit"]
    assert "(limit folded_bytes = 4,194,304)" in facts.problems[0].message
    assert facts.outputs[0].shape == (4096,)
    assert codes(judged(sums(115), limits)) == []
    monkeypatch.setattr(promises, "LIMITS", replace(promises.LIMITS, folded_bytes=1 << 20))
    assert keep(sums(40)) == "inconclusive"


def long_scope(kind: str) -> bytes:
    """``MANY`` operators in a body or function with a name of 200,000 characters."""
    steps = " ".join(f"t{i} = Relu (x)" for i in range(MANY))
    if kind == "function":
        body = f'<domain: "local", opset_import: ["" : 17]> f (x) => (t0) {{ {steps} }}'
        model = ModelProto.FromString(
            text("g (float[2] x) => (float[2] y) { y = local.f (x) }", body)
        )
        model.graph.node[0].op_type = model.functions[0].name = LONG
        return serialised(model)
    model = parse(
        f"""g (float[2] x, bool c) => (float[2] y) {{
          y = If (c) <
            then_branch = t () => (float[2] t0) {{ {steps} }},
            else_branch = e () => (float[2] n) {{ n = Neg (x) }}
          >
        }}"""
    )
    model.graph.node[0].output[0] = model.graph.output[0].name = LONG
    return serialised(model)


@pytest.mark.parametrize("kind", ["body", "function"])
def test_long_names_of_scopes_are_not_repeated_by_every_operator_inside(kind: str) -> None:
    data = long_scope(kind)
    facts = judged(data)
    assert len(facts.nodes) > MANY
    assert len({n.id for n in facts.nodes}) == len(facts.nodes)
    assert max(len(n.scope) for n in facts.nodes) < 1_000
    assert sum(len(n.id) for n in facts.nodes) < 2 * len(data) + 1_000 * MANY
    assert keep(data) in {"clean", "findings"}


def test_bodies_with_long_names_keep_apart() -> None:
    """Their paths are shortened, but differ where the names do."""
    step = "y{n} = If (c) < then_branch = t () => (float[2] t) { t = Relu (x) } >"
    model = parse(
        "g (float[2] x, bool c) => (float[2] y1) {"
        + "".join(step.replace("{n}", str(n)) for n in range(3))
        + "}"
    )
    for n, node in enumerate(model.graph.node):
        node.output[0] = "a" * 400 + str(n) + "a" * 400
    facts = judged(serialised(model))
    assert len({n.scope for n in facts.nodes}) == 4
    assert [n.op_type for n in facts.nodes if n.scope] == ["Relu"] * 3


@pytest.mark.parametrize("place", ["input", "dimension"])
def test_long_names_in_assumptions_are_not_repeated_by_every_operator(place: str) -> None:
    steps = " ".join(f"t{i} = MatMul (x, x)" for i in range(MANY))
    model = parse(f"g (float[N,N] x) => (float[N,N] t0) {{ {steps} }}")
    if place == "input":
        model.graph.input[0].name = LONG
        for node in model.graph.node:
            node.input[0] = node.input[1] = "b"
        model.graph.node.insert(0, helper.make_node("Relu", [LONG], ["b"]))
    else:
        for dim in model.graph.input[0].type.tensor_type.shape.dim:
            dim.dim_param = LONG
    facts = judged(serialised(model))
    assert {n.cost.certainty.value for n in facts.nodes if n.macs} == {"assumed"}
    shown = INSPECT_FORMATS["json"](Result(facts), Options())
    assert len(shown) < 20 * len(LONG) + 1_500 * MANY


def test_outputs_that_are_named_like_numbered_duplicates() -> None:
    """Numbering one more ``y`` must not go through all of ``y#2``, ``y#2#2``, … by recursion."""
    names = ["y" + "#2" * n for n in range(1_200)]
    data = wired(*[("Relu", "x", name) for name in [*names, "y", "y", "y#2"]])
    ids = [n.id for n in judged(data).nodes]
    assert len(ids) == len(set(ids)) == 1_203
    assert set(names) < set(ids)
    assert keep(wired(*[("Relu", "x", y) for y in [*names[:99], "y", "y", "y#2"]])) == "findings"


def test_attributes_that_are_none_are_one_problem_a_node() -> None:
    node = wb.node(wb.blob(2, b"y"), wb.blob(4, b"Relu"), wb.blob(5) * 30_000)
    facts = judged(wb.model(node))
    assert codes(facts) == ["attribute-type"]
    assert "and so were 29,999 more" in facts.problems[0].message


def test_problems_that_only_analysis_sees_are_counted_and_not_all_listed() -> None:
    node = wb.node(wb.blob(2, b"y"), wb.blob(4, b"Relu"), wb.blob(5))
    facts = judged(wb.model(node * 900), Limits(problems=10))
    assert len(facts.problems) == 11
    assert facts.problems[-1].code == "more-problems"


def open_inputs(count: int) -> bytes:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    for n in range(count):
        made = helper.make_tensor_value_info(f"i{n}", TensorProto.FLOAT, [f"a{n}", 3])
        model.graph.input.append(made)
    return serialised(model)


def test_open_dimensions_beyond_the_limit_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = judged(open_inputs(30), Limits(assumptions=20))
    assert len(facts.assumptions) == 20
    assert codes(facts) == ["assumption-limit"]
    assert "(limit assumptions = 20)" in facts.problems[0].message
    assert facts.inputs[20].shape == (1, 3)
    assert facts.inputs[21].shape == (None, 3)
    assert codes(judged(open_inputs(30))) == []
    monkeypatch.setattr(promises, "LIMITS", replace(promises.LIMITS, assumptions=100))
    assert keep(open_inputs(110)) == "inconclusive"


def test_growth_is_not_studied_for_thousands_of_dimensions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[object] = []

    def infer(*arguments: Any, **more: Any) -> Shapes:
        tried.append(arguments)
        return infer_shapes(*arguments, **more)

    monkeypatch.setattr(symbolic, "infer_shapes", infer)
    monkeypatch.setattr(symbolic, "MAX_WORK", 5_000)
    with unguarded():
        found = symbolic.symbolic_growth(load(open_inputs(60)))
    assert len(tried) < 30
    assert [g.kind for g in found] == ["constant"] * 2 + ["unknown"] * 58
    says = "1 operators are too many to try sizes for more than 2 dimensions"
    assert {g.reason for g in found[2:]} == {says}


def test_growth_is_not_studied_for_what_functions_expand_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """61 operators in the file, 101 with the second size of the function's input."""
    steps = " ".join(f"t{i} = Relu (x)" for i in range(50))
    body = f'<domain: "local", opset_import: ["" : 17]> f (x) => (t0) {{ {steps} }}'
    graph = """g (float[N,2] x) => (float[A,B] y) {
        a = Concat <axis = 0> (x, x)  b = local.f (x)  y = local.f (a) }"""
    model = load(text(graph, body))
    assert [g.kind for g in symbolic.symbolic_growth(model)] == ["constant"]
    monkeypatch.setattr(symbolic, "MAX_OPERATORS", 99)
    (growth,) = symbolic.symbolic_growth(model)
    assert growth.reason == "103 operators; up to 99 are analysed at several sizes"


def test_operators_with_many_operands_or_long_names_expand_to_less() -> None:
    """One operator of 1,000 operands counts as 251, a name of 200,000 characters as 3,126."""
    for wide, long in ((1_000, "y"), (1, LONG)):
        model = parse(
            "g (float[2] x) => (float[2] y) { " + " ".join(
                f"t{i} = local.f <a = {i}> (x)" for i in range(90)) + " y = Relu (x) }",
            functions='<domain: "local", opset_import: ["" : 17]> f <a> (x) => (y) { y = Sum (x) }',
        )  # fmt: skip
        function = model.functions[0]
        function.node[0].input[:] = ["x"] * wide
        function.node[0].output[0] = function.output[0] = long
        facts = judged(serialised(model))
        assert codes(facts) == ["work-limit"]
        assert sum(n.op_type == "Sum" for n in facts.nodes) < 90


def test_an_input_that_is_listed_many_times_is_bound_once() -> None:
    def repeat(model: ModelProto) -> None:
        shape = model.graph.input[0].type.tensor_type.shape
        shape.dim[0].dim_param = "N"
        model.graph.input.extend([model.graph.input[0]] * 500)

    assert len(judged(edited(repeat)).assumptions) == 1


SMALL = Limits(operands=40_000, values=20_000, nodes=6_000, tensors=20_000, fields=200_000)


@pytest.mark.parametrize(
    ("limit", "make"),
    [
        ("operands", lambda: wired(("Relu", "x", "a"), ("Concat", "a " * 50_000, "y"))),
        ("values", lambda: wb.model(wb.blob(13) * 30_000)),
        ("nodes", lambda: wb.model(wb.node() * 15_000)),
        ("tensors", lambda: wb.model(wb.initializer() * 25_000)),
        ("fields", lambda: wb.model(wb.node(wb.blob(5) * 50_000))),
        ("fields", lambda: wb.model(wb.node(wb.blob(9) * 210_000))),
        ("fields", lambda: wb.model(wb.node(wb.blob(5, wb.blob(11) * 80_000)))),
        ("fields", lambda: wb.model() + wb.blob(8) * 210_000),
    ],
)
def test_too_much_of_anything_is_refused(
    limit: str, make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most limits are a tenth here; tests/model has files of 10 MB at their defaults."""
    data = make()
    with pytest.raises(ModelError, match=rf"\(limit {limit} = [0-9,]+\); raise that limit"):
        analyze(load(data, limits=SMALL), limits=SMALL)
    monkeypatch.setattr(promises, "LIMITS", SMALL)
    assert keep(data) == "inconclusive"


def test_functions_that_expand_are_limited() -> None:
    """A hundred input shapes of a function of 900 operators."""
    steps = " ".join(f"t{i} = Relu (x)" for i in range(900))
    calls = " ".join(
        f"c{i + 1} = Concat <axis = 0> (c{i}, c0)  r{i} = local.f (c{i})" for i in range(100)
    )
    body = f'<domain: "local", opset_import: ["" : 17]> f (x) => (t0) {{ {steps} }}'
    data = text(f"g (float[2] c0) => (float[2] r0) {{ {calls} }}", body)
    facts = judged(data, Limits(visits=3_000))
    assert codes(facts) == ["work-limit"]
    assert len(facts.nodes) < 5_000


UNCOUNTED = text(
    "g (float[] x, float[] w) => (float[] y0) "
    f"{{ {' '.join(f'y{i} = MatMul (y{i + 1}, w)' for i in range(29))} y29 = MatMul (x, w) }}"
)


def test_text_lists_so_many_findings_of_a_rule_and_counts_the_rest() -> None:
    facts = judged(UNCOUNTED)
    batch = Batch((Result(facts, _findings(facts)),))
    lines = CHECK_FORMATS["text"](batch, Options(text_rows=7)).decode().splitlines()
    assert sum("GRF002" in line and "more findings" not in line for line in lines) == 7
    (rest,) = [line for line in lines if "more findings" in line]
    assert "and 23 more findings of GRF002 (limit text_rows = 7); JSON" in rest
    (annotation,) = CHECK_FORMATS["github"](batch, Options()).decode().splitlines()
    assert annotation.endswith("%0Aand 29 more findings of this rule")
    whole = json.loads(CHECK_FORMATS["json"](batch, Options(text_rows=7)))
    assert sum(f["rule"] == "GRF002" for f in whole["models"][0]["findings"]) == 30


def _findings(facts: Facts) -> tuple[Finding, ...]:
    return tuple(f for f in lint(facts, rules()) if f.rule == "GRF002")


def test_the_limit_on_findings_can_be_set(
    tmp_path: object, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    with open("m.onnx", "wb") as file:
        file.write(UNCOUNTED)
    assert run(["check", "m.onnx", "--no-config", "--limit", "text_rows=2"]) == 0
    assert "and 28 more findings of GRF002 (limit text_rows = 2)" in capfd.readouterr().out
