"""By how much a file grows for what a converter adds to it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.graph.adjacency import vertex
from analyzer.operators import record_of
from analyzer.operators.record import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from analyzer.converters.converter import Converter
    from analyzer.facts import Facts, Node

TYPE, SIDE, OPEN = 12, 4, 11
"""Bytes of what states the type of a tensor besides its name, of a size in it, and of one that
shape inference gives a name of its own."""


def added_bytes(facts: Facts, tool: Converter, layers: Collection[str] = ()) -> int:
    """By about how much a file grows for the operators that convert tensors, and for shapes that
    it states: those of ``layers`` alone, or all of the main graph's in float32 that ``tool``
    converts."""
    chosen = [node for node in facts.nodes if _is_chosen(node, tool, layers)]
    weights, biases, activations, gone = set[str](), Counter[str](), set[str](), set[str]()
    read = set[str]()
    for node in chosen:
        place = vertex(facts.graph, node.id)
        record = record_of(place.call)
        slots = () if record is None else record.slots(Kind.BIAS)
        if node.op_type in tool.removed:
            gone.update(node.inputs[:1])
        for slot, name in enumerate(node.inputs):
            if slot not in place.constants:
                read.add(name)
            elif slot in slots:
                biases[name] += 1
            else:
                weights.add(name)
        activations.update(t.name for t in node.outputs if t.dtype == "float32")
    learned = {t.name for t in facts.parameters.tensors if t.role == "weight"}
    biases = Counter({name: uses for name, uses in biases.items() if name in learned})
    real = {t.name for n in facts.nodes for t in n.outputs if t.dtype == "float32"}
    real |= {t.name for t in facts.inputs if t.dtype == "float32"}
    converted = ((activations | read) & real) - gone
    spelt = read & real if (facts.model.opset or 0) < tool.spelt_below else set[str]()
    uses = Counter(name for node in facts.nodes if not node.scope for name in {*node.inputs})
    return (
        _sum(weights & learned, tool.weight_bytes)
        + _sum(biases, tool.bias_bytes)
        + _sum((biases - Counter({*biases})).elements(), tool.copy_bytes)
        + _sum(converted, tool.activation_bytes)
        + _sum(spelt, tool.spelt_bytes)
        + _sum((node.outputs[0].name for node in chosen if node.outputs), tool.layer_bytes)
        + tool.reader_bytes * sum(max(0, uses[name] - 1) for name in converted)
        + stated_bytes(facts)
    )


def stated_bytes(facts: Facts, times: int = 1) -> int:
    """Of the types that converters state of all tensors of the main graph, as onnx's shape
    inference tells them, so many ``times``: those that the file does not state yet."""
    ends = {tensor.name for tensor in facts.outputs}
    made = [t for n in facts.nodes if not n.scope for t in n.outputs if t.name not in ends]
    whole = sum(
        TYPE + len(t.name) + sum(OPEN if side is None else SIDE for side in t.shape or ())
        for t in made
        if t.dtype is not None
    )
    return whole * max(0, times * len(made) - facts.model.typed) // max(1, len(made))


def shrunk_bytes(facts: Facts, tool: Converter, chosen: Collection[str] = ()) -> int:
    """Bytes by which constants in float32 shrink that are no weights of layers: those that the
    operators read which ``tool`` converts, ``chosen`` alone where it is told so."""
    read = set[str]()
    for node in facts.nodes:
        if _is_chosen(node, tool, chosen):
            constants = vertex(facts.graph, node.id).constants
            read.update(name for slot, name in enumerate(node.inputs) if slot in constants)
    found = (t for t in facts.parameters.beside if t.name in read and t.dtype == "float32")
    return sum((t.bytes or 0) * 3 // 4 for t in found if t.role != "quantization")


def _is_chosen(node: Node, tool: Converter, layers: Collection[str]) -> bool:
    if node.scope or node.op_type == "Constant":
        return False
    if layers:
        return node.id in layers
    return not tool.converted or node.op_type in tool.converted


def _sum(names: Iterable[str], each: tuple[int, int]) -> int:
    fixed, letter = each
    return sum(fixed + letter * len(name) for name in names)
