"""Real networks of the onnx wheel: what is known about them at other sizes."""

from collections.abc import Callable

import onnx
import pytest

from analyzer.scaling import Scaler, grid, growth

NAMES = (
    "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet",
    "squeezenet", "vgg19", "zfnet512",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_network_at_its_own_size_is_itself(light: Callable[[str], Scaler], name: str) -> None:
    scaler = light(name)
    same = scaler.at()
    assert (same.macs, same.params) == (scaler.facts.totals.macs, scaler.facts.totals.params)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [0.5, 1.3, 2.0])
def test_every_network_scales_in_width(
    light: Callable[[str], Scaler], name: str, width: float
) -> None:
    scaler = light(name)
    scaled = scaler.at(width, divisor=8)
    assert scaled.macs is not None, scaled.reason
    assert scaled.macs / scaler.facts.totals.macs == pytest.approx(width**2, rel=0.35)


def test_vgg19_at_twice_the_width_has_the_equations_count(light: Callable[[str], Scaler]) -> None:
    """Stem and classifier double, everything between them quadruples."""
    side, total, before = 224, 0, 3
    for channels, repeats in [(64, 2), (128, 2), (256, 4), (512, 4), (512, 4)]:
        for _ in range(repeats):
            total += side * side * 9 * before * 2 * channels
            before = 2 * channels
        side //= 2
    total += 7 * 7 * 1024 * 8192 + 8192 * 8192 + 8192 * 1000
    assert light("vgg19").at(2.0).macs == total


def test_resnet50_at_320_matches_the_sum_of_its_layers(light: Callable[[str], Scaler]) -> None:
    """224 and 320 are both multiples of 32, so every map scales by 10/7 exactly."""
    scaler = light("resnet50")
    classifier = 2048 * 1000
    scaled = scaler.at(sides=320)
    assert scaled.macs is not None
    assert (scaled.macs - classifier) * 49 == (scaler.facts.totals.macs - classifier) * 100


def test_densenet_concatenations_add_up(light: Callable[[str], Scaler]) -> None:
    scaled = light("densenet121").at(0.5)
    shapes = [t.shape for layer in scaled.layers for t in layer.outputs if t is not None]
    assert (1, 512, 7, 7) in shapes  # 1024 features at half the width


def test_shufflenet_keeps_its_groups(light: Callable[[str], Scaler]) -> None:
    scaler = light("shufflenet")
    for width in (0.3, 0.7, 1.1):
        assert scaler.at(width).macs is not None, width


def test_side_branches_are_no_depth_axis(
    planned: Callable[[str | onnx.ModelProto], Scaler],
) -> None:
    """A separable shortcut beside a convolution that does nearly all of the work."""
    scaler = planned("""
    g (float[1,16,32,32] x, float[16,16,5,5] a, float[16,1,3,3] d, float[16,16,1,1] p)
        => (float[1,16,32,32] y) {
      h = Conv <pads = [2,2,2,2]> (x, a)
      i = Conv <pads = [1,1,1,1], group = 16> (h, d)
      j = Conv (i, p)
      y = Add (h, j)
    }""")
    assert not scaler.deep
    assert {g.axis for g in growth(scaler)} == {"width", "resolution"}


def test_sides_a_decoder_refuses_become_multiples_of_32(
    planned: Callable[[str | onnx.ModelProto], Scaler],
) -> None:
    """Halved and doubled five times, 219 pixels do not come back as 219."""
    down = "\n".join(
        f"d{i + 1} = MaxPool <kernel_shape = [2,2], strides = [2,2]> (d{i})" for i in range(5)
    )
    scaler = planned(f"""
    g (float[1,4,256,256] d0, float[4,4,1,1] w) => (float[1,4,256,256] y)
    <float[4] s = {{1, 1, 32, 32}}> {{
      {down}
      c = Conv (d5, w)
      u = Resize (c, , s)
      y = Add (u, d0)
    }}""")
    sides = [point.sides[0] for point in grid(scaler)[0] if point.macs is not None]
    assert sides == [256, 224, 192, 160]
