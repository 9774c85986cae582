"""On paper every word of a drawing can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.report.drawing import Box, Drawing, DrawnEdge, draw
from analyzer.report.drawing.coarse import (
    ACROSS,
    LEAST,
    POINT,
    UNIT,
    _Coarse,
    _down_to,
    _steps,
    legible,
)
from analyzer.report.drawing.labels import SMALL
from analyzer.report.drawing.picture import picture
from tests.report.drawing.networks import network
from tests.report.drawing.test_picture import crossed, overlapping

HIGH = 135.0


def box(title: str, macs: int, role: str = "part", change: str = "") -> Box:
    return Box(role, title, "", "other", 1, title, "", 1, macs, True, 1, macs, "",  # type: ignore[arg-type]
               change=change)  # type: ignore[arg-type]  # fmt: skip


def drawn(boxes: str, *edges: str) -> Drawing:
    """A letter for each box: of capitals the MACs are the place in the alphabet, of others 0."""
    made = tuple(
        box(letter, ord(letter) - 64 if letter.isupper() else 0,
            {"<": "input", ">": "output", "+": "join"}.get(letter, "part"))
        for letter in boxes
    )  # fmt: skip
    ways = tuple(DrawnEdge(int(ends[0]), int(ends[1]), 1, None) for ends in edges)
    return Drawing("blocks", made, ways, len(made), 0, False, True, 0)


def told(made: _Coarse) -> list[tuple[str, str, int, int]]:
    return [(b.title, b.detail, b.abreast, b.macs) for b in made.drawing().boxes]


def test_branches_that_read_the_same_and_are_read_by_the_same_are_one() -> None:
    made = _Coarse(drawn("<ABB+>", "01", "12", "13", "24", "34", "45"))
    assert made.alike()
    assert not made.alike()
    assert told(made)[1:3] == [("A", "", 1, 1), ("B", "", 2, 4)]
    assert [(e.source, e.target, e.tensors) for e in made.drawing().edges] == [
        (0, 1, 1), (1, 2, 2), (2, 3, 2), (3, 4, 1)
    ]  # fmt: skip


def test_what_multiplies_nothing_goes_with_its_only_neighbour() -> None:
    """Not a box that several read: it would hide where they begin."""
    made = _Coarse(drawn("<aBC+d>", "01", "12", "13", "24", "34", "45", "56"))
    assert made.idle()
    assert [title for title, *_ in told(made)] == ["<", "a", "B", "C", "d", ">"]
    assert not made.idle()


def test_what_nobody_knows_the_cost_of_is_no_box_that_multiplies_nothing() -> None:
    made = _Coarse(drawn("<AbC>", "01", "12", "23", "34"))
    made._boxes[2] = replace(made._boxes[2], complete=False)
    assert not made.idle()
    assert made.neighbours(made.chains())
    merged = made.drawing().boxes[1]
    assert (merged.title, merged.macs, merged.complete) == ("A", 1, False)
    assert picture(made.drawing()).tiles[1].lines == ("A", "at least 1 MAC, 25.0 %")


def test_neighbours_that_multiply_least_are_one_first() -> None:
    made = _Coarse(drawn("<ABCDE>", "01", "12", "23", "34", "45", "56"))
    assert made.neighbours(made.chains())
    assert told(made)[1:3] == [("B", "and 1 more", 1, 3), ("C", "", 1, 3)]
    for _ in range(3):
        assert made.neighbours(made.chains())
    assert told(made)[1] == ("E", "and 4 more", 1, 15)
    assert not made.neighbours(made.chains())
    assert not made.neighbours(made.next_to_each_other())


def test_one_of_eight_boxes_is_merged_at_once() -> None:
    for boxes, merged in ((24, 3), (23, 2), (7, 1)):
        parts = tuple(box(f"{n}", 1 if n % 3 else 99) for n in range(boxes))
        ways = tuple(DrawnEdge(n, n + 1, 1, None) for n in range(boxes - 1))
        made = _Coarse(Drawing("blocks", parts, ways, boxes, 0, False, True, 0))
        assert made.neighbours(made.chains())
        assert len(made.drawing().boxes) == boxes - merged


def test_of_what_something_else_became_is_a_box_of_its_own() -> None:
    boxes = (box("A", 1, change="added"), box("B", 2, change="same"), box("C", 3, change="same"))
    edges = (DrawnEdge(0, 1, 1, None), DrawnEdge(1, 2, 1, None))
    *_, (last, joined) = _steps(Drawing("blocks", boxes, edges, 3, 0, False, True, 0))
    assert [(b.title, b.change) for b in last.boxes] == [("A", "added"), ("C", "same")]
    assert joined


@pytest.mark.parametrize("name", ["densenet121", "inception_v2", "reaching", "all to all", "loop"])
def test_words_of_a_drawing_are_six_points_high_on_paper(name: str) -> None:
    drawing = draw(network(name))
    shown, joined = legible(drawing, HIGH, 0.7)
    scale = min(UNIT, ACROSS * POINT / shown.width, HIGH * POINT / shown.height)
    assert SMALL * scale >= LEAST
    assert overlapping(shown) == crossed(shown) == []
    if not joined:
        assert shown == picture(drawing, portrait=0.7)
    for fewer, _ in _steps(drawing):
        assert sum(b.macs for b in fewer.boxes) == sum(b.macs for b in drawing.boxes)
        assert sum(b.nodes for b in fewer.boxes) == drawing.operators
        assert all(edge.source < edge.target < len(fewer.boxes) for edge in fewer.edges)


def test_steps_are_skipped_down_to_as_many_boxes_as_may_be_read() -> None:
    steps = [(drawn("A" * boxes), boxes < 5) for boxes in (7, 5, 4, 2)]
    left = iter(steps)
    assert _down_to(5, left) == steps[1]
    assert _down_to(9, left) == steps[2], "each call takes one step at least"
    assert _down_to(1, left) == steps[3], "the last, where none is small enough"
    assert _down_to(1, left) is None
