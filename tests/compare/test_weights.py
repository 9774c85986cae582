"""Stored tensors: equal, changed by a known amount, in another layout or type, or absent."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

import analyzer
from analyzer.compare import Comparison, compare
from analyzer.compare.measure import measure
from analyzer.model.rows import Rows

Array = NDArray[Any]
RNG = np.random.default_rng(3)
W = RNG.standard_normal((8, 6)).astype(np.float32)
B = RNG.standard_normal(6).astype(np.float32)


def model(
    op: str = "MatMul", weights: Array = W, name: str = "w", **attributes: Any
) -> onnx.ModelProto:
    dtype = helper.np_dtype_to_tensor_dtype(weights.dtype)
    operands = {name: weights} if op == "MatMul" else {name: weights, "bias": B}
    graph = helper.make_graph(
        [helper.make_node(op, ["x", *operands], ["y"], **attributes)],
        "g",
        [helper.make_tensor_value_info("x", dtype, [4, 8])],
        [helper.make_tensor_value_info("y", dtype, [4, 6])],
        [numpy_helper.from_array(value, key) for key, value in operands.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def compared(old: onnx.ModelProto, new: onnx.ModelProto) -> Comparison:
    return compare(analyzer.analyze(old), analyzer.analyze(new))


def test_doubled_weights_have_changed_by_their_own_norm() -> None:
    found = compared(model(), model(weights=W * 2))
    assert (found.changes, found.weights.layers, found.weights.largest) == ((), 1, 1.0)
    assert found.identical is False


def test_the_same_under_another_name_is_the_same() -> None:
    found = compared(model(), model(name="other"))
    assert (found.weights.same, found.weights.changes, found.identical) == (1, (), True)


def test_the_relative_change_is_the_quotient_of_norms() -> None:
    new = W.copy()
    new[2, 3] += np.float32(0.5)
    (change,) = compared(model(), model(weights=new)).weights.changes
    expected = np.linalg.norm((new - W).astype(float)) / np.linalg.norm(W.astype(float))
    assert change.relative == pytest.approx(expected, rel=1e-9)
    assert (change.changed, change.elements, change.operand) == (1, 48, "weight")


@pytest.mark.parametrize(
    ("old", "new", "changed", "relative", "why"),
    [
        ([0.0, 0.0], [1.0, 0.0], 1, None, "all of it was 0"),
        ([1.0, 2.0], [1.0, np.nan], 1, None, "it has NaN or infinite values"),
        ([1.0, np.inf], [1.0, np.inf], 0, 0.0, ""),
        ([1.0, np.nan], [1.0, np.nan], 0, 0.0, ""),
        ([3.0, 4.0, np.inf], [3.0, 4.5, np.inf], 1, 0.1, ""),
        ([0.0, 1.0], [-0.0, 1.0], 0, 0.0, ""),
        ([3e200, 4e200], [3e200, 4.5e200], 1, 0.1, ""),
        ([], [], 0, 0.0, ""),
    ],
)
def test_what_is_no_number_is_said_to_be_none(
    old: list[float], new: list[float], changed: int, relative: float | None, why: str
) -> None:
    found = measure(Rows.of(np.array(old)), Rows.of(np.array(new)))
    assert (found.changed, found.why) == (changed, why)
    assert found.relative == (None if relative is None else pytest.approx(relative))


@pytest.mark.parametrize(
    ("old", "new", "changed", "relative", "why"),
    [
        ([0.0, 3.0, 4.0], [-0.0, 3.0, 4.5], 1, 0.1, ""),
        ([3.0, 4.0, 0.0], [3.0, 4.5, -0.0], 1, 0.1, ""),
        ([3.0, 4.0, 0.0], [3.0, 4.5, 0.5], 2, 2**0.5 / 10, ""),
        ([3.0, 4.0, np.inf], [3.0, 4.5, 0.0], 2, None, "it has NaN or infinite values"),
        ([np.inf, 4.0, 0.0], [0.0, 4.5, 0.5], 3, None, "it has NaN or infinite values"),
        ([3j, 4, 0], [3j, 4.5, 0], 1, 0.1, ""),
        (["a", "b", "c"], ["a", "b", "c"], 0, 0.0, ""),
        (["a", "b", "c"], ["a", "b", "d"], 1, None, "it has NaN or infinite values"),
    ],
)
def test_tensors_are_measured_block_by_block(
    old: list[Any], new: list[Any], changed: int, relative: float | None, why: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    kind = {str: object, complex: np.complex64}.get(type(old[0]), np.float32)
    for block in (1, 2, 3):
        monkeypatch.setitem(measure.__globals__, "BLOCK", block)
        found = measure(Rows.of(np.array(old, kind)), Rows.of(np.array(new, kind)))
        assert (found.elements, found.changed, found.why) == (3, changed, why), block
        assert found.relative == (None if relative is None else pytest.approx(relative)), block


def test_a_matrix_that_lies_the_other_way_round_is_the_same() -> None:
    found = compared(model("Gemm"), model("Gemm", W.T.copy(), transB=1))
    assert (found.changes, found.weights.changes, found.identical) == ((), (), True)
    other = compared(model("Gemm"), model("Gemm", W.T.copy() * 3, transB=1))
    assert other.weights.largest == pytest.approx(2)


def test_a_square_matrix_that_is_turned_in_the_file_alone_has_changed() -> None:
    square = RNG.standard_normal((8, 8)).astype(np.float32)
    sides = (square, square.T.copy())
    models = []
    for weights in sides:
        proto = model(weights=weights)
        proto.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 8
        models.append(proto)
    assert compared(*models).weights.layers == 1


def test_half_precision_is_a_conversion_and_no_other_change() -> None:
    found = compared(model(), model(weights=W.astype(np.float16)))
    assert (found.weights.converted, found.weights.layers) == (1, 0)
    assert found.weights.changes[0].fate == "converted"
    assert compared(model(), model(weights=(W * 1.1).astype(np.float16))).weights.layers == 1


def test_absent_data_are_not_compared_and_nothing_is_called_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    onnx.save(model(), path, save_as_external_data=True, location="a.data", size_threshold=0)
    (tmp_path / "a.data").unlink()
    facts = analyzer.analyze(str(path))
    found = compare(facts, facts)
    assert (found.weights.unread, found.weights.complete, found.identical) == (1, False, None)
    assert "not there" in found.weights.why


def test_no_more_is_read_than_the_limit_allows() -> None:
    facts = analyzer.analyze(model()), analyzer.analyze(model(weights=W * 2))
    found = compare(*facts, limits=analyzer.Limits(weight_bytes=100))
    assert (found.weights.unread, found.identical) == (1, None)
    assert "weight_bytes" in found.weights.why


def test_layers_are_told_apart_by_their_weights_where_names_and_order_are_gone() -> None:
    first, second = W[:, :6], W[:, :6] * 3

    def two(order: tuple[Array, Array], names: tuple[str, str]) -> onnx.ModelProto:
        nodes = [helper.make_node("MatMul", ["x", n], [f"y{n}"]) for n in names]
        nodes.append(helper.make_node("Concat", [f"y{n}" for n in sorted(names)], ["y"], axis=1))
        graph = helper.make_graph(
            nodes, "g",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 8])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4, 12])],
            [numpy_helper.from_array(v, n) for v, n in zip(order, names, strict=True)],
        )  # fmt: skip
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    found = compared(two((first, second), ("a", "b")), two((second, first), ("b", "a")))
    assert found.identical is True


def nested(depth: int) -> onnx.ModelProto:
    """Functions that call one another, the innermost a product with a stored matrix."""
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("d", 1)]
    calls = [helper.make_node(f"f{i}", ["x", "w"], ["y"], domain="d") for i in range(1, depth)]
    bodies = [*calls, helper.make_node("MatMul", ["x", "w"], ["y"])]
    functions = [
        helper.make_function("d", f"f{i}", ["x", "w"], ["y"], [body], imports)
        for i, body in enumerate(bodies)
    ]
    found = model()
    found.graph.node[0].CopyFrom(helper.make_node("f0", ["x", "w"], ["y"], domain="d"))
    found.functions.extend(functions)
    found.opset_import.append(imports[1])
    return found


def test_nested_functions_are_compared_where_another_thread_runs() -> None:
    """Such a process is not forked: what is to be read is written down for another one."""
    old, new = (analyzer.analyze(nested(100)) for _ in range(2))
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        found = compare(old, new)
    finally:
        done.set()
        thread.join()
    assert (found.identical, found.weights.tensors) == (True, 1)
