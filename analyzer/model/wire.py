"""A walk of the protobuf wire format that leaves tensor payloads where they are.

``strip`` turns the bytes of a ModelProto into a small ModelProto (the *skeleton*) that has every
node, attribute, type and name, while large tensor payloads are only noted by offset. Nothing is
expanded before its budget is checked, so a hostile file costs no more than ``Limits`` allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from onnx import TensorProto, TensorShapeProto

from analyzer.model.dtypes import DTYPES
from analyzer.model.encoding import BYTES, Malformed, encode_varint, field
from analyzer.model.limits import exceeded
from analyzer.model.messages import (
    GRAPH,
    MODEL,
    NODE,
    OPTIONAL_TEXT,
    PAYLOAD_FIELDS,
    SCALAR,
    SHAPE,
    TENSOR,
    MessageType,
    run_end,
)
from analyzer.model.notes import (
    External,
    LongText,
    Payload,
    Span,
    field_problem,
    keep_bytes,
    mark,
    shape_problem,
    size_problem,
    unmark,
)

if TYPE_CHECKING:
    from analyzer.model.encoding import Buffer
    from analyzer.model.limits import Limits

_UNREAD = 128
"""Messages up to this size that cannot lead to a tensor are copied without being read."""
_SMALL_TENSOR = 4096
"""Tensors up to this size go to protobuf whole."""
_STRING_DATA = 6 << 3 | BYTES
_WINDOW = 1 << 16
"""Messages up to this size are read at once before they are walked: bytes index faster."""


class Walk:
    """One pass over one file; the results are in its attributes."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.payloads: list[Payload] = []
        """Payloads left out of the skeleton; a tensor's mark is its index here."""
        self.externals: list[External] = []
        """Tensors whose data the file says is elsewhere."""
        self.odd_sizes: list[tuple[str, str]] = []
        """Tensors whose data does not fit their declared shape: (name, what is wrong)."""
        self.odd_fields: list[tuple[str, str]] = []
        """Tensors about whose data readers differ: (name, why)."""
        self.left_out: list[LongText] = []
        """Optional texts over ``string_bytes``."""
        self.merges: bool = False
        """Whether a tensor states something twice of which its skeleton has one."""
        self.nodes: list[tuple[int, int]] = []
        """First byte and length of each operator of the main graph, in the order of the file."""
        self.unknown_fields: int = 0
        """Fields this version of ONNX does not know."""
        self._left = limits.fields
        self._room = limits.structure_bytes
        self._budget = {"nodes": limits.nodes, "tensors": limits.tensors,
                        "functions": limits.functions, "values": limits.values}  # fmt: skip

    def strip(self, data: Buffer) -> bytes:
        """Skeleton of the ModelProto in ``data``.

        Raises
        ------
        Malformed
            ``data`` is not the wire format of a ModelProto.
        LimitExceeded
            A budget ran out.
        """
        new = self._message(data, 0, 0, len(data), MODEL, 0)
        self._spend(0)
        if new is None:
            self._charge(len(data))
            new = bytes(data[:])
        return new

    def _spend(self, fields: int) -> None:
        self._left -= fields
        if self._left < 0:
            exceeded(self.limits, "fields", "too many fields")

    def _charge(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            exceeded(self.limits, "structure_bytes", "too much structure")

    def _message(
        self, data: Buffer, base: int, pos: int, end: int, kind: MessageType, depth: int
    ) -> bytes | None:
        """Walk ``data[pos:end]``, a message of type ``kind``; ``data[0]`` is byte ``base``.

        Returns the message without payloads and unknown fields, or ``None`` if nothing changes.
        """
        if depth > self.limits.nesting:
            exceeded(self.limits, "nesting", "subgraphs or types nested too deep")
        fields, longest = kind.fields, self.limits.string_bytes
        left, kept = self._left, pos
        parts: list[bytes] = []
        stated: list[int] = []
        while pos < end:
            left -= 1
            if left < 0:
                self._spend(self.limits.fields)
            start, tag = pos, data[pos]
            size = data[pos + 1] if pos + 1 < end else 0x80
            body = pos + 2
            pos = body + size
            # Nearly every field is a short string or message with a one-byte tag.
            if not (7 < tag < 0x80 and size < 0x80 and tag & 7 == BYTES and pos <= end):
                tag, body, pos = self._field(data, base, start, end, kind, depth)
                size = pos - body
            what = fields.get(tag)
            new: bytes | None = None
            if type(what) is MessageType:
                left -= what.weight
                self._enter(what, tag if tag in kind.once else 0, stated, base + start)
                self._note(kind, what, depth, base + body, size)
                if size <= _UNREAD and not what.may_hold_tensors(data, body, pos):
                    left -= (size >> 2) + data[body:pos].count(0)  # empty messages take 2 bytes
                    continue
                self._left = left
                new = self._child(data, base, body, pos, what, depth + 1)
                left = self._left
                if new is None:
                    continue
            elif what is SCALAR:
                left -= size >> 5  # protobuf spends 8 bytes on a packed number
                continue
            elif what and (size <= longest or self._wanted(kind, tag, base + body, size)):
                continue
            self.unknown_fields += what is None
            self._charge(start - kept)
            parts.append(data[kept:start])
            kept = pos
            if new is not None:
                parts += (encode_varint(tag), encode_varint(len(new)), new)
        self._left = left
        if not parts:
            return None
        self._charge(end - kept)
        parts.append(data[kept:end])
        return b"".join(parts)

    def _field(
        self, data: Buffer, base: int, start: int, end: int, kind: MessageType, depth: int
    ) -> tuple[int, int, int]:
        """As ``field``; a run of unpacked repeated numbers counts as one field."""
        pattern = kind.runs.get(data[start])
        if pattern and (stop := run_end(pattern, data, start, end)):
            return data[start], start, stop
        try:
            return field(data, start, end)
        except Malformed as error:
            error.offset += base
            error.truncated &= depth == 0 and start > 0 and data[start] in kind.fields
            raise

    def _enter(self, what: MessageType, once: int, stated: list[int], offset: int) -> None:
        """Count a message, and refuse it if its tag ``once`` must not be ``stated`` again."""
        if what.budget:
            self._budget[what.budget] -= 1
            if self._budget[what.budget] < 0:
                exceeded(self.limits, what.budget, f"too many {what.budget}")
        if once in stated:
            raise Malformed(offset, "a tensor that is stated twice")
        if once:
            stated.append(once)

    def _note(
        self, kind: MessageType, what: MessageType, depth: int, start: int, size: int
    ) -> None:
        """Keep where an operator of the main graph is, of all messages in others."""
        if what is NODE and depth == 1 and kind is GRAPH:
            self.nodes.append((start, size))

    def _wanted(self, kind: MessageType, tag: int, start: int, size: int) -> bool:
        """Whether a text over ``string_bytes`` must stay, which is an error; else it goes."""
        name = f"{kind.name}.{kind.names[tag]}"
        if kind.fields[tag] != OPTIONAL_TEXT:
            exceeded(self.limits, "string_bytes", f"{name} of {size:,} bytes")
        self.left_out.append(LongText(name, start, start + size))
        return False

    def _child(
        self, data: Buffer, base: int, pos: int, end: int, kind: MessageType, depth: int
    ) -> bytes | None:
        if end - pos <= _WINDOW and type(data) is not bytes:
            data, base, pos, end = data[pos:end], base + pos, 0, end - pos
        if kind is TENSOR:
            return self._tensor(data, base, pos, end)
        if kind is SHAPE:
            self._check_rank(data[pos:end])
        return self._message(data, base, pos, end, kind, depth)

    def _check_rank(self, data: bytes) -> None:
        """Shapes too short to be read cannot have more than 64 dimensions of 2 bytes."""
        try:
            rank = len(TensorShapeProto.FromString(data).dim)
        except DecodeError:  # protobuf refuses the whole, too, and says so
            return
        if rank > self.limits.rank:
            exceeded(self.limits, "rank", f"a type of {rank:,} dimensions")

    def _tensor(self, data: Buffer, base: int, pos: int, end: int) -> bytes | None:
        """As ``_message``, for a TensorProto: decide whether its payload stays."""
        spans: list[Span] = []
        small = end - pos <= _SMALL_TENSOR
        rest = data[pos:end] if small else self._cut(data, base, pos, end, spans)
        self._spend(len(rest) >> 5)
        try:
            tensor = TensorProto.FromString(rest)
            stored = sum(span.stop - span.start for span in spans)
            keep = stored <= keep_bytes(tensor.data_type)
            if keep and spans:
                tensor = TensorProto.FromString(data[pos:end])
        except DecodeError:
            raise Malformed(base + pos, "a broken tensor") from None
        repeated = (tensor.external_data, tensor.string_data, tensor.dims, tensor.metadata_props)
        self._spend(sum(map(len, repeated)))
        if len(tensor.dims) > self.limits.rank:
            exceeded(self.limits, "rank", f"a tensor of {len(tensor.dims):,} dimensions")
        size = tensor.ByteSize()
        forged = unmark(tensor)
        if tensor.data_location == TensorProto.EXTERNAL:
            self.externals.append(External.of(tensor))
            if wrong := shape_problem(tensor):
                self.odd_sizes.append((tensor.name, wrong))
        elif wrong := size_problem(tensor, spans):
            self.odd_sizes.append((tensor.name, wrong))
        if tensor.data_type in DTYPES and (wrong := field_problem(tensor, spans)):
            self.odd_fields.append((tensor.name, wrong))
        if keep and not forged:
            return None
        if not keep:
            raw = sum(span.field == "raw_data" for span in spans)
            self.merges |= raw > 1 or size != len(rest)
            mark(tensor, len(self.payloads))
            shape = tuple(tensor.dims)
            self.payloads.append(Payload(tensor.name, tensor.data_type, shape, tuple(spans)))
        new: bytes = tensor.SerializeToString()
        self._charge(len(new))
        return new

    def _cut(self, data: Buffer, base: int, pos: int, end: int, spans: list[Span]) -> bytes:
        """The tensor ``data[pos:end]`` without its payload, whose places go to ``spans``."""
        parts = []
        while pos < end:
            if data[pos] == _STRING_DATA and (stop := self._strings(data, pos, end)) > pos:
                spans.append(Span("string_data", base + pos, base + stop, packed=False))
                pos = stop
                continue
            try:
                tag, body, stop = field(data, pos, end)
            except Malformed as error:
                error.offset, error.truncated = error.offset + base, False
                raise
            self._spend(1)
            name = TENSOR.names.get(tag)
            if tag in TENSOR.runs:
                stop = run_end(TENSOR.runs[tag], data, pos, end) or stop
            if name not in PAYLOAD_FIELDS:
                self._charge(stop - pos)
                parts.append(data[pos:stop])
            elif tag & 7 != BYTES:
                spans.append(Span(name, base + pos, base + stop, packed=False))
            else:
                spans.append(Span(name, base + body, base + stop))
            pos = stop
        return b"".join(parts)

    def _strings(self, data: Buffer, pos: int, end: int) -> int:
        """Position after short strings that begin at ``pos``: vocabularies have many."""
        if type(data) is not bytes:
            chunk = data[pos : min(end, pos + _WINDOW)]
            return pos + self._strings(chunk, 0, len(chunk))
        count = 0
        while pos + 1 < end and data[pos] == _STRING_DATA and data[pos + 1] < 0x80:
            stop = pos + 2 + data[pos + 1]
            if stop > end:
                break
            pos = stop
            count += 1
        self._spend(count)
        return pos
