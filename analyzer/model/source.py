"""Bytes to judge: a regular file or standard input, opened so that nothing can block or be hit."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import field
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from google.protobuf.message import EncodeError

from analyzer.dataclass import dataclass
from analyzer.errors import ModelError, said_by
from analyzer.model.external import Identity, identity
from analyzer.model.file import FileBytes, changed
from analyzer.model.sniff import HEAD, recognise

if TYPE_CHECKING:
    from analyzer.model.encoding import Buffer
    from analyzer.model.limits import Limits
    from analyzer.model.proto import ModelMessage

_IN_MEMORY = 16 << 20
"""Files up to this size are read; of larger ones only the structure, so that weights stay there."""
_CHUNK = 1 << 20

_KINDS = (
    (stat.S_ISDIR, "is a directory", "name the .onnx file in it"),
    (stat.S_ISFIFO, "is a named pipe", "pass '-' and pipe the model to standard input"),
    (stat.S_ISSOCK, "is a socket", "name a regular file"),
    (stat.S_ISBLK, "is a device", "name a regular file"),
    (stat.S_ISCHR, "is a device", "name a regular file"),
)


@runtime_checkable
class Stream(Protocol):
    """A file that is open in binary mode, as far as it is used."""

    def read(self, size: int, /) -> bytes:
        """The next ``size`` bytes or fewer; none at the end."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one model and where they came from."""

    name: str
    """As given by the user; ``-`` for standard input."""
    data: Buffer
    folder: Path | None
    """Folder that external data may be in; ``None`` where there is none to look in."""
    opened: Identity | None = field(default=None, repr=False)
    """Device, inode, size and modification time when the file was opened."""
    sha256: str | None = None

    def check_unchanged(self) -> None:
        """Raise ``ModelError`` if the file is no longer what was opened."""
        if self.opened is None:
            return
        try:
            now = identity(os.stat(self.name))
        except OSError:
            now = None
        if now != self.opened:
            raise changed(self.name)


def from_bytes(
    data: bytes, name: str, folder: Path | None = None, *, digest: bool = True
) -> Source:
    """Source of a model held in memory; raises ``ModelError`` if it cannot be one."""
    _refuse(name, data[:HEAD])
    return Source(name, data, folder, sha256=hashlib.sha256(data).hexdigest() if digest else None)


def from_stream(
    stream: Stream,
    name: str,
    limits: Limits,
    folder: Path | None = None,
    *,
    digest: bool = True,
) -> Source:
    """Read a whole model from ``stream``, within ``limits.stdin_bytes``."""
    data = bytearray()
    try:
        while chunk := stream.read(_CHUNK):
            if not isinstance(chunk, bytes):
                raise ModelError(name, "is open as text", "open it in binary mode, as 'rb'")
            data += chunk
            if len(data) > limits.stdin_bytes:
                limit = f"limit stdin_bytes = {limits.stdin_bytes:,}"
                raise ModelError(name, f"too much input ({limit})", "name a file instead")
    except OSError as error:
        raise ModelError(name, f"cannot be read: {error.strerror}", "name a file") from error
    except ValueError as error:  # it is closed, or text in no encoding
        raise ModelError(name, f"cannot be read: {error}", "open it anew, as 'rb'") from error
    return from_bytes(bytes(data), name, folder, digest=digest)


def name_of(stream: Stream) -> str:
    """The path of a file that is open, where it has one."""
    name = getattr(stream, "name", None)
    return name if isinstance(name, str) and name else "<file>"


def serialised(model: ModelMessage, name: str) -> bytes:
    """The bytes of the file that ``model`` would be saved to."""
    try:
        data: bytes = model.SerializeToString()
    except (EncodeError, ValueError) as error:
        what = f"cannot be serialised: {error}"
        raise ModelError(name, what, "save it with external data and name the file") from error
    return data


def from_path(path: str, *, digest: bool = True) -> Source:
    """Open the regular file ``path``; raises ``ModelError`` for anything else."""
    try:
        _refuse_special(path, os.stat(path).st_mode)
        # The file may be swapped for a pipe between stat and open: O_NONBLOCK never waits.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with FileIO(os.open(path, flags)) as file:
            status = os.fstat(file.fileno())
            _refuse_special(path, status.st_mode)
            _refuse(path, file.read(HEAD))
            data, sha256 = _read(path, file, status.st_size, digest)
    except FileNotFoundError as error:
        raise ModelError(path, "there is no such file", "check the path") from error
    except PermissionError as error:
        raise ModelError(path, "permission denied", "make the file readable") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ModelError(path, f"cannot be read: {said_by(error)}", "check the path") from error
    source = Source(path, data, Path(path).parent, identity(status), sha256)
    source.check_unchanged()
    return source


def _read(path: str, file: FileIO, size: int, digest: bool) -> tuple[Buffer, str | None]:
    file.seek(0)
    if size <= _IN_MEMORY:
        data = file.read(_IN_MEMORY + 1)
        if len(data) != size:
            raise changed(path)
        return data, hashlib.sha256(data).hexdigest() if digest else None
    sha256 = hashlib.file_digest(file, "sha256").hexdigest() if digest else None
    return FileBytes(os.dup(file.fileno()), size, path), sha256


def _refuse(name: str, head: bytes) -> None:
    if found := recognise(head):
        raise ModelError(name, *found)


def _refuse_special(path: str, mode: int) -> None:
    for is_kind, what, remedy in _KINDS:
        if is_kind(mode):
            raise ModelError(path, what, remedy)
