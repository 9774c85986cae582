"""How close trained weights are to cheaper layers: separable terms, low rank."""

from __future__ import annotations

from dataclasses import field

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.records import HIDDEN, shown

DW_PW = "depthwise-pointwise"
PW_DW = "pointwise-depthwise"
CHANNELS = "channels"
SPATIAL = "spatial"


@dataclass(frozen=True, slots=True, repr=False)
class Decoupling(Brief):
    """A convolution as a sum of T depthwise separable terms, in one of the two orders."""

    order: str
    """``depthwise-pointwise`` or ``pointwise-depthwise``."""
    rank: int
    """Terms that rebuild the weights exactly, to the rounding of their type."""
    energy: tuple[float, ...]
    """Share of the squared norm that the best T terms keep, at index T-1; the last is 1."""
    baseline: tuple[float, ...]
    """The same share, in expectation, for Gaussian noise of this shape."""
    macs: tuple[int, ...] | None
    """MACs of T terms over one execution, at index T-1; ``None`` without known sizes."""


@dataclass(frozen=True, slots=True)
class Separability:
    """How close trained weights are to a sum of depthwise separable convolutions."""

    depthwise_first: Decoupling = field(metadata=HIDDEN)
    """Depthwise convolution first, then a pointwise one."""
    pointwise_first: Decoupling = field(metadata=HIDDEN)
    """Pointwise convolution first, then a depthwise one."""
    target: float
    """Share of energy the recommendation has to keep."""
    macs_now: int | None
    """MACs of the convolution as it is, over all its executions."""
    order: str | None
    """Cheaper order that reaches the target and still saves MACs; ``None`` if neither does."""
    terms: int | None
    """Smallest number of terms in that order; ``None`` with ``order``."""
    energy: float | None
    """Share of energy those terms keep."""
    baseline: float | None
    """Share the same number of terms keeps of Gaussian noise; near ``energy`` = no structure."""
    macs: int | None
    """MACs of those terms."""
    first_term: float
    """Share of energy of the best single term, the better of the two orders."""
    first_term_baseline: float
    """The same for Gaussian noise, in that order."""
    sampled: bool
    """True when the kernel is so large that only an even subset of channels was decomposed."""
    macs_of_model: int | None = field(default=None, metadata=HIDDEN)
    """MACs of the whole model, of which ``share`` is a part."""

    @property
    def share(self) -> float | None:
        """Share of the model's MACs that the recommendation saves."""
        saved, whole = self.saved, self.macs_of_model
        return None if saved is None or not whole else saved / whole

    @property
    @shown
    def rank(self) -> int:
        """Terms that rebuild the weights exactly, in the better order."""
        return min(self.depthwise_first.rank, self.pointwise_first.rank)

    @property
    def ratio(self) -> float | None:
        """``macs / macs_now`` of the recommendation."""
        return self.macs / self.macs_now if self.macs is not None and self.macs_now else None

    @property
    def saved(self) -> int | None:
        """MACs that the recommendation saves."""
        if self.macs is None or self.macs_now is None:
            return None
        return self.macs_now - self.macs

    @property
    def margin(self) -> float | None:
        """Share of energy kept beyond what Gaussian noise would keep: the structure found."""
        if self.energy is None or self.baseline is None:
            return None
        return self.energy - self.baseline


@dataclass(frozen=True, slots=True)
class LowRank:
    """A layer as two smaller ones in a row, with the factors of its weights."""

    split: str
    """``channels``: a layer to r channels and a product from them; ``spatial``: a vertical
    convolution to r channels and a horizontal one."""
    rank: int
    """r, the fewest that keep ``target``."""
    full: int
    """Terms that rebuild any weights of this shape."""
    energy: float
    """Share of the squared norm of the weights that r terms keep."""
    baseline: float
    """Share that r terms keep, in expectation, of Gaussian noise of this shape; near ``energy`` =
    no structure."""
    target: float
    """Share of energy that the split has to keep."""
    macs_now: int | None
    """MACs of the layer over all its executions."""
    macs: int | None
    """MACs of the two layers; ``None`` without known sizes."""
    params_now: int
    """Weights of the layer, bias excluded (it stays)."""
    params: int
    """Weights of the two layers."""
    macs_of_model: int | None = field(default=None, metadata=HIDDEN)
    """MACs of the whole model, of which ``share`` is a part."""

    @property
    def share(self) -> float | None:
        """Share of the model's MACs that the split saves."""
        saved, whole = self.saved, self.macs_of_model
        return None if saved is None or not whole else saved / whole

    @property
    def ratio(self) -> float | None:
        """``macs / macs_now``."""
        return self.macs / self.macs_now if self.macs is not None and self.macs_now else None

    @property
    @shown
    def saved(self) -> int | None:
        """MACs that the split saves; negative never."""
        if self.macs is None or self.macs_now is None:
            return None
        return max(0, self.macs_now - self.macs)

    @property
    @shown
    def saved_params(self) -> int:
        """Weights that the split saves; negative never."""
        return max(0, self.params_now - self.params)

    @property
    def margin(self) -> float:
        """Share of energy kept beyond what Gaussian noise would keep: the structure found."""
        return self.energy - self.baseline
