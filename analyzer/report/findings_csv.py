"""CSV of ``check``, for spreadsheets: a row for each place of each finding."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from analyzer.findings.group import ungroup
from analyzer.report.notices import of_failure, reported, silenced, without_verdict
from analyzer.report.result import Failure
from analyzer.sanitise import csv_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options, Result

    Cell = str | int | float

COLUMNS = (
    "model", "state", "rule", "name", "severity", "place", "message", "value", "unit",
    "saving_macs", "saving_params", "fix", "ask", "from", "reason", "fingerprint",
)  # fmt: skip


def render_batch(batch: Batch, options: Options) -> bytes:
    """UTF-8 with a header line; text is safe in formulas. ``state`` is ``new``, ``suppressed``,
    ``accepted``, or ``inconclusive`` where there is no verdict.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in batch.items:
        if isinstance(item, Failure):
            writer.writerow(_without_verdict(of_failure(item)))
        else:
            writer.writerows(_of_model(item))
    return out.getvalue().encode("utf-8")


def _of_model(result: Result) -> Iterator[list[Cell]]:
    for notice in without_verdict(result, again=True):
        yield _without_verdict(notice)
    nodes = {node.id: node for node in result.facts.nodes}
    for notice in (*reported(result), *silenced(result)):
        state = "new" if not notice.silence else "suppressed" if notice.suppression else "accepted"
        for finding in ungroup([notice.finding] if notice.finding else []):
            saving, node = finding.saving, nodes.get(finding.node)
            place = (node and node.name) or finding.node
            text = (
                notice.path, state, finding.rule, finding.name, finding.severity.value, place,
                finding.message,
            )  # fmt: skip
            last = (
                finding.remedy or notice.remedy, finding.ask, node.location if node else "",
                notice.silence, finding.fingerprint,
            )  # fmt: skip
            yield [
                *map(csv_cell, text),
                "" if finding.value is None else finding.value,
                csv_cell(finding.unit),
                "" if saving is None else saving.macs,
                "" if saving is None else saving.params,
                *map(csv_cell, last),
            ]


def _without_verdict(notice: Notice) -> list[Cell]:
    row: dict[str, str] = {
        "model": notice.path, "state": "inconclusive", "rule": notice.rule, "name": notice.name,
        "severity": notice.severity.value, "place": notice.place, "message": notice.message,
    }  # fmt: skip
    return [csv_cell(row.get(column, "")) for column in COLUMNS]
