"""The shared vocabulary: what onnxlint can know about a model.

Every stage of the analysis produces some of these frozen records and every
consumer (rules, reports, the public API) reads them; nothing here knows a
protobuf message, a rule or an output format.

Conventions (design: MobileNet paper, Howard et al. 2017, and the ONNX operator
specification):

* counts are Python integers, never floats and never negative;
* ``None`` means *unknown*, which is different from 0;
* MAC = one multiply-accumulate; FLOP = one multiplication or one addition.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import prod
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, cast

from analyzer import display, units
from analyzer.display import Brief
from analyzer.interface import Interface
from analyzer.language import Language, spoken
from analyzer.learned import Learned
from analyzer.naming import SharedNames, typed
from analyzer.records import HIDDEN, INLINE, Digest, Output, Signed, named, shown
from analyzer.surplus import BatchGrowth, OpenSize, Structure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.contents import Contents
    from analyzer.deployment import TargetFit
    from analyzer.digraph import Digraph
    from analyzer.evidence import WeightEvidence

Derived = TypeVar("Derived")

Dim = Signed | None
Shape = tuple[Dim, ...] | None
"""Tensor dimensions; ``None`` as a whole means unknown rank, inside it an unknown size."""

ConvKind = Literal["standard", "depthwise", "pointwise", "grouped"]

BITS: Mapping[str, int] = {
    "float64": 64, "float32": 32, "float16": 16, "bfloat16": 16,
    "float8e4m3fn": 8, "float8e4m3fnuz": 8, "float8e5m2": 8, "float8e5m2fnuz": 8,
    "float8e8m0": 8, "float6e2m3": 6, "float6e3m2": 6, "float4e2m1": 4,
    "int64": 64, "int32": 32, "int16": 16, "int8": 8, "int4": 4, "int2": 2,
    "uint64": 64, "uint32": 32, "uint16": 16, "uint8": 8, "uint4": 4, "uint2": 2,
    "bool": 8, "complex64": 64, "complex128": 128,
}  # fmt: skip
"""Stored bits of one element by dtype name; strings and non-tensors have no fixed size."""


Range = tuple[int, int | None]
"""Lower and upper end of a count that depends on data; ``None``: nothing bounds it."""


class Certainty(StrEnum):
    """How far a figure can be trusted, from best to worst."""

    EXACT = "exact"
    """Follows from the file alone."""
    ASSUMED = "assumed"
    """Exact under the listed assumptions (a dynamic dimension bound to a value)."""
    LOWER_BOUND = "lower bound"
    """Something that adds to it is unknown."""
    UNKNOWN = "unknown"
    """No number can be given, or none that holds: the sizes assumed for it cannot be."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A typed value flowing through the graph."""

    name: str
    """Name in its scope; unique there."""
    dtype: str | None = None
    """NumPy-style element type such as ``float32``, ``seq(float32)``; ``None`` if unknown."""
    shape: Shape = None
    """Dimensions after binding."""

    def __str__(self) -> str:
        return f"{self.name} {self.dtype or units.UNKNOWN} {units.shape(self.shape)}"

    @property
    def elements(self) -> int | None:
        """Number of elements, ``None`` when any dimension is unknown."""
        if self.shape is None or None in self.shape:
            return None
        return prod(cast("tuple[int, ...]", self.shape))

    @property
    def is_plain(self) -> bool | None:
        """False for sequences, maps, optional and sparse values; ``None`` when unknown."""
        return None if self.dtype is None else "(" not in self.dtype

    @property
    @shown
    def bytes(self) -> int | None:
        """Stored bytes, sub-byte types packed; ``None`` when unknown."""
        bits = BITS.get(self.dtype or "")
        count = self.elements
        return None if bits is None or count is None else (count * bits + 7) // 8


NOT_SYMBOLS = frozenset({"", "?", "None", "none", "null", "-1", "*"})
"""Texts that exporters write for *unnamed* dimensions; equal text does not mean equal size."""


def name_of_axis(tensor: str, axis: int) -> str:
    """What a dimension without a name is called, here and by ``--dim``.

    >>> name_of_axis("x", 2)
    'x axis 2'
    """
    return f"{tensor} axis {axis}"


