"""Find the weights of a node in the file, and read them only where they are looked at."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from analyzer.graph.adjacency import call_of, producer, vertex
from analyzer.model.notes import as_text
from analyzer.model.rows import Rows
from analyzer.operators import record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from analyzer.digraph import Digraph
    from analyzer.facts import Facts
    from analyzer.model import Model
    from analyzer.weights.stored import Stored

    _Array = NDArray[np.generic]
    Part = tuple[str, object]

HOPS = 8
"""Identity operators in a row that are followed."""


class WeightSource:
    """The stored weights of operators, read when asked for.

    Sees initializers of the main graph and Constant nodes, also through Identity and through
    DequantizeLinear, whose result is computed for the rows that are looked at; and, given all
    ``stored`` tensors, in bodies and functions what none but one of them can be.
    """

    def __init__(self, model: Model, facts: Facts, stored: Iterable[Stored] = ()) -> None:
        self._payloads, self._graph = model.payloads, facts.graph
        self._stored = {tensor.name: tensor for tensor in model.proto.graph.initializer}
        self._inner = _inner(facts, stored)
        self._known: dict[str, list[Part | None]] = {}

    @contextmanager
    def opened(self, node: str) -> Iterator[Rows | None]:
        """Weights of ``node`` as ONNX stores them, or ``None``, for one look at them."""
        parts = self._parts(node)
        with ExitStack() as stack:
            rows = [stack.enter_context(self._rows(part[1])) if part else None for part in parts]
            if not rows or any(one is None for one in rows):
                yield None
                return
            found = [one for one in rows if one is not None]
            if len(found) == 1:
                yield found[0]
                return
            slot = self._slot(node)
            maker = None if slot is None else self._origin(node, slot)[0]
            axis = 1 if maker is None else int(call_of(self._graph, maker).attr("axis", 1))
            yield dequantized(found[0], found[1], found[2] if len(found) > 2 else None, axis)

    @contextmanager
    def operand(self, node: str, slot: int) -> Iterator[Rows | None]:
        """What input ``slot`` of ``node`` holds as it is stored, or ``None``, for one look."""
        part = self._tensor(node, slot)
        with self._rows(part[1] if part else None) as rows:
            yield rows

    def identity(self, node: str) -> tuple[str, ...]:
        """Names of the stored tensors that the weights of ``node`` are made of, if they are."""
        return tuple(part[0] for part in self._parts(node) if part is not None)

    def is_stored(self, node: str) -> bool:
        """Whether the file says what the weights of ``node`` are."""
        parts = self._parts(node)
        return bool(parts) and None not in parts

    @contextmanager
    def _rows(self, value: object) -> Iterator[Rows | None]:
        if isinstance(value, TensorProto):
            with self._payloads.opened(value) as rows:
                yield rows
        else:
            yield Rows.of(value) if isinstance(value, np.ndarray) else None

    def _parts(self, node: str) -> list[Part | None]:
        """The stored tensor, or stored weights, scale and perhaps zero point.

        ``None`` is in the place of what is there and not stored.
        """
        if node not in self._known:
            self._known[node] = self._found(node)
        return self._known[node]

    def _found(self, node: str) -> list[Part | None]:
        weight = self._slot(node)
        if weight is None:
            return []
        maker, _ = self._origin(node, weight)
        if maker is None or call_of(self._graph, maker).op_type != "DequantizeLinear":
            return [self._tensor(node, weight) or self._inner.get(node)]
        given = [slot for slot in range(3) if call_of(self._graph, maker).input(slot)]
        return [self._tensor(maker, slot) for slot in given]

    def _slot(self, node: str) -> int | None:
        """Input that holds weights stored as the real numbers they stand for."""
        return _plain_slot(self._graph, node) if node in self._graph else None

    def _tensor(self, node: str, slot: int) -> Part | None:
        """Name and contents of a stored operand: an initializer or a Constant."""
        maker, name = self._origin(node, slot)
        if maker is not None:
            call = call_of(self._graph, maker)
            return (maker, call.attr("value")) if call.op_type == "Constant" else None
        stored = self._stored.get(name)
        return None if stored is None else (name, stored)

    def _origin(self, node: str, slot: int) -> tuple[str | None, str]:
        """The operator that makes an operand, if one does, and the operand's name.

        Looks through Identity. Names inside of bodies and functions say nothing of initializers
        (an empty name).
        """
        name = ""
        for _ in range(HOPS):
            place = vertex(self._graph, node)
            tensor = place.call.input(slot)
            if tensor is None:
                return None, ""
            name = "" if place.scope else tensor.name
            maker = producer(self._graph, node, slot)
            if maker is None or call_of(self._graph, maker).op_type != "Identity":
                return maker, name
            node, slot = maker, 0
        return node, name


def _inner(facts: Facts, stored: Iterable[Stored]) -> dict[str, Part]:
    """Weights by operator inside of bodies and functions, where only one tensor can be meant."""
    inside = {
        (node.op_type, node.outputs[0].name): node.id
        for node in facts.nodes
        if node.scope and node.outputs
    }
    found: dict[str, dict[int, Part]] = {}
    for tensor in stored if inside else ():
        for use in tensor.uses:
            node = inside.get((use.op_type, next(iter(use.node.output), "")))
            if node is not None and use.slot == _plain_slot(facts.graph, node):
                name = f"{node}/{as_text(tensor.name)}"
                whole = (name, tensor.values) if use.as_stored else (name, None)
                found.setdefault(node, {})[id(tensor.values)] = whole
    return {
        node: part
        for node, parts in found.items()
        if len(parts) == 1 and (part := next(iter(parts.values())))[1] is not None
    }


def _plain_slot(graph: Digraph[str], node: str) -> int | None:
    record = record_of(call_of(graph, node))
    return None if record is None else record.plain_weight


def dequantized(stored: Rows, scale: Rows, zero: Rows | None, axis: int) -> Rows | None:
    """``(stored − zero) · scale`` with scales per tensor or along ``axis``; else ``None``."""
    if stored.ndim == 0:
        return None
    along = [1] * stored.ndim
    if scale.size != 1:
        fits = -stored.ndim <= axis < stored.ndim and scale.ndim == 1
        if not fits or scale.size != stored.shape[axis]:
            return None  # blocked quantisation
        along[axis] = scale.size
    if zero is not None and zero.size != scale.size:
        return None
    steps = np.asarray(scale.whole(), dtype=np.float32).reshape(along)
    zeros = None if zero is None else np.asarray(zero.whole(), dtype=np.float32).reshape(along)
    row = stored.size // len(stored) if len(stored) else 0
    first = (axis % stored.ndim) == 0 and scale.size != 1

    def read(start: int, stop: int) -> _Array:
        """Whole rows are computed, of which a part may be asked for."""
        if not row:
            return np.zeros(0, np.float32)
        top, bottom = start // row, -(-stop // row)
        real = np.asarray(stored[top:bottom], dtype=np.float32)
        part = slice(top, bottom) if first else slice(None)
        if zeros is not None:
            real = real - zeros[part]
        flat = (real * steps[part]).reshape(-1)
        return flat[start - top * row : stop - top * row]

    return Rows(np.dtype(np.float32), stored.shape, read)
