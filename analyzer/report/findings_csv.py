"""CSV of ``check``, for spreadsheets: a row for each place of each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.findings.group import ungroup
from analyzer.report.notices import of_failure, reported, silenced, without_verdict
from analyzer.report.result import Failure
from analyzer.sanitise import csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options, Result

    Row = tuple[str | int | float, ...]

COLUMNS = (
    "model", "state", "rule", "name", "severity", "place", "message", "value", "unit",
    "saving_macs", "saving_params", "fix", "ask", "from", "reason", "fingerprint",
)  # fmt: skip


def render_batch(batch: Batch, options: Options) -> bytes:
    """UTF-8 with a header line; text is safe in formulas. ``state`` is ``new``, ``suppressed``,
    ``accepted``, or ``inconclusive`` where there is no verdict.
    """
    return csv_rows((COLUMNS, *_rows(batch)))


def _rows(batch: Batch) -> Iterator[Row]:
    for item in batch.items:
        if isinstance(item, Failure):
            yield _without_verdict(of_failure(item))
        else:
            yield from _of_model(item)


def _of_model(result: Result) -> Iterator[Row]:
    for notice in without_verdict(result, again=True):
        yield _without_verdict(notice)
    nodes = {node.id: node for node in result.facts.nodes}
    for notice in (*reported(result), *silenced(result)):
        for finding in ungroup([notice.finding] if notice.finding else []):
            saving, node = finding.saving, nodes.get(finding.node)
            place = (node and node.name) or finding.node
            yield (
                notice.path, notice.state, finding.rule, finding.name, finding.severity.value,
                place, finding.message,
                "" if finding.value is None else finding.value, finding.unit,
                "" if saving is None else saving.macs, "" if saving is None else saving.params,
                finding.remedy or notice.remedy, finding.ask, node.location if node else "",
                notice.silence, finding.fingerprint,
            )  # fmt: skip


def _without_verdict(notice: Notice) -> Row:
    row: dict[str, str] = {
        "model": notice.path, "state": "inconclusive", "rule": notice.rule, "name": notice.name,
        "severity": notice.severity.value, "place": notice.place, "message": notice.message,
    }  # fmt: skip
    return tuple(row.get(column, "") for column in COLUMNS)
