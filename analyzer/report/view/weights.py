"""What the trained weights say: how separable a kernel is, and what in it does no work."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.evidence import DW_PW
from analyzer.language import _
from analyzer.records import shown
from analyzer.restore import record
from analyzer.sanitise import label
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from analyzer.evidence import (
        Decoupling,
        FilterUse,
        LayerEvidence,
        Separability,
        TensorEvidence,
        WeightEvidence,
    )
    from analyzer.facts import Facts
    from analyzer.ruleset.rule import Rule

WORST = 5
"""Layers listed that rounding hurts most."""
STRUCTURE = 0.05
"""Share of energy beyond that of noise from which a kernel is called structured."""


@record
class SeparableRow:
    """A kernel as a sum of depthwise separable terms, all of one order."""

    node: str
    first: float
    """Share of energy the best single term keeps."""
    noise: float
    """The same of noise of this shape."""
    terms: int | None
    """Terms that keep the target; ``None`` where that saves nothing."""
    macs_now: int | None
    macs: int | None
    order: str = DW_PW
    """Of the two convolutions of a term: that of ``terms``, else the one whose first term keeps
    more."""

    @property
    def structured(self) -> bool:
        return self.first - self.noise >= STRUCTURE


EQUAL = 16
"""Equal values from which they are told, and the rule about them begins: fewer may be meant, as in
a small box filter."""

SEVERAL, LITTLE = 3, 0.02
"""From how many kernels on is said that they are as noise, and what one term keeps of them beyond
it on average: trained ones were found to have more than 0.1."""
HALF = 0.5
"""Share of zeros from which they are told."""
LEAST = frozenset({"min-share", "min-saved"})
"""Options of rules that are the share from which they report."""


@record
class Oddity:
    """Something in the weights of a layer that a reader should know."""

    node: str
    """Id of the layer, or of what reads the tensor."""
    tensor: str
    """Name of the tensor, where it is about one."""
    what: str


@record
class Noise:
    """What rounding to fewer bits does to the weights of a layer."""

    node: str
    tensor: float
    """Signal to noise in dB of int8 with one scale for the layer."""
    channel: float | None
    """The same with one scale for each output channel."""
    underflow: float
    """Share of the values that become 0 in float16."""


@record
class Weights:
    """Both tables, each with the most telling rows first."""

    layers: int
    tensors: int
    unread: int
    target: float | None
    """Share of energy that ``SeparableRow.terms`` keep."""
    separable: tuple[SeparableRow, ...]
    oddities: tuple[Oddity, ...]
    noisy: tuple[Noise, ...] = ()
    """Layers that int8 hurts most, worst first."""

    @property
    def speaks(self) -> bool:
        """Whether there is anything to show."""
        return self.layers > 0 or bool(self.separable or self.oddities or self.noisy)

    @property
    @shown
    def unlearned(self) -> bool:
        """Whether kernels are as those that nobody trained: one term keeps on average what it keeps
        of noise. ``False`` for few kernels."""
        more = [row.first - row.noise for row in self.separable]
        return len(more) >= SEVERAL and sum(more) < LITTLE * len(more)


class OddityGroup(NamedTuple):
    """Layers or tensors of which the same was found."""

    nodes: tuple[str, ...]
    tensor: str
    """Of one tensor; empty for layers."""
    what: str


def together(oddities: Sequence[Oddity]) -> tuple[OddityGroup, ...]:
    """Layers of which the same was found in one row, at the place of the first."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in oddities:
        found.setdefault((each.tensor, each.what), []).append(each.node)
    return tuple(OddityGroup(tuple(nodes), *key) for key, nodes in found.items())


def view(
    evidence: WeightEvidence | None, integers: Collection[str] = frozenset()
) -> Weights | None:
    """``None`` when weights were not looked at; of layers of ``integers`` nothing is told of fewer
    bits."""
    if evidence is None:
        return None
    layers = evidence.layers.values()
    targets = [layer.separability.target for layer in layers if layer.separability]
    return Weights(
        layers=len(evidence.layers),
        tensors=len(evidence.tensors),
        unread=len(evidence.unread),
        target=targets[0] if targets else None,
        separable=_separable(layers),
        oddities=tuple(
            Oddity(layer.node, "", "; ".join(found))
            for layer in layers
            if (found := tuple(describe(layer)))
        )
        + _harmful(evidence),
        noisy=_noisy(layer for layer in layers if layer.node not in integers),
    )


def integer_layers(facts: Facts) -> frozenset[str]:
    """Layers whose weights are rounded already."""
    return frozenset(
        node.id for node in facts.nodes if node.precision and "float" not in node.precision
    )


def is_rounded(facts: Facts) -> bool:
    """Whether that is so of all layers whose values were looked at, and of one."""
    looked = facts.evidence.layers.keys() if facts.evidence is not None else set[str]()
    return bool(looked) and looked <= integer_layers(facts)


