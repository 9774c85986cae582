"""com.microsoft and relatives: movement, signal, layouts, and what cannot be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.costs import normalization, pooling, resampling
from analyzer.costs.control import GENERATION
from analyzer.costs.detection import INVERSE
from analyzer.costs.movement import RULES as MOVEMENT
from analyzer.costs.recurrent import DYNAMIC_QUANTIZE_LSTM
from analyzer.costs.signal import IRFFT, RFFT
from analyzer.operators.formula import FREE, UNDESCRIBED, Formula, Work, per_element, uncounted

if TYPE_CHECKING:
    from analyzer.graph.call import Call

COMPILED = uncounted("a compiled subgraph of another runtime")


def _time_warp(call: Call) -> Work:
    size = call.size(0)
    return Work(0, 3 * size, f"3 · {size}")


RULES: dict[str, Formula] = {
    "DynamicQuantizeLSTM": DYNAMIC_QUANTIZE_LSTM,
    "GridSample": resampling.GRID_SAMPLE,
    "CropAndResize": resampling.CROP_AND_RESIZE,
    "Rfft": RFFT,
    "Irfft": IRFFT,
    "Inverse": INVERSE,
    "Range": per_element(2, "start + n·delta"),
    "DynamicTimeWarping": Formula(_time_warp, flops="3·|X|   [cost + min of three]"),
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
            "Mamba2Verify", "SparseToDenseMatMul",
        ),
        UNDESCRIBED,
    ),
}  # fmt: skip

NCHWC: dict[str, Formula] = {
    "MaxPool": pooling.MAX,
    "AveragePool": pooling.AVERAGE,
    "GlobalMaxPool": pooling.GLOBAL_MAX,
    "GlobalAveragePool": pooling.GLOBAL_AVERAGE,
    "Upsample": resampling.RESIZE,
    "ReorderInput": FREE,
    "ReorderOutput": FREE,
}
"""com.microsoft.nchwc: channels padded to a block count as the tensors' shapes say."""

NHWC: dict[str, Formula] = {
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
