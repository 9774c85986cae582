"""If, Loop and Scan: bodies as instances, with how often each runs.

Semantics from the ONNX operator specification of If-1…, Loop-1… and
Scan-8/9…. A carried value whose shape changes between iterations is
generalised (the changing dimension becomes unknown) until the body is stable.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.graph.call import Unknown
from analyzer.shapes.instance import Child, Instance, Way, scope_path
from analyzer.shapes.operators import fill_gaps
from analyzer.shapes.trips import given_trips, loop_trips, scalar
from analyzer.shapes.types import UNKNOWN, Type, decode_type, is_open, merge
from analyzer.shapes.ways import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.graph.scope import Op
    from analyzer.shapes.frame import Frame
    from analyzer.shapes.session import Session

MAX_PASSES = 8
"""Generalisation passes over a loop body; each pass can only lose knowledge, so few suffice."""


def _body_path(frame: Frame, op: Op, label: str) -> str:
    name = next((n for n in op.outputs if n), op.name or op.op_type)
    prefix = f"{frame.instance.path}/" if frame.instance.path else ""
    return scope_path(f"{prefix}{name}.{label}")


def _run_if(session: Session, frame: Frame, i: int, op: Op, attributes: Mapping[str, Any]) -> None:
    """``If``: the taken branch where the condition is constant, otherwise both.

    Of two branches one may not fit the sizes in use (the 8 kHz half of a speech model that is
    fed 16 kHz); then the condition must be such that the other is taken.
    """
    condition = scalar(frame.value(op.inputs[0])) if op.inputs else None
    children = []
    for label in ("then_branch", "else_branch"):
        index = op.bodies.get(label)
        if index is None:
            continue
        taken = None if condition is None else bool(condition) is (label == "then_branch")
        path = _body_path(frame, op, label)
        instance = session.run_scope(index, path, {}, {}, frame, frame.attributes)
        children.append(Child(label, instance, None if taken is None else int(taken), most=1))
    running = [c for c in children if c.times != 0]
    possible = [c for c in running if not c.instance.refused]
    if running and not possible:
        frame.instance.refused.add(i)
    if possible and possible != running:
        running = possible
        for child in children:
            child.refuted = bool(child.instance.refused)
            child.times = int(child in possible)
    frame.instance.children[i] = tuple(children)
    alone = sum(map(bool, op.outputs)) == 1
    for k, name in enumerate(op.outputs):
        if name and running:
            ways = [_ways(session, c.instance, k, frame, alone) for c in running]
            settle(frame, name, frame.place(op), [way for some in ways for way in some])


def _output(session: Session, instance: Instance, k: int, frame: Frame) -> Type:
    """Type of output ``k`` of a body; the body may return a captured value unchanged."""
    outputs = session.program.scopes[instance.scope].outputs
    if k >= len(outputs):
        return UNKNOWN
    return instance.types.get(outputs[k]) or frame.type(outputs[k])


def _ways(
    session: Session, instance: Instance, k: int, frame: Frame, alone: bool
) -> tuple[Way, ...]:
    """What output ``k`` of a branch is; what it may be, where an If inside decides that.

    The latter only of an output that is ``alone``: the ways of several belong together.
    """
    outputs = session.program.scopes[instance.scope].outputs
    name = outputs[k] if k < len(outputs) else ""
    inner = instance.ways.get(name)
    if inner is not None and alone:
        return inner.each
    return (Way(_output(session, instance, k, frame), instance.values.get(name)),)


def _stable_body(
    session: Session,
    frame: Frame,
    op: Op,
    carried: Sequence[Type],
    leading: Sequence[Type],
    trailing: Sequence[Type],
    first_output: int,
    *,
    once: bool,
) -> tuple[Instance, list[Type]]:
    """Run a body until the types of its carried values no longer change.

    ``leading``/``trailing`` are the types of the body inputs before and after
    the carried ones. ``once`` says that it runs a single time, so that nothing
    feeds back. Returns the instance and the carried output types.
    """
    index = op.bodies["body"]
    inputs = session.program.scopes[index].inputs
    path = _body_path(frame, op, "body")
    state = list(carried)
    for _ in range(MAX_PASSES):
        types = dict(zip(inputs, [*leading, *state, *trailing], strict=False))
        instance = session.run_scope(index, path, types, {}, frame, frame.attributes)
        after = [_output(session, instance, first_output + k, frame) for k in range(len(carried))]
        merged = [merge(a, b) for a, b in zip(state, after, strict=True)]
        if once or merged == state:
            return instance, after
        state = merged
    return instance, [UNKNOWN] * len(carried)


def _run_loop(
    session: Session, frame: Frame, i: int, op: Op, attributes: Mapping[str, Any]
) -> None:
    """``Loop``: the body as often as ``loop_trips`` says."""
    limit = scalar(frame.value(op.inputs[0])) if op.inputs and op.inputs[0] else None
    carried = [frame.type(n) for n in op.inputs[2:]]
    counters = [Type("int64", ()), Type("bool", ())]
    once = limit is not None and int(limit) == 1
    instance, final = _stable_body(session, frame, op, carried, counters, [], 1, once=once)
    found = loop_trips(session, frame, op, instance)
    trips = found.exact
    frame.instance.children[i] = (Child("body", instance, trips, *found),)
    if trips is not None and trips > 1 and any(map(is_open, final)):
        final = _unrolled(session, frame, op, instance, carried, trips) or final
    results = list(carried) if trips == 0 else final
    if found.least == 0 and trips is None:  # then it may be what came in that goes out
        results = [merge(a, b) for a, b in zip(carried, final, strict=True)]
    outputs = session.program.scopes[instance.scope].outputs
    for k in range(1 + len(carried), len(outputs)):
        results.append(_stack(_output(session, instance, k, frame), trips, 0))
    for name, value in zip(op.outputs, results, strict=False):
        if name:
            frame.instance.types[name] = value


def _unrolled(
    session: Session,
    frame: Frame,
    op: Op,
    body: Instance,
    carried: Sequence[Type],
    trips: int,
) -> list[Type] | None:
    """Types of the carried values after ``trips`` iterations, one by one: what a loop collects in
    a sequence, or joins, grows by a known step. ``None`` where that would take too long."""
    scope = session.program.scopes[body.scope]
    work = trips * _operators(session, body.scope)
    if work > session.unrolling:
        return None
    session.unrolling -= work
    state = list(carried)
    for trip in range(trips):
        types = [Type("int64", ()), Type("bool", ()), *state]
        values = {scope.inputs[0]: np.array(trip)} if scope.inputs else {}
        once = session.run_scope(
            body.scope, body.path, dict(zip(scope.inputs, types, strict=False)), values, frame,
            frame.attributes,
        )  # fmt: skip
        state = [_output(session, once, 1 + k, frame) for k in range(len(carried))]
    return state


def _operators(session: Session, index: int) -> int:
    """Operators of a scope and of the bodies in it, and one for the scope itself."""
    count, left = 0, [index]
    while left:
        scope = session.program.scopes[left.pop()]
        count += 1 + len(scope.ops)
        left += (inner for op in scope.ops for inner in op.bodies.values())
    return count


def _stack(element: Type, trips: int | None, axis: int) -> Type:
    """Type of per-iteration results stacked along ``axis``."""
    if element.shape is None:
        return Type(element.dtype)
    shape = list(element.shape)
    position = axis if axis >= 0 else axis + len(shape) + 1
    shape.insert(position, trips)
    return Type(element.dtype, tuple(shape))


def _slice_off(sequence: Type, axis: int) -> tuple[Type, int | None]:
    """Type of one slice along ``axis`` and the number of slices."""
    if sequence.shape is None:
        return Type(sequence.dtype), None
    axis = axis if axis >= 0 else axis + len(sequence.shape)
    if not 0 <= axis < len(sequence.shape):
        return Type(sequence.dtype), None
    shape = sequence.shape[:axis] + sequence.shape[axis + 1 :]
    return Type(sequence.dtype, shape), sequence.shape[axis]


def _run_scan(
    session: Session, frame: Frame, i: int, op: Op, attributes: Mapping[str, Any]
) -> None:
    """``Scan``: as many iterations as the scan axis is long (opset 8 has a batch axis first)."""
    batched = frame.opsets.get("", 1) < 9
    names = op.inputs[1:] if batched else op.inputs
    scans = max(0, min(int(attributes.get("num_scan_inputs", 0)), len(names)))
    count = len(names) - scans
    states = [frame.type(n) for n in names[:count]]
    batch: int | None = None
    if batched:
        states = [_slice_off(s, 0)[0] for s in states]
    axes = attributes.get("scan_input_axes") or (0,) * scans
    slices, trips = [], None
    for name, axis in zip(names[count:], axes, strict=False):
        sequence = frame.type(name)
        if batched:
            sequence, batch = _slice_off(sequence, 0)
        element, length = _slice_off(sequence, axis)
        slices.append(element)
        trips = length if trips is None else trips
    given = given_trips(session, op)
    trips = given if given is not None else trips
    # A state of Scan has one shape, so that the first run tells the shapes of all.
    instance, final = _stable_body(session, frame, op, states, [], slices, 0, once=True)
    runs = trips if not batched else (None if batch is None or trips is None else trips * batch)
    frame.instance.children[i] = (Child("body", instance, runs),)
    results = states if trips == 0 else final
    outputs = session.program.scopes[instance.scope].outputs
    out_axes = attributes.get("scan_output_axes") or ()
    for k in range(count, len(outputs)):
        axis = out_axes[k - count] if k - count < len(out_axes) else 0
        results.append(_stack(_output(session, instance, k, frame), trips, axis))
    if batched:
        results = [_stack(r, batch, 0) for r in results]
    for name, value in zip(op.outputs, results, strict=False):
        if name:
            frame.instance.types[name] = value


def _run_other(
    session: Session, frame: Frame, i: int, op: Op, attributes: Mapping[str, Any]
) -> None:
    """Operators with bodies of which nothing more is known: bodies typed as they declare."""
    children = []
    for label, index in op.bodies.items():
        scope = session.program.scopes[index]
        types = {n: decode_type(t) for n, t in scope.input_types.items()}
        path = _body_path(frame, op, label)
        instance = session.run_scope(index, path, types, {}, frame, frame.attributes)
        children.append(Child(label, instance, None))
    frame.instance.children[i] = tuple(children)
    frame.instance.failures[i] = f"{op.op_type} runs its body a data-dependent number of times"
    if op.domain in ("", "ai.onnx.preview"):
        with suppress(Unknown):  # the outputs then stay unknown, as the failure says
            fill_gaps(frame, op, attributes)


CONTROL: Mapping[str, Callable[[Session, Frame, int, Op, Mapping[str, Any]], None]] = {
    "If": _run_if,
    "Loop": _run_loop,
    "Scan": _run_scan,
    "": _run_other,
}
"""Control-flow operators; the empty key serves every other operator with a body."""
