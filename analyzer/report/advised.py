"""What to do first, in words: of actions and smaller forms what their own words leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.devices import MEASURED
from analyzer.language import _, mark, ngettext, series, term
from analyzer.report.view.gains import dearer, unlocking
from analyzer.report.view.needs import settles
from analyzer.report.view.options.form import LEVELS, SmallerForm
from analyzer.report.view.simplified import Added, command
from analyzer.report.view.tools import leaving
from analyzer.report.view.urgency import Standing, standing
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.report.page import FirstStep
    from analyzer.report.view.action import Action

CHOICE = mark("Choose one: they change the same layers, and their savings exclude each other")
"""Above alternatives."""
_BEARS: dict[Standing, str] = {
    "against use": mark("speaks against use"),
    "before use": mark("to look at before use"),
    "before sharing": mark("to do before it is shared"),
    "figures": mark("makes figures truer and changes no model"),
}
"""By what an action is that has no impact of its own."""
_SOME, _PART = 1024, 0.05
"""Bytes and share of the file from which what stays beside weights is told."""
_MUCH_LESS = 0.8
"""Share of a factor by arithmetic alone at which one that counts memory traffic, too, is told."""
_SMALL = 1e-4
"""Seconds of a bound: starting an operator takes microseconds, beside which less arithmetic than
this is little, whatever it was of larger models."""


def tidying(step: FirstStep) -> str:
    """What undoes clean-ups, in a line above them."""
    asks = [each for each in step.of if not isinstance(each, SmallerForm)]
    most = max((each for each in asks if each.tool == step.tool), key=lambda each: each.written)
    limit = min(each.limit for each in asks if each.tool == step.tool)
    adds = Added(most.written, limit, most.unlimited, most.states, most.peak_sorted,
                 most.peak_now)  # fmt: skip
    typed = command(step.tool, limit)
    more = "; ".join(filter(None, (f"`pip install {step.tool}`", adds.told(most.file_now))))
    if step.after:
        return _("Clean up after {step} with `{command}` ({grows})",
                 step=step.after, command=typed, grows=more)  # fmt: skip
    return _("Clean up with `{command}` ({grows})", command=typed, grows=more)


def how(form: SmallerForm, ahead: Sequence[FirstStep]) -> str:
    """What to do for a form, behind the steps ``ahead`` of it, of which some are needed."""
    own, done = [], dict[int, None]()
    for need in form.before:
        places = (n for n, step in enumerate(ahead, 1) if settles(step.of, step.tool, need))
        n = next(places, None)
        if n is None:
            own.append(need.text)
        else:
            done[n] = None
    numbers = series([str(n) for n in sorted(done)])
    first = ngettext("Do step {numbers} first", "Do steps {numbers} first", len(done),
                     numbers=numbers)  # fmt: skip
    return ". ".join([*([first] if done else []), *own, form.how])


def weight(step: FirstStep) -> str:
    """How much a step of clean-ups brings, and takes, in front of what is cleaned up."""
    asks = [each for each in step.of if not isinstance(each, SmallerForm)]
    height = LEVELS.index
    impact = step.impact or min((each.impact for each in asks), key=height)
    effort = max((each.effort for each in asks), key=height)
    said = [_("{impact} impact, {effort} effort", impact=term(impact), effort=term(effort))]
    if step.operators:
        said.append(ngettext("{n} operator of the file goes, and Constants become stored tensors",
                             "{n} operators of the file go, and Constants become stored tensors",
                             step.operators))  # fmt: skip
    done = [each for each in asks if each.tool == step.tool]
    if stored := sum(each.stored for each in done):
        said.append(_("{bytes} less to store", bytes=units.size(stored)))
    if traffic := sum(each.traffic for each in done):
        moved = moving(traffic, max(each.traffic_now for each in done))
        itself = by_itself(sum(each.traffic_loaded for each in done), traffic)
        said.append(f"{moved} ({itself})" if itself else moved)
    said += [lowering(each) for each in done if each.peak_folded is not None]
    said += filter(None, (unlocking(each) for each in asks))
    return "; ".join(said)


def moving(saved: int, whole: int) -> str:
    """Of the bytes that one run moves, those that it need not."""
    return _("saves {bytes} of {whole} memory traffic per run",
             bytes=units.size(saved), whole=units.size(whole))  # fmt: skip


def by_itself(loaded: int, saved: int) -> str:
    """How much of the ``saved`` bytes a runtime saves itself; empty for none."""
    if not loaded:
        return ""
    if loaded == saved:
        return _("ONNX Runtime saves all of that itself when it loads the model")
    return _("ONNX Runtime saves {bytes} of that itself when it loads the model",
             bytes=units.size(loaded))  # fmt: skip


def lowering(action: Action) -> str:
    """What is left of the peak of activations, and whether a runtime sees to that itself."""
    told = _("lowers peak activation memory to {bytes}", bytes=units.size(action.peak_folded or 0))
    return (
        _("{told}, as ONNX Runtime does itself when it loads the model", told=told)
        if action.peak_loaded
        else told
    )


def part(action: Action | SmallerForm) -> str:
    """How many places of a clean-up its tool leaves, in brackets behind it; empty for none."""
    if isinstance(action, SmallerForm):
        return ""
    said = leaving(action.places, action.stays, action.may_stay)
    return f" ({said[:1].lower()}{said[1:]})" if said else ""


def bears(action: Action) -> str:
    """How it bears on use, else how much it brings, and how much it takes."""
    effort = term(action.effort)
    word = standing(action)
    if word in _BEARS:
        return _("{bears}, {effort} effort", bears=_(_BEARS[word]), effort=effort)
    return _("{impact} impact, {effort} effort", impact=term(word), effort=effort)


def resting(action: Action) -> str:
    """How much grows with a size that is to be stated; empty for other actions."""
    if action.rests is None:
        return ""
    return _("{share} of the MACs grow with {size}",
             share=units.percent(action.rests), size=action.rests_on)  # fmt: skip


def slowing(action: Action) -> str:
    """Where what a rule asks for takes longer by our own model: places that are left out, and other
    devices; empty where it does nowhere."""
    n, device = action.slower_alone, action.device
    said = []
    if n:
        said.append(
            ngettext("{n} more is left out, slower on {device} by its roofline model, and marked "
                     "among the findings",
                     "{n} more are left out, slower on {device} by its roofline model, and marked "
                     "among the findings", n, device=device)
            if device
            else ngettext("{n} more is left out, slower by the roofline model, and marked among "
                          "the findings",
                          "{n} more are left out, slower by the roofline model, and marked among "
                          "the findings", n)
        )  # fmt: skip
    return "; ".join(filter(None, (*said, dearer(action))))


def by_roofline(action: Action) -> str:
    """How much faster its layers run where memory traffic counts, too; empty where that is not much
    less than by arithmetic alone, which is what bounds and savings beside it count."""
    faster, alone = action.roofline, action.arithmetic
    if faster is None or alone is None or not 1 <= faster <= _MUCH_LESS * alone:
        return ""
    return _("the layers {faster} as fast, not {alone}, by the roofline model, which counts memory "
             "traffic, too", faster=units.times(faster), alone=units.times(alone))  # fmt: skip


def in_file(form: SmallerForm) -> str:
    """What is beside smaller weights, and the file, where it shrinks by much less than they or
    grows; empty where the weights are nearly all there is."""
    then, now = form.file_bytes, form.file_now
    if then is None or now is None or form.weight_bytes in (None, form.bytes_now):
        return ""
    said = []
    if form.constants >= _SOME and form.constants >= _PART * then:
        left, whole = units.size(form.constants), units.size(form.constants_now)
        shrink = form.constants < form.constants_now and left != whole
        said.append(_("constants {then} instead of {now}", then=left, now=whole) if shrink
                    else _("{size} of constants stay", size=left))  # fmt: skip
    saved = form.bytes_now - (form.weight_bytes or 0)
    apart = then / now - (form.weight_bytes or 0) / form.bytes_now if form.bytes_now else 0.0
    if form.grows:
        said.append(_("the file grows from {now} to about {then}",
                      now=units.size(now), then=units.size(then)))  # fmt: skip
    elif now - then < (1 - 2 * _PART) * saved or apart >= _PART:
        said.append(_("the file about {then} instead of {now}",
                      now=units.size(now), then=units.size(then)))  # fmt: skip
    return "; ".join(said)


def momentary(bounds: Iterable[float | None]) -> str:
    """What ``longer`` says of small bounds, in short, for where the rest of it was said before;
    empty where none is small."""
    if not any(each is not None and each < _SMALL for each in bounds):
        return ""
    return _("Where a bound is under {moment}, most of a run is starting operators.",
             moment=units.seconds(_SMALL))  # fmt: skip


def longer(bounds: Iterable[float | None]) -> str:
    """How much longer than bounds, in seconds, models took, and of which bounds that says nothing:
    by one rule for each, whatever stands beside it."""
    known = [each for each in bounds if each is not None]
    small, large = min(known, default=_SMALL) < _SMALL, max(known, default=_SMALL) >= _SMALL
    told = {"least": f"{MEASURED.least:.1f}", "most": f"{MEASURED.most:.1f}",
            "models": many(MEASURED.models, "model"), "moment": units.seconds(_SMALL)}  # fmt: skip
    if small and large:
        return _("Times are arithmetic bounds: on another CPU, with ONNX Runtime, {models} took "
                 "{least} to {most} times as long; where a bound is under {moment}, most of a run "
                 "is starting operators, which takes far longer.", **told)  # fmt: skip
    if small:
        return _("Times are arithmetic bounds: where they are under {moment}, as here, most of "
                 "a run is starting operators, which takes far longer.", **told)  # fmt: skip
    return _("Times are arithmetic bounds: on another CPU, with ONNX Runtime, {models} took "
             "{least} to {most} times as long.", **told)  # fmt: skip
