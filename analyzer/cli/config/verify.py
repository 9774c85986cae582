"""What of a configuration only rules, limits and targets can tell to be wrong, with its line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analyzer.cli.config.table import Errors, spelled
from analyzer.errors import ConfigError
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.cli.config.record import Config, ModelsEntry
    from analyzer.cli.config.scan import Place
    from analyzer.model.limits import Limits
    from analyzer.operators.record import Operator
    from analyzer.ruleset.rule import Rule
    from analyzer.targets.table import Table


def check_file(file: Config, rules: Sequence[Rule]) -> None:
    """Every mistake of a file, what it says of some models included.

    Raises ``ConfigError``, a line for each.
    """
    from analyzer.lint import Settings, settle

    errors = Errors(file.path, file.lines)
    for place, settings, limits in _parts(file):
        for mistake in settle(rules, Settings(**settings))[1]:
            errors.add((*place, *mistake.place), mistake.text)
        for name in limits:
            if text := unknown_limit(name):
                errors.add((*place, "limits", name), text)
    errors.finish()


def _parts(file: Config) -> Iterator[tuple[Place, dict[str, Any], Iterable[str]]]:
    """Where each part of a file is, what it says of rules, and the limits that it names."""
    yield (), file.rule_settings(), file.limits
    for entry in file.models:
        settings = {name: entry.said[name] for name in RULE_FIELDS if name in entry.said}
        yield entry.place, settings, entry.said.get("limits", ())


RULE_FIELDS = ("select", "ignore", "preview", "severity", "options")
"""Fields of ``Config`` that are fields of ``analyzer.lint.Settings``."""


def unknown_limit(name: str) -> str:
    """What to say of a limit that does not exist, else nothing."""
    from analyzer.model.limits import Limits
    from analyzer.ruleset.fields import did_you_mean

    if name.replace("-", "_") in Limits.names():
        return ""
    hint = did_you_mean(name, Limits.names()) or f"; limits are {', '.join(Limits.names())}"
    return f"there is no limit {quoted(name)}{hint}"


def limits_of(values: Mapping[str, int]) -> Limits:
    """The limits with ``values`` in the place of defaults; raises ``ConfigError``."""
    from analyzer.model.limits import Limits

    if unknown := [text for name in values if (text := unknown_limit(name))]:
        raise ConfigError(*unknown)
    return replace(Limits(), **{name.replace("-", "_"): n for name, n in values.items()})


def records(config: Config) -> tuple[Operator, ...]:
    """Records of all operators that it declares, in it and by entry points."""
    if not (config.operators or config.plugins):
        return ()
    from analyzer.operators.declared import built, from_entry_point

    found = [built(declaration) for declaration in config.operators]
    for name in config.plugins:
        try:
            found.extend(from_entry_point(name))
        except (LookupError, TypeError, ImportError, AttributeError) as error:
            raise ConfigError(f"{config.path}: plugins: {error}") from error
    return tuple(found)


def tables(
    names: tuple[str, ...], file: Config, entries: Sequence[ModelsEntry], usual: tuple[str, ...]
) -> tuple[Table, ...]:
    """The tables of the targets ``names``, or else of the ``usual`` ones.

    Raises ``ConfigError``, with the line where the file names one that does not exist.
    """
    from analyzer.targets.catalog import chosen

    try:
        return chosen(names or usual)
    except ConfigError as error:
        said = [e.place for e in entries if e.said.get("targets") == names]
        if file.path and (said or names == file.targets):
            errors = Errors(file.path, file.lines)
            place = (*(said or [()])[-1], "targets")
            for line in error.lines:
                errors.add(place, f"{spelled(place)}: {line}")
            errors.finish()
        raise


def check_bases(config: Config, file: Config, entries: Sequence[ModelsEntry]) -> None:
    """Budgets beside a base need one.

    ``config`` is ``file`` with ``entries`` on top. Raises ``ConfigError``, a line for each.
    """
    if config.base or not config.budgets:
        return
    errors = Errors(file.path, file.lines)
    for name, limits in config.budgets.items():
        for limit in limits:
            if limit.is_relative:
                said = [e.place for e in entries if name in e.said.get("budgets", ())]
                place = (*(said or [()])[-1], "budgets", name)
                errors.add(place, f"{spelled(place)}: {limit.text!r} is relative to a base, and "
                           'there is none; add base = "git:main" or base = "models/base.onnx" '
                           "beside budgets")  # fmt: skip
    errors.finish()
