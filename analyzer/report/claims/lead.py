"""What to do first of what could be better, as the first sentence names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.facts import Certainty
from analyzer.language import _
from analyzer.report.claims.cost import best_action, is_slower
from analyzer.report.view.gains import dearer, unlocking
from analyzer.report.view.needs import impact_of_step
from analyzer.report.view.options.form import Level, SmallerForm, lighter
from analyzer.report.view.steps import first, left, worth
from analyzer.sanitise import label

if TYPE_CHECKING:
    from analyzer.report.result import Result
    from analyzer.report.view.action import Action

LARGE = 0.1
"""Share of the MACs from which a saving is worth the first sentence."""
CACHED = "kv-cache"
"""The form that computes a token at a time."""
WIDENED = "float16"
"""The form that ONNX Runtime computes in float32 on x86 CPUs."""
RETRAIN, COMPUTE, TRAINED, FREE = "retrain", "compute", "trained", "free"
"""What makes a step worth the first sentence besides its impact: cheaper layers, of which the share
that all save is told; most compute of what rules ask for; high impact with and without training."""


class Lead(NamedTuple):
    """A step that the first sentence names."""

    ids: tuple[str, ...]
    """Rules and forms of more than low impact."""
    titles: tuple[str, ...]
    impact: Level
    trains: bool
    """It takes training, whichever is chosen."""
    macs: int
    """Saved by the first, where a rule asks for it."""
    brings: tuple[str, ...]
    """What each title brings, in a few words; empty where its own figure is told or it has none."""
    left: float = 1.0
    """The share of the least time that the first leaves; 1 where nobody can say."""


def leads_of(asks: tuple[Action, ...], forms: tuple[SmallerForm, ...]) -> tuple[Lead, ...]:
    """Of what to do first, in its order, what is worth the first sentence."""
    found: dict[str, Action | SmallerForm] = {form.id: form for form in forms}
    found |= {ask.rule: ask for ask in asks}
    leads = []
    for step in first(asks, forms):
        of = worth(step, found)
        if of:
            leads.append(
                Lead(
                    tuple(_id(each) for each in of),
                    (_("Clean up with {tool}", tool=step.tool),) if step.tool
                    else tuple(each.title for each in of),
                    impact_of_step(step, found),
                    all(each.training != "none" for each in of),
                    0 if isinstance(of[0], SmallerForm) else of[0].macs,
                    ("",) if step.tool else tuple(_brings(each) for each in of),
                    left(of[0]),
                )
            )  # fmt: skip
    return tuple(leads)


def gravest(leads: tuple[Lead, ...]) -> tuple[Lead, ...]:
    """The first, and of those behind it that bring much without training what leaves least of the
    time: a token in a hundredth of it is not left out for what comes before by its effort."""
    if len(leads) < 3:
        return leads
    one, *others = leads
    return one, min(others, key=lambda each: each.left if _is_free(each) else 1.0)


def _is_free(lead: Lead) -> bool:
    return lead.impact == "high" and not lead.trains


def _id(each: Action | SmallerForm) -> str:
    return each.id if isinstance(each, SmallerForm) else each.rule


def _brings(each: Action | SmallerForm) -> str:
    """Of fewer bits: the weights that are left, and where they do not make it faster; of what a
    rule asks for: targets that it wins, and devices on which it takes longer."""
    if not isinstance(each, SmallerForm):
        return "; ".join(filter(None, (unlocking(each), dearer(each))))
    if each.grows or (each.weight_bytes or 0) > each.bytes_now:
        return ""
    if each.id == CACHED and each.macs_share is not None:
        return _("leaves {share} of compute for each token after the prompt",
                 share=units.percent(each.macs_share))  # fmt: skip
    said = lighter(each)
    return f"{said}; {_('no faster on x86 CPUs')}" if said and each.id == WIDENED else said


def hows_of(result: Result, leads: tuple[Lead, ...], share: float) -> tuple[str, ...]:
    """In which words the first sentence names steps. One of medium impact before one that brings
    much is told with it: the second needs it, or works better after it."""
    hows = tuple(_how(result, lead, share) for lead in leads)
    if hows[:2] == ("medium", FREE) and not leads[0].trains:
        return (FREE, *hows[1:])
    return hows


def _how(result: Result, lead: Lead, share: float) -> str:
    """In which words the first sentence names a step; ``share`` is what all conversions save."""
    best, totals = best_action(result), result.facts.totals
    total = 0 if totals.certainty is Certainty.UNKNOWN else totals.macs
    converts = {label(f.rule) for f in result.places if f.saving is not None}
    if share >= LARGE and not is_slower(result) and converts & {*lead.ids}:
        return RETRAIN
    most = best is not None and lead.ids[0] == best.rule
    if most and total and lead.macs >= LARGE * total:
        return COMPUTE
    if lead.impact != "high":
        return lead.impact
    return TRAINED if lead.trains else FREE
