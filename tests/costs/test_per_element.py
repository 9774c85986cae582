"""What each tool counts for one element of one operator, as its source has it.

fvcore's ``jit_handles``, DeepSpeed's and ptflops' hooks, and the instructions that onnx-tool's
``node.py`` takes an operation for: 1 for a sum, 4 for a quotient, 24 for a root, 32 for an
exponential.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from analyzer.costs.conventions import Convention, conventions
from tests.golden.text import facts

if TYPE_CHECKING:
    from collections.abc import Mapping

N = 2 * 4 * 6
TWO = frozenset(
    {"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Equal", "Greater", "Less"}
)
RULES: Mapping[str, Mapping[int, str]] = {
    "fvcore": {
        0: "Relu Add Mul Div Sqrt Exp Softmax Sigmoid Tanh Gelu Clip MaxPool AveragePool",
    },
    "timm": {0: "Relu Add Mul Exp Softmax Gelu"},
    "DeepSpeed": {
        0: "Add Mul Div Sqrt Exp Sigmoid Tanh Clip HardSwish GlobalLpPool",
        1: "Elu Erf Gelu LeakyRelu Relu Softmax",
    },
    "ptflops": {
        0: "Add Mul Div Sqrt Exp Sigmoid Tanh HardSwish",
        1: "Clip LeakyRelu Softmax",
        2: "Elu Erf Gelu Relu",
    },
    "onnx-tool": {
        0: "Identity Transpose Erf Round Not",
        1: "Abs Add Ceil Equal Floor Greater Less Mul Neg Relu Sign Sub Max Min Sum",
        2: "Clip LeakyRelu", 4: "Div HardSigmoid Reciprocal", 5: "HardSwish", 24: "Sqrt",
        32: "Exp Pow Sigmoid", 34: "Gelu", 35: "Elu", 36: "Softmax", 39: "Sin Cos", 43: "Log",
        76: "Tanh Softplus", 80: "LogSoftmax",
    },
}  # fmt: skip


@cache
def counts(body: str, inputs: str = "float[1,2,4,6] x, float[1,2,4,6] z") -> dict[str, int | None]:
    found: tuple[Convention, ...] = conventions(
        facts(f"g ({inputs}) => (float[] y) {{ {body} }}", opset=20)
    )
    return {convention.name: convention.count for convention in found}


@pytest.mark.parametrize("tool", RULES)
def test_an_element_is_so_many_operations_to_a_tool(tool: str) -> None:
    for each, operators in RULES[tool].items():
        for op in operators.split():
            own = " <kernel_shape = [1, 1]>" if op in ("MaxPool", "AveragePool") else ""
            given = "x, z" if op in TWO else "x"
            if op == "Not":
                given, body = "b", "b = Less (x, z) "
            else:
                body = ""
            found = counts(f"{body}y = {op}{own} ({given})")[tool]
            extra = N if op == "Not" and tool == "onnx-tool" else 0
            assert found == each * N + extra, op


POOLED: Mapping[str, Mapping[str, int]] = {
    "MaxPool <kernel_shape = [2, 2], strides = [2, 2]>": {
        "fvcore": 0, "DeepSpeed": N, "ptflops": 2 * N, "onnx-tool": 4 * 12},
    "AveragePool <kernel_shape = [2, 2], strides = [2, 2]>": {
        "fvcore": 0, "DeepSpeed": N, "ptflops": 2 * N, "onnx-tool": 4 * 12},
    "GlobalAveragePool": {
        "fvcore": N, "DeepSpeed": N, "ptflops": 2 * N, "onnx-tool": N + 4 * 2},
    "GlobalMaxPool": {"fvcore": 0, "DeepSpeed": N, "ptflops": 2 * N},
    "ReduceMean": {"fvcore": 0, "DeepSpeed": 0, "ptflops": 0, "onnx-tool": N},
    "ReduceMax": {"onnx-tool": N}, "ReduceMin": {"onnx-tool": N}, "ReduceProd": {"onnx-tool": N},
    "ReduceSum": {"onnx-tool": N}, "ReduceL2": {"onnx-tool": 25 * N},
    "LRN <size = 3>": {"onnx-tool": 40 * N},
}  # fmt: skip


@pytest.mark.parametrize("op", POOLED)
def test_what_is_taken_together_counts_by_its_inputs_or_its_results(op: str) -> None:
    found = counts(f"y = {op} (x)")
    assert {tool: found[tool] for tool in POOLED[op]} == POOLED[op]


NORMED: Mapping[str, Mapping[str, int]] = {
    "y = BatchNormalization (x, s, s, s, s)": {
        "fvcore": 2 * N, "DeepSpeed": 2 * N, "ptflops": 2 * N, "onnx-tool": 31 * N},
    "y = InstanceNormalization (x, s, s)": {
        "fvcore": 5 * N, "DeepSpeed": 5 * N, "ptflops": N, "onnx-tool": 14 * N},
    "y = LayerNormalization (x, r, r)": {
        "fvcore": 5 * N, "DeepSpeed": 5 * N, "ptflops": N, "onnx-tool": 7 * N + 29 * (N // 6)},
}  # fmt: skip


@pytest.mark.parametrize("body", NORMED)
def test_a_norm_is_so_many_operations_to_a_tool(body: str) -> None:
    found = counts(body, "float[1,2,4,6] x, float[2] s, float[6] r")
    assert {tool: found[tool] for tool in NORMED[body]} == NORMED[body]


RESIZED: Mapping[str, tuple[int, int, int, int]] = {
    "": (1, 1, 1, 0), '<mode = "linear">': (4, 1, 1, 4), '<mode = "cubic">': (0, 0, 0, 0),
}  # fmt: skip


@pytest.mark.parametrize("mode", RESIZED)
def test_a_resized_map_counts_by_its_results(mode: str) -> None:
    body = f"s = Constant <value_floats = [1.0, 1.0, 2.0, 1.0]> () y = Resize {mode} (x, , s)"
    found = counts(body)
    tools = ("fvcore", "DeepSpeed", "ptflops", "onnx-tool")
    assert tuple((found[tool] or 0) // (2 * N) for tool in tools) == RESIZED[mode]


CELLS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "DeepSpeed": {"RNN": (1, -1), "GRU": (7, 1), "LSTM": (10, 2)},
    "ptflops": {"RNN": (3, 1), "GRU": (13, 7), "LSTM": (18, 10)},
}
"""For each hidden value and step beside the products: with a bias, and without one."""
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


@pytest.mark.parametrize("cell", GATES)
@pytest.mark.parametrize("bias", [True, False])
def test_a_cell_is_so_many_operations_to_a_tool(cell: str, bias: bool) -> None:
    gates, steps, width, hidden = GATES[cell], 5, 4, 3
    inputs = (f"float[{steps},1,{width}] x, float[1,{gates * hidden},{width}] w, "
              f"float[1,{gates * hidden},{hidden}] r, float[1,{2 * gates * hidden}] b")  # fmt: skip
    found = counts(f"y = {cell} <hidden_size = {hidden}> (x, w, r{', b' if bias else ''})", inputs)
    macs = steps * gates * hidden * (width + hidden)
    for tool, cells in CELLS.items():
        per_mac = 2 if tool == "DeepSpeed" else 1
        assert found[tool] == per_mac * macs + cells[cell][not bias] * steps * hidden, tool


def test_a_transposed_kernel_is_multiplied_at_each_result() -> None:
    """onnx-tool: 1·5·8·8 results, each by the 5·2·2 elements of a kernel for one input channel."""
    inputs = "float[1,3,4,4] x, float[3,5,2,2] w, float[5] b"
    assert counts("y = ConvTranspose <strides = [2, 2]> (x, w)", inputs)["onnx-tool"] == 320 * 20
    found = counts("y = ConvTranspose <strides = [2, 2]> (x, w, b)", inputs)
    assert found["onnx-tool"] == 320 * 20 + 320
    assert found["ptflops"] == 3 * 16 * 20 + 320
    assert found["DeepSpeed"] == 2 * 3 * 16 * 20 + 320


def test_biases_count_where_a_tool_adds_them() -> None:
    inputs = "float[1,3,8,8] x, float[4,3,3,3] w, float[4] b"
    found = counts("y = Conv (x, w, b)", inputs)
    results, macs = 4 * 36, 4 * 36 * 27
    assert (found["DeepSpeed"], found["ptflops"], found["onnx-tool"]) == (
        2 * macs + results, macs + results, macs + results,
    )  # fmt: skip
    assert (found["torchvision"], found["PyTorch FlopCounterMode"], found["fvcore"]) == (
        macs, 2 * macs, macs,
    )  # fmt: skip
    dense = counts("y = Gemm (x, w, b)", "float[2,6] x, float[6,4] w, float[4] b")
    assert (dense["ptflops"], dense["onnx-tool"], dense["DeepSpeed"]) == (48 + 8, 48 + 8, 96)
