"""Whether conversions take less time, by our own model of the devices that a report is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.report.view.conversion import measured_speedup, speedup
from analyzer.report.view.memory import roof_of
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts


class Elsewhere(NamedTuple):
    """A device other than the first, on which conversions take longer altogether."""

    device: str
    factor: float
    """Time now over time afterwards."""


class Pace(NamedTuple):
    """What some conversions do to the time of a run."""

    slower: bool = False
    """They take longer on the first device, altogether."""
    alone: tuple[str, ...] = ()
    """Those that take longer on it, each by itself."""
    elsewhere: tuple[Elsewhere, ...] = ()


def pace(
    facts: Facts, nodes: Collection[str], device: Profile | None, devices: Sequence[Profile]
) -> Pace:
    """Of the convolutions ``nodes`` once all are converted; ``device`` is the first of
    ``devices``, in rank."""
    if not nodes:
        return Pace()
    alone = tuple(node for node in nodes if _longer(_speed(facts, (node,), device)))
    return Pace(
        _longer(_speed(facts, nodes, device)),
        alone,
        tuple(elsewhere(facts, nodes, device, devices)),
    )


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
