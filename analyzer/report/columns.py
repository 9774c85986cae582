"""Columns of plain text, for every format that prints a table to a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.units import letters

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
    widths = [max(map(letters, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = []
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            space = " " * (width - letters(cell))
            padded.append(cell + space if index in left else space + cell)
        return "  ".join(padded).rstrip()

    yield style.bold(line(head))
    yield from map(line, rows)
