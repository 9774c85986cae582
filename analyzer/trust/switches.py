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
from analyzer.operators import record_of
from analyzer.operators.record import Nature
from analyzer.sanitise import widths
from analyzer.units import number, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.digraph import Digraph
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

_ENDS = (Nature.SOFTMAX, Nature.ACTIVATION, Nature.REDUCTION, Nature.SELECTION)
"""What lies between a choice and an output, besides what only brings it into another form."""


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
    if not made or not _is_from_condition(_operator(graph, made[0])):
        return None
    sums = [head for head, _ in read_by(graph, node) if _adds(_operator(graph, head))]
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
            if head not in seen and edge.slot == 0 and _ends(_operator(graph, head)):
                seen.add(head)
                todo.append(head)
    return None


def _comparison(graph: Digraph[str], start: str) -> str | None:
    """What the condition of ``start`` compares with a constant, if that is content of an input."""
    todo = [tail for tail, edge in fed_by(graph, start) if edge.slot == 0]
    seen = set(todo)
    while todo:
        node = todo.pop()
        record, operator = vertex(graph, node), _operator(graph, node)
        if operator is None:
            continue
        if operator.compares and len(record.constants & {0, 1}) == 1:
            text = _compared(graph, node, record, operator.sign)
            if text is not None:
                return text
            continue
        if not (operator.is_logic or _hands_on(operator)):
            continue
        for tail, edge in fed_by(graph, node):
            if tail not in seen and (edge.slot == 0 or operator.is_logic):
                seen.add(tail)
                todo.append(tail)
    return None


def _operator(graph: Digraph[str], node: str) -> Operator | None:
    """What is known of the operator at ``node``."""
    return record_of(vertex(graph, node).call)


def _hands_on(operator: Operator) -> bool:
    """What a condition may pass: the same values in another form, or many made one."""
    return operator.keeps_role or operator.reduces


def _ends(operator: Operator | None) -> bool:
    return operator is not None and (operator.nature in _ENDS or _hands_on(operator))


def _is_from_condition(operator: Operator | None) -> bool:
    """Whether it makes a number of truth, at most in another shape."""
    if operator is None:
        return False
    chooses = operator.key == ("", "Where")
    return chooses or operator.reshapes or operator.nature is Nature.CONVERSION


def _adds(operator: Operator | None) -> bool:
    """Whether a nought among its operands leaves the others, or those that are larger."""
    if operator is None:
        return False
    return operator.role == "add" or operator.neutral == 0 or operator.key == ("", "Max")


def _tells_contents(operator: Operator | None) -> bool:
    """Sizes are no content of the input; nor is how many elements are not zero."""
    return operator is None or not (operator.measures or operator.key == ("", "NonZero"))


def _compared(graph: Digraph[str], node: str, record: Vertex, sign: str) -> str | None:
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
    text = f"{shorten(subject, widths.NAME)} {sign} {other}"
    return text if fixed else f"{other} {sign} {shorten(subject, widths.NAME)}"


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
            if tail not in seen and _tells_contents(_operator(graph, tail)):
                seen.add(tail)
                todo.append((tail, None))
    return False
