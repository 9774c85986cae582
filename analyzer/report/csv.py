"""CSV: one line per operator, for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.sanitise import csv_rows

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
    return csv_rows((COLUMNS, *(_row(node) for node in result.facts.nodes)))


def _row(node: Node) -> tuple[object, ...]:
    first = node.outputs[0] if node.outputs else None
    return (
        node.id, node.scope, node.name, node.op_type, node.domain, " ".join(node.tags),
        first.name if first else "", (first.dtype if first else None) or units.UNKNOWN,
        units.shape(first.shape if first else None),
        node.macs, node.flops, node.params, node.executions, node.total_macs,
        node.read_bytes, node.write_bytes, node.intensity,
        node.saving.macs if node.saving else 0, node.cost.certainty.value, node.cost.reason,
    )  # fmt: skip
