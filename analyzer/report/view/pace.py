"""Whether conversions take less time, by our own model of the devices that a report is about."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from analyzer.language import _, series
from analyzer.report.view import split
from analyzer.report.view.devices import named
from analyzer.report.view.memory import roof_of
from analyzer.report.view.reach import reach
from analyzer.report.view.speed import measured_speedup, speedup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.result import Result
    from analyzer.report.view.memory import Device
    from analyzer.report.view.split import LayerSplit


SAME = 0.995
"""Time now over time afterwards from which on no digit that is told is another."""


class Elsewhere(NamedTuple):
    """A device other than the first, on which conversions take longer altogether."""

    device: str
    factor: float
    """Time now over time afterwards."""


class Pace(NamedTuple):
    """What some conversions do to the time of a run."""

    slower: bool = False
    """All of them take longer on the first device: none is recommended."""
    left_out: tuple[str, ...] = ()
    """Where some do not, those that take longer on it, each by itself: these are not."""
    elsewhere: tuple[Elsewhere, ...] = ()
    roofline: float | None = None
    """Time now over time afterwards on the first device, by its roofline, of those that are not
    left out."""
    arithmetic: float | None = None
    """The same by their arithmetic alone."""


def pace(
    facts: Facts,
    nodes: Collection[str],
    device: Profile | None,
    devices: Sequence[Profile],
    splits: Mapping[str, LayerSplit] | None = None,
) -> Pace:
    """Of the convolutions ``nodes`` once those are converted that take no longer, or of the layers
    once those are split; ``device`` is the first of ``devices``, in rank."""
    longer = tuple(node for node in nodes if _longer(_speed(facts, (node,), device, splits)))
    left = [node for node in nodes if node not in longer]
    others = tuple(elsewhere(facts, left or nodes, device, devices, splits))
    if not left:
        return Pace(slower=bool(longer), elsewhere=others)
    roof = roof_of(device, facts)
    by_roof = _roofline(facts, left, roof, splits)
    alone = _roofline(facts, left, replace(roof, bandwidth=inf), splits)
    return Pace(left_out=longer, elsewhere=others, roofline=by_roof, arithmetic=alone)


def paces(result: Result, device: Profile | None) -> dict[str, Pace]:
    """By rule, of the convolutions that its findings are about."""
    return dict(result.kept(f"paces on {device}", lambda: tuple(_paces(result, device))))


def _paces(result: Result, device: Profile | None) -> Iterator[tuple[str, Pace]]:
    found: dict[str, list[str]] = {}
    for finding in result.places:
        if finding.saving is not None:
            found.setdefault(finding.rule, []).append(finding.node)
    for rule, nodes in found.items():
        yield rule, pace(result.facts, nodes, device, result.devices)


def split_paces(result: Result, device: Profile | None) -> dict[str, Pace]:
    """By rule, of the layers that it asks to split by their weights."""
    name = f"paces of splits on {device}"
    return dict(result.kept(name, lambda: tuple(_split_paces(result, device))))


def _split_paces(result: Result, device: Profile | None) -> Iterator[tuple[str, Pace]]:
    rules = {rule.id: rule for rule in result.rules}
    found: dict[str, list[str]] = {}
    for finding in result.places:
        if finding.saving is None:
            found.setdefault(finding.rule, []).append(finding.node)
    for rule, nodes in found.items():
        splits = split.splits(result.facts, rules.get(rule), nodes)
        if splits:
            yield rule, pace(result.facts, nodes, device, result.devices, splits)


def elsewhere(
    facts: Facts,
    nodes: Collection[str],
    device: Profile | None,
    devices: Sequence[Profile],
    splits: Mapping[str, LayerSplit] | None = None,
) -> Iterator[Elsewhere]:
    """Devices besides ``device`` on which they take longer, where the model runs at all."""
    for other in devices:
        idle = other is device or reach(facts.targets, other).runs == "no"
        speed = None if idle else _speed(facts, nodes, other, splits)
        if speed is not None and 0 < speed < SAME:
            yield Elsewhere(named(other), speed)


def prices(devices: Sequence[str], factors: Sequence[float], most: int = 0) -> str:
    """How many times as long it takes where: ``2.21× on A and 1.45× on B``, the longest first; at
    most ``most`` of them, 0 for all. ``factors`` are time now over time afterwards.

    >>> prices(["A", "B", "C"], [0.9, 0.5, 0.8], 1), prices(["A", "B"], [0.98, 0.98])
    ('2.00× on B and 2 more', '1.02× on A and B')
    """
    order = sorted(zip(factors, devices, strict=True), key=lambda each: -round(1 / each[0], 2))
    by: dict[str, list[str]] = {}
    for factor, device in order[: most or None]:
        by.setdefault(longer(factor), []).append(device)
    told = [_("{factor} on {devices}", factor=factor, devices=series(alike))
            for factor, alike in by.items()]  # fmt: skip
    left = len(order[most:]) if most else 0
    return series([*told, _("{n} more", n=f"{left:,}")] if left else told)


def longer(factor: float) -> str:
    """``1.02×`` the time, where time now is ``factor`` of that afterwards."""
    return f"{1 / factor:,.2f}×"


def _longer(speed: float | None) -> bool:
    return speed is not None and speed < 1


def _speed(
    facts: Facts,
    nodes: Collection[str],
    device: Profile | None,
    splits: Mapping[str, LayerSplit] | None,
) -> float | None:
    """By the device's roofline, or by what was measured of it: the lesser."""
    speeds = [_roofline(facts, nodes, roof_of(device, facts), splits)]
    if device is not None and device.factors:
        speeds.append(
            measured_speedup(facts, nodes, device) if splits is None
            else split.measured_speedup(facts, splits, nodes, device)
        )  # fmt: skip
    return min((speed for speed in speeds if speed is not None), default=None)


def _roofline(
    facts: Facts,
    nodes: Collection[str],
    roof: Device,
    splits: Mapping[str, LayerSplit] | None,
) -> float | None:
    if splits is None:
        return speedup(facts, nodes, roof)
    return split.speedup(facts, splits, nodes, roof)
