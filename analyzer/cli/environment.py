"""What the environment says; read here and nowhere else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables that onnxlint knows."""

    color: bool | None = None
    """False: ``NO_COLOR`` or a dumb terminal; True: ``FORCE_COLOR``; ``None``: whether standard
    output is a terminal decides."""
    debug: bool = False
    """``ONNXLINT_DEBUG``: internal errors come with their traceback."""
    created: datetime | None = None
    """``SOURCE_DATE_EPOCH``: the date that reports state; ``None``: they state none."""

    @property
    def today(self) -> date:
        """The day on which suppressions expire."""
        return (self.created or datetime.now(UTC)).date()


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Pick out and check; raises ``ConfigError`` if ``SOURCE_DATE_EPOCH`` is not a time."""
    return Environment(
        color=_color(variables),
        debug=_on(variables.get("ONNXLINT_DEBUG")),
        created=_epoch(variables.get("SOURCE_DATE_EPOCH")),
    )


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
            f"SOURCE_DATE_EPOCH is {value[:40]!r}; it must be seconds since 1970, or unset"
        ) from None


def child_environment(without: Iterable[str], settings: Mapping[str, str]) -> dict[str, str]:
    """The variables of this process for a program that it starts, some left out, some set."""
    dropped = frozenset(without)
    return {**{k: v for k, v in os.environ.items() if k not in dropped}, **settings}
