"""Annotations of ``check``: the workflow commands that GitHub Actions shows beside a pull request.

Syntax and escapes: GitHub's documentation, "Workflow commands for GitHub Actions"; in messages
``%``, CR and LF are escaped, in properties ``:`` and ``,`` as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.findings.finding import Severity
from analyzer.report.result import Failure
from analyzer.report.view.findings import (
    first_of_each,
    first_sentence,
    is_told,
    messages,
    not_listed,
    others,
)
from analyzer.sanitise import clean, github_data, github_property, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.report.result import Batch, Options, Result

LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice",
}  # fmt: skip


def render_batch(batch: Batch, options: Options) -> bytes:
    """One command a line; UTF-8."""
    lines: list[str] = []
    for item in batch.items:
        if isinstance(item, Failure):
            lines.append(_command("error", item.path, "cannot judge", clean(item.reason)))
        else:
            lines += _of_result(item, options.text_rows)
    return "".join(line + "\n" for line in lines).encode("utf-8")


def _of_result(result: Result, most: int) -> Iterator[str]:
    path = result.facts.model.path
    nodes = {node.id: node for node in result.facts.nodes}
    names = {node.id: node.name for node in result.facts.nodes if node.name}
    shown, more = first_of_each(result.groups, most)
    for finding in shown:
        node = nodes.get(finding.node)
        where = label((node and node.name) or finding.node)
        parts = [f"{where}: " if where else "", clean(finding.message)]
        if finding.count > 1:
            parts.append(f"\n{others(finding, names)}")
        if node and node.location:
            parts.append(f"\nfrom: {label(node.location)}")
        if finding.remedy or finding.fix:
            parts.append(f"\nfix: {clean(finding.remedy) or first_sentence(finding.fix)}")
        title = f"{label(finding.rule)} {label(finding.name)}"
        yield _command(LEVELS[finding.severity], path, title, "".join(parts))
    for rule, count in more.items():
        text = f"{not_listed(rule, count)} (limit text_rows = {most:,}); JSON and SARIF list all"
        yield _command("notice", path, label(rule), text)
    # GitHub shows ten errors of a step: none is to be said twice.
    told = messages(f for f in result.places if f.severity is Severity.ERROR)
    for problem in result.facts.problems:
        if problem.inconclusive and not is_told(problem, told):
            where = f"{label(problem.where)}: " if problem.where else ""
            title = f"inconclusive {label(problem.code)}"
            yield _command("error", path, title, where + clean(problem.message))


def _command(level: str, path: str, title: str, message: str) -> str:
    """One workflow command; ``message`` may have several lines."""
    properties = f"file={github_property(path)},title={github_property(title)}"
    return f"::{level} {properties}::{github_data(message)}"
