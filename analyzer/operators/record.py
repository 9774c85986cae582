"""What an operator is: one record for each (domain, operator), and for versions that differ.

Notation of operand axes: ``M`` input and ``N`` output channels or columns, ``K`` the contracted
axis of a product, ``K…`` kernel sides, ``g`` groups, ``E`` experts, ``H`` hidden width, ``D``
directions. Where a record says nothing, nothing is known: an operator without a record is opaque.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.facts import Shape
    from analyzer.graph.call import Call
    from analyzer.operators.formula import Formula

ONNX = ""
ML = "ai.onnx.ml"
MICROSOFT = "com.microsoft"
NCHWC = "com.microsoft.nchwc"
"""Channels in blocks, as ONNX Runtime lays them out for a processor."""
NHWC = "com.ms.internal.nhwc"
"""Channels last, as ONNX Runtime hands them to other providers."""


class Nature(Enum):
    """What kind of computation an operator is."""

    CONVOLUTION = "convolution"
    PRODUCT = "product"
    """A product of matrices, or several; mixtures of experts and Einsum too."""
    ATTENTION = "attention"
    RECURRENT = "recurrent"
    NORMALISATION = "normalisation"
    SOFTMAX = "softmax"
    ACTIVATION = "activation"
    """A nonlinear function of each element of one tensor."""
    ELEMENTWISE = "element-wise"
    """Any other function of each element, with broadcasting."""
    POOLING = "pooling"
    REDUCTION = "reduction"
    RESAMPLING = "resampling"
    MOVEMENT = "movement"
    """Copies, cuts, pads, permutes or renames without looking at the data."""
    SELECTION = "selection"
    """Picks or places elements by indices or conditions."""
    CONVERSION = "conversion"
    """The same values in another element type."""
    QUANTISATION = "quantisation"
    STATIC = "static"
    """Makes values that are known from shapes and attributes alone."""
    RANDOM = "random"
    SIGNAL = "signal"
    DETECTION = "detection"
    ALGEBRA = "algebra"
    EMBEDDING = "embedding"
    POSITION = "position"
    """Rotates or shifts by position."""
    SEQUENCE = "sequence"
    """Sequences, optionals, maps and strings."""
    TREE = "tree"
    LOSS = "loss"
    TRAINING = "training"
    CONTROL = "control"
    """Runs subgraphs."""
    RUNTIME = "runtime"
    """Whatever only a runtime knows: compiled subgraphs, state, generation loops."""


class Kind(Enum):
    """What an input is for; the words of the parameter count."""

    DATA = "data"
    """What flows through the network."""
    WEIGHT = "weight"
    """Multiplies data; learned."""
    BIAS = "bias"
    """Is added; learned."""
    GAIN = "gain"
    """Scales or bends channels; learned (of normalisations, slopes, peepholes)."""
    TABLE = "table"
    """Rows that are looked up; learned."""
    SCALE = "scale"
    """Of quantisation."""
    ZERO_POINT = "zero point"
    STATISTIC = "statistic"
    """Running mean or variance: a buffer."""
    STATE = "state"
    """What one step leaves for the next: hidden states, caches, loop-carried values."""
    SHAPE = "shape"
    """Sizes, axes, bounds of slices: the output's shape depends on its contents."""
    INDEX = "index"
    """Positions, lengths, identifiers, counts."""
    BOUND = "bound"
    """Limits and other numbers that steer the operator."""
    MASK = "mask"
    """What is left out, and what is added to scores."""
    POSITION = "position"
    """Rotation tables, sampling grids, windows of a transform."""


class Operand(NamedTuple):
    """One input of an operator."""

    kind: Kind
    axes: tuple[str, ...] = ()
    """What the axes of a weight stand for; empty where they have no fixed meaning."""
    packed: Callable[[Call, int], int | None] | None = None
    """Logical elements of an input (by its slot) that packs several into one stored element;
    ``None`` from it where attributes or shapes that say so are missing."""


class OutputType(NamedTuple):
    """Element type and shape of one output; ``None`` for what is unknown."""

    dtype: str | None = None
    shape: Shape = None


