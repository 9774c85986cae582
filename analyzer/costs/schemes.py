"""How other counters weigh operators: one literal table per tool.

A weight says what an operator adds *besides* its MACs: so much per element of its first input
(``x``) and of its first output (``y``), or so much of what onnxlint's own FLOPs rule says
(``flops``). The figures are those of the tools' sources, which ``Scheme.source`` names; operators
a table leaves out add nothing there.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.operators import operators
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.facts import Cost
    from analyzer.graph.call import Call

    Special = Callable[[Call, Cost], int]


class Per(NamedTuple):
    """What an operator adds besides its MACs."""

    x: int = 0
    """Per element of the first input."""
    y: int = 0
    """Per element of the first output."""
    bias: int = 0
    """Per element of the first output, if the operator has a bias (third input)."""
    flops: int = 0
    """Per FLOP of onnxlint's own rule."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A convention as data."""

    name: str
    unit: str
    """What the tool calls its number."""
    per_mac: int
    counts: str
    differs: str
    source: str
    table: Mapping[str, Per | Special] = field(default_factory=dict)
    """By operator type of ai.onnx; ``SiLU`` is a Sigmoid that multiplies its own input,
    ``LinearBias`` an Add of a constant to a product, and Erf stands for the GELU it is part of."""
    unsure: Mapping[str, str] = field(default_factory=dict)
    """Operator types that make the result approximate, and why."""
    skips: frozenset[str] = frozenset()
    """Operators whose MACs the tool does not count; ``attention`` for the two products of
    scaled dot-product attention, however the graph writes them."""
    attention: str = ""
    """Why the result is approximate for a model with attention; empty if it is not."""
    reads_onnx: bool = False
    """True where the tool sees what we see: the exported graph, not Python modules."""


def _each(operators: str, weight: Per) -> dict[str, Per | Special]:
    return dict.fromkeys(operators.split(), weight)


def _interpolated(linear: int, nearest: int) -> Special:
    def count(call: Call, cost: Cost) -> int:
        mode = call.attr("mode", "nearest")
        return call.out_size() * {"nearest": nearest, "linear": linear}.get(mode, 0)

    return count


def _cells(**each: tuple[int, int]) -> dict[str, Per | Special]:
    """Recurrent layers: so much per hidden value and step with bias, so much without."""

    def rule(with_bias: int, without: int) -> Special:
        def count(call: Call, cost: Cost) -> int:
            return (without if call.input(3) is None else with_bias) * call.out_size()

        return count

    return {name.upper(): rule(*amounts) for name, amounts in each.items()}


