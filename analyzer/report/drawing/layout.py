"""Places for boxes and ways for edges: the only file that knows the layout library.

graphlay lays out in layers (Sugiyama, Tagawa and Toda 1981) and is deterministic. It wraps long
pictures too, but then edges that pass several layers run over boxes; ``rows`` wraps them here.
Its work grows with the edges that pass layers, so that is limited; beyond the limit boxes stand in
rows and only edges between neighbours are drawn.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from analyzer.report.drawing.rows import PORTRAIT, Placed, Point, Size, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.drawing.record import Drawing

PASSAGES = 20_000
"""Layers that edges may pass, added up."""
DENSE = 6
"""Edges for each box from which on a layout says nothing and costs much."""
FEW = 150
"""Boxes up to which ends of edges are moved to where they look best, in so many rounds: it takes
nine tenths of the time where a layer is a hundred boxes high."""
RELAXED = 48
GAP, NEXT = 22.0, 14.0
"""Between layers, and between boxes of one layer."""


def place(
    drawing: Drawing, sizes: Sequence[Size], width: float, portrait: float = PORTRAIT
) -> Placed:
    """Lay out a drawing whose boxes have ``sizes``, as wide as ``width`` if that can be, and not
    much higher than ``portrait`` times as much."""
    if not drawing.boxes:
        return Placed(width, 0.0, (), ())
    if len(drawing.edges) <= DENSE * len(drawing.boxes):
        found = _laid_out(tuple((e.source, e.target) for e in drawing.edges), tuple(sizes))
        if found is not None:
            return wrap(*found, width, portrait)
    return _in_rows(drawing, sizes, width)


Found = tuple[list[Point], "Sequence[Size]", list[list[Point]]]


@lru_cache(maxsize=4)
def _laid_out(edges: tuple[tuple[int, int], ...], sizes: tuple[Size, ...]) -> Found | None:
    """The library's layout in one row; ``None`` where it gives up. A report asks for the same one
    for screens and for pages."""
    import graphlay

    graph = graphlay.Graph()
    for number, (wide, high) in enumerate(sizes):
        graph.node(number, width=wide, height=high, label="")
    for source, target in edges:
        graph.edge(source, target)
    options = {
        "direction": "leftright",
        "limits": {"max_dummies": PASSAGES},
        "spacing": {"layer_gap": GAP, "node_gap": NEXT, "dummy_gap": 8.0, "port_gap": 8.0,
                    "stub": 8.0, "isolated_gap": NEXT},
        "routing": {"lane_gap": 6.0},
        "tuning": {"routing": {"port_relax_rounds": RELAXED if len(sizes) <= FEW else 0}},
    }  # fmt: skip
    try:
        found = graphlay.layout(graph, options=options)
    except graphlay.GraphlayError:
        return None
    corners = [
        Point(node["center"]["x"] - wide / 2, node["center"]["y"] - high / 2)
        for node, (wide, high) in zip(found.nodes, sizes, strict=True)
    ]
    ways = [[Point(point["x"], point["y"]) for point in edge["points"]] for edge in found.edges]
    return corners, sizes, ways


def _in_rows(drawing: Drawing, sizes: Sequence[Size], width: float) -> Placed:
    """Boxes in their order, as words are set; edges to the next box of a row."""
    corners: list[Point] = []
    tops: list[float] = []
    x = y = tallest = 0.0
    for wide, high in sizes:
        if x and x + wide > width:
            x, y, tallest = 0.0, y + tallest + NEXT, 0.0
        corners.append(Point(round(x + 2, 1), round(y + 2, 1)))
        tops.append(y)
        x, tallest = x + wide + GAP, max(tallest, high)
    ways: list[tuple[Point, ...]] = []
    for edge in drawing.edges:
        if edge.target == edge.source + 1 and tops[edge.source] == tops[edge.target]:
            start, (wide, high) = corners[edge.source], sizes[edge.source]
            at = round(start.y + min(high, sizes[edge.target][1]) / 2, 1)
            ways.append((Point(round(start.x + wide, 1), at), Point(corners[edge.target].x, at)))
        else:
            ways.append(())
    right = max(corner.x + wide for corner, (wide, _) in zip(corners, sizes, strict=True))
    return Placed(round(right + 2, 1), round(y + tallest + 4, 1), tuple(corners), tuple(ways))
