"""Convolutions and their depthwise separable form: what it saves, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.devices import layer_seconds
from analyzer.evidence import PW_DW
from analyzer.facts import BITS
from analyzer.language import _, mark, ngettext
from analyzer.records import shown
from analyzer.report.view.memory import EXAMPLE
from analyzer.report.view.spared import spared, words
from analyzer.restore import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.devices import Profile
    from analyzer.evidence import LayerEvidence, Separability
    from analyzer.facts import Conv, Facts, Node, Saving
    from analyzer.report.result import Result
    from analyzer.report.view.memory import Device

STEM_CHANNELS = 8
"""Fewer input channels than this: the layer reads an image, not features."""
TINY_MAP = 16
"""Output positions up to which a depthwise convolution has too little work to be efficient."""
SHORTFALL = 0.5
"""Roofline speed-up below this share of the MACs' factor is worth a caveat."""


@record
class Conversion:
    """Convolutions that are alike, and their depthwise separable form."""

    nodes: tuple[str, ...]
    """Ids."""
    kernel: str
    m: int
    n: int
    out: str
    macs_now: int
    macs_after: int
    theory: float
    suggested: bool
    """True when a rule's finding recommends it."""
    evidence: str
    """What the trained weights say; empty when none were looked at."""
    caveats: tuple[str, ...]

    @property
    def macs(self) -> int:
        """What one of them saves."""
        return max(0, self.macs_now - self.macs_after)

    @property
    @shown
    def saved(self) -> int:
        """MACs that all of them save."""
        return self.macs * len(self.nodes)


@record
class Total:
    """The whole model before and after some conversions."""

    what: str
    macs_now: int
    macs_after: int
    params_now: int
    params_after: int

    @property
    @shown
    def left(self) -> float | None:
        """Share of the MACs that is left."""
        return self.macs_after / self.macs_now if self.macs_now else None


def totals(result: Result) -> tuple[Total, ...]:
    """What findings flag, then everything the arithmetic allows."""
    flagged, every = result.conversion, result.facts.separable
    plans = (
        (mark("{n} flagged by rules"), flagged, len(flagged.flagged)),
        (mark("{n} all candidates"), every, len(every.candidates)),
    )
    return tuple(
        Total(_(what, n=units.count(count)), plan.macs_now, plan.macs_after,
              plan.params_now, plan.params_after)
        for what, plan, count in plans
        if count
    )  # fmt: skip


def conversions(result: Result, device: Device = EXAMPLE) -> tuple[Conversion, ...]:
    """Candidates for a depthwise separable form, those that are alike in one row; what saves most
    first. Caveats are by the roofline of ``device``."""
    facts = result.facts
    nodes = {node.id: node for node in facts.nodes}
    layers = _layers(facts)
    flagged = frozenset(result.conversion.flagged)
    structured = _structured(result)
    left = spared(result)
    rows = [
        Conversion(
            nodes=(node.id,),
            kernel=node.conv.kernel,
            m=node.conv.in_channels,
            n=node.conv.out_channels,
            out=units.shape(node.conv.out_spatial),
            macs_now=node.saving.macs_now,
            macs_after=node.saving.macs_after,
            theory=node.saving.theory_ratio,
            suggested=node.id in flagged or node.id in structured,
            evidence=_evidence(layers, node.id, node.id in structured),
            caveats=tuple(
                filter(
                    None,
                    (
                        words(left[node.id], result) if node.id in left else "",
                        *_caveats(node, node.conv, node.saving, device),
                    ),
                )
            ),
        )
        for node in (nodes[key] for key in facts.separable.candidates if key in nodes)
        if node.saving is not None and node.conv is not None
    ]
    alike: dict[Conversion, list[str]] = {}
    for row in rows:
        alike.setdefault(replace(row, nodes=()), []).extend(row.nodes)
    together = (replace(row, nodes=tuple(nodes)) for row, nodes in alike.items())
    return tuple(sorted(together, key=lambda row: -row.saved))


def steps(result: Result) -> list[int]:
    """MACs of the whole model after converting the best 0, 1, 2 … candidates."""
    nodes = {node.id: node for node in result.facts.nodes}
    left = [result.facts.separable.macs_now]
    for key in result.facts.separable.candidates:
        saving = nodes[key].saving
        left.append(left[-1] - (saving.macs if saving else 0))
    return left


def most_of_it(left: list[int], percent: int = 80) -> int:
    """How many of the best conversions bring ``percent`` of everything that can be saved.

    >>> most_of_it([100, 60, 30, 25, 20])
    2
    """
    # In whole numbers: a goal in floating point may lie below all of them.
    goal = percent * (left[0] - left[-1])
    return next(k for k, macs in enumerate(left) if 100 * (left[0] - macs) >= goal)