@dataclass(frozen=True, slots=True)
class Second:
    """How many steps of an axis of sound make a second of it."""

    steps: int
    """Samples of a waveform, or frames of a spectrogram."""
    of: Literal["samples", "frames"]
    """What a step is."""
    source: str
    """Entry of the metadata that states it; empty where it is what most models take."""

    @property
    def reason(self) -> str:
        """Why an axis of so many steps is assumed, as :attr:`Assumption.reason` says it."""
        if self.source:
            return f"default: a second of sound, {self.steps} steps (metadata {self.source})"
        return f"default: a second of sound, {self.steps} steps in most models"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A dimension the file leaves open and onnxlint bound to a value."""

    input: str
    """Graph input whose dimension was bound."""
    axis: int
    """Axis of that input."""
    dim: str
    """Symbol or description of the dimension in the file."""
    value: int
    """Size used for every count of this analysis."""
    reason: str
    """``--dim`` or ``--shape`` (the configuration's count as such), ``same symbol``, ``metadata``
    and the entry that states it, ``default``, or what in the graph implied it."""
    batch: bool = False
    """A recurrent layer takes it for its batch, whatever axis of the input it is."""
    second: Second | None = None
    """How many of its steps make a second of sound; ``None`` where it is none that is known."""

    @property
    @shown
    def name(self) -> str:
        """What ``--dim`` calls it: its symbol, which inputs may share, or ``x axis 2`` where the
        file gives it none."""
        return self.dim if self.is_named else name_of_axis(self.input, self.axis)

    @property
    def option(self) -> str:
        """How the command line sets its size; with NAME where its own cannot be typed.

        >>> Assumption("x", 2, "axis 2", 640, "default").option
        "--dim 'x axis 2=SIZE'"
        >>> Assumption("x", 0, "a=b", 1, "default").option
        '--dim NAME=SIZE'
        """
        return typed("--dim", self.name, "SIZE") or typed("--dim", "NAME", "SIZE")

    @property
    def is_named(self) -> bool:
        """Whether the file gives it a name of its own."""
        own = self.dim.isdecimal() or self.dim in (*NOT_SYMBOLS, f"axis {self.axis}")
        return not own

    @property
    @shown
    def is_batch(self) -> bool:
        """Whether it is the batch: the first axis, or what a recurrent layer takes for it."""
        return self.axis == 0 or self.batch

    def __str__(self) -> str:
        if self.is_named:
            return f"{self.input} axis {self.axis} ({self.dim}) = {self.value}"
        return f"{self.input} axis {self.axis} = {self.value}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the analysis from being conclusive (a limit hit, a broken graph)."""

    code: str
    """Stable kebab-case identifier, e.g. ``recursive-function``."""
    where: str
    """Node id, tensor name or file region; empty for the whole model."""
    message: str
    """One line: what is wrong and what to do about it."""
    inconclusive: bool = True
    """True when the outcome cannot be called clean because of it; False for a mere note."""
    file: str = ""
    """The file beside the model that it is about; empty for none."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule of ONNX that the model breaks: of the format, or of an operator."""

    code: str
    """Stable kebab-case identifier, e.g. ``undefined-input``."""
    family: str
    """What sort of rule it is, e.g. ``name``, ``arity``, ``type``; rules select by it."""
    where: str
    """Node id or tensor name; empty for the whole model."""
    message: str
    """One clause: what is wrong, with the names and numbers."""
    remedy: str
    """One clause: what to do about that."""
    grave: bool = True
    """A runtime refuses the model for it, or readers would compute different things; False where
    it is broken but runs."""
    options: str = ""
    """What to type on the command line about it, such as ``--dim sequence=SIZE``; mostly empty."""


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
    def is_patchify(self) -> bool:
        """Cuts the input into patches: as far from one position to the next as the kernel is wide,
        so that no input is read twice."""
        return self.strides == self.kernel_shape and self.kernel_volume > 1

    @property
    def is_uneven(self) -> bool:
        """Transposed, with a kernel side that is no multiple of its stride and longer: positions
        of the result receive different numbers of contributions."""
        sides = zip(self.kernel_shape, self.strides, strict=False)
        return self.transposed and any(side > step and side % step for side, step in sides)

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
    """Parameters this node is the first to use; shared tensors count at one node only."""
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


@dataclass(frozen=True, slots=True)
class Block:
    """A recognised group of operators; each node belongs to at most one."""

    kind: str
    """``separable``, ``inverted-residual``, …"""
    nodes: tuple[str, ...]
    """Node ids in topological order."""
    macs: int | None
    """MACs over all executions."""
    params: int
    """Parameters of its operators."""
    detail: Mapping[str, int | str | bool] = field(default_factory=dict)
    """Kind-specific properties, e.g. ``{"stride": 2, "in_channels": 64}``."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Identity and provenance of the file."""

    path: str
    """As given by the user; ``-`` for standard input."""
    sha256: Digest | None
    """Digest of the file's bytes; ``None`` when hashing was switched off."""
    bytes: int
    """File size, external data excluded."""
    ir_version: Signed
    """Version of the file format."""
    opsets: Mapping[str, Signed]
    """Imported operator-set version by domain; ``""`` is ai.onnx."""
    producer: str
    """Producer name and version as the file states them."""
    graph_name: str = ""
    """Name of the main graph, possibly empty."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """``metadata_props`` of the file."""
    typed: int = field(default=0, metadata=HIDDEN)
    """Tensors of the main graph, besides inputs and outputs, whose type the file states."""

    @property
    def opset(self) -> int | None:
        """Imported version of the ai.onnx operators; ``None`` if there is none."""
        return self.opsets.get("", self.opsets.get("ai.onnx"))


class SharedTensor(NamedTuple):
    """A tensor that several nodes use as weight."""

    name: str
    uses: int
    """Nodes that use it."""


UNREAD = "nothing reads it"
"""Why a tensor is a constant that no operator takes."""


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One constant of the model and what it is counted as."""

    name: str
    """Name in its scope."""
    scope: str
    """``""`` for the main graph, else the path of the first body or function that holds it."""
    dtype: str | None
    """Element type; ``None`` if unknown."""
    shape: Shape
    """Dimensions as stored."""
    role: str
    """``weight``, ``buffer``, ``quantization``, ``position``, ``mask`` or ``constant``."""
    elements: int | None
    """Logical elements: those that packed bytes stand for; ``None`` if unknown."""
    bytes: int | None
    """Bytes in the file or its external data; 0 for what ConstantOfShape makes, ``None`` if
    unknown."""
    why: str
    """What decided the role, e.g. ``weight of Conv``."""


@dataclass(frozen=True, slots=True, repr=False)
class Parameters(Brief):
    """What the model stores, by role; every tensor counted once."""

    weights: int
    """Trainable-looking elements (published parameter counts)."""
    buffers: int
    """Running means and variances of BatchNormalization."""
    quantization: int
    """Scales and zero points."""
    constants: int
    """Shape arithmetic and other constants that do not act as weights."""
    bytes_by_dtype: Mapping[str, int]
    """Bytes of weights and buffers by dtype, as a runtime holds them."""
    shared: tuple[SharedTensor, ...] = ()
    """Tensors used as weight by more than one node, most used first."""
    stored_bytes: int = 0
    """Bytes that the file or its external data stores for them; 0 for generated weights."""
    positions: int = 0
    """Grids of element-wise operators that are sized by position and that no weighted layer comes
    after (anchors and strides of a detector's head) or before (mean images), position tables of
    operators that have them."""
    masks: int = 0
    """Masks of attention scores."""
    certainty: Certainty = Certainty.EXACT
    """Certainty of ``weights``."""
    reason: str = ""
    """Why that is not exact; empty otherwise."""
    tensors: tuple[StoredTensor, ...] = ()
    """The stored tensors, most elements first; no more than a thousand."""
    unlisted: int = 0
    """Stored tensors that ``tensors`` leaves out."""
    repeated: int = 0
    """Weights that would come on top if each use of a shared tensor had a tensor of its own, as
    another export of the network may have it."""

    @property
    def weight_bytes(self) -> int:
        """Bytes of weights and buffers in memory."""
        return sum(self.bytes_by_dtype.values())

    @property
    def beside(self) -> tuple[StoredTensor, ...]:
        """The listed tensors that are stored, read and no weights."""
        roles = ("weight", "buffer")
        return tuple(t for t in self.tensors if t.role not in roles and t.why != UNREAD)

    @property
    def scale_bytes(self) -> int:
        """Bytes of scales and zero points among them."""
        return sum(t.bytes or 0 for t in self.beside if t.role == "quantization")

    @property
    def kept_bytes(self) -> int:
        """Bytes of weights and buffers, and of the listed scales and zero points."""
        return self.weight_bytes + self.scale_bytes

    @property
    def constant_bytes(self) -> int:
        """Bytes of grids, masks and constants among them."""
        return sum(t.bytes or 0 for t in self.beside if t.role != "quantization")


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
    timeline: tuple[MemoryStep, ...] = ()
    """Live bytes over the file's order, in at most 200 steps; their maximum is the peak."""
    held: tuple[Held, ...] = ()
    """The largest of ``alive``, and when they live."""


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


@dataclass(frozen=True, slots=True, repr=False)
class Separable(Brief):
    """Cumulative effect of converting every candidate convolution."""

    macs_now: int
    """MACs of the model as it is."""
    macs_after: int
    """MACs of the model with every candidate converted."""
    params_now: int
    """Parameters of the model as it is."""
    params_after: int
    """Parameters of the model with every candidate converted."""
    candidates: tuple[str, ...]
    """Node ids, largest saving first."""

    @property
    def share(self) -> float | None:
        """Share of the model's MACs that all of it saves; ``None`` where there are no MACs."""
        return (self.macs_now - self.macs_after) / self.macs_now if self.macs_now else None


@dataclass(frozen=True, slots=True, repr=False)
class Module(Brief):
    """A module of the source code, as the exporter's scope names tell it."""

    path: str
    """Qualified name such as ``features.4.conv``; empty for the whole model."""
    name: str
    """Last part of the path."""
    class_name: str = field(metadata=named("class"))
    """Class in the source code where the exporter recorded it, else empty."""
    macs: int
    """Known MACs over all executions that ``Totals.macs`` contains, sub-modules included."""
    params: int
    """Parameters, sub-modules included; shared tensors count at their first user."""
    nodes: int
    """Operators, sub-modules included."""
    complete: bool
    """True when the MACs of every operator in it are known, and how often it runs at most."""
    children: tuple[Module, ...] = ()
    """Sub-modules in the order of their first operator."""
    macs_range: Range = (0, None)
    """Fewest and most MACs, whichever bodies run."""
    kind: str = field(default="", metadata=HIDDEN)
    """The kind of layer that does most of its MACs, as ``Node.kind`` has it; empty for none."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A published network that the structure proves the model to be."""

    family: str
    """Name of the paper's network, e.g. ``MobileNetV1``, ``ResNet``."""
    detail: str
    """One line for people, e.g. ``MobileNetV1, α = 0.5, 160×160, 28 weighted layers``."""
    alpha: float | None = None
    """Width multiplier of the MobileNet families, else ``None``."""
    resolution: tuple[int, ...] = ()
    """Spatial sides of the network's input; empty if it has none or they are unknown."""


@dataclass(frozen=True, slots=True)
class Conformance:
    """How far the model keeps to ONNX."""

    grave: int
    """Breaches for which a runtime refuses the model."""
    tolerated: int
    """Breaches with which it runs."""
    misfits: int = 0
    """Operators that a size assumed for an open dimension does not fit."""


def nothing(*_about: object) -> None:
    """For facts of which nobody can find out more."""


@dataclass(frozen=True, slots=True, repr=False)
class Facts(Output):
    """Everything onnxlint knows about one model; ``facts[id]`` is one of its operators."""

    model: ModelInfo
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    assumptions: tuple[Assumption, ...]
    nodes: tuple[Node, ...]
    """Main graph first, in the file's topological order, then bodies and functions."""
    blocks: tuple[Block, ...]
    totals: Totals
    parameters: Parameters
    memory: Memory
    separable: Separable
    problems: tuple[Problem, ...]
    breaches: tuple[Breach, ...] = field(kw_only=True, default=())
    """Rules of ONNX that it breaks, the grave first."""
    graph: Digraph[str] = field(compare=False, repr=False, metadata=HIDDEN)
    """Operators as vertices (key ``Node.id``), tensors as edges; a ``networkx.MultiDiGraph``, which
    ``as_networkx`` says to a type checker."""
    architecture: Architecture | None = None
    """The published network this is, where the structure proves it; ``None``: not recognised."""
    modules: Module | None = None
    """Module tree of the source code; ``None`` where the exporter left no scope names."""
    at_defaults: DefaultSizes | None = None
    """The totals without the sizes that the metadata state, where those make one smaller."""
    interface: Interface = field(default=Interface(), repr=False, metadata=HIDDEN)
    """What the model states to those who load and call it."""
    learned: Learned = field(default=Learned(), repr=False, metadata=HIDDEN)
    """What operators have in attributes rather than in tensors."""
    shared: SharedNames = field(default=SharedNames(), repr=False, metadata=HIDDEN)
    """Names by which a viewer cannot tell what is meant."""
    evidence: WeightEvidence | None = field(default=None, metadata=named("weights"))
    """What the trained weights say; ``None`` when they were not looked at."""
    find_structure: Callable[[], Structure] = field(
        default=Structure, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``structure``; holds what that takes."""
    contents: Contents | None = field(default=None, compare=False, repr=False, metadata=HIDDEN)
    """What the file holds besides the network, looked at when a rule asks."""
    targets: tuple[TargetFit, ...] = ()
    """Where it runs, by target; empty where nobody asked."""
    find_batch_growth: Callable[[], BatchGrowth | None] = field(
        default=nothing, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``batch_growth``."""
    find_open_sizes: Callable[[], tuple[OpenSize, ...]] = field(
        default=tuple, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``open_sizes``."""
    find_resized: Callable[[Facts, Mapping[tuple[str, int], int]], Facts | None] = field(
        default=nothing, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``at_sizes``."""
    find_fixed: Callable[[], Mapping[str, Mapping[str, Shape]]] = field(
        default=dict, kw_only=True, compare=False, repr=False, metadata=HIDDEN
    )
    """Finds ``fixed_shapes``."""
    _by_id: dict[str, Node] = field(
        default_factory=dict, init=False, repr=False, compare=False, metadata=HIDDEN
    )
    """Filled when an operator is first asked for."""
    _derived: dict[tuple[Callable[[Facts], Any], Language, bool], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False, metadata=HIDDEN
    )
    """Filled by ``once``; one and the same for ``called`` and ``untargeted``."""

    @property
    def structure(self) -> Structure:
        """What it stores and could do without; found when first asked for.

        Raises ``ModelError`` where the file has changed by then.
        """
        return self.once(_find_structure)

    @property
    def batch_growth(self) -> BatchGrowth | None:
        """The operator whose work grows fastest beyond the batch, if one does.

        Found when first asked for, by another analysis with one sample more.
        """
        return self.once(_find_batch_growth)

    @property
    def open_sizes(self) -> tuple[OpenSize, ...]:
        """Sizes that the file leaves open and that total MACs follow by a known polynomial.

        Found when first asked for, by an analysis for each of several sizes.
        """
        return self.once(_find_open_sizes)

    def at_sizes(self, sizes: Mapping[tuple[str, int], int]) -> Facts | None:
        """The same model with other sizes of open axes, by (input, axis), analysed again.

        Only tensors, operators, blocks and totals are those of the new sizes. ``None`` where the
        graph does not go with them.
        """
        return self.find_resized(self, sizes)

    @property
    def fixed_shapes(self) -> Mapping[str, Mapping[str, Shape]]:
        """Shapes by path and name with nothing assumed; found when first asked for.

        A size that the file leaves open is ``None``. Empty where the file leaves none open.
        """
        return self.once(_find_fixed)

    @property
    def ceiling(self) -> Ceiling:
        """What a budget is judged by."""
        totals, other = self.totals, self.at_defaults
        macs, flops, peak = totals.macs, totals.flops, self.memory.peak_bytes
        bounded = totals.complete or totals.unknown_nodes > 0
        least = " at least" if bounded else " at least and without a bound"
        notes = ["" if totals.complete else least, "" if totals.flops_complete else least, ""]
        if other is not None:
            note = f" at the default sizes (that {other.stated} is the file's own word)"
            if other.macs > macs:
                macs, notes[0] = other.macs, note + notes[0]
            if other.flops > flops:
                flops, notes[1] = other.flops, note + notes[1]
            if peak is not None and (other.peak_activation_bytes or 0) > peak:
                peak, notes[2] = other.peak_activation_bytes, note
        if peak is not None and self.memory.certainty is Certainty.LOWER_BOUND:
            notes[2] += " at least"
        return Ceiling(macs, notes[0], bounded, flops, notes[1], peak, notes[2])

    @property
    def conformance(self) -> Conformance:
        """The breaches counted."""
        grave = sum(breach.grave for breach in self.breaches)
        misfits = sum(breach.family == "assumption" for breach in self.breaches)
        return Conformance(grave, len(self.breaches) - grave, misfits)

    @property
    def inconclusive(self) -> bool:
        """True when something was skipped, limited or broken."""
        return any(p.inconclusive for p in self.problems)

    def __getitem__(self, node: str) -> Node:
        """The operator with this id; raises ``KeyError`` if there is none."""
        return self._index()[node]

    def __contains__(self, node: object) -> bool:
        """Whether there is an operator with this id."""
        return node in self._index()

    def called(self, path: str) -> Facts:
        """The same model by another path."""
        return self._alike(replace(self, model=replace(self.model, path=path)))

    def untargeted(self) -> Facts:
        """The same where nobody asked about targets."""
        return self._alike(replace(self, targets=())) if self.targets else self

    def _alike(self, other: Facts) -> Facts:
        """``other``, of which all holds that is derived of these."""
        object.__setattr__(other, "_derived", self._derived)
        return other

    def once(self, derive: Callable[[Facts], Derived], *, about_targets: bool = False) -> Derived:
        """``derive`` of these facts, computed when somebody first asks and kept; with the words of
        the language that holds, if it has any. ``about_targets``: it looks at ``targets``."""
        key = (derive, spoken(), about_targets and bool(self.targets))
        if key not in self._derived:
            self._derived[key] = derive(self)
        found: Derived = self._derived[key]
        return found

    def _index(self) -> dict[str, Node]:
        if not self._by_id:
            self._by_id.update((each.id, each) for each in self.nodes)
        return self._by_id

    def __repr__(self) -> str:
        return display.lines(f"Facts of {self.model.path}", self._summary())

    def _repr_html_(self) -> str:
        """For notebooks."""
        return display.table(self.model.path, self._summary())

    def _summary(self) -> list[tuple[str, str]]:
        t, blocks = self.totals, Counter(block.kind for block in self.blocks)
        rows = [
            ("network", self.architecture.detail if self.architecture else "not recognised"),
            ("MACs", f"{units.count(t.macs)}, {t.certainty}"),
            ("FLOPs", units.count(t.flops) + ("" if t.flops_complete else " at least")),
            ("parameters", f"{units.count(t.params)}, {units.size(t.weight_bytes)}"),
            ("activations", f"{units.size(t.peak_activation_bytes)} at the peak"),
            ("inputs", ", ".join(map(str, self.inputs[:4]))),
            ("outputs", ", ".join(map(str, self.outputs[:4]))),
            ("operators", f"{len(self.nodes):,}, {t.weighted_layers:,} of them weighted layers"),
            ("blocks", ", ".join(f"{n:,} {kind}" for kind, n in blocks.most_common(4))),
            ("assumed", ", ".join(map(str, self.assumptions[:4]))),
            ("breaches", ", ".join(dict.fromkeys(b.code for b in self.breaches))),
            ("problems", ", ".join(dict.fromkeys(p.code for p in self.problems))),
        ]
        return [(what, value) for what, value in rows if value]


def _find_structure(facts: Facts) -> Structure:
    return facts.find_structure()


def _find_open_sizes(facts: Facts) -> tuple[OpenSize, ...]:
    return facts.find_open_sizes()


def _find_batch_growth(facts: Facts) -> BatchGrowth | None:
    return facts.find_batch_growth()


def _find_fixed(facts: Facts) -> Mapping[str, Mapping[str, Shape]]:
    return facts.find_fixed()
