"""A file as bytes: read where it is looked at, and not mapped.

A map would be simpler, but touching what a truncation has taken away from it ends the process
with SIGBUS. A read that comes up short is an error like others.
"""

from __future__ import annotations

import errno
import mmap
import os
from typing import TYPE_CHECKING, overload

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOW = 16 << 10
"""Bytes that are read at once for a look at one."""
_LARGE = 256 << 20
"""Views of more bytes than this are mapped after all: there may not be the memory for a copy."""


class FileBytes:
    """The first ``size`` bytes of an open file: ``data[i]`` and ``data[i:j]`` as of ``bytes``.

    Takes ownership of ``descriptor``. Everything raises ``ModelError`` for the file ``name`` if
    it turns out to be shorter, or cannot be read.
    """

    __slots__ = ("_chunk", "_descriptor", "_name", "_size", "_start")

    def __init__(self, descriptor: int, size: int, name: str) -> None:
        self._descriptor, self._size, self._name = descriptor, size, name
        self._start, self._chunk = 0, b""

    def __del__(self) -> None:
        os.close(self._descriptor)

    def __reduce__(self) -> tuple[Callable[[int, str], FileBytes], tuple[int, str]]:
        """For a process that inherits no descriptor: the file of that name, whatever it is now;
        whoever looks compares it with what it was."""
        return _reopened, (self._size, self._name)

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> bytes: ...
    def __getitem__(self, place: int | slice) -> int | bytes:
        if isinstance(place, slice):
            start, stop, _ = place.indices(self._size)
            before, after = start - self._start, max(start, stop) - self._start
            if before >= 0 and after <= len(self._chunk):
                return self._chunk[before:after]
            return self._read(start, stop)
        index = place - self._start
        if not 0 <= index < len(self._chunk):
            self._chunk = self._read(place, min(self._size, place + _WINDOW))
            self._start, index = place, 0
        return self._chunk[index]

    def view(self, start: int, stop: int) -> memoryview:
        """``data[start:stop]``, read-only and fit for NumPy."""
        if stop - start <= _LARGE:
            return memoryview(self._read(start, stop))
        before = start % mmap.ALLOCATIONGRANULARITY
        try:
            mapped = mmap.mmap(
                self._descriptor,
                before + stop - start,
                access=mmap.ACCESS_READ,
                offset=start - before,
            )
        except ValueError as error:  # the file is shorter by now
            raise changed(self._name) from error
        except OSError as error:
            if error.errno == errno.ENOMEM:
                raise MemoryError from error
            raise self._unreadable(error) from error
        return memoryview(mapped)[before:]

    def _read(self, start: int, stop: int) -> bytes:
        parts = []
        while start < stop:
            try:
                part = _read_at(self._descriptor, min(stop - start, 1 << 30), start)
            except OSError as error:
                raise self._unreadable(error) from error
            if not part:
                raise changed(self._name)
            parts.append(part)
            start += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _unreadable(self, error: OSError) -> ModelError:
        what = f"cannot be read: {error.strerror}"
        return ModelError(self._name, what, "check the disk or copy it again")


def _reopened(size: int, name: str) -> FileBytes:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        return FileBytes(os.open(name, flags), size, name)
    except OSError as error:
        raise changed(name) from error


def changed(name: str) -> ModelError:
    """What to raise when the file ``name`` turns out to be another than it was."""
    return ModelError(name, "the file changed while it was being read", "try again")


def _seek_and_read(descriptor: int, size: int, start: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    return os.read(descriptor, size)


_read_at = getattr(os, "pread", _seek_and_read)
"""Bytes from a place in a file; Windows has no ``pread``."""
