"""Whether conversions take less time, by our own model of the devices that a report is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.report.view.memory import roof_of
from analyzer.report.view.speed import measured_speedup, speedup
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.result import Result


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


def pace(
    facts: Facts, nodes: Collection[str], device: Profile | None, devices: Sequence[Profile]
) -> Pace:
    """Of the convolutions ``nodes`` once those are converted that take no longer; ``device`` is the
    first of ``devices``, in rank."""
    longer = tuple(node for node in nodes if _longer(_speed(facts, (node,), device)))
    left = [node for node in nodes if node not in longer]
    if not left:
        return Pace(slower=bool(longer), elsewhere=tuple(elsewhere(facts, nodes, device, devices)))
    return Pace(left_out=longer, elsewhere=tuple(elsewhere(facts, left, device, devices)))


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


def elsewhere(
    facts: Facts, nodes: Collection[str], device: Profile | None, devices: Sequence[Profile]
) -> Iterator[Elsewhere]:
    """Devices besides ``device`` on which they take longer."""
    for other in devices:
        speed = None if other is device else _speed(facts, nodes, other)
        if speed is not None and speed < 1:
            yield Elsewhere(label(other.name, widths.NAME), speed)


def _longer(speed: float | None) -> bool:
    return speed is not None and speed < 1


def _speed(facts: Facts, nodes: Collection[str], device: Profile | None) -> float | None:
    """By the device's roofline, or by what was measured of it: the lesser."""
    speeds = [speedup(facts, nodes, roof_of(device, facts))]
    if device is not None and device.factors:
        speeds.append(measured_speedup(facts, nodes, device))
    return min((speed for speed in speeds if speed is not None), default=None)
