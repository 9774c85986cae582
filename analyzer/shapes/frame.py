"""An instance under construction: names, types and values in nested scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.graph.tensors import decode_tensor
from analyzer.shapes.types import UNKNOWN, Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import onnx

    from analyzer.arrays import Elements
    from analyzer.graph.scope import Op, Scope
    from analyzer.shapes.instance import Instance


MAX_RANK = 64
"""Axes of a derived shape; those of the file's own shapes are limited when it is read."""


class Room:
    """Memory for contents known before run time, of all instances together."""

    __slots__ = ("full_at", "left")

    def __init__(self, size: int) -> None:
        self.left: int = size
        """Bytes."""
        self.full_at: str | None = None
        """Identity of the first operator whose contents were not kept for lack of room."""

    def take(self, array: Elements) -> bool:
        """Whether there is room for ``array``, which then is taken."""
        # An element of a partly known array is a pointer to a Python integer.
        size = array.nbytes if array.dtype != object else 40 * array.size
        if size > self.left:
            return False
        self.left -= size
        return True


class Frame:
    """Name look-up through enclosing scopes."""

    __slots__ = ("attributes", "instance", "opsets", "parent", "room", "scope")

    def __init__(
        self,
        instance: Instance,
        scope: Scope,
        parent: Frame | None,
        attributes: Mapping[str, onnx.AttributeProto],
        room: Room,
    ) -> None:
        self.instance: Instance = instance
        self.scope: Scope = scope
        self.parent: Frame | None = parent
        self.room: Room = room
        self.attributes: Mapping[str, onnx.AttributeProto] = attributes
        """Attributes of the function call this frame belongs to."""
        self.opsets: Mapping[str, int] = scope.opsets

    def type(self, name: str) -> Type:
        frame: Frame | None = self
        while frame is not None:
            found = frame.instance.types.get(name)
            if found is not None:
                return found
            frame = frame.parent
        return UNKNOWN

    def value(self, name: str) -> Elements | None:
        """Contents of ``name`` if small and known."""
        frame: Frame | None = self
        while frame is not None:
            found = frame.instance.values.get(name)
            if found is not None:
                return found
            tensor = frame.scope.constants.get(name)
            if tensor is not None:
                if name in frame.scope.twice:
                    return None
                array: Elements | None = decode_tensor(tensor)
                if array is not None:
                    frame.keep(name, array)
                return array
            if name in frame.instance.types:
                return None
            frame = frame.parent
        return None

    def place(self, op: Op) -> str:
        """Identity of ``op`` for messages."""
        name = next((n for n in op.outputs if n), op.name or op.op_type)
        return f"{self.instance.path}/{name}" if self.instance.path else name

    def keep(self, name: str, contents: Elements) -> None:
        """Remember the contents of ``name``, if there is room for more.

        What was taken from the known elements of a partly known array is known as a whole.
        """
        if contents.dtype == object and all(item is not None for item in contents.flat):
            contents = contents.astype(np.int64)
        if self.room.take(contents):
            self.instance.values[name] = contents
        elif self.room.full_at is None:
            path = self.instance.path
            self.room.full_at = f"{path}/{name}" if path else name

    def set(self, name: str, value: Type) -> None:
        """Record the type of an output; an omitted output (empty name) is ignored.

        Shape arithmetic of a hostile file may end in sizes below 0 or in any number of axes.
        """
        if not name:
            return
        shape = value.shape
        if shape is not None and len(shape) > MAX_RANK:
            value = Type(value.dtype)
        elif shape is not None and any(d is not None and d < 0 for d in shape):
            value = Type(value.dtype, tuple(None if d is None or d < 0 else d for d in shape))
        self.instance.types[name] = value


def make_call(
    op: Op,
    attributes: Mapping[str, Any],
    inputs: Sequence[Type],
    outputs: Sequence[Type],
    version: int,
    values: Sequence[Elements | None],
) -> Call:
    """The view of an operator that shape rules and cost formulas work on."""
    return Call(
        op.op_type,
        op.domain,
        version,
        attributes,
        tuple(
            Tensor(n, t.dtype, t.shape) if n else None
            for n, t in zip(op.inputs, inputs, strict=True)
        ),
        tuple(
            Tensor(n, t.dtype, t.shape) if n else None
            for n, t in zip(op.outputs, outputs, strict=False)
        ),
        tuple(values),
    )
