"""What ONNX Runtime's quantisers convert to int8, and what they leave in float.

As its package has it (``onnxruntime/quantization/registry.py``): ``quantize_dynamic`` converts
the types of ``IntegerOpsRegistry``, Conv, MatMul, Attention and LSTM, and Gemm, which it rewrites
as MatMul first. ``MatMulConstBOnly`` is true by default (``quantize.py``), so a product of two
activations stays in float (``operators/matmul.py``); so do those inside Attention, of which
QAttention multiplies the projection in integers. ``quantize_static`` converts Conv, ConvTranspose,
Gemm and every MatMul (``QDQRegistry``), and no recurrent layer. Neither looks into bodies.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from analyzer.graph.adjacency import producer, vertex
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature, Scaling

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from analyzer.facts import Facts, Node
    from analyzer.graph.adjacency import Vertex

_MULTIPLY = (Nature.CONVOLUTION, Nature.PRODUCT)
MICROSOFT = "com.microsoft"
_SCALE = 4
"""Bytes of a scale in float32."""
_MULTIPLIED = 3
"""Operands that may be multiplied, the bias of a layer among them; states of an LSTM come later."""


class Staying(NamedTuple):
    """What of a model in float32 stays in it."""

    macs: int
    """Of all executions."""
    params: int
    """Of the operators that stay, running means and variances, and biases of those that do not,
    which have 4 bytes as well."""
    converted: tuple[str, ...] = ()
    """Ids of the operators that do not."""
    scale_bytes: int = 0
    """Of the scales and zero points that come to those: of weights, and where activations are
    calibrated, of these and of biases."""
    folded: int = 0
    """Parameters, running means and variances that go into weights before."""


CONVOLUTIONS = frozenset({"standard", "pointwise", "depthwise", "grouped", "transposed"})
"""Kinds of ``Totals.macs_by_kind``."""


def is_static(facts: Facts) -> bool:
    """Whether most of the work is in convolutions, whose activations have to be calibrated: they
    are integers, too, while products are quantised as they come and hand on floats."""
    kinds = facts.totals.macs_by_kind
    return 2 * sum(n for kind, n in kinds.items() if kind in CONVOLUTIONS) >= facts.totals.macs


def made_weights(facts: Facts) -> tuple[str, ...]:
    """Types of the operators that make weights from constants, where most weights of layers are
    made: quantisers read initializers alone."""
    made: dict[str, int] = {}
    whole = 0
    for node, source in _layers(facts):
        whole += node.params
        if source is not None:
            made[source.op_type] = made.get(source.op_type, 0) + node.params
    return tuple(made) if 2 * sum(made.values()) > whole else ()


def making(facts: Facts) -> Iterator[Node]:
    """The operators that make weights of layers from constants."""
    yield from (source for _node, source in _layers(facts) if source is not None)


def _layers(facts: Facts) -> Iterator[tuple[Node, Node | None]]:
    """Layers of the main graph with constant weights, and what makes these."""
    for node in facts.nodes:
        place = vertex(facts.graph, node.id)
        if node.composite or not node.macs or node.scope or 1 not in place.constants:
            continue
        source = producer(facts.graph, node.id, 1)
        yield node, None if source is None else facts[source]


def staying(
    facts: Facts,
    *,
    static: bool,
    only: Collection[str] | None = None,
    stored: Collection[str] = (),
    gone: Collection[str] = (),
) -> Staying:
    """MACs and parameters in float32 that a quantiser leaves there.

    Where most weights are made by operators, those are folded before. ``only``: types of
    operators that it is told to convert; else ``quantize_static`` converts constants of all
    element-wise operators. ``stored``: types of operators whose weights are stored as
    integers, and multiplied in float32. ``gone``: ids of
    normalisations, and of what scales or adds constants, that are in layers before.
    """
    folded = bool(facts.once(made_weights))
    within = {name for node in facts.nodes if node.id in gone for name in node.inputs}
    macs = params = into = 0
    converted, scales = [], dict[str, int]()
    tables = {} if static else _tables(facts)
    for node in facts.nodes:
        if node.composite:
            continue
        if not node.macs:
            if not static and _is_looked_up(facts, node):
                scales[node.inputs[0]] = _SCALE + 1
            elif node.id in gone:
                stay = min(_floats(facts, node), _added(facts, node))
                params += stay
                into += _floats(facts, node) - stay
                if stay:
                    scales[node.outputs[0].name] = _SCALE + 4  # of the bias that the layer gets
            elif not static or (only is not None and node.op_type not in only):
                params += max(0, _floats(facts, node) - _looked_up(facts, node, tables))
            elif not folded:
                params += min(_floats(facts, node), _biases(facts, node))
            continue
        if node.precision != "float32":
            continue
        made = not folded and producer(facts.graph, node.id, 1) is not None
        done = 0 if made and not static else _converted(facts, node, static)
        macs += (node.macs if node.op_type in stored else node.macs - done) * node.counted
        if done:
            converted.append(node.id)
            params += node.params if made else min(node.params, _biases(facts, node))
            scales.update(_scales(facts, node, static))
        else:
            params += node.params
    if not folded:  # what makes initializers of weights folds normalisations, too
        params += sum(t.elements or 0 for t in facts.parameters.tensors
                      if t.role == "buffer" and t.dtype == "float32"
                      and t.name not in within)  # fmt: skip
    into += sum(t.elements or 0 for t in facts.parameters.tensors
                if t.name in within and t.role == "buffer" and t.dtype == "float32")  # fmt: skip
    return Staying(macs, params, tuple(converted), sum(scales.values()), into)


def _scales(facts: Facts, node: Node, static: bool) -> Iterator[tuple[str, int]]:
    """Tensors of a layer, and the bytes of the scale and the zero point of each, which is of the
    tensor's own type: one of each, as neither tool cuts weights into channels by itself."""
    place = vertex(facts.graph, node.id)
    record = record_of(place.call)
    biases = () if record is None else record.slots(Kind.BIAS)
    for slot, name in enumerate(node.inputs[:_MULTIPLIED]):
        stored = slot in place.constants
        if name and (static or (stored and slot not in biases)):
            yield name, _SCALE + (4 if stored and slot in biases else 1)
    if static:
        for tensor in node.outputs[:1]:
            yield tensor.name, _SCALE + 1


