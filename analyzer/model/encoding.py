"""The protobuf wire format: tags, lengths and numbers (protobuf.dev, "Encoding")."""

from __future__ import annotations

from analyzer.model.file import FileBytes

Buffer = bytes | FileBytes
"""What a model can be read from; both index to ``int`` and slice to ``bytes``."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Wire types. 3 and 4 are groups, which ONNX does not have."""


class Malformed(Exception):  # noqa: N818 - describes the file
    """The bytes are not a ModelProto; ``offset`` says where that shows."""

    def __init__(self, offset: int, what: str, *, truncated: bool = False) -> None:
        self.offset: int = offset
        self.truncated: bool = truncated
        super().__init__(what)


def varint(data: Buffer, pos: int, end: int) -> tuple[int, int]:
    """Decode the varint at ``pos``: its value (unsigned, 64 bits) and the position after it."""
    value = shift = 0
    while pos < end:
        byte = data[pos]
        pos += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, pos
        shift += 7
        if shift > 63:
            raise Malformed(pos, "a number of more than 10 bytes")
    raise Malformed(pos, "it ends inside a number", truncated=True)


def encode_varint(value: int) -> bytes:
    """Inverse of ``varint``."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(data: Buffer, pos: int, end: int) -> tuple[int, int, int]:
    """One field at ``pos``: its tag, where its content starts and where the next field starts."""
    tag, body = varint(data, pos, end)
    if tag < 8 or tag > 0xFFFF_FFFF:
        raise Malformed(pos, "a field number out of range")
    wire = tag & 7
    if wire == 0:
        stop = varint(data, body, end)[1]
    elif wire == BYTES:
        size, body = varint(data, body, end)
        stop = body + size
    elif wire in {1, 5}:
        stop = body + (8 if wire == 1 else 4)
    else:
        raise Malformed(pos, f"wire type {wire}, which ONNX never uses")
    if stop > end:
        raise Malformed(pos, f"a field that needs {stop - end:,} more bytes", truncated=True)
    return tag, body, stop
