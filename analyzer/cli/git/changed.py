"""Which models are no longer what they were at a revision."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from analyzer.cli.git.lfs import MOST, pointer
from analyzer.cli.git.repository import FILES, Repository
from analyzer.cli.git.revision import data_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.cli.git.repository import TreeEntry

_CHUNK = 1 << 20


def changed_since(revision: str, paths: Iterable[str]) -> frozenset[str]:
    """Those of ``paths`` whose content, or that of the data they name, is not as in ``revision``.

    Contents are compared and not what the index of git says, so that nothing is run. A path
    that git cannot tell about (standard input, a link, a file that the revision does not have, one
    that is not there) has changed.

    Raises
    ------
    ConfigError
        There is no git, a path is in no repository, or there is no such revision.
    """
    changed: set[str] = set()
    groups: dict[str, list[str]] = {}
    repositories: dict[str, Repository] = {}
    for path in paths:
        if path == "-" or os.path.islink(path) or not os.path.exists(path):
            changed.add(path)
            continue
        folder = os.path.realpath(os.path.dirname(path) or ".")
        if folder not in repositories:
            repositories[folder] = Repository(folder)
        groups.setdefault(folder, []).append(path)
    merged: dict[str, tuple[Repository, list[str]]] = {}
    for folder, inside in groups.items():
        repository = repositories[folder]
        merged.setdefault(repository.top, (repository, []))[1].extend(inside)
    for repository, inside in merged.values():
        changed.update(_changed(repository, repository.commit(revision), inside))
    return frozenset(changed)


def _changed(repository: Repository, commit: str, paths: list[str]) -> Iterable[str]:
    models = {path: [path] for path in paths}
    gone = _differing(repository, commit, paths)
    for path in paths:
        if path not in gone:
            folder = os.path.dirname(path)
            models[path] = [os.path.join(folder, *parts) for parts in data_of(path)]
    data = {file for path in paths if path not in gone for file in models[path]}
    gone |= _differing(repository, commit, data)
    return (path for path in paths if not gone.isdisjoint((path, *models[path])))


def _differing(repository: Repository, commit: str, files: Iterable[str]) -> set[str]:
    """Those of ``files`` that the commit has otherwise, or that are there in one of both."""
    places = {file: os.path.relpath(_real(file), repository.top).replace(os.sep, "/")
              for file in files}  # fmt: skip
    entries = repository.entries(commit, places.values())
    sizes = repository.sizes({entry.oid for entry in entries.values()})
    texts = repository.small(oid for oid, size in sizes.items() if size <= MOST)
    return {
        file for file, place in places.items()
        if not _is_same(file, entries.get(place), sizes, texts)
    }  # fmt: skip


def _is_same(
    file: str, entry: TreeEntry | None, sizes: Mapping[str, int], texts: Mapping[str, bytes]
) -> bool:
    try:
        size = os.stat(file).st_size
    except OSError:
        return entry is None and not os.path.lexists(file)
    if entry is None or entry.mode not in FILES or not os.path.isfile(file):
        return False
    # Nearly always the sizes tell, so that no weights are read.
    if sizes.get(entry.oid) == size:
        algorithm = "sha1" if len(entry.oid) == 40 else "sha256"
        return _digest(file, algorithm, b"blob %d\0" % size) == entry.oid
    wanted = pointer(texts.get(entry.oid, b""))
    same_size = wanted is not None and wanted.size == size
    return bool(same_size and wanted and _digest(file, "sha256") == wanted.oid)


def _digest(file: str, algorithm: str, head: bytes = b"") -> str:
    digest = hashlib.new(algorithm, head, usedforsecurity=False)
    try:
        with open(file, "rb", buffering=0) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return ""  # what cannot be read is not the same
    return digest.hexdigest()


def _real(file: str) -> str:
    """The path with links on the way followed, but not one in its place."""
    folder, name = os.path.split(file)
    return os.path.join(os.path.realpath(folder or "."), name)
