"""A configuration made ready: rules loaded, settings checked, sizes bound."""

from __future__ import annotations

import os
from dataclasses import field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from analyzer.cli.config.globs import path_within
from analyzer.cli.config.layers import merged
from analyzer.cli.config.read import read_bytes
from analyzer.cli.config.record import Config
from analyzer.cli.config.verify import check_bases, check_file, limits_of, records, tables
from analyzer.cli.configurations import Configurations
from analyzer.cli.options import said_by
from analyzer.cli.paths import absolute
from analyzer.dataclass import dataclass
from analyzer.errors import ConfigError, RuleError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from analyzer.cli.budgets.base import Base
    from analyzer.cli.budgets.limit import Limit
    from analyzer.cli.config.record import ModelsEntry
    from analyzer.findings.baseline import Baseline
    from analyzer.lint import Settings
    from analyzer.model import Limits
    from analyzer.operators.record import Operator
    from analyzer.ruleset.rule import Rule
    from analyzer.shapes.stated import Bindings
    from analyzer.targets.table import Table

    Chances = tuple[tuple[Rule, ...], tuple[Rule, ...]]

NO_BASELINE = "-"
"""In place of a baseline's path: not even the one that the configuration names."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Plan:
    """How to judge the models that one configuration holds for."""

    config: Config
    """The file with what it says of these models, and the command line on top."""
    file: Config
    """The file as it stands."""
    entries: tuple[ModelsEntry, ...]
    """What the file says of these models in particular."""
    rules: tuple[Rule, ...]
    """All of them; ``settings`` choose."""
    silent: bool
    """Whether the file has switched every rule off that says if a model is sound and safe."""
    settings: Settings
    bindings: Bindings
    limits: Limits
    operators: tuple[Operator, ...] = ()
    """Records of operators that the configuration declares."""
    targets: tuple[Table, ...] = ()
    """Where the models are to run."""
    targets_asked: bool = True
    """False where nobody named them: then no rule is about them."""
    digest: bool = True
    """Compute each file's SHA-256."""
    weights: bool = False
    """Read trained weights."""
    bases: Mapping[str, Base] = field(default_factory=dict)
    """By model: what its relative budgets are relative to."""
    asked: bool = True
    """Somebody asked for that; a report does it by itself."""

    @property
    def applied(self) -> tuple[Rule, ...]:
        """The rules that have a chance: selected, and about something that is looked at."""
        return _chances(self)[0]

    @property
    def budget_rules(self) -> tuple[Rule, ...]:
        """Rules about budgets that are applied, where anything is said of one."""
        if not (self.config.budgets or self.settings.options):
            return ()
        from analyzer.cli.budgets.figures import FIGURES

        names = {figure.rule for figure in FIGURES.values()}
        return tuple(rule for rule in self.applied if rule.name in names)

    @property
    def budgets(self) -> dict[str, tuple[Limit, ...]]:
        """Budgets, by figure, whose rules are applied."""
        if not self.config.budgets:
            return {}
        from analyzer.cli.budgets.figures import FIGURES

        names = {rule.name for rule in self.budget_rules}
        said = self.config.budgets.items()
        return {name: limits for name, limits in said if FIGURES[name].rule in names}

    @property
    def set_rules(self) -> tuple[str, ...]:
        """Ids or names of rules for which an option or a budget is set."""
        options = tuple(self.settings.options)
        if not self.budgets:
            return options
        from analyzer.cli.budgets.figures import FIGURES

        return (*options, *(FIGURES[name].rule for name in self.budgets))

    @property
    def has_relative_budgets(self) -> bool:
        """Whether judging needs the base of a model."""
        return any(limit.is_relative for limits in self.budgets.values() for limit in limits)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Ids of the rules that were selected and need weights, where none are read."""
        return tuple(rule.id for rule in _chances(self)[1])


def _chances(plan: Plan) -> Chances:
    """The selected rules that are applied, and those that are not, for want of weights."""
    found = _CHANCES.get(plan)
    if found is None:
        found = _CHANCES[plan] = _choose(plan)
    return found


_CHANCES: WeakKeyDictionary[Plan, Chances] = WeakKeyDictionary()
"""Found once for each plan, which nobody keeps for that."""


def _choose(plan: Plan) -> Chances:
    from analyzer.ruleset import select_rules

    s = plan.settings
    selected = select_rules(plan.rules, s.select, s.ignore, s.preview)
    if plan.weights:
        return selected, ()
    applied = tuple(rule for rule in selected if not rule.reads_weights)
    return applied, tuple(rule for rule in selected if rule.reads_weights)


def make_plans(
    paths: Iterable[str],
    arguments: Namespace,
    today: date,
    baseline: str = "",
    *,
    note: Callable[[str], None],
    digest: bool = True,
    identify: bool = True,
    configurations: Configurations | None = None,
) -> dict[str, Plan]:
    """A plan for each path; paths for which the same is said share one.

    ``baseline`` is a file that replaces the configuration's, or ``NO_BASELINE``. ``digest`` says
    that an output shows the SHA-256, which takes longer than all else on gigabytes of weights.
    ``identify`` says that one shows fingerprints, for which the whole graph is looked at.
    ``note`` is told which configurations hold, and which lie above a model and do not.
    ``configurations`` has those that were read already.

    Raises
    ------
    ConfigError, RuleError
        With every error of every configuration that is used; nothing was judged yet.
    """
    configurations = configurations or Configurations(arguments)
    maker = _Maker(arguments, today, baseline, digest, identify)
    plans: dict[str, Plan] = {}
    errors: list[str] = []
    for path in paths:
        try:
            file = configurations.of(path)
            plans[path] = maker.plan(file, file.entries(path))
        except ConfigError as error:
            errors += error.lines
    for path in dict.fromkeys(plan.config.path for plan in plans.values() if plan.config.path):
        note(f"configuration: {shown_path(path)}")
    if arguments.config and plans and not any(plan.entries for plan in plans.values()):
        _note_elsewhere(next(iter(plans.values())).file, plans, note)
    for path in configurations.ignored:
        note(f"{shown_path(path)}: not used, it lies beside a model and not above the working "
             "directory; name it with --config to use it")  # fmt: skip
    if errors:
        raise ConfigError(*dict.fromkeys(errors))
    return plans


def _note_elsewhere(file: Config, models: Iterable[str], note: Callable[[str], None]) -> None:
    """Say why what a file that somebody named says of some models holds for none."""
    folder = os.path.dirname(file.path) or "."
    if file.models and all(path_within(model, folder) is None for model in models):
        note(f"{shown_path(file.path)}: [[models]] begin at the folder of this file, and no model "
             f"of this run is in {shown_path(absolute(folder))}")  # fmt: skip


def shown_path(path: str) -> str:
    """A configuration's path as seen from the working directory, if that is near."""
    near = os.path.relpath(path, absolute(".")) if os.path.isabs(path) else path
    return path if near.startswith(os.path.join("..", "..", "..")) else near


