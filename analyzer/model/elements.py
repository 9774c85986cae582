"""Stored bytes to NumPy arrays, for every way a TensorProto can hold its elements.

Element types follow ``onnx.helper.tensor_dtype_to_np_dtype``; the layout of the typed fields is
documented in onnx.proto (TensorProto).
"""

from __future__ import annotations

import sys
from math import prod
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from onnx import helper, numpy_helper

from analyzer.model.dtypes import DTYPES
from analyzer.model.notes import EXTERNAL, declared_bytes
from analyzer.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from onnx import TensorProto

    from analyzer.model.encoding import Buffer
    from analyzer.model.notes import Payload, Span
    from analyzer.model.proto import TensorMessage

Array = np.ndarray[Any, Any]

_SUB_BYTE = {"int4": 4, "uint4": 4, "float4e2m1": 4, "int2": 2, "uint2": 2,
             "float6e2m3": 6, "float6e3m2": 6}  # fmt: skip
_RAW = {
    number: np.dtype(helper.tensor_dtype_to_np_dtype(number))
    for number, name in DTYPES.items()
    if sys.byteorder == "little" and name in {"float16", "float32", "float64", "int32", "int64"}
}
"""Element types whose raw bytes are those of NumPy, of nearly all tensors."""
_CHUNK = 1 << 20
"""Bytes of varints decoded at a time."""


def decoded(tensor: TensorMessage) -> Array:
    """``numpy_helper.to_array``, which takes ten times as long for a handful of raw elements."""
    kind = _RAW.get(tensor.data_type) if tensor.HasField("raw_data") else None
    if kind is None or tensor.data_location == EXTERNAL or tensor.HasField("segment"):
        return numpy_helper.to_array(cast("TensorProto", tensor))
    return np.frombuffer(tensor.raw_data, kind).reshape(tuple(tensor.dims))


def inline(tensor: TensorMessage) -> Array | None:
    """Elements that ``tensor`` itself holds; ``None`` if they do not fit its shape."""
    try:
        return decoded(tensor)
    except (ValueError, TypeError, OverflowError):
        return None


def raw(data: Buffer, offset: int, data_type: int, dims: tuple[int, ...]) -> Array | None:
    """Elements of ``raw_data`` at ``offset`` of ``data``: a view, except for sub-byte types."""
    size = declared_bytes(data_type, dims)
    if size is None or offset + size > len(data):
        return None
    if DTYPES[data_type] in _SUB_BYTE:
        packed = np.frombuffer(_view(data, offset, offset + size), np.uint8)
        return _fill(_unpack(packed, _SUB_BYTE[DTYPES[data_type]]), data_type, dims, spare=3)
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(data_type))
    return np.frombuffer(_view(data, offset, offset + size), dtype).reshape(dims)


def rows(data: Buffer, offset: int, data_type: int, dims: tuple[int, ...]) -> Rows | None:
    """As ``raw``, but read where it is looked at; ``None`` too for sub-byte types."""
    size = declared_bytes(data_type, dims)
    if size is None or offset + size > len(data) or DTYPES[data_type] in _SUB_BYTE:
        return None
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(data_type))

    def read(start: int, stop: int) -> Array:
        first, last = offset + start * dtype.itemsize, offset + stop * dtype.itemsize
        return np.frombuffer(_view(data, first, last), dtype)

    return Rows(dtype, dims, read)


def in_place(payload: Payload) -> int | None:
    """Offset of the elements of ``payload`` where they lie as NumPy has them; else ``None``.

    They do in ``raw_data``, and in the packed fields of float and double.
    """
    size = declared_bytes(payload.data_type, payload.dims)
    raw_spans = [span for span in payload.spans if span.field == "raw_data"]
    name = "raw_data" if raw_spans else helper.tensor_dtype_to_field(payload.data_type)
    spans = raw_spans[-1:] or [span for span in payload.spans if span.field == name]
    if name not in {"raw_data", "float_data", "double_data"} or len(spans) != 1:
        return None
    fits = spans[0].packed and spans[0].stop - spans[0].start == size
    return spans[0].start if fits else None


def _view(data: Buffer, start: int, stop: int) -> memoryview:
    return memoryview(data)[start:stop] if isinstance(data, bytes) else data.view(start, stop)


def strings(run: bytes) -> list[bytes]:
    r"""Short strings that each have a tag and a length of one byte; the last may be cut off.

    >>> strings(b"\x32\x02ab\x32\x05cd")
    [b'ab', b'cd']
    """
    found, place = [], 0
    while place + 1 < len(run):
        start = place + 2
        place = start + run[place + 1]
        found.append(run[start:place])
    return found


