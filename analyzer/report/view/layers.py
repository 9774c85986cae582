"""Operators as rows: all of them, and identical shapes added up."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from math import ceil, prod
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.facts import Certainty, Range
from analyzer.language import _, term
from analyzer.operators import find
from analyzer.operators.record import Nature
from analyzer.report.view.kinds import COLORS, color_of, counted_flops, counted_macs
from analyzer.report.view.shades import shades
from analyzer.restore import record
from analyzer.sanitise import label, widths

BARS = 180
"""Most bars along the network."""

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.facts import Conv, Node, Tensor


@record
class PageTensor:
    """What an operator makes, as far as a page shows it."""

    name: str
    shape: tuple[int | None, ...] | None
    dtype: str | None = None


@record
class PageConv:
    """What a convolution joins, as far as a page shows it."""

    kind: str
    kernel: tuple[int, ...]
    in_channels: int
    out_channels: int
    params: int
    """Those that it uses, wherever they are counted."""


@record
class PageNode:
    """An operator as the JSON has it, as far as a page shows it."""

    id: str
    scope: str
    name: str
    op_type: str
    domain: str
    outputs: tuple[PageTensor, ...]
    tags: tuple[str, ...]
    macs: int | None
    flops: int | None
    macs_range: Range
    flops_range: Range
    params: int
    counted: int
    composite: bool
    executions_range: Range
    formula: str
    substitution: str
    flops_formula: str
    flops_substitution: str
    params_substitution: str
    source: str
    certainty: Certainty
    reason: str
    conv: PageConv | None = None


@record
class PagePlace:
    """Where a finding is."""

    node: str


@record
class PageFinding:
    """A finding, as far as a page chooses operators by it."""

    rule: str
    places: tuple[PagePlace, ...]


@record
class PageBlock:
    """A block, as far as a page chooses operators by it."""

    kind: str
    nodes: tuple[str, ...]


@record
class LayerRow:
    """One operator in the appendix."""

    number: int
    """Position among all nodes, from 1."""
    anchor: str
    name: str
    scope: str
    op: str
    shape: str
    macs: str
    """Of one execution, as ``spread`` writes it."""
    flops: str
    params: int
    executions: str
    tags: str
    count: int = 1
    """Operators that are alike, of which this is the first."""
    lead: str = ""
    """What stands in a line above it, of it and of those that follow."""


@record
class LayerGroup:
    """All layers of one shape added up."""

    title: str
    """e.g. ``1×1 pointwise 512 → 512``."""
    place: str
    """PageTensor feature map or shape."""
    kind: str
    color: str
    count: int
    macs: int
    params: int
    intensity: float | None
    """FLOPs per byte moved; the same for each, as their shapes are."""
    share: float | None = None
    """Of the MACs of the model; null where nobody asked."""
    sum: float | None = None
    """The share of this and of all larger shapes together."""
    coefficients: int = 0
    """Numbers that are in attributes and in no tensor."""


@record
class Bar:
    """Layers that follow each other, added up."""

    first: int
    """Position of the first among the layers with MACs, from 1."""
    last: int
    kind: str
    """Of the one with most MACs."""
    macs: int
    repeated: bool = False
    """Whether it holds several runs of a layer."""


def spread(value: int | None, ends: Range) -> str:
    """A count of one node with all digits: one number, a range, or ``unknown``."""
    is_range = ends[0] != ends[1] and (ends[1] is not None or ends[0] > 0)
    return units.span(*ends) if is_range else units.count(value)


def show_names(nodes: Iterable[Node | PageNode]) -> dict[str, str]:
    """Node id → what a reader calls it: its name, else its first output."""
    return {n.id: label(n.name or (n.outputs[0].name if n.outputs else "") or n.id) for n in nodes}


Alike = list[tuple[int, PageNode]]
"""Operators of which a table says the same, each with its number; the first stands for all."""


def fold(nodes: Iterable[tuple[int, PageNode]], wanted: Iterable[str], idle: bool) -> list[Alike]:
    """Operators that are alike together, in the order of their first.

    ``idle`` ones, which neither compute nor hold parameters, may be left out unless ``wanted``.
    """
    first = set(wanted)
    alike: dict[tuple[object, ...], Alike] = {}
    for number, node in nodes:
        if idle or node.id in first or not _is_idle(node):
            alike.setdefault(_likeness(node), []).append((number, node))
    return list(alike.values())


def by_rank(groups: Iterable[Alike], wanted: Iterable[str]) -> list[Alike]:
    """Those with ``wanted`` operators, then the others; of either the largest first."""
    first = set(wanted)
    return sorted(
        groups,
        key=lambda same: (
            not any(node.id in first for _, node in same),
            -sum(counted_macs(node) for _, node in same),
            -sum(counted_flops(node) for _, node in same),
            -sum(node.params for _, node in same),
            same[0][0],
        ),
    )


def fold_rows(groups: Iterable[Alike], names: Mapping[str, str]) -> tuple[LayerRow, ...]:
    """A row for operators that are alike."""
    return tuple(
        _row(number, node, f"n{number}", names[node.id], len(same))
        for same in groups
        for number, node in same[:1]
    )


def _likeness(node: PageNode) -> tuple[object, ...]:
    """The same for operators of which a table says the same, names aside."""
    shape = node.outputs[0].shape if node.outputs else ()
    return (node.scope, node.domain, node.op_type, shape, node.macs_range, node.flops_range,
            node.macs, node.flops, node.params, node.executions_range, node.tags,
            node.substitution, node.params_substitution)  # fmt: skip


def _is_idle(node: PageNode) -> bool:
    """It neither computes nor holds parameters."""
    return not node.params and (node.macs, node.flops) == (0, 0)


def pick(nodes: Sequence[PageNode], limit: int, wanted: Iterable[str]) -> list[int]:
    """Numbers, from 1, of at most ``limit`` operators: those ``wanted``, then the largest."""
    first = set(wanted)

    def rank(number: int) -> tuple[bool, int, int, int, int]:
        node = nodes[number - 1]
        flops = counted_flops(node)
        return node.id not in first, -counted_macs(node), -flops, -node.params, number

    return sorted(sorted(range(1, len(nodes) + 1), key=rank)[:limit])


def kind_of(node: PageNode) -> str:
    """Row of ``Totals.macs_by_kind`` that an operator belongs to."""
    return next((tag for tag in node.tags if tag in COLORS), node.op_type)


def _row(number: int, node: PageNode, anchor: str, name: str, count: int) -> LayerRow:
    domain = f"{node.domain}." if node.domain not in ("", "ai.onnx") else ""
    first = node.outputs[0] if node.outputs else None
    return LayerRow(
        number, anchor, name, label(node.scope), label(domain + node.op_type, widths.NAME),
        units.form(first.dtype, first.shape) if first is not None else _("none"),
        spread(node.macs, node.macs_range), spread(node.flops, node.flops_range), node.params,
        units.span(*node.executions_range), _traits(node), count,
    )  # fmt: skip


def elsewhere(params: int) -> str:
    """Parameters of tensors that several operators use, which count at the first of them."""
    return _("{n} parameters shared", n=units.count(params))


def _traits(node: PageNode) -> str:
    """Tags, and what the output does not tell: the kernel, what comes in, and parameters that
    count elsewhere."""
    tags, conv = " ".join(map(term, node.tags)), node.conv
    if conv is None:
        return f"{tags} {_through(node)}".strip()
    kernel = "×".join(map(str, conv.kernel)) if max(conv.kernel, default=1) > 1 else ""
    alike = conv.kind == "depthwise" and conv.in_channels == conv.out_channels
    through = "" if alike else f"{conv.in_channels} → {conv.out_channels}"
    others = elsewhere(conv.params - node.params) if 0 < node.params < conv.params else ""
    return ", ".join(filter(None, (f"{tags} {kernel}".strip(), through, others)))


def _through(node: PageNode) -> str:
    """``768 → 3072`` of a matrix product, where that is sure."""
    shape = node.outputs[0].shape if node.outputs else None
    elements = prod(size or 0 for size in shape or ())
    if not (node.macs and shape and elements):
        return ""
    terms = _terms(node, node.macs, elements)
    return "" if terms is None else f"{terms} → {shape[-1]}"


FEW = 3
"""Layer shapes from which pictures of them say more than their table."""


def ranks(rows: Sequence[LayerGroup]) -> bool:
    """Whether there is anything to compare: more than one row that has no share of anything."""
    return len(rows) > 1 or any(row.share is not None for row in rows)


def plotted(rows: Iterable[LayerGroup]) -> int:
    """How many have an arithmetic intensity."""
    return sum(bool(row.intensity) for row in rows)


def layer_shapes(
    nodes: Iterable[Node], total: int = 0, inside: Mapping[str, int] = {}
) -> tuple[LayerGroup, ...]:
    """Layers with MACs, those of equal shape added up; most MACs first.

    Parameters
    ----------
    total : MACs of the model.
    inside : numbers in attributes, by ``Node.id``.
    """
    found: dict[tuple[str, str], LayerGroup] = {}
    for node in nodes:
        macs = counted_macs(node)
        if not macs:
            continue
        title, place = shape_of(node)
        key = (title, place)
        if (known := found.get(key)) is not None:
            found[key] = replace(
                known, count=known.count + node.counted, macs=known.macs + macs,
                params=known.params + node.params,
                coefficients=known.coefficients + inside.get(node.id, 0),
            )  # fmt: skip
        else:
            kind = node.kind
            found[key] = LayerGroup(
                title, place, label(term(kind), widths.TERM), color_of(kind), node.counted, macs,
                node.params, node.intensity, coefficients=inside.get(node.id, 0),
            )  # fmt: skip
    groups = sorted(found.values(), key=lambda layer: (-layer.macs, layer.title, layer.place))
    if shade := shades((layer.kind, layer.color, layer.macs) for layer in groups):
        groups = [replace(layer, color=shade[layer.kind]) for layer in groups]
    if not total:
        return tuple(groups)
    sums = accumulate(group.macs for group in groups)
    return tuple(
        replace(group, share=group.macs / total, sum=so_far / total)
        for group, so_far in zip(groups, sums, strict=True)
    )


def uncounted(nodes: Iterable[Node]) -> int:
    """Layers that may run, and that totals count none of: of the branch of an ``If`` that is not
    counted, and of a loop that nothing bounds."""
    return sum(
        bool(node.macs) and not node.composite and not node.counted
        and node.executions_range[1] != 0
        for node in nodes
    )  # fmt: skip


def bars(nodes: Iterable[Node]) -> tuple[Bar, ...]:
    """MACs along the network: a bar for each layer in the order given, neighbours joined if
    many."""
    layers = [node for node in nodes if counted_macs(node)]
    step = max(1, ceil(len(layers) / BARS))
    parts = [layers[i : i + step] for i in range(0, len(layers), step)]
    return tuple(
        Bar(
            index * step + 1, index * step + len(part),
            label(max(part, key=counted_macs).kind, widths.TERM),
            sum(map(counted_macs, part)),
            any(node.counted > 1 for node in part),
        )
        for index, part in enumerate(parts)
    )  # fmt: skip


def shape_of(node: Node) -> tuple[str, str]:
    """(what the layer is, where it works): equal for layers that cost the same."""
    conv = node.conv
    if conv is None:
        out = _result(node)
        shape = "" if out is None else units.form(out.dtype, out.shape)
        return f"{label(node.op_type, widths.TERM)} {_channels(node, out)}", shape
    stride, rate = step(conv), spread_of(conv)
    groups = _("({n} groups)", n=conv.groups) if conv.kind == "grouped" else ""
    form = term("transposed") if conv.transposed else ""
    through = f"{conv.in_channels} → {conv.out_channels}"
    if conv.kind == "depthwise" and conv.in_channels == conv.out_channels:
        through = str(conv.out_channels)
    return (
        " ".join(filter(None, (conv.kernel, stride, form, term(conv.kind), groups, rate, through))),
        units.shape(conv.out_spatial),
    )


def step(conv: Conv) -> str:
    """``/ 2``: the stride, of the axes that have a kernel or are left out positions of."""
    sides = [s for s, k in zip(conv.strides, conv.kernel_shape, strict=False) if k > 1 or s > 1]
    if max(sides, default=1) <= 1:
        return ""
    return f"/ {'×'.join(map(str, sides if len(set(sides)) > 1 else sides[:1]))}"


def spread_of(conv: Conv) -> str:
    return _("dilated {n}", n=max(conv.dilations)) if conv.is_dilated else ""


def _result(node: Node) -> Tensor | None:
    """What is computed: classifiers hand out labels first, and scores behind them."""
    scores = (out for out in node.outputs if "float" in (out.dtype or ""))
    return next(scores, node.outputs[0] if node.outputs else None)


def _channels(node: Node, out: Tensor | None) -> str:
    """``1024 → 1000`` of a matrix product: terms of each sum, and the last axis of the output. Of
    what multiplies more than once, as a recurrent layer, only that axis is sure."""
    if not (node.macs and out and out.elements and out.shape):
        return units.si(node.macs, "MAC")
    terms = _terms(node, node.macs, out.elements)
    return str(out.shape[-1]) if terms is None else f"{terms} → {out.shape[-1]}"


def _terms(node: Node | PageNode, macs: int, elements: int) -> int | None:
    """Terms of each sum of a matrix product; ``None`` where that is not sure."""
    operator = find(node.domain, node.op_type)
    if operator is None or operator.nature is not Nature.PRODUCT or macs % elements:
        return None
    return macs // elements
