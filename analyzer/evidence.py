"""What the weights themselves say: the vocabulary of ``analyzer.weights``, beside ``facts``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzer.display import Brief
from analyzer.records import HIDDEN, LISTED, Signed, named, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

DW_PW = "depthwise-pointwise"
PW_DW = "pointwise-depthwise"
CHANNELS = "channels"
SPATIAL = "spatial"
INTEGERS = "integers"
"""What weights are that are stored as integers, among the operators that make others."""


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


@dataclass(frozen=True, slots=True)
class KernelCore:
    """How much of a large kernel its centre holds."""

    kernel: str
    """Kernel as declared, for people, e.g. ``7×7``."""
    core: str
    """Smallest centred kernel that keeps ``target`` of the energy, e.g. ``3×3``."""
    core_shape: tuple[int, ...]
    """The same, side per spatial axis."""
    taps: int
    """Product of the declared sides."""
    core_taps: int
    """Product of the sides of the centre."""
    energy: float
    """Share of the squared norm of the weights in the centre."""
    target: float
    """Share of energy that the centre has to keep."""
    macs_now: int | None
    """MACs of the convolution over all its executions."""
    macs_of_model: int | None = field(default=None, metadata=HIDDEN)
    """MACs of the whole model, of which ``share`` is a part."""

    @property
    def share(self) -> float | None:
        """Share of the model's MACs that the smaller kernel saves."""
        saved, whole = self.saved, self.macs_of_model
        return None if saved is None or not whole else saved / whole

    @property
    def baseline(self) -> float:
        """Share of energy in the centre were all taps alike."""
        return self.core_taps / self.taps if self.taps else 1.0

    @property
    @shown
    def saved(self) -> int | None:
        """MACs that the smaller kernel saves."""
        if self.macs_now is None or not self.taps:
            return None
        return self.macs_now - self.macs_now // self.taps * self.core_taps


@dataclass(frozen=True, slots=True)
class KernelUse:
    """Which kernel taps do any work."""

    kernel: tuple[int, ...] = field(metadata=named("declared"))
    """Kernel as declared, side per spatial axis."""
    effective: tuple[int, ...]
    """Smallest kernel that does the same; all 0 when every tap is dead."""
    offset: tuple[int, ...]
    """First live tap per axis: what padding shrinks by at the front."""
    spread: tuple[int, ...]
    """Factor by which dilation grows in exchange (5 taps with the odd ones dead: 3 taps, 2)."""
    taps: int
    """Product of the declared sides."""
    dead_taps: int
    """Taps that are zero or denormal over all channel pairs."""

    @property
    def effective_taps(self) -> int:
        """Product of the sides of the smallest kernel that does the same."""
        out = 1
        for side in self.effective:
            out *= side
        return out

    @property
    def shrinkable(self) -> bool:
        """True when a smaller kernel computes the same."""
        return self.effective_taps < self.taps

    @property
    def saved_share(self) -> float:
        """Share of this convolution's MACs that the smaller kernel saves."""
        return 1 - self.effective_taps / self.taps if self.taps else 0.0


@dataclass(frozen=True, slots=True, repr=False)
class FilterUse(Brief):
    """Output filters (and input channels) that carry nothing or nothing new."""

    filters: int = field(metadata=named("count"))
    """Output channels, N."""
    inputs: int
    """Input channels, M."""
    dead: tuple[int, ...]
    """Output channels whose weights are all zero, or less than 1e-12 of the layer's largest:
    their output is the bias. The first 4,096 of them."""
    dead_count: int
    """Number of dead output channels."""
    unread: tuple[int, ...]
    """Input channels that no filter reads, in the same sense. The first 4,096 of them."""
    unread_count: int
    """Number of unread input channels."""
    duplicates: tuple[tuple[int, ...], ...]
    """Groups of two or more bit-identical live filters; looked for in convolutions of up to 65,536
    filters."""
    duplicate_count: int
    """Filters that repeat another one bit for bit: group sizes less one each."""
    proportional: tuple[tuple[int, ...], ...]
    """Groups of live filters equal up to a factor, identical ones included."""
    redundant: int
    """Filters another live filter makes superfluous: group sizes less one each."""
    freed_params: int
    """Weights of this layer that go with the dead filters."""
    freed_unread: int
    """Weights of this layer that go with the unread inputs."""
    freed_downstream: int | None
    """Weights of the layers that read the dead channels; ``None`` where that is not traceable."""

    @property
    def unread_share(self) -> float:
        """Share of the input channels that no filter reads."""
        return self.unread_count / self.inputs if self.inputs else 0.0

    @property
    def dead_share(self) -> float:
        """Share of the output channels that are dead."""
        return self.dead_count / self.filters if self.filters else 0.0

    @property
    def duplicate_share(self) -> float:
        """Share of the filters that repeat another one."""
        return self.duplicate_count / self.filters if self.filters else 0.0


