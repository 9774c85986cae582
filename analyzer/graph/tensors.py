"""TensorProto → dimensions and small arrays."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import SparseTensorProto, TensorProto

from analyzer.model.elements import decoded

if TYPE_CHECKING:
    from analyzer.model.proto import TensorMessage

SMALL = 4096
"""Most elements of a tensor whose contents the shape pass may look at."""

MAX_SPARSE_RANK = 64
"""Axes of a sparse tensor; reading the file limits those of dense ones."""


def dims(tensor: TensorMessage) -> tuple[int | None, ...]:
    """Declared dimensions; a negative size is unknown."""
    return tuple(d if d >= 0 else None for d in tensor.dims)


def sparse_dims(tensor: SparseTensorProto) -> tuple[int | None, ...] | None:
    """Declared dimensions of a sparse tensor; a negative size is unknown, too many all are."""
    if len(tensor.dims) > MAX_SPARSE_RANK:
        return None
    return tuple(d if d >= 0 else None for d in tensor.dims)


def has_payload(tensor: TensorMessage) -> bool:
    """True when the elements are in the message (not external, not left on disk)."""
    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        return False
    return bool(
        tensor.HasField("raw_data")
        or tensor.float_data
        or tensor.int32_data
        or tensor.int64_data
        or tensor.double_data
        or tensor.uint64_data
        or tensor.string_data
        or 0 in tensor.dims
    )


def decode_tensor(tensor: TensorMessage, default: Any = None) -> Any:
    """Small array of ``tensor``, or ``default`` where it is big, absent or malformed.

    The declared size is checked before anything is decoded, so a tensor that
    claims 2⁸⁰ elements costs nothing (NumPy looks at the other sizes of an empty
    one, too); a payload that does not match the dims is a malformed tensor and
    stays unknown.
    """
    sizes = tensor.dims
    if any(d < 0 for d in sizes) or prod(max(d, 1) for d in sizes) > SMALL:
        return default
    if not has_payload(tensor):
        return default
    try:
        array = decoded(tensor)
    except (ValueError, TypeError, KeyError, AttributeError, UnicodeDecodeError):
        return default
    return np.asarray(array)
