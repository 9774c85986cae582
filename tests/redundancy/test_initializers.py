"""Stored tensors: readers, and which hold the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, parser

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.model.rows import Rows
from analyzer.redundancy.initializers import _sample
from tests.golden.text import facts, facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from analyzer.surplus import Initializer


def model_of(arrays: Mapping[str, np.ndarray]) -> onnx.ModelProto:
    """A model that multiplies by each of them."""
    names = list(arrays)
    nodes = [helper.make_node("MatMul", ["x", name], [f"y_{name}"]) for name in names]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 64])]
    outputs = [helper.make_tensor_value_info(f"y_{n}", TensorProto.FLOAT, None) for n in names]
    tensors = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph(nodes, "g", inputs, outputs, tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def stored(**arrays: np.ndarray) -> dict[str, Initializer]:
    """The initializers of such a model, by name."""
    return {each.name: each for each in facts_of(model_of(arrays)).structure.initializers}


def weights(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(64, 64)).astype(np.float32)


def test_a_tensor_with_the_bytes_of_another_is_its_duplicate() -> None:
    found = stored(a=weights(0), b=weights(1), c=weights(0), d=weights(0))
    assert {name: each.duplicate_of for name, each in found.items()} == {
        "a": "", "b": "", "c": "a", "d": "a"
    }  # fmt: skip
    assert found["c"].bytes == 64 * 64 * 4
    assert found["c"].uniform is False


def test_a_difference_of_one_bit_is_one() -> None:
    other = weights(0)
    other.view(np.uint32)[40, 33] ^= 1
    assert stored(a=weights(0), b=other)["b"].duplicate_of == ""


def test_equal_tensors_of_one_number_are_uniform() -> None:
    zeros = np.zeros((64, 64), np.float32)
    found = stored(a=zeros, b=zeros.copy())
    assert (found["b"].duplicate_of, found["b"].uniform) == ("a", True)


def test_tensors_in_another_file_are_compared_too(tmp_path: Path) -> None:
    names = ("a", "b", "c")
    arrays = dict(zip(names, (weights(0), weights(1), weights(0)), strict=True))
    path = tmp_path / "m.onnx"
    onnx.save_model(model_of(arrays), path, save_as_external_data=True, location="m.data")
    found = {e.name: e for e in analyze(load(path)).structure.initializers}
    assert [found[name].duplicate_of for name in names] == ["", "", "a"]
    assert all(found[name].is_external for name in names)
    (tmp_path / "m.data").unlink()
    gone = analyze(load(path)).structure.initializers
    assert {each.duplicate_of for each in gone} == {""}


def test_other_shapes_of_the_same_bytes_are_not_compared() -> None:
    found = stored(a=weights(0), b=weights(0).reshape(64, 8, 8).transpose(0, 2, 1).copy())
    assert found["b"].duplicate_of == ""


def test_reads_of_operators_bodies_and_outputs_are_counted() -> None:
    found = facts(
        "g (float[4] x, bool c) => (float[4] y, float[4] w) "
        "<float[4] w = {1,2,3,4}, float[4] v = {1,2,3,4}, float[4] u = {1,2,3,4}> "
        "{ a = Add (x, v)  y = If (c) <then_branch = t () => (float[4] p) { p = Add (a, v) }, "
        "else_branch = e () => (float[4] q) { q = Neg (a) }> }"
    ).structure.initializers
    assert {each.name: each.readers for each in found} == {"w": 1, "v": 2, "u": 0}


def test_the_value_of_a_constant_node_is_a_stored_tensor() -> None:
    (found,) = facts(
        "g (float[4] x) => (float[4] y) "
        "{ c = Constant <value = float[4] {1,2,3,4}> ()  y = Add (x, c) }"
    ).structure.initializers
    assert (found.name, found.is_node, found.bytes, found.readers) == ("c", True, 16, 1)
    (found,) = facts(
        "g (float[4] x) => (float[4] y, float[4] c) "
        "{ c = Constant <value = float[4] {1,2,3,4}> ()  d = Add (x, c)  y = Mul (d, c) }"
    ).structure.initializers
    assert (found.is_output, found.readers) == (True, 3)


def test_the_value_of_a_constant_node_may_be_in_another_file(tmp_path: Path) -> None:
    model = model_of({"a": weights(0)})
    made = helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(weights(1)))
    model.graph.node.insert(0, made)
    model.graph.node[1].input[1] = "c"
    del model.graph.initializer[:]
    (inside,) = facts_of(model).structure.initializers
    path = tmp_path / "m.onnx"
    onnx.save_model(model, path, save_as_external_data=True, location="m.data",
                    convert_attribute=True)  # fmt: skip
    (outside,) = analyze(load(path)).structure.initializers
    assert (inside.name, inside.is_node, inside.is_external) == ("c", True, False)
    assert (outside.name, outside.is_node, outside.is_external) == ("c", True, True)


def test_a_sparse_tensor_is_counted_where_it_is_read_given_and_returned() -> None:
    """It may be an input with a default and an output, as any initializer may."""
    values = helper.make_tensor("w", TensorProto.FLOAT, [2], [1, 2])
    places = helper.make_tensor("i", TensorProto.INT64, [2], [3, 9])

    def told(more: str, result: str) -> tuple[int, bool, bool, bool, int | None, int | None]:
        text = f"g (float[10] x{more}) => (float[10] y{result}) {{ y = Mul (x, w) }}"
        model = parser.parse_model(f'<ir_version: 8, opset_import: ["": 17]> {text}')
        model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, places, [10]))
        (each,) = facts_of(model).structure.initializers
        return (each.readers, each.is_input, each.is_output, each.is_external,
                each.elements, each.bytes)  # fmt: skip

    assert told("", "") == (1, False, False, False, 10, 8)
    assert told(", float[10] w", "") == (1, True, False, False, 10, 8)
    assert told("", ", float[10] w") == (2, False, True, False, 10, 8)


def test_tensors_of_less_than_64_bytes_are_not_compared() -> None:
    def duplicate(elements: int) -> str:
        found = stored(**{name: np.arange(elements, dtype=np.int8) for name in "ab"})
        return found["b"].duplicate_of

    assert [duplicate(elements) for elements in (63, 64)] == ["", "a"]


def test_four_elements_at_each_of_16_places_tell_of_a_tensor() -> None:
    numbers = np.arange(1600, dtype=np.int32)
    seen = np.frombuffer(_sample(Rows.of(numbers)), np.int32)
    assert seen.tolist() == [n for n in range(1600) if n % 100 < 4]
    assert np.frombuffer(_sample(Rows.of(numbers[:3])), np.int32).tolist() == [0, 1, 2, 1, 2, 2]
