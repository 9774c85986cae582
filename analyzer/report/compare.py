"""What changed between two models, as text and JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.records import HIDDEN, Output, named, shown, shown_as
from analyzer.report.columns import columns
from analyzer.report.json import encode
from analyzer.report.style import Style
from analyzer.sanitise import clean, encode_lines, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.compare import Change, Comparison, Retyped
    from analyzer.facts import Assumption, ModelInfo, Node, Tensor, Totals
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Options, Outcome, Result

ROWS = 20
"""Operators and findings listed in the text; JSON has all."""
MEASURES = (
    ("MACs", "macs"), ("FLOPs", "flops"), ("parameters", "params"),
    ("bytes of weights", "weight_bytes"), ("peak activation bytes", "peak_activation_bytes"),
    ("operators", "nodes"), ("weighted layers", "weighted_layers"),
)  # fmt: skip
"""What the text calls a total, and its name in ``Facts.totals``."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models."""

    model: ModelInfo
    assumptions: tuple[Assumption, ...]
    outcome: Outcome
    totals: Totals


@dataclass(frozen=True, slots=True)
class Turnover:
    """What became of the findings."""

    came: tuple[Finding, ...]
    """Findings of the new model that the old one does not have."""
    went: tuple[Finding, ...]
    """Findings of the old model that the new one does not have."""


@dataclass(frozen=True, slots=True, repr=False)
class Pair(Output):
    """Two judged models and what is between them."""

    old: Result = field(metadata=HIDDEN)
    new: Result = field(metadata=HIDDEN)
    comparison: Comparison = field(metadata=named("operators"))
    findings: Turnover
    command: str = ""

    @property
    @shown_as("old")
    def before(self) -> Side:
        return _side(self.old)

    @property
    @shown_as("new")
    def after(self) -> Side:
        return _side(self.new)

    @property
    @shown
    def interface(self) -> tuple[Retyped, ...]:
        """Graph inputs and outputs that came, went, or have another type."""
        return self.comparison.interface


def text(pair: Pair, options: Options) -> bytes:
    """For a terminal: totals first, then what they come from."""
    style = Style(options.color)
    lines = [
        style.bold(f"{label(pair.old.facts.model.path)} → {label(pair.new.facts.model.path)}"),
        "",
        *_totals(pair, style),
        *_warnings(pair, style),
        "",
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
    old, new = change.old, change.new
    kinds = [*dict.fromkeys(_kind(node) for node in (old, new) if node)]
    if len(kinds) == 1 and old and new:
        aspects = (
            [", ".join(t.dtype or units.UNKNOWN for t in node.outputs) for node in (old, new)],
            [f"{units.count(node.executions)} runs" for node in (old, new)],
            [f"{len(node.inputs)} inputs" for node in (old, new)],
            [f"{units.count(node.cost.flops)} FLOPs" for node in (old, new)],
        )
        if change.macs == 0:  # else that is what is different
            kinds += [f"{before} → {after}" for before, after in aspects if before != after][:1]
        return ": ".join(kinds)
    return " → ".join(kinds)


def _side(result: Result) -> Side:
    facts = result.facts
    return Side(facts.model, facts.assumptions, result.outcome, facts.totals)


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


def json(pair: Pair, options: Options) -> bytes:
    """The same as one object, complete."""
    return encode(pair.to_dict())
