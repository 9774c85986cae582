"""Facts → ``Drawing``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.drawing.boxes import GRAVEST, Builder, becoming
from analyzer.report.drawing.fan import abreast
from analyzer.report.drawing.fold import Run, cut, fold
from analyzer.report.drawing.parts import (
    LEVELS,
    DrawnPart,
    main_node,
    parts_of,
)
from analyzer.report.drawing.titles import cost, words
from analyzer.report.drawing.wiring import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from analyzer.facts import Facts
    from analyzer.report.drawing.record import Becoming, Depth, Drawing
    from analyzer.report.result import Result

MOST: Mapping[str, int] = {"blocks": 60, "modules": 60, "operators": 1500}
"""Boxes of a picture, ends left out: beyond, neighbours become one."""
FAN: Mapping[str, int] = {"blocks": 4, "modules": 4, "operators": 16}
"""Equal branches beside each other from which on they are one."""
NOTHING: Mapping[str, Becoming] = {}


def draw(
    result: Result, depth: Depth = "blocks", changes: Mapping[str, Becoming] = NOTHING
) -> Drawing:
    """The collapsed compute graph of a judged model; linear in operators and edges.

    ``changes`` says of operators what became of them between two models; boxes of which not the
    same became are not folded.
    """
    facts = result.facts
    wiring = wire(facts)
    # The innermost modules of which there are not too many.
    for level in range(LEVELS if depth == "modules" else 1, 0, -1):
        parts = parts_of(facts, wiring, depth, level)
        became = [becoming(facts, changes, part.nodes) for part in parts]
        apart, told = parts, [_described(facts, part) for part in parts]
        keys = [(was, *said) for was, said in zip(became, told, strict=True)]
        parts, firsts = abreast(parts, keys, FAN[depth])
        became = [became[at] for at in firsts]
        described = [
            told[at] if part is apart[at] else _described(facts, part)
            for at, part in zip(firsts, parts, strict=True)
        ]
        runs, joined = _runs(parts, depth, became, described)
        if not joined:
            break
    builder = Builder(facts, wiring, parts, runs, _severities(result), changes)
    return builder.drawing(depth, joined)


def _runs(
    parts: Sequence[DrawnPart],
    depth: Depth,
    became: Sequence[Becoming],
    described: Sequence[tuple[Hashable, ...]],
) -> tuple[list[Run], bool]:
    """What is drawn as one box: what is alike, less alike where there would be too many boxes,
    neighbours where there still are."""
    most = MOST[depth]
    feeds = [part.before for part in parts]
    runs = [Run(at, 1, 1) for at in range(len(parts))]
    if depth == "operators" and len(parts) <= most:
        return runs, False
    beside = [part.abreast for part in parts]
    alike: tuple[Callable[[int], Hashable], ...] = (
        lambda at: described[at],
        lambda at: described[at][:2],
        lambda at: described[at][0],
    )
    for key in alike:
        runs = fold([(became[at], beside[at], key(at)) for at in range(len(parts))], feeds)
        if len(runs) <= most:
            return runs, False
    return cut(len(parts), most), True


def _described(facts: Facts, part: DrawnPart) -> tuple[Hashable, ...]:
    """(title, where it works, all that a reader would compare), for ever finer likeness."""
    node = main_node(facts, part.nodes)
    shape = node.outputs[0].shape if node.outputs else None
    macs = sum(cost(facts[each]) for each in part.nodes)
    title, detail = words(facts, part)
    if part.module:
        title = "".join("#" if each.isdigit() else each for each in part.module)
    return title, shape[2:] if shape else None, detail, macs, shape, node.op_type


def _severities(result: Result) -> dict[str, str]:
    """Operator → the gravest severity of what is found about it."""
    found: dict[str, str] = {}
    for finding in result.places:
        known = found.get(finding.node)
        if known is None or GRAVEST.index(finding.severity) < GRAVEST.index(known):
            found[finding.node] = str(finding.severity)
    return found
