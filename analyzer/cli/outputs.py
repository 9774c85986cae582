"""Outputs appear whole or not at all: temporary file beside the target, close, rename."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from analyzer.errors import OutputError

_LIVE = ("/dev/", "/proc/")
"""Where a path can mean something that is open already, such as ``/dev/stdout``."""


def write_file(path: str, data: bytes) -> None:
    """Put ``data`` into the file ``path``, replacing what is there in one step.

    A device or pipe such as ``/dev/stdout`` is written to instead of replaced, and a symbolic
    link stays one.

    Raises
    ------
    OutputError
        It cannot be written; an existing file is as it was and nothing else is left behind.
    """
    try:
        target = os.path.realpath(path)
        mode = _mode(target)
        if os.path.abspath(path).startswith(_LIVE) or not (mode is None or stat.S_ISREG(mode)):
            with open(path, "ab") as stream:
                stream.write(data)
            return
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(None, "the file there is read-only")
        _replace(target, data, mode)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise OutputError(f"{path}: cannot be written: {_reason(error)}") from error


def make_folder(path: str) -> None:
    """Create the folder ``path`` and its parents where missing; raises ``OutputError``."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError as error:
        raise OutputError(f"{path}: is a file, not a folder; name another one") from error
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot be created: {_reason(error)}") from error


def _replace(target: str, data: bytes, mode: int | None) -> None:
    # A name of its own length: that of the target may already be as long as names can be.
    temporary = os.path.join(os.path.dirname(target), f".onnxlint-{os.urandom(8).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(temporary, flags, 0o666), "wb") as stream:
            stream.write(data)
            stream.flush()
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(stream.fileno(), stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such folder; create it first"
    return getattr(error, "strerror", None) or str(error)
