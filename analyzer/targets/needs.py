"""The oldest version of a target that runs a model, where the table has a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.targets.history import history, order, releases, versions
from analyzer.targets.judge import covers
from analyzer.targets.table import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.targets.table import Table
    from analyzer.targets.use import Use


def first_release(ir: int, opset: int) -> str:
    """The first ONNX Runtime that takes a model of this IR version and opset; empty for none."""
    for release in releases("ort_cpu"):
        if release.ir >= ir and release.opset >= opset:
            return release.version
    return ""


def needed_version(table: Table, uses: Sequence[Use], ir: int, opset: int) -> str:
    """The oldest version known that has a row for every operator and takes the model's opset and
    IR version; empty where none does, or where nothing is known of other versions.

    Operators that ONNX defines as functions count as there.
    """
    known = versions(table.id)
    if not known or order(known[-1]) <= order(table.version):
        return ""
    fitting = [
        release.version
        for release in releases(table.id)
        if release.version in known
        and release.ir >= ir
        and release.opset >= opset
        and order(release.version) > order(table.version)
    ]
    newest = shipped(table.id)
    spans = history(table.id)
    for use in uses:
        if use.local:
            continue
        rows = newest.rows(use.domain, use.op_type)
        having = [
            spans.get((use.domain or "ai.onnx", use.op_type, row.since, row.until))
            for row in rows
            if covers(newest.match, row, rows, use.since)
        ]
        firsts = [order(span.first) for span in having if span is not None]
        if rows and not firsts:
            return ""
        if firsts:
            fitting = [version for version in fitting if order(version) >= min(firsts)]
    return next(iter(fitting), "")
