"""What the walk notes about tensors: payloads left out, data elsewhere, sizes that do not fit."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import BITS
from analyzer.model.dtypes import DTYPES
from analyzer.model.messages import PAYLOAD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnx import TensorProto

    from analyzer.model.proto import TensorMessage

MARK = "onnxlint.payload"
"""Key in ``external_data`` of a stripped tensor; its value is an index into the payloads."""

EXTERNAL = 1
"""``TensorProto.DataLocation.EXTERNAL``."""

_HOME = {
    "float32": "float_data", "complex64": "float_data", "float64": "double_data",
    "complex128": "double_data", "int64": "int64_data", "uint32": "uint64_data",
    "uint64": "uint64_data", "string": "string_data",
}  # fmt: skip
"""Typed field of each element type (onnx.proto); ``int32_data`` of those not listed."""

_FIELDS: Mapping[str, str] = {
    "float32": "float_data", "complex64": "float_data", "float64": "double_data",
    "complex128": "double_data", "int64": "int64_data", "uint32": "uint64_data",
    "uint64": "uint64_data", "string": "string_data",
}  # fmt: skip
"""Field that holds the elements of a type; those of all others are in ``int32_data``."""

_KEEP_INTEGERS, _KEEP_OTHERS = 32 << 10, 4 << 10
"""Payload bytes up to which a tensor stays whole: shape arithmetic needs integers."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the file that holds elements."""

    field: str
    """TensorProto field, e.g. ``raw_data``."""
    start: int
    """Offset in the file."""
    stop: int
    packed: bool = True
    """False where each number or string has its own tag, which is then part of the stretch."""


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that was left out of the structure for its length."""

    field: str
    """Message and field, e.g. ``NodeProto.doc_string``."""
    start: int
    """Offset in the file."""
    stop: int


@dataclass(frozen=True, slots=True)
class Payload:
    """A tensor payload that stayed in the file."""

    name: str | bytes
    """Tensor name, often empty in Constants."""
    data_type: int
    """``TensorProto.DataType``."""
    dims: tuple[int, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class External:
    """A tensor whose data is in another file, as declared and unchecked."""

    name: str | bytes
    data_type: int
    dims: tuple[int, ...]
    entries: tuple[tuple[str | bytes, str | bytes], ...]
    """``external_data`` as the file has it: location, offset, length, …"""

    @property
    def location(self) -> str | bytes:
        """Where the data is said to be; empty if that is not said."""
        return dict(self.entries).get("location", "")

    @classmethod
    def of(cls, tensor: TensorMessage) -> External:
        """Copy what ``tensor`` declares; our own mark is not part of it."""
        entries = tuple((e.key, e.value) for e in tensor.external_data if e.key != MARK)
        return cls(tensor.name, tensor.data_type, tuple(tensor.dims), entries)


def as_text(name: str | bytes) -> str:
    """A name for people: protobuf hands over what is not UTF-8 as ``bytes``."""
    return name if isinstance(name, str) else name.decode("utf-8", "backslashreplace")


def keep_bytes(data_type: int) -> int:
    """Largest payload in bytes that stays in the skeleton."""
    dtype = DTYPES.get(data_type, "")
    return _KEEP_INTEGERS if "int" in dtype or dtype in {"bool", "string"} else _KEEP_OTHERS


def mark(tensor: TensorProto, index: int) -> None:
    """Take the elements out of ``tensor`` and note where they can be found."""
    for name in PAYLOAD_FIELDS:
        tensor.ClearField(name)
    tensor.external_data.add(key=MARK, value=str(index))


def unmark(tensor: TensorProto) -> bool:
    """Remove marks, which before stripping can only be forged; True if there were any."""
    if not tensor.external_data:
        return False
    honest = [entry for entry in tensor.external_data if entry.key != MARK]
    if len(honest) == len(tensor.external_data):
        return False
    copies = [type(entry).FromString(entry.SerializeToString()) for entry in honest]
    del tensor.external_data[:]
    tensor.external_data.extend(copies)
    return True


def payload_index(tensor: TensorMessage) -> int | None:
    """Index of the payload that ``tensor`` was stripped of, if it was."""
    for entry in tensor.external_data:
        if entry.key == MARK:
            return int(entry.value)
    return None


def declared_bytes(data_type: int, dims: Sequence[int]) -> int | None:
    """Bytes the shape asks for, sub-byte types packed; ``None`` where there is no such number.

    That is for strings, unknown element types and negative dimensions.
    """
    bits = BITS.get(DTYPES.get(data_type, ""))
    return None if bits is None or min(dims, default=0) < 0 else (prod(dims) * bits + 7) // 8


def shape_problem(tensor: TensorMessage) -> str:
    """Why the declared shape and element type of ``tensor`` cannot be; empty where they can."""
    dims = tuple(tensor.dims)
    if min(dims, default=0) < 0:
        return f"its shape {list(dims[:8])} has a negative dimension"
    return "" if tensor.data_type in DTYPES else f"element type {tensor.data_type} is unknown"


def field_problem(tensor: TensorMessage, spans: Sequence[Span]) -> str:
    """Why readers may differ about where the elements of ``tensor`` are; empty if they cannot."""
    used = {span.field for span in spans}
    used.update(name for name in PAYLOAD_FIELDS[1:] if len(getattr(tensor, name)))
    if tensor.HasField("raw_data"):
        used.add("raw_data")
    if tensor.data_location == EXTERNAL:
        return "its elements are in another file and in this one" if used else ""
    if len(used) > 1:
        return f"its elements are in {len(used)} places: {', '.join(sorted(used))}"
    home = _HOME.get(DTYPES.get(tensor.data_type, ""), "int32_data")
    if odd := used - {home, "raw_data" if home != "string_data" else home}:
        return f"its elements are in {odd.pop()}, which is not for {DTYPES[tensor.data_type]}"
    return ""


def size_problem(tensor: TensorMessage, spans: Sequence[Span]) -> str:
    """Why the elements of ``tensor`` cannot fill its shape; empty where they can.

    ``spans`` are the payloads not in ``tensor`` itself.
    """
    dims = tuple(tensor.dims)
    want = declared_bytes(tensor.data_type, dims)
    if want is None and (wrong := shape_problem(tensor)):
        return wrong
    raw = [span.stop - span.start for span in spans if span.field == "raw_data"]
    if raw or tensor.HasField("raw_data"):
        stored = raw[-1] if raw else len(tensor.raw_data)
        fits = stored == want or want is None
        return "" if fits else f"its shape needs {want:,} bytes and {stored:,} are stored"
    # Typed fields: a number takes 1 to 10 bytes of the file and a string 2 or more, which settles
    # bombs; exact counts are checked when the numbers are decoded.
    stored = sum(span.stop - span.start for span in spans)
    stored += sum(len(getattr(tensor, name)) for name in PAYLOAD_FIELDS[1:])
    elements = prod(dims)
    if elements > 4 * stored:  # int2 packs four elements into one number
        return f"its shape has {elements:,} elements and the file stores far fewer"
    if stored > 20 * elements and DTYPES.get(tensor.data_type) != "string":  # complex: 2 numbers
        return f"its shape has {elements:,} elements and the file stores far more"
    return "" if spans else _count_problem(tensor, elements)


def _count_problem(tensor: TensorMessage, elements: int) -> str:
    """As ``size_problem``, for numbers that are all in ``tensor``, in typed fields."""
    dtype = DTYPES.get(tensor.data_type, "")
    bits = BITS.get(dtype, 0)
    where = _FIELDS.get(dtype, "int32_data")
    used = [name for name in PAYLOAD_FIELDS[1:] if len(getattr(tensor, name))]
    if used and where not in used:
        return f"{dtype} is stored in {where}, and its elements are in {used[0]}"
    numbers = len(getattr(tensor, where))
    want = elements * 2 if dtype.startswith("complex") else elements
    if dtype.startswith("float6"):
        return ""  # how many share a number is not said
    if 0 < bits < 8:  # several to a number
        want = -(-elements * bits // 8)
    return "" if numbers == want else f"its shape needs {want:,} numbers and {numbers:,} are stored"
