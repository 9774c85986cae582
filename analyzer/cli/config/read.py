"""A configuration file → ``Config``, or all of its errors at once."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from analyzer.cli.config.record import Config
from analyzer.cli.config.table import Table
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.findings.suppress import Suppression

PYPROJECT = "pyproject.toml"
MAX_BYTES = 1 << 20
"""Size of a configuration file."""
_MENTION = re.compile(rb"^[ \t]*\[[ \t]*tool[ \t]*\]|\btool\b.*\bonnxlint\b", re.MULTILINE)
FAIL_ON = ("error", "warning", "info", "never")
COUNTS = ("macs", "flops")


def read_config(path: str) -> Config | None:
    """The configuration in ``path``; ``None`` for a ``pyproject.toml`` without our table.

    Raises
    ------
    ConfigError
        One line ``file: key: what is wrong`` for every error.
    """
    data = read_bytes(path)
    pyproject = os.path.basename(path) == PYPROJECT
    # Nearly every project has one and nearly none is about us: no need to parse it to see that.
    if pyproject and not _MENTION.search(data):
        return None
    values = _parse(path, data)
    if pyproject:
        tool = values.get("tool")
        if not isinstance(tool, dict) or "onnxlint" not in tool:
            return None
        values = tool["onnxlint"]
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: tool.onnxlint: must be a table")
    return build(path, values, "tool.onnxlint." if pyproject else "")


def build(path: str, values: Mapping[str, Any], prefix: str = "") -> Config:
    """The configuration that ``values`` spell; raises ``ConfigError``."""
    errors: list[str] = []
    table = Table(values, errors, prefix)
    folder = os.path.dirname(path)
    baseline = table.text("baseline")
    config = Config(
        path=path,
        fail_on=table.choice("fail-on", FAIL_ON, "error"),
        count=table.choice("count", COUNTS, "macs"),
        select=table.texts("select"),
        ignore=table.texts("ignore"),
        preview=table.flag("preview"),
        weights=table.flag("weights"),
        rules=tuple(os.path.join(folder, name) for name in table.texts("rules")),
        baseline=os.path.join(folder, baseline) if baseline else "",
        severity=table.words("severity"),
        options=table.tables("options"),
        shapes=table.shapes("shapes"),
        dims=table.counts("dims"),
        trip_counts=table.counts("trip-counts"),
        limits=table.counts("limits"),
        suppress=tuple(s for t in table.list_of_tables("suppress") if (s := _suppression(t))),
    )
    table.finish()
    if errors:
        raise ConfigError("\n".join(f"{path}: {error}" for error in errors))
    return config


def read_bytes(path: str, most: int = MAX_BYTES) -> bytes:
    """A regular file of up to ``most`` bytes; raises ``ConfigError``."""
    if not os.path.isfile(path):
        missing = not os.path.lexists(path)
        raise ConfigError(f"{path}: {'there is no such file' if missing else 'is not a file'}")
    try:
        with open(path, "rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path}: cannot be read: {reason}") from error
    if len(data) > most:
        raise ConfigError(f"{path}: larger than {most:,} bytes")
    return data


def _parse(path: str, data: bytes) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # ValueError: bad TOML or bad UTF-8
        raise ConfigError(f"{path}: not TOML: {error}") from None


def _suppression(table: Table) -> Suppression | None:
    from analyzer.findings.suppress import Suppression

    rule, reason = table.text("rule"), table.text("reason")
    model, node, expires = table.text("model", "*"), table.text("node", "*"), table.day("expires")
    table.finish()
    if not rule.strip():
        table.error("rule", "is required: the id or name of a rule")
    if not reason.strip():
        table.error("reason", "is required: why the finding is accepted")
    if not (rule.strip() and reason.strip()):
        return None
    return Suppression(rule=rule, reason=reason, model=model, node=node, expires=expires)
