"""Git LFS: a small text in the place of a file, and the file in a store beside the repository.

https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.cli.git.repository import Repository

MOST = 1023
"""Bytes of a pointer: the specification has fewer than 1,024."""
_CHUNK = 1 << 20
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\n"
    rb"size ([0-9]{1,18})\n?"
)


class AwayError(ModelError):
    """No store of this repository has the object."""


class Pointer(NamedTuple):
    """What stands in the place of a file."""

    oid: str
    """SHA-256 of the file."""
    size: int
    """Bytes of the file."""


def pointer(data: bytes) -> Pointer | None:
    r"""The pointer that ``data`` is, if it is one.

    >>> oid = b"0" * 64
    >>> pointer(b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12\n" % oid).size
    12
    """
    found = _POINTER.fullmatch(data)
    return Pointer(found[1].decode(), int(found[2])) if found else None


def copy_object(wanted: Pointer, repository: Repository, file: BinaryIO, name: str) -> None:
    """Write the file that ``wanted`` points to into ``file``, checked on the way.

    Raises ``ModelError`` about ``name`` if what a store has is something else, ``AwayError`` if
    no store has anything.
    """
    for store in _stores(repository):
        path = os.path.join(store, "objects", wanted.oid[:2], wanted.oid[2:4], wanted.oid)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(path, flags)
        except (OSError, ValueError):
            continue  # the next store
        with open(descriptor, "rb", buffering=0) as found:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode) or not _copied(found, wanted, file):
                raise ModelError(name, f"its git-LFS object {wanted.oid[:12]}… is damaged",
                                 f"delete {path} and run git lfs fetch")  # fmt: skip
        return
    what = f"a git-LFS pointer whose object {wanted.oid[:12]}… is not in this clone"
    raise AwayError(name, what, "run git lfs fetch")


def _stores(repository: Repository) -> Iterable[str]:
    """Where objects may be: the usual folder, and the one of the setting ``lfs.storage``."""
    yield os.path.join(repository.common, "lfs")
    if elsewhere := repository.setting("lfs.storage"):
        yield os.path.join(repository.common, elsewhere)


def _copied(found: BinaryIO, wanted: Pointer, file: BinaryIO) -> bool:
    """Whether all of ``found`` was what ``wanted`` says."""
    digest, left = hashlib.sha256(), wanted.size
    while chunk := found.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            return False
        digest.update(chunk)
        file.write(chunk)
    return not left and digest.hexdigest() == wanted.oid
