"""One operator: its cost, its kind of convolution, what a separable form would save."""

from __future__ import annotations

from dataclasses import field
from math import prod
from typing import Literal

from analyzer.dataclass import dataclass
from analyzer.facts.tensor import Certainty, Dim, Tensor
from analyzer.records import HIDDEN, INLINE, Signed, named, shown

ConvKind = Literal["standard", "depthwise", "pointwise", "grouped"]

Range = tuple[int, int | None]
"""Lower and upper end of a count that depends on data; ``None``: nothing bounds it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one execution of one operator costs."""

    macs: int | None
    """Multiply-accumulates; ``None`` if unknown."""
    flops: int | None
    """Additions plus multiplications plus transcendental evaluations; ``None`` if unknown."""
    formula: str = ""
    """The equation of the MACs, of an operator without any that of the FLOPs, in the vocabulary of
    the design, e.g. ``|Y| · M/g · ΠK``."""
    substitution: str = ""
    """The equation with this node's numbers: arithmetic whose result is the count."""
    source: str = ""
    """Where the equation comes from (operator specification, paper, equation number)."""
    certainty: Certainty = Certainty.EXACT
    """Certainty of ``macs`` and ``flops``."""
    reason: str = ""
    """Why the certainty is not exact; empty otherwise."""
    contradiction: bool = False
    """True where the operands cannot be what the operator takes: no runtime would run it."""
    macs_range: Range | None = field(default=None, metadata=HIDDEN)
    """Fewest and most MACs of an operator that runs bodies; ``None``: ``macs`` says it."""
    flops_range: Range | None = field(default=None, metadata=HIDDEN)
    """The same of ``flops``."""
    flops_formula: str = ""
    """The equation of the FLOPs, e.g. ``2·MACs + |Y| if bias``."""
    flops_substitution: str = ""
    """It with this node's numbers; empty where the FLOPs are unknown."""


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution in the terms of the MobileNet paper."""

    kind: ConvKind
    """What it mixes: space and channels, space, channels, or channels of a group."""
    transposed: bool
    """True for ConvTranspose."""
    kernel: str = field(metadata=HIDDEN)
    """Kernel for people, e.g. ``3×3``."""
    kernel_shape: tuple[int, ...] = field(metadata=named("kernel"))
    """Kernel side per spatial axis, D_K."""
    kernel_volume: int
    """Product of the kernel sides (D_K² in two dimensions)."""
    in_channels: int
    """M."""
    out_channels: int
    """N."""
    groups: int
    """Channel groups; 1 for a standard convolution."""
    channel_multiplier: int | None
    """N / M of a depthwise convolution, else ``None``."""
    strides: tuple[Signed, ...]
    """Step per spatial axis."""
    dilations: tuple[Signed, ...]
    """Spacing of kernel taps per spatial axis."""
    in_spatial: tuple[Dim, ...]
    """Input feature map, D_F per axis."""
    out_spatial: tuple[Dim, ...]
    """Output feature map, D_G per axis."""
    macs: int | None
    """Multiply-accumulates of one execution, the whole batch."""
    params: int
    """Weights and biases of this convolution."""

    @property
    def size(self) -> str:
        """Kernel before the word it belongs to: ``3×3``, and ``3-tap`` where there is one axis."""
        return f"{self.kernel}-tap" if len(self.kernel_shape) == 1 else self.kernel

    @property
    def positions(self) -> int | None:
        """Positions of the output feature map; ``None`` where a size is unknown."""
        sides = [side for side in self.out_spatial if side is not None]
        return prod(sides) if len(sides) == len(self.out_spatial) else None

    @property
    def is_patchify(self) -> bool:
        """Cuts the input into patches: as far from one position to the next as the kernel is wide,
        so that no input is read twice."""
        return self.strides == self.kernel_shape and self.kernel_volume > 1

    @property
    def is_uneven(self) -> bool:
        """Transposed, with a kernel side that is no multiple of its stride and longer: positions
        of the result receive different numbers of contributions."""
        sides = zip(self.kernel_shape, self.strides, strict=False)
        return self.transposed and any(side // step and side % step for side, step in sides)

    @property
    def is_dilated(self) -> bool:
        """Any kernel axis has its taps spread."""
        return any(d > 1 for d in self.dilations)


@dataclass(frozen=True, slots=True)
class Saving:
    """What replacing a convolution by depthwise + pointwise would change."""

    macs_now: int
    """MACs of the convolution over all its executions."""
    macs_after: int
    """MACs of depthwise + pointwise with the same kernel, stride, M, N and D_G."""
    params_now: int
    """Weights now, bias excluded (it stays)."""
    params_after: int
    """Weights after, bias excluded."""
    ratio: float
    """``macs_after / macs_now``."""
    theory_ratio: float
    """``1/N + 1/D_K²`` (MobileNet paper, section 3.1)."""
    live_bytes: int | None = None
    """Most bytes of activations alive while the two run, one after the other, with the map between
    them, in the file's order; ``None`` in bodies and functions, or where a size is unknown."""

    @property
    @shown
    def macs(self) -> int:
        """MACs saved (negative never: a conversion that costs more is not a saving)."""
        return max(0, self.macs_now - self.macs_after)

    @property
    @shown
    def params(self) -> int:
        """Weights saved."""
        return max(0, self.params_now - self.params_after)

    @property
    def factor(self) -> float:
        """How many times fewer MACs: ``macs_now / macs_after``."""
        return 1 / self.ratio


