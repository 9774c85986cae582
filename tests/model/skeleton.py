"""Skeletons beside what onnx's own parser makes of the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onnx import ModelProto, TensorProto

from analyzer.model.messages import PAYLOAD_FIELDS, is_repeated
from analyzer.model.notes import MARK, payload_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message


def tensors(message: Message) -> Iterator[TensorProto]:
    """Every tensor anywhere in ``message``, in the order of fields."""
    stack: list[Message] = [message]
    while stack:
        found = stack.pop()
        if isinstance(found, TensorProto):
            yield found
            continue
        children: list[Message] = []
        for field, value in found.ListFields():
            if field.message_type is not None:
                children += value if is_repeated(field) else [value]
        stack += reversed(children)


def drop_payloads(stripped: ModelProto, whole: ModelProto) -> None:
    """Take out of ``whole`` the payloads that ``stripped`` lacks, and out of that their marks."""
    for small, large in zip(tensors(stripped), tensors(whole), strict=True):
        if payload_index(small) is not None:
            assert small.external_data[-1].key == MARK
            del small.external_data[-1]
            for name in PAYLOAD_FIELDS:
                large.ClearField(name)
