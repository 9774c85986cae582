"""One call of an operator as a target sees it: after folding, before anything is assumed."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onnx import defs

from analyzer.dataclass import dataclass
from analyzer.graph.attributes import decode_attribute

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from analyzer.arrays import Elements
    from analyzer.facts import Shape
    from analyzer.graph.scope import Op
    from analyzer.targets.signatures import Version


@dataclass(slots=True, eq=False)
class TensorValue:
    """A tensor of the model; one object for each."""

    dtype: str | None = None
    """In the short spelling of ``analyzer.targets.dtypes``; ``None`` if unknown."""
    shape: Shape = None
    constant: bool | None = False
    """Known before the model runs; ``None`` where it depends on the runtime."""
    content: Elements | None = None
    """Elements of a small constant."""
    maker: int = -1
    """Index of the node that makes it; -1 for none."""
    maker_type: str = ""
    """Operator type of that node."""
    long_dtype: str | None = None
    """As ``facts.Tensor.dtype``."""
    proto: bytes | None = None
    """TypeProto of what is no dense tensor."""

    def key(self) -> Hashable:
        """Everything that a condition can look at."""
        content = self.content
        told: Hashable = None
        if content is not None:
            told = repr(content.tolist()) if content.dtype.hasobject else content.tobytes()
        return self.dtype, self.shape, self.constant, told, self.maker_type

    def outline(self) -> Hashable:
        """What is told of its sizes, if not what they are."""
        shape = self.shape
        told = None if shape is None else (len(shape), None in shape, 0 in shape)
        return self.dtype, told, self.constant, self.proto is None, self.maker_type


@dataclass(slots=True, eq=False)
class Use:
    """An operator with its operands."""

    op_type: str
    domain: str
    opset: int
    """Imported version of the domain."""
    attributes: Mapping[str, Any]
    """As the file states them, decoded."""
    inputs: tuple[TensorValue | None, ...]
    outputs: tuple[TensorValue | None, ...]
    op: Op
    site: str
    """Identity, as ``facts.Node.id``."""
    version: Version | None = None
    """The operator's version in force; ``None`` where nobody knows it."""
    local: bool = False
    """A call of a local function of the model."""
    parting: tuple[tuple[int, tuple[int, int]], ...] = ()
    """Outputs, by slot, of an If whose branches give them different ranks, and these; none where
    the branch may be settled before the model runs."""
    _key: Hashable = field(default=None, repr=False)
    _outline: Hashable = field(default=None, repr=False)
    typed: dict[str, list[tuple[str, TensorValue]]] = field(
        default_factory=dict, init=False, repr=False
    )
    """Operands by what a table calls their type, as ``judge.typed`` finds them."""

    @property
    def since(self) -> int:
        """Version of the operator that is in force."""
        return self.version.since if self.version is not None else self.opset

    @property
    def given(self) -> list[TensorValue]:
        """Inputs that are not left out."""
        return [value for value in self.inputs if value is not None]

    def input(self, slot: int) -> TensorValue | None:
        """``None`` where it is left out."""
        return self.inputs[slot] if slot < len(self.inputs) else None

    def key(self) -> Hashable:
        """Equal for calls that no condition can tell apart."""
        if self._key is None:
            self._key = (
                self.op_type, self.domain, self.since, self.local, self.parting,
                tuple([(a.name, a.SerializeToString()) for a in self.op.proto.attribute
                       if not a.HasField("g")]) if self.op.attributes else (),
                tuple([None if v is None else v.key() for v in self.inputs]),
                tuple([None if v is None else (v.dtype, v.shape) for v in self.outputs]),
            )  # fmt: skip
        return self._key

    def outline(self) -> Hashable:
        """Equal for calls that no condition can tell apart that looks at neither sizes, contents
        nor attributes."""
        if self._outline is None:
            self._outline = (
                self.op_type, self.domain, self.since, self.local, self.parting,
                tuple([None if v is None else v.outline() for v in self.inputs]),
                tuple([None if v is None else v.outline() for v in self.outputs]),
            )  # fmt: skip
        return self._outline

    def attribute(self, name: str) -> Any:
        """Its value, else ONNX's default; ``UNKNOWN`` or ``NO_SUCH`` if there is none."""
        if name in self.attributes:
            return self.attributes[name]
        stated = defaults(self.op_type, self.opset, self.domain)
        if stated is None:
            return UNKNOWN
        return stated.get(name, NO_SUCH)


class _Mark:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


UNKNOWN = _Mark("not known")
"""Nobody says what an attribute's default is."""
NO_SUCH = _Mark("no such attribute")
"""This version of the operator has no such attribute."""
UNSET = _Mark("not stated")
"""The attribute is optional and has no default."""


@lru_cache(maxsize=2048)
def defaults(op_type: str, opset: int, domain: str) -> dict[str, Any] | None:
    """Defaults of all attributes by onnx's schema; ``None`` where onnx has none."""
    schema = _schema(op_type, opset, domain)
    if schema is None:
        return None
    return {name: _default(attribute) for name, attribute in schema.attributes.items()}


@lru_cache(maxsize=2048)
def formals(op_type: str, opset: int, domain: str) -> tuple[str, ...]:
    """What onnx's schema calls the inputs, in order; empty where onnx has none.

    >>> formals("Resize", 17, ""), formals("Resize", 17, "com.acme")
    (('X', 'roi', 'scales', 'sizes'), ())
    """
    schema = _schema(op_type, opset, domain)
    return tuple(formal.name for formal in schema.inputs) if schema is not None else ()


def _schema(op_type: str, opset: int, domain: str) -> defs.OpSchema | None:
    try:
        return defs.get_schema(op_type, max(1, min(opset, 2**31 - 1)), domain)
    except defs.SchemaError:
        return None


def _default(attribute: defs.OpSchema.Attribute) -> Any:
    value = attribute.default_value
    return decode_attribute(value) if value.type else UNSET
