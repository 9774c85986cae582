"""Edges that nobody could follow around several rows have letters at both ends."""

from __future__ import annotations

from itertools import pairwise

import pytest

from analyzer.report import Result
from analyzer.report.drawing import Box, Drawing, DrawnEdge
from analyzer.report.drawing.layout import place
from analyzer.report.drawing.picture import picture
from analyzer.report.drawing.signs import FEW, MOST, far, signs
from tests.golden.text import facts
from tests.report.drawing.test_picture import _box, crossed, overlapping
from tests.report.results import html_of, words

LONG = 40


def chain(*skips: tuple[int, int], boxes: int = LONG) -> Drawing:
    """Boxes in a row, and edges that pass some of them."""
    edges = [*pairwise(range(boxes)), *skips]
    return Drawing("blocks", tuple(_box(f"layer {n}") for n in range(boxes)),
                   tuple(DrawnEdge(a, b, 1, (1, 8)) for a, b in sorted(edges)),
                   boxes, 0, False, True, 0)  # fmt: skip


def edge(source: int, target: int) -> DrawnEdge:
    return DrawnEdge(source, target, 1, None)


def test_skips_of_an_encoder_and_a_decoder_have_letters() -> None:
    shown = picture(chain((2, 37), (6, 33), (2, 35)))
    first = {tile.lines[0] for tile in shown.tiles}
    assert {"layer 2 → A", "layer 6 → B", "layer 33 ← B", "layer 35 ← A", "layer 37 ← A"} <= first
    assert len([line for line in first if "←" in line or "→" in line]) == 5
    assert shown.signed
    assert not shown.partial
    assert len(shown.ways) == LONG - 1
    assert shown.tiles[2].title.endswith(", → A")
    assert overlapping(shown) == crossed(shown) == []


def test_what_goes_on_in_the_next_row_stays_a_line() -> None:
    shown = picture(chain((2, 4), (5, 8)))
    assert not shown.signed
    assert len(shown.ways) == LONG + 1
    assert not any("→" in line or "←" in line for tile in shown.tiles for line in tile.lines)


def test_ends_of_rows_are_counted_for_each_edge() -> None:
    drawing = chain((0, LONG - 1))
    placed = place(drawing, [(90.0, 40.0)] * LONG, 300)
    turns = dict(zip(drawing.edges, placed.turns, strict=True))
    rows = 1 + sum(turns[each] for each in drawing.edges if each.target == each.source + 1)
    assert turns[DrawnEdge(0, LONG - 1, 1, (1, 8))] == rows - 1 > 2


def test_one_edge_at_least_leads_to_each_box_and_the_shortest_stays() -> None:
    edges = [edge(0, 9), edge(1, 9), edge(2, 9), edge(7, 8)]
    assert far(edges, (2, 4, 3, 5)) == [edges[1], edges[2]]
    assert far(edges, (1, 1, 2, 0)) == [edges[2]]


def test_a_box_has_no_more_letters_than_say_something() -> None:
    edges = [edge(n, 50) for n in range(20)]
    assert len(far(edges, [3] * 20)) == MOST
    assert len(far(edges[4:], [3] * 16, edges[:4])) == MOST - 4


def test_a_box_where_one_ends_and_one_begins_says_both() -> None:
    assert signs([edge(1, 5), edge(5, 9)]) == {1: "→ A", 5: "← A → B", 9: "← B"}


def test_a_join_has_its_letter_beside_its_sign() -> None:
    drawing = chain((1, 38))
    boxes = [*drawing.boxes]
    boxes[38] = Box("join", "+", "", "other", 1, "n", "", 1, 0, True, 0, None, "")
    shown = picture(Drawing("blocks", tuple(boxes), drawing.edges, LONG, 0, False, True, 0))
    assert shown.tiles[38].lines == ("+ ← A",)
    assert shown.tiles[38].width > shown.tiles[38].height


@pytest.mark.parametrize(("boxes", "signed"), [(FEW, True), (FEW + 1, False)])
def test_very_many_boxes_are_laid_out_once(boxes: int, signed: bool) -> None:
    assert picture(chain((0, boxes - 1), boxes=boxes)).signed == signed


def test_the_page_says_what_letters_stand_for() -> None:
    weights = ", ".join(f"float[{n + 1},{n},3] w{n}" for n in range(8, 44))
    steps = "".join(f"t{n} = Conv <pads = [1, 1]> ({f't{n - 1}' if n > 8 else 'x'}, w{n}) "
                    for n in range(8, 44))  # fmt: skip
    network = facts(f"""g (float[1,8,64] x, {weights}) => (float y)
        {{ {steps} y = Concat <axis = 1> (t9, t43) }}""")
    page = words(html_of(Result(network, (), ())).decode())
    assert "has a letter instead: it leaves at “→ A” and goes on at “← A”." in page
    assert page.count("← A") > 1, "a box has it as well"