def load_all_rules(folders: Iterable[str]) -> tuple[Rule, ...]:
    """Shipped rules and those in ``folders``; raises ``RuleError``, also if two share a name."""
    from pathlib import Path

    from analyzer.ruleset import load_rules

    rules = list(load_rules())
    owners = {word: rule.source for rule in rules for word in (rule.id, rule.name)}
    errors = []
    for folder in dict.fromkeys(folders):
        for rule in load_rules(Path(folder)):
            taken = [word for word in (rule.id, rule.name) if word in owners]
            errors += [f"{folder}: {rule.source}:1: {w} is already in {owners[w]}" for w in taken]
            owners |= dict.fromkeys((rule.id, rule.name), rule.source)
            rules.append(rule)
    if errors:
        raise RuleError(*errors)
    return tuple(sorted(rules, key=lambda rule: rule.id))


class _Maker:
    """Makes the plans of one run; what several have in common is made once."""

    def __init__(
        self, arguments: Namespace, today: date, baseline: str, digest: bool, identify: bool
    ) -> None:
        self._arguments = arguments
        self._today, self._accepted = today, baseline
        self._digest = digest and not arguments.no_hash
        self._identify = identify
        self._said = said_by(arguments)
        self._plans: dict[tuple[str, tuple[ModelsEntry, ...]], Plan] = {}
        self._rules: dict[tuple[str, ...], tuple[Rule, ...]] = {}
        self._operators: dict[str, tuple[Operator, ...]] = {}
        self._baselines: dict[str, Baseline] = {}
        self._silent: dict[tuple[object, ...], bool] = {}

    def plan(self, file: Config, entries: tuple[ModelsEntry, ...]) -> Plan:
        """What holds for models that ``file`` is about, and those ``entries`` of it."""
        key = file.path, entries
        if key not in self._plans:
            self._plans[key] = self._make(file, entries)
        return self._plans[key]

    def _make(self, file: Config, entries: tuple[ModelsEntry, ...]) -> Plan:
        from analyzer.lint import Settings, check_settings
        from analyzer.shapes.stated import Bindings

        stated = reduce(merged, (entry.said for entry in entries), file)
        config = merged(stated, self._said)
        if config.rules not in self._rules:
            self._rules[config.rules] = load_all_rules(config.rules)
        rules = self._rules[config.rules]
        if file.path not in self._operators:
            check_file(file, rules)
            self._operators[file.path] = records(config)
        check_settings(rules, Settings(**config.rule_settings()))
        check_bases(config, file, entries)
        usual: tuple[str, ...] | None = getattr(self._arguments, "usual_targets", None)
        targets: tuple[Table, ...] = ()
        if config.targets or usual is not None:
            targets = tables(config.targets, file, entries, usual or ())
        return Plan(
            config=config,
            file=file,
            entries=entries,
            rules=rules,
            silent=self._is_silent(stated, rules),
            settings=replace(
                Settings(**config.rule_settings()),
                baseline=self._baseline(self._accepted or config.baseline),
                today=self._today,
                identify=self._identify,
            ),
            bindings=Bindings(config.shapes, config.dims, config.trip_counts),
            limits=limits_of(config.limits),
            weights=_weights(self._arguments, config, rules),
            asked=not getattr(self._arguments, "unasked", False) or config.weights,
            operators=self._operators[file.path],
            targets=targets,
            targets_asked=bool(config.targets),
            digest=self._digest,
        )

    def _is_silent(self, stated: Config, rules: tuple[Rule, ...]) -> bool:
        """As ``_is_silent``, which is the same for all that choose alike."""
        key = stated.rules, stated.select, stated.ignore, stated.preview
        if key not in self._silent:
            self._silent[key] = _is_silent(stated, self._said, rules)
        return self._silent[key]

    def _baseline(self, path: str) -> Baseline | None:
        if path in ("", NO_BASELINE):
            return None
        if path not in self._baselines:
            self._baselines[path] = read_baseline(path)
        return self._baselines[path]


