"""What a layer becomes that is split by its trained weights, and how much longer that runs.

Rules ask for sums of depthwise separable terms, and for two layers in a row with few channels
between them. Fewer multiplications are no less time where what is written between the parts, and
read again, takes longer than the arithmetic that goes.
"""

from __future__ import annotations

from math import isqrt, prod
from typing import TYPE_CHECKING, NamedTuple

from analyzer.devices import layer_seconds
from analyzer.evidence import DW_PW, SPATIAL
from analyzer.facts import BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.devices import Profile
    from analyzer.evidence import LayerEvidence, LowRank, Separability
    from analyzer.facts import Conv, Facts, Node
    from analyzer.report.view.memory import Device
    from analyzer.ruleset.rule import Rule


class SplitPart(NamedTuple):
    """One operator of what the layer becomes."""

    kind: str
    """Class of layer; empty for a sum."""
    macs: int
    moved: float
    """Elements that it reads and writes."""


class LayerSplit(NamedTuple):
    """Operators in the place of one, each run as often as it is."""

    parts: tuple[SplitPart, ...]
    terms: int
    """Alternatives whose results are added."""
    between: int
    """Elements of the map between the two layers of one of them."""


class Positions(NamedTuple):
    """Of a convolution, for all images."""

    inner: int
    outer: int
    moved: int
    """Positions at which the kernel is applied."""
    batch: int


def splits(facts: Facts, rule: Rule | None, nodes: Iterable[str]) -> Mapping[str, LayerSplit]:
    """By operator, what the rule asks for; empty for rules that split nothing, and without those
    whose sizes are not known."""
    layers = facts.evidence.layers if facts.evidence is not None else {}
    asks = frozenset[str]() if rule is None else rule.when.groups
    found = {}
    for key in nodes if asks & {"separability", "low_rank"} else ():
        split = _split(facts[key], layers[key], asks) if key in layers else None
        if split is not None:
            found[key] = split
    return found


def _split(node: Node, layer: LayerEvidence, asks: Iterable[str]) -> LayerSplit | None:
    if "separability" in asks:
        terms = layer.separability
        return _terms(node, node.conv, terms) if terms and node.conv else None
    pair = layer.low_rank
    return _pair(node, pair) if pair is not None else None


