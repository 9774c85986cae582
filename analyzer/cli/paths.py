"""The paths of a command line → the model files they mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDIN = "-"
SUFFIX = ".onnx"


def expand(paths: Iterable[str]) -> list[str | ModelError]:
    """Each path once, in the order given; folders become the models in them, sorted.

    A folder that cannot be searched or holds no model is an error in its place: what nobody
    looked at must not pass for clean. Links to folders are not followed.
    """
    found: list[str | ModelError] = []
    seen: set[str] = set()
    for path in paths:
        for item in _search(path) if path != STDIN and os.path.isdir(path) else (path,):
            key = absolute(item) if isinstance(item, str) and item != STDIN else str(item)
            if key not in seen:
                seen.add(key)
                found.append(item)
    return found


def absolute(path: str) -> str:
    """``os.path.abspath``; a relative path stays one where the current folder is gone."""
    try:
        return os.path.abspath(path)
    except (OSError, ValueError):
        return path


def _search(folder: str) -> Iterator[str | ModelError]:
    errors: list[OSError] = []
    models = []
    for place, folders, files in os.walk(folder, onerror=errors.append):
        folders.sort()
        models += [os.path.join(place, name) for name in files if name.lower().endswith(SUFFIX)]
    for error in errors:
        place = os.fsdecode(error.filename or folder)
        yield ModelError(place, f"cannot be searched: {error.strerror}", "make it readable")
    if not models and not errors:
        yield ModelError(folder, f"there is no *{SUFFIX} file in this folder", "check the path")
    for path in sorted(models):
        yield path.removeprefix(f".{os.sep}")
