"""Outputs appear whole or not at all: temporary files beside the targets, close, rename.

Whatever ends the process, a target is what it was or what it should become. There is no
``fsync``: the kernel keeps what a killed process has written, and after a power cut a report
can be made again, which is cheaper than waiting for the disk at every run.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from analyzer.cli.stop import undone_by_stop
from analyzer.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIVE = ("/dev/", "/proc/")
"""Where a path can mean something that is open already, such as ``/dev/stdout``."""

_TEMPORARY = re.compile(r"\.onnxlint-[0-9a-f]{16}\.tmp")
_ABANDONED = 3600.0
"""Age in seconds at which a temporary file is taken for that of a killed process: writing one
takes far less, and process ids say nothing on file systems that several machines share."""

_REMEDIES = {
    errno.ENOSPC: "free some space or write elsewhere",
    errno.EDQUOT: "free some space or write elsewhere",
    errno.EFBIG: "raise the limit on file sizes (ulimit -f) or write elsewhere",
    errno.EROFS: "write elsewhere",
    errno.EACCES: "make the folder writable or write elsewhere",
    errno.EPERM: "make the folder writable or write elsewhere",
    errno.EISDIR: "name a file in it",
    errno.ENOTDIR: "check the path",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ELOOP: "check the path",
}


def write_file(path: str, data: bytes) -> None:
    """``write_files`` for one file."""
    write_files({path: data})


def write_files(contents: Mapping[str, bytes]) -> None:
    """Put bytes into files, by path; what is there is replaced in one step, when all can be.

    A device or pipe such as ``/dev/stdout`` is written to instead of replaced, and a symbolic
    link stays one.

    Raises
    ------
    OutputError
        One cannot be written; existing files are as they were and nothing else is left behind.
    """
    outputs = [_Output(path, data) for path, data in contents.items()]

    def discard() -> None:
        for output in outputs:
            output.discard()

    with undone_by_stop(discard):
        try:
            for output in outputs:
                output.prepare()
            for output in outputs:
                output.put()
        finally:
            discard()


def make_folder(path: str) -> None:
    """Create the folder ``path`` and its parents where missing; raises ``OutputError``."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError as error:
        raise OutputError(f"{path}: is a file, not a folder; name another one") from error
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot be created: {_reason(error)}") from error


class _Output:
    """One file on its way to its place: ``prepare``, ``put``, and ``discard`` in any case."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path, self.data = path, data
        self.target = self.temporary = ""

    def prepare(self) -> None:
        """Write everything beside the target, where it is a regular file or is to be one."""
        try:
            self.target = os.path.realpath(self.path)
            mode = _mode(self.target)
            live = os.path.abspath(self.path).startswith(_LIVE)
            if live or not (mode is None or stat.S_ISREG(mode)):
                if mode is not None and stat.S_ISDIR(mode):
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
                return
            if mode is not None and not os.access(self.target, os.W_OK):
                raise PermissionError(None, "the file there is read-only; write elsewhere")
            folder = os.path.dirname(self.target)
            _clear(folder)
            # A name of its own length: that of the target may already be as long as names can be.
            self.temporary = os.path.join(folder, f".onnxlint-{os.urandom(8).hex()}.tmp")
            _create(self.temporary, self.data, mode)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise OutputError(f"{self.path}: cannot be written: {_reason(error)}") from error

    def put(self) -> None:
        """Make the file appear."""
        try:
            if self.temporary:
                os.replace(self.temporary, self.target)
                self.temporary = ""
                return
            with open(self.path, "ab") as stream:
                stream.write(self.data)
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written: {_reason(error)}") from error

    def discard(self) -> None:
        """Remove what has not come to its place."""
        if self.temporary:
            with suppress(OSError):
                os.unlink(self.temporary)


def _create(path: str, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, 0o666), "wb") as stream:
        stream.write(data)
        stream.flush()
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(stream.fileno(), stat.S_IMODE(mode))


def _clear(folder: str) -> None:
    """Remove what killed processes have left in ``folder``, as far as that is allowed."""
    with suppress(OSError), os.scandir(folder or ".") as entries:
        for entry in entries:
            if _TEMPORARY.fullmatch(entry.name):
                age = time.time() - entry.stat(follow_symlinks=False).st_mtime
                if age > _ABANDONED and entry.is_file(follow_symlinks=False):
                    os.unlink(entry.path)


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _reason(error: Exception) -> str:
    """What is wrong and what to do."""
    if isinstance(error, FileNotFoundError):
        return "there is no such folder; create it first"
    what = getattr(error, "strerror", None) or str(error)
    remedy = _REMEDIES.get(getattr(error, "errno", None) or 0)
    return f"{what}; {remedy}" if remedy else what
