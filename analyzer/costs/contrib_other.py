"""com.microsoft and relatives: movement, signal, layouts, and what cannot be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.costs import normalization, pooling, resampling
from analyzer.costs.contrib_linear import FUSED, ORT
from analyzer.costs.control import GENERATION
from analyzer.costs.conv import CAUSAL_CONV, FLOPS, MACS, convolve, transposed
from analyzer.costs.detection import INVERSE
from analyzer.costs.movement import RULES as MOVEMENT
from analyzer.costs.recurrent import DYNAMIC_QUANTIZE_LSTM
from analyzer.costs.rule import FREE, Rule, Work, dtype_of, given, integer_of, per_element
from analyzer.costs.signal import IRFFT, RFFT

if TYPE_CHECKING:
    from analyzer.graph.call import Call

COMPILED = Rule(None, "unknown", "unknown", reason="a compiled subgraph of another runtime")
UNDESCRIBED = Rule(
    None, "unknown", "unknown", reason="its work depends on state that only the runtime knows"
)


def _varlen_conv(call: Call) -> Work:
    """VarlenCausalConvWithState: depthwise over packed tokens, MACs = |Y| · k."""
    size, taps = call.out_size(), call.shape(1)[-1]
    silu = 5 if call.attr("activation", "none") in ("silu", "swish") else 0
    return Work(size * taps, size * (silu + given(call, 3)), f"{size} · {taps}")


def _time_warp(call: Call) -> Work:
    size = call.size(0)
    return Work(0, 3 * size, f"3 · {size}")


RULES: dict[str, Rule] = {
    "CausalConvWithState": CAUSAL_CONV,
    "VarlenCausalConvWithState": Rule(
        _varlen_conv, "|Y| · k", "2·MACs + |Y| if bias + 5·|Y| if SiLU", ORT, dtype_of(0)
    ),
    "DynamicQuantizeLSTM": DYNAMIC_QUANTIZE_LSTM,
    "GridSample": resampling.GRID_SAMPLE,
    "CropAndResize": resampling.CROP_AND_RESIZE,
    "Rfft": RFFT,
    "Irfft": IRFFT,
    "Inverse": INVERSE,
    "Range": per_element(2, "start + n·delta"),
    "DynamicTimeWarping": Rule(_time_warp, flops="3·|X|   [cost + min of three]"),
    **dict.fromkeys(
        (
            "GatherND", "Pad", "Trilu", "Unique", "ExpandDims", "Crop", "QLinearConcat",
            "QLinearWhere", "BitmaskDropout", "IsAllFinite", "MurmurHash3", "NGramRepeatBlock",
            "NGramHashMapping", "VarlenNGramHashMapping", "RelativePositionBias", "RemovePadding",
            "RestorePadding", "SampleOp", "Tokenizer", "TorchEmbedding", "UnfoldTensor",
            "BifurcationDetector", "GatherPacked", "ConvStateReplay", "QuantizeBFP",
            "DequantizeBFP", "PackedSparseAttentionIndexerMerge", "SpeculativePrefixCommit",
        ),
        FREE,
    ),
    **dict.fromkeys(("BeamSearch", "GreedySearch", "Sampling", "WhisperBeamSearch"), GENERATION),
    **dict.fromkeys(("EPContext", "Snpe"), COMPILED),
    **dict.fromkeys(
        (
            "AttnLSTM", "EngramGate", "GatedDeltaNetStateReplay", "HyperConnectionLowRankMix",
            "Mamba2Verify", "MoEGroupRouter", "MoEPacked", "SparseToDenseMatMul",
        ),
        UNDESCRIBED,
    ),
}  # fmt: skip

BLOCKED = Rule(convolve(channel_axis=99, activation=True, add=3), MACS, FUSED, ORT, dtype_of(0))
"""Blocked or channels-last layouts: the weight alone says how many channels are multiplied."""

NCHWC: dict[str, Rule] = {
    "Conv": BLOCKED,
    "MaxPool": pooling.MAX,
    "AveragePool": pooling.AVERAGE,
    "GlobalMaxPool": pooling.GLOBAL_MAX,
    "GlobalAveragePool": pooling.GLOBAL_AVERAGE,
    "Upsample": resampling.RESIZE,
    "ReorderInput": FREE,
    "ReorderOutput": FREE,
}
"""com.microsoft.nchwc: channels padded to a block count as the tensors' shapes say."""

NHWC: dict[str, Rule] = {
    "Conv": Rule(convolve(channel_axis=99), MACS, FLOPS, ORT, dtype_of(0)),
    "ConvTranspose": Rule(
        transposed(channel_axis=-1), "|X| · N/g · ΠK", FLOPS, ORT, dtype_of(0)
    ),
    "QLinearConv": Rule(convolve(3, 8, channel_axis=99), MACS, FLOPS, ORT, integer_of(0)),
    "QLinearConvTranspose": Rule(
        transposed(8, 3, channel_axis=-1), "|X| · N/g · ΠK", FLOPS, ORT, integer_of(0)
    ),
    "QLinearAveragePool": pooling.AVERAGE,
    **{
        op: pooling.RULES[op]
        for op in (
            "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool",
            "GlobalLpPool", "MaxUnpool",
        )
    },
    "BatchNormalization": normalization.RULES["BatchNormalization"],
    "InstanceNormalization": normalization.RULES["InstanceNormalization"],
    "LRN": normalization.RULES["LRN"],
    "Resize": resampling.RESIZE,
    "GridSample": resampling.GRID_SAMPLE,
    "DepthToSpace": MOVEMENT["DepthToSpace"],
    "SpaceToDepth": MOVEMENT["SpaceToDepth"],
}  # fmt: skip
"""com.ms.internal.nhwc: channels last, otherwise as in ai.onnx."""
