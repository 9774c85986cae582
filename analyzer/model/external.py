"""External data, found by its declaration and ``lstat`` alone.

Only ``open_inside`` opens anything, and only a regular file that ``locate`` approved: reached from
the model's folder by plain names, through no link.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from analyzer.dataclass import dataclass
from analyzer.facts import DATA_MISSING
from analyzer.model.declared import Refusal, entries_of, parts_of, span_of
from analyzer.model.notes import as_text, declared_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from analyzer.model.notes import External

Identity = tuple[int, int, int, int]

UNAVAILABLE = DATA_MISSING | {"external-link", "external-no-folder"}
"""Codes of data that only those miss who want to look at weights."""

_BLOB = re.compile(r"(\.\./)+blobs/[0-9a-f]{40,64}", re.ASCII)
"""Where the links in a cache of Hugging Face's hub lead."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the elements of one tensor are: a stretch of a regular file in the model's folder."""

    path: Path
    offset: int
    length: int
    identity: Identity
    """Device, inode, size and modification time of the file."""


def locate(tensor: External, folder: Path | None) -> Extent | Refusal:
    """Find the data of ``tensor`` without opening anything; links are never followed."""
    entries = entries_of(tensor)
    if isinstance(entries, Refusal):
        return entries
    parts = parts_of(tensor.location)
    if isinstance(parts, Refusal):
        return parts
    span = span_of(entries, declared_bytes(tensor.data_type, tensor.dims))
    if isinstance(span, Refusal):
        return span
    if folder is None:
        return Refusal(
            "external-no-folder",
            "external data {data} is not looked for, as the model came without a folder; "
            "name the model file instead",
            False,
        )
    status = _lstat(folder, parts)
    if isinstance(status, Refusal):
        return status
    offset, length = span
    length = status.st_size - offset if length is None else length
    if length < 0 or offset + length > status.st_size:
        end = offset + max(length, 0)
        return Refusal(
            "external-too-short",
            f"external data {{data}} has {status.st_size:,} bytes, but tensor "
            f"{as_text(tensor.name)!r} ends at {end:,}; download it again",
            False,
        )
    return Extent(folder.joinpath(*parts), offset, length, identity(status))


def look(location: str | bytes, folder: Path | None) -> Identity | None:
    """What is at ``location`` now, if it is a file that may be opened."""
    parts = parts_of(location)
    if isinstance(parts, Refusal) or folder is None:
        return None
    status = _lstat(folder, parts)
    return None if isinstance(status, Refusal) else identity(status)


def _lstat(folder: Path, parts: tuple[str, ...]) -> os.stat_result | Refusal:
    path = folder
    for depth, part in enumerate(parts, 1):
        path /= part
        try:
            status = os.lstat(path)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                return Refusal(
                    "external-missing",
                    "external data {data} is missing, so no runtime can load the model; put "
                    "the file beside it",
                    False,
                )
            return Refusal(
                "external-unreadable",
                f"external data {{data}} cannot be found: {error.strerror}; check the path",
            )
        if stat.S_ISLNK(status.st_mode):
            return _link(path, "/".join(parts[: depth - 1]))
        wanted = stat.S_ISREG if depth == len(parts) else stat.S_ISDIR
        if not wanted(status.st_mode):
            return Refusal(
                "external-special",
                "external data {data} is not a regular file and is not opened; put a file there",
            )
    return status


def _link(path: Path, within: str) -> Refusal:
    """A link is not followed, wherever it leads; one that leads out of the folder is an attack
    on whoever does, unless it is what a cache of the hub consists of."""
    target = os.readlink(path)
    inside = os.path.normpath(os.path.join(within, target))
    outside = os.path.isabs(target) or inside.partition(os.sep)[0] == os.pardir
    if outside and not _BLOB.fullmatch(target):
        return Refusal(
            "external-link-outside",
            "external data {data} is a link out of the model's folder and is not followed; "
            "put the file itself beside the model",
        )
    return Refusal(
        "external-link",
        "external data {data} is a link, which is not followed, so the weights are not "
        "looked at; copy the file to change that",
        False,
    )


@contextmanager
def open_inside(region: Extent) -> Iterator[BinaryIO | None]:
    """Open the file of ``region``, or yield ``None`` if it is no longer what ``locate`` saw."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(region.path, flags)
    except OSError:
        yield None
        return
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        yield file if identity(status) == region.identity else None


def identity(status: os.stat_result) -> Identity:
    """What changes when a file is replaced or rewritten."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
