"""Cheaper layers that rules find, and that nobody recommends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.report.view.actions import actions
from analyzer.report.view.devices import main_device
from analyzer.report.view.options.form import SmallerForm
from analyzer.report.view.steps import first, promises
from analyzer.sanitise import label

if TYPE_CHECKING:
    from analyzer.report.result import Result
    from analyzer.report.view.action import Action


class Unadvised(NamedTuple):
    """Layers that a rule would make cheaper, and that may not be faster for it."""

    slower: int
    """They take longer on the first device, by our own model."""
    unsure: int
    """The others: nobody knows before it is measured."""
    action: str
    """What the rule asks for that would save most; empty for none."""


def unadvised(result: Result) -> Unadvised:
    asked = {each.rule: each for each in actions(result, main_device(result.devices))}
    slower, unsure = set[str](), set[str]()
    named = [ask for ask in asked.values() if ask.macs and not promises(ask)]
    for finding in result.places:
        ask = asked[label(finding.rule)]
        if ask not in named:
            continue
        (slower if ask.slower or finding.node in ask.left_out else unsure).add(finding.node)
    most = max(named, key=lambda each: each.macs, default=None)
    return Unadvised(len(slower - unsure), len(unsure), most.does if most else "")


def is_saving(asks: tuple[Action, ...], forms: tuple[SmallerForm, ...]) -> bool:
    """Whether anything of what to do first saves something."""
    found: dict[str, Action | SmallerForm] = {form.id: form for form in forms}
    found |= {ask.rule: ask for ask in asks}
    return any(_saves(found[name]) for step in first(asks, forms) for name in step.ids)


def _saves(each: Action | SmallerForm) -> bool:
    if isinstance(each, SmallerForm):
        return each.smaller
    saved = each.macs or each.params or each.traffic or each.stored
    return bool(saved) or each.peak_folded is not None
