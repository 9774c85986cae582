"""A drawing with fewer boxes, until its words can be read on a page.

Boxes are merged so that no circle comes about: those that read the same and are read by the same,
one that a single box reads with that, and one that reads a single box with that.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from analyzer.language import _
from analyzer.report.drawing.labels import SMALL
from analyzer.report.drawing.picture import picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.drawing.picture import Coloring, Picture
    from analyzer.report.drawing.record import Box, Drawing, DrawnEdge

POINT, UNIT = 72 / 25.4, 0.75
"""Points of a millimetre, and of a unit of a picture that is not made smaller."""
LEAST = 6.0
"""Points of the smallest letters."""
ACROSS = 176.0
"""Millimetres between the margins of a page."""
AT_ONCE = 8
"""One of so many boxes is merged before a page is tried again."""
STILL = 1.5
"""Letters of a fifth of the size that can be read take a fifth of the boxes, or more; up to so many
times as many are not tried."""
Pairs = list[tuple[int, int]]
GRAVEST = ("error", "warning", "info", "")


def legible(
    drawing: Drawing, high: float, portrait: float, color: Coloring = "kind"
) -> tuple[Picture, bool]:
    """The picture with as many boxes as can be read where it is no higher than ``high``
    millimetres, and whether neighbours that are not alike share one."""
    shown, joined = picture(drawing, color, portrait=portrait), drawing.joined
    steps = _steps(drawing)
    while (letters := _letters(shown, high)) < LEAST:
        step = _down_to(STILL * len(shown.tiles) * letters / LEAST, steps)
        if step is None:
            break
        fewer, joins = step
        shown, joined = picture(fewer, color, portrait=portrait), joined or joins
    return shown, joined


def _down_to(boxes: float, steps: Iterator[tuple[Drawing, bool]]) -> tuple[Drawing, bool] | None:
    """The next step with no more than so many ``boxes``, or the last; ``None`` beyond that."""
    last = None
    for last in steps:
        if len(last[0].boxes) <= boxes:
            break
    return last


def _letters(shown: Picture, high: float) -> float:
    """Points of the smallest."""
    scale = min(UNIT, ACROSS * POINT / shown.width, high * POINT / max(1.0, shown.height))
    return SMALL * scale


def _steps(drawing: Drawing) -> Iterator[tuple[Drawing, bool]]:
    """Coarser and coarser, and whether neighbours are joined."""
    made = _Coarse(drawing)
    if made.alike():
        yield made.drawing(), False
    for merge in (made.idle, made.alike):
        if merge():
            yield made.drawing(), True
    while made.neighbours(made.chains()) or made.neighbours(made.next_to_each_other()):
        yield made.drawing(), True


class _Coarse:
    """Boxes that are merged step by step."""

    def __init__(self, drawing: Drawing) -> None:
        self._first = drawing
        self._boxes: dict[int, Box] = dict(enumerate(drawing.boxes))
        self._more: dict[int, int] = {}
        """Boxes that multiply and that another one names, by the number of that."""
        self._edges: dict[tuple[int, int], DrawnEdge] = {
            (edge.source, edge.target): edge for edge in drawing.edges
        }

    def drawing(self) -> Drawing:
        place = {number: at for at, number in enumerate(sorted(self._boxes))}
        edges = tuple(
            replace(edge, source=place[source], target=place[target])
            for (source, target), edge in sorted(self._edges.items())
        )
        boxes = tuple(self._boxes[number] for number in place)
        return replace(self._first, boxes=boxes, edges=edges)

    def alike(self) -> bool:
        """Equal boxes beside each other."""
        before, after = self._links()
        groups: dict[object, list[int]] = {}
        for number in self._parts():
            box = self._boxes[number]
            key = (box.role, box.title, box.detail, box.count, box.abreast, box.macs,
                   box.complete, box.change,
                   frozenset(before[number]), frozenset(after[number]))  # fmt: skip
            groups.setdefault(key, []).append(number)
        same = [group for group in groups.values() if len(group) > 1]
        for first, *others in same:
            one = self._boxes[first]
            for other in others:
                self._merge(first, other, first)
            self._more.pop(first, None)
            self._boxes[first] = replace(self._boxes[first], title=one.title, detail=one.detail,
                                         count=one.count, role="part",
                                         abreast=one.abreast * (1 + len(others)))  # fmt: skip
        return bool(same)

    def idle(self) -> bool:
        """What multiplies nothing with what alone reads it, else with what alone feeds it."""
        found = False
        for number in self._parts():
            if self._boxes[number].macs or not self._boxes[number].complete:
                continue
            before, after = self._links()
            for links in (after[number], before[number]):
                other = next(iter(links)) if len(links) == 1 else number
                if other != number and self._alike(number, other):
                    self._merge(number, other, other)
                    found = True
                    break
        return found

    def chains(self) -> Pairs:
        """Two neighbours of which each is all that the other knows."""
        before, after = self._links()
        return [(one, other) for one in self._parts() for other in after[one]
                if len(after[one]) == len(before[other]) == 1]  # fmt: skip

    def next_to_each_other(self) -> Pairs:
        """Two that follow each other in the order of the file, those that are linked if any are."""
        found = [*pairwise(self._parts())]
        return [pair for pair in found if pair in self._edges] or found

    def neighbours(self, pairs: Pairs) -> bool:
        """Some of the pairs that multiply least as one; last those of which nobody knows that."""
        found: set[int] = set()
        ranked = sorted(
            (not (self._boxes[one].complete and self._boxes[other].complete),
             self._boxes[one].macs + self._boxes[other].macs, one, other)
            for one, other in pairs
            if self._alike(one, other)
        )  # fmt: skip
        for _open, _macs, one, other in ranked[: max(1, len(self._boxes) // AT_ONCE)]:
            if not {one, other} & found:
                self._merge(one, other, other)
                found |= {one, other}
        return bool(found)

    def _alike(self, one: int, other: int) -> bool:
        """Parts of the network of which the same became."""
        return self._boxes[other].role in ("part", "join") and (
            self._boxes[one].change == self._boxes[other].change
        )

    def _parts(self) -> list[int]:
        return sorted(n for n, box in self._boxes.items() if box.role in ("part", "join"))

    def _links(self) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
        before: dict[int, set[int]] = {number: set() for number in self._boxes}
        after: dict[int, set[int]] = {number: set() for number in self._boxes}
        for source, target in self._edges:
            before[target].add(source)
            after[source].add(target)
        return before, after

    def _merge(self, one: int, other: int, stays: int) -> None:
        """Both as one box in the place of ``stays``."""
        goes = other if stays == one else one
        first, second = sorted((one, other))
        one_box, other_box = self._boxes[first], self._boxes[second]
        if one_box.macs and other_box.macs:
            self._more[stays] = self._more.pop(first, 0) + self._more.pop(second, 0) + 1
        elif goes in self._more:
            self._more[stays] = self._more.pop(goes)
        self._boxes[stays] = _both(one_box, other_box, self._more.get(stays, 0))
        del self._boxes[goes]
        edges: dict[tuple[int, int], DrawnEdge] = {}
        for (source, target), edge in self._edges.items():
            key = (stays if source == goes else source, stays if target == goes else target)
            known = edges.get(key)
            if key[0] != key[1]:
                edges[key] = replace(edge, tensors=known.tensors + edge.tensors) if known else edge
        self._edges = edges


def _both(first: Box, second: Box, more: int) -> Box:
    """The words are those of what multiplies most; ``more``: how many others multiply too."""
    main = max(second, first, key=lambda box: (box.macs, box.role == "part"))
    written = None if None in (first.written, second.written) else max(
        first.written or 0, second.written or 0)  # fmt: skip
    return replace(
        main, role="part", detail=_("and {n} more", n=more) if more else main.detail,
        nodes=first.nodes + second.nodes, macs=first.macs + second.macs,
        complete=first.complete and second.complete, params=first.params + second.params,
        written=written, severity=min(first.severity, second.severity, key=GRAVEST.index),
        change=first.change if first.change == second.change else "changed", parts=(),
    )  # fmt: skip
