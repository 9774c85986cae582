"""What changed between two models, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.report.columns import columns
from analyzer.report.style import Style
from analyzer.sanitise import clean, encode_lines, label
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.compare import Change, Comparison, Difference
    from analyzer.facts import Node, Tensor
    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Options

ROWS = 20
"""Operators and findings listed in the text; JSON has all."""
MEASURES = (
    ("MACs", "macs"), ("FLOPs", "flops"), ("parameters", "params"),
    ("bytes of weights", "weight_bytes"), ("peak activation bytes", "peak_activation_bytes"),
    ("operators", "nodes"), ("weighted layers", "weighted_layers"),
)  # fmt: skip
"""What the text calls a total, and its name in ``Facts.totals``."""


def text(pair: Pair, options: Options) -> bytes:
    """For a terminal: totals first, then what they come from."""
    style = Style(options.color)
    lines = [
        style.bold(f"{label(pair.old.facts.model.path)} → {label(pair.new.facts.model.path)}"),
        "",
        *_totals(pair, style),
        *_warnings(pair, style),
        "",
        *_weights(pair, style),
        *_interface(pair),
        *_operators(pair.comparison, style),
        "",
        *_findings(pair, style),
    ]
    return encode_lines(lines)


def _totals(pair: Pair, style: Style) -> Iterator[str]:
    old, new = pair.old.facts.totals, pair.new.facts.totals
    rows = []
    for title, name in MEASURES:
        before, after = getattr(old, name), getattr(new, name)
        rows.append(
            (title, units.count(before), units.count(after), _signed(before, after),
             _relative(before, after))
        )  # fmt: skip
    kinds = dict.fromkeys((*old.macs_by_kind, *new.macs_by_kind))
    for kind in kinds:
        before, after = old.macs_by_kind.get(kind, 0), new.macs_by_kind.get(kind, 0)
        if before != after:
            rows.append(
                (f"MACs of {label(kind, 24)}", units.count(before), units.count(after),
                 _signed(before, after), _relative(before, after))
            )  # fmt: skip
    yield from columns(("", "old", "new", "difference", ""), rows, style, left=(0,))


def _warnings(pair: Pair, style: Style) -> Iterator[str]:
    for which, result in (("old", pair.old), ("new", pair.new)):
        totals = result.facts.totals
        if totals.certainty != "exact":
            yield style.warning(f"{which}: MACs are {totals.certainty}: {clean(totals.reason)}")
        for problem in result.facts.problems:
            if problem.inconclusive:
                where = f"{label(problem.where)}: " if problem.where else ""
                yield style.warning(f"{which}: inconclusive: {where}{clean(problem.message)}")


def _signed(before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return units.UNKNOWN
    if before == after:
        return "same"
    return f"{'+' if after > before else '−'}{units.count(abs(after - before))}"


def _relative(before: int | None, after: int | None) -> str:
    if not before or after is None or before == after or after > before << 40:
        return ""
    share = units.percent(abs(after - before) / before)
    return f"{'+' if after > before else '−'}{share}"


def _interface(pair: Pair) -> Iterator[str]:
    for old, new in pair.comparison.interface:
        name = next(tensor.name for tensor in (new, old) if tensor)
        yield f"{label(name)}: {_type(old)} → {_type(new)}"
    before, after = pair.old.facts.model.opsets, pair.new.facts.model.opsets
    for domain in dict.fromkeys((*before, *after)):
        if before.get(domain) != after.get(domain):
            versions = [str(side.get(domain, "not used")) for side in (before, after)]
            yield f"operator set {label(domain) or 'ai.onnx'}: {' → '.join(versions)}"


def _type(tensor: Tensor | None) -> str:
    if tensor is None:
        return "not there"
    return f"{tensor.dtype or units.UNKNOWN} {units.shape(tensor.shape)}"


def _operators(found: Comparison, style: Style) -> Iterator[str]:
    changed = sum(c.old is not None and c.new is not None for c in found.changes)
    came = sum(c.old is None for c in found.changes)
    went = sum(c.new is None for c in found.changes)
    renamed = f" ({found.renamed} under another name)" if found.renamed else ""
    yield f"operators: {changed} changed, {came} came, {went} went, {found.same} the same{renamed}"
    if found.changes:
        rows = [_row(change) for change in found.changes[:ROWS]]
        yield from columns(("", "operator", "", "MACs", "parameters"), rows, style, left=(0, 1, 2))
    if len(found.changes) > ROWS:
        yield f"… and {len(found.changes) - ROWS} more; --format json has them all"


def _row(change: Change) -> tuple[str, ...]:
    sign = "+" if change.old is None else "-" if change.new is None else "~"
    node = change.new or change.old
    return (
        sign,
        label(node.name or node.id, 44) if node else "",
        _what(change),
        _difference(change.macs),
        _difference(change.params),
    )


def _kind(node: Node) -> str:
    """``standard 3×3, 64→128``, ``MatMul 1×128×768``: a layer in a few characters."""
    if node.conv is not None:
        conv = node.conv
        return f"{node.kind} {conv.kernel}, {conv.in_channels}→{conv.out_channels}"
    size = f" {units.shape(node.outputs[0].shape)}" if node.outputs else ""
    return label(node.op_type, 24) + size


def _what(change: Change) -> str:
    """Both layers; of two that look alike, what is different about them."""
    kinds = [*dict.fromkeys(_kind(node) for node in (change.old, change.new) if node)]
    found = [d for d in change.differences if d.aspect != "type" or len(kinds) == 1]
    if len(kinds) == 1 or found[1:]:
        said = "; ".join(_differs(difference) for difference in found[:3])
        return f"{' → '.join(kinds)}: {said}" if said else kinds[0]
    return " → ".join(kinds)


PLAIN = frozenset({"type", "inputs", "runs", "MACs", "FLOPs", "sources", "operator"})
"""Aspects whose values say what they are about."""


def _differs(difference: Difference) -> str:
    """``axis 1 → −1``, ``float32 4 → float16 4``."""
    old, new = (label(value.replace("-", "−") if difference.aspect not in PLAIN else value, 48)
                for value in (difference.old, difference.new))  # fmt: skip
    what = "" if difference.aspect in PLAIN else f"{label(difference.aspect, 24)} "
    return f"{what}{old} → {new}"


def _weights(pair: Pair, style: Style) -> Iterator[str]:
    found = pair.comparison.weights
    if found.layers:
        largest = "" if found.largest is None else (
            f", largest relative change {units.percent(found.largest)}")  # fmt: skip
        yield f"weights of {many(found.layers, 'layer')} changed{largest}"
    if found.converted:
        yield f"{many(found.converted, 'tensor')} converted to another element type, no further"
    if not found.complete:
        count = f"{found.unread:,} of {many(found.tensors, 'tensor')}" if found.unread else ""
        why = f": {clean(found.why)}" if found.why else ""
        yield style.warning(f"weights not compared ({count}){why}" if count
                            else f"weights not compared{why}")  # fmt: skip


def _difference(value: int | None) -> str:
    if value is None:
        return units.UNKNOWN
    return "same" if value == 0 else f"{'+' if value > 0 else '−'}{units.count(abs(value))}"


def _findings(pair: Pair, style: Style) -> Iterator[str]:
    came, went = pair.findings.came, pair.findings.went
    stay = len(pair.new.findings) - len(came)
    yield f"findings: {len(came)} came, {len(went)} went, {stay} the same"
    for sign, findings in (("+", came), ("-", went)):
        for f in findings[:ROWS]:
            rule = style.severity(f.severity, f.rule)
            yield f"{sign} {label(f.node) or 'model'}: {rule} {clean(f.message)}"
        if len(findings) > ROWS:
            yield f"{sign} … and {len(findings) - ROWS} more"
