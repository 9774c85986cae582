"""Findings about the settings themselves, at the first model that each file holds for."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.cli.config.globs import path_within
from analyzer.cli.config.scan import line_of
from analyzer.cli.plan import shown_path
from analyzer.dataclass import dataclass
from analyzer.findings.configuration import UNMATCHED_MODELS
from analyzer.report.result import Failure, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.cli.config.record import Config, ModelsEntry
    from analyzer.cli.plan import Plan
    from analyzer.findings.finding import Finding
    from analyzer.findings.suppress import Suppression
    from analyzer.lint import Settings


@dataclass(frozen=True, slots=True)
class Searched:
    """What a run has looked at, for findings about what it should have come across."""

    folders: Sequence[str] = ()
    """Folders that were searched for models."""
    models: Sequence[str] = ()
    """Every model that was found, also those that are not judged."""


NOWHERE = Searched()


def add_own_findings(
    items: dict[str, Result | Failure],
    plans: Mapping[str, Plan],
    used: Mapping[str, frozenset[Suppression]],
    searched: Searched,
) -> None:
    """Suppressions that did nothing in the whole run, ``[[models]]`` that mean no model.

    ``used`` has the suppressions that did something, by model.
    """
    files: dict[str, dict[str, Result]] = {}
    for path, item in items.items():
        if isinstance(item, Result):
            files.setdefault(plans[path].config.path, {})[path] = item
    for results in files.values():
        judged: dict[Plan, list[str]] = {}
        for path in results:
            judged.setdefault(plans[path], []).append(path)
        hits = frozenset().union(*(used.get(path, frozenset()) for path in results))
        found = (*_unused(judged, hits), *_unmatched(list(judged), searched))
        path, first = next(iter(results.items()))
        items[path] = replace(first, findings=(*first.findings, *found))


def _unused(judged: Mapping[Plan, Sequence[str]], hits: frozenset[Suppression]) -> list[Finding]:
    from analyzer.lint import unused_suppressions

    found: dict[str, Finding] = {}
    for plan, paths in judged.items():
        for finding in unused_suppressions(_active(plan), hits, paths):
            found.setdefault(finding.fingerprint, finding)
    return list(found.values())


def _active(plan: Plan) -> Settings:
    """Settings without suppressions of rules that were not asked for: they had no chance."""
    from analyzer.ruleset.select import matches

    s, rules = plan.settings, plan.applied if plan.settings.suppressions else ()
    chances = tuple(p for p in s.suppressions if any(matches(rule, p.rule) for rule in rules))
    return replace(s, suppressions=chances)


def _unmatched(plans: Sequence[Plan], searched: Searched) -> tuple[Finding, ...]:
    """Entries whose folder was searched, or does not exist, and that are about no model there."""
    from analyzer.lint import governed

    config = plans[0].config
    matched = {entry for plan in plans for entry in plan.entries}
    idle = [entry for entry in config.models if entry not in matched]
    if not (idle and searched.folders):
        return ()
    root = os.path.dirname(config.path)
    folders = [path_within(folder, root) for folder in searched.folders]
    models = [path for model in searched.models if (path := path_within(model, root))]
    return governed(
        [
            _no_match(config, entry, models)
            for entry in idle
            if any(_covers(folders, entry, root)) and not any(map(entry.concerns, models))
        ],
        plans[0].settings,
    )


def _covers(folders: Sequence[str | None], entry: ModelsEntry, root: str) -> Iterator[bool]:
    """Whether one of the ``folders`` has all that an entry can mean."""
    for folder in folders:
        if folder is not None:
            begin = "" if folder == "." else f"{folder}/"
            inside = all(f"{glob.folder}/".startswith(begin) for glob in entry.globs)
            gone = not any(os.path.isdir(os.path.join(root, g.folder)) for g in entry.globs)
            yield inside or gone


def _no_match(config: Config, entry: ModelsEntry, models: Sequence[str]) -> Finding:
    from analyzer.ruleset.fields import did_you_mean

    line = line_of(config.lines, entry.place)
    hint = did_you_mean(entry.path, models)
    what = (f"[[models]] {entry.path!r} ({shown_path(config.path)}{f':{line}' if line else ''}) "
            f"is about no model that was found{hint}")  # fmt: skip
    return UNMATCHED_MODELS.finding(what, entry.path)
