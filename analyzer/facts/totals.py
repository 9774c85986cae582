"""Sums over the model, and what a budget is judged by."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts.tensor import Certainty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts.operator import Range


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over one inference.

    Where which bodies run, or how often, depends on data, a figure is the upper end of its range;
    where nothing bounds that, or an operator is of unknown cost, it is the lower end.
    """

    macs: int
    """Multiply-accumulates; a lower bound unless ``complete``."""
    flops: int
    """FLOPs; a lower bound unless ``flops_complete``."""
    params: int
    """Published-style parameter count (weights only)."""
    weight_bytes: int
    """Bytes of weights and buffers in memory."""
    peak_activation_bytes: int | None
    """Peak activation memory; ``None`` if unknown."""
    complete: bool
    """True when the MACs of every node are known, and how often it runs at most."""
    unknown_nodes: int
    """Nodes whose MACs are unknown."""
    nodes: int
    """Operators of the main graph, bodies and called functions."""
    weighted_layers: int
    """Nodes that multiply by learned weights (convolution, fully connected, recurrent): none that
    never runs, of an If the branch that has more of them, of a function those of each call."""
    macs_by_kind: Mapping[str, int]
    """MACs by ``Node.kind``: ``depthwise``, ``pointwise``, ``standard``, …, or operator type."""
    params_by_kind: Mapping[str, int]
    """Parameters by the same kinds."""
    macs_by_precision: Mapping[str, int]
    """MACs by ``Node.precision``."""
    macs_by_arithmetic: Mapping[str, int]
    """The same by the type in which a runtime multiplies: weights that alone are of few bits are
    unpacked, and multiplied as ``accuracy_level`` or the type of the data says."""
    certainty: Certainty
    """Certainty of the figures, MACs first."""
    reason: str = ""
    """Why that is not exact; empty otherwise."""
    flops_complete: bool = True
    """True when the FLOPs of every operator are known too (MACs may be known where they are not,
    e.g. behind an operator whose output size depends on data)."""
    macs_range: Range = (0, None)
    """Fewest and most MACs of one inference."""
    flops_range: Range = (0, None)
    """Fewest and most FLOPs of one inference."""
    peak_activation_range: Range = (0, None)
    """Lower and upper end of the peak activation memory in bytes."""
    macs_range_by_kind: Mapping[str, Range] = field(default_factory=dict)
    """Fewest and most MACs of each kind that has or may have any; those of exclusive branches do
    not add up."""

    @property
    def whole(self) -> int | None:
        """The MACs that shares are of; ``None`` where they are no single number that holds: data
        decide what runs, something is unknown, or the sizes assumed cannot be."""
        low, high = self.macs_range
        decided = self.complete and (high is None or low == high)
        return self.macs if decided and self.certainty is not Certainty.UNKNOWN else None


@dataclass(frozen=True, slots=True)
class DefaultSizes:
    """Totals with the default sizes in the place of those that the file's metadata state."""

    macs: int
    """Upper end, as ``Totals.macs``."""
    flops: int
    """Likewise."""
    peak_activation_bytes: int | None
    stated: str
    """What the metadata state, e.g. ``images axis 2 is 32``."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What a budget is judged by: no figure that whoever wrote the file can talk down.

    The upper end of each total; where the metadata of the file state sizes with which it is
    smaller than at the default sizes, what it is at those.
    """

    macs: int
    """Multiply-accumulates of one inference."""
    macs_note: str
    """Clause for people that begins with a space: why ``macs`` is not what the totals say."""
    is_bounded: bool
    """False where a loop that nothing bounds has MACs: then ``macs`` is a lower bound."""
    flops: int
    """FLOPs of one inference."""
    flops_note: str
    """The same about ``flops``."""
    activation_bytes: int | None
    """Peak activation memory; ``None`` if unknown."""
    activation_note: str
    """The same about ``activation_bytes``."""