@dataclass(frozen=True, slots=True)
class ValueStats:
    """Numeric health of one weight tensor."""

    dtype: str
    """Element type as stored."""
    elements: int
    """Number of elements."""
    nan: int
    """Elements that are not a number."""
    inf: int
    """Infinite elements."""
    positive_inf: int
    """Those of them that are above zero: no mask that is added has any."""
    zeros: int
    """Elements equal to 0."""
    denormals: int
    """Non-zero elements below the smallest normal float32 (slow on some hardware)."""
    min: float
    """Smallest finite element; 0 when there is none."""
    max: float
    """Largest finite element; 0 when there is none."""
    constant: bool
    """True when two or more elements all have the same finite value."""
    fp16_overflow: float
    """Share of elements that become infinite in float16 (rounded to nearest)."""
    fp16_underflow: float
    """Share of non-zero elements that become 0 in float16."""
    bf16_overflow: float
    """Share of elements that become infinite in bfloat16."""
    int8_snr: float | None
    """Signal to noise in dB of symmetric int8, one scale per tensor; ``None`` if nothing to say."""
    int8_channel_snr: float | None
    """The same with one scale per output channel."""
    fp16_exact: bool = False
    """True when every element is a float16 number: stored as float32, half the bytes are zeros."""
    bf16_exact: bool = False
    """True when every element is a bfloat16 number."""

    @property
    def sparsity(self) -> float:
        """Share of elements equal to 0."""
        return self.zeros / self.elements if self.elements else 0.0

    @property
    def denormal_share(self) -> float:
        """Share of denormal elements."""
        return self.denormals / self.elements if self.elements else 0.0

    @property
    def finite(self) -> bool:
        """No element is infinite or not a number."""
        return self.nan == 0 and self.inf == 0

    @property
    def non_finite(self) -> int:
        """Elements that are not a number or infinite."""
        return self.nan + self.inf


@dataclass(frozen=True, slots=True, repr=False)
class LayerEvidence(Brief):
    """Everything read from the weights of one layer."""

    node: str
    """``Node.id``."""
    values: ValueStats
    filters: FilterUse | None
    """``None`` where there are too many channels to tell apart."""
    kernel: KernelUse | None = None
    """Convolutions with more than one tap."""
    separability: Separability | None = None
    """Convolutions that mix space and channels; ``None`` too when weights are not finite, and
    when all are zero."""
    low_rank: LowRank | None = None
    """Products and convolutions of one group: the cheaper of the two splits. ``None`` too where
    the weights are too many to be decomposed, not finite, or all zero."""
    core: KernelCore | None = None
    """Convolutions with a kernel of five or more along some axis, of finite weights."""


@dataclass(frozen=True, slots=True)
class TensorEvidence:
    """One floating-point tensor that the file stores, as initializer, Constant or attribute."""

    name: str
    """Name in its scope; of an attribute, the attribute's."""
    reader: str
    """``Node.id`` of the operator whose reading says what it is for; empty without one."""
    operator: str
    """Type of that operator; empty where nothing reads it."""
    kind: str
    """What that operator takes it for, e.g. ``weight``, ``bias``, ``gain``, ``statistic``,
    ``scale`` (of quantisation); empty where that is not known."""
    learned: bool
    """An operator reads it as weight, bias, gain, table or statistic."""
    variance: bool
    """An operator reads it as a running variance."""
    bound: bool
    """Infinity is no accident in it: a bound, a mask, where a search begins."""
    marker: bool
    """All its readers use NaN as the sign of what is missing."""
    values: ValueStats
    """Numeric health of its elements."""

    @property
    def harmful(self) -> bool:
        """Holds values that nobody can mean: NaN, infinity or a negative variance."""
        nan = self.values.nan > 0 and not self.marker
        infinite = self.values.inf > 0 and not self.bound
        return nan or infinite or (self.variance and self.values.min < 0)

    @property
    def where(self) -> str:
        """Node or name that a finding about it points to."""
        return self.reader or self.name


