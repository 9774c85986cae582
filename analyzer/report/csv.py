"""CSV: one line per operator, for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer import units
from analyzer.language import ENGLISH, speaking
from analyzer.records import plain
from analyzer.report.result import Result
from analyzer.sanitise import csv_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.report.result import Options
    from analyzer.report.sheet import Report

COLUMNS = (
    "id", "scope", "name", "op_type", "domain", "tags", "output", "dtype", "shape",
    "macs", "flops", "params", "executions", "total_macs", "read_bytes", "write_bytes",
    "intensity", "saving_macs", "certainty", "reason",
)  # fmt: skip


def render(subject: Result | Report, options: Options) -> bytes:
    """UTF-8 with a header line; ``unknown`` where there is no number, text safe in formulas."""
    nodes = map(plain, subject.facts.nodes) if isinstance(subject, Result) else subject.nodes
    with speaking(ENGLISH):
        return csv_rows((COLUMNS, *map(_row, nodes)))


def _row(node: Mapping[str, Any]) -> tuple[object, ...]:
    """The line of an operator as the JSON has it."""
    first: Mapping[str, Any]
    first = node["outputs"][0] if node["outputs"] else {"name": "", "dtype": None, "shape": None}
    return (
        node["id"], node["scope"], node["name"], node["op_type"], node["domain"],
        " ".join(node["tags"]), first["name"], first["dtype"] or units.UNKNOWN,
        units.shape(first["shape"]),
        node["macs"], node["flops"], node["params"], node["executions"], node["total_macs"],
        node["read_bytes"], node["write_bytes"], node["intensity"],
        node["saving"]["macs"] if node["saving"] else 0, node["certainty"], node["reason"],
    )  # fmt: skip
