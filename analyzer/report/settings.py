"""What settings hold and where each comes from, as text and JSON: the ``config`` command."""

from __future__ import annotations

import json as encoder
from typing import TYPE_CHECKING, Literal

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.records import Output, Signed
from analyzer.report.json import encode
from analyzer.report.style import Style
from analyzer.sanitise import clean, encode_lines, label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.report.result import Options

SettingValue = str | bool | Signed | float | None | tuple[str | int, ...]
MOST_ITEMS = 2
"""Of a list at its default that text shows."""
MOST_COLUMNS = 44
"""Columns of a key, or of a value, before what follows it moves to the right."""


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """Where a setting comes from."""

    kind: Literal["default", "file", "models", "command line"]
    """``models`` is a ``[[models]]`` of the file."""
    file: str = ""
    """The configuration file, as seen from the working directory; empty for the other kinds."""
    line: int | None = None
    """Its line there; ``None`` where it has none."""
    path: str = ""
    """Globs of the ``[[models]]``; empty for the other kinds."""
    flag: str = ""
    """Of the command line; empty for the other kinds."""

    @property
    def text(self) -> str:
        """For people."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return {
            "default": "default",
            "file": place,
            "models": f"{place} [[models]] {_spelled(self.path)}",
            "command line": self.flag,
        }[self.kind]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that holds."""

    key: str
    """As a configuration file would write it, tables with dots: ``options.SEP001.min-macs``."""
    value: SettingValue
    """``None``: unset, so that nothing is limited or chosen by it."""
    origin: SettingOrigin


@dataclass(frozen=True, slots=True)
class ModelsSettings:
    """One ``[[models]]`` of the configuration."""

    path: str
    """Its globs."""
    line: int | None
    settings: tuple[Setting, ...]
    """What it states by itself; another entry further down may say something else."""


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A rule that is applied."""

    id: str
    name: str
    severity: str
    """Of its findings, the configuration's severities considered."""


@dataclass(frozen=True, slots=True)
class SettingsInForce(Output):
    """Every setting that holds for a model, or for the project."""

    model: str | None
    """The model; ``None`` for what holds for any that no ``[[models]]`` is about."""
    configuration: str
    """The file, as seen from the working directory; empty for none."""
    settings: tuple[Setting, ...]
    """Every setting, defaults included. A list to which several places add is there once for
    each."""
    models: tuple[ModelsSettings, ...]
    """Every ``[[models]]`` that is about the model; all of them where there is none."""
    rules: tuple[AppliedRule, ...]
    """Rules that are applied, by id."""
    skipped_rules: tuple[str, ...]
    """Ids of rules that are selected and need ``--weights``."""


def json(shown: SettingsInForce, options: Options) -> bytes:
    """One object."""
    return encode(shown.to_dict())


def text(shown: SettingsInForce, options: Options) -> bytes:
    """A line for each setting; limits and options of rules at their defaults are counted only."""
    style = Style(options.color)
    where = "" if shown.model is None else f"{label(shown.model)}: "
    lines = [style.bold(f"{where}{clean(shown.configuration) or 'no configuration file'}"), ""]
    said = [s for s in shown.settings if not _is_one_of_many(s)]
    lines += _table(said, style)
    if hidden := [s for s in shown.settings if _is_one_of_many(s)]:
        limits = sum(s.key.startswith("limits.") for s in hidden)
        more = len(hidden) - limits
        lines.append(f"… {units.many(limits, 'limit')} and {units.many(more, 'option')} of rules "
                     "at their defaults: --format json has them")  # fmt: skip
    for entry in shown.models:
        place = f"{shown.configuration}:{entry.line}" if entry.line else shown.configuration
        lines += ["", style.bold(clean(f"[[models]] {_spelled(entry.path)}  {place}"))]
        if shown.model is None:
            lines += _table(entry.settings, style)
    lines += ["", style.bold(f"{units.many(len(shown.rules), 'rule')} applied")]
    lines += _wrapped([rule.id for rule in shown.rules])
    if shown.skipped_rules:
        lines += ["", style.bold(f"{units.many(len(shown.skipped_rules), 'rule')} for --weights")]
        lines += _wrapped(shown.skipped_rules)
    return encode_lines(lines)


def _is_one_of_many(setting: Setting) -> bool:
    return setting.origin.kind == "default" and setting.key.startswith(("limits.", "options."))


def _table(settings: Iterable[Setting], style: Style) -> Iterator[str]:
    rows = [(clean(s.key), clean(_briefly(s)), clean(s.origin.text)) for s in settings]
    keys, values = (
        max((len(row[column]) for row in rows if len(row[column]) <= MOST_COLUMNS), default=0)
        for column in (0, 1)
    )
    for (key, value, origin), setting in zip(rows, settings, strict=True):
        where = style.dim(origin) if setting.origin.kind == "default" else origin
        yield f"{key:<{keys}} = {value:<{values}}  {where}".rstrip()


def _briefly(setting: Setting) -> str:
    """A value, of which a long list that nobody has set is told in part: the JSON has it."""
    value = setting.value
    if setting.origin.kind != "default" or not isinstance(value, tuple) or len(value) <= MOST_ITEMS:
        return _spelled(value)
    return f"{_spelled(value[:MOST_ITEMS])[:-1]}, … {len(value) - MOST_ITEMS} more]"


def _spelled(value: SettingValue) -> str:
    if value is None:
        return "unset"
    return encoder.dumps(value, ensure_ascii=False)


def _wrapped(words: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(words), 12):
        yield " ".join(map(clean, words[start : start + 12]))