def stored(data: Buffer, payload: Payload) -> Array | None:
    """Elements of a tensor whose payload stayed in ``data``; ``None`` if they do not fit."""
    last = payload.spans[-1]
    for span in payload.spans:
        if span.field == "raw_data":  # which goes before the others; the last one counts
            last = span
    if last.field == "raw_data":
        if last.stop - last.start != declared_bytes(payload.data_type, payload.dims):
            return None
        return raw(data, last.start, payload.data_type, payload.dims)
    name = helper.tensor_dtype_to_field(payload.data_type)
    as_stored = _storage(payload.data_type, name)
    spans = [span for span in payload.spans if span.field == name]
    parts = [part for span in spans for part in _numbers(data, span, as_stored)]
    if not parts:
        return None
    numbers = parts[0] if len(parts) == 1 else np.concatenate(parts)
    bits = _SUB_BYTE.get(DTYPES[payload.data_type], 8)
    if bits == 6:  # in typed fields, one to a number (onnx.proto)
        numbers = numbers & 0x3F
    elif bits < 6:
        numbers = _unpack(numbers, bits)
    return _fill(numbers, payload.data_type, payload.dims, spare=8 // bits - 1)


def _storage(data_type: int, name: str) -> np.dtype[Any]:
    """NumPy type of one stored number: int32_data holds float16 and smaller as bit patterns."""
    if name in {"float_data", "double_data"}:
        return np.dtype("<f4" if name == "float_data" else "<f8")
    if DTYPES[data_type] in _SUB_BYTE or DTYPES[data_type] == "bool":
        return np.dtype(np.uint8)
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(data_type))
    return dtype if dtype.kind in "iu" else np.dtype(f"u{dtype.itemsize}")


def _numbers(data: Buffer, span: Span, dtype: np.dtype[Any]) -> Iterator[Array]:
    """The numbers of one stretch, in one array or several."""
    if span.field in {"float_data", "double_data"}:
        width = dtype.itemsize
        if span.packed:
            stop = span.stop - (span.stop - span.start) % width
            yield np.frombuffer(_view(data, span.start, stop), dtype)
        else:
            rows = np.frombuffer(_view(data, span.start, span.stop), np.uint8)
            yield np.ascontiguousarray(rows.reshape(-1, width + 1)[:, 1:]).view(dtype).ravel()
        return
    start = span.start
    while start < span.stop:
        block = np.frombuffer(_view(data, start, min(start + _CHUNK, span.stop)), np.uint8)
        ends = np.flatnonzero(block < 0x80)
        if not span.packed:  # tag, number, tag, number: whole pairs only
            ends = ends[: len(ends) // 2 * 2]
        if not len(ends):
            return
        numbers = _varints(block[: ends[-1] + 1], ends)
        start += int(ends[-1]) + 1
        yield (numbers if span.packed else numbers[1::2]).astype(dtype)


def _varints(block: Array, ends: Array) -> Array:
    """Decode consecutive varints whose last bytes are at ``ends``."""
    if len(ends) == len(block):
        return block
    starts = np.concatenate(([0], ends[:-1] + 1))
    place = np.arange(len(block)) - np.repeat(starts, ends - starts + 1)
    shifted = (block & 0x7F).astype(np.uint64) << (7 * place).astype(np.uint64)
    return np.add.reduceat(shifted, starts)


def _fill(numbers: Array, data_type: int, dims: tuple[int, ...], spare: int) -> Array | None:
    """Bit patterns as elements in their shape; ``None`` if their number is wrong.

    Up to ``spare`` elements of sub-byte types may be left over: the last byte may be partly used.
    """
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(data_type))
    count = prod(dims)
    if DTYPES[data_type] in _SUB_BYTE and len(numbers) - count <= spare:
        numbers = numbers[:count]
    if numbers.nbytes != count * dtype.itemsize:
        return None
    return numbers.view(dtype).reshape(dims)


def _unpack(packed: Array, bits: int) -> Array:
    """Sub-byte elements, lowest bits first (onnx.proto), one to a byte."""
    if 8 % bits:
        stream = np.unpackbits(packed, bitorder="little")
        rows = stream[: len(stream) // bits * bits].reshape(-1, bits)
        return np.packbits(rows, axis=1, bitorder="little").ravel()
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    return ((packed[:, None] >> shifts) & np.uint8((1 << bits) - 1)).ravel()
