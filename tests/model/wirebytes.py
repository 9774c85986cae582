"""Protobuf by hand, to write what no library would."""

from __future__ import annotations

from analyzer.model.encoding import encode_varint

GROUP_START = 3


def number(field: int, value: int) -> bytes:
    """A varint field."""
    return encode_varint(field << 3) + encode_varint(value)


def blob(field: int, *parts: bytes) -> bytes:
    """A length-delimited field: string, bytes, message or packed numbers."""
    content = b"".join(parts)
    return encode_varint(field << 3 | 2) + encode_varint(len(content)) + content


def tag(field: int, wire: int) -> bytes:
    """A bare tag."""
    return encode_varint(field << 3 | wire)


OPSET = blob(8, number(2, 17))


def model(*graph: bytes) -> bytes:
    """A ModelProto whose graph is made of the given fields."""
    return number(1, 8) + OPSET + blob(7, *graph)


def node(*fields: bytes) -> bytes:
    return blob(1, *fields)


def initializer(*fields: bytes) -> bytes:
    return blob(5, *fields)


def nested(levels: int) -> bytes:
    """A graph of ``levels`` nodes, each in an attribute of the one before."""
    inner = b""
    for _ in range(levels):
        inner = blob(1, blob(5, blob(6, inner)))
    return inner
