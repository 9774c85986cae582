"""Plain text for a terminal: what a model is and costs, then one line per operator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.conformance import ASSUMPTION
from analyzer.report.cards import cards
from analyzer.report.claims import claims_of
from analyzer.report.columns import columns
from analyzer.report.style import Style
from analyzer.report.view import summary
from analyzer.report.view.assumed import choices
from analyzer.report.view.layers import show_names, spread
from analyzer.report.words import say
from analyzer.sanitise import clean, encode_lines, label, widths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts
    from analyzer.report.result import Options, Result

NAME = 44
"""Widest name in the table; names are shortened in the middle."""


def render(result: Result, options: Options) -> bytes:
    """UTF-8; nothing in it can move the cursor or reorder the text."""
    style = Style(options.color)
    lines = [*_summary(result, options, style), "", *_table(result.facts, style)]
    return encode_lines(lines)


def _summary(result: Result, options: Options, style: Style) -> Iterator[str]:
    facts = result.facts
    yield style.bold(label(facts.model.path))
    claims = claims_of(result)
    yield say(claims)["network"]
    yield ""
    for card in cards(claims, options.count):
        yield f"{card.title:<24}{style.bold(card.value)}  {style.dim(', '.join(card.detail))}"
    yield f"{'Produced by':<24}{label(facts.model.producer) or 'not stated'}"
    yield f"{'Operator sets':<24}{summary.opsets(facts.model.opsets)}"
    yield ""
    rows = summary.shares(facts)
    figures = [units.si(row.macs, "MAC") if row.macs_range is None
               else units.span(*row.macs_range, "MAC") for row in rows]  # fmt: skip
    wide = max(12, *map(len, figures), 0)
    for share, macs in zip(rows, figures, strict=True):
        known = share.macs is not None and share.macs_share is not None
        counts = f"{macs:>{wide}} {units.percent(share.macs_share) if known else '':>8}"
        weights = f"{units.si(share.params):>10} {units.percent(share.params_share):>8}"
        yield f"{share.kind:<24}{counts}{weights} of parameters"
    for a in facts.assumptions:
        yield f"assumed: {replace(a, input=label(a.input), dim=label(a.dim))}, {label(a.reason)}"
    for line in choices(facts):
        yield f"assumed: {line}"
    for breach in facts.breaches:
        if breach.family == ASSUMPTION:
            text = f"judged in part: {breach.message}; {breach.remedy}"
            yield style.warning(f"{label(breach.where)}: {clean(text)}")
    coverage = summary.coverage(facts.nodes)
    if not coverage.complete:
        yield style.warning(
            f"cost known for {coverage.known} of {coverage.total} operators; not known:"
        )
        for row in coverage.missing:
            yield f"  {row.count} × {row.op}: {row.why}"
    for problem in facts.problems:
        where = f"{label(problem.where)}: " if problem.where else ""
        yield style.warning(f"{label(problem.code)}: {where}{clean(problem.message)}")


def _table(facts: Facts, style: Style) -> Iterator[str]:
    names = show_names(facts.nodes)
    head = ("name", "operator", "output", "MACs", "FLOPs", "params", "runs", "tags")
    rows = [
        (
            label(names[n.id], NAME),
            label(n.op_type, widths.WORD),
            units.form(n.outputs[0].dtype, n.outputs[0].shape) if n.outputs else "none",
            spread(n.macs, n.macs_range),
            spread(n.flops, n.flops_range),
            units.count(n.params),
            units.span(*n.executions_range),
            " ".join(n.tags),
        )
        for n in facts.nodes
    ]
    return columns(head, rows, style, left=(0, 1, len(head) - 1))
