"""Dense products: numpy decides the shapes, published layers the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.costs.registry import cost
from analyzer.operators.counts.product import _turn, product
from tests.costs.calls import call
from tests.each import each


@pytest.mark.parametrize(
    ("inputs", "attributes", "macs"),
    [
        ([(1, 25088), (4096, 25088), (4096,)], {"transB": 1}, 102_760_448),  # VGG-16 fc6
        ([(1, 1024), (1024, 1000)], {}, 1_024_000),  # MobileNetV1's classifier
        ([(7, 3), (7, 5)], {"transA": 1}, 3 * 5 * 7),
        ([(7, 3), (5, 7)], {"transA": 1, "transB": 1}, 3 * 5 * 7),
    ],
)
def test_gemm(inputs: list[Any], attributes: dict[str, Any], macs: int) -> None:
    assert cost(call("Gemm", inputs, **attributes)).macs == macs


def test_gemm_flops_count_bias_and_scaling_once_per_output() -> None:
    shapes = [(2, 3), (3, 4), (4,)]
    assert cost(call("Gemm", shapes)).flops == 2 * 24 + 8
    assert cost(call("Gemm", shapes, alpha=0.5, beta=2.0)).flops == 2 * 24 + 8 * 3
    assert cost(call("Gemm", shapes[:2])).flops == 2 * 24


@pytest.mark.parametrize(
    ("a", "b"),
    [((4,), (4,)), ((4,), (4, 5)), ((3, 4), (4,)), ((2, 1, 3, 4), (5, 4, 6)), ((2, 3, 4), (4, 5))],
)
def test_matmul_follows_numpy(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    y = np.matmul(np.ones(a), np.ones(b))
    assert cost(call("MatMul", [a, b])).macs == y.size * 4


@given(
    st.lists(st.integers(1, 4), max_size=2), *(st.integers(1, 5) for _ in range(3)), st.booleans()
)
def test_matmul_product_equals_numpy_shape(
    batch: list[int], m: int, k: int, n: int, flat: bool
) -> None:
    a, b = (*batch, m, k), (k,) if flat else (*batch[-1:], k, n)
    assert product(a, b) == (np.matmul(np.ones(a), np.ones(b)).shape, k)


@pytest.mark.parametrize(("a", "b"), [((2, 3), (4, 5)), ((2, 3, 4), (3, 4, 5)), ((), (3,))])
def test_products_that_do_not_fit_are_unknown(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    result = cost(call("MatMul", [a, b]))
    assert result.macs is None
    assert result.reason


@pytest.mark.parametrize(
    ("equation", "shapes", "macs"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)], 24),
        ("bhid,bhjd->bhij", [(2, 4, 5, 8), (2, 4, 7, 8)], 2 * 4 * 5 * 7 * 8),
        ("...ij,...jk->...ik", [(6, 2, 3), (5, 6, 3, 4)], 5 * 6 * 2 * 3 * 4),
        ("i...,j...->ij...", [(2, 9), (3, 9)], 2 * 3 * 9),
        ("ii,i->i", [(3, 3), (3,)], 3),
        ("ij, jk , kl", [(2, 3), (3, 4), (4, 5)], 2 * 3 * 4 * 5),
        ("ij->ji", [(2, 3)], 0),
    ],
)
def test_einsum(equation: str, shapes: list[Any], macs: int) -> None:
    if len(shapes) > 1:
        np.einsum(equation, *(np.ones(s) for s in shapes))  # numpy accepts the case at all
    out = np.einsum(equation, *(np.ones(s) for s in shapes)).shape
    assert cost(call("Einsum", shapes, out, equation=equation)).macs == macs


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk", [(2, 3), (4, 5)]),
        ("ij,jk", [(2, 3)]),
        ("ijk,jk", [(2, 3), (3, 4)]),
        (None, [(2,)]),
    ],
)
def test_a_bad_einsum_is_unknown(equation: str, shapes: list[Any]) -> None:
    result = cost(call("Einsum", shapes, (2,), equation=equation))
    assert result.macs is None
    assert "Einsum" in result.reason


def test_integer_products() -> None:
    shapes = [(2, 3), (), (), (3, 4), (), (), (), ()]
    assert cost(call("QLinearMatMul", shapes, dtype="int8")).macs == 24
    assert cost(call("MatMulInteger", [(5, 2, 3), (3, 4)], dtype="uint8")).macs == 5 * 24


def test_counts_stay_exact_beyond_64_bits() -> None:
    side = 2**31
    assert cost(call("MatMul", [(side, side), (side, side)])).macs == 2**93


@each(
    ("shape", "swap", "batch", "turned"),
    [
        ((2, 3, 4, 5), False, True, (3, 4, 2, 5)),
        ((2, 3, 4, 5), True, True, (3, 4, 5, 2)),
        ((2, 3, 4), False, True, (3, 2, 4)),
        ((2, 3), False, True, (2, 3)),
        ((2, 3), True, False, (3, 2)),
        ((2,), True, True, (2,)),
        ((2, 3, 4), False, False, (2, 3, 4)),
    ],
)
def test_fused_products_turn_their_sides_as_onnx_runtime_documents(
    shape: tuple[int, ...], swap: bool, batch: bool, turned: tuple[int, ...]
) -> None:
    """transBatchA: "the first dimension comes before the last one"; transA: the last two."""
    assert _turn(shape, swap, batch) == turned
