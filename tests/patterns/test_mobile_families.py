"""MobileNets and their heirs by their papers' tables, each row of which has to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.facts import Block, Conv
from analyzer.patterns.families import mobile
from analyzer.patterns.families.network import divisible, width
from tests.each import each
from tests.patterns.written import Detail, Row, conv, named, without, written

if TYPE_CHECKING:
    from collections.abc import Sequence

# Howard et al. 2017 (arXiv 1704.04861), table 1: channels and strides of the pointwise layers
V1 = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
      (512, 1), (512, 1), (1024, 2), (1024, 1)]  # fmt: skip


def separable(rows: Sequence[Row], kernel: str = "3×3") -> list[Detail]:
    return [{"out_channels": n, "stride": s, "kernel": kernel} for n, s in rows]


def test_mobilenet_v1_is_told_by_channels_and_strides_of_13_layers_or_8() -> None:
    assert named(mobile.mobilenet_v1(written("separable", separable(V1), layers=28))) == (
        "MobileNetV1, α = 1, 28"
    )
    more = mobile.mobilenet_v1(written("separable", separable([*V1, (8, 1)]), layers=29))
    assert named(more) == "MobileNetV1 backbone, α = 1, 29"
    wide = [(9 * n, s) for n, s in V1]
    assert named(mobile.mobilenet_v1(written("separable", separable(wide), layers=28))) == (
        "MobileNetV1, α = 9, 28"
    )
    shallow = [*V1[:6], *V1[-2:]]
    for rows in (shallow, [(9 * n, s) for n, s in shallow]):
        assert named(mobile.mobilenet_v1(written("separable", separable(rows)))) != ""
    assert named(mobile.mobilenet_v1(written("separable", separable(shallow), layers=18))) == (
        "MobileNetV1, shallow, α = 1, 18"
    )
    for rows in (V1[:-1], [*V1[:5], *V1[-2:]]):
        assert mobile.mobilenet_v1(written("separable", separable(rows))) is None
    for at, (n, s) in enumerate(V1):
        rows = [*V1[:at], (n, 3 - s), *V1[at + 1 :]]
        assert mobile.mobilenet_v1(written("separable", separable(rows))) is None
        rows = [*V1[:at], (n + 8, s), *V1[at + 1 :]]
        assert mobile.mobilenet_v1(written("separable", separable(rows))) is None
    assert mobile.mobilenet_v1(written("separable", separable(V1, "5×5"))) is None
    later = [Block("inverted-residual", ("x",), 0, 0, {})]
    assert mobile.mobilenet_v1(written("separable", separable(V1), more=later)) is None


# Sandler et al. 2018 (arXiv 1801.04381), table 2: expansion, channels, repeats, stride
V2 = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
      (6, 320, 1, 1)]  # fmt: skip


def test_mobilenet_v2_is_told_by_expansion_channels_and_strides_of_17_blocks() -> None:
    def rows(gated: bool = False) -> list[Detail]:
        return [
            {"expansion": t, "out_channels": c, "stride": 1 if i else s, "squeeze_excite": gated}
            for t, c, n, s in V2
            for i in range(n)
        ]

    def found(details: list[Detail], layers: int = 53) -> str:
        return named(mobile.mobilenet_v2(written("inverted-residual", details, layers=layers)))

    assert len(rows()) == 17
    assert found(rows()) == "MobileNetV2, α = 1, 53"
    assert found(rows(), 54) == "MobileNetV2 backbone, α = 1, 54"
    assert [found(less) for less in without(rows())] == [""] * 17
    wide = [{**row, "out_channels": 9 * row["out_channels"]} for row in rows()]
    assert found(wide) == "MobileNetV2, α = 9, 53"
    assert found(rows(gated=True)) == ""
    for key in ("expansion", "stride"):
        for at in range(17):
            details = rows()
            details[at][key] += 1
            assert found(details) == "", (key, at)
    odd = rows()
    odd[-1]["out_channels"] = 336
    assert found(odd) == ""


# Howard et al. 2019 (arXiv 1905.02244), tables 1 and 2: kernel, channels, gate, stride
V3_LARGE = "3:16:0:1 3:24:0:2 3:24:0:1 5:40:1:2 5:40:1:1 5:40:1:1 3:80:0:2 3:80:0:1 3:80:0:1 \
3:80:0:1 3:112:1:1 3:112:1:1 5:160:1:2 5:160:1:1 5:160:1:1"
V3_SMALL = "3:16:1:2 3:24:0:2 3:24:0:1 5:40:1:2 5:40:1:1 5:40:1:1 5:48:1:1 5:48:1:1 5:96:1:2 \
5:96:1:1 5:96:1:1"


def bnecks(rows: Sequence[Row]) -> list[Detail]:
    return [{"kernel": f"{k}×{k}", "out_channels": n, "squeeze_excite": bool(gate), "stride": s}
            for k, n, gate, s in rows]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "layers"), [(V3_LARGE, "Large", 64), (V3_SMALL, "Small", 54)]
)
def test_mobilenet_v3_is_told_by_every_row_of_its_tables(text: str, name: str, layers: int) -> None:
    rows = [tuple(map(int, row.split(":"))) for row in text.split()]

    def found(changed: Sequence[Row], more: int = 0) -> str:
        network = written("inverted-residual", bnecks(changed), layers=layers + more)
        return named(mobile.mobilenet_v3(network))

    assert found(rows) == f"MobileNetV3-{name}, α = 1, {layers}"
    assert found(rows, 1) == f"MobileNetV3-{name} backbone, α = 1, {layers + 1}"
    wide = [(k, 9 * n, gate, s) for k, n, gate, s in rows]
    assert found(wide) == f"MobileNetV3-{name}, α = 9, {layers}"
    for at in range(len(rows)):
        assert found(rows[:at] + rows[at + 1 :]) == ""
        for column in range(4):
            other = [list(row) for row in rows]
            other[at][column] = 1 - other[at][column] if column == 2 else other[at][column] + 2
            assert found([tuple(row) for row in other]) == "", (at, column)


# Tan and Le 2019 (arXiv 1905.11946), table 1, and the coefficients of the reference code
SCALED = {
    0: ([16, 24, 40, 80, 112, 192, 320], [1, 2, 2, 3, 3, 4, 1]),
    1: ([16, 24, 40, 80, 112, 192, 320], [2, 3, 3, 4, 4, 5, 2]),
    2: ([16, 24, 48, 88, 120, 208, 352], [2, 3, 3, 4, 4, 5, 2]),
    3: ([24, 32, 48, 96, 136, 232, 384], [2, 3, 3, 5, 5, 6, 2]),
    4: ([24, 32, 56, 112, 160, 272, 448], [2, 4, 4, 6, 6, 8, 2]),
    5: ([24, 40, 64, 128, 176, 304, 512], [3, 5, 5, 7, 7, 9, 3]),
    6: ([32, 40, 72, 144, 200, 344, 576], [3, 6, 6, 8, 8, 11, 3]),
    7: ([32, 48, 80, 160, 224, 384, 640], [4, 7, 7, 10, 10, 13, 4]),
}


@pytest.mark.parametrize("index", SCALED)
def test_efficientnets_are_told_by_their_scaled_rows(index: int) -> None:
    channels, repeats = SCALED[index]
    table = zip((3, 3, 5, 3, 5, 5, 3), channels, repeats, (1, 2, 2, 2, 1, 2, 1), strict=True)
    rows = [(k, c, 1, 1 if i else s) for k, c, n, s in table for i in range(n)]
    layers = 3 + 5 * len(rows) - repeats[0]  # the first blocks have no expansion

    def found(changed: Sequence[Row], more: int = 0) -> str:
        network = written("inverted-residual", bnecks(changed), layers=layers + more)
        return named(mobile.efficientnet(network))

    assert found(rows) == f"EfficientNet-B{index}, {layers}"
    assert found(rows, 1) == f"EfficientNet-B{index} backbone, {layers + 1}"
    for at in range(len(rows)):
        assert found(rows[:at] + rows[at + 1 :]) == ""
    assert found([*rows[:-1], (*rows[-1][:2], 0, 1)]) == ""
    assert found([]) == ""


def test_ghostnet_has_32_modules_of_which_each_second_has_the_papers_channels() -> None:
    """Han et al. 2020 (arXiv 1911.11907), table 1."""
    narrow = [16, 24, 24, 40, 40, 80, 80, 80, 80, 112, 112, 160, 160, 160, 160, 160]
    rows = [{"out_channels": n} for each in narrow for n in (4 * each, each)]

    def found(details: list[Detail], kernel: Row = (1, 3), layers: int = 96) -> str:
        long = [conv(kernel, kind="depthwise", groups=8)]
        return named(mobile.ghostnet(written("ghost-module", details, layers=layers, convs=long)))

    assert found(rows) == "GhostNet, α = 1, 96"
    assert found(rows, layers=97) == "GhostNet backbone, α = 1, 97"
    assert found(rows, (1, 5), 500) == "GhostNetV2, α = 1, 500"
    assert found(rows, (5, 1)) == "GhostNet, α = 1, 96"
    assert found([{"out_channels": 9 * row["out_channels"]} for row in rows]) == (
        "GhostNet, α = 9, 96"
    )
    assert found(rows[:-1]) == found([*rows, *rows[-1:]]) == ""
    for at in range(1, 32, 2):
        other = [dict(row) for row in rows]
        other[at]["out_channels"] += 8
        assert found(other) == ""
    grouped = written("ghost-module", rows, convs=[conv((1, 5), kind="grouped")])
    assert named(mobile.ghostnet(grouped)).startswith("GhostNet,")


def shuffles(
    groups: int = 2, count: int = 16, channels: int = 58, convs: Sequence[Conv] = (),
    kinds: int = 1, branches: int = 1,
) -> str:  # fmt: skip
    more = [Block("separable", ("s",), 0, 0, {"out_channels": channels})] * branches
    details = [{"groups": groups + (i if kinds > 1 else 0)} for i in range(count)]
    network = written("channel-shuffle", details, convs=convs, more=more)
    return named(mobile.shufflenet(network))


def test_shufflenets_shuffle_16_times_by_as_many_groups() -> None:
    """Ma et al. 2018 (arXiv 1807.11164), table 5; Zhang et al. 2017 (1707.01083)."""
    halves = {24: "0.5×", 58: "1.0×", 88: "1.5×", 122: "2.0×"}
    for half, name in halves.items():
        assert shuffles(channels=half) == f"ShuffleNetV2, {name}, 0"
    pointwise = conv((1, 1), kind="grouped", groups=3)
    assert shuffles(3, convs=[pointwise]) == "ShuffleNetV1, g = 3, 0"
    assert shuffles(3, convs=[conv((3, 3), kind="grouped", groups=3)]) == ""
    assert shuffles(2, convs=[pointwise]) == ""
    assert shuffles(3, convs=[conv((1, 1), kind="pointwise", groups=3)]) == ""
    assert shuffles(count=15) == shuffles(count=17) == shuffles(kinds=2) == ""
    assert shuffles(3) == shuffles(channels=60) == shuffles(branches=0) == ""


def test_channels_are_rounded_as_the_reference_code_of_mobilenets_does() -> None:
    rounded = {1: 8, 11.9: 16, 12: 16, 20: 24, 19.9: 24, 36: 40, 84: 88, 89: 88, 91.99: 88}
    assert {channels: divisible(channels) for channels in rounded} == rounded
    assert (divisible(10, 4), divisible(9, 4), divisible(13, 4)) == (12, 12, 12)


@each(
    ("found", "published", "alpha"),
    [
        ([32, 64], [32, 64], 1.0), ([16, 32], [32, 64], 0.5), ([24, 48], [32, 64], 0.75),
        ([16, 24], [32, 64], 0.35), ([11, 22], [32, 64], 0.35), ([64, 128], [32, 64], 2.0),
        ([40, 80], [32, 64], 1.25), ([16, 48], [32, 64], None), ([], [32, 64], None),
        ([38, 76], [32, 64], 1.188), ([96, 192], [32, 64], 3.0), ([8, 8], [32, 64], 0.125),
        ([3, 6], [32, 64], 0.1),
    ],
)  # fmt: skip
def test_a_width_multiplier_is_one_of_the_papers_or_the_ratio_of_the_widest(
    found: list[int], published: list[int], alpha: float | None
) -> None:
    assert width(found, published) == alpha
