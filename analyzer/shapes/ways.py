"""Values that an undecided If leaves with one of several shapes, followed way by way.

An exporter's ``squeeze`` becomes an If whose branches differ in rank. What follows is typed once
for each branch; where all agree it is decided, and where they do not, its cost is a range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.graph.call import MALFORMED
from analyzer.shapes.frame import Frame
from analyzer.shapes.instance import Instance, Way, Ways
from analyzer.shapes.operators import infer_operator
from analyzer.shapes.types import UNKNOWN, is_open, merge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.arrays import Elements
    from analyzer.graph.scope import Op
    from analyzer.model.proto import NodeMessage
    from analyzer.shapes.session import Session

MAX_WAYS = 4
"""Ways followed at once; an If has two."""


def same(a: Elements | None, b: Elements | None) -> bool:
    """Equal contents, both known."""
    if a is None or b is None:
        return False
    return a.dtype == b.dtype and a.shape == b.shape and a.tolist() == b.tolist()


def settle(frame: Frame, name: str, choice: str, ways: Sequence[Way]) -> None:
    """Record value ``name`` that is one of ``ways``, as ``choice`` decides when the model runs."""
    merged = ways[0].type
    for way in ways[1:]:
        merged = merge(merged, way.type)
    frame.instance.types[name] = merged
    first = ways[0].value
    if first is not None and all(same(first, way.value) for way in ways[1:]):
        frame.instance.values[name] = first
    elif len(ways) <= MAX_WAYS and _differ(ways):
        frame.instance.ways[name] = Ways(choice, tuple(ways))


def _differ(ways: Sequence[Way]) -> bool:
    """Whether each is known, and not the same."""
    if any(is_open(way.type) for way in ways):
        return False
    return any(way.type != ways[0].type or way.value is not None for way in ways)


def follow(
    session: Session, frame: Frame, i: int, op: Op, node: NodeMessage, attributes: dict[str, Any]
) -> None:
    """Type the outputs of operator ``i`` once for each way of its inputs.

    Inputs that rest on several undecided Ifs are left as they are, and so is an operator that one
    way does not fit.
    """
    choices = {w.choice: w for n in op.inputs if (w := frame.instance.ways.get(n)) is not None}
    if len(choices) != 1:
        return
    ((choice, some),) = choices.items()
    results: dict[str, list[Way]] = {name: [] for name in op.outputs if name}
    for k in range(len(some.each)):
        tried = _attempt(session, frame, i, op, node, attributes, k)
        if tried is None:
            return
        for name, found in results.items():
            found.append(Way(tried.types.get(name, UNKNOWN), tried.values.get(name)))
    frame.instance.failures.pop(i, None)
    frame.instance.refused.discard(i)
    for name, found in results.items():
        settle(frame, name, choice, found)
    frame.instance.forks[i] = choice


def _attempt(
    session: Session,
    frame: Frame,
    i: int,
    op: Op,
    node: NodeMessage,
    attributes: Mapping[str, Any],
    k: int,
) -> Instance | None:
    """The outputs of an operator on way ``k`` of its inputs; ``None`` where it does not fit."""
    scratch = Instance(frame.instance.path, frame.instance.scope)
    for name in op.inputs:
        ways = frame.instance.ways.get(name)
        if ways is not None:
            way = ways.each[k]
            scratch.types[name] = way.type
            if way.value is not None:
                scratch.values[name] = way.value
    inner = Frame(scratch, frame.scope, frame, frame.attributes, frame.room)
    try:
        infer_operator(session, inner, i, op, node, dict(attributes))
    except MALFORMED:
        return None
    return None if scratch.failures or scratch.problems or scratch.refused else scratch
