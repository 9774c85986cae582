"""Bytes of a model file that no reader needs, or that two may read differently.

A message that is parsed and written again has the length it had, except where the file says
something that protobuf drops (fields and values nobody knows), merges (a field stated twice) or
spells shorter. That comparison costs nothing and holds for what exporters write; only where it
fails is the file walked once more, field by field, to name what is behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from onnx import ModelProto

from analyzer.contents import Region
from analyzer.model.encoding import VARINT, Malformed, field, varint
from analyzer.model.magic import HEAD, looks_like
from analyzer.model.messages import MODEL, MessageType, is_repeated, run_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor import Descriptor

    from analyzer.model.encoding import Buffer

MOST = 200
"""Regions that are named one by one."""


def unread(data: Buffer) -> tuple[Region, ...]:
    """Regions of the ModelProto in ``data``, a file that ``wire`` has walked within its limits."""
    found: list[Region] = []
    for region in _message(data, 0, len(data), MODEL, ModelProto.DESCRIPTOR):
        found.append(region)
        if len(found) == MOST:
            break
    return tuple(found)


def _message(
    data: Buffer, pos: int, end: int, kind: MessageType, descriptor: Descriptor
) -> Iterator[Region]:
    stated: set[str] = set()
    while pos < end:
        start = pos
        pattern = kind.runs.get(data[pos])
        if pattern and (stop := run_end(pattern, data, pos, end)):
            pos = stop
            continue
        try:
            tag, body, pos = field(data, start, end)
        except Malformed:  # within a tensor that protobuf refused: its own problem
            return
        name = kind.names.get(tag)
        if name is None:
            yield _unknown(data, kind, tag, start, body, pos)
            continue
        known = descriptor.fields_by_name[name]
        if not is_repeated(known):
            if name in stated:
                yield _region("repeated-field", f"{name} of {kind.name}, once more", data, start,
                              body, pos)  # fmt: skip
            stated.add(name)
        if known.enum_type is not None and tag & 7 == VARINT:
            value = varint(data, body, pos)[0]
            if value not in known.enum_type.values_by_number:
                yield _region("unknown-field", f"{name} of {kind.name} with the unknown value "
                              f"{value}", data, start, body, pos)  # fmt: skip
        inner = kind.fields[tag]
        if isinstance(inner, MessageType):
            yield from _message(data, body, pos, inner, known.message_type)


def _unknown(data: Buffer, kind: MessageType, tag: int, start: int, body: int, stop: int) -> Region:
    """A field that protobuf drops."""
    number = tag >> 3
    right = next((name for known, name in kind.names.items() if known >> 3 == number), None)
    what = f"field {number} of {kind.name}, which ONNX does not have"
    if right is not None:
        what = f"{right} of {kind.name} in the form of another type"
    return _region("unknown-field", what, data, start, body, stop)


def _region(family: str, what: str, data: Buffer, start: int, body: int, stop: int) -> Region:
    head = data[body : min(stop, body + HEAD)]
    blank = not head.strip(b"\0")
    return Region(family, "", "", what, start, stop - start, looks_like(head), blank, False)