class Scaling(Enum):
    """How an operator follows the width and resolution of its inputs."""

    OPAQUE = "opaque"
    """Nobody knows: inputs keep their width, outputs never move."""
    NOTHING = "nothing"
    """The result's shape depends on nothing that scales."""
    SAME = "same"
    """Every output has the shape of the first input."""
    BROADCAST = "broadcast"
    REDUCE = "reduce"
    RESHAPE = "reshape"
    CONVOLVE = "convolve"
    DECONVOLVE = "deconvolve"
    GEMM = "gemm"
    MATMUL = "matmul"
    RECURRENT = "recurrent"
    POOL = "pool"
    GLOBAL_POOL = "global pool"
    PER_CHANNEL = "per channel"
    """Like the first input; the others run along axis 1."""
    QUANTISE = "quantise"
    RESIZE = "resize"
    TILE = "tile"
    BLOCKS = "blocks"
    """Channels move into space or back."""
    GATHER = "gather"
    CONCATENATE = "concatenate"
    SPLIT = "split"
    CUT = "cut"
    PAD = "pad"
    TRANSPOSE = "transpose"


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """What is known of one operator of one domain.

    ``analyzer.declare`` makes one of your own, ``analyzer.analyze`` takes it.
    """

    name: str
    nature: Nature
    inputs: tuple[Operand, ...]
    """By slot; see ``repeat`` for variadic ones."""
    cost: Formula
    domain: str = ONNX
    shape: Callable[[Call], list[OutputType]] | None = None
    """Output types, where onnx's own inference knows none or asks too much; raises ``Unknown``
    where a shape is missing."""
    scaling: Scaling = Scaling.OPAQUE
    role: str = ""
    """The word that block patterns know it by: ``add``, ``mul``, ``concat``, ``softmax``,
    ``pool``, ``global-pool``, ``reshape``, ``cut``, ``attention``, ``embedding``, and by given
    scales ``quantize`` and ``dequantize``."""
    tags: tuple[str, ...] = ()
    """``fused``, ``quantized``, ``deformable``: forms of execution that every node shows."""
    repeat: int = 0
    """How many of the last inputs repeat, as a group, without end."""
    channels_last: bool = False
    gate: bool = False
    """Results lie in [0, 1], or are the last step of what makes them so."""
    bends: bool = False
    """A nonlinearity although its nature is another: part of a decomposed activation."""
    first: bool = False
    """Blocks are seen through it, whatever its nature: see ``leads``."""
    channelwise: bool = False
    """Channels stay apart, whatever its nature: see ``is_channelwise``."""
    commutes: bool = False
    """The result is the same in whatever order its inputs come."""
    selects: bool = False
    """Output values are values of the first input, or fixed bounds, although it does not move."""
    sign: str = ""
    """How mathematics writes it: between two operands (``+``, ``≥``, ``∧``) or before one."""
    neutral: int | None = None
    """The operand that leaves the other as it is: the second, or either where it commutes."""
    absorbing: int | None = None
    """The operand that the result is, whatever the other is: 0 of a product."""
    averages: bool = False
    """Takes the mean over positions or axes."""
    integer: bool = False
    """More than one runtime has a kernel of it for integers of 8 bits (ONNX Runtime's QLinear
    operators in ContribOperators.md, and TensorFlow Lite's quantisation specification,
    https://ai.google.dev/edge/litert/models/quantization_spec)."""
    learned: tuple[str, ...] = ()
    """Attributes of trained numbers, which no tensor has; those of trees are followed instead."""
    moot: tuple[str, ...] = ()
    """Attributes that change no result at inference, or only repeat the output's element type."""
    fuses: tuple[str, ...] = ()
    """Operators of ai.onnx that exporters and optimisers write in its place."""
    changed: tuple[int, ...] = ()
    """Opset versions since which the same attributes and inputs mean something else."""
    declaration: object = None
    """What somebody stated, where the record does not ship (``declared.Declaration``, or the name
    of an entry point); results that rest on it are assumed."""
    since: int = 1
    """First opset version of this form."""
    until: int | None = None
    """Last opset version of this form; ``None`` for the newest."""

    @property
    def key(self) -> tuple[str, str]:
        return self.domain, self.name

    def operand(self, slot: int) -> Operand | None:
        """What input ``slot`` is; ``None`` beyond what the operator takes."""
        inputs = self.inputs
        if slot < len(inputs):
            return inputs[slot]
        if not self.repeat:
            return None
        start = len(inputs) - self.repeat
        return inputs[start + (slot - start) % self.repeat]

    def slots(self, kind: Kind) -> tuple[int, ...]:
        """Input slots of one kind, repeated ones once."""
        return tuple([slot for slot, operand in enumerate(self.inputs) if operand.kind is kind])

    def slot(self, kind: Kind) -> int | None:
        """The first slot of one kind."""
        return next((s for s, operand in enumerate(self.inputs) if operand.kind is kind), None)

    @property
    def weight(self) -> int | None:
        """Slot of the (first) weight."""
        return self.slot(Kind.WEIGHT)

    @property
    def is_weighted(self) -> bool:
        """Multiplies data by weights: its nodes are weighted layers where those are constants."""
        return self.weight is not None or self.nature is Nature.PRODUCT

    @property
    def hands_on(self) -> bool:
        """The result is the input under another name."""
        return self.nature is Nature.MOVEMENT and self.scaling is Scaling.SAME

    @property
    def reshapes(self) -> bool:
        """The result is the input with other axes, every element where it was."""
        return self.nature is Nature.MOVEMENT and self.scaling is Scaling.RESHAPE

    @property
    def writes(self) -> bool:
        """Nothing but how a constant is written down: neither reads data nor computes."""
        return self.nature is Nature.STATIC and self.cost.is_free and not self.slots(Kind.DATA)

    @property
    def measures(self) -> bool:
        """The result tells of the input's shape, not of its contents."""
        return self.nature is Nature.STATIC and bool(self.slots(Kind.DATA))

    @property
    def compares(self) -> bool:
        """Holds two numbers against each other; the result is true or false."""
        return self.sign in ("=", ">", "≥", "<", "≤")

    @property
    def is_logic(self) -> bool:
        """Makes one truth value of others."""
        return self.sign in ("∧", "∨", "⊻", "¬")

    @property
    def is_settled_by_one(self) -> bool:
        """One operand alone may decide the result: a false one of ∧, a true one of ∨."""
        return self.sign in ("∧", "∨")

    @property
    def clamps(self) -> bool:
        """Cuts off what is beyond fixed bounds, as arithmetic in integers does by itself."""
        return self.nature is Nature.ACTIVATION and self.selects

    @property
    def reduces(self) -> bool:
        """Makes one number of all along any axes, which are an input in later versions."""
        reduction = self.nature is Nature.REDUCTION and self.scaling is Scaling.REDUCE
        return reduction and bool(self.slots(Kind.SHAPE))

    @property
    def is_transposed(self) -> bool:
        """A transposed convolution: its weight lists input channels first."""
        slot = self.weight
        axes = () if slot is None else self.inputs[slot].axes
        return self.nature is Nature.CONVOLUTION and axes[:1] == ("M",)

    @property
    def is_elementwise(self) -> bool:
        """Blocks are seen through it as long as all its data are functions of one tensor."""
        return self.nature in (Nature.ACTIVATION, Nature.ELEMENTWISE)

    @property
    def is_activation(self) -> bool:
        """A nonlinearity, or part of one that was decomposed."""
        return self.nature is Nature.ACTIVATION or self.bends

    @property
    def is_convolution(self) -> bool:
        """A convolution with a kernel, groups, strides and dilations in the usual sense."""
        slot = self.weight
        axes = () if slot is None else self.inputs[slot].axes
        return self.nature is Nature.CONVOLUTION and axes[1:] in (("M/g", "K…"), ("N/g", "K…"))

    @property
    def leads(self) -> bool:
        """Blocks are seen through it: data flow from input 0 to output 0, whatever feeds it."""
        if self.first or self.nature in (Nature.CONVERSION, Nature.QUANTISATION):
            return True
        return self.nature is Nature.NORMALISATION and self.slots(Kind.DATA) == (0,)

    @property
    def plain_weight(self) -> int | None:
        """Slot of a weight that is stored as the real numbers it stands for."""
        slot = self.weight
        if slot is None or "quantized" in self.tags or self.inputs[slot].packed is not None:
            return None
        return slot if self.is_convolution or self.role == "product" else None

    @property
    def is_channelwise(self) -> bool:
        """Every channel of the output depends on that channel of the first input alone."""
        if self.channelwise or self.nature in (Nature.ACTIVATION, Nature.CONVERSION):
            return True
        alone = self.slots(Kind.DATA) == (0,) and not self.repeat
        return self.nature is Nature.ELEMENTWISE and alone

    @property
    def keeps_values(self) -> bool:
        """Output values are values of the first input, or fixed bounds."""
        moves = self.nature is Nature.MOVEMENT and self.inputs[:1] == (DATA,)
        return self.selects or (moves and not self.repeat)

    @property
    def keeps_role(self) -> bool:
        """A constant at input 0 is, in the output, for what it was for before."""
        moves = self.nature in (Nature.MOVEMENT, Nature.CONVERSION, Nature.QUANTISATION)
        return moves and not self.repeat and self.inputs[:1] != () and self.inputs[0] == DATA


def weight(*axes: str, packed: Callable[[Call, int], int | None] | None = None) -> Operand:
    return Operand(Kind.WEIGHT, axes, packed)


DATA = Operand(Kind.DATA)
BIAS = Operand(Kind.BIAS)
GAIN = Operand(Kind.GAIN)
TABLE = Operand(Kind.TABLE)
SCALE = Operand(Kind.SCALE)
ZERO_POINT = Operand(Kind.ZERO_POINT)
STATISTIC = Operand(Kind.STATISTIC)
STATE = Operand(Kind.STATE)
SHAPE = Operand(Kind.SHAPE)
INDEX = Operand(Kind.INDEX)
BOUND = Operand(Kind.BOUND)
MASK = Operand(Kind.MASK)
POSITION = Operand(Kind.POSITION)
"""Inputs whose kind says it all."""
