"""Network decoupling: exact ranks, energies, baselines and MACs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analyzer.facts import Conv
from analyzer.model.rows import Rows
from analyzer.weights import chunks
from analyzer.weights.separability import gaussian_energy, spectra
from tests.weights.looks import separability

Array = NDArray[np.float32]
Floats = NDArray[np.float64]


def terms(count: int, n: int, m: int, kernel: tuple[int, ...], seed: int = 0) -> Array:
    """Sum of ``count`` depthwise → pointwise terms, computed in float32."""
    rng = np.random.default_rng(seed)
    total = np.zeros((n, m, *kernel), np.float32)
    for _ in range(count):
        point = rng.standard_normal((n, m)).astype(np.float32)
        depth = rng.standard_normal((m, *kernel)).astype(np.float32)
        total += np.einsum("nm,m...->nm...", point, depth)
    return total


def conv(n: int, m: int, kernel: tuple[int, ...], side: int, groups: int = 1) -> Conv:
    volume = int(np.prod(kernel))
    positions = side ** len(kernel)
    ones = (1,) * len(kernel)
    return Conv(
        "standard", False, "×".join(map(str, kernel)), kernel, volume, m, n, groups, None, ones,
        ones, (side,) * len(kernel), (side,) * len(kernel), positions * volume * m * n // groups,
        volume * m * n // groups,
    )  # fmt: skip


@pytest.mark.parametrize("count", range(1, 10))
def test_a_float32_sum_of_t_terms_has_rank_t(count: int) -> None:
    found = separability(terms(count, 64, 24, (3, 3)))
    assert found is not None
    assert found.depthwise_first.rank == count
    assert found.depthwise_first.energy[count - 1] == 1.0
    assert count == 1 or found.depthwise_first.energy[count - 2] < 1.0


@pytest.mark.parametrize("kernel", [(5,), (3, 3), (1, 7), (5, 5), (3, 3, 3)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_rank_is_found_for_any_kernel_and_stored_type(kernel: tuple[int, ...], count: int) -> None:
    exact = terms(count, 48, 6, kernel)
    for stored in (exact, exact.astype(np.float64)):
        found = separability(stored)
        assert found is not None
        assert found.depthwise_first.rank == count


def test_terms_hidden_by_a_thousandfold_louder_one_still_count() -> None:
    weights = terms(1, 32, 8, (3, 3), seed=1) * 1000 + terms(1, 32, 8, (3, 3), seed=2)
    found = separability(weights)
    assert found is not None
    assert found.depthwise_first.rank == 2
    assert found.depthwise_first.energy[0] > 0.999


def test_pointwise_first_sees_terms_of_output_channels() -> None:
    weights = np.ascontiguousarray(terms(2, 24, 40, (3, 3)).swapaxes(0, 1))
    found = separability(weights)
    assert found is not None
    assert found.pointwise_first.rank == 2
    assert found.rank == 2


def test_groups_are_decoupled_on_their_own() -> None:
    weights = np.concatenate([terms(1, 16, 4, (3, 3), s) for s in range(3)])
    found = separability(weights, groups=3)
    assert found is not None
    assert found.depthwise_first.rank == 1
    together = separability(weights)
    assert together is not None
    assert together.depthwise_first.rank == 3


def test_energy_equals_the_singular_values_numpy_finds() -> None:
    weights = np.random.default_rng(5).standard_normal((20, 7, 3, 3)).astype(np.float32)
    found = separability(weights)
    assert found is not None
    values = np.linalg.svd(weights.reshape(20, 7, 9).swapaxes(0, 1), compute_uv=False) ** 2
    np.testing.assert_allclose(
        found.depthwise_first.energy, np.cumsum(values.sum(0)) / values.sum(), rtol=1e-5
    )


@pytest.mark.parametrize(
    ("n", "m", "kernel"), [(128, 64, (3, 3)), (32, 300, (5, 5)), (40, 300, (7,))]
)
def test_noise_meets_the_baseline(n: int, m: int, kernel: tuple[int, ...]) -> None:
    weights = np.random.default_rng(9).standard_normal((n, m, *kernel)).astype(np.float32)
    found = separability(weights)
    assert found is not None
    for one in (found.depthwise_first, found.pointwise_first):
        np.testing.assert_allclose(one.energy, one.baseline, atol=0.02)


def test_baseline_equals_direct_sampling_of_gaussian_matrices() -> None:
    sample = np.random.default_rng(3).standard_normal((4000, 30, 9))
    values = np.linalg.svd(sample, compute_uv=False) ** 2
    direct = np.cumsum(values.sum(0)) / values.sum()
    np.testing.assert_allclose(gaussian_energy(30, 9), direct, atol=0.005)
    np.testing.assert_allclose(gaussian_energy(9, 30), direct, atol=0.005)


def test_recommendation_is_the_cheapest_that_keeps_the_energy() -> None:
    weights = terms(2, 128, 64, (3, 3))
    layer = conv(128, 64, (3, 3), 56)
    found = separability(weights, conv=layer, target=0.99)
    assert found is not None
    assert (found.order, found.terms, found.energy) == ("depthwise-pointwise", 2, 1.0)
    assert found.macs == 2 * 56 * 56 * (9 * 64 + 64 * 128)
    assert found.macs_now == 56 * 56 * 9 * 64 * 128
    assert found.baseline is not None
    assert found.baseline < 0.5
    assert found.margin == 1 - found.baseline


def test_energy_and_baseline_are_those_of_the_fewest_terms_that_keep_enough() -> None:
    weights = np.random.default_rng(0).standard_normal((96, 64, 3, 3)).astype(np.float32)
    found = separability(weights, conv=conv(96, 64, (3, 3), 14), target=0.8)
    assert found is not None
    assert found.terms is not None
    option = (
        found.depthwise_first if found.order == "depthwise-pointwise" else found.pointwise_first
    )
    fewer, enough = option.energy[found.terms - 2 : found.terms]
    assert fewer < 0.8 <= enough == found.energy
    assert found.baseline == option.baseline[found.terms - 1] > option.baseline[found.terms - 2]


def test_nothing_is_recommended_where_nothing_is_saved() -> None:
    weights = np.random.default_rng(0).standard_normal((64, 64, 3, 3)).astype(np.float32)
    found = separability(weights, conv=conv(64, 64, (3, 3), 14), target=1.0)
    assert found is not None
    assert (found.order, found.terms, found.macs, found.ratio) == (None, None, None, None)


def test_pointwise_and_depthwise_kernels_are_separable_already() -> None:
    rng = np.random.default_rng(0)
    assert separability(rng.standard_normal((8, 4, 1, 1))) is None
    assert separability(rng.standard_normal((8, 1, 3, 3)), groups=8) is None


def test_weights_that_are_not_finite_have_no_energy() -> None:
    weights = terms(1, 8, 8, (3, 3))
    weights[0, 0, 0, 0] = np.nan
    assert separability(weights) is None


def test_all_zero_weights_have_no_energy_to_keep() -> None:
    assert separability(np.zeros((4, 4, 3, 3), np.float32)) is None


@pytest.mark.parametrize("shape", [(96, 12, 3, 3), (4, 12, 5, 5)])
def test_decomposing_every_third_channel_tells_about_the_same(shape: tuple[int, ...]) -> None:
    weights = Rows.of(np.random.default_rng(0).standard_normal(shape))
    whole, part = spectra(weights), spectra(weights, every=3)
    assert whole is not None
    assert part is not None
    assert (whole.sampled, part.sampled) == (False, True)
    assert np.array_equal(part.first, whole.first[::3])
    assert np.array_equal(part.second, whole.second[::3])


@pytest.mark.parametrize(("n", "limits", "first", "second"), [
    # matrices of 9×9, 864 numbers in 96 rows of 9: room for 10 of 12 channels, so every second
    (96, {"HELD": 864}, 2, 1),
    # matrices of 4×9, and no more than the 108 numbers of a filter: room for 3 of 12
    (4, {"HELD": 108}, 4, 1),
    # 12 · 9³ = 8748 and 96 · 9³ = 69984
    (96, {"WORK": 2916}, 3, 24), (96, {"WORK": 8748}, 1, 8), (96, {"WORK": 69984}, 1, 1),
    # 12 · 4³ = 768 and 4 · 9³ = 2916
    (4, {"WORK": 256}, 3, 11),
])  # fmt: skip
def test_as_many_channels_are_decomposed_as_memory_and_work_allow(
    monkeypatch: pytest.MonkeyPatch, n: int, limits: dict[str, int], first: int, second: int
) -> None:
    weights = Rows.of(np.random.default_rng(0).standard_normal((n, 12, 3, 3)))
    whole = spectra(weights)
    for name, limit in limits.items():
        monkeypatch.setattr(f"analyzer.weights.separability.{name}", limit)
    part = spectra(weights)
    assert whole is not None
    assert part is not None
    assert np.array_equal(part.first, whole.first[::first])
    assert np.array_equal(part.second, whole.second[::second])
    assert part.sampled == (max(first, second) > 1)


def test_filters_are_decomposed_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = Rows.of(np.random.default_rng(0).standard_normal((48, 6, 3, 3)))
    whole = spectra(weights, groups=2)
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1000)
    pieces = spectra(weights, groups=2)
    assert whole is not None
    assert pieces is not None
    assert np.allclose(pieces.first, whole.first)
    assert np.allclose(pieces.second, whole.second)


def convolve(x: Floats, w: Floats, groups: int = 1) -> Floats:
    """Plain 2-D convolution, stride 1, no padding; ``x`` is ``(C, H, W)``."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(1, 2))
    split = windows.reshape(groups, -1, *windows.shape[1:])
    parts = w.reshape(groups, -1, *w.shape[1:])
    return np.concatenate(
        [np.einsum("mhwij,nmij->nhw", a, b) for a, b in zip(split, parts, strict=True)]
    )


