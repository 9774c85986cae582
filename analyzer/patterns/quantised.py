"""How far a model is quantised, and where floating point lies between its integers.

In the QDQ format (ONNX Runtime, "Quantize ONNX models") a float operator that reads
DequantizeLinear and is read by QuantizeLinear stands for an integer kernel, where there is one.
What is left is computed in floating point: an *island* is a connected part of it that integers
are converted to and back from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.costs.dequantized import dequantized_from
from analyzer.dataclass import dataclass
from analyzer.graph.adjacency import fed_by, producer, read_by, vertex
from analyzer.operators import record_of
from analyzer.operators.record import Nature
from analyzer.patterns.index import index_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.digraph import Digraph
    from analyzer.facts import Facts, Node
    from analyzer.graph.values import NodeView, Value

QUANTISE, DEQUANTISE = "QuantizeLinear", "DequantizeLinear"
MOST_TYPES = 4
"""Types of operators that are named."""
STEP_TOLERANCE = 0.01, 1e-6
"""How far the step of a bias may be from that of its sums, relative and absolute, for ONNX Runtime
to compute a convolution in integers (measured with 1.32)."""
_LAYER = ("data", "weights", "bias")
_STEPS = 8
_MOVES = frozenset({Nature.MOVEMENT, Nature.SELECTION, Nature.RESAMPLING})


@dataclass(frozen=True)
class Quantisation:
    """What is known of the quantisation of one model; each answer is found when asked for."""

    _facts: Facts = field(repr=False)

    @property
    def integer_macs(self) -> int:
        """MACs in integers of 8 bits or fewer, all executions."""
        return sum(n for name, n in self._by_precision if name.startswith("int"))

    @property
    def float_macs(self) -> int:
        """MACs in floating point, all executions."""
        return sum(n for name, n in self._by_precision if "float" in name)

    @property
    def float_share(self) -> float | None:
        """Share of the MACs that are in floating point; unknown without MACs."""
        every = self.integer_macs + self.float_macs
        return self.float_macs / every if every else None

    @property
    def float_layers(self) -> int:
        """Operators with MACs in floating point."""
        return sum(1 for n in self._facts.nodes if n.macs and "float" in n.precision)

    @property
    def integer_layers(self) -> int:
        """Operators with MACs in integers."""
        return sum(1 for n in self._facts.nodes if n.macs and n.precision.startswith("int"))

    @property
    def float_forms(self) -> int:
        """Operators with MACs in integers that the file writes in floating point, dequantised
        before and, as a rule, quantised behind (QDQ): a runtime decides how to compute them."""
        return len(self._float_forms)

    @property
    def signed_forms(self) -> int:
        """Convolutions among them whose data is int8. ONNX Runtime's kernels for x86 processors
        take uint8: it computes those only whose data and results it can turn into that itself."""
        return len(self._signed_forms)

    @property
    def unaligned(self) -> int:
        """Convolutions among them whose int32 bias counts in another step than their sums, so that
        ONNX Runtime (1.32) leaves them in floating point."""
        index = index_of(self._facts)
        return sum(_is_unaligned(index.operator(node.id)) for node in self._float_forms)

    @property
    def left_on_x86(self) -> int:
        """Convolutions that ONNX Runtime (1.32) leaves in floating point on x86 processors: those
        and the ones whose data or result stays int8, as its Q/DQ pair is read more than once."""
        return self.unaligned + len(self._kept_signed)

    @property
    def signed_macs(self) -> int:
        """MACs of those of them, all executions, that uint8 data would keep in integers."""
        return sum((node.macs or 0) * node.counted for node in self._kept_signed)

    @property
    def islands(self) -> int:
        """Groups of operators in floating point that integers are converted to and back from."""
        return len(self._islands)

    @property
    def island_operators(self) -> int:
        """Operators in those groups."""
        return sum(map(len, self._islands))

    @property
    def island_flops(self) -> int:
        """FLOPs of those operators that are known, all executions."""
        facts = self._facts
        nodes = (facts[key] for part in self._islands for key in part)
        return sum((node.flops or 0) * node.counted for node in nodes)

    @property
    def island_types(self) -> str:
        """Types of those operators, the most frequent first, e.g. ``LayerNormalization ×9``."""
        facts = self._facts
        counts = Counter(facts[key].op_type for part in self._islands for key in part)
        named = [f"{name} ×{n}" for name, n in counts.most_common(MOST_TYPES)]
        return ", ".join(named) + (" …" if len(counts) > MOST_TYPES else "")

    @property
    def _by_precision(self) -> Iterable[tuple[str, int]]:
        return self._facts.totals.macs_by_precision.items()

    @cached_property
    def _float_forms(self) -> list[Node]:
        return [n for n in self._facts.nodes if n.macs and _is_float_form(n)]

    @cached_property
    def _signed_forms(self) -> list[Node]:
        graph = self._facts.graph
        layers = [node for node in self._float_forms if node.op_type == "Conv"]
        makers = [(node, producer(graph, node.id, 0)) for node in layers]
        return [n for n, maker in makers if maker and dequantized_from(graph, maker) == "int8"]

    @cached_property
    def _kept_signed(self) -> list[Node]:
        index = index_of(self._facts)
        views = ((node, index.operator(node.id)) for node in self._signed_forms)
        return [n for n, view in views if not _is_unaligned(view) and _stays_signed(view)]

    @cached_property
    def _islands(self) -> list[list[str]]:
        facts = self._facts
        types = {node.op_type for node in facts.nodes}
        return _find_islands(facts) if {QUANTISE, DEQUANTISE} <= types else []


def in_proportion(
    these: Sequence[float], those: Sequence[float], ratio: float, relative: float, absolute: float
) -> bool | None:
    """Whether each of ``these`` is ``ratio`` times that of ``those``, or nearly so.

    A list of one number is that number everywhere; unknown where the lengths do not fit, or there
    is nothing to compare. Nearly: within ``absolute`` + ``relative`` · what it should be.

    >>> in_proportion([0.001, 0.002], [0.01, 0.021], 0.1, 0.01, 0.0)
    False
    """
    length = max(len(these), len(those))
    if not (these and those) or {len(these), len(those)} - {1, length}:
        return None
    pairs = zip(_stretched(these, length), _stretched(those, length), strict=True)
    return all(
        abs(this - ratio * that) <= absolute + relative * abs(ratio * that) for this, that in pairs
    )


def _stretched(numbers: Sequence[float], length: int) -> Sequence[float]:
    return numbers if len(numbers) == length else [numbers[0]] * length


def _is_float_form(node: Node) -> bool:
    """Whether it multiplies integers, by what comes before it, but makes floating point."""
    made = node.outputs[0].dtype if node.outputs else None
    return (
        node.domain in ("", "ai.onnx")
        and node.precision.startswith("int")
        and (made or "").startswith(("float", "bfloat"))
    )


def _is_unaligned(node: NodeView) -> bool:
    """Whether ONNX Runtime's test of a convolution's bias fails (QDQ selector, 1.32)."""
    if node.node.op_type != "Conv" or len(node.inputs) < len(_LAYER):
        return False
    makers = [_behind(value) for value in node.inputs[: len(_LAYER)]]
    slots = [maker.inputs for maker in makers if maker is not None]
    if len(slots) < len(_LAYER) or (slots[2][0] and slots[2][0].dtype) != "int32":
        return False
    data, weights, bias = ((inputs[1].values if inputs[1] else None) or () for inputs in slots)
    if len(data) != 1:
        return False
    return in_proportion(bias, weights, data[0], *STEP_TOLERANCE) is False


def _stays_signed(node: NodeView) -> bool:
    """Whether data or result of a convolution is an int8 tensor that is read more than once: ONNX
    Runtime turns a quantiser into one of uint8 where a single operator reads what it makes."""
    before = _behind(node.inputs[0])
    data = before.inputs[0] if before is not None else None
    readers = _readers(node.outputs[0])
    alone = len(readers) == 1 and readers[0].node.op_type == QUANTISE
    return any(_is_shared(value) for value in (data, readers[0].outputs[0] if alone else None))


def _is_shared(value: Value | None) -> bool:
    if value is None:
        return False
    pairs = _readers(value)
    reads = [reader for pair in pairs for reader in _readers(pair.outputs[0])]
    return value.is_output or len(pairs) > 1 or len(reads) > 1


def _readers(value: Value | None, steps: int = _STEPS) -> list[NodeView]:
    """Operators that read it, behind what only passes it on."""
    found: list[NodeView] = []
    for reader in value.readers if value is not None else ():
        passes = reader.node.op_type == "Identity" and steps
        found += _readers(reader.outputs[0], steps - 1) if passes else [reader]
    return found


def _behind(value: Value | None) -> NodeView | None:
    """The DequantizeLinear that makes ``value``, behind what only passes it on."""
    for _ in range(_STEPS):
        maker = value.producer if value is not None else None
        if maker is None or maker.node.op_type != "Identity":
            return maker if maker is not None and maker.node.op_type == DEQUANTISE else None
        value = maker.inputs[0]
    return None


def quantisation_of(facts: Facts) -> Quantisation:
    """What is known of the quantisation of a model, found when first asked for."""
    return facts.once(Quantisation)


def _find_islands(facts: Facts) -> list[list[str]]:
    """Connected parts of what is in floating point that read integers and are read as such."""
    graph = facts.graph
    inside = {node.id for node in facts.nodes if not node.scope and _in_float(graph, node)}
    found, seen = [], set[str]()
    for start in (node.id for node in facts.nodes if node.id in inside):
        if start in seen:
            continue
        part, todo, reads, written = [], [start], False, False
        seen.add(start)
        while todo:
            node = todo.pop()
            part.append(node)
            for near, forwards in _neighbours(graph, node):
                if near in inside:
                    if near not in seen:
                        seen.add(near)
                        todo.append(near)
                    continue
                kind = vertex(graph, near).call.op_type
                reads |= not forwards and kind == DEQUANTISE and _is_data(graph, near)
                written |= forwards and kind == QUANTISE
        if reads and written:
            found.append(part)
    return found


def _neighbours(graph: Digraph[str], node: str) -> Iterable[tuple[str, bool]]:
    """Operators next to ``node``, and whether they come after it."""
    yield from ((tail, False) for tail, _ in fed_by(graph, node))
    yield from ((head, True) for head, _ in read_by(graph, node))


def _is_data(graph: Digraph[str], dequantise: str) -> bool:
    """Whether it dequantises what flows, not weights."""
    return 0 not in vertex(graph, dequantise).constants


def _in_float(graph: Digraph[str], node: Node) -> bool:
    """Whether ``node`` makes floating point of what flows and stands for no integer kernel."""
    place = vertex(graph, node.id)
    dtype = node.outputs[0].dtype if node.outputs else None
    if node.op_type in (QUANTISE, DEQUANTISE) or not (dtype or "").startswith(("float", "bfloat")):
        return False
    fed = [tail for tail, edge in fed_by(graph, node.id) if edge.slot is not None]
    if not fed:
        return False
    record = record_of(place.call)
    if record is not None and record.nature in (*_MOVES, Nature.STATIC, Nature.CONVERSION):
        return False  # converts on neither side: it may as well move integers
    has_kernel = record is not None and record.integer
    before = {_made_by(graph, tail) for tail in fed} <= {DEQUANTISE, "Constant"}
    after = {vertex(graph, head).call.op_type for head, _ in read_by(graph, node.id)}
    return not (has_kernel and before and _requantised(graph, node.id, after))


def _made_by(graph: Digraph[str], node: str) -> str:
    """Type of the operator that made a value, behind what only passes it on."""
    for _ in range(_STEPS):
        call = vertex(graph, node).call
        before = producer(graph, node) if call.op_type == "Identity" else None
        if before is None:
            return call.op_type
        node = before
    return ""


def _requantised(graph: Digraph[str], node: str, after: set[str]) -> bool:
    """Whether all that reads it is QuantizeLinear, behind an activation perhaps."""
    if after == {QUANTISE}:
        return True
    heads = [head for head, _ in read_by(graph, node)]
    behind = record_of(vertex(graph, heads[0]).call) if len(heads) == 1 else None
    if behind is None or not behind.clamps:
        return False
    return {vertex(graph, h).call.op_type for h, _ in read_by(graph, heads[0])} == {QUANTISE}
