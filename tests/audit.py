"""An audit hook: what the tool opens, starts and talks to while it judges a file.

``with watched(...) as seen`` collects every event that is not allowed, those of forked children
included; ``python -m tests.audit --read DIR --write DIR -- check m.onnx -- inspect m.onnx`` runs
command lines with the hook installed before anything of the tool is imported, and says what it saw.

Python raises these events for what Python code does. What C libraries open by themselves, as
Pango and fontconfig do for fonts, it does not see.
"""

from __future__ import annotations

import mimetypes
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
FORBIDDEN = (
    "socket.", "ssl.", "urllib.", "http.", "ftplib.", "imaplib.", "poplib.", "smtplib.", "nntplib.",
    "telnetlib.", "webbrowser.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn",
    "os.system", "os.startfile", "os.forkpty", "pty.", "ctypes.", "sqlite3.", "syslog.", "winreg.",
)  # fmt: skip
"""Beginnings of events that no file may cause."""
CHANGES = {
    "os.chflags", "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename",
    "os.rmdir", "os.setxattr", "os.symlink", "os.truncate", "os.utime", "os.removexattr",
}  # fmt: skip
LISTINGS = {"os.listdir", "os.scandir", "glob.glob", "os.walk", "os.fwalk"}
FILES = {"/proc/self/statm", *mimetypes.knownfiles}
"""Read besides: the memory in use, for the guard's limit; media types, by WeasyPrint."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CTYPES = {("ctypes.dlopen", None), ("ctypes.dlsym", "prctl")}
"""The one C function that is called: a guarded worker ends with its parent."""
WORKER = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from analyzer.model.worker import main; main(sys.argv[2])"
)
"""The one program that is started: a guarded worker, where threads make a fork impossible."""
GIT = (
    "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false",
)  # fmt: skip
GIT_COMMANDS = {"rev-parse", "merge-base", "ls-tree", "cat-file", "config"}
"""And git, which the command line has asked for: commands that read a repository's own store, with
everything switched off by which its configuration could start something."""
EXIT = 99
"""Exit code of a command line that did what it must not."""


@dataclass(frozen=True)
class Scope:
    """What is allowed, besides the installation."""

    readable: tuple[str, ...] = ()
    """Folders and files, without links: what ``real`` makes of them."""
    writable: tuple[str, ...] = ()
    by: str = ""
    """Only what code in files of this folder does, itself or through others, counts."""
    seen: list[str] = field(default_factory=list)
    """What happened and was not allowed; complete when the scope ends."""


_OFTEN = frozenset({"builtins.id", "object.__getattr__", "object.__setattr__", "sys._getframe"})
"""Allowed, and thousands of them in each analysis."""
IN_FOLDERS = {"os.mkdir": 1, "os.remove": 1, "os.rmdir": 1, "os.rename": 2, "os.link": 2}
"""Changes of so many paths whose last arguments, one for each path, are descriptors of the folders
that the paths begin in, or -1. ``open`` does not say in which folder it was asked to begin: what it
opens by a name alone counts as in the current folder."""


def real(paths: Iterable[Path | str]) -> tuple[str, ...]:
    return tuple(sorted({os.path.realpath(path) for path in paths}))


def _installation() -> tuple[str, ...]:
    paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    paths += [*site.getsitepackages(), *(p for p in sys.path if p.endswith((".zip", "-dynload")))]
    return real(path for path in paths if path)


INSTALLATION = (
    *_installation(),
    *(str(PROJECT / name) for name in ("analyzer", "rules", "templates", "tests")),
)
_INSIDE = tuple(os.path.join(folder, "") for folder in INSTALLATION)
_real_of = cache(os.path.realpath)
_scopes: list[Scope] = []
_pipe: list[int] = []


@contextmanager
def within(scope: Scope) -> Iterator[list[str]]:
    """Collect what is not allowed in ``scope``. The innermost scope decides."""
    install()
    so_far = _drain()
    if _scopes:
        _scopes[-1].seen.extend(so_far)
    _scopes.append(scope)
    try:
        yield scope.seen
    finally:
        _scopes.pop()
        scope.seen.extend(_drain())


def watched(
    readable: Iterable[Path | str] = (), writable: Iterable[Path | str] = (), *, by: str = ""
) -> AbstractContextManager[list[str]]:
    """Collect what is not allowed: reading beyond the installation, ``readable`` and ``writable``,
    writing beyond ``writable``, sockets, programs, foreign code.
    """
    return within(Scope(real(readable), real(writable), by))


def scopes() -> list[Scope]:
    """Those that hold, for a process that is to go on in them."""
    return list(_scopes)


def enter(those: Sequence[Scope]) -> None:
    """Go on in the scopes of the process that asked; what is seen comes out there."""
    _scopes[:] = those


def pipe() -> tuple[int, int]:
    """Where forked children, too, write what they see, whatever their limits are."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def install(ends: tuple[int, int] | None = None) -> None:
    """Add the hook, once: a hook stays until the process ends. It writes to ``ends``, if given."""
    if not _pipe:
        sys.addaudithook(_hook)
        ends = ends or pipe()
    if ends:
        _pipe[:] = ends


