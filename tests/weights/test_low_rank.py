"""Two smaller layers in the place of one: shares against NumPy's SVD, costs against a count."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.analyze import analyze_weights
from analyzer.evidence import LowRank
from analyzer.model import load
from analyzer.model.rows import Rows
from analyzer.weights.low_rank import (
    _angles,
    by_axes,
    by_channels,
    fits,
    judge_channels,
    noise_energy,
)
from tests.weights.files import conv_model, matmul_model

RNG = np.random.default_rng(7)


def matrix(rows: int, columns: int, rank: int, noise: float = 0.0) -> np.ndarray:
    exact = RNG.standard_normal((rows, rank)) @ RNG.standard_normal((rank, columns))
    return (exact + noise * RNG.standard_normal((rows, columns))).astype(np.float32)


@pytest.mark.parametrize("shape", [(24, 40), (40, 24)])
def test_energies_are_the_squared_singular_values_of_numpy(shape: tuple[int, int]) -> None:
    weights = matrix(*shape, rank=24, noise=0.1)
    found = by_channels(Rows.of(weights))
    assert found == pytest.approx(np.linalg.svd(weights, compute_uv=False) ** 2, rel=1e-3)


def test_a_matrix_of_rank_3_is_two_layers_with_3_channels_between_them() -> None:
    found = by_channels(Rows.of(matrix(32, 64, rank=3)))
    assert found is not None
    split = judge_channels(found, (32, 64), macs=10 * 32 * 64)
    assert split.rank <= 3
    assert split.params == split.rank * (32 + 64)
    assert split.macs == 10 * split.rank * (32 + 64)
    assert split.saved == 10 * (32 * 64 - split.rank * 96)


def test_noise_has_no_margin() -> None:
    found = by_channels(Rows.of(RNG.standard_normal((200, 400)).astype(np.float32)))
    assert found is not None
    assert abs(judge_channels(found, (200, 400), macs=80_000).margin) < 0.01


@pytest.mark.parametrize(("side", "long"), [(64, 64), (64, 256), (100, 900)])
def test_the_law_of_marchenko_and_pastur_is_what_noise_keeps(side: int, long: int) -> None:
    values = np.linalg.svd(RNG.standard_normal((side, long)), compute_uv=False) ** 2
    kept = np.cumsum(values) / values.sum()
    for rank in (side // 8, side // 2, side):
        assert noise_energy(rank, side, long) == pytest.approx(kept[rank - 1], abs=0.02)


def test_the_law_is_summed_over_the_middles_of_equal_steps() -> None:
    cosine, twice = _angles()
    assert cosine == pytest.approx(-cosine[::-1], abs=1e-12)
    assert (len(cosine), twice.mean()) == (4096, pytest.approx(1))
    # of a square matrix, x = 4·cos²(t/2): (T - sin T) / π of the terms hold (T - sin T·cos T) / π
    assert noise_energy(181690, 10**6, 10**6) == pytest.approx(0.5, abs=1e-5)


def test_a_kernel_that_is_a_column_by_a_row_has_rank_1() -> None:
    weights = np.einsum("mh,nw->nmhw", *map(RNG.standard_normal, ((4, 3), (8, 3))))
    weights = weights.astype(np.float32)
    found = by_axes(Rows.of(weights))
    assert found is not None
    assert found[1:].sum() < 1e-4 * found[0]


@pytest.mark.parametrize("shape", [(7, 64), (1025, 1025)])
def test_what_is_too_small_or_too_large_is_not_taken_apart(shape: tuple[int, int]) -> None:
    assert not fits(*shape)
    assert by_channels(Rows.of(np.ones(shape, np.float32))) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_nothing_is_said_of_weights_that_are_not_finite_or_all_zero(value: float) -> None:
    assert by_channels(Rows.of(np.full((16, 16), value, np.float32))) is None


def split_of(data: bytes) -> LowRank | None:
    facts = analyze_weights(load(data))
    assert facts.evidence is not None
    (layer,) = facts.evidence.layers.values()
    return layer.low_rank


def test_a_strided_spatial_pair_costs_what_its_two_convolutions_cost() -> None:
    """4 to 8 channels, 3×3, stride 2 on 20×20 padded by 1: 10×10 out; a 3×1 convolution with the
    vertical stride is 10×20, a 1×3 with the horizontal one 10×10."""
    weights = np.einsum("mh,nw->nmhw", *map(RNG.standard_normal, ((4, 3), (8, 3))))
    split = split_of(conv_model(weights.astype(np.float32), strides=[2, 2], pads=[1, 1, 1, 1],
                                size=20))  # fmt: skip
    assert split is not None
    assert (split.split, split.rank) == ("spatial", 1)
    assert split.macs == 10 * 20 * 3 * 4 + 10 * 10 * 3 * 8
    assert split.macs_now == 10 * 10 * 9 * 4 * 8


def test_a_product_of_rank_2_is_found_in_a_file() -> None:
    split = split_of(matmul_model(matrix(16, 48, rank=2), batch=5))
    assert split is not None
    assert (split.split, split.full, split.macs_now) == ("channels", 16, 5 * 16 * 48)
    assert split.macs == 5 * split.rank * 64
    assert split.rank <= 2


def test_groups_are_left_alone() -> None:
    weights = RNG.standard_normal((16, 8, 3, 3)).astype(np.float32)
    assert split_of(conv_model(weights, group=2, pads=[1, 1, 1, 1], size=8)) is None
