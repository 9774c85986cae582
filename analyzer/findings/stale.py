"""What a baseline holds that is of no use any more, as findings of the configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.findings.configuration import BASELINE_OF_OTHER_SIZES, STALE_BASELINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.facts import Assumption
    from analyzer.findings.baseline import Accepted, Baseline, BoundSize
    from analyzer.findings.finding import Finding

_STATED = frozenset({"--dim", "--shape"})
_USUAL = "default"


def stale(gone: Iterable[Accepted], baseline: Baseline) -> tuple[Finding, ...]:
    """A finding for each accepted one that is not found any more; all of a model are one cause."""
    return tuple(
        _finding(
            baseline,
            f"the baseline accepts {entry.rule}{f' at {entry.place}' if entry.place else ''}, "
            "which is not found any more",
            entry.place,
            entry.rule,
            entry.fingerprint,
            str(number),
        )
        for entry in gone
        for number in range(entry.count)
    )


def without_model(baseline: Baseline, missing: Sequence[str]) -> tuple[Finding, ...]:
    """A finding for each model that the baseline is about and that does not exist."""
    return tuple(
        _finding(
            baseline,
            f"the baseline accepts {units.many(_count(baseline.models[model]), 'finding')} of "
            f"{model}, which does not exist",
            model,
        )
        for model in missing
    )


def of_other_sizes(
    assumptions: Sequence[Assumption], recorded: Sequence[BoundSize]
) -> tuple[Finding, ...]:
    """One finding where open sizes are bound to other numbers than when findings were accepted."""
    then = {(size.input, size.axis): size for size in recorded}
    changed = [
        (old, now)
        for now in assumptions
        if (old := then.get((now.input, now.axis))) is not None
        and now.value != old.value
        and _STATED & {now.reason, old.reason}
        and all(map(_is_chosen, (now.reason, old.reason)))
    ]
    if not changed:
        return ()
    old, now = changed[0]
    more = f" (and {units.many(len(changed) - 1, 'size')} more)" if len(changed) > 1 else ""
    what = (
        f"the baseline was written with {now.input} axis {now.axis} = {old.value}, here it is "
        f"{now.value}{more}: whether accepted findings have become worse is not judged"
    )
    return (BASELINE_OF_OTHER_SIZES.finding(what, now.input, str(now.axis)),)


def _is_chosen(reason: str) -> bool:
    """Whether a size is what it is for another reason than the model's own word."""
    return reason in _STATED or reason == _USUAL or reason.startswith(f"{_USUAL}:")


def _count(entries: Iterable[Accepted]) -> int:
    return sum(entry.count for entry in entries)


def _finding(baseline: Baseline, what: str, *identity: str) -> Finding:
    remedy = f"onnxlint check MODELS --write-baseline {baseline.path or 'FILE'} --prune"
    found = STALE_BASELINE.finding(what, *identity)
    return replace(found, cause=found.rule, remedy=remedy)
