"""The index on paper: totals, the worst models, families, with the whole table attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.index.csv import render_index_csv
from analyzer.report.index.html import index_page
from analyzer.report.pdf import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.index.entry import IndexEntry
    from analyzer.report.result import Options


def render_index_pdf(entries: Sequence[IndexEntry], options: Options, title: str) -> bytes:
    """PDF/UA-1; what it leaves out is in the CSV that is attached to it."""
    page = index_page(entries, options, title, on_paper=True)
    table = render_index_csv(entries)
    return write(page, table, options, "index.csv", "Every model of this index, as CSV")
