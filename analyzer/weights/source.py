"""Find the weight tensor of a node in the file, and read it only when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from analyzer.graph.adjacency import call_of, producer, vertex
from analyzer.operators import record_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.facts import Facts
    from analyzer.model import Model

    Array = NDArray[np.generic]

HOPS = 8
"""Identity operators in a row that are followed."""


class WeightSource:
    """The stored weights of the main graph's operators, read when asked for.

    Sees initializers and Constant nodes, also through Identity and through DequantizeLinear
    (then a float32 copy of that one tensor). What is mapped is not copied.
    """

    def __init__(self, model: Model, facts: Facts) -> None:
        self._payloads, self._graph = model.payloads, facts.graph
        self._stored = {tensor.name: tensor for tensor in model.proto.graph.initializer}

    def __call__(self, node: str) -> Array | None:
        """Weights of ``node`` as ONNX stores them, or ``None``."""
        parts = self._parts(node)
        if None in parts:
            return None
        arrays = [self._read(part[1]) for part in parts if part is not None]
        if len(arrays) < 2 or any(array is None for array in arrays):
            return arrays[0] if len(arrays) == 1 else None
        slot = self._slot(node)
        maker = None if slot is None else self._origin(node, slot)[0]
        axis = 1 if maker is None else int(call_of(self._graph, maker).attr("axis", 1))
        return dequantize(arrays[0], arrays[1], arrays[2] if len(arrays) > 2 else None, axis)

    def identity(self, node: str) -> tuple[str, ...]:
        """Names of the stored tensors that the weights of ``node`` are made of, if they are."""
        return tuple(part[0] for part in self._parts(node) if part is not None)

    def elsewhere(self, node: str) -> bool:
        """Whether the file says that the weights of ``node`` are in another file."""
        return any(
            isinstance(part[1], TensorProto) and part[1].data_location == TensorProto.EXTERNAL
            for part in self._parts(node)
            if part is not None
        )

    def _read(self, value: object) -> Array | None:
        if isinstance(value, TensorProto):
            return self._payloads.array(value)
        return value if isinstance(value, np.ndarray) else None

    def _parts(self, node: str) -> list[tuple[str, object] | None]:
        """The stored tensor, or stored weights, scale and perhaps zero point.

        ``None`` is in the place of what is there and not stored.
        """
        weight = self._slot(node)
        if weight is None:
            return []
        maker, _ = self._origin(node, weight)
        if maker is None or call_of(self._graph, maker).op_type != "DequantizeLinear":
            return [self._tensor(node, weight)]
        given = [slot for slot in range(3) if call_of(self._graph, maker).input(slot)]
        return [self._tensor(maker, slot) for slot in given]

    def _slot(self, node: str) -> int | None:
        """Input that holds weights stored as the real numbers they stand for."""
        record = record_of(call_of(self._graph, node)) if node in self._graph else None
        return None if record is None else record.plain_weight

    def _tensor(self, node: str, slot: int) -> tuple[str, object] | None:
        """Name and contents of a stored operand: an initializer or a Constant."""
        maker, name = self._origin(node, slot)
        if maker is not None:
            call = call_of(self._graph, maker)
            return (maker, call.attr("value")) if call.op_type == "Constant" else None
        stored = self._stored.get(name)
        return None if stored is None else (name, stored)

    def _origin(self, node: str, slot: int) -> tuple[str | None, str]:
        """The operator that makes an operand, if one does, and the operand's name.

        Looks through Identity, and not into or out of bodies and functions (an empty name).
        """
        name = ""
        for _ in range(HOPS):
            place = vertex(self._graph, node)
            tensor = place.call.input(slot)
            if tensor is None or place.scope:
                return None, ""
            name = tensor.name
            maker = producer(self._graph, node, slot)
            if maker is None or call_of(self._graph, maker).op_type != "Identity":
                return maker, name
            node, slot = maker, 0
        return node, name


def dequantize(
    stored: Array | None, scale: Array | None, zero: Array | None, axis: int
) -> NDArray[np.float32] | None:
    """``(stored − zero) · scale`` with scales per tensor or along ``axis``; else ``None``."""
    if stored is None or scale is None or stored.ndim == 0:
        return None
    along = [1] * stored.ndim
    if scale.size != 1:
        fits = -stored.ndim <= axis < stored.ndim and scale.ndim == 1
        if not fits or scale.size != stored.shape[axis]:
            return None  # blocked quantisation
        along[axis] = scale.size
    if zero is not None and zero.size != scale.size:
        return None
    real = np.asarray(stored, dtype=np.float32)
    if zero is not None:
        real = real - np.asarray(zero, dtype=np.float32).reshape(along)
    return real * np.asarray(scale, dtype=np.float32).reshape(along)
