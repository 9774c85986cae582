"""Corners of the shape pass that few files come to: what does not fit is left as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import NodeProto, TensorProto, TypeProto, helper

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.graph.program import build_program
from analyzer.model.guard import GuardFailure
from analyzer.shapes import run, trips
from analyzer.shapes.corrections import correct, corrected_shape
from analyzer.shapes.infer import Inference
from analyzer.shapes.sequences import RULES, sequence_result
from analyzer.shapes.stated import Bindings
from analyzer.shapes.types import Type, decode_type, element_type, merge
from tests.each import each
from tests.golden.text import facts, parse

Dims = tuple[int | None, ...]
X = (1, 2, 7, 9)


def tensor(shape: Dims | None, dtype: str = "float32") -> Tensor:
    return Tensor("t", dtype, shape)


CEIL: dict[str, Any] = {"ceil_mode": 1, "kernel_shape": (2, 2), "strides": (2, 3)}
SCALED: dict[str, Any] = {"scales": (1.0, 1.0, 2.0, 0.5)}
SHAPES: tuple[tuple[str, int, Dims, dict[str, Any], Dims | None], ...] = (
    # ⌈(7 - 2) / 2⌉ + 1 = 4 windows, ⌈(9 - 2) / 3⌉ + 1 = 4 of which the last begins behind the data
    ("MaxPool", 17, X, CEIL, (1, 2, 4, 3)),
    ("MaxPool", 17, X, {**CEIL, "pads": (0, 0, 0, 1)}, (1, 2, 4, 3)),
    ("MaxPool", 17, X, {**CEIL, "pads": (0, 1, 0, 1)}, (1, 2, 4, 4)),
    ("MaxPool", 17, X, {**CEIL, "dilations": (2, 2)}, (1, 2, 3, 3)),
    ("MaxPool", 17, X, {**CEIL, "auto_pad": "SAME_UPPER"}, (1, 2, 4, 3)),
    ("MaxPool", 17, X, {**CEIL, "auto_pad": "SAME_LOWER", "pads": (9,) * 4}, (1, 2, 4, 3)),
    ("MaxPool", 17, X, {**CEIL, "auto_pad": "VALID", "pads": (9,) * 4}, (1, 2, 4, 3)),
    ("MaxPool", 17, X, {"ceil_mode": 1, "kernel_shape": (2, 2)}, (1, 2, 6, 8)),
    ("MaxPool", 17, X, {**CEIL, "ceil_mode": 0}, None),
    ("MaxPool", 17, X[1:], CEIL, None), ("MaxPool", 17, (1, *X), CEIL, None),
    ("MaxPool", 17, X, {**CEIL, "strides": (2,)}, None),
    ("MaxPool", 17, X, {**CEIL, "strides": (2, 0)}, None),
    ("MaxPool", 17, X, {**CEIL, "dilations": (1,)}, None),
    ("MaxPool", 17, X, {**CEIL, "pads": (1, 1)}, None),
    ("MaxPool", 17, X, {**CEIL, "kernel_shape": (9, 2)}, None),
    ("MaxPool", 17, X, {**CEIL, "kernel_shape": (8, 2)}, (1, 2, 1, 3)),
    ("MaxPool", 17, (1, 2, 7, None), CEIL, None),
    ("Relu", 17, X, CEIL, None),
    ("Upsample", 7, X, SCALED, (1, 2, 14, 4)), ("Resize", 17, X, SCALED, (1, 2, 14, 4)),
    ("Resize", 17, X, {"scales": (2.0, 0.5), "axes": (2, -1)}, (1, 2, 14, 4)),
    ("Resize", 17, X, {"scales": (2.0, 0.5), "axes": (2, 3)}, (1, 2, 14, 4)),
    ("Resize", 17, X, {"scales": (2.0, 0.5), "axes": (2, 4)}, None),
    ("Resize", 17, X, {"scales": (2.0, 0.5), "axes": (2, -5)}, None),
    ("Resize", 17, X, {"scales": (2.0, 0.5), "axes": (-4, 3)}, (2, 2, 7, 4)),
    ("Resize", 17, X, {"scales": (2.0, 0.5)}, None),
    ("Resize", 17, X, {"scales": (1.0, 1.0, 2.0, float("inf"))}, None),
    ("Resize", 17, X, {"scales": (1.0, 1.0, 2.0, float("nan"))}, None),
    ("Resize", 17, X, {"scales": (1.0, 1.0, 2.0, -0.5)}, None),
    ("Resize", 17, X, {"scales": (1.0, 1.0, 2.0, 0.0)}, (1, 2, 14, 0)),
    ("Resize", 17, X, {"scales": ()}, None), ("Resize", 17, X, {}, None),
    ("Resize", 17, X,
     {**SCALED, "coordinate_transformation_mode": "tf_crop_and_resize"}, None),
)  # fmt: skip


@each("op, version, shape, attributes, found", SHAPES)
def test_sizes_that_onnx_rounds_otherwise_are_corrected_where_they_are_sizes(
    op: str, version: int, shape: Dims, attributes: dict[str, Any], found: Dims | None
) -> None:
    assert corrected_shape(Call(op, "", version, attributes, (tensor(shape),), ())) == found


def test_scales_are_an_operand_that_moved() -> None:
    scales = np.array([1, 1, 2, 0.5], np.float32)
    for op, version, slot in (("Upsample", 9, 1), ("Resize", 10, 1), ("Resize", 11, 2)):
        values: list[Any] = [None] * 3
        values[slot] = scales
        asked = Call(op, "", version, {}, (tensor(X),) * 3, (), tuple(values))
        assert corrected_shape(asked) == (1, 2, 14, 4)
        moved = Call(op, "", version, {}, (tensor(X),) * 3, (), (None, *values[:slot]))
        assert corrected_shape(moved) is None
    partial = np.array([1, 1, 2, None], object)
    asked = Call("Resize", "", 13, {}, (tensor(X),) * 3, (), (None, None, partial))
    assert corrected_shape(asked) is None


def test_features_are_as_many_as_their_indices() -> None:
    for shape, indices, found in (
        ((3, 4), (2, 2), (3, 4)), ((4,), (3,), (1, 3)), ((3, 4), (), (3, 1)), ((), (3,), None),
        ((3, 4), None, None), ((3, 4), (None,), None),
    ):  # fmt: skip
        inputs = (tensor(shape), tensor(indices, "int64"))
        asked = Call("ArrayFeatureExtractor", "ai.onnx.ml", 1, {}, inputs, ())
        assert corrected_shape(asked) == found
    alone = Call("ArrayFeatureExtractor", "ai.onnx.ml", 1, {}, (tensor((3, 4)), None), ())
    assert corrected_shape(alone) is None


def test_padding_to_the_same_size_is_stated_where_the_kernel_is_known() -> None:
    """An axis loses max(0, output padding + dilated kernel - stride)."""
    types = {"w": helper.make_tensor_type_proto(TensorProto.FLOAT, [2, 1, 3, 4])}

    def pads(domain: str = "", names: str = "xw", **given: Any) -> list[int] | None:
        node = helper.make_node("ConvTranspose", [*names], ["y"], domain=domain, **given)
        found = correct(node, types)
        if found is node:
            return None
        assert isinstance(found, NodeProto)
        attributes = {a.name: a for a in found.attribute}
        assert "auto_pad" not in attributes
        return list(attributes["pads"].ints)

    same: dict[str, Any] = {"auto_pad": "SAME_UPPER"}
    assert pads(**same) == pads(domain="ai.onnx", **same) == [0, 0, 2, 3]
    assert pads(auto_pad="SAME_LOWER", strides=[2, 5]) == [0, 0, 1, 0]
    assert pads(**same, strides=[2, 2], dilations=[2, 1]) == [0, 0, 3, 2]
    assert pads(**same, strides=[2, 2], output_padding=[1, 0]) == [0, 0, 2, 2]
    assert pads(**same, kernel_shape=[5, 5]) == [0, 0, 4, 4]
    assert pads(**same, names="xv", kernel_shape=[5]) == [0, 4]
    assert pads(auto_pad="VALID") is pads() is pads(domain="a", **same) is None
    assert pads(**same, output_shape=[9, 9]) is pads(**same, names="xv") is None
    assert pads(**same, names="x") is pads(**same, kernel_shape=[0, 3]) is None


def test_a_result_without_operands_is_an_empty_sequence_or_nothing() -> None:
    for op in RULES:
        found = sequence_result(op, {}, [], [])
        assert (found is not None) == (op == "SequenceEmpty"), op
    assert sequence_result("SequenceAt", {}, [Type("float32", (2,))], [None]) is None


def test_types_without_a_name_are_spelt_by_their_field() -> None:
    def told(inner: TypeProto) -> str | None:
        return decode_type(helper.make_sequence_type_proto(inner)).dtype

    assert told(TypeProto()) == "seq(?)"
    assert told(helper.make_tensor_type_proto(99, None)) == "seq(?)"
    assert told(helper.make_sparse_tensor_type_proto(1, None)) == "seq(sparse(float32))"
    assert told(helper.make_sparse_tensor_type_proto(99, None)) == "seq(sparse(?))"
    inner = helper.make_tensor_type_proto(TensorProto.INT64, None)
    assert told(helper.make_map_type_proto(99, inner)) == "seq(map(?, int64))"


GROWS = (
    "g (float[2] x) => (float[] y) <int64 n = {5}, bool yes = {1}> { y = Loop (n, yes, x) "
    "<body = b (int64 i, bool go, float[] a) => (bool on, float[] z) "
    "{ on = Identity (go) z = Concat <axis = 0> (a, a) }> }"
)


def test_a_loop_is_unrolled_as_long_as_that_is_cheap() -> None:
    program = build_program(parse(GROWS), {"": 17})
    for room, shape in ((10**6, (2 * 2**5,)), (15, (64,)), (14, (None,))):
        inference = Inference(program, Bindings())
        inference.unrolling = room
        assert inference.run().main.types["y"].shape == shape


def test_loops_are_unrolled_as_long_as_all_of_them_are_cheap() -> None:
    """Five iterations of two operators and their scope for each of two loops."""
    text = GROWS.replace("=> (float[] y)", "=> (float[] y, float[] w)").replace(
        "n = {5}", "n = {5}, float[3] v = {1, 2, 3}"
    )
    again = text[text.index("y = Loop") : -2].replace(
        "y = Loop (n, yes, x)", "w = Loop (n, yes, v)"
    )
    program = build_program(parse(f"{text[:-2]} {again} }}"), {"": 17})
    for room, shapes in ((30, ((64,), (96,))), (29, ((64,), (None,))), (14, ((None,), (None,)))):
        inference = Inference(program, Bindings())
        inference.unrolling = room
        types = inference.run().main.types
        assert (types["y"].shape, types["w"].shape) == shapes


def test_iterations_are_not_counted_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "g (float[2] x) => (float[2] y) <bool yes = {1}, int64 five = {5}> { y = Loop (, yes, x) "
        "<body = b (int64 i, bool go, float[2] a) => (bool on, float[2] z) "
        "{ on = Less (i, five) z = Relu (a) }> }"
    )

    def executions() -> tuple[int, int | None]:
        (relu,) = (node for node in facts(text).nodes if node.op_type == "Relu")
        return relu.executions_range

    assert executions() == (6, 6)
    monkeypatch.setattr(trips, "MAX_STEPS", 12)
    assert executions() == (6, 6)
    monkeypatch.setattr(trips, "MAX_STEPS", 11)
    assert executions() == (1, None)
    monkeypatch.undo()
    monkeypatch.setattr(trips, "MAX_ELEMENTS", 1)
    assert executions() == (6, 6)
    monkeypatch.setattr(trips, "MAX_ELEMENTS", 0)
    assert executions() == (1, None)


def test_sizes_that_were_not_tried_to_the_end_are_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = build_program(parse("g (float[N] x) => (float[N] y) { y = Relu (x) }"), {"": 17})
    shapes = Inference(program, Bindings()).run()
    other = Inference(program, Bindings()).run()
    for answer, found in ((GuardFailure("crashed", "died", 1), shapes), (other, other)):
        monkeypatch.setattr(run, "guarded", lambda *_, answer=answer, **__: answer)
        monkeypatch.setattr(run, "_may_guess", lambda *_: True)
        assert run.fit_sizes(program, Bindings(), shapes, lambda _: 0, certain=0) is found
    monkeypatch.setattr(run, "_may_guess", lambda *_: False)
    assert run.fit_sizes(program, Bindings(), shapes, lambda _: 0, certain=0) is shapes


def test_a_shape_is_a_list_even_of_what_has_no_known_rank() -> None:
    shapes = {"float[2,3] x": (2,), "float[] x": (None,), "float[N] x": (1,)}
    for given, shape in shapes.items():
        program = build_program(parse(f"g ({given}) => (int64[] y) {{ y = Shape (x) }}"), {"": 17})
        found = Inference(program, Bindings()).run()
        assert found.main.types["y"] == Type("int64", shape)


def test_sequences_of_two_kinds_have_no_kind() -> None:
    def made(dtype: int, *sides: int) -> Type:
        inner = helper.make_tensor_type_proto(dtype, sides)
        return decode_type(helper.make_sequence_type_proto(inner))

    one, other = made(1, 2, 3), made(1, 2, 4)
    assert merge(one, one) == one
    assert element_type(merge(one, other)) == Type("float32", (2, None))
    assert merge(one, made(7, 2, 3)) == Type(None)
    for tensor in (Type("float32", (2, 3)), Type(one.dtype)):
        both = Type(one.dtype if tensor.dtype == one.dtype else None)
        assert merge(one, tensor) == merge(tensor, one) == both


def test_shapes_that_contradict_each_other_are_a_note_beside_the_failure() -> None:
    text = "g (uint8[2,3] x, uint8[2,{}] z, float s) => (uint8[] y) {{ y = com.microsoft.{} }}"
    why = "shapes (2, 3) and (2, 4) do not broadcast"
    for side, operator, failures, problems in (
        (3, "QLinearAdd (x, s, , z, s, , s)", {}, []),
        (4, "QLinearAdd (x, s, , z, s, , s)", {0: why}, [("shape-inference", "y", why, False)]),
        (3, "Rfft ()", None, []),
    ):
        program = build_program(parse(text.format(side, operator)), {"": 17, "com.microsoft": 1})
        found = Inference(program, Bindings()).run()
        assert [(p.code, p.where, p.message, p.inconclusive) for p in found.problems] == problems
        assert found.main.failures == failures or (failures is None and found.main.failures)
        assert (0 in found.main.refused) == bool(problems)


def test_a_call_of_what_contradicts_itself_contradicts_itself() -> None:
    body = '<domain: "local", opset_import: ["" : 17]> add (a, b) => (c) { c = Add (a, b) }'
    for side, refused in ((3, set()), (4, {0})):
        graph = f"g (float[2,3] x, float[2,{side}] z) => (float[] y) {{ y = local.add (x, z) }}"
        program = build_program(parse(graph, functions=body), {"": 17, "local": 1})
        found = Inference(program, Bindings()).run().main
        ((call,),) = found.children.values()
        assert (found.refused, call.instance.refused) == (refused, refused)
        assert ("y" in found.types and found.types["y"].shape == (2, 3)) == (not refused)
