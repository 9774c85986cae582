"""The published table of what every operator counts: docs/operators.md as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import operators

if TYPE_CHECKING:
    from analyzer.operators.formula import Formula

HEADER = """\
# What every operator counts

Generated from the records in `analyzer/operators` by `python tools/operators.py`; do not edit.

A **MAC** is one multiply-accumulate. **FLOPs** count the operator's defining equation literally:
each addition, subtraction, multiplication, division, comparison (each bound of a clip, each element
of a maximum), rounding, sign change and each evaluation of a transcendental function (exp, log,
sqrt, pow, tanh, erf, …) is 1, and reducing n elements is n. Branches count the longer one plus the
comparison. Integer arithmetic of quantised operators counts like float arithmetic; requantising
their result does not count. Padding positions count, masked attention scores count, sequences count
at their padded length.

`|X|` and `|Y|` are the elements of the first input and the first output, `ΠK` the product of the
kernel sides, `M` input and `N` output channels, `g` groups. A fused addition or activation of
`com.microsoft` convolutions and products counts 1 per output element. Equations that a column's
square brackets show are what the number in front of them was counted from.

An operator that is not listed is *unknown*: its MACs are `null` and totals say "at least". So is a
listed one whose shapes are not known. Local functions, and operators whose schema has a function
body but no row here, cost what their body costs.
"""


def operators_markdown() -> str:
    """The whole document; same records, same text."""
    domains: dict[str, dict[str, Formula]] = {}
    for record in operators():
        domains.setdefault(record.domain, {})[record.name] = record.cost
    parts = [HEADER]
    for domain in sorted(domains):
        rules = domains[domain]
        parts.append(f"\n## {domain or 'ai.onnx'}\n\n{_table(rules)}{_free(rules)}")
    return "".join(parts)


def _table(rules: dict[str, Formula]) -> str:
    rows = [_row(op, rule) for op, rule in sorted(rules.items()) if not rule.is_free]
    if not rows:
        return ""
    return "\n".join(
        ["| operator | MACs | FLOPs | source |", "| --- | --- | --- | --- |", *rows, ""]
    )


def _row(op: str, rule: Formula) -> str:
    macs, flops = rule.macs, rule.flops
    if rule.control:
        macs = flops = f"its subgraphs: {rule.macs}"
    elif rule.reason:
        macs = flops = f"unknown: {rule.reason}"
    cells = (f"`{op}`", macs, flops, rule.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _free(rules: dict[str, Formula]) -> str:
    names = sorted(op for op, rule in rules.items() if rule.is_free)
    if not names:
        return ""
    listed = ", ".join(f"`{name}`" for name in names)
    return f"\nFree (0 MACs, 0 FLOPs; they move, select, generate or relabel data): {listed}.\n"
