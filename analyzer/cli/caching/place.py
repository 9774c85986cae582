"""The folder that holds the cache, and the secret by which we know our own entries.

The secret is kept apart from the entries, so that a folder of entries that somebody else wrote,
packed and unpacked again (as CI systems do) says nothing to us.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from analyzer.errors import said_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.cli.environment import Whereabouts

SECRET = "cache.key"
SECRET_BYTES = 32
LEAST_WORD = 16
"""Characters of a secret that somebody states."""
_PRIVATE = 0o700
_OTHERS = 0o077
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Unusable(Exception):  # noqa: N818 - it is the cache that is, and nothing went wrong
    """There will be no cache in this run; says why, as a clause about it."""


def open_folder(path: str, *, create: bool = True) -> int:
    """A descriptor of the folder, which is ours and which nobody else may write to.

    Raises
    ------
    Unusable
        It is not like that, or cannot be created.
    """
    if not path:
        raise Unusable("there is no home folder for it; name one with --cache-dir")
    if create:
        with _explained(path):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with suppress(FileExistsError):
                os.mkdir(path, _PRIVATE)
    with _explained(path):
        descriptor = os.open(path, _FOLDER)
    status = os.fstat(descriptor)
    if _is_foreign(status) or status.st_mode & stat.S_IWOTH:
        os.close(descriptor)
        raise Unusable(f"{path} belongs to, or may be written by, somebody else")
    return descriptor


def secret_of(place: Whereabouts) -> bytes:
    """The secret, made up where there is none yet; raises ``Unusable``."""
    if place.word:
        from hashlib import sha256

        if len(place.word) < LEAST_WORD:
            raise Unusable(f"ONNXLINT_CACHE_KEY has fewer than {LEAST_WORD} characters")
        return sha256(place.word.encode("utf-8", "surrogateescape")).digest()
    if not place.state:
        raise Unusable("there is no home folder for its key; state one in ONNXLINT_CACHE_KEY")
    folder = open_folder(place.state)
    path = os.path.join(place.state, SECRET)
    try:
        with _explained(path):
            return _read_secret(folder, path) or _make_secret(folder, path)
    finally:
        os.close(folder)


def _read_secret(folder: int, path: str) -> bytes | None:
    try:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(SECRET, flags, dir_fd=folder)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        private = stat.S_ISREG(status.st_mode) and not status.st_mode & _OTHERS
        secret = os.read(descriptor, SECRET_BYTES + 1) if private else b""
    finally:
        os.close(descriptor)
    if _is_foreign(status) or len(secret) != SECRET_BYTES:
        raise Unusable(f"{path} is no private key of ours; remove it")
    return secret


def _make_secret(folder: int, path: str) -> bytes:
    """Whole or not at all; where two processes make one, the first one's holds."""
    name = f".{SECRET}-{os.urandom(8).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(os.urandom(SECRET_BYTES))
        with suppress(FileExistsError):
            os.link(name, SECRET, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.unlink(name, dir_fd=folder)
    secret = _read_secret(folder, path)
    if secret is None:
        raise Unusable(f"{path} is gone again")
    return secret


def _is_foreign(status: os.stat_result) -> bool:
    return hasattr(os, "geteuid") and status.st_uid != os.geteuid()


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """What the system says against it, as ``Unusable``."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise Unusable(f"{path}: {said_by(error)}") from error
