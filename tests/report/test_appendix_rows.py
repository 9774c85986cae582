"""Rows of the appendix that the script reads from the page, and those that it has to be told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.report.view.appendix import Listed, on_screen
from analyzer.report.view.layers import LayerRow


def test_of_what_is_a_plain_row_of_the_page_only_the_kind_is_told_again() -> None:
    def row(number: int, scope: str = "", executions: str = "1") -> LayerRow:
        return LayerRow(number, f"n{number}", f"name{number}", scope, "Conv", "1×8", "12", "24", 3,
                        executions, "")  # fmt: skip

    rows = (row(1), row(2, scope="body"), row(3, executions="2"), row(4))
    nodes = [SimpleNamespace(id=f"node{n}", macs=12, flops=24) for n in range(1, 5)]
    groups = [[(n, cast("Any", node))] for n, node in enumerate(nodes, 1)]
    every = Listed(groups, groups, rows, ["dense"] * 4, 4, {"number": []})
    page = on_screen(every, 3)
    assert page.data == {
        "number": [],
        "text": ["dense", "Conv", "1×8", "", "body", "1", "2"],
        "rows": [0, [1, 2, 12, 24, 3, 3, 4, 5, 0], [1, 2, 12, 24, 3, 3, 3, 6, 0],
                 [1, 2, 12, 24, 3, 3, 3, 5, 0]],
    }  # fmt: skip
    assert (page.rows, page.held, page.total, page.is_part) == (rows[:3], 3, 4, False)
    anchors = {node: (anchor.place, anchor.row) for node, anchor in page.anchors.items()}
    assert anchors == {
        "node1": ("n1", ""), "node2": ("n2", ""), "node3": ("n3", ""), "node4": ("operators", "n4"),
    }  # fmt: skip
