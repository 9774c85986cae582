"""What operators mean to a block pattern; literal sets, one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.conv import ATTENTION

if TYPE_CHECKING:
    from analyzer.facts import Conv
    from analyzer.graph.call import Call

ACTIVATIONS = frozenset(
    {"BiasGelu", "Celu", "Clip", "Elu", "Erf", "FastGelu", "Gelu", "HardSigmoid", "HardSwish",
     "LeakyRelu", "Max", "Min", "Mish", "PRelu", "QLinearLeakyRelu", "QLinearSigmoid",
     "QuickGelu", "Relu", "Selu", "Sigmoid", "Softplus", "Softsign", "Swish", "Tanh",
     "ThresholdedRelu"}
)  # fmt: skip
GATES = frozenset({"Clip", "HardSigmoid", "Min", "QLinearSigmoid", "Sigmoid"})
"""Last step of an excitation: a value in [0, 1] per channel; Clip and Min when decomposed."""

NORMS = frozenset(
    {"GroupNormalization", "InstanceNormalization", "LayerNormalization", "RMSNormalization",
     "ReduceMean", "SimplifiedLayerNormalization"}
)  # fmt: skip
"""Normalisation over a sample; ReduceMean stands for the decomposed form."""

FIRST_INPUT = frozenset(
    {"BatchNormalization", "Cast", "CastLike", "Clip", "DequantizeLinear", "Dropout",
     "DynamicQuantizeLinear", "GroupNorm", "GroupNormalization", "Identity", "LRN",
     "InstanceNormalization", "LayerNormalization", "LpNormalization",
     "MeanVarianceNormalization", "Pad", "QuantizeLinear", "RMSNormalization", "ReorderInput",
     "ReorderOutput", "SimplifiedLayerNormalization", "Transpose"}
)  # fmt: skip
"""Transparent whatever feeds the other slots: data flows from input 0 to output 0."""

ELEMENTWISE = (ACTIVATIONS - {"Clip"}) | frozenset(
    {"Abs", "Add", "And", "BitShift", "Ceil", "Cos", "Div", "Equal", "Exp", "Floor", "Greater",
     "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Log", "Mod", "Mul", "Neg",
     "Not", "Or", "Pow", "QLinearAdd", "QLinearMul", "Reciprocal", "Round", "Sign", "Sin",
     "Sqrt", "Sub", "Sum", "Where", "Xor"}
)  # fmt: skip
"""Transparent as long as every data input is a function of one and the same tensor."""

STATIC = frozenset({"Constant", "ConstantOfShape", "EyeLike", "Range", "Shape", "Size"})
"""Values known from shapes alone: for a pattern as good as constants."""

ROLES: dict[str, frozenset[str]] = {
    "add": frozenset({"Add", "QLinearAdd", "SkipLayerNormalization", "Sum",
                      "SkipSimplifiedLayerNormalization"}),
    "mul": frozenset({"Mul", "QLinearMul"}),
    "concat": frozenset({"Concat", "QLinearConcat"}),
    "softmax": frozenset({"QLinearSoftmax", "Softmax"}),
    "pool": frozenset({"AveragePool", "LpPool", "MaxPool", "NhwcMaxPool",
                       "QLinearAveragePool"}),
    "global-pool": frozenset({"GlobalAveragePool", "QLinearGlobalAveragePool"}),
    "reshape": frozenset({"Expand", "Flatten", "Reshape", "Squeeze", "Unsqueeze"}),
    "cut": frozenset({"Gather", "Slice", "Split"}),
    "attention": ATTENTION,
    "embedding": frozenset({"EmbedLayerNormalization"}),
}  # fmt: skip
"""Role by operator; convolutions and matrix products get theirs from what feeds them."""

PRODUCTS: dict[str, int] = {
    "MatMul": 1, "Gemm": 1, "FusedMatMul": 1, "FusedGemm": 1, "TransposeMatMul": 1,
    "MatMulInteger": 1, "QLinearMatMul": 3, "QGemm": 3, "DynamicQuantizeMatMul": 1,
    "MatMulIntegerToFloat": 1, "MatMulNBits": 1, "MatMulBnb4": 1, "GemmFastGelu": 1,
}  # fmt: skip
"""Second-operand slot of every matrix product."""

_BY_OPERATOR = {op: role for role, operators in ROLES.items() for op in operators}
_CONV_ROLES = {"depthwise": "depthwise", "pointwise": "pointwise"}


def role_of(call: Call, conv: Conv | None, weighted: bool) -> str:
    """One word for what an operator does; ``weighted`` if its second operand is constant.

    ``depthwise``, ``pointwise``, ``spatial`` (standard or grouped, any kernel),
    ``transposed``, ``linear``, ``product`` (of two activations), a key of ``ROLES`` or ``""``.
    """
    if conv is not None:
        return "transposed" if conv.transposed else _CONV_ROLES.get(conv.kind, "spatial")
    if call.op_type in PRODUCTS:
        return "linear" if weighted else "product"
    if _is_global_mean(call):
        return "global-pool"
    return _BY_OPERATOR.get(call.op_type, "")


def _is_global_mean(call: Call) -> bool:
    """ReduceMean or AveragePool over every spatial axis of a batched feature map."""
    source = call.input(0)
    if source is None or source.shape is None:
        return False
    rank = len(source.shape)
    if call.op_type == "ReduceMean":
        axes = reduced_axes(call)
        return rank >= 3 and len(axes) == rank - 2 and 0 not in {a % rank for a in axes}
    if call.op_type == "AveragePool":
        return tuple(call.attr("kernel_shape") or ()) == source.shape[2:]
    return False


def reduced_axes(call: Call) -> tuple[int, ...]:
    """Axes of a reduction, from the attribute or a constant second input; empty if unknown."""
    if "axes" in call.attributes:
        return tuple(call.attributes["axes"])
    return call.integers(1) or ()
