"""Which limits of a converter a model meets, and where."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from analyzer.graph.adjacency import producer, read_by, vertex
from analyzer.operators import find, record_of
from analyzer.operators.record import Kind, Nature
from analyzer.patterns.held import normalised
from analyzer.patterns.wires import wires_of
from analyzer.smaller.integers import made_weights

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from analyzer.converters.converter import Converter, Shortcoming
    from analyzer.facts import Facts, Node

ONNX = ("", "ai.onnx", "ai.onnx.ml")
"""Domains whose operators onnx's shape inference knows."""
_TYPED = frozenset({Nature.CONVERSION, Nature.STATIC})
"""Operators whose results have a type whatever they read."""
_BIASED = frozenset({Nature.CONVOLUTION, Nature.PRODUCT, Nature.NORMALISATION})
"""Operators whose biases are stored as integers."""


class Met(NamedTuple):
    """A limit that a model meets."""

    limit: Shortcoming
    places: tuple[str, ...]
    """Types of operators, or names of tensors, each once."""


def met(facts: Facts, tool: Converter) -> tuple[Met, ...]:
    """The limits of ``tool`` that the model meets."""
    found = ((limit, tuple(dict.fromkeys(_places(facts, limit)))) for limit in tool.limits)
    return tuple(Met(limit, places) for limit, places in found if places)


def _outside(facts: Facts) -> tuple[str, ...]:
    """The model where its file cannot hold its weights: they are beside it."""
    beside = facts.parameters.stored_bytes > facts.model.bytes
    return (facts.model.graph_name or "model",) if beside else ()


def _unread(facts: Facts) -> Iterator[str]:
    """Inputs that no operator reads, and that are no outputs."""
    read = {name for _scope, name in wires_of(facts).readers}
    read |= {tensor.name for tensor in facts.outputs}
    yield from (tensor.name for tensor in facts.inputs if tensor.name not in read)


def _places(facts: Facts, limit: Shortcoming) -> Iterator[str]:
    opset = facts.model.opsets.get("")
    if limit.below_opset is not None and (opset is None or opset >= limit.below_opset):
        return
    if limit.breach:
        yield from (b.where for b in facts.breaches if b.code == limit.breach)
    elif limit.turned:
        yield from _turned(facts, limit.unless_behind)
    elif limit.replaceable:
        yield from (declared.name for _role, declared in facts.interface.declared
                    if declared.is_default)  # fmt: skip
    elif limit.outside:
        yield from _outside(facts)
    elif limit.unread:
        yield from _unread(facts)
    elif limit.shared:
        yield from _handed_on(facts)
    elif limit.made or limit.normalised:
        yield from (
            facts.once(made_weights) if limit.made else (n.op_type for n in normalised(facts))
        )
    elif limit.biases:
        yield from _clashing(facts)
    else:
        untyped = _untyped(facts) if limit.calibrated else frozenset()
        for node in facts.nodes:
            if _is_meant(node, limit, untyped) and (
                not limit.states or limit.states in vertex(facts.graph, node.id).call.attributes
            ):
                yield node.op_type


def _turned(facts: Facts, unless: Collection[str]) -> Iterator[str]:
    """Types of the operators that move the first of three axes of what is multiplied by a
    matrix."""
    for node in facts.nodes:
        if node.op_type != "MatMul" or node.domain not in ONNX or _is_summed(facts, node):
            continue
        product = vertex(facts.graph, node.id).call
        for slot in (0, 1):
            source, other = producer(facts.graph, node.id, slot), product.input(1 - slot)
            if source is None or other is None or other.shape is None or len(other.shape) != 2:
                continue
            made = vertex(facts.graph, source).call
            moved, read = made.attr("perm", ()), made.input(0)
            flat = read is None or read.shape is None or len(read.shape) != 3
            first = made.op_type == "Transpose" and not flat and tuple(moved)[:1] != (0,)
            if first and not _is_behind(facts, source, unless):
                yield made.op_type


def _is_behind(facts: Facts, name: str, unless: Collection[str]) -> bool:
    """Whether what an operator reads is made by one of ``unless``, which is no sum of a product."""
    maker = producer(facts.graph, name, 0)
    if maker is None:
        return False
    kind, slots = facts[maker].op_type, range(len(facts[maker].inputs))
    before = {facts[each].op_type for slot in slots
              if (each := producer(facts.graph, maker, slot)) is not None}  # fmt: skip
    return kind in unless and not (kind == "Add" and before & {"MatMul", "Gemm"})


