"""What changed between two models, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.findings.group import group
from analyzer.language import _, ngettext, retold, term
from analyzer.report.columns import columns
from analyzer.report.compare.rows import (
    elsewhere,
    measures,
    row,
    turnover,
    uncovered,
    weights_note,
)
from analyzer.report.compare.words import say, verdict
from analyzer.report.style import Style
from analyzer.sanitise import clean, encode_lines, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Options

ROWS = 20
"""Operators and findings listed in the text; JSON has all."""
LONGEST = 240
"""Characters of a headline."""


def text(pair: Pair, options: Options) -> bytes:
    """For a terminal: what a person would say first, then totals, then what they come from."""
    style = Style(options.color)
    lines = [
        style.bold(f"{label(pair.old.facts.model.path)} → {label(pair.new.facts.model.path)}"),
        *_headlines(pair, style),
        "",
        *_totals(pair, style),
        *_warnings(pair, style),
        "",
        *_operators(pair, style),
        "",
        *_findings(pair, style),
        *_gates(pair, style),
    ]
    return encode_lines(lines)


def _headlines(pair: Pair, style: Style) -> Iterator[str]:
    said = [say(headline) for headline in pair.comparison.headlines]
    first = verdict(pair.comparison)
    yield style.bold(label(first, LONGEST))
    yield from (label(line, LONGEST) for line in said if line != first)
    note = weights_note(pair.comparison.weights)
    if note:
        yield style.warning(note)


def _totals(pair: Pair, style: Style) -> Iterator[str]:
    rows = [measure[:5] for measure in measures(pair) if measure.shown]
    head = ("", _("old"), _("new"), _("difference"), "")
    yield from columns(head, rows, style, left=(0,))


def _warnings(pair: Pair, style: Style) -> Iterator[str]:
    for which, result in ((_("old"), pair.old), (_("new"), pair.new)):
        totals = result.facts.totals
        if totals.certainty != "exact":
            said = _(
                "{which}: MACs are {certainty}: {reason}", which=which,
                certainty=term(totals.certainty), reason=clean(retold(totals.reason)),
            )  # fmt: skip
            yield style.warning(said)
        for problem in result.facts.problems:
            if problem.inconclusive:
                where = f"{label(problem.where)}: " if problem.where else ""
                said = f"{_('inconclusive')}: {where}{clean(retold(problem.message))}"
                yield style.warning(f"{which}: {said}")


def _operators(pair: Pair, style: Style) -> Iterator[str]:
    found = pair.comparison
    changed = sum(c.old is not None and c.new is not None for c in found.changes)
    came = sum(c.old is None for c in found.changes)
    went = sum(c.new is None for c in found.changes)
    yield turnover(changed, came, went, found.same, found.renamed)
    left = uncovered(found)
    if left:
        rows = [row(change) for change in left[:ROWS]]
        head = ("", _("operator"), "", "MACs", _("parameters"))
        yield from columns(head, rows, style, left=(0, 1, 2))
    if len(left) > ROWS:
        more = len(left) - ROWS
        yield ngettext(
            "… and {n} more; --format json has them all",
            "… and {n} more; --format json has them all", more,
        )  # fmt: skip


def _findings(pair: Pair, style: Style) -> Iterator[str]:
    came, went = pair.findings.came, pair.findings.went
    stay = len(pair.new.findings) - len(came)
    yield _("findings: {came} came, {went} went, {same} the same",
            came=len(came), went=len(went), same=stay)  # fmt: skip
    for sign, findings in (("+", group(came)), ("-", group(went))):
        for f in findings[:ROWS]:
            rule = style.severity(f.severity, f.rule)
            place = label(f.node) or _("model")
            yield f"{sign} {place}: {rule} {clean(f.message)}{elsewhere(f)}"
        if len(findings) > ROWS:
            yield f"{sign} {_('… and {n} more', n=units.count(len(findings) - ROWS))}"


def _gates(pair: Pair, style: Style) -> Iterator[str]:
    if pair.gates:
        yield ""
    paint = {"passed": style.good, "failed": style.error, "inconclusive": style.warning}
    for gate in pair.gates:
        said = {"passed": _("passed"), "failed": _("failed")}.get(gate.outcome, _("inconclusive"))
        yield f"{paint[gate.outcome](said)}: {label(gate.text, LONGEST)}"
