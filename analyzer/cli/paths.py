"""The paths of a command line → the model files they mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from analyzer.errors import ModelError
from analyzer.sanitise import widths
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STDIN = "-"
SUFFIX = ".onnx"
SHOWN = 5
"""Places that were left out and that a note names."""
TOOLS = (
    ".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints", ".mypy_cache",
    ".nox", ".pyenv", ".pytest_cache", ".ruff_cache", ".svn", ".tox", ".venv", "__pypackages__",
    "node_modules", "site-packages", "venv",
)  # fmt: skip
"""Folders in which version control, package managers and virtual environments keep what others
made. What a build makes is a project's own (``build``, ``dist``): models are made by builds."""
MAX_DEPTH = 100
"""Folders in one another that are searched for models."""


class Exclusions(Protocol):
    """What is left out."""

    def leaves_out(self, path: str) -> bool:
        """Whether a search that comes across a file or folder leaves it out."""

    def refuses(self, path: str) -> bool:
        """Whether one that somebody named is left out as well."""


class Expansion(NamedTuple):
    """What the paths of a command line mean."""

    items: list[str | ModelError]
    """Models, and what is wrong in the place of others."""
    excluded: tuple[str, ...]
    """Folders and models that were left out."""

    @property
    def models(self) -> list[str]:
        """Those that are there to be judged."""
        return [item for item in self.items if isinstance(item, str)]


def expand(paths: Iterable[str], note: Callable[[str], None], exclusions: Exclusions) -> Expansion:
    """Each path once, in the order given; folders become the models in them, sorted.

    A folder that cannot be searched or holds no model is an error in its place, and so is a link
    to a model outside the folder: what nobody looked at must not pass for clean, and a folder
    that came from a stranger must not choose what is read. Links to folders are not followed;
    ``note`` is told of those that lead out, and of what was left out, stores of tools aside.
    """
    found: list[str | ModelError] = []
    seen: set[str] = set()
    excluded: dict[str, None] = {}
    for path in paths:
        if exclusions.refuses(path):
            excluded[path] = None
            continue
        folder = path != STDIN and os.path.isdir(path)
        for item in _search(path, note, exclusions, excluded) if folder else (path,):
            key = absolute(item) if isinstance(item, str) and item != STDIN else str(item)
            if key not in seen:
                seen.add(key)
                found.append(item)
    # Every repository and environment has a store of a tool: to be told of it each time is noise.
    names = [path for path in excluded if os.path.basename(path) not in TOOLS]
    if names:
        number = len(names)
        note(f"excluded, not judged: {', '.join(names[:SHOWN])}"
             f"{f' and {number - SHOWN:,} more' if number > SHOWN else ''}")  # fmt: skip
    return Expansion(found, tuple(excluded))


def absolute(path: str) -> str:
    """``os.path.abspath``; a relative path stays one where the current folder is gone."""
    try:
        return os.path.abspath(path)
    except (OSError, ValueError):
        return path


def _search(
    folder: str, note: Callable[[str], None], exclusions: Exclusions, excluded: dict[str, None]
) -> Iterator[str | ModelError]:
    errors: list[ModelError] = []
    models: list[str] = []
    outside: list[str] = []
    try:
        os.path.realpath(folder)
    except OSError as gone:  # the current folder, that is
        yield ModelError(folder, f"cannot be searched: {gone.strerror}", "check the path")
        return
    left_out: list[str] = []

    def leaves_out(path: str) -> bool:
        if exclusions.leaves_out(path):
            left_out.append(path)
            return True
        return False

    _walk(folder, models, outside, errors, leaves_out)
    excluded |= dict.fromkeys(path.removeprefix(f".{os.sep}") for path in sorted(left_out))
    yield from sorted(errors, key=str)
    if not models and not errors:
        but = " but for what is excluded" if left_out else ""
        remedy = "name the model itself" if left_out else "check the path"
        yield ModelError(folder, f"there is no *{SUFFIX} file in this folder{but}", remedy)
    for path in sorted(models):
        if os.path.islink(path) and leaves(path, folder):
            what = f"is a link that leads out of {folder}, so it is not followed"
            yield ModelError(path, what, "name this file itself to have it judged")
        else:
            yield path.removeprefix(f".{os.sep}")
    if outside:
        links = f"{len(outside):,} link{'s lead' if len(outside) > 1 else ' leads'}"
        note(f"{folder}: {links} to folders elsewhere, not searched: "
             f"{', '.join(sorted(outside)[:3])}{', …' if len(outside) > 3 else ''}; "
             "name them to have them searched")  # fmt: skip


def _walk(
    folder: str,
    models: list[str],
    outside: list[str],
    errors: list[ModelError],
    leaves_out: Callable[[str], bool],
) -> None:
    """Fill the lists: models, links to folders elsewhere, folders that were not searched."""
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        if depth > MAX_DEPTH:
            what = f"is nested more than {MAX_DEPTH} folders deep, so it is not searched"
            errors.append(
                ModelError(shorten(place, widths.NOTE), what, "name it to have it searched")
            )
            continue
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if _is_folder(entry):
                        if leaves_out(entry.path):
                            continue
                        if not entry.is_symlink():
                            waiting.append((entry.path, depth + 1))
                        elif leaves(entry.path, folder):
                            outside.append(entry.path)
                    elif entry.name.lower().endswith(SUFFIX) and not leaves_out(entry.path):
                        models.append(entry.path)
        except OSError as error:
            what = f"cannot be searched: {error.strerror}"
            errors.append(ModelError(place, what, "make it readable"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Also a link to one, as ``os.walk`` has it; a loop of links is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def leaves(path: str, folder: str) -> bool:
    """Whether ``path``, all links followed, is not inside ``folder``."""
    root = os.path.join(os.path.realpath(folder or "."), "")
    return not os.path.join(os.path.realpath(path), "").startswith(root)