@dataclass(frozen=True, slots=True)
class Node:
    """One operator of the main graph, of a body (If, Loop, Scan) or of a called function."""

    id: str
    """Scope and first output: unique in the model even where names are duplicated."""
    scope: str
    """``""`` for the main graph, else the path of bodies and functions that leads here."""
    name: str
    """The node's own name, possibly empty or duplicated."""
    op_type: str
    """Operator type such as ``Conv``."""
    domain: str
    """``""`` for ai.onnx."""
    inputs: tuple[str, ...]
    """Input tensor names; ``""`` for an omitted optional input."""
    outputs: tuple[Tensor, ...]
    """What it makes, omitted optional outputs left out."""
    tags: tuple[str, ...]
    """Pattern tags in a fixed order, e.g. ``("depthwise",)``; ``factorised`` comes last."""
    cost: Cost = field(metadata=INLINE)
    """What one execution costs."""
    params: int
    """Parameters this node is the first to use of those that run; shared tensors count at one
    node only."""
    executions: int | None
    """How often one inference runs this node; ``None`` if not known statically."""
    read_bytes: int | None
    """Activation and weight bytes read per execution; ``None`` if unknown."""
    write_bytes: int | None
    """Bytes written per execution; ``None`` if unknown."""
    conv: Conv | None = None
    """Present on convolutions whose weight shape is known."""
    saving: Saving | None = None
    """Present where a depthwise separable form exists and is cheaper."""
    precision: str = ""
    """Arithmetic of the MACs: ``float32``, ``int8``, ``int4`` …; empty without MACs."""
    counted: int = 1
    """Executions that the totals contain. Where ``executions`` is ``None``: those of the upper end
    of ``Totals.macs_range``, or of the lower end where it has no upper one."""
    location: str = ""
    """``path.py:12`` in the source the model was exported from, where the exporter recorded it."""
    extent: tuple[int, int] | None = field(default=None, metadata=HIDDEN)
    """Where the file states it: first byte and number of bytes, of an operator in a body those of
    the operator of the main graph that has the body; ``None`` in a local function."""
    composite: bool = False
    """True for If, Loop, Scan and function calls: ``cost`` sums their bodies, whose operators
    are nodes of their own."""
    broken: bool = False
    """True at and behind a breach of ONNX that a runtime would refuse, or an operator that nobody
    defines: what is unknown of it is unknown for that reason."""
    executions_range: Range = (1, 1)
    """Fewest and most executions in one inference."""
    params_substitution: str = ""
    """How ``params`` add up from the shapes of their tensors: ``64·3·7·7 + 64``."""
    unbounded: bool = False
    """True where it runs a body as often as the data tell, which nothing bounds, and that has MACs;
    what encloses it is not."""

    @property
    @shown
    def macs_range(self) -> Range:
        """Fewest and most MACs of one execution."""
        return self.cost.macs_range or (self.cost.macs or 0, self.cost.macs)

    @property
    @shown
    def flops_range(self) -> Range:
        """Fewest and most FLOPs of one execution."""
        return self.cost.flops_range or (self.cost.flops or 0, self.cost.flops)

    @property
    def saved_params(self) -> int:
        """Parameters that the separable form saves: none where the weights are computed, or come
        from outside, or are counted at another node."""
        if self.saving is None or self.params < self.saving.params_now:
            return 0
        return self.saving.params

    @property
    def macs(self) -> int | None:
        """Multiply-accumulates of one execution; ``None`` if unknown."""
        return self.cost.macs

    @property
    def flops(self) -> int | None:
        """FLOPs of one execution; ``None`` if unknown."""
        return self.cost.flops

    @property
    def kind(self) -> str:
        """Row of ``Totals.macs_by_kind``: kind of convolution, ``transposed``, or operator type."""
        if self.conv is None:
            return self.op_type
        return "transposed" if self.conv.transposed else self.conv.kind

    @property
    @shown
    def total_macs(self) -> int | None:
        """MACs over all executions of one inference."""
        if self.cost.macs == 0 or self.executions == 0:
            return 0
        if self.cost.macs is None or self.executions is None:
            return None
        return self.cost.macs * self.executions

    @property
    @shown
    def intensity(self) -> float | None:
        """Arithmetic intensity in FLOPs per byte moved; ``None`` if unknown or nothing moves."""
        if self.cost.flops is None or not self.read_bytes or self.write_bytes is None:
            return None
        return self.cost.flops / (self.read_bytes + self.write_bytes)


UNREAD = "nothing reads it"
"""Why a tensor is a constant that no operator takes."""
