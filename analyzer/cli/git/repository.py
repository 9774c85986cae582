"""One git repository, asked about commits, trees and blobs and nothing else.

The repository may have come with the models from somebody else, configuration included. So only
commands run that look at neither the working tree nor the index: they need no filter, no hook, no
monitor of the file system and no driver of differences, and nothing is fetched, which is what
would run programs that a configuration names.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from analyzer.cli.environment import child_environment
from analyzer.cli.stop import undone_by_stop
from analyzer.errors import ConfigError, ModelError, said_by
from analyzer.sanitise import widths
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILES = ("100644", "100755", "100664")
"""Modes of regular files in a tree; the last one is of old repositories."""
LINK = "120000"
SUBMODULE = "160000"

_OPTIONS = (
    "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false",
)  # fmt: skip
_SETTINGS = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # for versions that do not know the one before
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_LOCAL = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE",
    "GIT_EXTERNAL_DIFF", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS",
)  # fmt: skip
"""What hooks are started with: here the repository is the one that a file lies in."""
_SECONDS = 120.0
"""A question takes milliseconds: after this time something is in its way, such as a pipe."""
_BLOB_SECONDS = 3600.0
_AT_ONCE = 500
"""Paths in one command line."""


class TreeEntry(NamedTuple):
    """What a tree has at a path."""

    mode: str
    oid: str


class Repository:
    """The repository that the folder ``near`` lies in; raises ``ConfigError`` if there is none."""

    def __init__(self, near: str = ".") -> None:
        self._git = _program()
        self._folder = near or "."
        words = ["rev-parse", "--git-common-dir", "--show-toplevel"]
        answer = self._ask(
            words, absent=f"{shorten(self._folder, widths.NOTE)}: git finds no repository"
        )
        common, _, top = answer.partition("\n")
        if not top:
            raise ConfigError(f"{shorten(self._folder, widths.NOTE)}: is in a repository without "
                              "files, a bare one; run this in a clone that has them"
                              )  # fmt: skip
        self.top: str = top
        """The folder with the repository's files, links followed."""
        self.common: str = os.path.join(self._folder, common)
        """The folder with its objects, which several working trees may share."""

    def commit(self, revision: str) -> str:
        """The commit that ``revision`` names; ``REV...``: where this branch began from REV.

        Raises ``ConfigError`` if there is none, with what to do.
        """
        name = revision.removesuffix("...")
        if not name or name.startswith("-") or not name.isprintable():
            raise ConfigError(f"{shorten(revision, widths.PATH)!r} is no revision; name "
                              "a branch, a tag or a commit, such as main or HEAD~1")  # fmt: skip
        found = self._verified(name)
        if found is None:
            raise ConfigError(
                f"git knows no revision {shorten(name, widths.PATH)!r}; {self._remedy(name)}"
            )
        if name == revision:
            return found
        answer = self._run(["merge-base", found, "HEAD"])
        if answer.returncode:
            raise ConfigError(f"{shorten(name, widths.PATH)} and HEAD have no commit in common; "
                              f"{self._remedy(name)}")  # fmt: skip
        return answer.stdout.decode().strip()

    def entries(self, commit: str, paths: Iterable[str]) -> dict[str, TreeEntry]:
        """What ``commit`` has at each of ``paths``, which begin at ``top``; no folder is opened."""
        wanted = list(dict.fromkeys(paths))
        found: dict[str, TreeEntry] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            answer = self._run(["ls-tree", "-z", "--full-tree", commit, "--", *some])
            if answer.returncode:
                raise ConfigError(f"git cannot read {commit[:12]}: {_said(answer.stderr)}")
            for line in filter(None, answer.stdout.split(b"\0")):
                facts, _, name = line.partition(b"\t")
                mode, _, oid = facts.decode().split()
                found[os.fsdecode(name)] = TreeEntry(mode, oid)
        return {path: found[path] for path in wanted if path in found}

    def copy(self, oid: str, file: BinaryIO, name: str) -> None:
        """Write the content of a blob into ``file``, from one process to the other.

        Raises ``ModelError`` about ``name`` if this clone does not have it.
        """
        answer = self._run(["cat-file", "blob", oid], into=file, seconds=_BLOB_SECONDS)
        if answer.returncode:
            raise ModelError(name, f"git cannot give its content: {_said(answer.stderr)}",
                             "if this clone is a partial one, run git fetch --refetch; "
                             "see also git fsck")  # fmt: skip

    def sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """Bytes of each blob that this clone has."""
        asked = "".join(f"{oid}\n" for oid in oids).encode()
        answer = self._run(["cat-file", "--batch-check=%(objectname) %(objectsize)"], asked)
        rows = (line.split() for line in answer.stdout.decode().splitlines())
        return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdecimal()}

    def small(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Contents of blobs, which are held in memory: those of a few hundred bytes."""
        asked = "".join(f"{oid}\n" for oid in oids).encode()
        rest = self._run(["cat-file", "--batch=%(objectname) %(objectsize)"], asked).stdout
        found: dict[str, bytes] = {}
        while rest:
            head, _, rest = rest.partition(b"\n")
            oid, _, size = head.decode().partition(" ")
            if size.isdecimal():
                found[oid], rest = rest[: int(size)], rest[int(size) + 1 :]
        return found

    def setting(self, name: str) -> str:
        """A path of git's configuration; empty where it has none."""
        return os.fsdecode(self._run(["config", "--path", "--get", name]).stdout).strip("\n")

    def _verified(self, name: str) -> str | None:
        answer = self._run(["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"])
        return answer.stdout.decode().strip() if answer.returncode == 0 else None

    def _remedy(self, name: str) -> str:
        if self._verified(f"refs/remotes/origin/{name}"):
            return f"there is an origin/{name}: say that"
        shallow = self._run(["rev-parse", "--is-shallow-repository"]).stdout.strip()
        if shallow == b"true":
            return ("this clone is shallow: run git fetch --unshallow, or have the pipeline fetch "
                    "everything (fetch-depth: 0)")  # fmt: skip
        return "check the name, or run git fetch origin"

    def _ask(self, words: list[str], absent: str) -> str:
        answer = self._run(words)
        said = os.fsdecode(answer.stderr)
        if answer.returncode == 0 or "must be run in a work tree" in said:
            return os.fsdecode(answer.stdout).strip("\n")
        if "dubious ownership" in said:
            raise ConfigError(f"{absent} that it trusts: it belongs to another user; run git "
                              "config --global --add safe.directory FOLDER")  # fmt: skip
        remedy = "run this inside a clone" if "not a git repo" in said else _said(answer.stderr)
        raise ConfigError(f"{absent}; {remedy}")

    def _run(
        self,
        words: list[str],
        asked: bytes | None = None,
        into: BinaryIO | None = None,
        seconds: float = _SECONDS,
    ) -> subprocess.CompletedProcess[bytes]:
        command = [self._git, *_OPTIONS, *words]
        try:
            with subprocess.Popen(
                command,
                cwd=self._folder,
                env=_environment(),
                stdin=subprocess.DEVNULL if asked is None else subprocess.PIPE,
                stdout=into or subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process, undone_by_stop(process.kill):  # fmt: skip
                try:
                    out, said = process.communicate(asked, seconds)
                except BaseException:
                    process.kill()
                    raise
        except subprocess.TimeoutExpired:
            raise ConfigError(f"git {words[0]} takes more than {seconds:.0f} s; "
                              "see whether git fsck ends") from None  # fmt: skip
        except (OSError, ValueError) as error:  # ValueError: a NUL in a path
            raise ConfigError(f"git cannot be run in {shorten(self._folder, widths.NOTE)}: "
                              f"{said_by(error)}; check the path") from error  # fmt: skip
        return subprocess.CompletedProcess(command, process.returncode, out or b"", said)


def _program() -> str:
    """Where git is; one that lies in the working directory is not ours to start."""
    from shutil import which

    found = which("git")
    if found is None or not os.path.isabs(found):
        raise ConfigError("git is not installed, or not on PATH; install it, or name model files "
                          "instead of revisions")  # fmt: skip
    return found


def _environment() -> Mapping[str, str]:
    return child_environment(without=_LOCAL, settings=_SETTINGS)


def _said(message: bytes) -> str:
    """The first line of what git wrote, without its mark."""
    lines = message.decode("utf-8", "replace").strip().splitlines() or ["it did not say why"]
    return shorten(lines[0].removeprefix("fatal: ").removeprefix("error: "), widths.NOTE)
