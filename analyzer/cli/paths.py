"""The paths of a command line → the model files they mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STDIN = "-"
SUFFIX = ".onnx"


def expand(paths: Iterable[str], note: Callable[[str], None]) -> list[str | ModelError]:
    """Each path once, in the order given; folders become the models in them, sorted.

    A folder that cannot be searched or holds no model is an error in its place, and so is a link
    to a model outside the folder: what nobody looked at must not pass for clean, and a folder
    that came from a stranger must not choose what is read. Links to folders are not followed;
    ``note`` is told of those that lead out.
    """
    found: list[str | ModelError] = []
    seen: set[str] = set()
    for path in paths:
        folder = path != STDIN and os.path.isdir(path)
        for item in _search(path, note) if folder else (path,):
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


def _search(folder: str, note: Callable[[str], None]) -> Iterator[str | ModelError]:
    errors: list[OSError] = []
    models, outside = [], []
    try:
        root = os.path.join(os.path.realpath(folder), "")
    except OSError as gone:  # the current folder, that is
        yield ModelError(folder, f"cannot be searched: {gone.strerror}", "check the path")
        return
    for place, folders, files in os.walk(folder, onerror=errors.append):
        folders.sort()
        outside += [path for name in folders if _leaves(path := os.path.join(place, name), root)]
        models += [os.path.join(place, name) for name in files if name.lower().endswith(SUFFIX)]
    for error in errors:
        place = os.fsdecode(error.filename or folder)
        yield ModelError(place, f"cannot be searched: {error.strerror}", "make it readable")
    if not models and not errors:
        yield ModelError(folder, f"there is no *{SUFFIX} file in this folder", "check the path")
    for path in sorted(models):
        if _leaves(path, root):
            what = f"is a link that leads out of {folder}, so it is not followed"
            yield ModelError(path, what, "name this file itself to have it judged")
        else:
            yield path.removeprefix(f".{os.sep}")
    if outside:
        links = f"{len(outside):,} link{'s lead' if len(outside) > 1 else ' leads'}"
        note(f"{folder}: {links} to folders elsewhere, not searched: {', '.join(outside[:3])}"
             f"{', …' if len(outside) > 3 else ''}; name them to have them searched")  # fmt: skip


def _leaves(path: str, root: str) -> bool:
    """Whether ``path`` is a link to something that is not in the folder ``root``."""
    return os.path.islink(path) and not f"{os.path.realpath(path)}{os.sep}".startswith(root)
