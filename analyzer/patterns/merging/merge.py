"""What a merge is, and what a linear layer is to it."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from analyzer.graph.values import NodeView, Value
    from analyzer.operators.record import Operator

BIAS, SCALE, PAIR, PARALLEL, LATE, EARLY, DISCARDED, LOOKUP = KINDS = (
    "bias", "scale", "linear-pair", "parallel", "late-pointwise", "early-pointwise", "discarded",
    "lookup",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Merge:
    """Two linear operators or more, and what one in their place would cost."""

    kind: str
    """``bias``, ``scale``: a constant that the layer before could hold; ``linear-pair``: two
    layers in a row; ``parallel``: products that read one
    input; ``late-pointwise``: a 1×1 convolution
    behind interpolation; ``early-pointwise``: one before an average; ``discarded``: a layer of
    whose output others read a part."""
    node: str
    """``Node.id`` of the operator that would go, or be changed."""
    partner: str
    """Name or first output of the operator that it would merge with."""
    partner_type: str
    """Its type."""
    operators: int
    """Operators that go."""
    macs_now: int
    """MACs of all that it is about, over the executions that the totals contain."""
    macs: int
    """MACs of what would be in their place."""
    params_now: int | None
    """Weights of the layers, biases excluded."""
    params: int | None
    """Weights of what would be in their place."""
    moved_bytes: int | None
    """Bytes that are no longer written and read again; ``None`` if unknown."""

    @property
    def saved(self) -> int:
        """MACs saved; negative never."""
        return max(0, self.macs_now - self.macs)

    @property
    def saved_params(self) -> int | None:
        """Weights saved; negative never."""
        if self.params is None or self.params_now is None:
            return None
        return max(0, self.params_now - self.params)

    @property
    def ratio(self) -> float | None:
        """``macs / macs_now``; ``None`` where none are done, as in a branch that is not taken."""
        return self.macs / self.macs_now if self.macs_now else None

    def executed(self, times: int) -> Merge:
        """The same where one inference runs its operators ``times``, found for one execution."""
        return replace(self, macs_now=self.macs_now * times, macs=self.macs * times)


@dataclass(frozen=True, slots=True)
class LinearLayer:
    """A convolution or product whose weights are known before the model runs."""

    view: NodeView
    macs: int
    """MACs of one execution, at least one."""
    record: Operator
    weights: Value
    bias: Value | None

    @property
    def output(self) -> Value | None:
        return next(iter(self.view.outputs), None)

    @property
    def is_conv(self) -> bool:
        return self.view.conv is not None

    @property
    def is_pointwise(self) -> bool:
        """A 1×1 convolution of one group that reads every position once."""
        conv = self.view.conv
        return (
            conv is not None
            and not conv.transposed
            and conv.kernel_volume == 1
            and conv.groups == 1
            and not any(self.view.attr.get("pads", ()))
            and set(conv.strides) <= {1}
        )

    @property
    def sides(self) -> tuple[int, int] | None:
        """Inputs, taps included, and outputs of a layer that mixes all of its channels."""
        conv, shape = self.view.conv, self.weights.shape
        if conv is not None:
            if conv.groups != 1 or conv.transposed:
                return None
            return conv.in_channels * conv.kernel_volume, conv.out_channels
        match shape:
            case (int() as rows, int() as columns):
                return (columns, rows) if self.view.attr.get("transB") else (rows, columns)
        return None

    @property
    def outputs(self) -> int | None:
        """Output channels or columns."""
        conv = self.view.conv
        sides = self.sides
        return conv.out_channels if conv is not None else sides[1] if sides else None


def layer_of(view: NodeView | None) -> LinearLayer | None:
    """``view`` as a layer; ``None`` for what is none, computes its weights, or has no MACs."""
    if view is None or view.vertex is None or not view.macs:
        return None
    record = record_of(view.vertex.call)
    slot = record.plain_weight if record is not None else None
    if record is None or slot is None or record.nature not in (Nature.CONVOLUTION, Nature.PRODUCT):
        return None
    if record.tags or view.attr.get("activation") or view.attr.get("alpha", 1.0) != 1.0:
        return None  # quantised, or with an activation of its own
    weights = _at(view, slot)
    if weights is None or not weights.is_constant:
        return None
    bias_slot = record.slot(Kind.BIAS)
    bias = None if bias_slot is None else _at(view, bias_slot)
    return LinearLayer(view, view.macs, record, weights, bias)


def sole_reader(value: Value | None) -> NodeView | None:
    """The operator that reads ``value``, where it is read once and is no output."""
    if value is None or value.uses != 1 or len(value.reads) != 1 or value.is_output:
        return None
    (read,) = value.reads
    return value.readers[0] if read.slot is not None else None


def per_channel(value: Value, layer: LinearLayer) -> bool:
    """Whether a constant has one number for all, or one for each output channel."""
    if value.elements == 1:
        return True
    out = layer.output
    shape = value.shape
    if out is None or out.rank is None or not shape or value.elements != layer.outputs:
        return False
    # Axes count from the back, as broadcasting does.
    axis = out.rank - 1 if layer.view.conv is None else 1
    back = axis - out.rank
    return -back <= len(shape) and shape[back] == value.elements


def elements(sizes: tuple[int | None, ...]) -> int | None:
    """Product of known sizes."""
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None


def _at(view: NodeView, slot: int) -> Value | None:
    inputs = view.inputs
    return inputs[slot] if slot < len(inputs) else None
