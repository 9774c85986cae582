"""All that is asked for in a report: what rules ask for, and changes for further targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import _, retold, series, spoken
from analyzer.report.view.action import Action
from analyzer.report.view.actions import actions, times
from analyzer.report.view.deployment import is_told
from analyzer.report.view.devices import on
from analyzer.report.view.gains import Gain, command_of, gains, impact_on
from analyzer.report.view.rests import weighed
from analyzer.report.view.target_names import plain_names
from analyzer.report.view.urgency import rank
from analyzer.sanitise import clean
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.deployment import Edit
    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.result import Result

COMMAND = 120
"""Letters of a command on the first page and on a terminal; longer ones stand where targets do."""


def all_asked(result: Result, device: Profile | None) -> tuple[Action, ...]:
    """In the order in which to act: see ``rank``."""
    name = f"all that is asked for in {spoken()} on {device}"
    return result.kept(name, lambda: _all_asked(result, device))


def _all_asked(result: Result, device: Profile | None) -> tuple[Action, ...]:
    asks = weighed(actions(result, device), result.facts)
    more = _for_targets(result.facts, device, _won(result, asks))
    return tuple(sorted((*asks, *more), key=rank))


def _won(result: Result, asks: Iterable[Action]) -> tuple[Gain, ...]:
    """Changes after which further targets take all of the model, without targets for which a rule
    asks."""
    fits = result.facts.targets
    if not is_told(result):
        return ()
    named = {name for ask in asks for name in ask.unlocks}
    known = {fit.target for fit, name in zip(fits, plain_names(fits), strict=True) if name in named}
    return tuple(
        Gain(gain.edit, rest) for gain in gains(fits)
        if (rest := tuple(target for target in gain.targets if target not in known))
    )  # fmt: skip


def _for_targets(
    facts: Facts, device: Profile | None, found: Iterable[Gain]
) -> Iterator[Action]:  # fmt: skip
    fits = {fit.target: fit for fit in facts.targets}
    told = zip(facts.targets, plain_names(facts.targets), strict=True)
    names = {fit.target: name for fit, name in told}
    now, _then = times(facts, device, 0)
    for n, gain in enumerate(found, 1):
        does = _does(gain.edit)
        yield Action(
            rule=f"target-{n}", name="", title=does, does=does, what=_how(facts, gain.edit),
            places=1, severity="info", impact=impact_on([fits[each] for each in gain.targets]),
            effort="low" if command_of(facts, gain.edit)[0] else "medium", risk="low",
            confidence="high", macs=0, params=0, traffic=0, stored=0, device=on(facts, device),
            seconds_now=now, seconds=None, slower=False, edit=gain.edit.kind,
            unlocks=tuple(names[each] for each in gain.targets),
        )  # fmt: skip


def _does(edit: Edit) -> str:
    """What to do, in a few words."""
    if edit.kind == "size":
        return _("Fix the open sizes of the inputs")
    if edit.kind == "reshape":
        return _("Write {operators} as Reshape", operators=many(len(edit.reshapes), "Flatten"))
    if edit.kind == "opset":
        return _("State opset {n}", n=edit.opset)
    if edit.kind == "ir":
        return _("State IR version {n}", n=edit.ir)
    if edit.kind == "constant":
        return _("Take {tensors} out of the graph's inputs",
                 tensors=many(len(edit.constants), "initializer"))  # fmt: skip
    return _("Remove what does nothing")


def _how(facts: Facts, edit: Edit) -> str:
    """The change in full, and the command that makes it, unless that is long; of sizes, which it
    has, the command alone."""
    text = clean(retold(edit.text))
    text = text[:1].upper() + text[1:]
    command, again = command_of(facts, edit)
    if not command or len(command) > COMMAND:
        return text
    typed = f"`{clean(command)}`"
    if again:
        typed = _("{command}, then the same on NEW with {arguments}", command=typed,
                  arguments=series([f"`{clean(each)}`" for each in again]))  # fmt: skip
    return _("Run {command}", command=typed) if edit.kind == "size" else f"{text}: {typed}"
