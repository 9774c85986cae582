"""ResNet and heirs, VGG, DenseNet, SqueezeNet, GoogLeNet, ConvNeXt."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from analyzer.patterns.families.network import width

if TYPE_CHECKING:
    from analyzer.facts import Architecture
    from analyzer.patterns.families.network import Network

Stages = tuple[int, ...]
"""Blocks per stage."""

RESNET: dict[tuple[str, Stages], int] = {
    ("basic-residual", (2, 2, 2, 2)): 18,
    ("basic-residual", (3, 4, 6, 3)): 34,
    ("bottleneck", (3, 4, 6, 3)): 50,
    ("bottleneck", (3, 4, 23, 3)): 101,
    ("bottleneck", (3, 8, 36, 3)): 152,
}
"""Depth by blocks per stage, arXiv 1512.03385, table 1."""
VGG: dict[Stages, int] = {
    (1, 1, 2, 2, 2): 11,
    (2, 2, 2, 2, 2): 13,
    (2, 2, 3, 3, 3): 16,
    (2, 2, 4, 4, 4): 19,
}
"""Depth by convolutions per stage, arXiv 1409.1556, table 1 (A, B, D, E)."""
VGG_CHANNELS = (64, 128, 256, 512, 512)
DENSENET: dict[Stages, int] = {
    (6, 12, 24, 16): 121, (6, 12, 32, 32): 169, (6, 12, 48, 32): 201, (6, 12, 36, 24): 161,
}  # fmt: skip
"""Depth by layers per dense block, arXiv 1608.06993, table 1, and the wider 161."""
FIRE_CHANNELS = [128, 128, 256, 256, 384, 384, 512, 512]
"""arXiv 1602.07360, table 1."""
INCEPTION = {"GoogLeNet": [4] * 9, "BN-Inception": [4, 4, 3, 4, 4, 4, 4, 3, 4, 4]}
"""Branches of every module, arXiv 1409.4842, table 1, and 1502.03167, figure 5."""
CONVNEXT: dict[tuple[Stages, int], str] = {
    ((3, 3, 9, 3), 96): "T", ((3, 3, 27, 3), 96): "S", ((3, 3, 27, 3), 128): "B",
    ((3, 3, 27, 3), 192): "L", ((3, 3, 27, 3), 256): "XL",
}  # fmt: skip
"""arXiv 2201.03545, section 3."""


def _runs(values: list[int]) -> tuple[int, ...]:
    """Lengths of runs of equal values.

    >>> _runs([64, 64, 128])
    (2, 1)
    """
    return tuple(len(list(group)) for _, group in groupby(values))


def resnet(network: Network) -> Architecture | None:
    """ResNet and what the widths of its blocks make of it.

    The inner layer of a bottleneck has a quarter of its output channels; twice that is a wide
    ResNet (arXiv 1605.07146) or, in groups, ResNeXt (1611.05431), whose larger sizes widen
    further. Blocks whose sum is normalised before anything reads it are those of 1603.05027.
    """
    columns = ("out_channels", "inner_channels", "groups", "squeeze_excite", "pre_activation")
    for kind, expansion in (("basic-residual", 1), ("bottleneck", 4)):
        rows = network.rows(kind, *columns)
        channels = [row[0] for row in rows]
        depth = RESNET.get((kind, _runs(channels)))
        alpha = width(sorted(set(channels)), [64 * expansion * 2**i for i in range(4)])
        widening = {expansion * inner / out for out, inner, *_ in rows}
        variants = {tuple(row[2:4]) for row in rows}
        if depth is None or alpha is None or len(widening) != 1 or len(variants) != 1:
            continue
        (wider,), ((groups, gated),) = widening, variants
        if groups == 1 and wider not in (1, 2):
            continue
        grouped = "Xt" if groups > 1 else "t"
        second = "V2" if all(row[4] for row in rows) else ""
        family = f"{'SE-' * gated}ResNe{grouped}{second}-{depth}"
        if groups == 1 and wider == 2:
            family = f"Wide {family}-2"
        words = (f"{groups} groups",) if groups > 1 else ()
        # Four projections at most, and as many layers as the name says.
        layers = None if gated else depth + 4
        narrowed = None if alpha == 1 else alpha
        return network.architecture(family, *words, layers=layers, alpha=narrowed)
    return None


def vgg(network: Network) -> Architecture | None:
    """3×3 convolutions only, with a pooling after each of five stages."""
    stages: list[list[int]] = [[]]
    for node in network.nodes.values():
        if node.conv is not None:
            conv = node.conv
            if conv.kind != "standard" or conv.kernel != "3×3" or max(conv.strides) > 1:
                return None
            stages[-1].append(conv.out_channels)
        elif node.op_type in ("MaxPool", "NhwcMaxPool"):
            stages.append([])
    stages = [stage for stage in stages if stage]
    depth = VGG.get(tuple(len(stage) for stage in stages))
    widths = [{channels} for channels in VGG_CHANNELS]
    if depth is None or [set(stage) for stage in stages] != widths:
        return None
    return network.architecture(f"VGG-{depth}", layers=depth)


def densenet(network: Network) -> Architecture | None:
    layers = network.of("dense-layer")
    nodes = network.nodes
    last = [[conv for n in block.nodes if (conv := nodes[n].conv)][-1] for block in layers]
    depth = DENSENET.get(_runs([next(iter(conv.out_spatial), None) or 0 for conv in last]))
    growth = {int(block.detail["growth"]) for block in layers}
    if depth is None or len(growth) != 1:
        return None
    return network.architecture(f"DenseNet-{depth}", f"growth {growth.pop()}", layers=depth)


def squeezenet(network: Network) -> Architecture | None:
    if [c for (c,) in network.rows("fire", "out_channels")] != FIRE_CHANNELS:
        return None
    version = {7: "1.0", 3: "1.1"}.get(network.convs[0].kernel_shape[0])
    return network.architecture(f"SqueezeNet {version}", layers=26) if version else None


def inception(network: Network) -> Architecture | None:
    branches = [count for (count,) in network.rows("inception", "branches")]
    name = next((name for name, table in INCEPTION.items() if branches == table), None)
    return network.architecture(name) if name else None


def convnext(network: Network) -> Architecture | None:
    channels = [c for (c,) in network.rows("convnext", "out_channels")]
    name = CONVNEXT.get((_runs(channels), channels[0])) if channels else None
    return network.architecture(f"ConvNeXt-{name}") if name else None
