"""Tables of an HTML page, smaller: what all cells of a column have in common, the table says once.

That is the alignment of numbers, which a class of the table gives to a whole column, and the note
that numbers lead to, which the script makes links of (``templates/script/explain.js``).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLE = re.compile(r"<table([^<>]*)>(.*?<tbody[^<>]*>)(.*?)(?=</table>)", re.DOTALL)
_ROW = re.compile(r"(?=<tr[ >])")
_CELL = re.compile(r"(?=<t[dh][ >])")
_LINK = re.compile(r"<td([^<>]*)><a href=#y-(\w+)([^<>]*)>([^<]*)</a>(\s*(?:</td>|</t[rd]>)?\s*)")
_NUMBER = "<td class=n"
_CLASS = re.compile(r' class=(?:"([^"]*)"|([\w.-]+))')
_SCOPE = re.compile(r" scope=(?:row|col)(?=[ >])")
"""Browsers find out by themselves: heads of a first column are of rows, those of a first row of
columns."""
_COLUMNS = re.compile(r"\s*<colgroup>.*?</colgroup>", re.DOTALL)
_WIDTH = re.compile(r"<col class=(w\d+)>")
_WORDS = re.compile(r"<[^<>]*>")


def together(body: str) -> str:
    """``body`` with every table as it can be said in the fewest bytes."""
    return _TABLE.sub(lambda found: _table(*found.groups()), _SCOPE.sub("", body))


def _table(attributes: str, head: str, body: str) -> str:
    columns = head.count("<col ")
    head = _wide(head)
    before, *rows = _ROW.split(body)
    split = [_CELL.split(row) for row in rows]
    whole = f"<table{attributes}>{head}{body}"
    if not columns or any(len(cells) != columns + 1 or "colspan" in row
                          for cells, row in zip(split, rows, strict=True)):  # fmt: skip
        return whole
    classes, notes = [], []
    for at in range(1, columns + 1):
        cells = [cells[at] for cells in split]
        if all(cell.startswith(_NUMBER) for cell in cells):
            classes.append(f"a{at}")
            cells = [cell.replace(" class=n", "", 1) for cell in cells]
        if note := _note(cells):
            notes.append(f"{at}:{note}")
            cells = [_without(cell, note) for cell in cells]
        for row, cell in zip(split, cells, strict=True):
            row[at] = cell
    if not classes and not notes:
        return whole
    said = f"{_classed(attributes, classes)}{_noted(notes)}"
    return f"<table{said}>{head}{before}{''.join(map(''.join, split))}"


def _wide(head: str) -> str:
    """The widths of columns as classes of their heads."""
    widths = _WIDTH.findall(head)
    start, first, rest = head.partition("<thead>")
    cells = _CELL.split(rest)
    if len(cells) != len(widths) + 1 or "colspan" in rest:
        return head
    wide = [f"<th{_classed(cell[3 : cell.index('>')], [width])}{cell[cell.index('>') :]}"
            for cell, width in zip(cells[1:], widths, strict=True)]  # fmt: skip
    return f"{_COLUMNS.sub('', start)}{first}{cells[0]}{''.join(wide)}"


def _note(cells: Sequence[str]) -> str:
    """The note that most numbers of a column lead to; empty where one of them leads nowhere, or
    stands beside something else."""
    found: Counter[str] = Counter()
    for cell in cells:
        link = _LINK.fullmatch(cell)
        if link is not None:
            found[link[2]] += 1
        elif "href=#y-" in cell or re.search("[1-9]", _WORDS.sub("", cell)):
            return ""
    return found.most_common(1)[0][0] if found else ""


def _without(cell: str, note: str) -> str:
    link = _LINK.fullmatch(cell)
    if link is None:
        return cell
    other = f" data-y={link[2]}" if link[2] != note else ""
    return f"<td{link[1]}{other}{link[3]}>{link[4]}{link[5]}"


def _classed(attributes: str, classes: Sequence[str]) -> str:
    if not classes:
        return attributes
    found = _CLASS.search(attributes)
    names = [*((found[1] or found[2]).split() if found else ()), *classes]
    all_of_them = " ".join(names)
    said = f' class="{all_of_them}"' if " " in all_of_them else f" class={all_of_them}"
    if found is None:
        return said + attributes
    return attributes[: found.start()] + said + attributes[found.end() :]


def _noted(notes: Sequence[str]) -> str:
    return f' data-y="{" ".join(notes)}"' if notes else ""
