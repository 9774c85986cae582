"""What a tensor declares about its external data, judged before anything is looked at."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.model.notes import as_text
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.model.notes import External

_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*://")
_DECIMAL = re.compile(r"[0-9]{1,19}", re.ASCII)
_KEYS = frozenset({"location", "offset", "length", "checksum"})
"""Keys of onnx.proto3."""
_PREPACKED = "prepacked_"
"""What ONNX Runtime calls the places of weights it has rearranged for one machine."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a tensor's external data is not read."""

    code: str
    message: str
    """What is wrong with ``{data}`` and what to do."""
    inconclusive: bool = True


def entries_of(tensor: External) -> dict[str | bytes, str | bytes] | Refusal:
    """Keys and values, if every reader understands them alike."""
    entries = dict(tensor.entries)
    if len(entries) < len(tensor.entries):  # readers differ in which one counts
        return Refusal(
            "external-repeated",
            "external data {data} is described twice; export the model again",
        )
    for key in entries:
        if key not in _KEYS and not as_text(key).startswith(_PREPACKED):
            return Refusal(
                "external-key",
                f"external data {{data}} is described by the key {quoted(as_text(key))}, which "
                "ONNX does not have; export the model again",
            )
    return entries


def parts_of(location: str | bytes) -> tuple[str, ...] | Refusal:
    """The plain names that lead to ``location``, for the system."""
    if isinstance(location, bytes):
        return Refusal(
            "external-location",
            "external data {data} is not UTF-8; rename the file",
        )
    if "\0" in location:
        return Refusal(
            "external-nul",
            "external data {data} has a NUL in its name; export the model again",
        )
    if "_ORT_MEM_ADDR_" in location:
        return Refusal(
            "external-address",
            "external data {data} is an address in the memory of another process; save the "
            "model again",
        )
    if _ABSOLUTE.match(location):
        return Refusal(
            "external-absolute",
            "external data {data} is an absolute path and is not opened; put the file beside "
            "the model",
        )
    if ".." in re.split(r"[/\\]", location):
        return Refusal(
            "external-traversal",
            "external data {data} leaves the model's folder and is not opened; put the file "
            "beside the model",
        )
    if location.startswith("~"):
        return Refusal(
            "external-home",
            "external data {data} is in somebody's home folder where a reader expands '~', "
            "and is not opened; rename the file",
        )
    if ":" in location:
        return Refusal(
            "external-stream",
            "external data {data} names a stream of a file on Windows and a file elsewhere, "
            "and is not opened; rename the file",
        )
    parts = location.split("/")
    if parts[-1] in {"", "."}:
        return Refusal(
            "external-location",
            "external data {data} names no file; export the model again",
        )
    # As the system spells them, whose encoding may be another one than the file's.
    return tuple(os.fsdecode(part.encode()) for part in parts if part not in {"", "."})


def span_of(
    entries: Mapping[str | bytes, str | bytes], needed: int | None
) -> tuple[int, int | None] | Refusal:
    """Offset and length as declared; a missing length is what the shape needs."""
    numbers: dict[str, int | None] = {"offset": 0, "length": needed}
    for key in numbers:
        value = as_text(entries.get(key, ""))
        if key not in entries:
            continue
        if not _DECIMAL.fullmatch(value) or int(value) >= 1 << 63:
            return Refusal(
                f"external-{key}",
                f"external data {{data}} has {key} {quoted(value)}, which is not a byte count; "
                "export the model again",
            )
        numbers[key] = int(value)
    length = numbers["length"]
    if needed is not None and length != needed:
        return Refusal(
            "external-length",
            f"external data {{data}} has length {length:,}, but the shape needs {needed:,} "
            "bytes; export the model again",
        )
    return numbers["offset"] or 0, length
