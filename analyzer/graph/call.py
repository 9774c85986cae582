"""One operator call as a cost formula or shape rule sees it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.arrays import Elements
    from analyzer.facts import Dim, Tensor


MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What rules and formulas meet in a node that lacks what its specification demands."""


class Unknown(Exception):  # noqa: N818 - a control-flow signal, not a failure of the tool
    """A formula cannot give a number; ``str()`` says why, in one short clause."""


class Contradiction(Unknown):
    """The operands cannot be what the operator takes; no runtime would run this."""


@dataclass(frozen=True, slots=True)
class Call:
    """An operator with typed inputs and outputs, for one execution."""

    op_type: str
    domain: str
    """``""`` for ai.onnx."""
    version: int
    """Imported opset version of ``domain``."""
    attributes: Mapping[str, Any]
    """int, float, str, tuples of these, or ``numpy.ndarray`` for tensors."""
    inputs: tuple[Tensor | None, ...]
    """``None`` for an omitted optional input."""
    outputs: tuple[Tensor | None, ...]
    values: tuple[Elements | None, ...] = ()
    """Contents of inputs that are small and known before run time, else ``None``."""

    def input(self, index: int) -> Tensor | None:
        """Input ``index`` or ``None`` where it is omitted."""
        return self.inputs[index] if index < len(self.inputs) else None

    def output(self, index: int = 0) -> Tensor | None:
        return self.outputs[index] if index < len(self.outputs) else None

    def shape(self, index: int) -> tuple[int, ...]:
        """Fully known shape of input ``index``; raises ``Unknown`` otherwise."""
        return _known(self.input(index), f"input {index}")

    def out_shape(self, index: int = 0) -> tuple[int, ...]:
        """Fully known shape of output ``index``; raises ``Unknown`` otherwise."""
        return _known(self.output(index), f"output {index}")

    def dims(self, index: int) -> tuple[Dim, ...]:
        """Shape of input ``index``, unknown sizes included; raises ``Unknown`` without a rank."""
        tensor = self.input(index)
        if tensor is None or tensor.shape is None:
            raise Unknown(f"rank of input {index} is unknown")
        return tensor.shape

    def size(self, index: int) -> int:
        """Known number of elements of input ``index``."""
        return _size(self.input(index), f"input {index}")

    def out_size(self, index: int = 0) -> int:
        """Known number of elements of output ``index``."""
        return _size(self.output(index), f"output {index}")

    def integers(self, index: int) -> tuple[int, ...] | None:
        """Contents of integer input ``index``; ``None`` where they are unknown or no integers."""
        value = self.values[index] if index < len(self.values) else None
        if value is None or value.dtype.kind not in "iu":
            return None
        return tuple(value.ravel().tolist())

    def reals(self, index: int) -> tuple[float, ...] | None:
        """Contents of floating-point input ``index``; ``None`` where one is unknown or infinite."""
        value = self.values[index] if index < len(self.values) else None
        if value is None or value.dtype.kind != "f":
            return None
        numbers: tuple[float, ...] = tuple(value.ravel().tolist())
        return numbers if all(map(isfinite, numbers)) else None

    def attr(self, name: str, default: Any = None) -> Any:
        return self.attributes.get(name, default)


def _known(tensor: Tensor | None, what: str) -> tuple[int, ...]:
    if tensor is None:
        raise Unknown(f"{what} is missing")
    if tensor.shape is None or None in tensor.shape:
        raise Unknown(f"shape of {what} ({tensor.name}) is unknown")
    return cast("tuple[int, ...]", tensor.shape)


def _size(tensor: Tensor | None, what: str) -> int:
    if tensor is None:
        raise Unknown(f"{what} is missing")
    elements = tensor.elements
    if elements is None:
        raise Unknown(f"shape of {what} ({tensor.name}) is unknown")
    return elements
