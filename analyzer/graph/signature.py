"""What an operator is whatever its tensors are called.

In real models one operator in five is distinct: layers repeat themselves. What follows from the
signature alone (cost, the description of a convolution, tags) is computed once for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Hashable

    from analyzer.facts import Tensor
    from analyzer.graph.call import Call


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """Operator, attributes, operand types and known contents; equal ones are one object.

    Two operands may be one tensor; what tensors are called is no part of it.
    """

    call: Call
    """The first call that has it."""


class Signatures:
    """The signatures of one model, interned. What they are made of must outlive them."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Signature] = {}

    def of(self, call: Call) -> Signature:
        """The one signature that ``call`` has."""
        key = (
            call.op_type,
            call.domain,
            call.version,
            tuple([(name, _hashable(value)) for name, value in call.attributes.items()]),
            _types(call.inputs),
            _aliases(call.inputs),
            _types(call.outputs),
            tuple([None if array is None else _hashable(array) for array in call.values]),
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Signature(call)
        return found

    def __len__(self) -> int:
        return len(self._known)


def _types(tensors: tuple[Tensor | None, ...]) -> Hashable:
    return tuple([None if t is None else (t.dtype, t.shape) for t in tensors])


def _aliases(tensors: tuple[Tensor | None, ...]) -> Hashable:
    """Which operands are one tensor, where some are: ``x · x`` is not ``x · y``."""
    names = [t.name for t in tensors if t is not None]
    return () if len(set(names)) == len(names) else tuple(map(names.index, names))


def _hashable(value: Any) -> Hashable:
    """``value`` with its type: 1, 1.0 and True are equal, and not the same attribute."""
    if isinstance(value, (int, float, str)):
        return type(value), value
    if isinstance(value, tuple):
        return (*map(type, value[:1]), value)
    if isinstance(value, np.ndarray):
        contents = repr(value.tolist()) if value.dtype.hasobject else value.tobytes()
        return value.dtype.str, value.shape, contents
    return id(value)  # a message: the same one or not
