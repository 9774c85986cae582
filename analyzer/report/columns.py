"""Columns of plain text, for every format that prints a table to a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from analyzer.report.style import Style


def columns(
    head: Sequence[str], rows: Sequence[Sequence[str]], style: Style, left: Collection[int] = ()
) -> Iterator[str]:
    """Lines of a table with two spaces between columns, those in ``left`` left aligned.

    >>> from analyzer.report.style import Style
    >>> list(columns(("α", "MACs"), [("1", "568,740,352")], Style(), {0}))
    ['α         MACs', '1  568,740,352']
    """
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.ljust(width) if index in left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    yield style.bold(line(head))
    yield from map(line, rows)
