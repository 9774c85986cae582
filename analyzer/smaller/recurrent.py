"""Recurrent layers: what one time step costs, and what smaller layers would.

With D directions, g gates (RNN 1, GRU 3, LSTM 4), I inputs and H units a step takes
``D · g · H · (I + H)`` multiply-accumulates and as many weights, and ``2 · D · g · H`` biases
(ONNX operator specification). A GRU in the place of an LSTM has three gates for four.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import BITS
from analyzer.graph.adjacency import producer, vertex
from analyzer.operators import record_of
from analyzer.operators.record import Nature
from analyzer.smaller.origins import origins

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node, Tensor
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.call import Call
    from analyzer.smaller.origins import Place

LSTM = "LSTM"
WEIGHTS = (1, 2)
"""Slots of the weights on inputs and on the state."""
BIAS, PEEPHOLES = 3, 7
STATES = {LSTM: 2}
"""Vectors that a layer hands from step to step, where it is not one."""


@dataclass(frozen=True, slots=True)
class RecurrentLayer:
    """One RNN, GRU or LSTM."""

    node: str
    """``Node.id``."""
    operator: str
    directions: int
    steps: int
    """Time steps of all executions; of one that is not counted those of a run, 0 if unknown."""
    macs: int
    """Of all steps in all executions."""
    weights: int
    """Elements of the weights of both kinds, where this layer is the first to use them."""
    biases: int
    """Elements of the bias, likewise."""
    bits: int
    """Of an element."""
    state_bytes: int | None
    """What the layer hands from step to step; ``None`` if unknown."""
    peepholes: bool
    stored: bool
    """The file stores its weights as they are, and it is in no body: quantisers read initializers
    alone, and look into no bodies."""

    @property
    def macs_per_step(self) -> int:
        return self.macs // self.steps


@dataclass(frozen=True, slots=True)
class Recurrent:
    """The recurrent layers of a model, those in float that run."""

    layers: tuple[RecurrentLayer, ...]
    others: tuple[RecurrentLayer, ...] = ()
    """Those in the file besides, of which no MACs are counted: in a branch in the place of which
    another counts, or of unknown cost."""

    @property
    def macs(self) -> int:
        """Of all of them."""
        return sum(layer.macs for layer in self.layers)

    @property
    def macs_per_step(self) -> int:
        """Of one step of each."""
        return sum(layer.macs_per_step for layer in self.layers)

    @property
    def state_bytes(self) -> int | None:
        """What all of them hand from step to step."""
        found = [layer.state_bytes for layer in self.layers]
        return None if None in found else sum(size for size in found if size is not None)

    @property
    def bidirectional(self) -> tuple[RecurrentLayer, ...]:
        """Those that read the sequence backwards, too."""
        return tuple(layer for layer in self.layers if layer.directions == 2)

    @property
    def back_and_forth(self) -> tuple[RecurrentLayer, ...]:
        """Those to which the direction is anything, ``others`` too: in a single step both read the
        same."""
        return tuple(layer for layer in (*self.layers, *self.others)
                     if layer.directions == 2 and layer.steps != 1)  # fmt: skip

    @property
    def lstm(self) -> tuple[RecurrentLayer, ...]:
        """Those that a GRU of as many units can replace, ``others`` too: without peepholes."""
        return tuple(layer for layer in (*self.layers, *self.others)
                     if layer.operator == LSTM and not layer.peepholes)  # fmt: skip

    def gru_saves(self) -> tuple[int, int]:
        """(MACs, bytes) fewer with a GRU in the place of every LSTM: a gate of four."""
        macs = sum(layer.macs // 4 for layer in self.lstm)
        held = sum((layer.weights + layer.biases) // 4 * layer.bits // 8 for layer in self.lstm)
        return macs, held

    def forward_saves(self) -> tuple[int, int]:
        """(MACs, bytes) fewer without the backward direction, in these layers alone: what reads
        them is half as wide too."""
        macs = sum(layer.macs // 2 for layer in self.back_and_forth)
        held = sum((layer.weights + layer.biases) // 2 * layer.bits // 8
                   for layer in self.back_and_forth)  # fmt: skip
        return macs, held

    def integer_saves(self) -> int:
        """Bytes fewer with the weights of every LSTM in int8, as ONNX Runtime's
        DynamicQuantizeLSTM has them: a float32 scale and a zero point of a byte for either kind of
        weights in each direction."""
        return sum(
            layer.weights * layer.bits // 8 - layer.weights - 2 * layer.directions * (4 + 1)
            for layer in self._quantisable
            if layer.weights
        )

    @property
    def integer_macs(self) -> int:
        """MACs of float32 that become products of integers with that."""
        return sum(layer.macs for layer in self._quantisable if layer.bits == 32)

    @property
    def integer_nodes(self) -> tuple[str, ...]:
        """Their operators."""
        return tuple(layer.node for layer in self._quantisable)

    @property
    def _quantisable(self) -> tuple[RecurrentLayer, ...]:
        return tuple(layer for layer in self.lstm if layer.bits > 8 and layer.stored)


def recurrent(facts: Facts) -> Recurrent | None:
    """The recurrent layers of a model; ``None`` where none of known cost runs."""
    found: dict[bool, list[RecurrentLayer]] = {True: [], False: []}
    used: dict[frozenset[Place], int] = {}
    for node in facts.nodes:
        if node.composite:
            continue
        place = vertex(facts.graph, node.id)
        record = record_of(place.call)
        if record is None or record.nature is not Nature.RECURRENT or record.domain:
            continue
        call = place.call
        taken = {slot: _first_used(facts, node, slot, call.input(slot), used)
                 for slot in (*WEIGHTS, BIAS) if slot in place.constants}  # fmt: skip
        counts = bool(node.macs and node.counted)
        found[counts].append(
            RecurrentLayer(
                node.id,
                call.op_type,
                2 if call.attr("direction", "forward") == "bidirectional" else 1,
                _steps(call) * (node.counted if counts else 1),
                (node.macs or 0) * node.counted,
                sum(taken.get(slot, 0) for slot in WEIGHTS),
                taken.get(BIAS, 0),
                BITS.get(_dtype(call.input(1)), 32),
                _state(place),
                call.input(PEEPHOLES) is not None,
                not node.scope
                and all(producer(facts.graph, node.id, slot) is None for slot in WEIGHTS),
            )
        )
    return Recurrent(tuple(found[True]), tuple(found[False])) if found[True] else None


def _first_used(
    facts: Facts, node: Node, slot: int, tensor: Tensor | None, used: dict[frozenset[Place], int]
) -> int:
    """Elements of an operand that none of ``used`` has taken of what it is made of."""
    size, made_of = _elements(tensor), origins(facts, node.id, slot)
    key = frozenset(made_of) or frozenset({(node.scope, node.inputs[slot])})
    free = (sum(made_of.values()) or size) - used.get(key, 0)
    used[key] = used.get(key, 0) + min(size, free)
    return min(size, free)


def _steps(call: Call) -> int:
    """Time steps of one execution; 0 if unknown."""
    sequence = call.input(0)
    if sequence is None or sequence.shape is None or len(sequence.shape) != 3:
        return 0
    return sequence.shape[1 if call.attr("layout", 0) else 0] or 0


def _elements(tensor: Tensor | None) -> int:
    return 0 if tensor is None else tensor.elements or 0


def _dtype(tensor: Tensor | None) -> str:
    return "" if tensor is None else tensor.dtype or ""


def _state(place: Vertex) -> int | None:
    """Bytes of ``Y_h`` and, of an LSTM, ``Y_c``: directions, batch and units."""
    sequence, weights = place.call.input(0), place.call.input(2)
    if sequence is None or weights is None or not sequence.shape or not weights.shape:
        return None
    batch = sequence.shape[0 if place.call.attr("layout", 0) else 1]
    if None in (batch, *weights.shape) or len(weights.shape) != 3:
        return None
    sides = (batch or 0, weights.shape[0] or 0, weights.shape[2] or 0)
    return prod(sides) * STATES.get(place.call.op_type, 1) * BITS.get(_dtype(sequence), 32) // 8
