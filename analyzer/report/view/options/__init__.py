"""Smaller forms that a model admits, by what makes it smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.view.options import scaled, types
from analyzer.report.view.options.form import SmallerForm, is_worthwhile

if TYPE_CHECKING:
    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.whatif import WhatIf

__all__ = ["SmallerForm", "options"]

EFFORTS = ("low", "medium", "high")


def options(facts: Facts, sizes: WhatIf, device: Profile | None) -> tuple[SmallerForm, ...]:
    """Smaller forms that the model admits and that are worth a line, the least effort first."""
    found = (*types.forms(facts, device), *scaled.forms(facts, sizes, device))
    kept = [form for form in found if is_worthwhile(facts, form)]
    return tuple(sorted(kept, key=lambda form: EFFORTS.index(form.effort)))
