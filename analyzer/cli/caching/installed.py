"""What judges: our own code and data by content, what it builds on by version.

An editable installation changes without another version, so the files themselves count. Reading
all of them takes 20 ms; it is remembered by their times, as for large files.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from analyzer.cli.caching.place import Unusable
from analyzer.cli.caching.proof import is_young, times
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.cli.caching.store import Store

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILDS_ON = ("google_re2", "jinja2", "networkx", "numpy", "onnx", "protobuf", "pyyaml")
"""Distributions that facts and findings depend on."""
_BESIDE = ("markupsafe", "ml_dtypes")
"""Those that some versions of these need."""
_INSTALLED = re.compile(r"(.+?)-(\d[^-]*)(?:-py[\d.]+)?\.(?:dist|egg)-info")


def installed(store: Store, began: int) -> str:
    """A digest of everything that judges models here.

    Raises ``Unusable`` where it cannot be told, as of packages that somebody is working on.
    """
    known = versions(sys.path)
    for name in BUILDS_ON:
        if not any(other == name for other, _ in known):
            raise Unusable(f"nothing says which version of {name} is installed")
    parts = [__version__, sys.version, platform.machine(), sys.platform, _code(store, began)]
    return sha256("\0".join([*parts, *map(str, known)]).encode("utf-8", "replace")).hexdigest()


def versions(places: Sequence[str]) -> list[tuple[str, str]]:
    """Name and version of each of these distributions in the folders of ``places``, in order."""
    found: list[tuple[str, str]] = []
    for place in dict.fromkeys(places):
        with suppress(OSError, ValueError):
            for entry in sorted(os.listdir(place or ".")):
                known = _INSTALLED.fullmatch(entry)
                name = re.sub(r"[-_.]+", "_", known[1]).lower() if known else ""
                if known and name in (*BUILDS_ON, *_BESIDE):
                    found.append((name, known[2]))
    return found


def _code(store: Store, began: int) -> str:
    """A digest of the package's files."""
    files = sorted(_files(_PACKAGE))
    listing = "\0".join(f"{path}:{times(status)}" for path, status in files)
    name = sha256(f"code {_PACKAGE}\0{listing}".encode("utf-8", "surrogateescape")).hexdigest()
    known = store.read(name)
    if known is not None:
        return known.decode("ascii", "replace")
    digest = sha256()
    for path, _ in files:
        with open(path, "rb") as file:
            content = file.read()
        relative = path.removeprefix(_PACKAGE)
        digest.update(f"{relative}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
    if not any(is_young(status, began) for _, status in files):
        with suppress(OSError):  # whoever stores results says so
            store.write(name, digest.hexdigest().encode())
    return digest.hexdigest()


def _files(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            elif not entry.name.endswith(".pyc"):
                yield entry.path, entry.stat()
