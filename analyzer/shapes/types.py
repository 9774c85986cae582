"""Value types of the shape pass and their TypeProto form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onnx import TypeProto

from analyzer.dataclass import dataclass
from analyzer.model.dtypes import DTYPES, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnx import TensorShapeProto

    from analyzer.facts import Shape

    _Dimension = TensorShapeProto.Dimension


@dataclass(slots=True)
class Type:
    """Element type and shape of a value; ``proto`` only for sequences, optionals and maps."""

    dtype: str | None = None
    shape: Shape = None
    proto: bytes | None = None
    """Serialised TypeProto of a value that is not a dense tensor; of a sparse one ``shape`` is
    what counts."""
    items: tuple[Type, ...] | None = None
    """Types of a sequence's elements, one by one; ``None`` if their number is not known."""


UNKNOWN = Type()


def decode_type(proto: TypeProto) -> Type:
    """Type of ``proto``; symbolic, absent and negative dims are unknown.

    ``dim_value`` 0 is a legal empty dimension and is kept.
    """
    kind = proto.WhichOneof("value")
    if kind is None:
        return Type()
    shape = dimensions(proto)
    sizes = None if shape is None else tuple(
        d.dim_value if d.HasField("dim_value") and d.dim_value >= 0 else None for d in shape
    )  # fmt: skip
    if kind == "tensor_type":
        return Type(DTYPES.get(proto.tensor_type.elem_type), sizes)
    return Type(_describe(proto), sizes, proto.SerializeToString())


def dimensions(proto: TypeProto) -> Sequence[_Dimension] | None:
    """Dimensions of a dense or sparse tensor as the file states them; ``None`` if it does not, or
    for a sequence, an optional value or a map."""
    kind = proto.WhichOneof("value")
    if kind not in ("tensor_type", "sparse_tensor_type"):
        return None
    tensor: TypeProto.Tensor = getattr(proto, kind)
    return tuple(tensor.shape.dim) if tensor.HasField("shape") else None


MAX_NESTING = 5
"""Levels of a type that are spelt out."""


def _describe(proto: TypeProto, depth: int = 0) -> str:
    """Readable type such as ``seq(map(int64, float32))``."""
    if depth > MAX_NESTING:
        return "…"
    match proto.WhichOneof("value"):
        case "tensor_type":
            return DTYPES.get(proto.tensor_type.elem_type) or "?"
        case "sparse_tensor_type":
            return f"sparse({DTYPES.get(proto.sparse_tensor_type.elem_type) or '?'})"
        case "sequence_type":
            return f"seq({_describe(proto.sequence_type.elem_type, depth + 1)})"
        case "optional_type":
            return f"optional({_describe(proto.optional_type.elem_type, depth + 1)})"
        case "map_type":
            key = DTYPES.get(proto.map_type.key_type) or "?"
            return f"map({key}, {_describe(proto.map_type.value_type, depth + 1)})"
        case other:
            return (other or "?").removesuffix("_type")


def encode_type(value: Type) -> TypeProto | None:
    """TypeProto of ``value``; ``None`` when not even the element type is known."""
    proto = TypeProto()
    if value.proto is not None:
        proto.ParseFromString(value.proto)
        if value.shape is not None and proto.HasField("sparse_tensor_type"):
            _set_shape(proto.sparse_tensor_type, value.shape)
        return proto
    number = NUMBERS.get(value.dtype or "")
    if number is None:
        return None
    proto.tensor_type.elem_type = number
    if value.shape is not None:
        _set_shape(proto.tensor_type, value.shape)
    return proto


def _set_shape(
    tensor: TypeProto.Tensor | TypeProto.SparseTensor, shape: Sequence[int | None]
) -> None:
    tensor.ClearField("shape")
    tensor.shape.SetInParent()
    add = tensor.shape.dim.add
    for size in shape:
        if size is None:
            add()
        else:
            add().dim_value = size


def is_open(value: Type) -> bool:
    """Whether a size of it, or the number of its elements, is not known."""
    if value.proto is not None:
        return value.items is None
    return value.shape is None or None in value.shape


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
