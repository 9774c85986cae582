"""A configuration file → ``Config``, or all of its errors at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from analyzer.cli.config.exclude import DEFAULT, read_patterns
from analyzer.cli.config.inside import inside
from analyzer.cli.config.models import PER_MODEL, read_entries
from analyzer.cli.config.record import Config
from analyzer.cli.config.scan import TomlScan
from analyzer.cli.config.table import ConfigTable, Errors
from analyzer.errors import ConfigError, said_by
from analyzer.sanitise import widths
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.cli.config.exclude import PathPattern
    from analyzer.cli.config.scan import Place
    from analyzer.findings.suppress import Suppression
    from analyzer.operators.declared import Declaration

PYPROJECT = "pyproject.toml"
TABLE = ("tool", "onnxlint")
"""Where it is in a ``pyproject.toml``."""
MAX_BYTES = 1 << 18
"""Size of a configuration file."""
MAX_PYPROJECT = 1 << 22
"""Size of a ``pyproject.toml``, which may be about everything else."""
COUNTS = ("macs", "flops")


def read_config(path: str) -> Config | None:
    """The configuration in ``path``; ``None`` for a ``pyproject.toml`` without our table.

    Takes time and memory linear in the file's size, which is limited.

    Raises
    ------
    ConfigError
        One line ``file:line: key: what is wrong`` for every error, up to 50.
    """
    pyproject = os.path.basename(path) == PYPROJECT
    data = read_bytes(path, MAX_PYPROJECT if pyproject else MAX_BYTES)
    # Nearly every project has one and nearly none is about us: no need to parse it to see that.
    if pyproject and not mentions_us(data):
        return None
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_BYTES:,} bytes; use an onnxlint.toml")
    values, lines = _parse(path, data)
    if pyproject:
        tool = values.get("tool")
        if not isinstance(tool, dict) or "onnxlint" not in tool:
            return None
        values = tool["onnxlint"]
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: tool.onnxlint: must be a table")
    return build(path, values, TABLE if pyproject else (), lines)


def mentions_us(data: bytes) -> bool:
    """Whether a ``pyproject.toml`` may have our table."""
    return b"onnxlint" in data and b"tool" in data


def build(path: str, values: Mapping[str, Any], place: Place, lines: Mapping[Place, int]) -> Config:
    """The configuration that ``values`` spell, which stand at ``place``; raises ``ConfigError``."""
    errors = Errors(path, lines)
    table = ConfigTable(values, errors, place)
    folder = os.path.dirname(path)
    config = Config(
        path=path,
        **{name: read(table, folder) for name, read in PER_MODEL.items()},
        count=table.choice("count", COUNTS, "macs"),
        rules=tuple(inside(table, "rules", folder, name) for name in table.texts("rules")),
        baseline=inside(table, "baseline", folder, table.text("baseline")),
        suppress=tuple(s for t in table.list_of_tables("suppress") if (s := _suppression(t))),
        operators=_operators(table, path),
        plugins=table.texts("plugins"),
        nested=table.flag("nested"),
        exclude=_exclude(table, folder),
        extend_exclude=read_patterns(table, "extend-exclude", folder),
        force_exclude=table.flag("force-exclude"),
        trusted=_trusted(table),
        models=tuple(read_entries(table, folder, len(place))),
        lines={
            key[len(place) :]: line for key, line in lines.items() if key[: len(place)] == place
        },
    )
    table.finish()
    errors.finish()
    return config


def _exclude(table: ConfigTable, folder: str) -> tuple[PathPattern, ...]:
    said = read_patterns(table, "exclude", folder)
    return said if table.has("exclude") else DEFAULT


def _trusted(table: ConfigTable) -> tuple[str, ...] | None:
    """``[trust]``; ``None`` where it does not say which domains."""
    inner = table.table("trust")
    domains = inner.texts("domains")
    inner.finish()
    return domains if inner.has("domains") else None


def _operators(table: ConfigTable, path: str) -> tuple[Declaration, ...]:
    if not table.has("operators"):
        table.tables("operators")  # a key that is known
        return ()
    from analyzer.cli.config.operators import declarations

    return declarations(table, path)


def read_bytes(path: str, most: int = MAX_BYTES) -> bytes:
    """A regular file of up to ``most`` bytes; raises ``ConfigError``."""
    if not os.path.isfile(path):
        missing = not os.path.lexists(path)
        raise ConfigError(f"{path}: {'there is no such file' if missing else 'is not a file'}")
    try:
        with open(path, "rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read: {said_by(error)}") from error
    if len(data) > most:
        raise ConfigError(f"{path}: larger than {most:,} bytes")
    return data


def _parse(path: str, data: bytes) -> tuple[dict[str, Any], dict[Place, int]]:
    """Values, and the line of every key."""
    import tomllib

    try:
        text = data.decode("utf-8")
        lines = TomlScan(path, text).lines
        return tomllib.loads(text), lines
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not TOML: byte {error.start:,} is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {shorten(str(error), widths.CAUSE)}") from None


def _suppression(table: ConfigTable) -> Suppression | None:
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
