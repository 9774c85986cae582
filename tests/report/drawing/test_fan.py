"""Equal branches beside each other are one box."""

from __future__ import annotations

import pytest

from analyzer.report import Result
from analyzer.report.drawing import draw
from analyzer.report.drawing.fan import abreast
from analyzer.report.drawing.parts import DrawnPart
from analyzer.report.drawing.picture import picture
from tests.golden.text import facts


def parts(*feeds: tuple[int, ...]) -> list[DrawnPart]:
    return [
        DrawnPart([str(at)], before=set(sources), feeds={source: [] for source in sources})
        for at, sources in enumerate(feeds)
    ]


@pytest.mark.parametrize(
    ("keys", "feeds", "found"),
    [
        ("abbbc", [(), (0,), (0,), (0,), (1, 2, 3)], ["0", "1+2+3", "4"]),
        ("abbbc", [(), (0,), (0,), (0,), (1, 2)], ["0", "1", "2", "3", "4"]),
        ("abxbxbxc", [(), (0,), (1,), (0,), (3,), (0,), (5,), (2, 4, 6)],
         ["0", "1+3+5", "2+4+6", "7"]),
        ("abbb", [(), (0,), (1,), (2,)], ["0", "1", "2", "3"]),
        ("aaab", [(), (), (), (0, 1, 2)], ["0+1+2", "3"]),
        ("abcbcbcd", [(), (0,), (0,), (1, 2), (1, 2), (1, 2), (2,), (3, 4, 5, 6)], None),
        ("", [], []),
    ],
)  # fmt: skip
def test_what_is_alike_before_and_behind_it_too_is_one(
    keys: str, feeds: list[tuple[int, ...]], found: list[str] | None
) -> None:
    given = parts(*feeds)
    joined, firsts = abreast(given, keys, 3)
    for at, part in enumerate(joined):
        assert all(source < at for source in part.before), "producers come first"
        assert part.before == part.feeds.keys()
        assert part.abreast == len(part.nodes)
        assert part.one == [given[firsts[at]].nodes[0]]
    if found is not None:
        assert ["+".join(part.nodes) for part in joined] == found


def columns(count: int, name: str = "Scaler") -> str:
    inputs = ", ".join(f"float[1,1] x{n}" for n in range(count))
    scaled = "  ".join(
        f"s{n} = ai.onnx.ml.{name} <offset = [0.0], scale = [2.0]> (x{n})" for n in range(count)
    )
    joined = ", ".join(f"s{n}" for n in range(count))
    return f"g ({inputs}) => (float[1,{count}] y) {{ {scaled}  y = Concat <axis = 1> ({joined}) }}"


@pytest.mark.parametrize(("count", "boxes"), [(3, 8), (40, 4)])
def test_columns_of_a_table_are_one_box(count: int, boxes: int) -> None:
    """Two thirds of a page with words that nobody could read, once."""
    drawing = draw(Result(facts(columns(count))))
    assert len(drawing.boxes) == boxes
    assert sum(box.nodes for box in drawing.boxes) == count + 1
    shown = picture(drawing)
    fans = [tile for tile in shown.tiles if tile.title.startswith(f"{count} × Scaler")]
    assert [(tile.lines[0], tile.sheets) for tile in fans] == [
        (f"{count} × Scaler", 2)
    ] * (count > 3)  # fmt: skip
