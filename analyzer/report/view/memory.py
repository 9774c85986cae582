"""Peak memory, and layers against the limits of an example device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.devices import profile
from analyzer.language import _, series, term
from analyzer.report.view.devices import USUAL, named
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts, Tensor
    from analyzer.report.view.layers import LayerGroup

FLOAT = "float32"
ALIVE = 10
"""Tensors listed at the peak."""
NAMED = 2
"""Inputs that are named of a peak."""
LITTLE = 1 << 10
"""Bytes of inputs below which nothing is said of their part of the peak."""


@record
class Device:
    """Published limits of a device, for the ridge line of a roofline (Williams et al. 2009)."""

    name: str
    flops: float
    """Peak FLOP/s in ``type``, a fused multiply-add counting 2."""
    bandwidth: float
    """Peak bytes/s of its main memory."""
    type: str = "float32"
    """What it multiplies most of the model in."""

    @property
    def ridge(self) -> float:
        """FLOPs per byte above which arithmetic, not memory, is the limit."""
        return self.flops / self.bandwidth

    def seconds(self, macs: float, moved: float) -> float:
        """What an operator takes at least: the longer of its arithmetic and of moving so many
        bytes."""
        return max(2 * macs / self.flops, moved / self.bandwidth)


EXAMPLE = Device("NVIDIA A100 40 GB", 156e12, 1555e9, "TF32")
"""Data sheet of 2021: float32 is multiplied as TF32 on tensor cores unless somebody forbids it."""
_EXAMPLE = "a100"


def example(facts: Facts) -> Device:
    """The example device, by the peak that bounds the time of the model there."""
    return roof_of(profile(_EXAMPLE), facts)


def roof_of(device: Profile | None, facts: Facts) -> Device:
    """The limits of a device, the usual one where nobody named any, in the arithmetic that most of
    the model is multiplied in, or in float32; of the example where it has neither."""
    device = device or profile(USUAL)
    multiplied = facts.totals.macs_by_arithmetic
    most = max(sorted(multiplied), key=multiplied.__getitem__, default=FLOAT)
    for type_ in (most, FLOAT):
        if macs := device.fastest(type_):
            name = device.instead.get(type_, type_)
            shown = name.upper() if name == "tf32" else name
            return Device(named(device), 2 * macs, device.bandwidth, shown)
    return EXAMPLE


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
        Alive(
            label(t.name), label(t.dtype or units.unknown()), units.form(t.dtype, t.shape), t.bytes
        )
        for t in facts.memory.alive[:ALIVE]
    )


def given(facts: Facts, *, fused: bool = False) -> tuple[Tensor, ...]:
    """Inputs that make up more than half of the peak (of that in integer kernels), which callers
    give and no operator makes, the largest first; none where they are less, or next to nothing."""
    memory = facts.memory
    peak, alive = ((memory.fused_bytes, memory.fused_alive) if fused
                   else (memory.peak_bytes, memory.alive))  # fmt: skip
    inputs = {(tensor.name, tensor.dtype, tensor.shape) for tensor in facts.inputs}
    found = tuple(t for t in alive if (t.name, t.dtype, t.shape) in inputs and t.bytes)
    held = sum(t.bytes or 0 for t in found)
    return found if peak and 2 * held > peak and held >= LITTLE else ()


def named_inputs(names: Sequence[str]) -> str:
    """``weight, bias and 4 more``."""
    shown = [label(name, widths.TERM) for name in names[:NAMED]]
    left = len(names) - len(shown)
    return (_("{names} and {n} more", names=", ".join(shown), n=units.count(left)) if left
            else series(shown))  # fmt: skip


def below_ridge(layers: Sequence[LayerGroup], device: Device) -> tuple[int, int]:
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
        (
            "weights",
            p.weights,
            _("values in the place of weights, trained or not: filter banks and windows, too"),
        ),
        ("buffers", p.buffers, _("running means and variances of batch normalisation")),
        ("quantization", p.quantization, _("scales and zero points")),
        ("positions", p.positions, _("grids sized by position, such as anchors or a mean image")),
        ("masks", p.masks, _("masks of attention scores, or constants of such a shape")),
        ("constants", p.constants, _("shapes and other constants that are not weights")),
    )
    return tuple(
        RoleRow(term(role), count, words)
        for role, count, words in rows
        if count or role == "weights"
    )
