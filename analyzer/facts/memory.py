"""Activations that live at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.display import Brief

if TYPE_CHECKING:
    from analyzer.facts.operator import Range
    from analyzer.facts.tensor import Certainty, Tensor


@dataclass(frozen=True, slots=True)
class MemoryStep:
    """Consecutive operators of the main graph on the timeline of memory."""

    node: str
    """Id of the operator among them during which most is alive."""
    operators: int
    """How many they are."""
    bytes: int
    """Most live bytes while one of them runs, bodies included."""
    in_place_bytes: int
    """The same where element-wise operators write over operands that nobody reads again, and
    tensors that are only renamed are not copied."""


@dataclass(frozen=True, slots=True)
class Held:
    """When a tensor lives that is alive at the peak."""

    name: str
    """As in the file."""
    bytes: int
    """What it takes."""
    first: int
    """Index of the first step of the timeline during which it is alive."""
    last: int
    """The same of the last."""


@dataclass(frozen=True, slots=True, repr=False)
class Memory(Brief):
    """Peak activation memory by liveness over the file's topological order."""

    peak_bytes: int | None
    """Largest sum of simultaneously live activations; ``None`` if nothing is known."""
    at_node: str
    """Id of the node during which the peak occurs."""
    alive: tuple[Tensor, ...]
    """Tensors alive at the peak, largest first."""
    certainty: Certainty
    """Certainty of ``peak_bytes``."""
    reason: str = ""
    """Why that is not exact; empty otherwise."""
    peak_range: Range = (0, None)
    """Lower and upper end of the peak: which bodies run may depend on data."""
    fused_bytes: int | None = None
    """The same where QuantizeLinear and DequantizeLinear are part of integer kernels, so that no
    float copy of what is stored as integers exists; ``None`` if there are none, or if unknown."""
    fused_alive: tuple[Tensor, ...] = ()
    """Tensors alive at that peak, in the types that they are stored in, largest first."""
    timeline: tuple[MemoryStep, ...] = ()
    """Live bytes over the file's order, in at most 200 steps; their maximum is the peak."""
    held: tuple[Held, ...] = ()
    """The largest of ``alive``, and when they live."""
    folded_bytes: int | None = None
    """The same as ``fused_bytes``, or as written, where besides what is computed from constants
    alone is stored, as by runtimes when they load the model; ``None`` if there is none, or if
    unknown."""
