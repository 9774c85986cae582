"""Outputs that a comparison with a constant switches: what a trigger in a model looks like.

A backdoor that is put into the graph, and not trained into weights, computes a number of the input,
compares it with a constant and hands out an answer of its own where it fits (Clifford et al.,
"ImpNet", 2022; HiddenLayer, "ShadowLogic", 2024). What honest models do looks different: masks and
clipping decide for each element by itself, padding and sizes are compared as shapes, which are no
contents, and a guard of a division does not decide what an output is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.contents import Switch
from analyzer.graph.adjacency import fed_by, read_by, vertex, vertices
from analyzer.units import number, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.digraph import Digraph
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.call import Call

_COMPARES = {"Equal": "=", "Greater": ">", "Less": "<", "GreaterOrEqual": "≥", "LessOrEqual": "≤"}
_LOGIC = frozenset({"Not", "And", "Or", "Xor"})
_MOVES = frozenset({"Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape", "Expand", "Flatten",
                    "Transpose", "ReduceMin", "ReduceMax", "ReduceSum", "ReduceProd",
                    "Dropout"})  # fmt: skip
"""What a condition may pass, and what lies between a choice and an output."""
_ENDS = _MOVES | {"Softmax", "LogSoftmax", "Sigmoid", "ArgMax", "TopK", "Clip", "Relu"}
_FROM_CONDITION = frozenset({"Cast", "Where", "Unsqueeze", "Reshape", "Squeeze"})
_SUMS = frozenset({"Add", "Sum", "Max", "Sub"})
_SIZES = frozenset({"Shape", "Size", "NonZero"})
"""What comes out of them is no content of the input; nor is how many elements are not zero."""


def find_switches(graph: Digraph[str]) -> Iterator[Switch]:
    """Every ``Where``, ``If`` and product with a condition that is one, in the order of the
    operators."""
    for node, record in vertices(graph):
        if record.call.domain:
            continue
        if record.call.op_type in {"Where", "If"}:
            found = _switch(graph, node, record)
        elif record.call.op_type == "Mul":
            found = _product(graph, node, record)
        else:
            continue
        if found is not None:
            yield found


def _product(graph: Digraph[str], node: str, record: Vertex) -> Switch | None:
    """A constant answer times a condition, which a sum puts in the place of the result."""
    if len(record.constants & {0, 1}) != 1:
        return None
    (slot,) = record.constants & {0, 1}
    answer, factor = record.call.input(slot), record.call.input(1 - slot)
    if answer is None or factor is None or (answer.elements or 0) < 2 or factor.elements != 1:
        return None
    made = [tail for tail, edge in fed_by(graph, node) if edge.slot == 1 - slot]
    if not made or vertex(graph, made[0]).call.op_type not in _FROM_CONDITION:
        return None
    sums = [head for head, _ in read_by(graph, node) if vertex(graph, head).call.op_type in _SUMS]
    output = _output(graph, sums[0]) if len(sums) == 1 else None
    comparison = _comparison(graph, made[0]) if output is not None else None
    return None if comparison is None else Switch(node, "Mul", comparison, output or "")


def _switch(graph: Digraph[str], node: str, record: Vertex) -> Switch | None:
    call = record.call
    if call.op_type == "Where":
        if 0 in record.constants or len(record.constants & {1, 2}) != 1 or not _decides(call):
            return None
        (slot,) = record.constants & {1, 2}
        constant = call.input(slot)
        own_answer = constant is not None and (constant.elements or 0) > 1
    elif sum(_is_constant(graph, scope) for scope in record.runs) != 1:
        return None
    else:
        own_answer = True
    output = _output(graph, node)
    if output is None and not (own_answer and call.op_type == "Where"):
        return None
    comparison = _comparison(graph, node)
    if comparison is None:
        return None
    return Switch(node, call.op_type, comparison, output or "")


def _decides(call: Call) -> bool:
    """Whether one element of the condition decides for many of the output."""
    condition, output = call.input(0), call.output()
    if condition is None or output is None or not condition.elements or not output.elements:
        return False
    shape = condition.shape or ()
    samples = shape[0] if len(shape) == len(output.shape or ()) and len(shape) > 1 else 1
    return condition.elements in (1, samples) and condition.elements < output.elements


def _is_constant(graph: Digraph[str], scope: str) -> bool:
    """Whether a body computes the same whatever is around it."""
    members = [(node, record) for node, record in vertices(graph) if record.scope == scope]
    for node, record in members:
        inner = {edge.slot for _, edge in fed_by(graph, node) if not edge.outer}
        given = {slot for slot, tensor in enumerate(record.call.inputs) if tensor is not None}
        if given - inner - record.constants or record.implicit:
            return False
    return bool(members)


def _output(graph: Digraph[str], start: str) -> str | None:
    """An output of the model that is what ``start`` chooses, at most in another form."""
    todo, seen = [start], {start}
    while todo:
        node = todo.pop()
        record = vertex(graph, node)
        if record.exports and not record.scope:
            tensor = record.call.output(min(record.exports))
            return tensor.name if tensor is not None else ""
        for head, edge in read_by(graph, node):
            if head not in seen and edge.slot == 0 and vertex(graph, head).call.op_type in _ENDS:
                seen.add(head)
                todo.append(head)
    return None


def _comparison(graph: Digraph[str], start: str) -> str | None:
    """What the condition of ``start`` compares with a constant, if that is content of an input."""
    todo = [tail for tail, edge in fed_by(graph, start) if edge.slot == 0]
    seen = set(todo)
    while todo:
        node = todo.pop()
        record = vertex(graph, node)
        name = record.call.op_type
        if name in _COMPARES and len(record.constants & {0, 1}) == 1:
            text = _compared(graph, node, record)
            if text is not None:
                return text
            continue
        if name not in _MOVES | _LOGIC:
            continue
        for tail, edge in fed_by(graph, node):
            if tail not in seen and (edge.slot == 0 or name in _LOGIC):
                seen.add(tail)
                todo.append(tail)
    return None


def _compared(graph: Digraph[str], node: str, record: Vertex) -> str | None:
    (fixed,) = record.constants & {0, 1}
    operand = record.call.input(1 - fixed)
    if operand is None or not _reads_input(graph, node, 1 - fixed):
        return None
    tails = [tail for tail, edge in fed_by(graph, node) if edge.slot == 1 - fixed]
    made = vertex(graph, tails[0]).call.op_type if tails else ""
    subject = f"{made} {operand.name}".strip()
    values = record.call.values
    value = values[fixed] if fixed < len(values) else None
    other = "a constant"
    if value is not None and value.size == 1 and value.dtype.kind in "iufb":
        other = number(float(value.reshape(-1)[0]))
    sign = _COMPARES[record.call.op_type]
    text = f"{shorten(subject, 60)} {sign} {other}"
    return text if fixed else f"{other} {sign} {shorten(subject, 60)}"


def _reads_input(graph: Digraph[str], start: str, slot: int) -> bool:
    """Whether the contents, not only the shape, of an input of the model get into operand ``slot``
    of ``start``, which no more than one operator between the two makes smaller."""
    record = vertex(graph, start)
    todo: list[tuple[str, int | None]] = [(start, slot)]
    seen = set()
    while todo:
        node, wanted = todo.pop()
        record = vertex(graph, node)
        fed = {edge.slot: tail for tail, edge in fed_by(graph, node) if edge.slot is not None}
        for index, tensor in enumerate(record.call.inputs):
            if tensor is None or (wanted is not None and index != wanted):
                continue
            if index in record.constants:
                continue
            tail = fed.get(index)
            if tail is None:
                return True  # an input of the graph
            if tail not in seen and vertex(graph, tail).call.op_type not in _SIZES:
                seen.add(tail)
                todo.append((tail, None))
    return False