def positions_of(node: Node, conv: Conv) -> Positions | None:
    """``None`` without known sizes."""
    sides = (conv.in_spatial, conv.out_spatial)
    if not node.macs or any(side is None for spatial in sides for side in spatial):
        return None
    inner, outer = (prod(side or 0 for side in spatial) for spatial in sides)
    moved = inner if conv.transposed else outer
    image = moved * conv.kernel_volume * conv.in_channels * conv.out_channels // conv.groups
    batch = max(1, node.macs // image) if image else 1
    return Positions(batch * inner, batch * outer, batch * moved, batch)


def _terms(node: Node, conv: Conv, found: Separability) -> LayerSplit | None:
    """Pairs of a depthwise and a pointwise convolution, in the order found, and their sum."""
    sizes, count = positions_of(node, conv), found.terms
    if sizes is None or count is None:
        return None
    m, n, taps = conv.in_channels, conv.out_channels, conv.kernel_volume
    first = found.order == DW_PW
    wide, at = (m, sizes.outer) if first else (n, sizes.inner)
    mixing = m * n // conv.groups
    depthwise = SplitPart("depthwise", sizes.moved * taps * wide,
                     (sizes.inner + sizes.outer + taps) * wide)  # fmt: skip
    pointwise = SplitPart("pointwise", at * mixing, at * (m + n) + mixing)
    total = SplitPart("", 0, 3 * sizes.outer * n)
    return LayerSplit((depthwise, pointwise) * count + (total,) * (count - 1), count, at * wide)


def _pair(node: Node, found: LowRank) -> LayerSplit | None:
    """Two layers with few channels between them."""
    conv, rank = node.conv, found.rank
    if conv is None:
        return _products(node, found)
    sizes = positions_of(node, conv)
    if sizes is None:
        return None
    m, n, taps = conv.in_channels, conv.out_channels, conv.kernel_volume
    if found.split != SPATIAL:
        between = sizes.outer * rank
        one = SplitPart(node.kind, sizes.outer * taps * m * rank,
                   sizes.inner * m + between + taps * m * rank)  # fmt: skip
        two = SplitPart("pointwise", between * n, between + (sizes.outer + rank) * n)
        return LayerSplit((one, two), 1, between)
    high, wide = conv.kernel_shape
    between = sizes.batch * (conv.out_spatial[0] or 0) * (conv.in_spatial[1] or 0) * rank
    one = SplitPart(node.kind, between * high * m, sizes.inner * m + between + high * m * rank)
    two = SplitPart(node.kind, sizes.outer * wide * n * rank,
               between + (sizes.outer + wide * rank) * n)  # fmt: skip
    return LayerSplit((one, two), 1, between)


def _products(node: Node, found: LowRank) -> LayerSplit | None:
    """Two matrix products; which of the sides is which changes nothing of their sum."""
    if not node.macs or not found.rank or not found.params_now:
        return None
    both, rows = found.params // found.rank, node.macs // found.params_now
    apart = isqrt(max(0, both * both - 4 * found.params_now))
    between = rows * found.rank
    return LayerSplit(
        tuple(
            SplitPart(node.kind, between * side, rows * side + between + side * found.rank)
            for side in ((both + apart) // 2, (both - apart) // 2)
        ),
        1,
        between,
    )


def speedup(
    facts: Facts, found: Mapping[str, LayerSplit], nodes: Iterable[str], device: Device
) -> float | None:
    """Time of ``nodes`` now over that of their parts, all together, by the roofline model of
    ``device``, without fusion; ``None`` where the time of any is not known."""
    now = after = 0.0
    for key in nodes:
        node, split = facts[key], found.get(key)
        size = element_bytes(node)
        if split is None or size is None or not node.macs:
            return None
        if node.read_bytes is None or node.write_bytes is None:
            return None
        moved = node.read_bytes + node.write_bytes
        now += node.counted * device.seconds(node.macs, moved)
        after += node.counted * sum(
            device.seconds(part.macs, size * part.moved) for part in split.parts
        )
    return now / after if after else None


def measured_speedup(
    facts: Facts, found: Mapping[str, LayerSplit], nodes: Iterable[str], device: Profile
) -> float | None:
    """The same by what was measured of each class of layer; sums take no time."""
    now = after = 0.0
    for key in nodes:
        node, split = facts[key], found.get(key)
        if split is None or not node.macs:
            return None
        layers = (SplitPart(node.kind, node.macs, 0), *(part for part in split.parts if part.kind))
        times = [layer_seconds(device, part.kind, node.precision, node.counted * part.macs)
                 for part in layers]  # fmt: skip
        if None in times:
            return None
        now, after = now + (times[0] or 0), after + sum(time or 0 for time in times[1:])
    return now / after if after else None


def raised_peak(facts: Facts, found: Mapping[str, LayerSplit]) -> int | None:
    """Peak of activations once layers are split, one after another, where that is more."""
    now = facts.memory.peak_bytes
    live = (_live(facts[key], split) for key, split in found.items())
    most = max((size for size in live if size is not None), default=0)
    return most if now is not None and most > now else None


def _live(node: Node, split: LayerSplit) -> int | None:
    """Most bytes alive meanwhile: the sum of what terms are made holds beside the map between the
    two layers of the next."""
    saving, conv, size = node.saving, node.conv, element_bytes(node)
    if saving is None or saving.live_bytes is None or conv is None or size is None:
        return None
    made = node.outputs[0].bytes
    if made is None:
        return None
    # ``live_bytes`` has the map of one term with the depthwise convolution first.
    beside = saving.live_bytes - made * conv.in_channels // conv.out_channels
    return int(beside + size * split.between + (made if split.terms > 1 else 0))


def element_bytes(node: Node) -> float | None:
    """Bytes of one element of the result; ``None`` for what has no fixed size."""
    bits = BITS.get((node.outputs[0].dtype if node.outputs else None) or "")
    return None if bits is None else bits / 8
