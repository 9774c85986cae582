"""External data, judged by its declaration and ``lstat`` alone.

Only ``open_inside`` opens anything, and only a regular file that ``locate`` approved: reached from
the model's folder by plain names, through no link.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from analyzer.facts import Problem
from analyzer.model.tensors import External, as_text, declared_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Identity = tuple[int, int, int, int]

UNAVAILABLE = frozenset({"external-missing", "external-link", "external-no-folder"})
"""Codes of data that only those miss who want to look at weights."""

_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*://")
_DECIMAL = re.compile(r"[0-9]{1,19}", re.ASCII)
_POINTER_BYTES = range(120, 200)
"""A data file of this size that should be larger is probably a git-LFS pointer: a version, a
SHA-256 and a size in three lines."""


@dataclass(frozen=True, slots=True)
class Region:
    """Where the elements of one tensor are: a stretch of a regular file in the model's folder."""

    path: Path
    offset: int
    length: int
    identity: Identity
    """Device, inode, size and modification time of the file."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a tensor's external data is not read."""

    code: str
    message: str
    """What is wrong and what to do, to follow ``external data 'location'``."""
    inconclusive: bool = True


def locate(tensor: External, folder: Path | None) -> Region | Refusal:
    """Find the data of ``tensor`` without opening anything; links are never followed."""
    entries = dict(tensor.entries)
    if len(entries) < len(tensor.entries):  # readers differ in which one counts
        return Refusal("external-repeated", "is described twice; export the model again")
    parts = _parts(tensor.location)
    if isinstance(parts, Refusal):
        return parts
    span = _span(entries, declared_bytes(tensor.data_type, tensor.dims))
    if isinstance(span, Refusal):
        return span
    if folder is None:
        return Refusal("external-no-folder", "is not looked for, as the model came without a "
                       "folder; name the model file instead", False)  # fmt: skip
    status = _lstat(folder, parts)
    if isinstance(status, Refusal):
        return status
    offset, length = span
    length = status.st_size - offset if length is None else length
    if length < 0 or offset + length > status.st_size:
        hint = "run git lfs pull" if status.st_size in _POINTER_BYTES else "download it again"
        end = offset + max(length, 0)
        return Refusal("external-too-short", f"has {status.st_size:,} bytes, but tensor "
                       f"{as_text(tensor.name)!r} ends at {end:,}; {hint}")  # fmt: skip
    return Region(folder.joinpath(*parts), offset, length, identity(status))


def look(location: str | bytes, folder: Path | None) -> Identity | None:
    """What is at ``location`` now, if it is a file that may be opened."""
    parts = _parts(location)
    if isinstance(parts, Refusal) or folder is None:
        return None
    status = _lstat(folder, parts)
    return None if isinstance(status, Refusal) else identity(status)


def _parts(location: str | bytes) -> tuple[str, ...] | Refusal:
    """The plain names that lead to ``location``."""
    if isinstance(location, bytes):
        return Refusal("external-location", "is not UTF-8; rename the file")
    if "\0" in location:
        return Refusal("external-nul", "has a NUL in its name; export the model again")
    if "_ORT_MEM_ADDR_" in location:
        return Refusal("external-address", "is an address in the memory of another process; "
                       "save the model again")  # fmt: skip
    if _ABSOLUTE.match(location):
        return Refusal("external-absolute", "is an absolute path and is not opened; "
                       "put the file beside the model")  # fmt: skip
    if ".." in re.split(r"[/\\]", location):
        return Refusal("external-traversal", "leaves the model's folder and is not opened; "
                       "put the file beside the model")  # fmt: skip
    parts = location.split("/")
    if parts[-1] in {"", "."}:
        return Refusal("external-location", "names no file; export the model again")
    return tuple(part for part in parts if part not in {"", "."})


def _span(
    entries: dict[str | bytes, str | bytes], needed: int | None
) -> tuple[int, int | None] | Refusal:
    """Offset and length as declared; a missing length is what the shape needs."""
    numbers: dict[str, int | None] = {"offset": 0, "length": needed}
    for key in numbers:
        value = as_text(entries.get(key, ""))
        if key not in entries:
            continue
        if not _DECIMAL.fullmatch(value) or int(value) >= 1 << 63:
            return Refusal(f"external-{key}", f"has {key} {value[:40]!r}, which is not a byte "
                           "count; export the model again")  # fmt: skip
        numbers[key] = int(value)
    length = numbers["length"]
    if needed is not None and length != needed:
        return Refusal("external-length", f"has length {length:,}, but the shape needs {needed:,} "
                       "bytes; export the model again")  # fmt: skip
    return numbers["offset"] or 0, length


def _lstat(folder: Path, parts: tuple[str, ...]) -> os.stat_result | Refusal:
    path = folder
    for depth, part in enumerate(parts, 1):
        path /= part
        try:
            status = os.lstat(path)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                return Refusal("external-missing", "is missing, so the weights are not looked at; "
                               "put the file beside the model", False)  # fmt: skip
            return Refusal("external-unreadable", f"cannot be found: {error.strerror}; "
                           "check the path")  # fmt: skip
        if stat.S_ISLNK(status.st_mode):
            return Refusal("external-link", "is a link, which is not followed, so the weights "
                           "are not looked at; copy the file to change that", False)  # fmt: skip
        wanted = stat.S_ISREG if depth == len(parts) else stat.S_ISDIR
        if not wanted(status.st_mode):
            return Refusal("external-special", "is not a regular file and is not opened; "
                           "put a file there")  # fmt: skip
    return status


@contextmanager
def open_inside(region: Region) -> Iterator[BinaryIO | None]:
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


@dataclass(frozen=True, slots=True)
class Survey:
    """What the external data of a model is like when the model is loaded."""

    problems: tuple[Problem, ...]
    """One per kind and file for tensors whose data cannot be read."""
    files: Mapping[str | bytes, Identity | None]
    """What ``look`` saw at each location: for the rest of the run it is this or has changed."""


def survey(tensors: Sequence[External], folder: Path | None) -> Survey:
    """Look at the data of ``tensors`` without opening anything."""
    refused: dict[tuple[str, str], tuple[Refusal, list[str]]] = {}
    regions: list[tuple[Path, int, int, str]] = []
    files = {location: look(location, folder) for location in {t.location for t in tensors}}
    for tensor in tensors:
        name = as_text(tensor.name)
        found = locate(tensor, folder)
        if isinstance(found, Region):
            regions.append((found.path, found.offset, found.length, name))
            continue
        refused.setdefault((found.code, as_text(tensor.location)), (found, []))[1].append(name)
    problems = []
    for (code, location), (refusal, names) in refused.items():
        more = f" ({len(names):,} tensors)" if len(names) > 1 else ""
        message = f"external data {location[:200]!r}{more} {refusal.message}"
        problems.append(Problem(code, names[0], message, refusal.inconclusive))
    return Survey((*problems, *_overlaps(regions)), files)


def _overlaps(regions: list[tuple[Path, int, int, str]]) -> Iterator[Problem]:
    """Tensors that share bytes without being the same tensor."""
    distinct = {region[:3]: region for region in reversed(regions)}
    for before, after in pairwise(sorted(distinct.values())):
        if before[0] == after[0] and after[1] < before[1] + before[2]:
            yield Problem(
                "external-overlap", after[3],
                f"external data {after[0].name!r}: tensors {before[3]!r} and {after[3]!r} overlap; "
                "export the model again",
            )  # fmt: skip
