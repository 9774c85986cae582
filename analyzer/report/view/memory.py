"""Peak memory, and layers against the limits of an example device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, term
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.layers import LayerGroup

ALIVE = 10
"""Tensors listed at the peak."""


@record
class Device:
    """Published limits of a device, for the ridge line of a roofline (Williams et al. 2009)."""

    name: str
    flops: float
    """Peak FLOP/s in float32, a fused multiply-add counting 2."""
    bandwidth: float
    """Peak bytes/s of its main memory."""

    @property
    def ridge(self) -> float:
        """FLOPs per byte above which arithmetic, not memory, is the limit."""
        return self.flops / self.bandwidth


EXAMPLE = Device("NVIDIA A100 40 GB", 19.5e12, 1555e9)
"""Data sheet of 2020: 19.5 TFLOP/s float32 without tensor cores, 1,555 GB/s."""


def roof_of(profile: Profile | None) -> Device:
    """The limits of a device in float32; of the example where it has no such arithmetic."""
    macs = None if profile is None else profile.fastest("float32")
    if profile is None or not macs:
        return EXAMPLE
    return Device(label(profile.name, widths.NAME), 2 * macs, profile.bandwidth)


@record
class Alive:
    """A tensor that exists at the peak."""

    name: str
    dtype: str
    shape: str
    bytes: int | None


def alive(facts: Facts) -> tuple[Alive, ...]:
    """The largest tensors alive at the peak."""
    return tuple(
        Alive(label(t.name), label(t.dtype or units.unknown()), units.shape(t.shape), t.bytes)
        for t in facts.memory.alive[:ALIVE]
    )


def below_ridge(layers: Sequence[LayerGroup], device: Device = EXAMPLE) -> tuple[int, int]:
    """MACs that memory limits on ``device``, and all of known intensity."""
    known = [layer for layer in layers if layer.intensity is not None]
    total = sum(layer.macs for layer in known)
    limited = sum(layer.macs for layer in known if (layer.intensity or 0) < device.ridge)
    return limited, total


@record
class RoleRow:
    """What the file stores in one role."""

    role: str
    elements: int
    words: str
    """What it is."""


def roles(facts: Facts) -> tuple[RoleRow, ...]:
    """Everything the file stores."""
    p = facts.parameters
    rows = (
        ("weights", p.weights, _("trained values; the published parameter count")),
        ("buffers", p.buffers, _("running means and variances of batch normalisation")),
        ("quantization", p.quantization, _("scales and zero points")),
        ("positions", p.positions, _("grids sized by position, such as anchors or a mean image")),
        ("masks", p.masks, _("masks of attention scores")),
        ("constants", p.constants, _("shapes and other constants that are not weights")),
    )
    return tuple(
        RoleRow(term(role), count, words)
        for role, count, words in rows
        if count or role == "weights"
    )
