"""What the values of stored tensors are, and integers among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from analyzer.records import Signed


INTEGERS = "integers"
"""What weights are that are stored as integers, among the operators that make others."""


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
