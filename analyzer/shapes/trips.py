"""How often a ``Loop`` runs: its limit, its condition, or a counter that the condition reads.

TensorFlow's ``while i < n`` (recurrent layers of Keras) and scripted PyTorch have no limit; the
body computes the condition from a counter that it carries. Where the operators behind the
condition touch nothing but a few known numbers, they are evaluated until it turns false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analyzer.shapes.fold import FOLDS, fold
from analyzer.shapes.frame import Frame

if TYPE_CHECKING:
    from analyzer.arrays import Elements
    from analyzer.graph.scope import Op
    from analyzer.shapes.instance import Instance
    from analyzer.shapes.session import Session

MAX_STEPS = 1 << 17
"""Evaluations of one operator that counting may take in a whole model: about half a second."""
MAX_ELEMENTS = 64
"""Numbers a counted value may have; counters have one."""
GROWING = frozenset({"ConstantOfShape", "Expand", "OneHot", "Range", "Tile"})
"""Not evaluated: a few numbers may tell them to make very many."""
_RUNNING = np.array(True)
ENDLESS = (1 << 31) - 1
"""A limit that is none: scripted PyTorch writes the largest integer for ``while``."""


def scalar(value: Elements | None) -> Any:
    """Scalar content of a known one-element array, else ``None``."""
    return value.ravel()[0] if value is not None and value.size == 1 else None


def given_trips(session: Session, op: Op) -> int | None:
    """The trip count that the user states for this loop."""
    trips = session.bindings.trips
    for key in (op.name, *op.outputs):
        if key and key in trips:
            return trips[key]
    return None


class Trips(NamedTuple):
    """Fewest and most iterations; ``most`` is ``None`` where nothing bounds them."""

    least: int
    most: int | None

    @property
    def exact(self) -> int | None:
        return self.least if self.least == self.most else None


def loop_trips(session: Session, frame: Frame, op: Op, body: Instance) -> Trips:
    """Iterations of a ``Loop``, as stated or as far as the file determines them.

    ONNX Loop: as long as the condition holds, which is looked at before each iteration, and no
    more than its limit. An absent condition is true, an absent limit is none.
    """
    given = given_trips(session, op)
    if given is not None:
        return Trips(given, given)
    is_limited = bool(op.inputs and op.inputs[0])
    limit = scalar(frame.value(op.inputs[0])) if is_limited else None
    most = None if limit is None or int(limit) >= ENDLESS else max(0, int(limit))
    has_condition = len(op.inputs) > 1 and bool(op.inputs[1])
    initial = scalar(frame.value(op.inputs[1])) if has_condition else True
    if most == 0 or (initial is not None and not initial):
        return Trips(0, 0)
    certain = most  # iterations once it is entered; a limit that is not known may stop it earlier
    goes_on = _always_true(session, body)
    if goes_on is False:
        certain = 1
    elif goes_on is None:
        found = _count(session, frame, op, body, most)
        certain = None if found is None else found if most is None else min(found, most)
    enters = bool(initial) and not (is_limited and limit is None)
    if certain is None:
        return Trips(int(enters), most)
    return Trips(certain if enters else 0, certain)


def _always_true(session: Session, body: Instance) -> bool | None:
    """Whether the body leaves the condition true, makes it false, or ``None``: as the data are."""
    scope = session.program.scopes[body.scope]
    name = next(iter(scope.outputs), "")
    value = scalar(body.values.get(name))
    source = name
    copies = {o: op.inputs for op in scope.ops for o in op.outputs if op.op_type == "Identity"}
    for _ in copies:  # in a graph with a cycle as in others
        source = next(iter(copies.get(source, ())), source)
    if value is None and source in scope.inputs[1:2]:  # what let the loop be entered lets it go on
        value = True
    return None if value is None else bool(value)


def _count(session: Session, frame: Frame, op: Op, body: Instance, most: int | None) -> int | None:
    """Iterations until the condition that the body computes turns false, at most ``most``."""
    scope = session.program.scopes[body.scope]
    if len(scope.inputs) < 2 or len(scope.outputs) < len(scope.inputs) - 1:
        return None
    found = _behind_condition(frame, op, Frame(body, scope, frame, frame.attributes, frame.room))
    if found is None:
        return None
    steps, state, known = found
    number, running = scope.inputs[:2]
    carried = dict(zip(scope.inputs[2:], scope.outputs[1:], strict=False))
    trips = 0
    while most is None or trips < most:
        session.counted += len(steps) + 1
        if session.counted > MAX_STEPS:
            return None
        now = {**known, **state, number: np.array(trips), running: _RUNNING}
        for i in steps:
            step = scope.ops[i]
            values = [now.get(name) for name in step.inputs]
            attributes = body.attributes.get(i, step.attributes)
            results = fold(step.op_type, attributes, values, scope.opsets.get("", 1))
            if results is None or any(r.size > MAX_ELEMENTS for r in results):
                return None
            now.update(zip(step.outputs, results, strict=False))
        trips += 1
        goes_on = scalar(now.get(scope.outputs[0]))
        if goes_on is None:
            return None
        if not goes_on:
            break
        state = {name: now[carried[name]] for name in state}
    return trips


def _behind_condition(
    frame: Frame, op: Op, inner: Frame
) -> tuple[list[int], dict[str, Elements], dict[str, Elements]] | None:
    """Operators that the condition follows from, first values of what they carry, constants.

    ``None`` where one of them cannot be evaluated or reads what is not known.
    """
    scope = inner.scope
    makers = {name: i for i, step in enumerate(scope.ops) for name in step.outputs if name}
    first = dict(zip(scope.inputs[2:], op.inputs[2:], strict=False))
    carried = dict(zip(scope.inputs[2:], scope.outputs[1:], strict=False))
    steps: set[int] = set()
    state: dict[str, Elements] = {}
    known: dict[str, Elements] = {}
    queue, seen = [scope.outputs[0]], {"", *scope.inputs[:2]}
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in first:
            value = frame.value(first[name])
            state_or_known = state
            queue.append(carried[name])
        else:
            value = inner.value(name)
            state_or_known = known
        if value is not None and value.size <= MAX_ELEMENTS and value.dtype != object:
            state_or_known[name] = value
            continue
        i = makers.get(name)
        if i is None or name in first:
            return None
        step = scope.ops[i]
        if step.bodies or step.standard not in FOLDS.keys() - GROWING:
            return None
        steps.add(i)
        queue += step.inputs
    return sorted(steps), state, known