def _structured(result: Result) -> frozenset[str]:
    """Nodes whose separability a rule found worth a finding."""
    asking = {rule.id for rule in result.rules if "separability" in rule.when.groups}
    return frozenset(f.node for f in result.places if f.rule in asking)


def _layers(facts: Facts) -> Mapping[str, LayerEvidence]:
    """Evidence of the candidates by node; empty if there is none of any."""
    if facts.evidence is None:
        return {}
    found = facts.evidence.layers
    return found if any(key in found for key in facts.separable.candidates) else {}


def _evidence(layers: Mapping[str, LayerEvidence], node: str, structured: bool) -> str:
    """``T = 2 keeps 97 % (noise 61 %): decompose``; empty where no weights were looked at."""
    if not layers:
        return ""
    if node not in layers:
        return _("weights not read")
    found = layers[node].separability
    if found is not None:
        return describe(found, structured)
    values = layers[node].values
    if values.non_finite:
        return _("{n} weights are not finite", n=units.count(values.non_finite))
    if values.constant:
        return _("weights are all equal")
    return _("separability was not computed")


def describe(found: Separability, structured: bool) -> str:
    """What the terms keep beyond noise, and what follows for the conversion.

    Terms that keep enough and save compute, and that no rule asks for, are told without either.
    The conversion is to one term with the depthwise convolution first; other terms have their
    MACs, and their order, beside them.
    """
    terms, energy, noise = found.terms, found.energy, found.baseline
    short = terms is None or energy is None or noise is None
    if terms is None or energy is None or noise is None:
        own = found.depthwise_first
        terms, energy, noise = 1, own.energy[0], own.baseline[0]
    kept, chance = (f"{share * 100:.0f} %" for share in (energy, noise))
    said = {"terms": terms, "kept": kept, "noise": chance, "macs": units.si(found.macs, "MAC")}
    what = (
        _("pointwise first, T = {terms} keeps {kept} (noise {noise}) at {macs}", **said)
        if found.order == PW_DW
        else _("T = {terms} keeps {kept} (noise {noise}) at {macs}", **said)
        if terms > 1
        else _("T = {terms} keeps {kept} (noise {noise})", **said)
    )
    if structured:
        return _("{what}: decompose", what=what)
    return _("{what}: retrain", what=what) if short else what


def _caveats(node: Node, conv: Conv, saving: Saving, device: Device = EXAMPLE) -> list[str]:
    said = []
    if conv.in_channels < STEM_CHANNELS:
        said.append(ngettext("stem: {n} input channel", "stem: {n} input channels",
                             conv.in_channels))  # fmt: skip
    positions = [side for side in conv.out_spatial if side is not None]
    if len(positions) == len(conv.out_spatial) and prod(positions) <= TINY_MAP:
        said.append(_("tiny map {shape}", shape=units.shape(conv.out_spatial)))
    faster = roofline_speedup(node, conv, saving, device)
    if faster is not None and faster < SHORTFALL * saving.factor:
        said.append(_("memory: {speed}, not {factor}",
                      speed=units.times(faster), factor=units.times(saving.factor)))  # fmt: skip
    return said


def speedup(facts: Facts, nodes: Iterable[str], device: Device = EXAMPLE) -> float | None:
    """Time of the convolutions ``nodes`` over that of their separable forms, all together, by the
    roofline model of ``device``.

    ``None`` where the time of any of them is not known, or there is none.
    """
    wanted = frozenset(nodes)
    now = after = 0.0
    for node in facts.nodes:
        if node.id not in wanted or node.conv is None or node.saving is None:
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
    wanted = frozenset(nodes)
    now = after = 0.0
    for node in facts.nodes:
        if node.id not in wanted or node.conv is None or node.saving is None:
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
    bits = BITS.get((node.outputs[0].dtype if node.outputs else None) or "")
    sides = (*conv.in_spatial, *conv.out_spatial)
    if bits is None or not node.macs or not saving.macs_now or None in sides:
        return None
    if node.read_bytes is None or node.write_bytes is None:
        return None
    inner, outer = (
        prod(side for side in spatial if side is not None)
        for spatial in (conv.in_spatial, conv.out_spatial)
    )
    moved = inner if conv.transposed else outer
    m, n, taps, each = conv.in_channels, conv.out_channels, conv.kernel_volume, bits / 8
    per_image = moved * taps * m * n // conv.groups
    batch = max(1, node.macs // per_image) if per_image else 1

    def seconds(macs: float, moved_bytes: float) -> float:
        return max(2 * macs / device.flops, moved_bytes / device.bandwidth)

    depthwise = seconds(batch * moved * taps * m, each * (batch * (inner + outer) * m + taps * m))
    pointwise = seconds(batch * outer * m * n, each * (batch * outer * (m + n) + m * n))
    now = seconds(node.macs, node.read_bytes + node.write_bytes)
    return now, depthwise + pointwise
