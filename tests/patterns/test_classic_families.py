"""ResNet to ConvNeXt by their papers' tables, each row of which has to be there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.facts import Block
from analyzer.patterns.families import classic
from tests.patterns.written import GRAPHLESS, Detail, Written, conv, named, without, written

if TYPE_CHECKING:
    pass

# He et al. 2015 (arXiv 1512.03385), table 1
RESNETS = {
    18: (1, (2, 2, 2, 2)), 34: (1, (3, 4, 6, 3)), 50: (4, (3, 4, 6, 3)), 101: (4, (3, 4, 23, 3)),
    152: (4, (3, 8, 36, 3)),
}  # fmt: skip


def residual(
    depth: int, *, wider: int = 1, groups: int = 1, gated: bool = False, first: bool = False,
    scale: float = 1.0,
) -> tuple[str, list[Detail]]:  # fmt: skip
    expansion, stages = RESNETS[depth]
    kind = "bottleneck" if expansion == 4 else "basic-residual"
    return kind, [
        {"out_channels": int(64 * scale) * expansion * 2**stage, "groups": groups,
         "inner_channels": int(64 * scale) * wider * 2**stage, "squeeze_excite": gated,
         "pre_activation": first}
        for stage, n in enumerate(stages) for _ in range(n)
    ]  # fmt: skip


@pytest.mark.parametrize("depth", RESNETS)
def test_resnets_are_told_by_blocks_in_each_stage(depth: int) -> None:
    def found(kind: str, details: list[Detail], layers: int = depth + 4) -> str:
        return named(classic.resnet(written(kind, details, layers=layers)))

    assert found(*residual(depth)) == f"ResNet-{depth}, {depth + 4}"
    assert found(*residual(depth), depth + 5) == f"ResNet-{depth} backbone, {depth + 5}"
    assert found(*residual(depth, first=True)) == f"ResNetV2-{depth}, {depth + 4}"
    assert found(*residual(depth, wider=2)) == f"Wide ResNet-{depth}-2, {depth + 4}"
    assert found(*residual(depth, wider=3)) == ""
    assert found(*residual(depth, gated=True), 999) == f"SE-ResNet-{depth}, 999"
    grouped = residual(depth, groups=32, wider=2)
    assert found(*grouped) == f"ResNeXt-{depth}, 32 groups, {depth + 4}"
    assert found(*residual(depth, groups=32, wider=4)) != ""
    assert found(*residual(depth, scale=0.5)) == f"ResNet-{depth}, α = 0.5, {depth + 4}"
    assert found(*residual(depth, scale=9)) == f"ResNet-{depth}, α = 9, {depth + 4}"
    kind, details = residual(depth)
    assert all(found(kind, less) == "" for less in without(details))
    for key in ("inner_channels", "groups", "squeeze_excite"):
        mixed = [dict(detail) for detail in details]
        mixed[0][key] = 2 * mixed[0][key] or True
        assert found(kind, mixed) == "", key
    mixed = [dict(detail) for detail in details]
    mixed[0]["pre_activation"] = True
    assert found(kind, mixed) == f"ResNet-{depth}, {depth + 4}"
    other = "bottleneck" if kind == "basic-residual" else "basic-residual"
    assert found(other, details) == ""


# Simonyan and Zisserman 2014 (arXiv 1409.1556), table 1
VGGS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


@pytest.mark.parametrize("depth", VGGS)
def test_vggs_are_told_by_convolutions_between_poolings(depth: int) -> None:
    def found(layers: int = depth, **other: Any) -> str:
        each = zip(VGGS[depth], (64, 128, 256, 512, 512), strict=True)
        convs: list[Any] = []
        for n, channels in each:
            convs += [conv(out=channels)] * n + [None]
        for at, value in other.items():
            convs[int(at.removeprefix("at"))] = value
        return named(classic.vgg(written("none", [], convs=convs, layers=layers)))

    assert found() == f"VGG-{depth}, {depth}"
    assert found(depth + 1) == f"VGG-{depth} backbone, {depth + 1}"
    for other in (conv(out=65), conv((5, 5), 64), conv(out=64, stride=2),
                  conv(out=64, kind="grouped"), None):  # fmt: skip
        assert found(at0=other) == ""


def test_densenets_are_told_by_layers_of_one_side_and_one_growth() -> None:
    """Huang et al. 2016 (arXiv 1608.06993), table 1."""
    depths = {
        121: (6, 12, 24, 16),
        161: (6, 12, 36, 24),
        169: (6, 12, 32, 32),
        201: (6, 12, 48, 32),
    }
    for depth, stages in depths.items():
        for growths, sides, expected in (
            ({32}, (56, 28, 14, 7), f"DenseNet-{depth}, growth 32, 0"),
            ({32, 48}, (56, 28, 14, 7), ""),
            ({32}, (56, 28, 14, 14), ""),
        ):
            nodes: Any = {}
            blocks: list[Block] = []
            for stage, side in zip(stages, sides, strict=True):
                for _ in range(stage):
                    key, each = f"c{len(blocks)}", conv()
                    place = SimpleNamespace(conv=SimpleNamespace(out_spatial=(side, side)))
                    nodes[f"{key}a"] = SimpleNamespace(conv=each)
                    nodes[key] = place
                    growth = sorted(growths)[len(blocks) % len(growths)]
                    blocks.append(Block("dense-layer", (f"{key}a", key), 0, 0, {"growth": growth}))
            network = Written(GRAPHLESS, nodes, tuple(blocks), ())
            network.__dict__["convs"] = []
            assert named(classic.densenet(network)) == expected


def test_squeezenets_are_told_by_eight_modules_and_the_first_kernel() -> None:
    """Iandola et al. 2016 (arXiv 1602.07360), table 1; the 3×3 kernel is that of 1.1."""
    channels = [128, 128, 256, 256, 384, 384, 512, 512]

    def found(listed: list[int], side: int = 7, layers: int = 26) -> str:
        details = [{"out_channels": n} for n in listed]
        first = [conv((side, side))]
        return named(classic.squeezenet(written("fire", details, convs=first, layers=layers)))

    assert found(channels) == "SqueezeNet 1.0, 26"
    assert found(channels, 3) == "SqueezeNet 1.1, 26"
    assert found(channels, 3, 27) == "SqueezeNet 1.1 backbone, 27"
    assert found(channels, 5) == ""
    for at in range(8):
        assert found(channels[:at] + channels[at + 1 :]) == ""


def test_inceptions_are_told_by_the_branches_of_their_modules() -> None:
    """Szegedy et al. 2014 (arXiv 1409.4842), table 1; Ioffe and Szegedy 2015 (1502.03167)."""
    normed = [4, 4, 3, 4, 4, 4, 4, 3, 4, 4]
    for branches, name in (([4] * 9, "GoogLeNet, 0"), (normed, "BN-Inception, 0"), ([4] * 8, ""),
                           ([4] * 10, ""), (normed[1:], ""), ([], "")):  # fmt: skip
        details = [{"branches": n} for n in branches]
        assert named(classic.inception(written("inception", details))) == name


def test_convnexts_are_told_by_blocks_in_each_stage_and_the_first_width() -> None:
    """Liu et al. 2022 (arXiv 2201.03545), section 3."""
    sizes = {"T": (96, 9), "S": (96, 27), "B": (128, 27), "L": (192, 27), "XL": (256, 27)}
    for size, (first, third) in sizes.items():
        stages = zip((first, 2 * first, 4 * first, 8 * first), (3, 3, third, 3), strict=True)
        details = [{"out_channels": n} for n, count in stages for _ in range(count)]
        assert named(classic.convnext(written("convnext", details))) == f"ConvNeXt-{size}, 0"
        assert classic.convnext(written("convnext", details[1:])) is None
    assert classic.convnext(written("convnext", [])) is None