@dataclass(frozen=True, slots=True)
class IntegerWeights:
    """One tensor of quantised weights of 8 bits or fewer, as stored."""

    name: str
    """Name in its scope."""
    node: str
    """``Node.id`` of the layer that reads it, dequantised or as it is."""
    operator: str
    """Type of that layer."""
    dtype: str
    """Element type as stored."""
    elements: int
    """Number of weights."""
    scales: int | None
    """Number of scales: 1 for the whole tensor; ``None`` if unknown."""
    channels: int | None
    """Output channels; ``None`` where their axis is not the first or the last."""
    min: Signed
    """Smallest stored integer."""
    max: Signed
    """Largest stored integer."""
    lowest: Signed
    """Smallest integer of the type."""
    highest: Signed
    """Largest integer of the type."""
    zero_point: Signed | None
    """What stands for 0, 0 without one; ``None`` where channels have different ones."""
    shifted: int
    """Zero points that are not in the middle of the type: 0 of int8, 128 of uint8."""
    clipped: int
    """Weights at either end of the type."""
    gain: float | None
    """Estimate, in dB, of what rounding would lose less with a scale for each output channel: from
    the ranges that the channels use, for even errors. ``None`` where they have one, and where that
    is not known."""
    narrowest: int | None
    """Largest distance from the zero point in the output channel that uses least of the type,
    those without weights left out."""

    @property
    def is_per_tensor(self) -> bool:
        """One scale for all weights."""
        return self.scales == 1

    @property
    def reach(self) -> int | None:
        """Largest distance of a weight from the zero point."""
        if self.zero_point is None:
            return None
        return max(self.max - self.zero_point, self.zero_point - self.min)

    @property
    def bits(self) -> int:
        """Bits of the type."""
        return (self.highest - self.lowest).bit_length()

    @property
    def idle_bits(self) -> int | None:
        """Bits that no weight needs, with a range about the zero point that is half the type to
        either side; unknown where all weights are 0 or channels have zero points of their own."""
        if not self.reach:
            return None
        return max(0, self.bits - 1 - (self.reach - 1).bit_length())

    @property
    def clipped_per_scale(self) -> float | None:
        """Weights at either end of the type for each scale; one is what the largest weight is."""
        return self.clipped / self.scales if self.scales else None

    @property
    def clipped_share(self) -> float:
        """Share of the weights at either end of the type."""
        return self.clipped / self.elements if self.elements else 0.0


@dataclass(frozen=True, slots=True, repr=False)
class WeightEvidence(Brief):
    """Evidence by node id and by tensor, and what was left out."""

    layers: Mapping[str, LayerEvidence] = field(metadata=LISTED)
    """In the order of ``Facts.nodes``."""
    tensors: tuple[TensorEvidence, ...] = ()
    """In the order of the file."""
    unread: tuple[str, ...] = ()
    """Node ids whose weights are not in the file or not readable: nothing is claimed of them."""
    unread_origins: tuple[str, ...] = ()
    """What the weights of all of them are: ``integers`` where each stores them so, or the types of
    the operators that make them when the model runs; nothing where that is not so of all."""
    unread_tensors: int = 0
    """Stored tensors that were not read."""
    beyond: tuple[str, ...] = ()
    """Nodes and tensors that were left out because there was too much to look at."""
    integers: tuple[IntegerWeights, ...] = ()
    """Quantised weights of layers of the main graph, in the order of ``Facts.nodes``."""

    weight_tensors: int = 0
    """Tensors of weights and tables that were read, or that operators make of nothing that is
    stored, those of a single number left out."""
    constant_tensors: int = 0
    """Those of them whose values are all the same, or that are filled when the model runs."""
    drawn_tensors: int = 0
    """Those of them that are random numbers, other ones in every run."""
    placeholder: bool = False
    """The weights are placeholders: 99 % or more of them are in such tensors, of several."""

    @property
    def untrained_tensors(self) -> int:
        """Tensors of weights that are one number everywhere, or drawn anew in each run."""
        return self.constant_tensors + self.drawn_tensors

    @property
    def reads_weights(self) -> bool:
        """Whether any tensor of weights is stored, and was read."""
        return any(t.kind in ("weight", "table") and t.values.elements > 1 for t in self.tensors)

    @property
    def sees_none(self) -> bool:
        """Whether there are layers, and the file stores the trained values of none of them, or of
        next to none: they are made, or given, when the model runs."""
        if self.placeholder and (self.unread or not self.layers):
            return True
        return bool(self.unread) and not (self.layers or self.integers or self.reads_weights)
