"""Every type of value, nested in every other, with every kind of shape, in every place: judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import onnx
import pytest
from onnx import GraphProto, TensorProto, TypeProto, helper

from analyzer.analyze import analyze
from analyzer.cli.main import run
from analyzer.facts import Facts
from analyzer.model import load
from analyzer.shapes.stated import Bindings
from tests.fuzz.promises import Depth, keep

Shape = list[int | str | None] | None

SHAPES: dict[str, Shape] = {"fixed": [2, 4], "symbolic": ["N", 4], "open": [None, None],
                            "missing": None}  # fmt: skip


def tensor(shape: Shape) -> TypeProto:
    return helper.make_tensor_type_proto(TensorProto.FLOAT, shape)


def sparse(shape: Shape) -> TypeProto:
    return helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, shape)


def mapped(value: TypeProto) -> TypeProto:
    return helper.make_map_type_proto(TensorProto.INT64, value)


WRAPPERS: dict[str, Callable[[TypeProto], TypeProto]] = {
    "bare": lambda inner: inner,
    "seq": helper.make_sequence_type_proto,
    "optional": helper.make_optional_type_proto,
    "map": mapped,
}


def types() -> Iterator[tuple[str, TypeProto]]:
    """Tensors and sparse tensors in up to two wrappers, and a type that is none."""
    for base, make in (("tensor", tensor), ("sparse", sparse)):
        for form, shape in SHAPES.items():
            for outer, wrap in WRAPPERS.items():
                yield f"{outer}-{base}-{form}", wrap(make(shape))
        for outer, wrap in list(WRAPPERS.items())[1:]:
            for inner, rewrap in list(WRAPPERS.items())[1:]:
                yield f"{outer}-{inner}-{base}", wrap(rewrap(make(SHAPES["symbolic"])))
    yield "none", TypeProto()


TYPES = dict(types())


def place(where: str, *kinds: TypeProto) -> bytes:
    """A small network with a value of each of ``kinds`` somewhere in it: ``q``, ``q1``, …"""
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", 4]) for n in "xy")
    w = helper.make_tensor("w", TensorProto.FLOAT, [4, 4], [1.0] * 16)
    yes = helper.make_tensor("c", TensorProto.BOOL, [], [1])
    three = helper.make_tensor("n", TensorProto.INT64, [], [3])
    product = helper.make_node("MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph([product], "g", [x], [y], [w, yes, three])
    for number, kind in enumerate(kinds):
        add(graph, where, kind, str(number or ""))
    model = helper.make_model(graph, ir_version=8, opset_imports=[
        helper.make_opsetid("", 17), helper.make_opsetid("my", 1)])  # fmt: skip
    if where == "function":
        imports = [helper.make_opsetid("", 17)]
        model.functions.append(
            helper.make_function(
                "my", "F", ["a"], ["b"], [helper.make_node("Identity", ["a"], ["b"])], imports
            )
        )
    data: bytes = model.SerializeToString()
    return data


def add(graph: GraphProto, where: str, kind: TypeProto, end: str) -> None:
    """One more value, whose names end in ``end``."""
    q, r, o, z = (f"{name}{end}" for name in "qroz")
    given, result = helper.make_value_info(q, kind), helper.make_value_info(r, kind)
    same = helper.make_node("Identity", [q], [r])
    if where != "declared":
        graph.input.append(given)
    if where == "passed":
        graph.output.append(result)
        graph.node.append(same)
    elif where == "multiplied":
        graph.node.append(helper.make_node("MatMul", [q, "w"], [r]))
        graph.output.append(helper.make_tensor_value_info(r, TensorProto.FLOAT, None))
    elif where == "declared":
        graph.value_info.append(helper.make_value_info(z, kind))
        graph.node.append(helper.make_node("Foo", ["y"], [z], domain="my"))
    elif where == "if":
        branches = [helper.make_graph([same], name, [], [result]) for name in ("a", "b")]
        graph.output.append(helper.make_value_info(o, kind))
        graph.node.append(helper.make_node("If", ["c"], [o], then_branch=branches[0],
                                           else_branch=branches[1]))  # fmt: skip
    elif where == "loop":
        i = helper.make_tensor_value_info("i", TensorProto.INT64, [])
        c, d = (helper.make_tensor_value_info(n, TensorProto.BOOL, []) for n in "bd")
        s, t = helper.make_value_info("s", kind), helper.make_value_info("t", kind)
        nodes = [helper.make_node("Identity", ["b"], ["d"]),
                 helper.make_node("Identity", ["s"], ["t"])]  # fmt: skip
        body = helper.make_graph(nodes, "body", [i, c, s], [d, t])
        graph.output.append(helper.make_value_info(o, kind))
        graph.node.append(helper.make_node("Loop", ["n", "", q], [o], body=body))
    elif where == "function":
        graph.output.append(result)
        graph.node.append(helper.make_node("F", [q], [r], domain="my"))


PLACES = ("unused", "passed", "multiplied", "declared", "if", "loop", "function")
DRAWN = ("passed", "if")
"""Where the formats meet each type at the ends of a network, of an operator and of a body."""


@pytest.mark.parametrize("where", PLACES)
def test_no_type_breaks_a_promise_in_any_place(where: str) -> None:
    """Also no internal error. All types share a network; where it breaks a promise, each has one
    of its own, so that the type is named."""
    depth = Depth(schema=True, formats=where in DRAWN)
    try:
        outcome = keep(place(where, *TYPES.values()), depth)
    except Exception:
        for name, kind in TYPES.items():
            try:
                keep(place(where, kind), depth)
            except Exception as error:
                error.add_note(f"{name}, {where}")
                raise
        raise
    assert outcome in {"clean", "findings"}


def facts_of(data: bytes, bindings: Bindings | None = None) -> Facts:
    return analyze(load(data), bindings)


@pytest.mark.parametrize("command", ["inspect", "scale", "graph", "compare", "check"])
def test_every_command_has_an_answer(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    for name in ("bare-sparse-open", "bare-tensor-missing", "optional-seq-sparse", "none"):
        file = tmp_path / "m.onnx"
        file.write_bytes(place("passed", TYPES[name]))
        more = {"compare": [str(file)], "graph": ["-o", str(tmp_path / "g.dot")]}.get(command, [])
        assert run([command, str(file), *more]) in (0, 1, 2)
        out, err = capfd.readouterr()
        assert "internal error" not in out + err


def test_open_dimensions_of_a_sparse_input_are_bound_and_named() -> None:
    facts = facts_of(place("passed", TYPES["bare-sparse-symbolic"]))
    assert ("q", (1, 4), "sparse(float32)") in [(t.name, t.shape, t.dtype) for t in facts.inputs]
    assert ("q", 0, "N") in [(a.input, a.axis, a.dim) for a in facts.assumptions]
    bound = facts_of(place("passed", TYPES["bare-sparse-open"]), Bindings({"q": (3, 4)}))
    assert ("q", (3, 4)) in [(t.name, t.shape) for t in bound.inputs]


def test_a_shape_for_what_is_no_tensor_is_a_contradiction() -> None:
    facts = facts_of(place("unused", TYPES["seq-tensor-open"]), Bindings({"q": (3, 4)}))
    assert [p.where for p in facts.problems if p.code == "contradicting-shape"] == ["q"]


@pytest.mark.parametrize(("name", "spelt"), [
    ("seq-map-tensor", "seq(map(int64, float32))"),
    ("optional-seq-sparse", "optional(seq(sparse(float32)))"),
    ("map-optional-tensor", "map(int64, optional(float32))"),
])  # fmt: skip
def test_nested_types_are_spelt_out(name: str, spelt: str) -> None:
    (found,) = [t for t in facts_of(place("unused", TYPES[name])).inputs if t.name == "q"]
    assert found.dtype == spelt


def test_the_cases_are_what_onnx_calls_their_types() -> None:
    """The makers above are ours; that protobuf reads them back as meant is onnx's word."""
    model = onnx.load_from_string(place("unused", TYPES["map-sparse-fixed"]))
    inner = model.graph.input[1].type.map_type.value_type
    assert [d.dim_value for d in inner.sparse_tensor_type.shape.dim] == [2, 4]
