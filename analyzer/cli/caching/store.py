"""Entries as sealed files in one folder: small, whole or absent, and no more than fit.

Several processes may use the folder at once: a file comes to its place in one step, and whoever
finds one gone takes it for a miss.
"""

from __future__ import annotations

import os
import time
import zlib
from contextlib import suppress
from hashlib import blake2b
from hmac import compare_digest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 256 << 20
"""Bytes of all entries together; those that were not used for longest go first."""
MOST_FILES = 20_000
ENTRY_BYTES = 16 << 20
"""Bytes of one entry as it is stored."""
UNPACKED_BYTES = 256 << 20
_KEPT = 0.9
"""Share of the limits that is left after tidying up, so that not every run has to."""
_STALE = 3600.0
"""Age in seconds of what a killed process has left."""
_FRESH = 86_400.0
"""Seconds for which a use of an entry need not be noted again."""
_TAG = blake2b.MAX_DIGEST_SIZE
_SUFFIX = ".entry"
_BEGUN = ".begun-"


class Store:
    """Bytes by name.

    Parameters
    ----------
    folder
        Descriptor of the folder, which is ours; it is used as long as the process lives.
    secret
        What seals entries: others cannot write one that we would read.
    """

    def __init__(self, folder: int, secret: bytes) -> None:
        self._folder = folder
        self._secret = secret

    def read(self, name: str) -> bytes | None:
        """What was written under ``name``; ``None`` if nothing, or nothing that we wrote."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(name + _SUFFIX, flags, dir_fd=self._folder)
        except (OSError, ValueError):
            return None
        try:
            with open(descriptor, "rb", buffering=0) as file:
                sealed = file.read(ENTRY_BYTES) or b""  # of what is larger no part is sealed
                used = os.fstat(descriptor).st_mtime
                data = self._opened(name, sealed)
                if data is not None and abs(time.time() - used) > _FRESH:
                    os.utime(descriptor)
        except OSError:
            return None
        return data

    def write(self, name: str, data: bytes) -> bool:
        """Put ``data`` under ``name``; False if it is too large. Raises ``OSError``."""
        packed = zlib.compress(data, 1)
        if len(packed) > ENTRY_BYTES - _TAG or len(data) > UNPACKED_BYTES:
            return False
        begun = f"{_BEGUN}{os.urandom(8).hex()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(begun, flags, 0o600, dir_fd=self._folder)
        try:
            with open(descriptor, "wb") as file:
                file.write(self._tag(name, packed) + packed)
            os.replace(begun, name + _SUFFIX, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except BaseException:
            self._remove(begun)
            raise
        return True

    def tidy(self) -> None:
        """Remove what is beyond the limits, least recently used first, and what was abandoned."""
        entries = sorted(self._entries(), reverse=True)
        size = number = 0
        full = sum(entry[1] for entry in entries) > MOST_BYTES or len(entries) > MOST_FILES
        share = _KEPT if full else 1.0
        for _, bytes_, name in entries:
            size, number = size + bytes_, number + 1
            if size > MOST_BYTES * share or number > MOST_FILES * share:
                self._remove(name)

    def clear(self) -> int:
        """Remove all entries; their number."""
        return sum(self._remove(name) for _, _, name in list(self._entries()))

    def usage(self) -> tuple[int, int]:
        """Number of entries, and their bytes."""
        sizes = [size for _, size, _ in self._entries()]
        return len(sizes), sum(sizes)

    def _entries(self) -> Iterator[tuple[float, int, str]]:
        """Time of last use, bytes and name of every entry; what was abandoned goes."""
        with suppress(OSError), os.scandir(self._folder) as found:
            for each in found:
                with suppress(OSError):  # somebody else has removed it
                    status = each.stat(follow_symlinks=False)
                    if each.name.endswith(_SUFFIX):
                        yield status.st_mtime, status.st_size, each.name
                    elif each.name.startswith(_BEGUN) and time.time() - status.st_mtime > _STALE:
                        self._remove(each.name)

    def _remove(self, name: str) -> bool:
        try:
            os.unlink(name, dir_fd=self._folder)
        except OSError:
            return False
        return True

    def _opened(self, name: str, sealed: bytes) -> bytes | None:
        tag, packed = sealed[:_TAG], sealed[_TAG:]
        if not compare_digest(tag, self._tag(name, packed)):
            return None
        unpacker = zlib.decompressobj()
        try:
            data = unpacker.decompress(packed, UNPACKED_BYTES)
        except zlib.error:
            return None
        return data if unpacker.eof else None

    def _tag(self, name: str, packed: bytes) -> bytes:
        """An entry is good under its own name only."""
        seal = blake2b(name.encode() + b"\0", key=self._secret)
        seal.update(packed)
        return seal.digest()
