"""What the environment says; read here and nowhere else."""

from __future__ import annotations

import os
import sys
from dataclasses import field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.errors import ConfigError
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the cache is to be, by what the environment and the command line say."""

    folder: str = ""
    """Folder of entries; empty where there is no place for one."""
    state: str = ""
    """Folder of the secret; empty likewise."""
    word: str = ""
    """A secret that several machines share; empty for one of this machine."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables that onnxlint knows."""

    color: bool | None = None
    """False: ``NO_COLOR`` or a dumb terminal; True: ``FORCE_COLOR``; ``None``: whether standard
    output is a terminal decides."""
    moving: bool = True
    """False: ``CI``, whose logs keep every state of a line, or a dumb terminal."""
    unseen: str = ""
    """Why nobody would see a browser: ``CI``, or neither ``DISPLAY``, ``WAYLAND_DISPLAY`` nor
    ``BROWSER`` on a system that has a screen by these; empty where somebody may."""
    debug: bool = False
    """``ONNXLINT_DEBUG``: internal errors come with their traceback."""
    created: datetime | None = None
    """``SOURCE_DATE_EPOCH``: the date that reports state; ``None``: they state none."""
    cached: bool = True
    """False: ``ONNXLINT_NO_CACHE``."""
    cache: Whereabouts = field(default_factory=Whereabouts)
    """``ONNXLINT_CACHE_DIR`` and ``ONNXLINT_CACHE_KEY``, else what ``XDG_CACHE_HOME`` and
    ``XDG_STATE_HOME`` say, else folders in ``HOME``."""

    @property
    def today(self) -> date:
        """The day on which suppressions expire."""
        return (self.created or datetime.now(UTC)).date()


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Pick out and check; raises ``ConfigError`` if ``SOURCE_DATE_EPOCH`` is not a time."""
    return Environment(
        color=_color(variables),
        moving=not _in_ci(variables) and variables.get("TERM") != "dumb",
        unseen=_unseen(variables),
        debug=_on(variables.get("ONNXLINT_DEBUG")),
        created=_epoch(variables.get("SOURCE_DATE_EPOCH")),
        cached=not _on(variables.get("ONNXLINT_NO_CACHE")),
        cache=Whereabouts(
            folder=variables.get("ONNXLINT_CACHE_DIR") or _ours(variables, "CACHE", ".cache"),
            state=_ours(variables, "STATE", os.path.join(".local", "state")),
            word=variables.get("ONNXLINT_CACHE_KEY") or "",
        ),
    )


def _in_ci(variables: Mapping[str, str]) -> bool:
    return variables.get("CI", "false") not in ("", "0", "false")


def _unseen(variables: Mapping[str, str]) -> str:
    if _in_ci(variables):
        return "this is CI"
    if sys.platform in ("win32", "darwin", "cygwin"):
        return ""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return "" if any(variables.get(name) for name in screens) else "there is no display"


def _ours(variables: Mapping[str, str], kind: str, usual: str) -> str:
    """Our folder for files of one kind (XDG Base Directory Specification: a path that is not
    absolute does not count); empty where there is no place for it."""
    home = variables.get("HOME") or ""
    base = variables.get(f"XDG_{kind}_HOME") or ""
    if not os.path.isabs(base):
        base = os.path.join(home, usual)
    return os.path.join(base, "onnxlint") if os.path.isabs(base) else ""


def _color(variables: Mapping[str, str]) -> bool | None:
    """https://no-color.org: any value counts, and it wins."""
    if variables.get("NO_COLOR"):
        return False
    if _on(variables.get("FORCE_COLOR")):
        return True
    return False if variables.get("TERM") == "dumb" else None


def _on(value: str | None) -> bool:
    return value not in (None, "", "0")


def _epoch(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError):
        raise ConfigError(
            f"SOURCE_DATE_EPOCH is {quoted(value)}; it must be seconds since 1970, or unset"
        ) from None


def child_environment(without: Iterable[str], settings: Mapping[str, str]) -> dict[str, str]:
    """The variables of this process for a program that it starts, some left out, some set."""
    dropped = frozenset(without)
    return {**{k: v for k, v in os.environ.items() if k not in dropped}, **settings}