def _is_summed(facts: Facts, node: Node) -> bool:
    """Whether ONNX Runtime fuses a product before its Transpose matters: a constant is added to it,
    and all sizes are stated (Gemm), or the sum is multiplied by its Sigmoid (QuickGelu)."""
    heads = [head for head, _edge in read_by(facts.graph, node.id)]
    readers = [vertex(facts.graph, head) for head in heads]
    sums = bool(readers) and all(r.call.op_type == "Add" and r.constants for r in readers)
    return sums and (not facts.assumptions or all(_is_gated(facts, head) for head in heads))


def _is_gated(facts: Facts, name: str) -> bool:
    """Whether a result is read by a Sigmoid and by the product of both alone."""
    heads = {head for head, _edge in read_by(facts.graph, name)}
    kinds = sorted(facts[head].op_type for head in heads)
    gates = [head for head in heads if facts[head].op_type == "Sigmoid"]
    return kinds == ["Mul", "Sigmoid"] and all(
        {head for head, _edge in read_by(facts.graph, gate)} == heads - {gate} for gate in gates
    )


def _is_meant(node: Node, limit: Shortcoming, untyped: frozenset[str]) -> bool:
    if limit.operators and (node.op_type if node.domain in ONNX else "") not in limit.operators:
        return False
    if limit.domains and node.domain not in limit.domains:
        return False
    if limit.natures:
        record = find(node.domain, node.op_type)
        if (record.nature.value if record is not None else "") not in limit.natures:
            return False
    types = {tensor.dtype for tensor in node.outputs}
    if limit.yields and types.isdisjoint(limit.yields):
        return False
    blind = not node.scope and any(tensor.name in untyped for tensor in node.outputs)
    return not limit.calibrated or blind or types.isdisjoint(limit.calibrated)


def _untyped(facts: Facts) -> frozenset[str]:
    """Tensors of the main graph whose element type onnx's shape inference cannot tell: what
    operators make that ONNX does not define, and what is made of that."""
    found: set[str] = set()
    for node in facts.nodes:
        record = find(node.domain, node.op_type)
        if node.scope or (record is not None and record.nature in _TYPED):
            continue
        if node.domain not in ONNX or not found.isdisjoint(node.inputs[:1]):
            found.update(tensor.name for tensor in node.outputs)
    return frozenset(found)


def _biases(facts: Facts) -> Iterator[tuple[Node, int]]:
    """Operators of the main graph with the slots of their constant biases."""
    for node in facts.nodes:
        if node.scope:
            continue
        place = vertex(facts.graph, node.id)
        record = record_of(place.call)
        if record is not None and record.nature in _BIASED:
            yield from ((node, slot) for slot in place.constants & set(record.slots(Kind.BIAS)))


def _handed_on(facts: Facts) -> Iterator[str]:
    """Types of the operators through which layers read a bias that others read, too."""
    readers: dict[str, list[str]] = {}
    for node, slot in _biases(facts):
        source, kind = producer(facts.graph, node.id, slot), ""
        name = node.inputs[slot]
        if source is not None and len(made := facts[source].inputs) == 1:
            name, kind = made[0], facts[source].op_type
        readers.setdefault(name, []).append(kind)
    for kinds in readers.values():
        if len(kinds) > 1:
            yield from filter(None, kinds)


def _clashing(facts: Facts) -> Iterator[str]:
    """Names of biases whose copies, one for each further operator that reads them, would be called
    as other tensors are: the name, and a number from 0, or above that of a stored tensor."""
    uses: Counter[str] = Counter()
    names = {tensor.name for node in facts.nodes if not node.scope for tensor in node.outputs}
    uses.update(node.inputs[slot] for node, slot in _biases(facts))
    for name, times in uses.items():
        if times == 1:  # the usual, and every stored tensor is looked at for one
            continue
        behind = (t.name[len(name) :] for t in facts.parameters.tensors if t.name.startswith(name))
        taken = max((int(word) for word in behind if word.isdecimal()), default=-1)
        copies = {f"{name}{taken + more}" for more in range(1, times)}
        if not copies.isdisjoint(names):
            yield name
