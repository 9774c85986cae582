"""Lines of a comparison that every format for people shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.language import _, mark, ngettext, retold, term
from analyzer.report.compare.words import minus
from analyzer.sanitise import clean, label, widths
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.compare import Change, Comparison, Difference, WeightComparison
    from analyzer.facts import Node
    from analyzer.findings.finding import Finding
    from analyzer.report.compare.pair import Pair

MEASURES = (
    ("MACs", "macs"), ("FLOPs", "flops"), (mark("parameters"), "params"),
    (mark("bytes of weights"), "weight_bytes"),
    (mark("peak activation bytes"), "peak_activation_bytes"),
    (mark("operators"), "nodes"), (mark("weighted layers"), "weighted_layers"),
)  # fmt: skip
"""What people call a total, and its name in ``Facts.totals``."""
PLAIN = frozenset({"type", "inputs", "runs", "MACs", "FLOPs", "sources", "outputs", "operator"})
"""Aspects whose values say what they are about."""


class Measured(NamedTuple):
    """One total of both models, as text."""

    title: str
    old: str
    new: str
    difference: str
    relative: str
    shown: bool = True


def measures(pair: Pair) -> Iterator[Measured]:
    """Totals, and MACs by kind where they differ."""
    old, new = pair.old.facts.totals, pair.new.facts.totals
    for title, name in MEASURES:
        yield _measured(_(title), getattr(old, name), getattr(new, name))
    for kind in dict.fromkeys((*old.macs_by_kind, *new.macs_by_kind)):
        before, after = old.macs_by_kind.get(kind, 0), new.macs_by_kind.get(kind, 0)
        if before != after:
            yield _measured(_("MACs of {kind}", kind=label(kind, widths.WORD)), before, after)


def _measured(title: str, before: int | None, after: int | None) -> Measured:
    return Measured(title, units.count(before), units.count(after), _signed(before, after),
                    _relative(before, after))  # fmt: skip


def uncovered(found: Comparison) -> list[Change]:
    """Changes that no headline says all about."""
    said = set(found.covered)
    return [change for index, change in enumerate(found.changes) if index not in said]


def weights_note(found: WeightComparison) -> str:
    """What was not compared of the weights; empty if all was."""
    if found.complete:
        return ""
    why = clean(retold(found.why))
    if not found.unread:
        return _("weights not compared: {reason}", reason=why)
    tensors = many(found.tensors, "tensor")
    return _("weights not compared, {n} of {tensors}: {reason}",
             n=units.count(found.unread), tensors=tensors, reason=why)  # fmt: skip


def elsewhere(found: Finding) -> str:
    """Clause that begins with a space: at how many places more; empty for none."""
    if found.count < 2:
        return ""
    return f" ({ngettext('and at {n} place more', 'and at {n} places more', found.count - 1)})"


def turnover(changed: int, came: int, went: int, same: int, renamed: int) -> str:
    """What became of operators."""
    counts = {"changed": units.count(changed), "came": units.count(came),
              "went": units.count(went), "same": units.count(same)}  # fmt: skip
    if not renamed:
        return _("operators: {changed} changed, {came} came, {went} went, {same} the same",
                 **counts)  # fmt: skip
    return _("operators: {changed} changed, {came} came, {went} went, {same} the same "
             "({renamed} under another name)", renamed=units.count(renamed), **counts)  # fmt: skip


def row(change: Change) -> tuple[str, ...]:
    """Sign, name, what it is or what about it changed, MACs and parameters by which it grows."""
    sign = "+" if change.old is None else "-" if change.new is None else "~"
    node = change.node
    return (
        sign,
        label(node.name or node.id, 44),
        _what(change),
        difference(change.macs),
        difference(change.params),
    )


def difference(value: int | None) -> str:
    """By how much something grows."""
    if value is None:
        return units.unknown()
    return _("same") if value == 0 else f"{'+' if value > 0 else '−'}{units.count(abs(value))}"


def _signed(before: int | None, after: int | None) -> str:
    return units.unknown() if before is None or after is None else difference(after - before)


def _relative(before: int | None, after: int | None) -> str:
    if not before or after is None or before == after or after > before << 40:
        return ""
    share = units.percent(abs(after - before) / before)
    return f"{'+' if after > before else '−'}{share}"


def _kind(node: Node) -> str:
    """``standard 3×3, 64→128``, ``MatMul 1×128×768``: a layer in a few characters."""
    if node.conv is not None:
        conv = node.conv
        return f"{term(node.kind)} {conv.kernel}, {conv.in_channels}→{conv.out_channels}"
    size = f" {units.form(node.outputs[0].dtype, node.outputs[0].shape)}" if node.outputs else ""
    return label(node.op_type, widths.WORD) + size


def _what(change: Change) -> str:
    """Both layers; of two that look alike, what is different about them."""
    kinds = [*dict.fromkeys(_kind(node) for node in (change.old, change.new) if node)]
    found = [d for d in change.differences if d.aspect != "type" or len(kinds) == 1]
    if len(kinds) == 1 or found[1:]:
        said = "; ".join(_differs(each) for each in found[:3])
        return f"{' → '.join(kinds)}: {said}" if said else kinds[0]
    return " → ".join(kinds)


def _differs(found: Difference) -> str:
    """``axis 1 → −1``, ``float32 4 → float16 4``."""
    plain = found.aspect in PLAIN
    ends = (retold(value) if plain else minus(value) for value in (found.old, found.new))
    old, new = (label(end, 48) for end in ends)
    what = "" if plain else f"{label(found.aspect, widths.WORD)} "
    return f"{what}{old} → {new}"
