"""Convolutions and their depthwise separable form: what it saves, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Literal

from analyzer import units
from analyzer.evidence import PW_DW
from analyzer.language import _, mark, ngettext
from analyzer.records import shown
from analyzer.report.view.devices import main_device
from analyzer.report.view.layers import spread_of, step
from analyzer.report.view.memory import EXAMPLE
from analyzer.report.view.pace import paces, split_paces
from analyzer.report.view.spared import spared, words
from analyzer.report.view.speed import roofline_speedup
from analyzer.restore import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.evidence import LayerEvidence, Separability
    from analyzer.facts import Conv, Facts, Node, Saving
    from analyzer.report.result import Result
    from analyzer.report.view.memory import Device

FEW_CHANNELS = 8
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
    steps: str = ""
    """Stride and dilation where they are not 1, as in ``/ 2``."""
    terms: Literal["", "decompose", "retrain", "neither"] = ""
    """What follows from the terms of ``evidence``; empty where that has none."""
    bound: bool = False
    """Whether ``caveats`` say that memory keeps it from getting as fast as its MACs fall."""

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
    now = result.facts.separable
    nodes = {node.id: node for node in result.facts.nodes}
    found = []
    for what, ids in plans(result):
        savings = [(nodes[key].saving, nodes[key].saved_params) for key in ids]
        macs = sum(saving.macs for saving, _params in savings if saving is not None)
        params = sum(params for _saving, params in savings)
        found.append(Total(_(what, n=units.count(len(ids))), now.macs_now, now.macs_now - macs,
                           now.params_now, now.params_now - params))  # fmt: skip
    return tuple(found)


def plans(result: Result) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Sets of conversions and what they are called, in English."""
    flagged = result.conversion.flagged
    slow = _left_out(result)
    left = tuple(node for node in flagged if node not in slow)
    found = (
        (mark("{n} flagged by rules"), flagged),
        (
            mark("{n} of them, without those that take longer"),
            left if len(left) < len(flagged) else (),
        ),
        (mark("{n} all candidates"), result.facts.separable.candidates),
    )
    return tuple((what, ids) for what, ids in found if ids)


def conversions(result: Result, device: Device = EXAMPLE) -> tuple[Conversion, ...]:
    """Candidates for a depthwise separable form, those that are alike in one row; what saves most
    first. Caveats are by the roofline of ``device``."""
    facts = result.facts
    nodes = {node.id: node for node in facts.nodes}
    layers = _layers(facts)
    flagged = frozenset(result.conversion.flagged)
    structured = _structured(result)
    left, slow, split = spared(result), _left_out(result), _slow_splits(result)
    rows = [
        Conversion(
            nodes=(node.id,),
            kernel=node.conv.kernel,
            steps=" ".join(filter(None, (step(node.conv), spread_of(node.conv)))),
            m=node.conv.in_channels,
            n=node.conv.out_channels,
            out=units.shape(node.conv.out_spatial),
            macs_now=node.saving.macs_now,
            macs_after=node.saving.macs_after,
            theory=node.saving.theory_ratio,
            suggested=node.id in flagged or node.id in structured,
            evidence=_evidence(layers, node, node.id in structured),
            terms=_verdict(layers, node, node.id in structured),
            bound=_shortfall(node, node.conv, node.saving, device) is not None,
            caveats=tuple(
                filter(
                    None,
                    (
                        words(left[node.id], result) if node.id in left else "",
                        _("left out: slower") if node.id in slow else "",
                        _("decomposed: slower") if node.id in split else "",
                        *_caveats(node, node.conv, node.saving, device),
                    ),
                )
            ),
        )
        for node in (nodes[key] for key in facts.separable.candidates if key in nodes)
        if node.saving is not None and node.conv is not None
    ]
    return tuple(sorted(_together(rows), key=lambda row: -row.saved))


def _together(rows: Sequence[Conversion]) -> Iterator[Conversion]:
    """Those of which a row says the same are one; strides alone do not keep them apart."""
    alike: dict[Conversion, list[Conversion]] = {}
    for row in rows:
        plain = row.steps.removeprefix("/ ").isdecimal() or not row.steps
        key = replace(row, nodes=(), steps="" if plain else row.steps)
        alike.setdefault(key, []).append(row)
    for same in alike.values():
        sides = sorted({int(row.steps.removeprefix("/ ") or 1) for row in same}
                       if len({row.steps for row in same}) > 1 else ())  # fmt: skip
        steps = _("/ {low} to {high}", low=sides[0], high=sides[-1]) if sides else same[0].steps
        yield replace(same[0], nodes=tuple(row.nodes[0] for row in same), steps=steps)


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


