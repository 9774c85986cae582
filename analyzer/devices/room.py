"""Whether a model fits into a device's memories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import BITS, Certainty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.devices.profile import Profile
    from analyzer.facts import Facts, Tensor

KNOWN = (Certainty.EXACT, Certainty.ASSUMED)


@dataclass(frozen=True, slots=True)
class DeviceRoom:
    """What a model takes of a device's memories."""

    stored: int
    """Bytes of weights, in tensors and in attributes, and of all else that is stored and read."""
    peak: int | None
    """Bytes of activations at the peak in the file's order of operators, with QuantizeLinear and
    DequantizeLinear in integer kernels; ``None`` where unknown."""
    weights_share: float
    """Of flash, or of the one memory."""
    peak_share: float | None
    """Of memory: activations alone where weights lie in flash, both otherwise."""
    fits: bool | None
    """False: by no means, not even where results are written over operands; ``None``: unknown."""


def room(
    facts: Facts,
    device: Profile,
    weight_bytes: int | None = None,
    instead: Mapping[str, str] = {},
) -> DeviceRoom:
    """What the model takes of ``device``, in the types that it keeps values in: as it is, or with
    ``weight_bytes`` of weights and their scales, and activations of other types ``instead``."""
    memory, held = facts.memory, facts.parameters
    beside = [(t.role == "quantization", narrowed(t.bytes or 0, t.dtype or "", device.kept))
              for t in held.beside]  # fmt: skip
    if weight_bytes is None:
        sizes = held.bytes_by_dtype.items()
        weight_bytes = sum(narrowed(size, type_, device.kept) for type_, size in sizes)
        weight_bytes += sum(size for is_scale, size in beside if is_scale)
    constants = sum(size for is_scale, size in beside if not is_scale)
    stored = weight_bytes + facts.learned.bytes + constants
    left = _left(memory.alive, {**device.kept, **instead})
    peak = memory.peak_bytes if memory.fused_bytes is None else memory.fused_bytes
    peak = None if peak is None else round(peak * left)
    if device.flash is None:
        taken, held_apart, of_weights = stored, True, device.memory
    else:
        taken, held_apart, of_weights = 0, stored <= device.flash, device.flash
    known = peak is not None and memory.certainty in KNOWN and facts.parameters.certainty in KNOWN
    least = min(peak or 0, round(_in_place(facts) * left), round(memory.peak_range[0] * left))
    if memory.folded_bytes is not None:
        least = min(least, round(memory.folded_bytes * left))
    fits = None if not known else True
    if not held_apart or taken + least > device.memory:
        fits = False
    share = None if peak is None else (taken + peak) / device.memory
    return DeviceRoom(stored, peak, stored / of_weights, share, fits)


def peak_in(facts: Facts, instead: Mapping[str, str]) -> int | None:
    """Bytes of activations at the peak of today with those of other types ``instead``, which the
    peak afterwards is at least; ``None`` where it is not known."""
    memory = facts.memory
    if memory.peak_bytes is None or memory.certainty not in KNOWN:
        return None
    return round(memory.peak_bytes * _left(memory.alive, instead))


def narrowed(size: int, type_: str, kept: Mapping[str, str]) -> int:
    """Bytes of values of ``type_`` in the type that they are kept in."""
    return size * BITS[kept[type_]] // BITS[type_] if type_ in kept else size


def _in_place(facts: Facts) -> int:
    """The peak where element-wise operators write over operands that nobody reads again."""
    found = [step.in_place_bytes for step in facts.memory.timeline]
    return max(found) if found else facts.memory.peak_bytes or 0


def _left(alive: Iterable[Tensor], instead: Mapping[str, str]) -> float:
    """The share of the peak that is left in other types: no more than with all of them."""
    sizes = [(t.bytes, t.dtype or "") for t in alive if t.bytes]
    whole = sum(size for size, _ in sizes)
    after = sum(size * BITS[instead[t]] / BITS[t] if t in instead else size for size, t in sizes)
    return after / whole if instead and whole else 1.0
