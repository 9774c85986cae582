"""Baselines on disk: read for a plan, written and pruned after a run."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.cli.config.read import read_bytes
from analyzer.cli.outputs import deliver
from analyzer.cli.paths import STDIN, absolute
from analyzer.cli.plan import read_baseline
from analyzer.errors import ConfigError
from analyzer.report.result import Result
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.cli.console import Console
    from analyzer.cli.plan import Plan
    from analyzer.findings.baseline import Accepted, Baseline, BoundSize
    from analyzer.report.result import Batch, Failure


def before(path: str, *, prune: bool, console: Console) -> Baseline:
    """What is in a file that is going to be written; nothing where there is none.

    Raises ``ConfigError`` where it is something else, which is not to be written over.
    """
    from analyzer.findings.baseline import Baseline
    from analyzer.findings.baseline_file import MAX_BYTES, is_first_schema

    folder = os.path.dirname(absolute(path))
    if os.path.isfile(path):
        data = read_bytes(path, MAX_BYTES)
        if is_first_schema(data) and not prune:
            console.note(f"{path}: of schema 1, whose entries cannot be kept; what was not judged "
                         "now has to be accepted again")  # fmt: skip
        elif data.strip():
            return read_baseline(path)
    elif prune:
        raise ConfigError(f"--prune: {path}: there is no such file")
    return Baseline({}, {}, folder, path)


def rewrite(
    batch: Batch, plans: Mapping[str, Plan], old: Baseline, console: Console, *, prune: bool
) -> None:
    """Write ``old`` anew after a run.

    Without ``prune`` it accepts all that was found in the models that were judged. With it nothing
    is added: entries that no finding has any more go, and those that have one say what it is now
    where that is better. Either way what was not judged, or not looked for, stays as it was.
    """
    from analyzer.findings.baseline_file import dump_baseline

    models = dict(old.models)
    sizes = dict(old.sizes)
    for result in batch.results:
        path = result.facts.model.path
        key = old.key(path)
        update = _pruned if prune else _accepted
        models[key], sizes[key] = update(result, plans[path], old)
    gone = missing(old)
    for key in gone if prune else ():
        del models[key]
    new = replace(old, models=models, sizes=sizes)
    deliver(dump_baseline(new), old.path, console)
    console.note(f"{old.path}: {_summary(old, new, batch, gone, prune=prune)}")


def _summary(
    old: Baseline, new: Baseline, batch: Batch, gone: Iterable[str], *, prune: bool
) -> str:
    judged = {old.key(result.facts.model.path) for result in batch.results}
    number = sum(_count(entries) for key, entries in new.models.items() if key in judged)
    text = f"{many(number, 'finding')} accepted"
    if prune:
        left = sum(map(_count, new.models.values()))
        removed = sum(map(_count, old.models.values())) - left
        text = f"{many(removed, 'accepted finding')} removed, {left:,} left"
    elif others := sum(_count(e) for key, e in new.models.items() if key not in judged):
        text += f", and {others:,} of other models as before"
    if not prune and gone:
        text += "; --prune removes those of models that do not exist any more"
    return text


def _accepted(
    result: Result, plan: Plan, old: Baseline
) -> tuple[tuple[Accepted, ...], tuple[BoundSize, ...]]:
    """All that was found, and what this run did not look for."""
    from analyzer.findings.baseline import accept, bound_sizes, merged, names_of

    kept = (e for e in old.of(result.facts.model.path) if not _would_find(e, result, plan))
    found = accept(result.findings, names_of(result.facts))
    return merged((*found, *kept)), bound_sizes(result.facts)


def _pruned(
    result: Result, plan: Plan, old: Baseline
) -> tuple[tuple[Accepted, ...], tuple[BoundSize, ...]]:
    """What is accepted and still found, and what this run did not look for."""
    from analyzer.findings.baseline import accept, bound_sizes, merged, names_of
    from analyzer.findings.ratchet import apply_entries, better
    from analyzer.findings.stale import of_other_sizes

    facts, path = result.facts, result.facts.model.path
    other_sizes = bool(of_other_sizes(facts.assumptions, old.sizes_of(path)))
    judged = apply_entries(
        result.places, old.of(path), [f for f, _ in result.silenced], magnitudes=not other_sizes
    )
    names = names_of(facts)
    found = (
        better(now, entry, magnitudes=not other_sizes)
        for finding, entry in judged.pairs
        for now in accept([finding], names)
    )
    kept = (entry for entry in judged.gone if not _would_find(entry, result, plan))
    sizes = old.sizes_of(path) if other_sizes else bound_sizes(facts)
    return merged((*found, *judged.held, *kept)), sizes


def _would_find(entry: Accepted, result: Result, plan: Plan) -> bool:
    """Whether this run says with certainty that there is, or is not, such a finding."""
    from analyzer.lint import was_looked_for

    return not result.facts.inconclusive and was_looked_for(entry, result.facts, plan.applied)


def missing(baseline: Baseline) -> tuple[str, ...]:
    """Models that a baseline is about and that do not exist, sorted."""
    return tuple(
        model
        for model in sorted(baseline.models)
        if model != STDIN and not _exists(os.path.join(baseline.folder, model))
    )


def _exists(path: str) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # no path at all, such as one with a null byte
        return False


def add_missing(
    items: dict[str, Result | Failure], plans: Mapping[str, Plan]
) -> dict[str, Result | Failure]:
    """``items`` with findings about models that baselines are about and that do not exist, at the
    first model that each holds for."""
    from analyzer.findings.stale import without_model
    from analyzer.lint import governed

    found = dict(items)
    done: set[str] = set()
    for path, item in items.items():
        settings = plans[path].settings
        baseline = settings.baseline
        if baseline is None or baseline.path in done or not isinstance(item, Result):
            continue
        done.add(baseline.path)
        if about := governed(without_model(baseline, missing(baseline)), settings):
            found[path] = replace(item, findings=(*item.findings, *about))
    return found


def _count(entries: Iterable[Accepted]) -> int:
    return sum(entry.count for entry in entries)
