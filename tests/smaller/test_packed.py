"""Packed weights against what ONNX Runtime takes and what its quantiser has written."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import helper, numpy_helper

from analyzer.smaller.packed import packable, packed_bytes
from tests.golden.text import facts, facts_of


def model(node: onnx.NodeProto, k: int, n: int, dtype: Any, **stored: Any) -> onnx.ModelProto:
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    x = helper.make_tensor_value_info("x", kind, [1, 8, k])
    y = helper.make_tensor_value_info("y", kind, [1, 8, n])
    held = [numpy_helper.from_array(value, name) for name, value in stored.items()]
    imports = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    graph = helper.make_graph([node], "g", [x], [y], held)
    return helper.make_model(graph, opset_imports=imports, ir_version=10)


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize(("k", "n"), [(128, 344), (344, 128), (100, 60)])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_bytes_are_those_with_which_the_runtime_multiplies(
    bits: int, k: int, n: int, dtype: Any
) -> None:
    plain = helper.make_node("MatMul", ["x", "w"], ["y"])
    found = packable(facts_of(model(plain, k, n, dtype, w=np.zeros((k, n), dtype))))
    blocks = -(-k // 32)
    packed = np.zeros((n, blocks, 32 * bits // 8), np.uint8)
    scales = np.ones((n, blocks), dtype)
    node = helper.make_node("MatMulNBits", ["x", "q", "s"], ["y"], domain="com.microsoft",
                            K=k, N=n, bits=bits, block_size=32)  # fmt: skip
    session = ort.InferenceSession(
        model(node, k, n, dtype, q=packed, s=scales).SerializeToString(),
        providers=["CPUExecutionProvider"],
    )
    (result,) = session.run(None, {"x": np.ones((1, 8, k), dtype)})
    assert result.shape == (1, 8, n)
    assert found.packed_bytes(bits) == packed.nbytes + scales.nbytes


def test_a_last_block_that_is_not_full_takes_a_whole_one() -> None:
    # ONNX Runtime's quantiser writes 128×11×16 bytes and 128×11 scales for a matrix of 344 × 128
    assert packed_bytes(344, 128, 4, 4) == 128 * 11 * 16 + 128 * 11 * 4


def test_a_matrix_that_two_products_share_is_packed_once() -> None:
    ones = ", ".join("1" for _ in range(64 * 64))
    shared = facts(
        f"g (float[8,64] x) => (float[8,64] y) <float[64,64] w = {{{ones}}}> "
        "{ a = MatMul (x, w)  y = MatMul (a, w) }"
    )
    assert packable(shared).matrices == ((64, 64, 32),)


def test_products_of_data_are_not_packed() -> None:
    text = "g (float[8,64] x, float[64,64] w) => (float[8,64] y) { y = MatMul (x, w) }"
    assert packable(facts(text)).matrices == ()
