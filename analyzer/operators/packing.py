"""How many weights a packed tensor holds, by the documented layouts of ONNX Runtime's operators.

Source: ONNX Runtime, "Contrib Operators". Each function takes the call and the slot of the packed
input and returns its logical elements, or ``None`` where what says so is missing.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

BYTES = ("uint8", "int8")
"""Element types that may hold several packed values."""


def sides(*attributes: str) -> Callable[[Call, int], int | None]:
    """A weight whose logical sides are attributes, whatever blocks it is stored in.

    An empty tensor (ONNX Runtime omits that projection) holds nothing.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> stored = Tensor("b", "uint8", (11008, 128, 16))
    >>> call = Call("MatMulNBits", "com.microsoft", 1, {"K": 4096, "N": 11008}, (None, stored), ())
    >>> sides("N", "K")(call, 1)  # Llama-2-7B's gate projection
    45088768
    """

    def count(call: Call, slot: int) -> int | None:
        tensor = call.input(slot)
        if tensor is not None and tensor.elements == 0:
            return 0
        sizes = [call.attr(name) for name in attributes]
        return prod(sizes) if all(isinstance(s, int) and s > 0 for s in sizes) else None

    return count


def shape_input(slot: int) -> Callable[[Call, int], int | None]:
    """A weight whose logical shape is the contents of another input; else as wide as the output.

    MatMulFpQ4: ``B_shape`` holds (K, N); the output's last axis is N, the first input's is K.
    """

    def count(call: Call, packed: int) -> int | None:
        sizes = call.integers(slot)
        if sizes is not None and all(size >= 0 for size in sizes):
            return prod(sizes)
        ends = [t.shape[-1] if t is not None and t.shape else None
                for t in (call.input(0), call.output(0))]  # fmt: skip
        return None if None in ends else prod(end for end in ends if end is not None)

    return count


def bits(name: str, default: int, *fallbacks: str) -> Callable[[Call, int], int | None]:
    """Bytes that each hold 8 / bits values; the width is an attribute.

    ``fallbacks`` are attributes that speak where ``name`` is absent or 0. Elements that are not
    bytes are stored one by one.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> stored = Tensor("w", "uint8", (4, 64, 128))
    >>> call = Call("QMoE", "com.microsoft", 1, {"expert_weight_bits": 4}, (None, None, stored), ())
    >>> bits("fc1_expert_weight_bits", 4, "expert_weight_bits")(call, 2)
    65536
    """

    def count(call: Call, slot: int) -> int | None:
        tensor = call.input(slot)
        if tensor is None or tensor.elements is None:
            return None
        if tensor.dtype not in BYTES:
            return tensor.elements
        width = next((w for w in map(call.attr, (name, *fallbacks)) if w), default)
        return tensor.elements * 8 // width if 0 < width <= 8 else tensor.elements

    return count


def halves(call: Call, slot: int) -> int | None:
    """Bytes that hold two 4-bit values each; typed 4-bit elements are stored one by one."""
    tensor = call.input(slot)
    if tensor is None or tensor.elements is None:
        return None
    return tensor.elements * (2 if tensor.dtype in BYTES else 1)


def adapter(side: str, rank: int) -> Callable[[Call, int], int | None]:
    """A low-rank factor: attribute ``side`` times the rank, the first axis of input ``rank``."""

    def count(call: Call, slot: int) -> int | None:
        tensor, scales, width = call.input(slot), call.input(rank), call.attr(side)
        if tensor is not None and tensor.elements == 0:
            return 0
        size = scales.shape[0] if scales is not None and scales.shape else None
        return None if size is None or not width else size * int(width)

    return count


def rows_of(columns: int, axis: int) -> Callable[[Call, int], int | None]:
    """Packed rows ``(E, rows, bytes)`` whose logical width is ``axis`` of input ``columns``."""

    def count(call: Call, slot: int) -> int | None:
        tensor, other = call.input(slot), call.input(columns)
        if tensor is None or tensor.shape is None or other is None or not other.shape:
            return None
        sizes = (*tensor.shape[:-1], other.shape[axis])
        return None if None in sizes else prod(size for size in sizes if size is not None)

    return count


def row_width(attribute: str) -> Callable[[Call, int], int | None]:
    """Packed rows of a table whose logical width is an attribute."""

    def count(call: Call, slot: int) -> int | None:
        tensor, width = call.input(slot), call.attr(attribute)
        if tensor is None or not tensor.shape or None in tensor.shape or not width:
            return None
        return prod(size for size in tensor.shape[:-1] if size is not None) * int(width)

    return count
