"""Why a total may be another: each reason where it holds, and not where it does not."""

from __future__ import annotations

import pytest

from analyzer.costs.conventions import Convention, conventions
from tests.golden.text import facts

X = "float[2,6] x, float[6,4] w, float[4] b, float[2,4] z, float[6,4] f"
STORED = "<float[6,4] w = {}, float[4] b = {1,2,3,4}>"
FOLDED, SPELT = "folded into convolutions", "spelled out in primitive operators"


def counted(body: str, inputs: str = "float[1,3,8,8] x", stored: str = "") -> dict[str, Convention]:
    found = conventions(facts(f"g ({inputs}) => (float[] y) {stored} {{ {body} }}"))
    return {convention.name: convention for convention in found}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("m = ReduceMean <axes = [3]> (x)  y = Sqrt (m)", True),
        ("y = ReduceMean <axes = [3]> (x)", False), ("y = Sqrt (x)", False),
    ],
)  # fmt: skip
def test_a_norm_is_spelt_out_by_a_mean_and_a_root(body: str, told: bool) -> None:
    found = counted(body)
    assert (SPELT in found["fvcore"].reason) is told
    assert SPELT not in found["onnx-tool"].reason  # it reads the same file


@pytest.mark.parametrize(
    ("body", "inputs", "told"),
    [
        ("y = Conv (x, k, b)", "float[1,3,8,8] x, float[4,3,3,3] k, float[4] b", True),
        ("y = Conv (x, k)", "float[1,3,8,8] x, float[4,3,3,3] k", False),
        ("y = Conv (x, k, b)", "float[1,3,3,3] x, float[4,3,3,3] k, float[4] b", False),
        ("y = Conv (x, k, b)", "float[1,3,3,4] x, float[4,3,3,3] k, float[4] b", True),
        ("y = ConvTranspose (x, k, b)", "float[1,3,8,8] x, float[3,4,3,3] k, float[4] b", False),
    ],
)
def test_a_bias_over_several_places_may_be_a_norm_s(body: str, inputs: str, told: bool) -> None:
    assert (FOLDED in counted(body, inputs)["fvcore"].reason) is told


def test_fused_products_count_as_what_they_contain() -> None:
    found = counted("y = com.microsoft.FusedMatMul (x, f)", X)
    assert "FusedMatMul count as the products they contain" in found["torchvision"].reason
    assert found["torchvision"].count == 2 * 4 * 6
    assert counted("y = MatMul (x, f)", X)["torchvision"].reason == ""
    assert counted("y = com.microsoft.QuickGelu (x)", X)["torchvision"].reason == ""


@pytest.mark.parametrize(
    ("body", "bias"),
    [
        ("m = MatMul (x, w)  y = Add (m, b)", True), ("m = MatMul (x, w)  y = Add (b, m)", True),
        ("m = MatMul (x, w)  y = Add (m, z)", False), ("m = MatMul (x, f)  y = Add (m, b)", False),
        ("m = Relu (z)  y = Add (m, b)", False),
    ],
)  # fmt: skip
def test_a_constant_behind_a_product_with_a_constant_is_a_bias(body: str, bias: bool) -> None:
    graph = "float[2,6] x, float[2,4] z, float[6,4] f"
    found = counted(body, graph, STORED)["ptflops"].count
    products = 2 * 6 * 4 if "MatMul" in body else 0
    assert found is not None
    assert (found - products == 2 * 4) is bias


@pytest.mark.parametrize(
    ("body", "gates"),
    [
        ("s = Sigmoid (x)  y = Mul (x, s)", True), ("s = Sigmoid (x)  y = Mul (s, x)", True),
        ("s = Sigmoid (x)  y = Add (x, s)", False),
        ("n = Neg (x)  s = Sigmoid (x)  y = Mul (n, s)", False),
    ],
)  # fmt: skip
def test_x_times_its_sigmoid_is_a_silu(body: str, gates: bool) -> None:
    assert counted(body)["DeepSpeed"].count == (192 if gates else 0)


def test_what_data_decide_is_no_one_number() -> None:
    head = "bool c, float[4,4] x"
    branch = "y = If (c) <then_branch = t () => (float[4,4] a) {{ a = {} (x) }}, "
    branch += "else_branch = e () => (float[4,4] b) {{ b = Identity (x) }}>"
    flops = counted(branch.format("Relu"), head)["onnxlint FLOPs"]
    assert (flops.count, flops.exact, flops.complete) == (16, False, True)
    assert flops.reason == "which bodies run depends on data"
    macs = counted(branch.format("Relu"), head)["onnxlint MACs"]
    assert (macs.count, macs.exact, macs.reason) == (0, True, "")
    same = counted(branch.format("Identity"), head)["onnxlint FLOPs"]
    assert (same.count, same.exact) == (0, True)


def test_without_a_known_layer_there_is_no_number() -> None:
    found = counted("y = own.Fancy (x)")
    assert found["onnxlint MACs"].count is None
    assert (found["onnxlint MACs"].complete, found["onnxlint MACs"].exact) == (False, False)
    assert found["torchvision"].count is None
    assert found["torchvision"].reason == "operators of unknown cost are missing"