def _left_out(result: Result) -> frozenset[str]:
    """Nodes that every rule which asks to convert them leaves out, as they take longer then."""
    found = paces(result, main_device(result.devices))
    asked = [(f.node, f.node in found[f.rule].left_out) for f in result.places if f.saving]
    return frozenset(node for node, _ in asked) - {node for node, out in asked if not out}


def _slow_splits(result: Result) -> frozenset[str]:
    """Nodes that a rule asks to split by their weights, and that take longer then."""
    found = split_paces(result, main_device(result.devices))
    return frozenset(
        f.node for f in result.places
        if f.rule in found and (found[f.rule].slower or f.node in found[f.rule].left_out)
    )  # fmt: skip


def _structured(result: Result) -> frozenset[str]:
    """Nodes whose separability a rule found worth a finding."""
    found = {finding.rule for finding in result.places}
    asking = {rule.id for rule in result.rules
              if rule.id in found and "separability" in rule.when.groups}  # fmt: skip
    return frozenset(f.node for f in result.places if f.rule in asking)


def _layers(facts: Facts) -> Mapping[str, LayerEvidence]:
    """Evidence of the candidates by node; empty if there is none of any."""
    if facts.evidence is None:
        return {}
    found = facts.evidence.layers
    return found if any(key in found for key in facts.separable.candidates) else {}


def _evidence(layers: Mapping[str, LayerEvidence], node: Node, structured: bool) -> str:
    """``T = 2 keeps 97 % (noise 61 %): decompose``; empty where no weights were looked at."""
    if not layers:
        return ""
    if node.id not in layers:
        return _("weights not read")
    found = layers[node.id].separability
    if found is not None:
        return describe(found, structured)
    values = layers[node.id].values
    if values.non_finite:
        return _("{n} weights are not finite", n=units.count(values.non_finite))
    if values.constant:
        return _("weights are all equal")
    if node.conv is not None and _is_depthwise_already(node.conv):
        return _("depthwise already")
    return _("separability was not computed")


def _verdict(
    layers: Mapping[str, LayerEvidence], node: Node, structured: bool
) -> Literal["", "decompose", "retrain", "neither"]:
    found = layers[node.id].separability if node.id in layers else None
    if found is None:
        return ""
    if structured:
        return "decompose"
    return "retrain" if _is_short(found) else "neither"


def _is_short(found: Separability) -> bool:
    """Whether no terms keep enough and save compute."""
    return found.terms is None or found.energy is None or found.baseline is None


def describe(found: Separability, structured: bool) -> str:
    """What the terms keep beyond noise, and what follows for the conversion.

    Terms that keep enough and save compute, and that no rule asks for, are told without either.
    The conversion is to one term with the depthwise convolution first; other terms have their
    MACs, and their order, beside them.
    """
    terms, energy, noise = found.terms, found.energy, found.baseline
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
    return _("{what}: retrain", what=what) if _is_short(found) else what


def _is_depthwise_already(conv: Conv) -> bool:
    """Whether it filters a single channel: nothing is mixed, and what is cheaper is one filter in
    the place of N, of which the 1 × 1 convolution behind it makes multiples."""
    return conv.in_channels == 1


def _caveats(node: Node, conv: Conv, saving: Saving, device: Device = EXAMPLE) -> list[str]:
    said = []
    if _is_depthwise_already(conv):
        said.append(_("only 1 input channel: outputs would be multiples of one map"))
    elif conv.in_channels < FEW_CHANNELS:
        said.append(ngettext("only {n} input channel", "only {n} input channels",
                             conv.in_channels))  # fmt: skip
    positions = [side for side in conv.out_spatial if side is not None]
    if len(positions) == len(conv.out_spatial) and prod(positions) <= TINY_MAP:
        said.append(_("tiny map {shape}", shape=units.shape(conv.out_spatial)))
    faster = _shortfall(node, conv, saving, device)
    if faster is not None:
        said.append(_("memory: {speed}, not {factor}",
                      speed=units.times(faster), factor=units.times(saving.factor)))  # fmt: skip
    return said


def _shortfall(node: Node, conv: Conv, saving: Saving, device: Device) -> float | None:
    """How much faster it gets, where that is much less than its MACs fall."""
    faster = roofline_speedup(node, conv, saving, device)
    return faster if faster is not None and faster < SHORTFALL * saving.factor else None
