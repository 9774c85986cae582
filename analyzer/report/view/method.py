"""What the numbers rest on: assumed sizes, problems met, formulas used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from analyzer.language import retold, term
from analyzer.report.view.layers import show_names
from analyzer.restore import record
from analyzer.sanitise import clean, label, widths
from analyzer.units import shorten

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node
    from analyzer.report.view.layers import PageNode


@record
class AssumedRow:
    """A size that the file leaves open."""

    input: str
    axis: int
    dim: str
    value: int
    reason: str


@record
class ProblemRow:
    """Something that kept the analysis from being complete, or a note."""

    code: str
    where: str
    """Empty for the whole model."""
    words: str
    inconclusive: bool


@record
class FormulaRow:
    """How one operator type was counted."""

    op: str
    nodes: int
    formula: str
    """Of MACs; of an operator without any, of FLOPs."""
    flops: str
    """Of FLOPs."""
    source: str


def assumptions(facts: Facts) -> tuple[AssumedRow, ...]:
    """Sizes of inputs that somebody had to choose."""
    return tuple(
        AssumedRow(
            label(a.input), a.axis, label(retold(a.dim)), a.value, label(term(retold(a.reason)))
        )
        for a in facts.assumptions
    )


def problems(facts: Facts) -> tuple[ProblemRow, ...]:
    """Everything that was met, in the order of the analysis."""
    if not facts.problems:
        return ()
    names = show_names(facts.nodes)
    return tuple(
        ProblemRow(
            label(p.code),
            names.get(p.where, label(p.where)),
            label(retold(p.message), widths.TEXT),
            p.inconclusive,
        )
        for p in facts.problems
    )


def formulas(facts: Facts) -> tuple[FormulaRow, ...]:
    """Equations that produced the counts, by operator type; data movement left out."""
    found: dict[tuple[str, str, str, str], int] = {}
    for node in facts.nodes:
        if node.macs or node.flops:
            key = formula_key(node)
            found[key] = found.get(key, 0) + 1
    return tuple(FormulaRow(op, count, *rest) for (op, *rest), count in sorted(found.items()))


def formula_key(node: Node) -> tuple[str, str, str, str]:
    """Operator, equation of its headline count, that of its FLOPs, source: one row for each."""
    cost = node.cost
    return _key(node.domain, node.op_type, cost.formula, cost.flops_formula, cost.source)


def page_formula_key(node: PageNode) -> tuple[str, str, str, str]:
    """The same of an operator as the JSON has it."""
    return _key(node.domain, node.op_type, node.formula, node.flops_formula, node.source)


@lru_cache(maxsize=4096)
def _key(domain: str, op: str, formula: str, flops: str, source: str) -> tuple[str, str, str, str]:
    prefix = f"{domain}." if domain not in ("", "ai.onnx") else ""
    return label(prefix + op), clean(shorten(formula)), clean(shorten(flops)), label(source)