def _layer_norm(per_row: int) -> Special:
    """onnx-tool: 7 per element and ``per_row`` per normalised row."""

    def count(call: Call, cost: Cost) -> int:
        size, side = call.size(0), call.shape(0)[call.attr("axis", -1)]
        return 7 * size + per_row * (size // side if side else 0)

    return count


def _output_sided(call: Call, cost: Cost) -> int:
    """onnx-tool multiplies a transposed kernel at each output, not each input, element."""
    given, size = cost.macs or 0, call.size(0)
    macs = given * call.out_size() // size if size else 0
    return macs - given + (call.out_size() if call.input(2) else 0)


NORMS = "GroupNormalization InstanceNormalization LayerNormalization"
POOLS = "AveragePool GlobalAveragePool GlobalMaxPool MaxPool"
RECURRENT = frozenset(
    record.name for record in operators() if record.nature is Nature.RECURRENT and not record.domain
)
TRACED = "x + y may have been written torch.add(x, y), which it counts once per element"
MODULES = "F.relu(x) counts once, the module nn.ReLU twice (assumed); so do pools"
SIZED = "what it counts for interpolate() depends on how that was called"
MEAN = "x.mean() is free there, AdaptiveAvgPool2d is not"
FUSED = "it cannot see inside PyTorch's fused attention; eager attention adds its products"

FVCORE: Mapping[str, Per | Special] = {
    "BatchNormalization": Per(x=2),
    **_each(NORMS, Per(x=5)),
    "GlobalAveragePool": Per(x=1),
    "Resize": _interpolated(4, 1),
    "Upsample": _interpolated(4, 1),
    "GridSample": Per(y=4),
}
DEEPSPEED: Mapping[str, Per | Special] = {
    "Conv": Per(bias=1),
    "ConvTranspose": Per(bias=1),
    "BatchNormalization": Per(x=2),
    **_each(NORMS, Per(x=5)),
    **_each(POOLS, Per(x=1)),
    **_each("Elu Erf Gelu LeakyRelu PRelu Relu SiLU Softmax", Per(x=1)),
    **_cells(rnn=(1, -1), gru=(7, 1), lstm=(10, 2)),
    "Resize": _interpolated(1, 1),
    "Upsample": _interpolated(1, 1),
}
PTFLOPS: Mapping[str, Per | Special] = {
    **_each("Conv ConvTranspose Gemm", Per(bias=1)),
    "BatchNormalization": Per(x=2),
    "GroupNormalization": Per(x=2),
    **_each("Clip InstanceNormalization LayerNormalization LeakyRelu SiLU Softmax", Per(x=1)),
    **_each(POOLS, Per(x=2)),
    **_each("Elu Erf Gelu PRelu Relu", Per(x=2)),
    "LinearBias": Per(y=1),
    **_cells(rnn=(3, 1), gru=(13, 7), lstm=(18, 10)),
    "Resize": _interpolated(1, 1),
    "Upsample": _interpolated(1, 1),
}
ONNX_TOOL: Mapping[str, Per | Special] = {
    **_each("Conv ConvInteger Gemm MatMul QLinearConv", Per(bias=1)),
    "ConvTranspose": _output_sided,
    "BatchNormalization": Per(y=31),
    "LayerNormalization": _layer_norm(29),
    "InstanceNormalization": Per(y=14),
    **_each("Abs Add Ceil Equal Floor Greater Less Mul Neg Relu Sign Sub", Per(y=1)),
    **_each("Clip DequantizeLinear LeakyRelu PRelu QuantizeLinear", Per(y=2)),
    **_each("Div HardSigmoid Reciprocal", Per(y=4)),
    "HardSwish": Per(y=5),
    **_each("Exp Pow Sigmoid", Per(y=32)),
    **_each("Gelu", Per(y=34)),
    "Elu": Per(y=35),
    "Softmax": Per(y=36),
    "LogSoftmax": Per(y=80),
    "Softplus": Per(y=76),
    "Log": Per(y=43),
    "Sqrt": Per(y=24),
    **_each("Sin Cos", Per(y=39)),
    "Tanh": Per(y=76),
    **_each("Max Min Sum", Per(flops=1)),
    "MaxPool": Per(flops=1),
    "AveragePool": Per(flops=1, y=-1),
    "GlobalAveragePool": Per(x=1, y=4),
    **_each("ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum", Per(x=1)),
    "ReduceL2": Per(x=25),
    "GRU": Per(y=116),
    "LSTM": Per(y=188),
    "LRN": lambda call, cost: call.out_size() * (37 + int(call.attributes["size"])),
    "Resize": _interpolated(4, 0),
    "Upsample": _interpolated(4, 0),
}

TIMM_SOURCE = "timm benchmark.py, which calls fvcore; 4.11 GMACs for ResNet-50"

SCHEMES: tuple[Scheme, ...] = (
    Scheme(
        "torchvision",
        "GFLOPS",
        1,
        "MACs of convolutions and matrix products, attention included",
        "its FLOPs are our MACs; recurrent layers are left out",
        "torchvision test/common_extended_utils.py, which fills the model tables",
        skips=RECURRENT,
    ),
    Scheme(
        "PyTorch FlopCounterMode",
        "FLOPs",
        2,
        "2 per MAC of conv, conv_transpose, mm, addmm, bmm, baddbmm and attention",
        "2 per MAC; recurrent layers are left out, and so is all element-wise work",
        "PyTorch torch/utils/flop_counter.py",
        skips=RECURRENT,
        attention="nn.MultiheadAttention is invisible to it on its fast path (eval, no gradients)",
    ),
    Scheme(
        "fvcore",
        "FLOPs",
        1,
        "MACs of products; per element BatchNorm 2, other norms 5, global average pooling 1",
        "its FLOP is a MAC; adds normalisation, misses fused attention and recurrent layers",
        "fvcore 0.1.5 fvcore/nn/flop_count.py and jit_handles.py",
        FVCORE,
        {"ReduceMean": MEAN},
        RECURRENT | {"attention"},
        FUSED,
    ),
    Scheme(
        "timm",
        "GMACs",
        1,
        "what fvcore counts: MACs of products, BatchNorm 2 per element, other norms 5",
        "adds normalisation to the MACs, misses fused attention and recurrent layers",
        TIMM_SOURCE,
        FVCORE,
        {"ReduceMean": MEAN},
        RECURRENT | {"attention"},
        FUSED,
    ),
    Scheme(
        "DeepSpeed",
        "FLOPs",
        2,
        "2 per MAC, convolution bias 1, BatchNorm 2, other norms 5, activations and pools 1",
        "no bias of linear layers; pooling by its input, not its windows; sums only as torch.add",
        "DeepSpeed 0.16 deepspeed/profiling/flops_profiler/profiler.py",
        DEEPSPEED,
        {
            "Add": TRACED,
            "Clip": "F.relu6(x) counts once, the module nn.ReLU6 not at all (assumed)",
            "ConvTranspose": "it adds bias as if the convolution were not transposed",
            "Resize": SIZED,
        },
        attention="softmax counts only where attention is not scaled_dot_product_attention",
    ),
    Scheme(
        "ptflops",
        "MACs",
        1,
        "MACs, bias 1, BatchNorm 2, LayerNorm 1; ReLU, GELU and pooling modules 1, taken twice",
        "its MACs include element-wise work; modules hooked twice (layer and function) add double",
        "ptflops 0.7.5 (default backend) ptflops/pytorch_ops.py and pytorch_engine.py",
        PTFLOPS,
        {
            "Add": TRACED,
            **dict.fromkeys(("Relu", *POOLS.split()), MODULES),
            "Resize": SIZED,
        },
        attention="nn.MultiheadAttention has a formula of its own there",
    ),
    Scheme(
        "onnx-tool",
        "MACs",
        1,
        "estimated x86 instructions: MACs, bias 1, BatchNorm 31, exp 32, softmax 36, tanh 76 …",
        "an instruction model: divisions 4, roots 24, exponentials 32 per element",
        "onnx-tool 1.0.1 onnx_tool/node.py",
        ONNX_TOOL,
        {
            "Einsum": "it takes every operand's labels at face value",
            "GRU": "of two directions it counts the gates of one",
            "GlobalMaxPool": "no rule there",
            "LSTM": "of two directions it counts the gates of one",
            "RNN": "no rule there",
        },
        reads_onnx=True,
    ),
)
"""Every tool, from the closest to our MACs to the furthest."""
