"""What share of a large kernel is in its centre, and what a smaller one saves."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.analyze import analyze_weights
from analyzer.evidence import KernelCore
from analyzer.model import load
from analyzer.model.rows import Rows
from analyzer.weights.core import _centres, _middle, has_core, kernel_core, tap_energy
from tests.weights.files import conv_model

RNG = np.random.default_rng(5)


def test_the_energy_of_taps_adds_up_to_the_squared_norm() -> None:
    weights = RNG.standard_normal((6, 4, 5, 7)).astype(np.float32)
    found = tap_energy(Rows.of(weights))
    assert found == pytest.approx(np.square(weights, dtype=np.float64).sum(axis=(0, 1)))


def core_of(size: int, outside: float) -> KernelCore:
    weights = np.full((2, 3, size, size), outside, np.float32)
    weights[:, :, 1:-1, 1:-1] = 1
    facts = analyze_weights(load(conv_model(weights, size=10, pads=[size // 2] * 4)))
    assert facts.evidence is not None
    found = facts.evidence.layers["y"].core
    assert found is not None
    return found


def test_a_5x5_kernel_with_a_faint_rim_saves_16_of_25_multiplications() -> None:
    found = core_of(5, 0.01)
    assert (found.kernel, found.core, found.core_taps) == ("5×5", "3×3", 9)
    assert found.saved == 10 * 10 * 2 * 3 * 16
    assert found.energy == pytest.approx(9 / (9 + 16 * 1e-4))
    assert found.baseline == 9 / 25


def test_a_kernel_that_uses_its_rim_is_its_own_core() -> None:
    found = core_of(5, 0.5)
    assert (found.core, found.saved, found.energy) == ("5×5", 0, 1.0)


@pytest.mark.parametrize(
    ("kernel", "looked_at"),
    [((4, 4), False), ((), False), ((1, 5), True), ((1 << 15, 2), True), ((1, 65537), False)],
)
def test_small_and_absurd_kernels_are_not_looked_at(
    kernel: tuple[int, ...], looked_at: bool
) -> None:
    assert has_core(kernel) is looked_at


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_nothing_is_said_of_kernels_without_energy(value: float) -> None:
    assert kernel_core(np.full((5, 5), value), None) is None


def test_smaller_kernels_have_the_same_centre_and_end_at_one_or_two_a_side() -> None:
    for sides, smaller in (
        ((5, 5), [(3, 3), (1, 1)]), ((6, 2), [(4, 2), (2, 2)]), ((4, 1), [(2, 1)]),
        ((7, 4), [(5, 2), (3, 2), (1, 2)]), ((2, 2), []), ((1, 1), []),
    ):  # fmt: skip
        assert list(_centres(sides)) == smaller
    assert [_middle(*each) for each in ((5, 3), (4, 2), (7, 1), (3, 3))] == [
        slice(1, 4), slice(1, 3), slice(3, 4), slice(0, 3),
    ]  # fmt: skip