AUDIT = frozenset({"conformance", "trust"})
"""Categories of the rules without which "clean" says nothing."""


def _is_silent(file: Config, said: Mapping[str, Any], rules: tuple[Rule, ...]) -> bool:
    """No such rule is left, and the command line alone would have left one."""
    from analyzer.ruleset import select_rules

    def judges(config: Config) -> bool:
        chosen = select_rules(rules, config.select, config.ignore, config.preview)
        return any(rule.category in AUDIT for rule in chosen)

    return judges(merged(Config(), said)) and not judges(merged(file, said))


def _weights(arguments: Namespace, config: Config, rules: tuple[Rule, ...]) -> bool:
    """What the command line says, else the configuration, else what the rules asked for need."""
    from analyzer.ruleset.select import asks_for_weights

    said: bool | None = getattr(arguments, "weights", False)
    return config.weights or asks_for_weights(rules, config.select) if said is None else said


def read_baseline(path: str) -> Baseline:
    """A baseline; its paths are relative to its folder. Raises ``ConfigError``."""
    from analyzer.findings.baseline_file import MAX_BYTES, parse_baseline

    if not os.path.lexists(path):
        remedy = f"onnxlint check MODELS --write-baseline {path} writes one"
        raise ConfigError(f"{path}: there is no such file; {remedy}")
    return parse_baseline(read_bytes(path, MAX_BYTES), path, os.path.dirname(absolute(path)))
