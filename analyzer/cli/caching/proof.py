"""What proves that a file is the one that was judged.

That is the SHA-256 of its bytes. Hashing gigabytes takes longer than judging them, though, as
weights are not read. So a large file proves itself by device, inode, size and both times, of
which nobody but the system sets the last: a file that was rewritten has another, whatever its
owner states about the first. A file that changed moments ago proves nothing that way, as it may
change again without its times showing that.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from io import FileIO
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.cli.caching.store import Store

REMEMBERED = 1 << 20
"""Bytes of a file beyond which its digest is kept by its times."""
HASHED = 64 << 20
"""Bytes of a model up to which it is hashed."""
_FINE, _COARSE = 50_000_000, 2_000_000_000
"""Nanoseconds between two changes that have different times, where a file system keeps parts of
a second, and where it does not (FAT: two seconds)."""
_HASH, _FILE = "sha256 ", "file "
Found = tuple["str | int", ...]
"""What is at a place that a model names: a word, and what belongs to it."""


@dataclass(frozen=True, slots=True)
class FileLook:
    """A file at one moment."""

    proof: str
    """Equal for equal bytes; of large files, for the same file without a change."""
    status: tuple[int, ...]
    began: int
    """When we looked, in nanoseconds since 1970."""

    def holds(self, path: str) -> bool:
        """Whether it is the same file still, and has been all the time."""
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return False
        return times(status) == self.status and not is_young(status, self.began)


def look(path: str, store: Store) -> FileLook | None:
    """The model file at ``path``; ``None`` if it is no regular file, or cannot be read."""
    began = time.time_ns()
    try:
        with _opened(path) as file:
            status = os.fstat(file.fileno())
            return FileLook(_proof(file, status, began, store), times(status), began)
    except (OSError, ValueError):
        return None


def times(status: os.stat_result) -> tuple[int, ...]:
    """What changes when a file is replaced, rewritten, or touched."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def is_young(status: os.stat_result, moment: int) -> bool:
    """Whether it changed so shortly before ``moment``, or after it, that its times may hide a
    further change."""
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    return changed > moment - (_FINE if changed % 1_000_000_000 else _COARSE)


def surroundings(
    folder: str, places: Iterable[tuple[str, ...]], began: int
) -> tuple[Found, ...] | None:
    """What is at each of ``places``, plain names that lead on from ``folder``.

    ``None`` where that may have changed since ``began``. Small files prove themselves by their
    bytes, within a budget for all of them together, others by their times.
    """
    budget = HASHED
    found: list[Found] = []
    try:
        for parts in places:
            there = _at(folder or ".", parts, began, min(budget, REMEMBERED))
            if there is None:
                return None
            found.append(there)
            if str(there[1]).startswith(_HASH):
                budget -= int(there[2])
    except (OSError, ValueError):
        return None
    return tuple(found)


def _at(path: str, parts: tuple[str, ...], began: int, most: int) -> Found | None:
    """What is at the end of ``parts``, no link followed; files up to ``most`` bytes are hashed."""
    above = os.stat(path)
    for depth, part in enumerate(parts, 1):
        path = os.path.join(path, part)
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            return None if is_young(above, began) else ("missing", depth)
        except OSError as error:
            return "error", depth, error.errno or 0
        if stat.S_ISDIR(status.st_mode) and depth < len(parts):
            above = status
            continue
        if is_young(status, began):
            return None
        if stat.S_ISLNK(status.st_mode):
            return "link", depth, os.readlink(path)
        if not stat.S_ISREG(status.st_mode) or depth < len(parts):
            return "special", depth, stat.S_IFMT(status.st_mode)
        proof = _identity(status)
        if status.st_size <= most:
            with _opened(path) as file:
                if times(os.fstat(file.fileno())) != times(status):
                    return None
                proof = _hash(file)
        return "file", proof, status.st_size, status.st_nlink
    return None


@contextmanager
def _opened(path: str) -> Iterator[FileIO]:
    """A regular file; raises ``OSError`` for anything else."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError("not a regular file")
    with FileIO(os.open(path, flags)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("no longer a regular file")
        yield file


def _proof(file: FileIO, status: os.stat_result, began: int, store: Store) -> str:
    if status.st_size > HASHED:
        return _identity(status)
    if status.st_size <= REMEMBERED:
        return _hash(file)
    name = sha256(f"digest of {_identity(status)}".encode()).hexdigest()
    known = store.read(name)
    if known is not None:
        return known.decode("ascii", "replace")
    proof = _hash(file)
    if not is_young(status, began):
        with suppress(OSError):  # whoever stores results says so
            store.write(name, proof.encode())
    return proof


def _hash(file: FileIO) -> str:
    return f"{_HASH}{file_digest(file, 'sha256').hexdigest()}"


def _identity(status: os.stat_result) -> str:
    return f"{_FILE}{':'.join(map(str, times(status)))}"