def _harmful(evidence: WeightEvidence) -> tuple[Oddity, ...]:
    """Tensors with values that nobody can mean, of layers looked at above apart."""
    return tuple(
        Oddity(
            tensor.reader, label(tensor.name), "; ".join(_values(tensor))
        )
        for tensor in evidence.tensors
        if tensor.harmful
        and not (tensor.kind == "weight" and tensor.reader in evidence.layers)
    )  # fmt: skip


def _values(tensor: TensorEvidence) -> Iterable[str]:
    if tensor.values.non_finite:
        yield _("{values} infinite or not a number", values=many(tensor.values.non_finite, "value"))
    if tensor.variance and tensor.values.min < 0:
        yield _("a variance below zero")


def _noisy(layers: Iterable[LayerEvidence]) -> tuple[Noise, ...]:
    rows = [
        Noise(
            layer.node, v.int8_snr, v.int8_channel_snr,
            v.fp16_underflow,
        )
        for layer in layers
        if (v := layer.values).int8_snr is not None and isfinite(v.int8_snr)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: row.tensor)[:WORST])


def _separable(layers: Iterable[LayerEvidence]) -> tuple[SeparableRow, ...]:
    rows = [
        SeparableRow(
            layer.node, of.energy[0],
            of.baseline[0], s.terms, s.macs_now, s.macs, of.order,
        )
        for layer in layers
        if (s := layer.separability) is not None
        for of in (_of_one_order(s),)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: row.noise - row.first))


def _of_one_order(found: Separability) -> Decoupling:
    """Of the two orders the one that is recommended, else the one whose first term keeps more."""
    orders = (found.depthwise_first, found.pointwise_first)
    return next((each for each in orders if each.order == found.order),
                max(orders, key=lambda each: each.energy[0]))  # fmt: skip


def odd(evidence: WeightEvidence | None) -> list[LayerEvidence]:
    """Layers of which ``describe`` says something; none where weights were not looked at."""
    layers = evidence.layers.values() if evidence is not None else ()
    return [layer for layer in layers if any(True for _ in describe(layer))]


def describe(layer: LayerEvidence) -> Iterable[str]:
    """Short clauses, the gravest first; nothing for weights without a peculiarity."""
    values, kernel = layer.values, layer.kernel
    if values.non_finite:
        yield _("{values} infinite or not a number", values=many(values.non_finite, "value"))
    equal = values.constant and values.elements >= EQUAL
    if equal:
        yield _("all values are equal")  # and so are filters, which says it all of them
    elif layer.filters is not None:
        yield from _channels(layer.filters)
    if kernel is not None and kernel.shrinkable and kernel.effective_taps:
        now, used = ("×".join(map(str, side)) for side in (kernel.kernel, kernel.effective))
        yield _("a {now} kernel works like {used}", now=now, used=used)
    if values.denormals:
        yield _("{values}, slow on some hardware", values=many(values.denormals, "denormal value"))
    if values.fp16_overflow:
        yield _("{share} of the values overflow float16",
                share=units.percent(values.fp16_overflow))  # fmt: skip
    if values.sparsity >= HALF and not values.constant:
        yield _("{share} of the values are zero", share=units.percent(values.sparsity))


def below_shares(layer: LayerEvidence, rules: Iterable[Rule]) -> dict[str, float]:
    """Where all that ``describe`` says of a layer is less than the shares from which ``rules``
    report it: those, by the rule's id; else nothing."""
    held = {rule.name: rule for rule in rules}
    found = {}
    for name, share in _shares(layer):
        rule = held.get(name)
        least = next((o.default for o in rule.options.values() if o.name in LEAST), None
                     ) if rule is not None else None  # fmt: skip
        if rule is None or not isinstance(least, float) or share >= least:
            return {}
        found[rule.id] = least
    return found


def _shares(layer: LayerEvidence) -> Iterable[tuple[str, float]]:
    """By the name of the rule about it, of how much of a layer each clause of ``describe`` is."""
    values, kernel, filters = layer.values, layer.kernel, layer.filters
    equal = values.constant and values.elements >= EQUAL
    if values.non_finite or values.fp16_overflow or equal:
        yield "", 1.0  # of these any is reported
    if filters is not None:
        if filters.dead_count:
            yield "dead-filters", filters.dead_share
        if filters.redundant:
            yield "duplicate-filters", filters.redundant / filters.filters
        if filters.unread_count:
            yield "dead-inputs", filters.unread_share
    if kernel is not None and kernel.shrinkable and kernel.effective_taps:
        yield "dead-taps", kernel.saved_share
    if values.denormals:
        yield "denormal-weights", values.denormal_share
    if values.sparsity >= HALF and not values.constant:
        yield "sparse-weights", values.sparsity


def _channels(filters: FilterUse) -> Iterable[str]:
    if filters.dead_count:
        yield _("{n} of {of} filters dead (zero, or next to it)",
                n=filters.dead_count, of=filters.filters)  # fmt: skip
    if filters.redundant:
        yield _("{n} of {of} filters that repeat another one",
                n=filters.redundant, of=filters.filters)  # fmt: skip
    if filters.unread_count:
        yield _("{n} of {of} input channels never read",
                n=filters.unread_count, of=filters.inputs)  # fmt: skip
