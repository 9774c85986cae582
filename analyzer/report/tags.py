"""What PDF/UA asks of a PDF's tags and WeasyPrint does not write: added before it is written."""

from __future__ import annotations

from typing import Any

PRINT = 4
"""Flag of an annotation that is there on paper too."""


def mend(document: Any, pdf: Any) -> None:
    """Finisher of ``write_pdf``: ``pdf`` is a ``pydyf.PDF`` with its structure tree complete."""
    objects = {each.reference: each for each in pdf.objects}
    elements = [each for each in pdf.objects if _is(each, "/StructElem")]
    for each in pdf.objects:
        if _is(each, "/Annot"):
            each["F"] = PRINT
    for element in elements:
        if element["S"] == "/TH":
            group = objects[objects[element["P"]]["P"]]
            element["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
        elif element["S"] == "/Table":
            _spare_rows(element, objects)
    _set_aside_margins(pdf, elements, objects)


def _is(candidate: Any, kind: str) -> bool:
    return isinstance(candidate, dict) and candidate.get("Type") == kind


def _children(element: Any, objects: dict[bytes, Any]) -> list[Any]:
    """Elements right below one; its other kids are numbers of marked content, and links."""
    kids = [objects[kid] for kid in element["K"] if isinstance(kid, bytes)]
    return [kid for kid in kids if _is(kid, "/StructElem")]


def _below(element: Any, objects: dict[bytes, Any]) -> list[Any]:
    found = [element]
    for each in found:  # which grows meanwhile
        found += _children(each, objects)
    return found


def _spare_rows(table: Any, objects: dict[bytes, Any]) -> None:
    """Cells instead of headings of rows, where a short table has more headings than cells.

    Checkers, and screen readers that guess, take such a table for a torn row of headings.
    """
    rows = [each for each in _below(table, objects) if each["S"] == "/TR"]
    cells = [(row, cell) for row in rows for cell in _children(row, objects)]
    data = [cell for _, cell in cells if cell["S"] == "/TD"]
    if len(data) >= len(cells) - len(data):
        return
    spared = set()
    for row, cell in cells:
        if cell["S"] == "/TH" and objects[row["P"]]["S"] != "/THead":
            cell["S"] = "/TD"
            spared.add(cell.pop("ID").data)
            cell["A"].pop("Scope", None)
    for cell in data:
        headers = cell["A"].get("Headers", [])
        headers[:] = [header for header in headers if header.data not in spared]


def _set_aside_margins(pdf: Any, elements: list[Any], objects: dict[bytes, Any]) -> None:
    """Running heads and page numbers as artifacts: WeasyPrint marks them, and leaves them out."""
    root = objects[pdf.catalog["StructTreeRoot"]]
    told = {id(each) for top in root["K"] for each in _below(objects[top], objects)}
    aside: dict[bytes, set[int]] = {}
    gone = set()
    for element in elements:
        if id(element) not in told:
            gone.add(element.reference)
            marked = [kid for kid in element["K"] if isinstance(kid, int)]
            aside.setdefault(element["Pg"], set()).update(marked)
    for page, numbers in aside.items():
        operators = objects[objects[page]["Contents"]].stream
        for at, operand in enumerate(operators):
            if isinstance(operand, dict) and operand.get("MCID") in numbers:
                operators[at - 1] = "/Artifact"
                operators[at] = type(operand)({"Type": "/Pagination"})
    for entry in objects[root["ParentTree"]]["Nums"]:
        if isinstance(entry, list):
            entry[:] = [b"null" if owner in gone else owner for owner in entry]
