"""Which operators a runtime is left with, what feeds what, and the body that it puts in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.graph.program import build_program
from analyzer.model.limits import Limits
from analyzer.shapes.infer import Inference
from analyzer.shapes.stated import Bindings
from analyzer.targets import branching, lowering
from analyzer.targets.flow import Dataflow, Manner, TooMany
from analyzer.targets.functions import Bodies, Pending, written_for
from analyzer.targets.lowering import flow_of
from analyzer.targets.use import TensorValue, Use
from tests.each import each
from tests.targets.asking import model
from tests.targets.calls import call

PLAIN = Manner(host=False)


def flow(text: str, manner: Manner = PLAIN) -> Dataflow:
    proto = model(text)
    program = build_program(proto, {o.domain: o.version for o in proto.opset_import})
    return flow_of(program, Inference(program, Bindings(assume=False)).run(), manner)


def told(found: Dataflow) -> tuple[str, str, str, str]:
    """Operators with what feeds them, by graph; those that end it; those that are gone."""
    uses = [use.op_type for use in found.uses]
    graphs = " | ".join(
        " ".join(f"{uses[i]}{list(found.before[i])}".replace(" ", "") for i in graph)
        for graph in found.graphs
    )
    ends = " ".join(uses[i] for i in sorted(found.ends))
    return graphs, "".join(map(str, found.home)), ends, " ".join(use.op_type for use in found.gone)


IF = """y = If (c) <then_branch = t () => (float[2] p) { p = Relu (x) },
                    else_branch = e () => (float[2] q) { n = Neg (x) q = Abs (n) }>"""
G = "g (float[2] x) => (float[2] y)"
TWO = ("G <float[2] v = {1, 2}, float[2] w = {1, 2}> "
       "{ a = Mul (x, v) b = Mul (x, w) y = Add (a, b) }")  # fmt: skip
CASES = {
    "a chain": ("G { a = Neg (x) y = Relu (a) }", PLAIN,
                ("Neg[] Relu[0]", "00", "Relu", "")),
    "two readers": ("G { a = Neg (x) b = Relu (a) y = Add (a, b) }", PLAIN,
                    ("Neg[] Relu[0] Add[0,1]", "000", "Add", "")),
    "two results": ("g (float[2] x) => (float[2] a, float[2] y) { a = Neg (x) y = Relu (a) }",
                    PLAIN,
                    ("Neg[] Relu[0]", "00", "Neg Relu", "")),
    "a constant is folded": (
        "G <float[2] w = {1, 2}> { a = Neg (w) y = Add (x, a) }", PLAIN,
        ("Add[]", "0", "Add", "Neg")),
    "and stays where nobody folds": (
        "G <float[2] w = {1, 2}> { a = Neg (w) y = Add (x, a) }",
        Manner(host=False, fold=False), ("Neg[] Add[0]", "00", "Add", "")),
    "a Constant is no operator": (
        "G { c = Constant <value = float[2] {1, 2}> () y = Add (x, c) }",
        PLAIN, ("Add[]", "0", "Add", "")),
    "bodies are graphs": (
        f"g (float[2] x, bool c) => (float[2] y) {{ {IF} }}", PLAIN,
        ("If[] | Relu[] | Neg[] Abs[1]", "1220", "Relu Abs If", "")),
    "what a body reads feeds its operator": (
        f"g (float[2] z, bool c) => (float[2] y) {{ x = Sin (z) {IF} }}", PLAIN,
        ("Sin[] If[0] | Relu[] | Neg[] Abs[2]", "01220", "Relu Abs If", "")),
    "a known branch takes the place": (
        f"G <bool c = {{0}}> {{ {IF} }}", PLAIN,
        ("Neg[] Abs[0]", "00", "", "")),
    "and what reads its result reads what made it": (
        f"G <bool c = {{0}}> {{ {IF.replace('y =', 'z =')} y = Sin (z) }}", PLAIN,
        ("Neg[] Abs[0] Sin[1]", "000", "Sin", "")),
    "the other one": (
        f"G <bool c = {{1}}> {{ {IF} }}", PLAIN, ("Relu[]", "0", "", "")),
    "and is kept where nobody folds": (
        f"G <bool c = {{1}}> {{ {IF} }}", Manner(host=False, fold=False),
        ("If[] | Relu[] | Neg[] Abs[1]", "1220", "Relu Abs If", "")),
    "an Identity is dropped by a host": (
        "G { a = Neg (x) b = Identity (a) y = Relu (b) }", Manner(),
        ("Neg[] Relu[0]", "00", "Relu", "Identity")),
    "not where it makes a result": (
        "G { a = Neg (x) y = Identity (a) }", Manner(),
        ("Neg[] Identity[0]", "00", "Identity", "")),
    "nor by others": (
        "G { a = Neg (x) b = Identity (a) y = Relu (b) }", PLAIN,
        ("Neg[] Identity[0] Relu[1]", "000", "Relu", "")),
    "equal operators are one": (
        "G { a = Neg (x) b = Neg (x) y = Add (a, b) }", Manner(),
        ("Neg[] Add[0]", "00", "Add", "Neg")),
    "equal constants make equal operators": (
        TWO,
        Manner(),
        ("Mul[] Add[0]", "00", "Add", "Mul")),
    "other constants do not": (
        TWO.replace("w = {1, 2}", "w = {1, 3}"),
        Manner(),
        ("Mul[] Mul[] Add[0,1]", "000", "Add", "")),
    "a scale that makes a result makes a convolution one": (
        ("g (float[1,1,2,2] x) => (float[1,2,2,2] y) <float[2,1,1,1] w = {1, 2}, "
        "float[2,1,1] k = {1, 2}> { c = Conv (x, w) y = Mul (c, k) }"), Manner(),
        ("Conv[]", "0", "Conv", "Mul")),
    "one that does not makes none": (
        ("g (float[1,1,2,2] x) => (float[1,2,2,2] y) <float[2,1,1,1] w = {1, 2}, "
        "float[2,1,1] k = {1, 2}> { c = Conv (x, w) s = Mul (c, k) y = Relu (s) }"), Manner(),
        ("Conv[] Relu[0]", "00", "Relu", "Mul")),
    "an operator without operands": (
        "G { r = RandomNormal <shape = [2]> () y = Add (x, r) }", Manner(),
        ("RandomNormal[] Add[0]", "00", "Add", "")),
}  # fmt: skip


@each("name", CASES)
def test_what_is_left_and_what_feeds_it(name: str) -> None:
    text, manner, expected = CASES[name]
    assert told(flow(text.replace("G ", f"{G} ", 1), manner)) == expected


CALLED = """<ir_version: 8, opset_import: ["" : 17, "own" : 1]>
g (float[2] x) => (float[2] y) { a = Neg (x) y = own.F (a) }
<domain: "own", opset_import: ["" : 17]> F (p) => (r) { q = Relu (p) r = Abs (q) }"""


def test_a_local_function_is_its_body_or_one_operator() -> None:
    assert told(flow(CALLED)) == ("Neg[] Relu[0] Abs[1]", "000", "", "")
    whole = flow(CALLED, Manner(host=False, inline=False))
    assert told(whole) == ("Neg[] F[0]", "00", "F", "")
    assert [use.local for use in whole.uses] == [False, True]
    assert [use.site for use in flow(CALLED).uses] == ["a", "own.F/q", "own.F/r"]


def test_an_attribute_that_a_call_does_not_give_is_not_stated() -> None:
    text = """<ir_version: 8, opset_import: ["" : 17, "own" : 1]>
    g (float[2,2] x) => (float[2,2] y) {{ y = own.F {} (x) }} <domain: "own", opset_import:
    ["" : 17]> F <k> (p) => (r) {{ q = LeakyRelu <alpha: float = @k> (p)
    r = Gemm <alpha: float = @k, transB = 1> (q, p) }}"""
    for given, first, second in (
        ("", {}, {"transB": 1}), ("<k = 0.5>", {"alpha": 0.5}, {"alpha": 0.5, "transB": 1}),
    ):  # fmt: skip
        assert [use.attributes for use in flow(text.format(given)).uses] == [first, second]


def test_what_is_stored_is_constant_and_known_as_far_as_it_is_small() -> None:
    def read(array: Any, *, sparse: bool = False, node: bool = False) -> TensorValue | None:
        ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, array.shape) for n in "xy"]
        held = numpy_helper.from_array(array, "c")
        nodes = [helper.make_node("Constant", [], ["c"], value=held)] if node else []
        nodes.append(helper.make_node("Add", ["x", "c"], ["y"]))
        graph = helper.make_graph(nodes, "g", ends[:1], ends[1:],
                                  [] if node or sparse else [held])  # fmt: skip
        if sparse:
            places = numpy_helper.from_array(np.arange(array.size), "")
            graph.sparse_initializer.append(helper.make_sparse_tensor(held, places, array.shape))
        proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        program = build_program(proto, {"": 17})
        found = flow_of(program, Inference(program, Bindings(assume=False)).run(), PLAIN)
        (use,) = found.uses
        return use.input(1)

    small, large = np.arange(3, dtype=np.float32), np.ones(5000, np.float32)
    for array in (small, large):
        for options in ({}, {"node": True}, {"sparse": True}):
            value = read(array, **options)
            assert value is not None
            assert value.constant is True, options
            known = None if value.content is None else value.content.tolist()
            assert known == (None if array is large or "sparse" in options else [0, 1, 2])
            assert "sparse" in options or (value.dtype, value.shape) == ("f32", array.shape)


def test_functions_may_not_expand_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lowering, "MOST", 0)
    many = CALLED.replace("y = own.F (a)", "b = own.F (a) c = own.F (b) y = own.F (c)")
    with pytest.raises(TooMany):
        flow(many)
    monkeypatch.setattr(lowering, "MOST", 2)
    assert len(flow(many).uses) == 7


def body(text: str, ir: int = 8) -> tuple[Bodies, Use]:
    found = flow(text, Manner(host=False, fold=False))
    return Bodies({"": 18}, ir, Limits()), found.uses[-1]


SOFTPLUS = (
    '<ir_version: 8, opset_import: ["" : 18]> g (float[2] x) => (float[2] y) { y = Softplus (x) }'
)


def test_a_body_is_asked_for_once_and_then_known() -> None:
    bodies, use = body(SOFTPLUS)
    with pytest.raises(Pending):
        bodies.of(use)
    assert list(bodies.waiting) == [(use.key(), 18)]
    bodies.resolve()
    assert (bodies.waiting, bodies.complete) == ({}, True)
    found = bodies.of(use)
    assert found is not None
    assert [each.op_type for each in found] == ["Exp", "CastLike", "Add", "Log"]
    bodies.resolve()
    assert bodies.of(use) is found


def test_more_bodies_than_are_expanded_are_none() -> None:
    for known, complete in ((1999, True), (2000, False)):
        bodies, use = body(SOFTPLUS)
        others: Any = dict.fromkeys(range(known))
        bodies.known.update(others)
        with pytest.raises(Pending):
            bodies.of(use)
        bodies.resolve()
        assert (bodies.complete, bodies.of(use) is None) == (complete, not complete)


@pytest.mark.parametrize(
    ("op", "opset", "domain", "written"),
    [
        ("Softplus", 17, "", None),
        ("Softplus", 18, "", 18),
        ("Relu", 13, "", None),
        ("Relu", 18, "", 18),
        ("Nothing", 18, "", None),
        ("Conv", 18, "", None),
        ("LayerNormalization", 16, "", None),
        ("Softplus", 18, "own", None),
    ],
)
def test_for_which_opset_a_body_was_written(
    op: str, opset: int, domain: str, written: int | None
) -> None:
    assert written_for(op, opset, domain) == written


def expanded(text: str) -> Any:
    bodies, use = body(f'<ir_version: 8, opset_import: ["" : 18]> {text}')
    with pytest.raises(Pending):
        bodies.of(use)
    bodies.resolve()
    found = bodies.of(use)
    return found and [each.op_type for each in found]


def test_attributes_and_operands_of_a_call_make_its_body() -> None:
    elu = "g (float[2] x) => (float[2] y) { y = Elu <alpha = 2.0> (x) }"
    assert expanded(elu)[-1] == "Where"
    clip = "g (float[2] x) => (float[2] y) <float h = {6}> { y = Clip (x, , h) }"
    assert "Where" in expanded(clip) or "Min" in expanded(clip)


def test_what_is_measured_of_a_tensor_does_not_rest_on_what_it_holds() -> None:
    given, stored, open_ = (TensorValue("bool", (), constant=c) for c in (False, True, None))
    flow = Dataflow()

    def made(op: str, *inputs: TensorValue | None) -> TensorValue:
        flow.uses.append(call(*inputs, op=op))
        return TensorValue("bool", (), maker=len(flow.uses) - 1, constant=False)

    kept, size = made("Relu", given), made("Shape", given)
    for value, rests in (
        (given, True), (stored, False), (open_, False), (None, False), (kept, True), (size, False),
        (made("Relu", kept), True), (made("Relu", size), False), (made("Relu", stored), False),
        (made("Add", kept, size), True), (made("Add", size, given), True),
        (made("Add", size, stored, None), False), (made("And", kept, size), False),
        (made("Or", stored, given), False), (made("And", kept, given), True),
        (made("Own", size, given), True), (made("Own", size), False),
        (made("Shape", made("Add", kept, kept)), False),
    ):  # fmt: skip
        assert branching.rests_on_data(value, flow) is rests
