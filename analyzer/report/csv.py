"""CSV: one line per operator, for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.facts import Certainty
from analyzer.language import ENGLISH, speaking
from analyzer.records import plain
from analyzer.report.result import Result
from analyzer.restore import record, restored
from analyzer.sanitise import csv_rows

if TYPE_CHECKING:
    from analyzer.report.result import Options
    from analyzer.report.sheet import Report

COLUMNS = (
    "id", "scope", "name", "op_type", "domain", "tags", "output", "dtype", "shape",
    "macs", "flops", "params", "executions", "total_macs", "read_bytes", "write_bytes",
    "intensity", "saving_macs", "certainty", "reason",
)  # fmt: skip


@record
class CsvTensor:
    """What an operator makes, as far as its line shows it."""

    name: str
    dtype: str | None
    shape: tuple[int | None, ...] | None


@record
class CsvSaving:
    """What the separable form of an operator saves."""

    macs: int


@record
class CsvNode:
    """An operator as the JSON has it, as far as its line shows it."""

    id: str
    scope: str
    name: str
    op_type: str
    domain: str
    tags: tuple[str, ...]
    outputs: tuple[CsvTensor, ...]
    macs: int | None
    flops: int | None
    params: int
    executions: int | None
    total_macs: int | None
    read_bytes: int | None
    write_bytes: int | None
    intensity: float | None
    saving: CsvSaving | None
    certainty: Certainty
    reason: str


def render(subject: Result | Report, options: Options) -> bytes:
    """UTF-8 with a header line; ``unknown`` where there is no number, text safe in formulas.

    Raises ``ModelError`` for a report that was read back and lacks what a line shows.
    """
    nodes = (
        (restored(CsvNode, plain(node)) for node in subject.facts.nodes)
        if isinstance(subject, Result)
        else subject.nodes(CsvNode)
    )
    with speaking(ENGLISH):
        return csv_rows((COLUMNS, *map(_row, nodes)))


def _row(node: CsvNode) -> tuple[object, ...]:
    first = node.outputs[0] if node.outputs else CsvTensor("", None, None)
    return (
        node.id, node.scope, node.name, node.op_type, node.domain,
        " ".join(node.tags), first.name, first.dtype or units.UNKNOWN, units.shape(first.shape),
        node.macs, node.flops, node.params, node.executions, node.total_macs,
        node.read_bytes, node.write_bytes, node.intensity,
        node.saving.macs if node.saving else 0, node.certainty.value, node.reason,
    )  # fmt: skip
