"""Where every setting of a plan comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from json import dumps
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.cli.config.layers import ADDED
from analyzer.cli.config.models import PER_MODEL, key_of
from analyzer.cli.config.record import Config
from analyzer.cli.config.scan import line_of
from analyzer.cli.plan import shown_path
from analyzer.report.settings import AppliedRule, ModelsSettings, Setting, SettingOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.cli.config.record import ModelsEntry
    from analyzer.cli.config.scan import Place
    from analyzer.cli.plan import Plan
    from analyzer.findings.suppress import Suppression
    from analyzer.report.settings import SettingValue

SINGLE = ("fail_on", "count", "select", "preview", "weights", "allow_missing_data", "baseline",
          "targets", "base", "nested", "exclude", "force_exclude", "plugins",
          "trusted")  # fmt: skip
"""Fields of ``Config`` with one value, which the last place that states it gives."""
TABLES = ("severity", "options", "budgets", "shapes", "dims", "trip_counts", "limits")
"""Fields that are tables by free names."""
PLACES: Mapping[str, Place] = {"trusted": ("trust", "domains")}
"""Where the file has a field whose key is not called like it."""
FLAGS: Mapping[str, str] = {
    "shapes": "--shape", "dims": "--dim", "trip_counts": "--trip-count", "limits": "--limit",
    "targets": "--target",
}  # fmt: skip
"""Options of the command line that are not called like the field."""
PATTERNS = frozenset({"exclude", "extend_exclude"})
"""Fields of patterns, of which a text is what somebody said."""
PATHS = frozenset({"rules", "baseline", "base"})
"""Fields that name files."""


class _Layer(NamedTuple):
    """A place that states settings."""

    said: Mapping[str, Any]
    origin: SettingOrigin
    """What all settings of it have in common."""
    place: Place
    """Where it is in the file."""


class SettingOrigins:
    """Settings of one plan, with the place where each was said last.

    Parameters
    ----------
    plan
        As ``make_plans`` makes it.
    said
        What the command line states, by field of ``Config``.
    """

    def __init__(self, plan: Plan, said: Mapping[str, Any]) -> None:
        self._plan, self._file = plan, plan.file
        self.path: str = shown_path(plan.file.path) if plan.file.path else ""
        """The configuration file, as seen from the working directory."""
        self._layers = (
            _Layer(self._said_by_file(), SettingOrigin("file", self.path), ()),
            *map(self._of_entry, plan.entries),
            _Layer(said, SettingOrigin("command line"), ()),
        )

    def settings(self, model: str | None) -> Iterator[Setting]:
        """Every setting that holds; of suppressions those that concern ``model``."""
        config = self._plan.config
        for name in SINGLE:
            if name == "weights":
                yield self._weights()
                continue
            yield Setting(_key(name), self._value(name, getattr(config, name)), self._last(name))
        for name in sorted(ADDED):
            yield from self._added(name)
        for name in TABLES:
            if name not in ("options", "limits"):
                for key, value in getattr(config, name).items():
                    yield self._entry(name, (key,), value)
        yield from self._options()
        yield from self._limits()
        for number, entry in enumerate(config.suppress, 1):
            if model is None or entry.concerns(model):
                place = "suppress", str(number)
                yield Setting(f"suppress[{number}]", _suppression(entry), self._in_file(place))
        for declaration in config.operators:
            name = f"{declaration.domain}::{declaration.name}"
            origin = self._in_file(("operators", name))
            yield Setting(f'operators."{name}"', "declared", origin)

    def entries(self, all_of_them: bool) -> Iterator[ModelsSettings]:
        """The ``[[models]]`` that are about the model, or all, with what each states."""
        for entry in self._file.models if all_of_them else self._plan.entries:
            layer = _Layer(
                entry.said, SettingOrigin("models", self.path, path=entry.path), entry.place
            )
            yield ModelsSettings(entry.path, self._line(entry.place), tuple(self._of(layer)))

    def rules(self) -> Iterator[AppliedRule]:
        """The rules that are applied, with their severities."""
        from analyzer.findings.finding import Severity
        from analyzer.ruleset.select import matches

        for rule in self._plan.applied:
            levels = [level for word, level in self._plan.settings.severity.items()
                      if matches(rule, word)]  # fmt: skip
            yield AppliedRule(rule.id, rule.name, Severity([rule.severity, *levels][-1]).value)

    def _of_entry(self, entry: ModelsEntry) -> _Layer:
        origin = SettingOrigin("models", self.path, path=entry.path)
        return _Layer(entry.said, origin, entry.place)

    def _said_by_file(self) -> dict[str, Any]:
        """Fields that the top of the file states."""
        usual = Config()
        return {
            field.name: value
            for field in fields(Config)
            if field.name not in ("path", "lines")
            and ((value := getattr(self._file, field.name)) != getattr(usual, field.name)
                 or PLACES.get(field.name, (key_of(field.name),)) in self._file.lines)
        }  # fmt: skip

    def _of(self, layer: _Layer) -> Iterator[Setting]:
        """What one layer states."""
        for name in PER_MODEL:
            if name not in layer.said:
                continue
            for keys, value in _leaves(layer.said[name]):
                key = dotted(key_of(name), *keys)
                yield Setting(key, self._value(name, value), self._at(layer, name, keys))

    def _weights(self) -> Setting:
        """Selecting nothing but rules about weights asks for them, too."""
        said = self._last("weights")
        implied = self._plan.weights and said.kind == "default"
        return Setting("weights", self._plan.weights, self._last("select") if implied else said)

    def _added(self, name: str) -> Iterator[Setting]:
        found = [layer for layer in self._layers if layer.said.get(name)]
        for layer in found:
            value = self._value(name, layer.said[name])
            yield Setting(key_of(name), value, self._at(layer, name, ()))
        if not found:
            yield Setting(key_of(name), (), SettingOrigin("default"))

    def _options(self) -> Iterator[Setting]:
        from analyzer.cli.budgets.figures import FIGURES
        from analyzer.lint import check_settings

        typed = check_settings(self._plan.rules, self._plan.settings)
        applied = {rule.id for rule in self._plan.applied}
        budgets = {(FIGURES[name].rule, FIGURES[name].option) for name in self._plan.config.budgets}
        for rule in self._plan.rules:
            for name, option in rule.options.items():
                if (rule.name, name) in budgets:
                    continue  # which takes its place
                key = f"options.{rule.id}.{name}"
                if name in typed.get(rule.id, {}):
                    words = (rule.name, name), (rule.id, name)
                    yield Setting(key, typed[rule.id][name], self._last("options", *words))
                elif rule.id in applied:
                    yield Setting(key, option.default, SettingOrigin("default"))

    def _limits(self) -> Iterator[Setting]:
        for field in fields(self._plan.limits):
            words = (field.name,), (field.name.replace("_", "-"),)
            value = getattr(self._plan.limits, field.name)
            yield Setting(f"limits.{field.name}", value, self._last("limits", *words))

    def _entry(self, name: str, keys: tuple[str, ...], value: Any) -> Setting:
        key = dotted(key_of(name), *keys)
        return Setting(key, self._value(name, value), self._last(name, keys))

    def _last(self, name: str, *spellings: tuple[str, ...]) -> SettingOrigin:
        """The last place that states a field, or one of ``spellings`` in its table."""
        for layer in reversed(self._layers):
            if name in layer.said:
                for keys in spellings or ((),):
                    if _has(layer.said[name], keys):
                        return self._at(layer, name, keys)
        return SettingOrigin("default")

    def _at(self, layer: _Layer, name: str, keys: tuple[str, ...]) -> SettingOrigin:
        common = layer.origin
        if common.kind == "command line":
            return SettingOrigin("command line", flag=FLAGS.get(name, f"--{key_of(name)}"))
        place = (*layer.place, *PLACES.get(name, (key_of(name),)), *keys)
        return SettingOrigin(common.kind, common.file, self._line(place), common.path)

    def _in_file(self, place: Place) -> SettingOrigin:
        return SettingOrigin("file", self.path, self._line(place))

    def _line(self, place: Place) -> int | None:
        return line_of(self._file.lines, place) or None

    def _value(self, name: str, value: Any) -> SettingValue:
        if name == "budgets":
            return tuple(limit.text for limit in value) or "none"
        if name in PATTERNS:
            return tuple(pattern.text for pattern in value)
        if name in PATHS and value and not str(value).startswith("git:"):
            near = [shown_path(path) for path in ((value,) if isinstance(value, str) else value)]
            return near[0] if isinstance(value, str) else tuple(near)
        found: SettingValue = tuple(value) if isinstance(value, (list, tuple)) else value
        return None if found == "" else found


def dotted(*keys: str) -> str:
    """Keys as a configuration file writes them in a line.

    >>> dotted("dims", "batch", "a.b")
    'dims.batch."a.b"'
    """
    bare = re.compile(r"[A-Za-z0-9_-]+")
    return ".".join(key if bare.fullmatch(key) else dumps(key, ensure_ascii=False) for key in keys)


def _key(name: str) -> str:
    return ".".join(PLACES.get(name, (key_of(name),)))


def _has(value: Any, keys: Sequence[str]) -> bool:
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            return False
        value = value[key]
    return True


def _leaves(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Everything in a table of tables, with the keys that lead there."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*keys, key))
    else:
        yield keys, value


def _suppression(entry: Suppression) -> str:
    until = f", until {entry.expires}" if entry.expires else ""
    return f"{entry.rule} of {entry.model} at {entry.node}: {entry.reason}{until}"
