"""Which fields ONNX messages have, read off onnx's own descriptors.

A *tag* is protobuf's ``field number << 3 | wire type``. A field that protobuf would not accept
(unknown number, wrong wire type) has no entry, and the walk drops it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from onnx import ModelProto

from analyzer.model.encoding import BYTES, FIXED32, FIXED64, VARINT

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

    from analyzer.model.encoding import Buffer

_WIRE = {1: FIXED64, 2: FIXED32, 3: VARINT, 4: VARINT, 5: VARINT, 6: FIXED64, 7: FIXED32,
         8: VARINT, 9: BYTES, 11: BYTES, 12: BYTES, 13: VARINT, 14: VARINT, 15: FIXED32,
         16: FIXED64, 17: VARINT, 18: VARINT}  # fmt: skip
"""Wire type by protobuf field type (descriptor.proto, ``FieldDescriptorProto.Type``)."""

PAYLOAD_FIELDS = ("raw_data", "float_data", "int32_data", "int64_data", "double_data",
                  "uint64_data", "string_data")  # fmt: skip
"""The fields of TensorProto that hold elements."""

SCALAR, TEXT, OPTIONAL_TEXT = "scalar", "text", "optional text"
"""What a leaf is: numbers; a name; text the analysis can do without when it is huge."""

_OPTIONAL = {"doc_string", "AttributeProto.s", "StringStringEntryProto.value"}


_TENSORS = ("TensorProto", "SparseTensorProto")
_RUN = 1 << 17
"""Bytes of a file in which the end of a run of numbers is looked for at once."""
_BUDGETS = {"NodeProto": "nodes", "TensorProto": "tensors", "FunctionProto": "functions",
            "ValueInfoProto": "values"}  # fmt: skip


class MessageType:
    """One message type as the walk sees it."""

    __slots__ = ("budget", "deep", "fields", "name", "names", "once", "runs", "weight")

    def __init__(self, name: str) -> None:
        self.name: str = name
        self.fields: dict[int, MessageType | str] = {}
        """Tag to nested message type or leaf kind."""
        self.names: dict[int, str] = {}
        """Tag to field name."""
        self.deep: re.Pattern[bytes] | None = None
        """Finds the first byte of any field that may lead to a tensor, a node or a graph;
        where it finds nothing, a small message can be copied unread."""
        self.budget: str = _BUDGETS.get(name, "")
        """The limit that counts messages of this type."""
        self.once: set[int] = set()
        """Tags of tensors of which there is one. Protobuf merges those that are stated again, which
        parts that were left out of the skeleton cannot be."""
        self.weight: int = 0
        """What protobuf spends on an empty one, in fields, besides the field it is."""
        self.runs: dict[int, re.Pattern[bytes]] = {}
        """Unpacked repeated numbers: tag to a pattern that skips a whole run at C speed."""

    def may_hold_tensors(self, data: Buffer, start: int, end: int) -> bool:
        """False if the message of this type in ``data[start:end]`` certainly leads to none."""
        if type(data) is not bytes:
            data, start, end = data[start:end], 0, end - start
        return self.deep is not None and self.deep.search(data, start, end) is not None


def is_repeated(field: FieldDescriptor) -> bool:
    """Whether ``field`` holds a list."""
    # is_repeated appeared in protobuf 6; label is gone in later releases.
    repeated: Any = getattr(field, "is_repeated", None)
    return bool(field.label == 3 if repeated is None else repeated)


def run_end(pattern: re.Pattern[bytes], data: Buffer, start: int, end: int) -> int:
    """Position after the numbers at ``start`` that ``pattern`` finds, not all of a file's; or 0."""
    end = min(end, start + _RUN)
    if type(data) is bytes:
        run = pattern.match(data, start, end)
        return run.end() if run else 0
    run = pattern.match(data[start:end])
    return start + run.end() if run else 0


def _run(tag: int, wire: int) -> re.Pattern[bytes]:
    """Pattern of one or more ``tag value``. It is not possessive, which would save memory: Python
    3.11.2 reads on in the middle of a last value that is cut off."""
    value = {VARINT: rb"[\x80-\xff]{0,9}+[\x00-\x7f]", FIXED32: rb".{4}", FIXED64: rb".{8}"}[wire]
    return re.compile(rb"(?:" + re.escape(bytes([tag])) + value + rb")+", re.DOTALL)


def _message(descriptor: Descriptor, known: dict[str, MessageType]) -> MessageType:
    if (found := known.get(descriptor.full_name)) is not None:
        return found
    message = known[descriptor.full_name] = MessageType(descriptor.name)
    message.weight = len(descriptor.fields) // 4  # each takes 4 to 16 bytes, present or not
    for field in descriptor.fields:
        wire = _WIRE[field.type]
        tags = [field.number << 3 | wire]
        if wire != BYTES and is_repeated(field):
            tags.append(field.number << 3 | BYTES)  # packed: parsers must accept both forms
            if tags[0] < 0x80:
                message.runs[tags[0]] = _run(tags[0], wire)
        kind: MessageType | str = SCALAR
        if field.message_type is not None:
            kind = _message(field.message_type, known)
            if kind.name in _TENSORS and not is_repeated(field):
                message.once.add(tags[0])
        elif wire == BYTES:
            optional = field.name in _OPTIONAL or f"{message.name}.{field.name}" in _OPTIONAL
            kind = OPTIONAL_TEXT if optional else TEXT
        for tag in tags:
            message.fields[tag], message.names[tag] = kind, field.name
    return message


def _leads_to_tensors(message: MessageType, seen: frozenset[str] = frozenset()) -> bool:
    if message.name == "TensorProto":
        return True
    return message.name not in seen and any(
        _leads_to_tensors(child, seen | {message.name})
        for child in message.fields.values()
        if isinstance(child, MessageType)
    )


def _schema() -> dict[str, MessageType]:
    known: dict[str, MessageType] = {}
    _message(ModelProto.DESCRIPTOR, known)
    for message in known.values():
        first = {
            tag & 0x7F if tag < 0x80 else tag & 0x7F | 0x80
            for tag, child in message.fields.items()
            if isinstance(child, MessageType) and _leads_to_tensors(child)
        }
        # Parsers accept tags padded to more bytes, so both forms of the first byte count.
        both = bytes(sorted(first | {byte | 0x80 for byte in first}))
        if message.name == "TensorProto":
            message.deep = re.compile(b"")
        elif both:
            message.deep = re.compile(b"[" + re.escape(both) + b"]")
    return {message.name: message for message in known.values()}


_KNOWN = _schema()
MODEL, GRAPH, NODE, TENSOR, SHAPE = (
    _KNOWN[f"{name}Proto"] for name in ("Model", "Graph", "Node", "Tensor", "TensorShape")
)
