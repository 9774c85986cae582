"""Smaller forms that a model admits, by what makes it smaller."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.language import spoken
from analyzer.report.view import whatif
from analyzer.report.view.devices import main_device
from analyzer.report.view.options import forest, pruned, recurrent, scaled, transformer, types
from analyzer.report.view.options.form import (
    SmallerForm,
    alternatives,
    is_untrained,
    is_worthwhile,
)

if TYPE_CHECKING:
    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.result import Result
    from analyzer.report.view.whatif import WhatIf

__all__ = ["SmallerForm", "options", "options_of"]

EFFORTS = ("low", "medium", "high")


def options(facts: Facts, sizes: WhatIf, device: Profile | None) -> tuple[SmallerForm, ...]:
    """Smaller forms that the model admits and that are worth a line: the least effort first, of
    equals what saves most time, then most bytes. None that store placeholders in other types."""
    found = (
        *pruned.forms(facts, device),
        *recurrent.forms(facts, device),
        *transformer.forms(facts, device),
        *types.forms(facts, device),
        *forest.forms(facts, device),
        *scaled.forms(facts, sizes, device),
    )
    if is_untrained(facts):
        found = tuple(form for form in found if not form.alters)  # no type suits what is no weight
    if facts.totals.certainty is Certainty.UNKNOWN:  # with other sizes it has other MACs
        found = tuple(form for form in found if form.macs is None)
    kept = sorted((form for form in found if is_worthwhile(facts, form)), key=_rank)
    rivals = alternatives({form.id: form.alters for form in kept})
    return tuple(replace(form, alternatives=rivals[form.id]) for form in kept)


def options_of(result: Result) -> tuple[SmallerForm, ...]:
    """Those of a judged model, with times on its main device."""
    facts, device = result.facts, main_device(result.devices)
    return result.kept(
        f"options in {spoken()}", lambda: options(facts, facts.once(whatif.view), device)
    )


def _rank(form: SmallerForm) -> tuple[int, float, int]:
    now, then = form.seconds_now or 0.0, form.seconds
    left = then / now if then is not None and now else 1.0
    held = form.bytes_now if form.weight_bytes is None else form.weight_bytes
    return EFFORTS.index(form.effort), left, held
