"""CSV: one line per operator, for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.sanitise import csv_cell

if TYPE_CHECKING:
    from analyzer.facts import Node
    from analyzer.report.result import Options, Result

COLUMNS = (
    "id", "scope", "name", "op_type", "domain", "tags", "output", "dtype", "shape",
    "macs", "flops", "params", "executions", "total_macs", "read_bytes", "write_bytes",
    "intensity", "saving_macs", "certainty", "reason",
)  # fmt: skip


def render(result: Result, options: Options) -> bytes:
    """UTF-8 with a header line; ``unknown`` where there is no number, text safe in formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(node) for node in result.facts.nodes)
    return out.getvalue().encode("utf-8")


def _row(node: Node) -> list[str]:
    first = node.outputs[0] if node.outputs else None
    text = (
        node.id, node.scope, node.name, node.op_type, node.domain, " ".join(node.tags),
        first.name if first else "", (first.dtype if first else None) or units.UNKNOWN,
        units.shape(first.shape if first else None),
    )  # fmt: skip
    numbers = (
        node.macs, node.flops, node.params, node.executions, node.total_macs,
        node.read_bytes, node.write_bytes, node.intensity,
        node.saving.macs if node.saving else 0,
    )  # fmt: skip
    return [
        *(csv_cell(cell) for cell in text),
        *(units.UNKNOWN if value is None else str(value) for value in numbers),
        node.cost.certainty.value,
        csv_cell(node.cost.reason),
    ]
