"""What relative budgets are relative to: figures of the base of each model, found once."""

from __future__ import annotations

import os
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from analyzer.cli.budgets.figures import FIGURES, Gauge
from analyzer.cli.git import PREFIX
from analyzer.cli.paths import STDIN, absolute
from analyzer.dataclass import dataclass
from analyzer.errors import ModelError, OnnxlintError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analyzer.cli.git.revision import GitPath
    from analyzer.facts import Facts

    Reader = Callable[[str], Facts]
    """The facts of a model file, as its budgets' model is read."""


@dataclass(frozen=True, slots=True)
class Base:
    """The base of one model, or why there is none."""

    name: str
    """What messages call it."""
    figures: Mapping[str, Gauge] = field(default_factory=dict)
    """What it has, by figure."""
    is_same: bool = False
    """It is the model itself, byte for byte: its figures are those of the model."""
    is_absent: bool = False
    """The revision does not have the model: it is new."""
    problem: str = ""
    """Why it cannot be told, and what to do about that."""


class Wanted(NamedTuple):
    """A model whose base is asked for."""

    path: str
    base: str
    """As ``Config.base``."""
    folder: str
    """Of the configuration that states it."""
    read: Reader


def find_bases(wanted: Iterable[Wanted]) -> dict[str, Base]:
    """The base of each model, by its path; one that several share is read once for each reader."""
    found: dict[str, Base] = {}
    once: dict[tuple[str, str, Reader], Base] = {}
    of_revision: dict[str, dict[str, Reader]] = {}
    for path, base, folder, read in wanted:
        revision, colon, _ = base.removeprefix(PREFIX).partition(":")
        if base.startswith(PREFIX) and not colon:
            of_revision.setdefault(revision, {})[path] = read
            continue
        key = base, folder, read
        if key not in once:
            once[key] = _named(base, folder, read)
        found[path] = once[key]
    for revision, readers in of_revision.items():
        found |= _same_paths(revision, readers)
    return found


def _named(base: str, folder: str, read: Reader) -> Base:
    """A file, or one of a revision, that the configuration names."""
    if not base.startswith(PREFIX):
        near = os.path.relpath(base, absolute(".")) if os.path.isabs(base) else base
        return _read(near, lambda: read(near))
    from analyzer.cli.git.revision import git_path

    wanted = git_path(base)
    assert wanted is not None
    return _read(base, lambda: _of_revision(wanted, folder or ".", read))


def _same_paths(revision: str, readers: Mapping[str, Reader]) -> dict[str, Base]:
    """The same paths at a revision, of which only those are read that have changed."""
    from analyzer.cli.git.changed import changed_since
    from analyzer.cli.git.revision import AbsentError, GitPath

    found: dict[str, Base] = {}
    if STDIN in readers:
        problem = "standard input has no path that a revision could have; name the model file"
        found[STDIN] = Base(f"{PREFIX}{revision}", problem=problem)
    paths = [path for path in readers if path != STDIN]
    try:
        changed = changed_since(revision, paths)
    except OnnxlintError as error:
        broken = Base(f"{PREFIX}{revision}", problem=str(error))
        return found | dict.fromkeys(paths, broken)
    for path in paths:
        folder, name = os.path.split(path)
        wanted = GitPath(revision, f"./{name}")
        shown = f"{PREFIX}{revision}"
        if path not in changed:
            found[path] = Base(shown, is_same=True)
            continue
        try:
            found[path] = Base(shown, _measured(_of_revision(wanted, folder or ".", readers[path])))
        except AbsentError:
            found[path] = Base(shown, is_absent=True)
        except OnnxlintError as error:
            found[path] = Base(shown, problem=str(error))
    return found


def _of_revision(wanted: GitPath, near: str, read: Reader) -> Facts:
    from analyzer.cli.git.revision import materialised

    with materialised(wanted, near) as copy:
        return read(copy)


def _read(name: str, facts: Callable[[], Facts]) -> Base:
    try:
        return Base(name, _measured(facts()))
    except ModelError as error:
        return Base(name, problem=str(error))
    except OnnxlintError as error:
        return Base(name, problem=f"{name}: {error}")


def _measured(facts: Facts) -> dict[str, Gauge]:
    return {name: figure.of(facts) for name, figure in FIGURES.items()}