def _drain() -> list[str]:
    data = b""
    with suppress(BlockingIOError):
        while chunk := os.read(_pipe[0], 1 << 16):
            data += chunk
    return data.decode().splitlines()


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _OFTEN:
        return
    if _scopes and not allowed(event, arguments, _scopes[-1]) and _done_by(_scopes[-1].by):
        line = f"{event} {arguments!r}"[:1_000].encode("unicode-escape") + b"\n"
        with suppress(BlockingIOError):  # full: there is enough to report
            os.write(_pipe[1], line)


def _done_by(folder: str) -> bool:
    """Whether code in ``folder`` is running."""
    frame: FrameType | None = sys._getframe()
    while frame and not frame.f_code.co_filename.startswith(folder):
        frame = frame.f_back
    return frame is not None


def allowed(event: str, arguments: tuple[Any, ...], scope: Scope) -> bool:
    """Whether ``event`` may happen in ``scope``."""
    if event == "open":
        path, _, flags = arguments
        return _within(path, scope, writing=isinstance(flags, int) and bool(flags & _WRITES))
    if event in LISTINGS:
        return _within(arguments[0], scope, writing=False, listing=True)
    if event in CHANGES:
        count = IN_FOLDERS.get(event, 1)
        paths = list(arguments[:count])
        if event in IN_FOLDERS:
            for index, folder in enumerate(arguments[-count:]):
                if folder >= 0:
                    name = os.fsdecode(paths[index])
                    paths[index] = os.path.join(f"/proc/self/fd/{folder}", name)
        return all(_within(path, scope, writing=True) for path in paths)
    if event == "import":
        return _within(arguments[1], scope, writing=False)
    if event.startswith("ctypes."):
        return (event, arguments[-1]) in _CTYPES
    if event == "subprocess.Popen":
        worker = arguments[0] == sys.executable and WORKER in arguments[1]
        return worker or _reads_git(arguments[1], arguments[3])
    return not event.startswith(FORBIDDEN)


def _reads_git(command: Sequence[str], environment: Any) -> bool:
    words = [os.fsdecode(word) for word in command]
    options, rest = tuple(words[1 : len(GIT) + 1]), words[len(GIT) + 1 :]
    if os.path.basename(words[0]) != "git" or options != GIT or not rest:
        return False
    fetches = environment is None or environment.get("GIT_ALLOW_PROTOCOL") != "none"
    return rest[0] in GIT_COMMANDS and not fetches and (rest[0] != "config" or "--get" in rest)


def _within(path: Any, scope: Scope, *, writing: bool, listing: bool = False) -> bool:
    if path is None or isinstance(path, int):  # opened before, or the current folder
        return True
    name = os.fsdecode(path)
    if name == os.devnull or (name in FILES and not writing):
        return True
    if not writing and name.startswith(_INSIDE) and ".." not in name:
        return True  # no link leads out of what is installed
    real = os.path.realpath(name)
    if not (writing or listing) and (not name or _above_installation(real)):
        return True
    if writing and "__pycache__" in real.split(os.sep)[-2:]:
        writing = False
    if listing and real in {_real_of(p) if os.path.isabs(p) else os.path.realpath(p)
                            for p in sys.path}:  # fmt: skip
        return True
    folders = scope.writable if writing else (*scope.writable, *scope.readable, *INSTALLATION)
    return any(real == folder or real.startswith(folder + os.sep) for folder in folders)


def _above_installation(path: str) -> bool:
    """Python 3.13 looks for archives among the folders above a package; to open those fails."""
    return os.path.isdir(path) and any(f.startswith(os.path.join(path, "")) for f in INSTALLATION)


def main(words: Sequence[str]) -> int:
    """Run command lines of the tool; the highest exit code, or ``EXIT`` when they did too much."""
    options, *commands = (list(part) for dashes, part in groupby(words, "--".__eq__) if not dashes)
    folders: dict[str, list[str]] = {"--read": [], "--write": []}
    for name, folder in zip(options[::2], options[1::2], strict=True):
        folders[name].append(folder)
    with watched(folders["--read"], folders["--write"]) as seen:
        from analyzer.cli.main import run

        code = max(run(command) for command in commands)
    sys.stdout.flush()
    for line in seen:
        sys.stderr.write(f"not allowed: {line}\n")
    return EXIT if seen else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