@given(n=st.integers(1, 6), m=st.integers(2, 5), k=st.integers(2, 3), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_k_squared_terms_compute_the_same_convolution(n: int, m: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n, m, k, k))
    image = rng.standard_normal((m, 6, 6))
    u, s, vt = np.linalg.svd(weights.reshape(n, m, k * k).swapaxes(0, 1), full_matrices=False)
    found = separability(weights)
    assert found is not None
    assert len(found.depthwise_first.energy) == s.shape[1] == min(n, k * k)
    total = np.zeros((n, 7 - k, 7 - k))
    for t in range(s.shape[1]):
        depth = convolve(image, vt[:, t].reshape(m, 1, k, k), groups=m)
        total += convolve(depth, (u[:, :, t] * s[:, t, None]).T.reshape(n, m, 1, 1))
    np.testing.assert_allclose(total, convolve(image, weights), atol=1e-9)


@given(
    n=st.integers(1, 12), m=st.integers(2, 6), k=st.integers(1, 4), seed=st.integers(0, 99),
    scale=st.sampled_from([1e-30, 1.0, 1e30]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_energy_rises_to_1_and_ignores_scale(
    n: int, m: int, k: int, seed: int, scale: float
) -> None:
    base = np.random.default_rng(seed).standard_normal((n, m, k, 2)).astype(np.float32)
    found, scaled = separability(base), separability((base * scale).astype(np.float32))
    assert found is not None
    assert scaled is not None
    for one, other in ((found.depthwise_first, scaled.depthwise_first),
                       (found.pointwise_first, scaled.pointwise_first)):  # fmt: skip
        assert list(one.energy) == sorted(one.energy)
        assert one.energy[-1] == 1.0
        assert one.rank == other.rank == len(one.energy)
        np.testing.assert_allclose(one.energy, other.energy, rtol=1e-4)
