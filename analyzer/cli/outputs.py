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
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from analyzer.cli.config.find import NAMES
from analyzer.cli.paths import STDIN, absolute
from analyzer.cli.stop import undone_by_stop
from analyzer.errors import ConfigError, OutputError, said_by
from analyzer.streams import write_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.cli.console import Console

STDOUT = "-"
_OPEN = re.compile(r"/dev/(?:(stdin|stdout|stderr)|fd/(\d{1,9}))|/proc/self/fd/(\d{1,9})")
"""Paths that mean something that is open already."""
_STREAMS = ("stdin", "stdout", "stderr")
_DEVICES = "/dev/"

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


def deliver(data: bytes, path: str | None, console: Console) -> None:
    """Into the file ``path``; to standard output if there is none or it is ``-``."""
    if path and path != STDOUT:
        write_files({path: data})
    else:
        console.write(data)


def write_files(contents: Mapping[str, bytes], folder: str = "") -> None:
    """Put bytes into files, by path; what is there is replaced in one step, when all can be.

    ``folder`` and its parents are created where they are missing. The place of a file may be in
    a folder that came with a model, so that nothing there is trusted: a symbolic link is replaced
    and not followed, and a pipe or a device is refused. Something that is open already, such as
    ``/dev/stdout``, and devices in ``/dev`` are written to.

    Raises
    ------
    OutputError
        One cannot be written; existing files are as they were and nothing else is left behind.
    """
    outputs = [_Output(path, data) for path, data in contents.items()]
    made: list[str] = []

    def discard() -> None:
        for output in outputs:
            output.discard()
        while made:
            with suppress(OSError):  # no longer empty: something has come to its place
                os.rmdir(made.pop())

    with undone_by_stop(discard):
        try:
            _make_folder(folder, made)
            for output in outputs:
                output.prepare()
            # Streams and devices can still fail, so they come before what only has to be renamed.
            for output in sorted(outputs, key=lambda output: bool(output.temporary)):
                output.put()
        finally:
            discard()


def keep_models(targets: Iterable[str], models: Iterable[str]) -> None:
    """Raises ``ConfigError`` if one of the files to be written is a model that is read, or a
    configuration, read or not.
    """
    targets = tuple(targets)
    _keep(targets, models, "is the model itself")
    for target in targets:
        if os.path.basename(target) in NAMES:
            raise ConfigError(f"{target}: is the name of a configuration; write to another file")


def keep_settings(targets: Iterable[str], files: Iterable[str | None]) -> None:
    """Raises ``ConfigError`` if one of the files to be written says how models are judged."""
    _keep(targets, filter(None, files), "says how models are judged")


def _keep(targets: Iterable[str], files: Iterable[str], what: str) -> None:
    read: set[tuple[int, int]] = set()
    for file in files:
        looks = (lambda _: os.fstat(0),) if file == STDIN else (os.lstat, os.stat)
        for look in looks:
            with suppress(OSError, ValueError):  # whoever reads it says so
                read.add(_identity(look(file)))
    for target in targets:
        with suppress(OSError, ValueError):  # what is not there is not replaced
            if _identity(os.lstat(place_of(target))) in read:
                raise ConfigError(f"{target}: {what}; write to another file")


def _identity(status: os.stat_result) -> tuple[int, int]:
    """As ``os.path.samestat`` has it."""
    return status.st_dev, status.st_ino


def place_of(path: str, *, strict: bool = False) -> str:
    """Where a file ``path`` would come: links on the way are followed, one in its place is not.

    ``strict`` raises ``OSError`` where the folder does not exist.
    """
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder, strict=strict), name)


def is_open(path: str) -> bool:
    """Whether ``path`` means a stream that is open, such as standard output."""
    return path == STDOUT or _opened(path) is not None


def _make_folder(path: str, made: list[str]) -> None:
    """Create the folder ``path`` and its parents where missing, and list them in ``made``."""
    missing: list[str] = []
    place = path
    while place and not os.path.lexists(place):
        missing.append(place)
        place = os.path.dirname(place.rstrip(os.sep))
    try:
        for place in reversed(missing):
            with suppress(FileExistsError):  # "a/" and "a", or somebody else made it just now
                os.mkdir(place)
                made.append(place)
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot be created: {_reason(error)}") from error
    if path and not os.path.isdir(path):
        raise OutputError(f"{path}: is a file, not a folder; name another one")


class _Output:
    """One file on its way to its place: ``prepare``, ``put``, and ``discard`` in any case."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path, self.data = path, data
        self.target = self.temporary = ""
        self.descriptor: int | None = None

    def prepare(self) -> None:
        """Write everything beside the target, where it is a regular file or is to be one."""
        try:
            self.descriptor = _descriptor(self.path)
            if self.descriptor is not None:
                return
            self.target = place_of(self.path, strict=True)
            folder = os.path.dirname(self.target)
            mode = _mode(self.target)
            if self.target.startswith(_DEVICES) and os.path.islink(self.target):
                raise ValueError("is a link among the devices; write elsewhere")
            if mode is not None and stat.S_ISCHR(mode) and self.target.startswith(_DEVICES):
                return
            if mode is not None and not stat.S_ISREG(mode):
                raise ValueError(f"is {_kind(mode)}; remove it or write elsewhere")
            if mode is not None and not os.access(self.target, os.W_OK):
                raise PermissionError(None, "the file there is read-only; write elsewhere")
            _clear(folder)
            # A name of its own length: that of the target may already be as long as names can be.
            self.temporary = os.path.join(folder, f".onnxlint-{os.urandom(8).hex()}.tmp")
            _create(self.temporary, self.data, mode)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise OutputError(f"{self.path}: cannot be written: {_reason(error)}") from error

    def put(self) -> None:
        """Make the file appear."""
        try:
            if self.descriptor is not None:
                write_all(self.descriptor, self.data)
            elif self.temporary:
                os.replace(self.temporary, self.target)
                self.temporary = ""
            else:
                with open(self.target, "wb", buffering=0) as device:
                    write_all(device.fileno(), self.data)
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written: {_reason(error)}") from error

    def discard(self) -> None:
        """Remove what has not come to its place."""
        if self.temporary:
            with suppress(OSError):
                os.unlink(self.temporary)


def _opened(path: str) -> re.Match[str] | None:
    return _OPEN.fullmatch(f"/{absolute(path).lstrip('/')}")  # "//dev" is "/dev"


def _descriptor(path: str) -> int | None:
    """The descriptor that ``path`` stands for."""
    found = _opened(path)
    if found is None:
        return None
    name, *numbers = found.groups()
    descriptor = _STREAMS.index(name) if name else int(numbers[0] or numbers[1])
    if descriptor < len(_STREAMS) and getattr(sys, _STREAMS[descriptor]) is None:
        raise ValueError("it is closed; redirect it to a file")
    return descriptor


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
    """What is at ``path`` and stays in the way, if anything is: a link does not."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return None if stat.S_ISLNK(mode) else mode


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def _reason(error: Exception) -> str:
    """What is wrong and what to do."""
    if isinstance(error, FileNotFoundError):
        return "there is no such folder; create it first"
    what = said_by(error)
    remedy = _REMEDIES.get(getattr(error, "errno", None) or 0)
    return f"{what}; {remedy}" if remedy else what
