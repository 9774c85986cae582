"""Compound scaling of EfficientNet-B0 lands on its published successors."""

from collections.abc import Callable

import onnx
import pytest

from analyzer.scaling import Scaler, compound, frontier
from analyzer.scaling.frontier import COMPOUND, DEPTHS, RESOLUTIONS, WIDTHS
from tests.scaling.efficientnet import efficientnet_b0

# torchvision's published GMACs at its own sides; width, depth from the paper's repository
PUBLISHED = [
    ("B1", 1.0, 1.1, 240, 0.687), ("B2", 1.1, 1.2, 288, 1.088), ("B3", 1.2, 1.4, 300, 1.827),
    ("B4", 1.4, 1.8, 380, 4.394), ("B5", 1.6, 2.2, 456, 10.266), ("B6", 1.8, 2.6, 528, 19.068),
    ("B7", 2.0, 3.1, 600, 37.746),
]  # fmt: skip


@pytest.fixture
def b0(planned: Callable[[onnx.ModelProto], Scaler]) -> Scaler:
    return planned(efficientnet_b0())


def test_b0_itself_has_the_published_counts(b0: Scaler) -> None:
    assert b0.facts.totals.macs == 385_814_752
    assert b0.facts.totals.params == 5_288_548
    assert [stage.repeats for stage in b0.stages] == [1, 2, 2, 3, 3, 4, 1]


def test_compound_scaling_lands_on_b1_to_b7(b0: Scaler) -> None:
    for name, width, depth, side, giga in PUBLISHED:
        scaled = b0.at(width, depth=depth, sides=side, divisor=8)
        assert scaled.macs is not None, scaled.reason
        assert scaled.macs / 1e9 == pytest.approx(giga, rel=0.04), name


def test_b1_only_deepens_so_its_counts_are_exact(b0: Scaler) -> None:
    """torchvision: EfficientNet-B1 has 7,794,184 parameters and 0.687 GMACs."""
    scaled = b0.at(depth=1.1, sides=240, divisor=8)
    assert scaled.params == 7_794_184
    assert scaled.repeats == (2, 3, 3, 4, 4, 5, 2)
    assert round((scaled.macs or 0) / 1e9, 3) == 0.687


def test_a_frontier_point_fits_and_no_axis_of_it_can_be_raised(b0: Scaler) -> None:
    depths, widths, sizes = (1.0, 1.4), (0.75, 1.0, 1.2), (0.857, 1.0, 1.143)
    found = frontier(b0, 500_000_000, depths, widths, sizes)
    assert found.balanced is found.points[0]
    assert found.affordable >= len(found.points) > 1
    for point in found.points:
        assert point.macs is not None
        assert point.macs <= 500_000_000
        for larger in [w for w in widths if w > point.width][:1]:
            over = b0.at(larger, depth=point.depth, sides=point.sides, divisor=8)
            assert (over.macs or 0) > 500_000_000


def test_a_budget_below_everything_affords_nothing(b0: Scaler) -> None:
    assert frontier(b0, 1, (1.0,), (0.5, 1.0), (1.0,)).balanced is None


def test_phi_1_roughly_doubles_the_work(b0: Scaler) -> None:
    """1.2 · 1.1² · 1.15² ≈ 1.92 (paper, section 3.3); stages of one block round up to two."""
    scaled = compound(b0, 1)
    assert scaled.macs is not None
    assert 1.8 < scaled.macs / b0.facts.totals.macs < 2.8


def test_the_grid_is_that_of_published_networks() -> None:
    """Depths of EfficientNet-B0 and B2–B5, widths of MobileNets and of EfficientNet-B3, B4 and B6,
    sides of 128–384 pixels in 224ths; and the bases of EfficientNet, whose MACs double."""
    assert DEPTHS == (1.0, 1.2, 1.4, 1.8, 2.2)
    assert WIDTHS == (0.25, 0.5, 0.75, 1.0, 1.2, 1.4, 1.8)
    sides = (128, 160, 192, 224, 256, 288, 384)
    assert tuple(round(side / 224, 3) for side in sides) == RESOLUTIONS
    depth, width, resolution = COMPOUND
    assert 1.9 < depth * width**2 * resolution**2 < 2
