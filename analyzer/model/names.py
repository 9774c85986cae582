"""Names that are not UTF-8, which protobuf hands to Python as ``bytes``."""

from __future__ import annotations

from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message
from onnx import ModelProto

from analyzer.model.messages import is_repeated


@cache
def _strict() -> type[Message]:
    """ModelProto as proto3 would have it: its parser refuses strings that are not UTF-8.

    A second parse in C is much cheaper than looking at every string from Python.
    """
    file = descriptor_pb2.FileDescriptorProto.FromString(ModelProto.DESCRIPTOR.file.serialized_pb)
    file.syntax = "proto3"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    strict: type[Message] = message_factory.GetMessageClass(
        pool.FindMessageTypeByName(f"{file.package}.ModelProto")
    )
    return strict


def is_clean(skeleton: bytes) -> bool:
    """Whether every string in a serialised ModelProto is UTF-8."""
    try:
        _strict().FromString(skeleton)
    except DecodeError:
        return False
    return True


def repair(message: Message) -> int:
    """Escape every string in ``message`` that is not UTF-8 (``b"\\xff"`` becomes ``\\\\xff``).

    Returns the number of strings changed. Equal bytes become equal strings, so the graph stays
    connected; different bytes could collide with a name that spells the escape.
    """
    changed = 0
    stack: list[Any] = [message]
    while stack:
        current = stack.pop()
        for field, value in current.ListFields():
            repeated = is_repeated(field)
            if field.type == field.TYPE_MESSAGE:
                stack.extend(value if repeated else [value])
            elif field.type == field.TYPE_STRING:
                for index, text in enumerate(value if repeated else [value]):
                    if isinstance(text, bytes):
                        escaped = text.decode("utf-8", "backslashreplace")
                        changed += 1
                        if repeated:
                            value[index] = escaped
                        else:
                            setattr(current, field.name, escaped)
    return changed
