"""How much faster convolutions run as depthwise separable ones, and what they hold then."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.devices import layer_seconds
from analyzer.report.view.memory import EXAMPLE
from analyzer.report.view.split import element_bytes, positions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Conv, Facts, Node, Saving
    from analyzer.report.view.memory import Device


def speedup(facts: Facts, nodes: Iterable[str], device: Device = EXAMPLE) -> float | None:
    """Time of the convolutions ``nodes`` over that of their separable forms, all together, by the
    roofline model of ``device``.

    ``None`` where the time of any of them is not known, or there is none.
    """
    now = after = 0.0
    for node in _of(facts, nodes):
        if node.conv is None or node.saving is None:
            continue
        times = roofline_seconds(node, node.conv, node.saving, device)
        if times is None:
            return None
        now, after = now + times[0] * node.counted, after + times[1] * node.counted
    return now / after if after else None


def raised_peak(facts: Facts, nodes: Iterable[str]) -> int | None:
    """Peak of activations once the convolutions ``nodes`` are two each, where that is more."""
    wanted, now = frozenset(nodes), facts.memory.peak_bytes
    live = [n.saving.live_bytes for n in facts.nodes if n.id in wanted and n.saving is not None]
    most = max((size for size in live if size is not None), default=0)
    return most if now is not None and most > now else None


def measured_speedup(facts: Facts, nodes: Iterable[str], device: Profile) -> float | None:
    """The same by what was measured of a device: each class of layer has its factor.

    ``None`` where nothing was measured of one of the classes. Depthwise layers that take seven
    times their arithmetic make a conversion slower that saves half of the multiplications.
    """
    now = after = 0.0
    for node in _of(facts, nodes):
        if node.conv is None or node.saving is None:
            continue
        depthwise, pointwise = _parts(node.conv)
        of_both = node.saving.macs_after
        spatial = of_both * depthwise // (depthwise + pointwise) if of_both else 0
        times = [
            layer_seconds(device, kind, node.precision, macs)
            for kind, macs in (
                (node.kind, node.saving.macs_now),
                ("depthwise", spatial),
                ("pointwise", of_both - spatial),
            )
        ]
        if None in times:
            return None
        now, after = now + (times[0] or 0), after + (times[1] or 0) + (times[2] or 0)
    return now / after if after else None


def _of(facts: Facts, nodes: Iterable[str]) -> Iterator[Node]:
    """Those of ``nodes`` that there are, once each, in the order of the file."""
    wanted = frozenset(nodes)
    if len(wanted) == 1:  # asked of each of thousands of layers by itself
        (only,) = wanted
        return iter((facts[only],) if only in facts else ())
    return (node for node in facts.nodes if node.id in wanted)


def _parts(conv: Conv) -> tuple[int, int]:
    """MACs of the depthwise and of the pointwise convolution, as shares of their sum."""
    inner, outer = (
        prod(side for side in spatial if side is not None)
        for spatial in (conv.in_spatial, conv.out_spatial)
    )
    moved = inner if conv.transposed else outer
    return moved * conv.kernel_volume, outer * conv.out_channels


def roofline_speedup(
    node: Node, conv: Conv, saving: Saving, device: Device = EXAMPLE
) -> float | None:
    """Time now over time after; see ``roofline_seconds``."""
    times = roofline_seconds(node, conv, saving, device)
    return times[0] / times[1] if times else None


def roofline_seconds(
    node: Node, conv: Conv, saving: Saving, device: Device = EXAMPLE
) -> tuple[float, float] | None:
    """Seconds now and after by the roofline model (Williams et al. 2009), no fusion.

    Each operator takes the longer of its arithmetic and its traffic; the separable form
    writes and reads the map between its two convolutions. ``None`` without known sizes.
    """
    at, each = positions_of(node, conv), element_bytes(node)
    if at is None or each is None or not node.macs or not saving.macs_now:
        return None
    if node.read_bytes is None or node.write_bytes is None:
        return None
    m, n, taps = conv.in_channels, conv.out_channels, conv.kernel_volume
    depthwise = device.seconds(at.moved * taps * m, each * (at.inner + at.outer + taps) * m)
    pointwise = device.seconds(at.outer * m * n, each * (at.outer * (m + n) + m * n))
    return device.seconds(node.macs, node.read_bytes + node.write_bytes), depthwise + pointwise
