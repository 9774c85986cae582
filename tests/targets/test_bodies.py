"""Bodies of functions as models of their own: operands, attributes, versions."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import onnx
import pytest
from onnx import AttributeProto, FunctionProto, NodeProto, TensorProto, helper, numpy_helper

from analyzer.model.guard import GuardFailure
from analyzer.model.limits import Limits
from analyzer.targets import functions
from analyzer.targets.functions import _body, _expand, _means_the_same, _model, _Request
from tests.targets.calls import MAP, call, fixed

FLOATS = helper.make_tensor_type_proto(TensorProto.FLOAT, [2]).SerializeToString()
TWO = numpy_helper.from_array(np.array(2, np.float32), "held").SerializeToString()


def request(node: NodeProto, *inputs: tuple[str, bytes, bytes], **opsets: int) -> _Request:
    versions = {"": 18, **{name.replace("_", "."): version for name, version in opsets.items()}}
    return _Request(node.SerializeToString(), node.domain, versions, inputs, 9)


def referring(name: str, to: str) -> AttributeProto:
    return AttributeProto(name=name, ref_attr_name=to, type=AttributeProto.FLOAT)


def function() -> FunctionProto:
    """Of three operands, the attribute ``alpha`` and one of its own, with an If in it."""
    inner = helper.make_node("Foo", ["X", "W", "Z"], ["t"])
    inner.attribute.extend([referring("a", "alpha"), referring("b", "beta"),
                            referring("c", "nothing"), helper.make_attribute("d", 4)])  # fmt: skip
    deep = helper.make_node("Bar", ["Z", "W"], ["s"])
    deep.attribute.append(referring("e", "alpha"))
    branch = helper.make_graph([deep], "branch", [], [])
    last = helper.make_node("If", ["t"], ["Y"], then_branch=branch)
    return helper.make_function(
        "", "Elu", ["X", "W", "Z"], ["Y"], [inner, last],
        [helper.make_opsetid("", 6), helper.make_opsetid("far", 3)],
        attributes=["alpha"], attribute_protos=[helper.make_attribute("beta", 2.0)],
    )  # fmt: skip


def held(node: NodeProto) -> dict[str, Any]:
    return {a.name: helper.get_attribute_value(a) for a in node.attribute if not a.HasField("g")}


@pytest.mark.parametrize(
    ("stated", "attributes"),
    [
        ({}, {"a": 1.0, "b": 2.0, "d": 4}),
        ({"alpha": 0.5}, {"a": 0.5, "b": 2.0, "d": 4}),
        ({"alpha": 0.5, "beta": 8.0}, {"a": 0.5, "b": 8.0, "d": 4}),
        ({"nothing": 0.25}, {"a": 1.0, "b": 2.0, "c": 0.25, "d": 4}),
    ],
)
def test_a_call_gives_its_body_attributes_and_operands(
    stated: dict[str, Any], attributes: dict[str, Any]
) -> None:
    node = helper.make_node("Elu", ["x0", "", "x2"], ["y0"], **stated)
    asked = request(node, ("x0", FLOATS, b""), ("", b"", b""), ("x2", FLOATS, TWO))
    made = _model(node, function(), asked)
    first, last = made.graph.node
    assert held(first) == attributes
    assert list(first.input) == ["X", "", "Z"]
    (inside,) = last.attribute[0].g.node
    assert (list(inside.input), held(inside)) == (["Z", ""], {"e": attributes["a"]})
    assert [value.name for value in made.graph.input] == ["X"]
    assert made.graph.input[0].type.SerializeToString() == FLOATS
    assert [(t.name, float(numpy_helper.to_array(t))) for t in made.graph.initializer] == [("Z", 2)]
    assert [value.name for value in made.graph.output] == ["Y"]
    assert {o.domain: o.version for o in made.opset_import} == {"": 18, "far": 3}
    assert (made.ir_version, made.graph.name) == (9, "Elu")


def test_operands_that_a_call_does_not_have_are_left_out_in_its_body() -> None:
    node = helper.make_node("Elu", ["x0"], ["y0"])
    made = _model(node, function(), request(node, ("x0", b"", b"")))
    assert [list(inner.input) for inner in made.graph.node] == [["X", "", ""], ["t"]]
    assert made.graph.input[0].type == onnx.TypeProto()


def test_a_body_means_what_its_operators_meant_when_it_was_written() -> None:
    for op, domain, written, opset, same in (
        ("Relu", "", 14, 18, True), ("Relu", "ai.onnx", 13, 18, False),
        ("Relu", "", 13, 13, True), ("Relu", "com.acme", 1, 18, True),
        ("Nothing", "", 18, 18, False), ("Upsample", "", 18, 18, False),
    ):  # fmt: skip
        node = helper.make_node(op, ["x"], ["y"], domain=domain)
        assert _means_the_same(node, written, opset) is same, (op, domain, written)


def test_the_body_of_a_call_is_that_of_the_standard() -> None:
    for op, opset, types in (
        ("Softplus", 18, ["Exp", "Add", "Log"]),  # written for 18: Log(Exp(x) + 1)
        ("HardSwish", 14, ["HardSigmoid", "Mul"]),
        ("Relu", 18, ["Max"]),
    ):
        node = helper.make_node(op, ["x0"], ["y0"])
        found = _body(node, opset, request(node, ("x0", FLOATS, b"")))
        inside = [] if found is None else [inner.op_type for inner in found.node]
        plain = [name for name in inside if name not in ("Constant", "CastLike")]
        assert plain == types, op
    swish = helper.make_node("HardSwish", ["x0"], ["y0"])
    uses = _expand(request(swish, ("x0", FLOATS, b"")))
    assert uses is not None
    assert [(use.op_type, use.domain) for use in uses][-2:] == [("HardSigmoid", ""), ("Mul", "")]


def test_the_body_of_some_calls_is_made_for_their_types() -> None:
    whole = helper.make_tensor_type_proto(TensorProto.INT64, [2]).SerializeToString()
    node = helper.make_node("CastLike", ["x0", "x1"], ["y0"])
    for like, kind in ((whole, TensorProto.INT64), (FLOATS, TensorProto.FLOAT)):
        found = _body(node, 18, request(node, ("x0", FLOATS, b""), ("x1", like, b"")))
        assert found is not None
        ((inner,),) = [list(found.node)]
        assert (inner.op_type, held(inner)) == ("Cast", {"to": kind})


def test_a_call_that_cannot_be_expanded_leaves_the_others_in_their_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at: list[int] = []

    def expand(request: Any) -> Any:
        if isinstance(request, Exception):
            raise request
        return request

    monkeypatch.setattr(functions, "_expand", expand)
    requests = ["one", ValueError(), TypeError(), KeyError(), RuntimeError(), None, "two"]
    progress = cast("Any", SimpleNamespace(at=at.append))
    found: list[Any] = [*functions._expand_all(cast("Any", requests), progress)]
    assert found == ["one", None, None, None, None, None, "two"]
    assert at == list(range(7))
    with pytest.raises(ZeroDivisionError):
        functions._expand_all(cast("Any", [ZeroDivisionError()]), progress)


def test_a_call_is_asked_about_with_what_it_states_and_no_reference() -> None:
    node = helper.make_node("Elu", ["a", "b", "c"], ["d", "e"])
    node.attribute.extend([helper.make_attribute("kept", 3), referring("alpha", "outer")])
    stated = {"kept": 7, "alpha": 0.5, "words": "ab", "many": (1, 2), "none": (), "held": MAP}
    use = replace(
        call(MAP, None, fixed(2.0), out=(None, MAP), op="Elu", opset=22),
        op=cast("Any", SimpleNamespace(proto=node)),
    )
    asked = functions.Bodies({"": 18, "far": 2}, 4, Limits())._request(
        replace(use, attributes=stated)
    )
    made = NodeProto.FromString(asked.node)
    assert (list(made.input), list(made.output)) == (["x0", "", "x2"], ["", "y1"])
    assert held(made) == {"kept": 3, "alpha": 0.5, "words": b"ab", "many": [1, 2]}
    assert (asked.domain, asked.opsets, asked.ir_version) == ("", {"": 22, "far": 2}, 8)
    assert [name for name, _type, _content in asked.inputs] == ["x0", "", "x2"]
    assert [bool(content) for _name, _type, content in asked.inputs] == [False, False, True]
    assert [len(node.input), len(node.attribute), len(node.output)] == [3, 2, 2]  # as it was
    assert functions.Bodies({}, 11, Limits())._request(use).ir_version == 11


def test_bodies_are_asked_for_together_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [[("one",), None], GuardFailure("crashed", "died", 0)]
    asked: list[int] = []

    def guarded(task: Any, **_about: Any) -> Any:
        asked.append(len(task.args[0]))
        return answers[len(asked) - 1]

    def stated(op: str) -> Any:
        return SimpleNamespace(proto=helper.make_node(op, ["x"], ["y"]), attributes={})

    monkeypatch.setattr(functions, "guarded", guarded)
    bodies = functions.Bodies({"": 18}, 8, Limits())
    uses = [replace(call(MAP, op=op, opset=18), op=stated(op))
            for op in ("Softplus", "HardSwish", "Celu", "Mish")]  # fmt: skip
    assert bodies.of(replace(uses[0], op_type="Conv")) is None  # it is no function
    for use in uses[:2]:
        with pytest.raises(functions.Pending):
            bodies.of(use)
    bodies.resolve()
    assert (asked, len(bodies.waiting), bodies.complete) == ([2], 0, True)
    assert [*map(bodies.of, uses[:2])] == cast("Any", [("one",), None])
    with pytest.raises(functions.Pending):
        bodies.of(uses[2])
    bodies.resolve()  # which ends in a crash: it has no body, and that is no sure answer
    assert (asked, bodies.of(uses[2]), bodies.complete) == ([2, 1], None, False)
    answers[:] = [[None]] * 9
    for most, complete in ((4, True), (3, False)):
        monkeypatch.setattr(functions, "MOST_BODIES", most)
        bodies.known.pop((uses[3].key(), 18), None)
        bodies.complete = True
        with pytest.raises(functions.Pending):
            bodies.of(uses[3])
        bodies.resolve()
        assert (bodies.of(uses[3]), bodies.complete) == (None, complete), most
    assert asked == [2, 1, 1]  # beyond the limit nobody is asked
