"""Settings on top of one another: the file, what it says of some models, the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.cli.config.record import Config

ADDED = frozenset({"ignore", "rules", "extend_exclude"})
"""Fields to which a layer adds; tables are merged, and everything else is replaced."""


def merged(config: Config, said: Mapping[str, Any]) -> Config:
    """``config`` with the fields in ``said`` on top."""
    changes: dict[str, Any] = {}
    for name, value in said.items():
        before = getattr(config, name)
        if name in ADDED:
            changes[name] = (*before, *value)
        else:
            changes[name] = over(before, value) if isinstance(value, Mapping) else value
    return replace(config, **changes)


def over(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """One table on top of another. What is said later comes last, as of severities the last one
    counts that means a rule; tables in it are merged as well."""
    kept = {key: value for key, value in before.items() if key not in after}
    for key, value in after.items():
        both = isinstance(value, Mapping) and isinstance(before.get(key), Mapping)
        kept[key] = over(before[key], value) if both else value
    return kept
