"""MobileNetV1, V2, V3, EfficientNet, GhostNet, ShuffleNet: the tables of their papers."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from analyzer.patterns.families.network import divisible, width

if TYPE_CHECKING:
    from analyzer.facts import Architecture
    from analyzer.patterns.families.network import Figures, Network

V1 = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5,
      (1024, 2), (1024, 1))  # fmt: skip
"""Channels and stride, arXiv 1704.04861, table 1 (whose last stride 2 is a known misprint)."""
V1_SHALLOW = V1[:6] + V1[11:]
V2 = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
      (6, 160, 3, 2), (6, 320, 1, 1))  # fmt: skip
"""Expansion, channels, repeats, stride, arXiv 1801.04381, table 2."""
V3_LARGE = (
    (3, 16, 0, 1), (3, 24, 0, 2), (3, 24, 0, 1), (5, 40, 1, 2), (5, 40, 1, 1), (5, 40, 1, 1),
    (3, 80, 0, 2), (3, 80, 0, 1), (3, 80, 0, 1), (3, 80, 0, 1), (3, 112, 1, 1), (3, 112, 1, 1),
    (5, 160, 1, 2), (5, 160, 1, 1), (5, 160, 1, 1),
)  # fmt: skip
V3_SMALL = (
    (3, 16, 1, 2), (3, 24, 0, 2), (3, 24, 0, 1), (5, 40, 1, 2), (5, 40, 1, 1), (5, 40, 1, 1),
    (5, 48, 1, 1), (5, 48, 1, 1), (5, 96, 1, 2), (5, 96, 1, 1), (5, 96, 1, 1),
)  # fmt: skip
"""Kernel, channels, squeeze-and-excite, stride, arXiv 1905.02244, tables 1 and 2."""
EFFICIENTNET = ((3, 1, 16, 1, 1), (3, 6, 24, 2, 2), (5, 6, 40, 2, 2), (3, 6, 80, 3, 2),
                (5, 6, 112, 3, 1), (5, 6, 192, 4, 2), (3, 6, 320, 1, 1))  # fmt: skip
"""Kernel, expansion, channels, repeats, stride, arXiv 1905.11946, table 1."""
COMPOUND = ((1.0, 1.0), (1.0, 1.1), (1.1, 1.2), (1.2, 1.4), (1.4, 1.8), (1.6, 2.2), (1.8, 2.6),
            (2.0, 3.1))  # fmt: skip
"""Width and depth coefficients of B0 to B7 in the reference implementation."""
GHOST_MODULES = 32
GHOST_LAYERS = 1 + 2 * GHOST_MODULES + 4 + 7 * 2 + 5 * 2 + 3
"""Stem, modules, strided depthwise, squeeze layers, shortcuts, and the three of the head."""
SHUFFLE_UNITS = 16
SHUFFLE_V2 = {48: "0.5×", 116: "1.0×", 176: "1.5×", 244: "2.0×"}
"""Channels of stage 2, arXiv 1807.11164, table 5."""


def _side(kernel: str) -> int:
    return int(kernel.split("×", maxsplit=1)[0])


def mobilenet_v1(network: Network) -> Architecture | None:
    blocks = network.of("separable")
    found = network.rows("separable", "out_channels", "stride")
    for table, words in ((V1, ()), (V1_SHALLOW, ("shallow",))):
        head, strides = found[: len(table)], [stride for _, stride in table]
        if [row[1] for row in head] != strides or network.of("inverted-residual"):
            continue
        if any(block.detail["kernel"] != "3×3" for block in blocks[: len(table)]):
            continue
        alpha = width([row[0] for row in head], [channels for channels, _ in table])
        if alpha is not None:
            layers = 2 * len(table) + 2
            return network.architecture("MobileNetV1", *words, layers=layers, alpha=alpha)
    return None


def mobilenet_v2(network: Network) -> Architecture | None:
    table = [(t, c, s if i == 0 else 1) for t, c, n, s in V2 for i in range(n)]
    found = network.rows("inverted-residual", "expansion", "out_channels", "stride")
    if [(t, s) for t, _, s in found] != [(t, s) for t, _, s in table]:
        return None
    if any(block.detail["squeeze_excite"] for block in network.of("inverted-residual")):
        return None
    alpha = width([row[1] for row in found], [row[1] for row in table])
    if alpha is None:
        return None
    return network.architecture("MobileNetV2", layers=53, alpha=alpha)


def mobilenet_v3(network: Network) -> Architecture | None:
    found = _bnecks(network)
    for table, name, layers in ((V3_LARGE, "Large", 64), (V3_SMALL, "Small", 54)):
        if [(k, e, s) for k, _, e, s in found] != [(k, e, s) for k, _, e, s in table]:
            continue
        alpha = width([row[1] for row in found], [row[1] for row in table])
        if alpha is not None:
            return network.architecture(f"MobileNetV3-{name}", layers=layers, alpha=alpha)
    return None


def _bnecks(network: Network) -> list[Figures]:
    return [
        (
            _side(str(block.detail["kernel"])),
            int(block.detail["out_channels"]),
            int(block.detail["squeeze_excite"]),
            int(block.detail["stride"]),
        )
        for block in network.of("inverted-residual")
    ]


def efficientnet(network: Network) -> Architecture | None:
    found = _bnecks(network)
    if not found or not all(squeezed for _, _, squeezed, _ in found):
        return None
    for index, (wide, deep) in enumerate(COMPOUND):
        table = [
            (kernel, divisible(channels * wide), 1, stride if i == 0 else 1)
            for kernel, _, channels, repeats, stride in EFFICIENTNET
            for i in range(ceil(repeats * deep))
        ]
        if found == table:
            # Stem, head and classifier; two squeeze layers a block; the first have no expansion.
            layers = 3 + 5 * len(table) - ceil(EFFICIENTNET[0][3] * deep)
            return network.architecture(f"EfficientNet-B{index}", layers=layers)
    return None


def ghostnet(network: Network) -> Architecture | None:
    """32 ghost modules in 16 bottlenecks, arXiv 1911.11907, table 1.

    GhostNetV2 (arXiv 2211.12905) weighs them by 1×5 and 5×1 depthwise convolutions.
    """
    if len(network.of("ghost-module")) != GHOST_MODULES:
        return None
    long = any(c.kind == "depthwise" and c.kernel_shape == (1, 5) for c in network.convs)
    published = [16, 24, 24, 40, 40, *[80] * 4, 112, 112, *[160] * 5]
    narrow = [c for (c,) in network.rows("ghost-module", "out_channels")[1::2]]
    alpha = width(narrow, published[: len(narrow)])
    if alpha is None:
        return None
    name, layers = ("GhostNetV2", None) if long else ("GhostNet", GHOST_LAYERS)
    return network.architecture(name, alpha=alpha, layers=layers)


def shufflenet(network: Network) -> Architecture | None:
    """V1 (arXiv 1707.01083) has grouped pointwise convolutions, V2 (1807.11164) has none."""
    shuffles = network.rows("channel-shuffle", "groups")
    if len(shuffles) != SHUFFLE_UNITS or len(set(shuffles)) != 1:
        return None
    groups = shuffles[0][0]
    grouped = {c.groups for c in network.convs if c.kind == "grouped" and c.kernel_volume == 1}
    if grouped == {groups}:
        return network.architecture("ShuffleNetV1", f"g = {groups}")
    separable = network.rows("separable", "out_channels")
    if grouped or groups != 2 or not separable:
        return None
    name = SHUFFLE_V2.get(2 * separable[0][0])
    return network.architecture("ShuffleNetV2", name) if name else None