def _is_looked_up(facts: Facts, node: Node) -> bool:
    """Whether ``quantize_dynamic`` stores its table as integers, as ``CommonOpsRegistry`` has it:
    that of Gather, and those of the embedding of BERT with its normalisation."""
    record = record_of(vertex(facts.graph, node.id).call)
    if record is None or node.scope:
        return False
    fused = record.nature is Nature.EMBEDDING and bool(record.fuses)
    return fused or record.scaling is Scaling.GATHER


def _tables(facts: Facts) -> dict[str, int]:
    """Elements of the tables that are stored as integers, and that count at what reads the rows:
    where the rows are the same in every run, as positions are, these are weights of it."""
    found = {}
    for node in facts.nodes:
        if not node.composite and not node.params and _is_looked_up(facts, node):
            table = vertex(facts.graph, node.id).call.input(0)
            if table is not None and table.dtype == "float32":
                found[node.inputs[0]] = table.elements or 0
    return found


def _looked_up(facts: Facts, node: Node, tables: Mapping[str, int]) -> int:
    """Parameters of an operator that are rows of ``tables``."""
    if not (tables and node.params):
        return 0
    from analyzer.costs.origins import origins_of  # brings onnx, which ``check`` may do without

    origins = origins_of(facts.graph)
    if origins is None:
        return 0
    roots = {root for roots in origins.feeds(node.id).values() for root in roots}
    return sum(tables.get(origins.tensor(root).name, 0) for root in roots if not root[0])


def _floats(facts: Facts, node: Node) -> int:
    """Parameters of an operator that multiplies nothing, where they are float32."""
    place = vertex(facts.graph, node.id)
    stored = map(place.call.input, place.constants)
    return node.params if any(t is not None and t.dtype == "float32" for t in stored) else 0


def _biases(facts: Facts, node: Node) -> int:
    """Elements of constant biases: ``quantize_static`` makes them int32, the other leaves them."""
    place = vertex(facts.graph, node.id)
    record = record_of(place.call)
    slots = () if record is None else record.slots(Kind.BIAS)
    stored = [place.call.input(slot) for slot in slots if slot in place.constants]
    return sum(prod(side or 0 for side in t.shape) for t in stored if t is not None and t.shape)


def _added(facts: Facts, node: Node) -> int:
    """Of what goes into a layer, elements of its bias then."""
    record = record_of(vertex(facts.graph, node.id).call)
    adds = record is not None and record.neutral == 0
    return _floats(facts, node) if adds else _biases(facts, node)


def _converted(facts: Facts, node: Node, static: bool) -> int:
    """MACs of one execution that become products of integers."""
    place, whole = vertex(facts.graph, node.id), node.macs or 0
    kind, own = node.op_type, not place.call.domain
    product = own and _is_product(place)
    if node.scope:
        return 0
    if static:
        return whole if product else 0
    if own and kind == "LSTM":
        stored = all(producer(facts.graph, node.id, slot) is None for slot in (1, 2))
        return whole if stored and {1, 2} <= place.constants else 0
    if 1 not in place.constants:
        return 0
    if kind == "Attention" and place.call.domain == MICROSOFT:
        return min(whole, _projection(place))
    return whole if product and kind != "ConvTranspose" else 0


def _is_product(place: Vertex) -> bool:
    """Conv, ConvTranspose, Gemm and MatMul: what multiplies, and has kernels for integers."""
    record = record_of(place.call)
    return record is not None and record.integer and record.nature in _MULTIPLY


def _projection(place: Vertex) -> int:
    """MACs of (batch, length, in) by (in, 3 · out); 0 where unknown, or of a kind that stays."""
    tokens, weights = place.call.input(0), place.call.input(1)
    if tokens is None or weights is None or not tokens.shape or not weights.shape:
        return 0
    sides = (*tokens.shape, weights.shape[-1])
    if place.call.attr("qkv_hidden_sizes", None) is not None:
        return 0
    return prod(side or 0 for side in sides)
