"""From one file to every row of the MobileNet paper (arXiv 1704.04861, tables 6 to 8)."""

import pytest

from analyzer.scaling import Scaler, grid, growth

PARAMS = {1.0: 4_231_976, 0.75: 2_585_560, 0.5: 1_331_592, 0.25: 470_072}
MACS = {
    (1.0, 224): 568_740_352, (1.0, 192): 418_121_728, (1.0, 160): 290_675_200,
    (1.0, 128): 186_400_768, (0.75, 224): 325_400_448, (0.5, 224): 149_497_088,
    (0.25, 224): 41_030_272, (0.5, 160): 76_524_800,
}  # fmt: skip


@pytest.mark.parametrize(("width", "side"), MACS)
def test_width_and_resolution_reproduce_the_published_counts(
    mobilenet: Scaler, width: float, side: int
) -> None:
    scaled = mobilenet.at(width, sides=side)
    assert scaled.macs == MACS[width, side]
    assert scaled.params == PARAMS[width]
    assert scaled.sides == (side, side)
    assert scaled.reason == ""


def paper(alpha: float, side: int) -> int:
    """Mult-adds by table 1 of the paper and its equation 6, written out."""

    def width(channels: int) -> int:
        return int(alpha * channels)

    side //= 2
    total = 9 * 3 * width(32) * side * side
    channels = width(32)
    for out, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
                        *[(512, 1)] * 5, (1024, 2), (1024, 1)]:  # fmt: skip
        side //= stride
        total += side * side * channels * (9 + width(out))
        channels = width(out)
    return total + channels * 1000


@pytest.mark.parametrize("side", [224, 192, 160, 128])
@pytest.mark.parametrize("width", [1.0, 0.75, 0.5, 0.25])
def test_every_cell_of_the_grid_follows_the_papers_equation(
    mobilenet: Scaler, width: float, side: int
) -> None:
    assert mobilenet.at(width, sides=side).macs == paper(width, side)


def test_the_default_grid_is_the_papers(mobilenet: Scaler) -> None:
    cells = [cell for row in grid(mobilenet) for cell in row]
    assert [c.macs for c in cells] == [
        paper(a, s) for a in (1.0, 0.75, 0.5, 0.25) for s in (224, 192, 160, 128)
    ]


def test_without_the_five_repeated_blocks_it_is_the_shallow_network(mobilenet: Scaler) -> None:
    """Table 5: 307 M mult-adds, 2.9 M parameters."""
    blocks = [1 if stage.shape[1] == 512 else stage.repeats for stage in mobilenet.stages]
    shallow = mobilenet.at(depth=blocks)
    assert shallow.macs == 307_323_392
    assert shallow.params is not None
    assert round(shallow.params, -5) == 2_900_000


def test_layers_carry_the_new_shapes(mobilenet: Scaler) -> None:
    scaled = mobilenet.at(0.5, sides=160)
    shapes = [t.shape for layer in scaled.layers for t in layer.outputs if t is not None]
    assert (1, 512, 5, 5) in shapes
    assert shapes[-1] is not None
    assert shapes[-1][-1] == 1000
    assert sum(layer.macs or 0 for layer in scaled.layers) == 76_524_800


def test_at_its_own_size_a_model_is_itself(mobilenet: Scaler) -> None:
    same = mobilenet.at()
    totals = mobilenet.facts.totals
    assert (same.macs, same.flops, same.params) == (totals.macs, totals.flops, totals.params)
    assert same.deviation == 0


def test_growth_is_near_the_rule_of_thumb_and_says_how_far(mobilenet: Scaler) -> None:
    by_axis = {g.axis: g for g in growth(mobilenet)}
    assert list(by_axis) == ["width", "resolution", "depth"]
    width, resolution = by_axis["width"].exponent, by_axis["resolution"].exponent
    assert width is not None
    assert resolution is not None
    # depthwise layers and the stem grow only linearly in width
    assert 1.8 < width < 2
    assert resolution == pytest.approx(2, abs=0.02)
    half = mobilenet.at(0.5)
    assert half.expected_macs == 568_740_352 / 4
    assert half.deviation == pytest.approx(149_497_088 / 142_185_088 - 1)
