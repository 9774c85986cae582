"""Text of ``check``: one line per finding, in the form that editors and people know."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.findings.finding import Severity
from analyzer.language import _, counted, retold
from analyzer.report.result import Failure
from analyzer.report.style import Style
from analyzer.report.view.findings import (
    first_of_each,
    first_sentence,
    is_told,
    messages,
    not_listed,
    others,
)
from analyzer.sanitise import clean, encode_lines, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.result import Batch, Options, Result


def render_batch(batch: Batch, options: Options) -> bytes:
    """``path: node: RULE message``, a hint where a rule first speaks, and a summary line."""
    style = Style(options.color)
    lines: list[str] = []
    hinted: set[str] = set()
    for item in batch.items:
        if isinstance(item, Failure):
            reason = clean(retold(item.reason))
            lines.append(f"{label(item.path)}: {style.error(_('cannot judge'))}: {reason}")
        else:
            lines += _findings(item, style, hinted, options.text_rows)
            lines += _problems(item, style)
    if options.summary:
        lines.append(summary(batch))
    return encode_lines(lines)


def summary(batch: Batch) -> str:
    """``3 findings (1 error, 2 warnings) in 2 models; 4 suppressed; 1 could not be judged``."""
    unchanged = _unchanged(batch)
    if not batch.items and (unchanged or batch.excluded):
        return unchanged or _("no model judged: all are excluded")
    results = list(batch.results)
    groups = [group for result in results for group in result.groups]
    severities = Counter(group.severity for group in groups)
    counts = [_many(severities[s], s.value) for s in Severity if severities[s]]
    found = _many(severities.total(), "finding") + (f" ({', '.join(counts)})" if counts else "")
    if (places := sum(group.count for group in groups)) > len(groups):
        found = _("{findings} at {places}", findings=found, places=units.places(places))
    if len(batch.items) != 1 or not results:
        found = _("{findings} in {models}", findings=found, models=_many(len(results), "model"))
    parts = [found]
    if suppressed := sum(result.suppressed for result in results):
        parts.append(_("{n} suppressed", n=suppressed))
    if accepted := sum(result.accepted for result in results):
        parts.append(_("{n} in the baseline", n=accepted))
    if partly := sum(result.facts.inconclusive for result in results):
        parts.append(_("{n} judged only in part", n=partly))
    if failed := len(list(batch.failures)):
        parts.append(_("{n} could not be judged", n=failed))
    if unchanged:
        parts.append(unchanged)
    text = "; ".join(parts)
    return text if batch.outcome != "clean" else _("{findings}: clean", findings=text)


def _unchanged(batch: Batch) -> str:
    """``3 models unchanged since main, not judged``; empty where all were to be judged."""
    if not (batch.since and batch.since.unchanged):
        return ""
    since = label(batch.since.revision)
    number = len(batch.since.unchanged)
    if not batch.items:
        return _("no model has changed since {since}: {n} unchanged, not judged",
                 since=since, n=number)  # fmt: skip
    return _("{models} unchanged since {since}, not judged",
             models=_many(number, "model"), since=since)  # fmt: skip


def _findings(result: Result, style: Style, hinted: set[str], most: int) -> Iterator[str]:
    path = label(result.facts.model.path)
    names = {n.id: n.name for n in result.facts.nodes if n.name}
    origins = {n.id: n.location for n in result.facts.nodes if n.location}
    shown, more = first_of_each(result.groups, most)
    for finding in shown:
        where = label(names.get(finding.node, finding.node))
        place = f"{path}: {where}: " if where else f"{path}: "
        rule = style.severity(finding.severity.value, label(finding.rule))
        yield f"{place}{rule} {clean(finding.message)}"
        if finding.count > 1:
            yield style.dim(f"  {others(finding, names)}")
        if finding.node in origins:
            yield style.dim(f"  {_('from: {place}', place=label(origins[finding.node]))}")
        if finding.remedy:
            yield style.dim(f"  {_('fix: {text}', text=clean(finding.remedy))}")
        elif finding.fix and finding.rule not in hinted:
            hinted.add(finding.rule)
            yield style.dim(f"  {_('fix: {text}', text=first_sentence(finding.fix))}")
        if finding.ask:
            yield style.dim(f"  {_('ask: {text}', text=clean(finding.ask))}")
    for rule, count in more.items():
        left = _("{findings} (limit text_rows = {most}); JSON lists all",
                 findings=not_listed(rule, count), most=f"{most:,}")  # fmt: skip
        yield f"{path}: {left}"


def _problems(result: Result, style: Style) -> Iterator[str]:
    path = label(result.facts.model.path)
    told = messages(result.places)
    for problem in result.facts.problems:
        if is_told(problem, told):
            continue  # a rule has said it already
        where = f"{label(problem.where)}: " if problem.where else ""
        word = _("inconclusive") if problem.inconclusive else _("note")
        text = f"{clean(retold(problem.message))} [{label(problem.code)}]"
        yield f"{path}: {where}{style.warning(word)}: {text}"


def _many(n: int, word: str) -> str:
    return counted(n, word, word if word == "info" else f"{word}s", str(n))
