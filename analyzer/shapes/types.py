"""Value types of the shape pass and their TypeProto form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from onnx import TypeProto

from analyzer.model.dtypes import DTYPES, NUMBERS

if TYPE_CHECKING:
    from analyzer.facts import Shape


@dataclass(slots=True)
class Type:
    """Element type and shape of a value; ``proto`` only for sequences, optionals and maps."""

    dtype: str | None = None
    shape: Shape = None
    proto: bytes | None = None
    """Serialised TypeProto of a value that is not a tensor."""
    items: tuple[Type, ...] | None = None
    """Types of a sequence's elements, one by one; ``None`` if their number is not known."""


UNKNOWN = Type()


def decode_type(proto: TypeProto) -> Type:
    """Type of ``proto``; symbolic, absent and negative dims are unknown.

    ``dim_value`` 0 is a legal empty dimension and is kept.
    """
    kind = proto.WhichOneof("value")
    if kind in ("tensor_type", "sparse_tensor_type"):
        tensor = getattr(proto, kind)
        dtype = DTYPES.get(tensor.elem_type)
        if not tensor.HasField("shape"):
            return Type(dtype)
        return Type(
            dtype,
            tuple(
                d.dim_value if d.HasField("dim_value") and d.dim_value >= 0 else None
                for d in tensor.shape.dim
            ),
        )
    if kind is None:
        return Type()
    return Type(_describe(proto, kind), None, proto.SerializeToString())


def _describe(proto: TypeProto, kind: str) -> str:
    """Readable element type such as ``seq(float32)``, nesting cut at two levels."""
    inner: TypeProto
    if kind == "sequence_type":
        inner, label = proto.sequence_type.elem_type, "seq"
    elif kind == "optional_type":
        inner, label = proto.optional_type.elem_type, "optional"
    else:
        return "map" if kind == "map_type" else kind
    nested = inner.WhichOneof("value")
    if nested == "tensor_type":
        return f"{label}({DTYPES.get(inner.tensor_type.elem_type, '?')})"
    return f"{label}({(nested or '?').removesuffix('_type')})"


def encode_type(value: Type) -> TypeProto | None:
    """TypeProto of ``value``; ``None`` when not even the element type is known."""
    proto = TypeProto()
    if value.proto is not None:
        proto.ParseFromString(value.proto)
        return proto
    number = NUMBERS.get(value.dtype or "")
    if number is None:
        return None
    tensor = proto.tensor_type
    tensor.elem_type = number
    if value.shape is not None:
        tensor.shape.SetInParent()
        add = tensor.shape.dim.add
        for size in value.shape:
            if size is None:
                add()
            else:
                add().dim_value = size
    return proto


def merge(a: Type, b: Type) -> Type:
    """What holds for both: differing dimensions become unknown."""
    if a.proto is not None or b.proto is not None:
        return _merge_sequences(a, b)
    dtype = a.dtype if a.dtype == b.dtype else None
    if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):
        return Type(dtype)
    return Type(dtype, tuple(p if p == q else None for p, q in zip(a.shape, b.shape, strict=True)))


def _merge_sequences(a: Type, b: Type) -> Type:
    """An empty sequence agrees with any other of its element type."""
    if a == b:
        return a
    if a.proto is None or b.proto is None or a.dtype != b.dtype:
        return Type(a.dtype if a.dtype == b.dtype else None)
    first, second = element_type(a), element_type(b)
    element = second if a.items == () else first if b.items == () else merge(first, second)
    return sequence_type(element, None) or Type(a.dtype)


def element_type(sequence: Type) -> Type:
    """What every element of ``sequence`` is; ``UNKNOWN`` if it is no sequence of tensors."""
    if sequence.proto is None:
        return UNKNOWN
    proto = TypeProto()
    proto.ParseFromString(sequence.proto)
    if proto.WhichOneof("value") != "sequence_type":
        return UNKNOWN
    return decode_type(proto.sequence_type.elem_type)


def sequence_type(element: Type, items: tuple[Type, ...] | None) -> Type | None:
    """A sequence of ``items``, all of them ``element``; ``None`` if that is no tensor type."""
    inner = encode_type(element) if element.proto is None else None
    if inner is None:
        return None
    proto = TypeProto()
    proto.sequence_type.elem_type.CopyFrom(inner)
    described = decode_type(proto)
    return Type(described.dtype, None, described.proto, items)


def refine(inferred: Type, declared: Type) -> Type:
    """``inferred`` with its gaps filled from ``declared``; inference wins where both speak."""
    if inferred.proto is not None or declared.proto is not None:
        return inferred if inferred.proto is not None or inferred.dtype else declared
    dtype = inferred.dtype or declared.dtype
    if inferred.shape is None:
        return Type(dtype, declared.shape)
    if declared.shape is None or len(declared.shape) != len(inferred.shape):
        return Type(dtype, inferred.shape)
    return Type(
        dtype,
        tuple(
            p if p is not None else q for p, q in zip(inferred.shape, declared.shape, strict=True)
        ),
    )
