"""Whether a model reaches a device through the targets that take models there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from analyzer import units
from analyzer.devices import bound
from analyzer.language import _
from analyzer.report.view.target_names import plain_names
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.deployment import TargetFit
    from analyzer.devices import Profile, TimeBound
    from analyzer.facts import Facts

Runs = Literal["", "split", "no", "maybe"]


class Reach(NamedTuple):
    """How much of what a model multiplies runs on a device."""

    runs: Runs = ""
    """``split``: a part, and something else the rest; ``no``: nothing; ``maybe``: that is not
    decided; empty: all of it, or nobody asked."""
    words: str = ""
    """By which target, and how much or in how many parts, or that none was asked; empty for all in
    one."""
    share: float | None = None
    """Of ``split``, the share of the MACs that runs there; ``None`` where that is not known."""

    @property
    def timed(self) -> bool:
        """Whether all that multiplies may run there: a time on the device is one of the model."""
        return self.runs in ("", "maybe")


def reach(fits: Sequence[TargetFit], device: Profile) -> Reach:
    """By the target that takes most; all of it where any runtime gets to the device, or nobody
    asked about those that do, which is said beside what others are said of."""
    ways = [fit for fit in fits if fit.target in device.through]
    if not ways:
        unseen = bool(fits and device.through)
        return Reach(words=_("no runtime for it was looked at") if unseen else "")
    found = {fit.target: _runs(fit, fits) for fit in ways}
    order: tuple[Runs, ...] = ("", "maybe", "split", "no")
    runs = min(found.values(), key=order.index)
    names = dict(zip((fit.target for fit in fits), plain_names(fits), strict=True))
    alike = [fit for fit in ways if found[fit.target] == runs]
    best = max(alike, key=lambda fit: fit.macs_share or 0.0)
    name, share = names[best.target], best.macs_share
    if runs == "no":
        told = [names[fit.target] for fit in alike]
        return Reach(runs, _("not through {target} as it is", target=_either(told)))
    if runs == "maybe":
        return Reach(runs, _("whether through {target} is not decided", target=name))
    if runs == "":
        best = min(alike, key=_parts)
        if _parts(best) < 2:
            return Reach()
        return Reach(runs, _("through {target} in {parts}", target=names[best.target],
                             parts=many(best.partitions, "part")))  # fmt: skip
    if best.verdict == "maybe" or not share:
        return Reach(runs, _("through {target} a part at most", target=name))
    words = _("through {target} {share} of the MACs only", target=name,
              share=units.percent(share))  # fmt: skip
    return Reach(runs, words, share)


def time_on(
    facts: Facts,
    device: Profile,
    instead: Mapping[str, str] = {},
    kept: Mapping[str, int] = {},
) -> TimeBound:
    """``bound`` on a device; none where not all that multiplies runs there as the model is: what
    something else takes for the rest nobody knows."""
    found = bound(facts, device, instead, kept)
    return found if reach(facts.targets, device).timed else replace(found, seconds=None)


def _runs(fit: TargetFit, fits: Sequence[TargetFit]) -> Runs:
    # tables of targets are read only where somebody asked about one
    from analyzer.report.view.deployment import is_idle, is_partly, is_stuck

    if fit.verdict == "no" or is_stuck(fit, fits):
        return "no"
    if is_partly(fit):
        return "split"
    if fit.verdict == "maybe":
        return "maybe"
    if is_idle(fit):
        return "no"
    return "" if fit.verdict == "whole" or fit.macs_share == 1 else "split"


def _parts(fit: TargetFit) -> int:
    """In how many parts it takes what it takes."""
    return fit.partitions if fit.verdict == "split" else 1


def _either(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("{first} or {last}", first=", ".join(names[:-1]), last=names[-1])
