"""Valid operators, and forms of others that have ways to be broken elsewhere: what is one step
from each of them says enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.operators.contracts.nodes import Family, Node, ints, real

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.operators.contracts.nodes import Array

MS = "com.microsoft"
RNG = np.random.default_rng(0)


def _one(value: float = 0.5) -> Array:
    return np.array(value, np.float32)


def _byte(*shape: int, value: int = 1) -> Array:
    return np.full(shape, value, np.uint8)


def _f(*shape: int) -> Array:
    return real(RNG, *shape)


def _truth(*shape: int) -> Array:
    return np.ones(shape, bool)


def _n(op: str, *inputs: Array | None, fed: tuple[int, ...] = (0,), opset: int = 21,
       outputs: int = 1, domain: str = "", **attributes: Any) -> Node:  # fmt: skip
    return Node(op, list(inputs), attributes, outputs, domain, opset, fed)


def _long(*shape: int, value: int = 1) -> Array:
    return np.full(shape, value, np.int64)


NODES: Mapping[str, Node] = {
    **{op: _n(op, _truth(2, 3), _truth(3)) for op in ("And", "Or", "Xor")},
    **{op: _n(op, _long(2, 3), _long(2, 1)) for op in ("BitwiseAnd", "BitwiseOr", "BitwiseXor")},
    **{op: _n(op, _f(2, 3), _f(1, 3)) for op in (
        "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Mul", "Sub", "Pow", "Min",
        "Mean", "Sum")},
    **{op: _n(op, _f(2, 3, 4), ints(0, -1)) for op in (
        "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMin",
        "ReduceProd", "ReduceSumSquare")},
    **{f"{op} before 13": _n(op, _f(2, 3, 4), axes=[0, -1], opset=11) for op in (
        "ReduceL1", "ReduceMax", "ReduceSum", "ReduceProd")},
    **{op: _n(op, np.array(8), fed=()) for op in (
        "BlackmanWindow", "HammingWindow", "HannWindow")},
    "ArgMin": _n("ArgMin", _f(2, 3), axis=-1, keepdims=0),
    "Bernoulli": _n("Bernoulli", _f(2, 3), dtype=1, seed=1.0, opset=15),
    "Det": _n("Det", _f(2, 3, 3)),
    "GlobalLpPool": _n("GlobalLpPool", _f(1, 2, 3, 3), p=2),
    "GlobalMaxPool": _n("GlobalMaxPool", _f(1, 2, 3)),
    "LogSoftmax": _n("LogSoftmax", _f(2, 3), axis=1),
    "Softmax of three axes before 13": _n("Softmax", _f(2, 3, 4), axis=2, opset=11),
    "MeanVarianceNormalization": _n("MeanVarianceNormalization", _f(2, 3, 4, 4), axes=[0, 2, 3]),
    "MelWeightMatrix": _n("MelWeightMatrix", np.array(4), np.array(16), np.array(8000),
                          _one(0), _one(2000), fed=(), opset=17),
    "Multinomial": _n("Multinomial", _f(2, 3), sample_size=4, dtype=7, seed=1.0),
    "NegativeLogLikelihoodLoss": _n("NegativeLogLikelihoodLoss", _f(2, 3, 4), _long(2, 4), _f(3),
                                    reduction="sum", fed=(0, 1)),
    "NegativeLogLikelihoodLoss of constant labels": _n(
        "NegativeLogLikelihoodLoss", _f(2, 3), ints(0, 2), reduction="none", ignore_index=1),
    "RNN": _n("RNN", _f(3, 2, 4), _f(1, 5, 4), _f(1, 5, 5), _f(1, 10), None, _f(1, 2, 5),
              hidden_size=5, outputs=2),
    "RNN both ways": _n("RNN", _f(3, 2, 4), _f(2, 5, 4), _f(2, 5, 5), _f(2, 10),
                        ints(3, 2, dtype="int32"), hidden_size=5, direction="bidirectional",
                        activations=["Relu", "Tanh"]),
    "RNN by batch": _n("RNN", _f(2, 3, 4), _f(1, 5, 4), _f(1, 5, 5), hidden_size=5, layout=0),
    "GRU in reverse": _n("GRU", _f(3, 2, 4), _f(1, 15, 4), _f(1, 15, 5), _f(1, 30),
                         ints(3, 2, dtype="int32"), _f(1, 2, 5), hidden_size=5,
                         direction="reverse", linear_before_reset=1),
    "LSTM both ways": _n("LSTM", _f(3, 2, 4), _f(2, 20, 4), _f(2, 20, 5), _f(2, 40),
                         ints(3, 1, dtype="int32"), _f(2, 2, 5), _f(2, 2, 5), _f(2, 15),
                         hidden_size=5, direction="bidirectional", outputs=3),
    "RandomNormalLike": _n("RandomNormalLike", _f(2, 3), dtype=1, scale=1.0),
    "RandomUniform": _n("RandomUniform", shape=[2, 3], high=1.0, low=0.0, dtype=1, fed=()),
    "Scatter": _n("Scatter", _f(3, 4), ints(0, 2, 1).reshape(1, 3), _f(1, 3), opset=10, axis=0),
    "ScatterElements along the second axis": _n(
        "ScatterElements", _f(3, 4), ints(0, 3).reshape(1, 2), _f(1, 2), axis=-1, opset=18,
        reduction="add"),
    "GatherElements along the second axis": _n(
        "GatherElements", _f(3, 4), ints(0, -1, 2).reshape(3, 1), axis=1),
    "Gather along the last axis": _n("Gather", _f(3, 4), ints(0, -1, 2), axis=-1),
    "GatherND in a batch": _n("GatherND", _f(2, 3, 4), ints(0, 2).reshape(2, 1), batch_dims=1),
    "GatherND of pairs": _n("GatherND", _f(2, 3, 4), ints(0, 2, 1, 0).reshape(2, 2)),
    "ScatterND of pairs": _n("ScatterND", _f(2, 3, 4), ints(0, 2, 1, 0).reshape(2, 2), _f(2, 4),
                             reduction="add", opset=18),
    "StringConcat": _n("StringConcat", np.array(["a", "b"]), np.array(["c"]), fed=(), opset=20),
    "Conv of one axis": _n("Conv", _f(1, 4, 9), _f(6, 2, 3), _f(6), group=2, strides=[2],
                           dilations=[2], pads=[1, 2], kernel_shape=[3]),
    "Conv of three axes": _n("Conv", _f(1, 2, 5, 6, 7), _f(3, 2, 1, 2, 3), strides=[1, 2, 1],
                             dilations=[1, 1, 2], auto_pad="VALID"),
    "depthwise Conv": _n("Conv", _f(1, 4, 5, 5), _f(4, 1, 3, 3), group=4, auto_pad="SAME_LOWER"),
    "ConvTranspose of one axis": _n("ConvTranspose", _f(1, 4, 5), _f(4, 3, 3), _f(6), group=2,
                                    strides=[2], output_padding=[1], pads=[1, 0], dilations=[1]),
    "ConvTranspose to a shape": _n("ConvTranspose", _f(1, 2, 5, 5), _f(2, 3, 3, 3),
                                   output_shape=[10, 10], strides=[2, 2]),
    "ConvInteger in groups": _n("ConvInteger", _byte(1, 4, 5, 5), _byte(6, 2, 3, 3),
                                np.array(1, np.uint8), np.array(1, np.uint8), group=2,
                                pads=[1, 1, 1, 1]),
    "MaxPool of one axis": _n("MaxPool", _f(1, 2, 9), kernel_shape=[3], strides=[2], pads=[1, 1],
                              dilations=[2], ceil_mode=1),
    "MaxPool with its indices": _n("MaxPool", _f(1, 2, 6, 6), kernel_shape=[3, 3],
                                   strides=[3, 3], outputs=2, storage_order=0),
    "AveragePool with pads": _n("AveragePool", _f(1, 2, 7, 7), kernel_shape=[3, 2],
                                pads=[1, 0, 1, 0], strides=[2, 1], count_include_pad=1, opset=19,
                                dilations=[2, 1]),
    "LpPool with pads": _n("LpPool", _f(1, 2, 7), kernel_shape=[3], pads=[1, 1], p=2,
                           dilations=[2], opset=18),
    "Reshape of more": _n("Reshape", _f(2, 3, 4), ints(0, -1, 2), allowzero=0),
    "Reshape before 5": _n("Reshape", _f(2, 3, 4), shape=[0, -1, 2], opset=4),
    "Flatten from behind": _n("Flatten", _f(2, 3, 4), axis=-1),
    "Flatten before 11": _n("Flatten", _f(2, 3, 4), axis=2, opset=9),
    "Squeeze before 13": _n("Squeeze", _f(1, 3, 1), axes=[0, 2], opset=11),
    "Squeeze of all": _n("Squeeze", _f(1, 3, 1)),
    "Unsqueeze before 13": _n("Unsqueeze", _f(3, 4), axes=[0, 3], opset=11),
    "Unsqueeze from behind": _n("Unsqueeze", _f(3, 4), ints(-1, 0)),
    "Pad before 11": _n("Pad", _f(3, 4), pads=[0, 1, 2, 1], mode="reflect", opset=10),
    "Pad of some axes": _n("Pad", _f(3, 4, 5), ints(1, 0, 2, 1), _one(), ints(0, -1), opset=18,
                           mode="edge"),
    "Slice by negative steps": _n("Slice", _f(4, 5), ints(3, 4), ints(0, 1), ints(0, -1),
                                  ints(-1, -2)),
    "TopK before 10": _n("TopK", _f(3, 4), k=2, axis=0, opset=9, outputs=2),
    "TopK of another axis": _n("TopK", _f(3, 4), ints(2), axis=0, largest=0, outputs=2),
    "OneHot along the first axis": _n("OneHot", _long(3), np.array(4), _f(2), axis=0),
    "Compress along an axis": _n("Compress", _f(3, 4), _truth(4), axis=1),
    "Compress of all": _n("Compress", _f(3, 4), _truth(12)),
    "Clip before 11": _n("Clip", _f(3), min=0.0, max=1.0, opset=10),
    "Dropout before 12": _n("Dropout", _f(3), ratio=0.5, opset=10),
    "Concat of another axis": _n("Concat", _f(2, 3), _f(2, 1), _f(2, 4), axis=-1),
    "Expand to more axes": _n("Expand", _f(3, 1), ints(2, 1, 4)),
    "Transpose of four axes": _n("Transpose", _f(1, 2, 3, 4), perm=[0, 2, 3, 1]),
    "Transpose by default": _n("Transpose", _f(1, 2, 3)),
    "DepthToSpace by columns": _n("DepthToSpace", _f(1, 12, 2, 3), blocksize=2, mode="CRD"),
    "ReverseSequence by time": _n("ReverseSequence", _f(4, 3), ints(4, 2, 1), batch_axis=1,
                                  time_axis=0),
    "EyeLike above": _n("EyeLike", _f(3, 4), k=1, dtype=1),
    "Trilu of a band": _n("Trilu", _f(3, 4), np.array(-1), upper=0),
    "Unique of all": _n("Unique", _f(3, 4), sorted=0, outputs=4),
    "Upsample before 9": _n("Upsample", _f(1, 2, 3, 3), scales=[1.0, 1.0, 2.0, 2.0],
                            mode="linear", opset=8),
    "Resize before 11": _n("Resize", _f(1, 2, 4, 4), np.array([1, 1, 2, 2], np.float32),
                           opset=10, mode="linear"),
    "Resize to a size": _n("Resize", _f(1, 2, 4, 4), None, None, ints(1, 2, 6, 7), mode="linear",
                           coordinate_transformation_mode="align_corners", opset=13),
    "Resize of some axes": _n("Resize", _f(1, 2, 4, 4), None, None, ints(6, 7), axes=[2, 3],
                              mode="cubic", opset=19, keep_aspect_ratio_policy="stretch"),
    "Resize of a region": _n("Resize", _f(1, 2, 4, 4), np.array([0] * 4 + [1] * 4, np.float32),
                             None, ints(1, 2, 3, 3), mode="linear",
                             coordinate_transformation_mode="tf_crop_and_resize"),
    "GridSample of volumes": _n("GridSample", _f(1, 2, 3, 4, 5), _f(1, 2, 2, 2, 3),
                                mode="linear", padding_mode="border", align_corners=1, opset=20),
    "RoiAlign before 16": _n("RoiAlign", _f(1, 2, 4, 4), _f(2, 4), ints(0, 0), opset=10,
                             output_height=2, output_width=3, sampling_ratio=2, mode="max"),
    "CenterCropPad of some axes": _n("CenterCropPad", _f(3, 4, 5), ints(2, 6), axes=[0, -1]),
    "NonMaxSuppression with limits": _n(
        "NonMaxSuppression", _f(2, 3, 4), _f(2, 1, 3), ints(2), np.array([0.5], np.float32),
        np.array([0.1], np.float32), center_point_box=1, fed=(0, 1)),
    "Col2Im of one axis": _n("Col2Im", _f(1, 6, 4), ints(9), ints(3), strides=[2], pads=[0, 0],
                             dilations=[1]),
    "Col2Im with pads": _n("Col2Im", _f(2, 8, 9), ints(5, 5), ints(2, 2), strides=[2, 2],
                           pads=[1, 1, 0, 0], dilations=[1, 1]),
    "AffineGrid of volumes": _n("AffineGrid", _f(2, 3, 4), ints(2, 1, 3, 4, 5), align_corners=1,
                                opset=20),
    "DeformConv with a mask": _n(
        "DeformConv", _f(1, 4, 4, 4), _f(2, 2, 2, 3), _f(1, 24, 3, 2), _f(2), _f(1, 12, 3, 2),
        kernel_shape=[2, 3], group=2, offset_group=2, strides=[1, 1], opset=22),
    "MaxUnpool to a shape": _n("MaxUnpool", _f(1, 1, 2, 2), ints(0, 3, 8, 10).reshape(1, 1, 2, 2),
                               ints(1, 1, 4, 4), kernel_shape=[2, 2], strides=[2, 2]),
    "Gemm by columns": _n("Gemm", _f(4, 2), _f(4, 3), _f(2, 1), transA=1, alpha=0.5, beta=2.0),
    "Gemm before 11": _n("Gemm", _f(2, 4), _f(4, 3), _f(3), opset=9),
    "MatMul of vectors": _n("MatMul", _f(4), _f(4)),
    "MatMul by a vector": _n("MatMul", _f(2, 3, 4), _f(4)),
    "MatMul of batches": _n("MatMul", _f(2, 1, 3, 4), _f(5, 4, 6)),
    "MatMulInteger with points": _n("MatMulInteger", _byte(3, 2), _byte(2, 4),
                                    np.array(1, np.uint8), _byte(4)),
    "Einsum of a batch": _n("Einsum", _f(2, 3, 4), _f(2, 4, 5), equation="bij, bjk -> bik"),
    "Einsum with dots": _n("Einsum", _f(2, 3, 4), _f(4, 5), equation="...ij,jk->...ik"),
    "Einsum of a diagonal": _n("Einsum", _f(3, 3), equation="ii->i"),
    "Einsum without an arrow": _n("Einsum", _f(2, 3), _f(3, 4), equation="ij,jk"),
    "PRelu of one slope": _n("PRelu", _f(2, 3, 4), _f(1)),
    "BatchNormalization before 14": _n("BatchNormalization", _f(2, 3, 4), *(_f(3),) * 4, opset=9),
    "BatchNormalization in training": _n("BatchNormalization", _f(2, 3, 4), *(_f(3),) * 4,
                                         training_mode=1, outputs=3, opset=15),
    "GroupNormalization before 21": _n("GroupNormalization", _f(2, 4, 4), _f(2), _f(2),
                                       num_groups=2, opset=18),
    "LayerNormalization of two axes": _n("LayerNormalization", _f(2, 3, 4), _f(3, 4), _f(3, 4),
                                         axis=1, outputs=3),
    "RMSNormalization of two axes": _n("RMSNormalization", _f(2, 3, 4), _f(3, 4), axis=-2,
                                       opset=23),
    "LpNormalization by one": _n("LpNormalization", _f(2, 3), p=1, axis=0),
    "QuantizeLinear of a tensor": _n("QuantizeLinear", _f(2, 3), _one(), np.array(1, np.uint8),
                                     opset=10),
    "QuantizeLinear by an axis": _n("QuantizeLinear", _f(2, 3, 4), _f(3) + 1, axis=-2, opset=13),
    "blocked QuantizeLinear": _n("QuantizeLinear", _f(4, 6), _f(4, 2) + 1, _byte(4, 2), axis=1,
                                 block_size=3),
    "DequantizeLinear by an axis": _n("DequantizeLinear", _byte(2, 3, 4), _f(4) + 1, _byte(4),
                                      axis=-1, opset=13),
    "DequantizeLinear of sums": _n("DequantizeLinear", np.ones((2, 3), np.int32), _one()),
    "QLinearConv of channels": _n(
        "QLinearConv", _byte(1, 2, 4, 4), _one(), np.array(1, np.uint8), _byte(3, 2, 3, 3),
        np.full(3, 0.5, np.float32), _byte(3), _one(), np.array(1, np.uint8), pads=[1, 1, 1, 1]),
    "QLinearMatMul of columns": _n(
        "QLinearMatMul", _byte(3, 2), _one(), np.array(1, np.uint8), _byte(2, 4),
        np.full(4, 0.5, np.float32), _byte(4), _one(), np.array(1, np.uint8)),
    "SoftmaxCrossEntropyLoss of constant labels": _n(
        "SoftmaxCrossEntropyLoss", _f(2, 3), ints(0, 2), reduction="none", ignore_index=5,
        outputs=2),
    "SplitToSequence into ones": _n("SplitToSequence", _f(4, 3), axis=1, keepdims=0),
    "SplitToSequence by a size": _n("SplitToSequence", _f(4, 3), np.array(2), axis=-2),
    "CumSum of another axis": _n("CumSum", _f(2, 3), np.array(-2), exclusive=1),
    "STFT by a window": _n("STFT", _f(2, 64, 1), np.array(8), _f(16), opset=17, onesided=1),
    "DFT before 20": _n("DFT", _f(1, 8, 2), None, axis=1, inverse=1, opset=17),
    "DFT of another axis": _n("DFT", _f(1, 8, 4, 1), np.array(6), np.array(-2), opset=20),
    "Attention with grouped heads": _n(
        "Attention", _f(2, 4, 3, 8), _f(2, 2, 5, 8), _f(2, 2, 5, 6), _truth(3, 5), opset=23,
        fed=(0, 1, 2), is_causal=0, scale=1.0),
    "Attention of three axes in groups": _n(
        "Attention", _f(2, 3, 16), _f(2, 5, 8), _f(2, 5, 6), opset=23, fed=(0, 1, 2),
        q_num_heads=4, kv_num_heads=2),
    **{f"{MS} {op}": _n(op, _byte(1, 2, 4, 4), _one(), np.array(1, np.uint8), _one(),
                        np.array(1, np.uint8), domain=MS, **more)
       for op, more in (("QLinearGlobalAveragePool", {"channels_last": 0}),
                        ("QLinearLeakyRelu", {"alpha": 0.1}))},
    f"{MS} QLinearMul": _n(
        "QLinearMul", _byte(2, 3), _one(), np.array(1, np.uint8), _byte(3), _one(),
        np.array(1, np.uint8), _one(), np.array(1, np.uint8), domain=MS),
    f"{MS} QuantizeLinear": _n("QuantizeLinear", _f(2, 3), _f(3) + 1, _byte(3), axis=1, domain=MS),
    f"{MS} QuantizeLinear of a tensor": _n("QuantizeLinear", _f(2, 3), _one(),
                                           np.array(1, np.uint8), domain=MS),
    f"{MS} DequantizeLinear": _n("DequantizeLinear", _byte(2, 3), _f(2) + 1, _byte(2), axis=0,
                                 domain=MS),
    f"{MS} DynamicTimeWarping": _n("DynamicTimeWarping", _f(3, 4), domain=MS),
    f"{MS} MatMulInteger16": _n("MatMulInteger16", np.ones((2, 3), np.int16),
                                np.ones((3, 4), np.int16), domain=MS),
    f"{MS} NhwcMaxPool": _n("NhwcMaxPool", _byte(1, 5, 5, 2), kernel_shape=[2, 2],
                            strides=[1, 2], pads=[0, 1, 0, 1], domain=MS),
    f"{MS} UnfoldTensor": _n("UnfoldTensor", _f(2, 8), dim=-1, size=3, step=2, domain=MS),
    f"{MS} DecoderMaskedMultiHeadAttention": _n(
        "DecoderMaskedMultiHeadAttention", _f(2, 1, 8), _f(2, 1, 8), _f(2, 1, 8), num_heads=2,
        domain=MS, fed=(0, 1, 2)),
    f"{MS} QEmbedLayerNormalization": _n(
        "QEmbedLayerNormalization", np.ones((2, 3), np.int32), np.ones((2, 3), np.int32),
        _byte(5, 4), _byte(6, 4), _byte(2, 4), _byte(4), _byte(4), None, *(_one(),) * 5,
        *(np.array(0, np.uint8),) * 5, outputs=2, domain=MS, fed=(0, 1)),
    f"{MS} MoE of another activation": _n(
        "MoE", _f(4, 8), _f(4, 3), _f(3, 16, 8), _f(3, 16), _f(3, 8, 16), _f(3, 8), k=2,
        activation_type="relu", domain=MS, fed=(0, 1)),
    # no kernel for processors: every neighbour is refused, and what is found of it stands recorded
    f"{MS} BiasAdd": _n("BiasAdd", _f(2, 3, 4), _f(4), _f(2, 3, 4), domain=MS),
    f"{MS} BiasSplitGelu": _n("BiasSplitGelu", _f(2, 3, 8), _f(8), domain=MS),
    f"{MS} GroupNorm": _n("GroupNorm", _f(2, 3, 3, 4), _f(4), _f(4), activation=0, groups=2,
                          domain=MS),
    f"{MS} SkipGroupNorm": _n("SkipGroupNorm", _f(2, 3, 3, 4), _f(4), _f(4), _f(2, 3, 3, 4), _f(4),
                              activation=0, groups=2, domain=MS),
    f"{MS} ComplexMul": _n("ComplexMul", _f(2, 3, 2), _f(3, 2), domain=MS),
    f"{MS} Rfft": _n("Rfft", _f(2, 8), normalized=0, onesided=1, signal_ndim=1, domain=MS),
    f"{MS} NhwcFusedConv": _n("NhwcFusedConv", _f(1, 5, 5, 2), _f(3, 3, 3, 2), domain=MS),
    f"{MS} GemmFastGelu": _n("GemmFastGelu", _f(2, 3), _f(3, 4), _f(4), domain=MS),
    f"{MS} FusedMatMulActivation": _n("FusedMatMulActivation", _f(2, 3), _f(3, 4),
                                      activation="Relu", domain=MS),
    f"{MS} BiasSoftmax": _n("BiasSoftmax", _f(2, 3, 4, 5), _f(2, 1, 1, 5), axis=3,
                            is_inner_broadcast=0, domain=MS),
    f"{MS} BiasDropout": _n("BiasDropout", _f(2, 3), _f(3), _f(2, 3), _one(), domain=MS),
    f"{MS} RelativePositionBias": _n("RelativePositionBias", _f(8, 2), ints(3), ints(3),
                                     max_distance=16, is_bidirectional=1, domain=MS),
    f"{MS} ReduceSumInteger": _n("ReduceSumInteger", _byte(2, 3, 4), axes=[1], keepdims=1,
                                 domain=MS),
    f"{MS} PackedAttention": _n("PackedAttention", _f(5, 8), _f(8, 24), _f(24),
                                np.zeros((2, 3), np.int32), np.zeros(3, np.int32), num_heads=2,
                                domain=MS),
    f"{MS} RemovePadding": _n("RemovePadding", _f(2, 3, 4), np.ones(2, np.int32), outputs=4,
                              domain=MS),
    f"{MS} RestorePadding": _n("RestorePadding", _f(5, 4), np.zeros((2, 3), np.int32), domain=MS),
}  # fmt: skip


def _family(node: Node) -> Family:
    return Family(lambda _: node, {})


FAMILIES: Mapping[str, Family] = {name: _family(node) for name, node in NODES.items()}
