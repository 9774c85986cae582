"""``git:REV:path``: a model as a revision has it, in a folder of its own for as long as needed."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from analyzer.cli.git import PREFIX
from analyzer.cli.git.lfs import MOST, AwayError, copy_object, pointer
from analyzer.cli.git.repository import FILES, LINK, SUBMODULE, Repository
from analyzer.cli.stop import undone_by_stop
from analyzer.errors import ConfigError, ModelError
from analyzer.sanitise import widths
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator


class AbsentError(ModelError):
    """The revision is there and has nothing at the path."""


class GitPath(NamedTuple):
    """A file of a revision."""

    revision: str
    """A branch, a tag, a commit; ``REV...`` is where this branch began from REV."""
    path: str
    """From the top of the repository, as in git; one that begins with ``./`` or ``../`` from the
    current folder."""

    def __str__(self) -> str:
        return f"{PREFIX}{self.revision}:{self.path}"


def git_path(text: str) -> GitPath | None:
    """``git:REV:path`` taken apart; ``None`` for everything that does not begin with ``git:``.

    Raises ``ConfigError`` for what begins so and names no file.

    >>> git_path("git:main:models/edge.onnx")
    GitPath(revision='main', path='models/edge.onnx')
    >>> git_path("models/edge.onnx")
    """
    if not text.startswith(PREFIX):
        return None
    revision, colon, path = text.removeprefix(PREFIX).partition(":")
    if not (colon and revision and path):
        raise ConfigError(f"{shorten(text, widths.CAUSE)!r} is not of the form git:REV:path, "
                          "such as git:main:models/edge.onnx")  # fmt: skip
    return GitPath(revision, path)


@contextmanager
def materialised(wanted: GitPath, near: str = ".") -> Iterator[str]:
    """The path of a copy of ``wanted``, with the external data that it names beside it.

    The copy is gone afterwards, also where a signal ends the process. A ``ModelError`` about the
    copy that is raised inside goes on as one about ``wanted``.

    Parameters
    ----------
    wanted
        What to copy, from the repository that ``near`` lies in.
    near
        A folder.

    Raises
    ------
    ConfigError
        There is no git, no repository or no such revision.
    AbsentError
        The revision has no such file.
    ModelError
        It has something else there, or this clone does not have the content.
    """
    repository = Repository(near)
    commit = repository.commit(wanted.revision)
    place = _from_top(repository, wanted, near)
    folder = os.path.join(tempfile.gettempdir(), f"onnxlint-{secrets.token_hex(8)}")
    copy = os.path.join(folder, os.path.basename(place))

    def remove() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    with undone_by_stop(remove):
        try:
            _copy(repository, commit, place, copy, wanted)
            try:
                yield copy
            except ModelError as error:
                if error.path != copy:
                    raise
                shown = str(GitPath(wanted.revision, place))
                raise ModelError(shown, error.problem, error.remedy) from error
        finally:
            remove()


def _copy(repository: Repository, commit: str, place: str, copy: str, wanted: GitPath) -> None:
    """The file and its data, in a new folder that nobody else can read."""
    entry = repository.entries(commit, [place]).get(place)
    if entry is None or entry.mode not in FILES:
        raise _no_file(repository, commit, place, wanted)
    try:
        os.mkdir(os.path.dirname(copy), 0o700)
        _write(repository, entry.oid, copy, GitPath(wanted.revision, place))
        _write_data(repository, commit, place, copy, wanted)
    except OSError as error:
        what = f"cannot be copied to {tempfile.gettempdir()}: {error.strerror}"
        raise ModelError(str(wanted), what, "free some space or set TMPDIR") from error


def _from_top(repository: Repository, wanted: GitPath, near: str) -> str:
    """``wanted.path`` as trees have it."""
    path = wanted.path
    if path.startswith(("./", "../")):
        path = os.path.relpath(os.path.join(os.path.realpath(near), path), repository.top)
    path = os.path.normpath(path).replace(os.sep, "/")
    if path == "." or path.startswith(("../", "/")) or path == ".." or "\0" in path:
        raise ConfigError(f"{shorten(str(wanted), widths.CAUSE)}: leads out of the repository "
                          f"{repository.top}; name a file in it")  # fmt: skip
    return path


def _no_file(repository: Repository, commit: str, place: str, wanted: GitPath) -> ModelError:
    """Why there is no regular file at ``place``."""
    parts = place.split("/")
    above = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    # One by one: git opens a folder when it is asked for something in it.
    for path in above:
        found = repository.entries(commit, [path]).get(path)
        if found is None:
            break
        inside = "is inside" if path != place else "is"
        if found.mode == SUBMODULE:
            return ModelError(str(wanted), f"{inside} the submodule {path}",
                              "run this in the submodule, with a revision of it")  # fmt: skip
        if found.mode == LINK:
            return ModelError(str(wanted), f"{inside} the symbolic link {path}",
                              "name the file that it leads to")  # fmt: skip
        if path == place:
            return ModelError(str(wanted), "is a folder", "name the .onnx file in it")
    near = os.path.relpath(os.path.realpath("."), repository.top).replace(os.sep, "/")
    hint = ""
    if not wanted.path.startswith("./") and not near.startswith("."):
        nearer = f"{near}/{place}"
        if nearer in repository.entries(commit, [nearer]):
            hint = f"; did you mean git:{wanted.revision}:./{wanted.path}?"
    what = f"there is no such file in {wanted.revision}"
    remedy = "check the path, which begins at the top of the repository"
    return AbsentError(str(wanted), what, remedy + hint)


def _write(repository: Repository, oid: str, path: str, what: GitPath) -> None:
    """The blob as the file ``path``; in the place of an LFS pointer what it points to."""
    with open(path, "xb") as file:
        repository.copy(oid, file, str(what))
    with open(path, "rb") as file:
        found = pointer(file.read(MOST + 1))
    if found:
        with open(path, "wb") as file:
            try:
                copy_object(found, repository, file, str(what))
            except AwayError as error:
                revision = what.revision.removesuffix("...")
                raise ModelError(
                    str(what), error.problem, f"run git lfs fetch origin {revision}"
                ) from error


def _write_data(
    repository: Repository, commit: str, place: str, copy: str, wanted: GitPath
) -> None:
    """The external data of a model that was copied; what the revision does not have as a file
    stays absent, which readers of the model say."""
    folder = os.path.dirname(copy)
    above = place.rpartition("/")[0]
    paths = {("/".join((above, *parts)) if above else "/".join(parts)): parts
             for parts in data_of(copy)}  # fmt: skip
    for path, entry in repository.entries(commit, paths).items():
        target = os.path.join(folder, *paths[path])
        if entry.mode in FILES and target != copy:
            os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
            _write(repository, entry.oid, target, GitPath(wanted.revision, path))


def data_of(path: str) -> list[tuple[str, ...]]:
    """The files that the model ``path`` says its tensors are in, as names from its folder.

    None of a file that is no model: whoever is to judge it says so.
    """
    from analyzer.model import load
    from analyzer.model.declared import Refusal, parts_of

    try:
        model = load(path, digest=False)
    except ModelError:
        return []
    found = (parts_of(location) for location in model.payloads.rest.external.files)
    return [parts for parts in found if not isinstance(parts, Refusal)]
