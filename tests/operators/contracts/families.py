"""Operators of ai.onnx and ai.onnx.ml that are valid, and ways to break a contract of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.operators.contracts.nodes import (
    Family,
    Node,
    both,
    deeper,
    each,
    ints,
    longer,
    outputs,
    put,
    real,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def _size(rng: np.random.Generator, low: int = 2, high: int = 6) -> int:
    return int(rng.integers(low, high))


def _conv(rng: np.random.Generator) -> Node:
    c, m, g = _size(rng), _size(rng), _size(rng, 1, 3)
    x, w = real(rng, 1, c * g, 7, 7), real(rng, m * g, c, 3, 3)
    return Node("Conv", [x, w, real(rng, m * g)], {"kernel_shape": [3, 3], "group": g})


def _up(rng: np.random.Generator) -> Node:
    c, m = _size(rng), _size(rng)
    return Node("ConvTranspose", [real(rng, 1, c, 5, 5), real(rng, c, m, 3, 3), real(rng, m)],
                {"kernel_shape": [3, 3], "strides": [2, 2]})  # fmt: skip


def _lstm(rng: np.random.Generator) -> Node:
    t, b, i, h = _size(rng), _size(rng), _size(rng), _size(rng)
    return Node(
        "LSTM",
        [real(rng, t, b, i), real(rng, 1, 4 * h, i), real(rng, 1, 4 * h, h), real(rng, 1, 8 * h),
         None, real(rng, 1, b, h), real(rng, 1, b, h), real(rng, 1, 3 * h)],
        {"hidden_size": h},
    )  # fmt: skip


def _endless(node: Node) -> None:
    data = node.inputs[0]
    assert data is not None
    put(4, np.full(data.shape[1], 99, np.int32))(node)


def _gru(rng: np.random.Generator) -> Node:
    t, b, i, h = _size(rng), _size(rng), _size(rng), _size(rng)
    return Node("GRU", [real(rng, t, b, i), real(rng, 1, 3 * h, i), real(rng, 1, 3 * h, h),
                        real(rng, 1, 6 * h)], {"hidden_size": h})  # fmt: skip


def _attention(rng: np.random.Generator) -> Node:
    b, q, k, d, n = _size(rng), _size(rng), _size(rng), _size(rng), _size(rng)
    return Node(
        "Attention",
        [real(rng, b, n, q, d), real(rng, b, n, k, d), real(rng, b, n, k, d), real(rng, q, k + 2),
         real(rng, b, n, 2, d), real(rng, b, n, 2, d)],
        outputs=3, opset=23, fed=(0, 1, 2),
    )  # fmt: skip


def _attention3(rng: np.random.Generator) -> Node:
    b, q, k, d, n = _size(rng), _size(rng), _size(rng), _size(rng), _size(rng)
    return Node(
        "Attention", [real(rng, b, q, n * d), real(rng, b, k, n * d), real(rng, b, k, n * d)],
        {"q_num_heads": n, "kv_num_heads": n}, opset=23, fed=(0, 1, 2),
    )  # fmt: skip


def _rotary(rng: np.random.Generator) -> Node:
    b, s, n, h = _size(rng), _size(rng), _size(rng), 2 * _size(rng)
    ids = np.zeros((b, s), np.int64)
    return Node("RotaryEmbedding", [real(rng, b, n, s, h), real(rng, 8, h // 2),
                                    real(rng, 8, h // 2), ids], opset=23)  # fmt: skip


def _rotary3(rng: np.random.Generator) -> Node:
    b, s, h = _size(rng), _size(rng), 2 * _size(rng)
    ids = np.zeros((b, s), np.int64)
    return Node("RotaryEmbedding", [real(rng, b, s, h), real(rng, 8, h // 2),
                                    real(rng, 8, h // 2), ids], {"num_heads": 1},
                opset=23)  # fmt: skip


F = Family
FAMILIES: Mapping[str, Family] = {
    "Reshape": F(lambda r: Node("Reshape", [real(r, 2, 3, 4), ints(4, 6)]), {
        "volume": put(1, ints(5, 5)), "no multiple": put(1, ints(5, -1)),
        "two open sizes": put(1, ints(-1, -1)), "below -1": put(1, ints(-2, 12)),
        "copies no axis": put(1, ints(2, 3, 4, 0)),
        "target of two axes": put(1, np.array([[4, 6]])),
        "0 beside -1": both(put(1, ints(0, -1)), state(allowzero=1)),
    }),
    "Flatten": F(lambda r: Node("Flatten", [real(r, 2, 3, 4)]), {"axis": state(axis=4)}),
    "Transpose": F(lambda r: Node("Transpose", [real(r, 2, 3, 4)], {"perm": [2, 0, 1]}), {
        "twice": state(perm=[0, 0, 1]), "short": state(perm=[1, 0]), "out": state(perm=[0, 1, 3]),
    }),
    "Split": F(lambda r: Node("Split", [real(r, 6, 4), ints(2, 4)], outputs=2), {
        "sum": put(1, ints(2, 3)), "negative": put(1, ints(-1, 7)), "count": put(1, ints(1, 1, 4)),
        "axis": state(axis=2), "both": state(num_outputs=2),
    }, (both(put(1, ints(1, 3)), state(axis=1)), both(put(1, ints(1, 5)), state(axis=-2)))),
    "Split in equal parts": F(lambda r: Node("Split", [real(r, 6, 4)], {"num_outputs": 2},
                                             outputs=2), {
        "num_outputs": state(num_outputs=3),
        "more outputs": both(state(num_outputs=5), outputs(5)),
        "neither": lambda node: node.attributes.clear(),
    }),
    "Split before 13": F(lambda r: Node("Split", [real(r, 6, 4)], {"split": [2, 4]}, outputs=2,
                                        opset=12), {"sum": state(split=[2, 2])}),
    "Split evenly before 18": F(lambda r: Node("Split", [real(r, 6, 4)], outputs=3, opset=13), {
        "uneven": outputs(4)}),
    "Concat": F(lambda r: Node("Concat", [real(r, 2, 3), real(r, 2, 5)], {"axis": 1}), {
        "other axis": longer(1, 0), "rank": deeper(1), "axis": state(axis=2),
    }),
    "Expand": F(lambda r: Node("Expand", [real(r, 3, 1), ints(2, 3, 4)]), {
        "size": put(1, ints(2, 4, 4)), "negative": put(1, ints(-1, 3, 4)),
    }),
    "Tile": F(lambda r: Node("Tile", [real(r, 2, 3), ints(1, 2)]), {
        "length": put(1, ints(1, 2, 3)), "negative": put(1, ints(1, -2)),
    }),
    "Squeeze": F(lambda r: Node("Squeeze", [real(r, 1, 3, 1), ints(0)]), {
        "size": put(1, ints(1)), "axis": put(1, ints(3)),
    }),
    "Unsqueeze": F(lambda r: Node("Unsqueeze", [real(r, 2, 3), ints(0, 3)]), {
        "axis": put(1, ints(0, 5)), "twice": put(1, ints(0, 0)),
    }),
    "DepthToSpace": F(lambda r: Node("DepthToSpace", [real(r, 1, 8, 2, 2)], {"blocksize": 2}), {
        "channels": longer(0, 1), "rank": put(0, real(np.random.default_rng(0), 8, 2, 2)),
        "blocksize": state(blocksize=0), "mode": state(mode="DRC"),
    }),
    "DFT": F(lambda r: Node("DFT", [real(r, 2, 5, 1)]), {
        "three parts": lambda node: node.inputs.__setitem__(0, np.ones((2, 5, 3), np.float32)),
    }),
    "SpaceToDepth": F(lambda r: Node("SpaceToDepth", [real(r, 1, 2, 4, 4)], {"blocksize": 2}), {
        "height": longer(0, 2)}),
    "ReverseSequence": F(lambda r: Node("ReverseSequence", [real(r, 4, 2), ints(4, 1)]), {
        "lengths": put(1, ints(5, 1)), "batch": put(1, ints(1, 2, 3)),
        "axes": state(batch_axis=0, time_axis=0),
    }),
    "Gather": F(lambda r: Node("Gather", [real(r, 3, 4), ints(0, -1)]), {
        "index": put(1, ints(3)), "negative": put(1, ints(-4)), "axis": state(axis=2),
    }),
    "GatherElements": F(lambda r: Node("GatherElements", [real(r, 3, 2), ints(0, 2).reshape(1, 2)]),
                        {"index": put(1, ints(3, 0).reshape(1, 2)), "rank": put(1, ints(0)),
                         "cover": put(1, ints(0, 0, 0).reshape(1, 3)), "axis": state(axis=-3)}),
    "GatherND": F(lambda r: Node("GatherND", [real(r, 3, 4), ints(0, 1).reshape(1, 2)]), {
        "index": put(1, ints(0, 4).reshape(1, 2)), "depth": put(1, ints(0, 1, 2).reshape(1, 3)),
        "batch_dims": state(batch_dims=2),
    }),
    "ScatterElements": F(lambda r: Node("ScatterElements", [real(r, 3, 2),
                                                            ints(0, 2).reshape(1, 2),
                                                            real(r, 1, 2)]), {
        "index": put(1, ints(3, 0).reshape(1, 2)), "updates": longer(2, 1),
        "axis": state(axis=2), "reduction": state(reduction="avg"),
    }),
    "ScatterND": F(lambda r: Node("ScatterND", [real(r, 3, 2), ints(0, 2).reshape(2, 1),
                                                real(r, 2, 2)]), {
        "index": put(1, ints(0, 3).reshape(2, 1)), "updates": longer(2, 1),
        "depth": put(1, ints(0, 0, 0).reshape(1, 3)), "reduction": state(reduction="invalid"),
    }),
    "Slice": F(lambda r: Node("Slice", [real(r, 4, 5), ints(0, 1), ints(2, 4), ints(0, 1),
                                        ints(1, 1)]), {
        "step": put(4, ints(0, 1)), "lengths": put(2, ints(2)), "axis": put(3, ints(0, 2)),
        "twice": put(3, ints(0, 0)), "scalar": put(1, np.array(0)), "axes": put(3, ints(0)),
        "steps": put(4, ints(1)), "starts": put(1, ints(0)), "steps of two axes": deeper(4),
        "axes of two axes": deeper(3), "ends of two axes": deeper(2),
    }),
    "Slice of every axis": F(lambda r: Node("Slice", [real(r, 4, 5), ints(0, 1), ints(2, 4)]), {
        "too many": both(put(1, ints(0, 1, 0)), put(2, ints(2, 4, 1))), "ends": put(2, ints(2)),
    }),
    "Slice before 10": F(lambda r: Node("Slice", [real(r, 4, 5)], {
        "starts": [0, 1], "ends": [2, 4], "axes": [0, 1]}, opset=9), {
        "starts": state(starts=[0]), "ends": state(ends=[2]), "axes": state(axes=[0]),
        "axis": state(axes=[0, 2]), "too many": state(axes=None, starts=[0] * 3, ends=[1] * 3),
    }),
    "TopK": F(lambda r: Node("TopK", [real(r, 2, 4), ints(3)], outputs=2), {
        "k": put(1, ints(5)), "negative": put(1, ints(-1)), "axis": state(axis=2),
        "two": put(1, ints(1, 2)),
    }),
    "OneHot": F(lambda r: Node("OneHot", [ints(0, 1), ints(3), real(r, 2)]), {
        "depth": put(1, ints(0)), "values": longer(2), "axis": state(axis=2),
    }),
    "Compress": F(lambda r: Node("Compress", [real(r, 3, 2), np.array([True, False])],
                                 {"axis": 0}), {
        "axis": state(axis=2), "condition": deeper(1),
    }),
    "Pad": F(lambda r: Node("Pad", [real(r, 3, 4), ints(0, 1, 0, 1)]), {
        "length": put(1, ints(0, 1, 0)), "too much": put(1, ints(-4, 0, 0, 0)),
        "mode": state(mode="circular"), "rank": deeper(1),
    }),
    "Pad by reflection": F(lambda r: Node("Pad", [real(r, 3, 4), ints(0, 1, 0, 1)],
                                          {"mode": "reflect"}), {
        "too much": put(1, ints(0, 4, 0, 0)), "on one element": both(
            put(0, real(np.random.default_rng(0), 1, 4)), put(1, ints(1, 0, 0, 0)))}),
    "Trilu": F(lambda r: Node("Trilu", [real(r, 3, 4)]), {
        "rank": put(0, real(np.random.default_rng(0), 3))}),
    "EyeLike": F(lambda r: Node("EyeLike", [real(r, 3, 4)]), {"rank": deeper(0)}),
    "Unique": F(lambda r: Node("Unique", [real(r, 3, 4)], {"axis": 0}), {"axis": state(axis=2)}),
    "Conv": F(_conv, {
        "padded twice": both(state(auto_pad="SAME_UPPER"), state(pads=[1, 1, 1, 1])),
        "padded twice by zeros": both(state(auto_pad="VALID"), state(pads=[0, 0, 0, 0])),
        "channels": longer(0, 1), "bias": longer(2), "kernel_shape": state(kernel_shape=[5, 5]),
        "group": state(group=7), "pads": state(pads=[1, 1]), "strides": state(strides=[1]),
        "stride 0": state(strides=[0, 1]), "dilations": state(dilations=[1, 1, 1]),
        "negative pads": state(pads=[-1, 0, 0, 0]), "auto_pad": state(auto_pad="SAME"),
        "window": state(dilations=[4, 4]),
        "window of one axis": state(dilations=[1, 4]),
        "strided": state(dilations=[4, 4], strides=[3, 3]), "rank": deeper(0),
        "bias of two axes": deeper(2),
    }),
    "ConvTranspose": F(_up, {
        "channels": longer(0, 1), "bias": longer(2), "kernel_shape": state(kernel_shape=[2, 3]),
        "strides": state(strides=[2]), "output_padding": state(output_padding=[1]),
        "large output_padding": state(output_padding=[0, 5]), "shape": state(output_shape=[99, 9]),

        "group": state(group=7),
    }),
    "ConvInteger": F(lambda r: Node("ConvInteger", [np.ones((1, 2, 4, 4), np.uint8),
                                                    np.ones((3, 2, 3, 3), np.uint8)]), {
        "channels": longer(0, 1), "kernel_shape": state(kernel_shape=[2, 2])}),
    "MaxPool": F(lambda r: Node("MaxPool", [real(r, 1, 2, 6, 6)], {"kernel_shape": [2, 2]}), {
        "kernel_shape": state(kernel_shape=[2]), "pads": state(pads=[2, 0, 0, 0]),
        "pads length": state(pads=[1, 1]), "stride 0": state(strides=[0, 1]),
        "window": state(kernel_shape=[7, 7]), "window far too large": state(kernel_shape=[9, 9]),
        "large and strided": state(kernel_shape=[9, 9], strides=[2, 2]),
        "larger and strided": state(kernel_shape=[10, 10], strides=[2, 2]),
        "rank": put(0, real(np.random.default_rng(0), 2, 6)),
        "auto_pad": state(auto_pad="same_upper"),
    }),
    "AveragePool": F(lambda r: Node("AveragePool", [real(r, 1, 2, 6, 6)],
                                    {"kernel_shape": [2, 2]}), {
        "strides": state(strides=[1, 1, 1]), "window": state(kernel_shape=[9, 2])}),
    "LpPool": F(lambda r: Node("LpPool", [real(r, 1, 2, 6, 6)], {"kernel_shape": [2, 2]}), {
        "strides": state(strides=[1])}),
    "GlobalAveragePool": F(lambda r: Node("GlobalAveragePool", [real(r, 1, 2, 6)]), {
        "rank": put(0, real(np.random.default_rng(0), 2, 3))}),
    "MatMul": F(lambda r: Node("MatMul", [real(r, 2, 3, 4), real(r, 2, 4, 5)]), {
        "inner": longer(1, 1), "batch": longer(1, 0), "scalar": put(1, np.array(1, np.float32)),
    }),
    "Gemm": F(lambda r: Node("Gemm", [real(r, 2, 4), real(r, 3, 4), real(r, 3)], {"transB": 1}), {
        "inner": longer(1, 1), "C": longer(2), "transB": state(transB=0), "rank": deeper(0),
        "C of three axes": put(2, real(np.random.default_rng(0), 1, 1, 3)),
    }),
    "Einsum": F(lambda r: Node("Einsum", [real(r, 2, 3), real(r, 3, 4)],
                               {"equation": "ij,jk->ik"}), {
        "terms": state(equation="ij->ij"), "labels": state(equation="ijk,jk->ik"),
        "size": longer(1, 0), "result": state(equation="ij,jk->il"),
        "twice": state(equation="ij,jk->ii"),
    }),
    "MatMulInteger": F(lambda r: Node("MatMulInteger", [np.ones((2, 3), np.uint8),
                                                        np.ones((3, 4), np.uint8)]), {
        "inner": longer(1, 0)}),
    "Add": F(lambda r: Node("Add", [real(r, 2, 3), real(r, 3)]), {"broadcast": longer(1)}),
    "Div": F(lambda r: Node("Div", [ints(4, 6), ints(2, 3)]), {"zero": put(1, ints(2, 0))}),
    "Where": F(lambda r: Node("Where", [np.ones((2, 3), bool), real(r, 3), real(r, 1)]), {
        "broadcast": longer(1)}),
    "Max": F(lambda r: Node("Max", [real(r, 2, 3), real(r, 3)]), {"broadcast": longer(1)}),
    "PRelu": F(lambda r: Node("PRelu", [real(r, 2, 3, 4), real(r, 3, 1)]), {
        "slope": longer(1),
        "slope of more axes": put(1, real(np.random.default_rng(0), 2, 2, 3, 4)),
    }),
    "Mod": F(lambda r: Node("Mod", [real(r, 3) + 1, real(r, 3) + 1], {"fmod": 1}), {
        "fmod": state(fmod=0), "broadcast": longer(1)}),
    "BitShift": F(lambda r: Node("BitShift", [ints(1, 2, dtype="uint8"),
                                              ints(1, 1, dtype="uint8")],
                                 {"direction": "LEFT"}), {"direction": state(direction="UP")}),
    "Clip": F(lambda r: Node("Clip", [real(r, 3), np.array(0, np.float32),
                                      np.array(1, np.float32)]), {
        "min of three": put(1, real(np.random.default_rng(0), 3))}),
    "Clip of crossed bounds": F(lambda r: Node("Clip", [real(r, 3), np.array(2, np.float32),
                                                        np.array(1, np.float32)]), {}),
    "Cast": F(lambda r: Node("Cast", [real(r, 3)], {"to": 7}), {"type": state(to=77),
                                                               "undefined": state(to=0)}),
    "Gelu": F(lambda r: Node("Gelu", [real(r, 3)]), {"approximate": state(approximate="erf")}),
    "Dropout": F(lambda r: Node("Dropout", [real(r, 3), np.array(0.5, np.float32),
                                            np.array(True)]), {
        "ratio": put(1, np.array(1.5, np.float32))}),
    "Range": F(lambda r: Node("Range", [np.array(0), np.array(4), np.array(1)], fed=()), {
        "delta": put(2, np.array(0))}),
    "ConstantOfShape": F(lambda r: Node("ConstantOfShape", [ints(2, 3)], fed=()), {
        "size": put(0, ints(2, -3)), "rank": put(0, np.array(3))}),
    "RandomNormal": F(lambda r: Node("RandomNormal", [], {"shape": [2, 3]}, fed=()), {
        "size": state(shape=[2, -3])}),
    "BatchNormalization": F(lambda r: Node("BatchNormalization", [
        real(r, 2, 3, 4), *(real(r, 3) for _ in range(4))]), {
        "scale": longer(1), "B": longer(2), "mean": longer(3), "var": longer(4),
        "rank": deeper(1), "statistics without training": outputs(3),
    }),
    "InstanceNormalization": F(lambda r: Node("InstanceNormalization", [
        real(r, 2, 3, 4), real(r, 3), real(r, 3)]), {"scale": longer(1), "B": longer(2)}),
    "GroupNormalization": F(lambda r: Node("GroupNormalization", [
        real(r, 2, 4, 4), real(r, 4), real(r, 4)], {"num_groups": 2}), {
        "num_groups": state(num_groups=3), "scale": longer(1), "bias": longer(2)}),
    "LayerNormalization": F(lambda r: Node("LayerNormalization", [
        real(r, 2, 3, 4), real(r, 4), real(r, 4)]), {
        "axis": state(axis=3), "scale": longer(1), "B": longer(2)}),
    "RMSNormalization": F(lambda r: Node("RMSNormalization", [real(r, 2, 3, 4), real(r, 4)],
                                         opset=23), {"scale": longer(1), "axis": state(axis=-4)}),
    "LRN": F(lambda r: Node("LRN", [real(r, 1, 3, 4, 4)], {"size": 3}), {
        "even": state(size=2), "alpha": state(alpha=-1.0)}),
    "LpNormalization": F(lambda r: Node("LpNormalization", [real(r, 2, 3)]), {
        "p": state(p=3), "axis": state(axis=2)}),
    "LSTM": F(_lstm, {
        "W": longer(1, 2), "R": longer(2, 1), "B": longer(3, 1), "initial_h": longer(5, 1),
        "initial_c": longer(6, 2), "P": longer(7, 1), "direction": state(direction="both"),
        "bidirectional": state(direction="bidirectional"),
        "activations": state(activations=["Relu"]),
        "unknown activation": state(activations=["Sigmoid", "Tanh", "Swish"]),
        "X of two axes": put(0, real(np.random.default_rng(0), 2, 3)),
        "sequence_lens": put(4, ints(*[1] * 9, dtype="int32")),
        "sequence too long": _endless,
    }),
    "GRU": F(_gru, {"W": longer(1, 1), "B": longer(3, 1), "layout": state(layout=2)}),
    "ReduceSum": F(lambda r: Node("ReduceSum", [real(r, 2, 3), ints(0)]), {
        "axis": put(1, ints(2))}),
    "ReduceMean": F(lambda r: Node("ReduceMean", [real(r, 2, 3)], {"axes": [1]}, opset=13), {
        "axis": state(axes=[2])}),
    "ArgMax": F(lambda r: Node("ArgMax", [real(r, 2, 3)]), {"axis": state(axis=2)}),
    "CumSum": F(lambda r: Node("CumSum", [real(r, 2, 3), np.array(1)]), {
        "axis": put(1, np.array(2)), "exclusive": state(exclusive=2), "reverse": state(reverse=2),
    }, (*each("exclusive", 0, 1), *each("reverse", 0, 1))),
    "Softmax": F(lambda r: Node("Softmax", [real(r, 2, 3)]), {"axis": state(axis=2)}),
    "Hardmax": F(lambda r: Node("Hardmax", [real(r, 2, 3)]), {"axis": state(axis=-3)}),
    "SoftmaxCrossEntropyLoss": F(lambda r: Node("SoftmaxCrossEntropyLoss", [
        real(r, 2, 3, 4), np.zeros((2, 4), np.int64), real(r, 3)]), {
        "labels": longer(1, 1), "batch": longer(1, 0), "weights": longer(2),
        "reduction": state(reduction="max")}),
    "QuantizeLinear": F(lambda r: Node("QuantizeLinear", [
        real(r, 2, 3), real(r, 3) + 1, np.zeros(3, np.uint8)], {"axis": 1}), {
        "scale": both(longer(1), longer(2)), "zero point": longer(2), "axis": state(axis=2),
        "zero scale": put(1, np.zeros(3, np.float32)), "block_size": state(block_size=-1)}),
    "DequantizeLinear": F(lambda r: Node("DequantizeLinear", [
        np.zeros((2, 3), np.uint8), real(r, 2) + 1, np.zeros(2, np.uint8)], {"axis": 0}), {
        "scale": both(longer(1), longer(2)), "scale of two axes": both(deeper(1), deeper(2)),
        "negative scale": put(1, -np.ones(2, np.float32))}),
    "blocked DequantizeLinear": F(lambda r: Node("DequantizeLinear", [
        np.zeros((8, 3), np.uint8), real(r, 2, 3) + 1], {"axis": 0, "block_size": 4}), {
        "scale": longer(1), "block_size": state(block_size=3)}),
    "QLinearMatMul": F(lambda r: Node("QLinearMatMul", [
        np.ones((2, 3), np.uint8), np.array(0.5, np.float32), np.array(1, np.uint8),
        np.ones((3, 4), np.uint8), np.array(0.5, np.float32), np.array(1, np.uint8),
        np.array(0.5, np.float32), np.array(1, np.uint8)]), {
        "inner": longer(3, 0), "y_scale": put(6, np.ones(3, np.float32)),
        "b_scale": put(4, np.ones(3, np.float32))}),
    "QLinearConv": F(lambda r: Node("QLinearConv", [
        np.ones((1, 2, 4, 4), np.uint8), np.array(0.5, np.float32), np.array(1, np.uint8),
        np.ones((3, 2, 3, 3), np.uint8), np.array(0.5, np.float32), np.array(1, np.uint8),
        np.array(0.5, np.float32), np.array(1, np.uint8), np.zeros(3, np.int32)]), {
        "channels": longer(0, 1), "bias": longer(8), "w_scale": put(4, np.ones(2, np.float32)),
        "x_scale": put(1, np.ones(2, np.float32))}),
    "Attention": F(_attention, {
        "key width": longer(1, 3), "value length": longer(2, 2), "batch": longer(1, 0),
        "past without value": put(5, None), "past heads": longer(4, 1), "mask": longer(3, 1),
        "mask rows": longer(3, 0), "rank": put(1, real(np.random.default_rng(0), 2, 3, 4)),
        "past width": longer(5, 3),
    }),
    "Attention of three axes": F(_attention3, {
        "q_num_heads": state(q_num_heads=7), "no heads": state(q_num_heads=None),
        "key heads": state(kv_num_heads=None),
    }),
    "RotaryEmbedding of three axes": F(_rotary3, {
        "no heads": state(num_heads=None), "sine": longer(2, 1), "positions": longer(3, 1),
        "half of each head": state(num_heads=2), "no positions": put(3, None),
        "rank": put(0, real(np.random.default_rng(0), 2, 4)),
    }),
    "RotaryEmbedding": F(_rotary, {
        "sine": longer(2, 1), "caches": both(longer(1, 1), longer(2, 1)), "positions": longer(3, 1),
        "dimension": state(rotary_embedding_dim=64),
    }),
    "Resize": F(lambda r: Node("Resize", [real(r, 1, 2, 4, 4), None,
                                          np.array([1, 1, 2, 2], np.float32)]), {
        "length": put(2, np.array([2, 2], np.float32)), "both": put(3, ints(1, 2, 8, 8)),
        "neither": put(2, None), "zero": put(2, np.array([1, 1, 0, 2], np.float32)),
        "mode": state(mode="bilinear"),
        "transformation": state(coordinate_transformation_mode="centre"),
        "nearest_mode": state(nearest_mode="up"),
        "roi": state(coordinate_transformation_mode="tf_crop_and_resize"),
    }),
    "Upsample": F(lambda r: Node("Upsample", [real(r, 1, 2, 4, 4),
                                              np.array([1, 1, 2, 2], np.float32)], opset=9), {
        "length": put(1, np.array([2, 2], np.float32)),
        "smaller": put(1, np.array([1, 1, 0.5, 1], np.float32))}),
    "GridSample": F(lambda r: Node("GridSample", [real(r, 1, 2, 4, 4), real(r, 1, 3, 3, 2)]), {
        "coordinates": longer(1, 3), "batch": longer(1, 0), "mode": state(mode="area"),
        "padding_mode": state(padding_mode="wrap"), "rank": put(1, real(np.random.default_rng(0),
                                                                        1, 3, 2))}),
    "MaxRoiPool": F(lambda r: Node("MaxRoiPool", [real(r, 1, 2, 4, 4), real(r, 2, 5)],
                                   {"pooled_shape": [2, 2]}), {
        "columns": longer(1, 1), "rank": deeper(0), "rank of rois": deeper(1),
        "one size": state(pooled_shape=[2]), "no height": state(pooled_shape=[0, 2]),
        "no width": state(pooled_shape=[2, 0]), "three sizes": state(pooled_shape=[2, 2, 2]),
    }),
    "RoiAlign": F(lambda r: Node("RoiAlign", [real(r, 1, 2, 4, 4), real(r, 2, 4), ints(0, 0)]), {
        "rois": longer(1, 1), "batch_indices": longer(2), "mode": state(mode="mean")}),
    "Col2Im": F(lambda r: Node("Col2Im", [real(r, 1, 8, 4), ints(4, 4), ints(2, 2)],
                               {"strides": [2, 2]}), {"axis 1": longer(0, 1)}),
    "AffineGrid": F(lambda r: Node("AffineGrid", [real(r, 1, 2, 3), ints(1, 2, 4, 4)]), {
        "theta": longer(0, 0), "size": put(1, ints(1, 2, 4))}),
    "CenterCropPad": F(lambda r: Node("CenterCropPad", [real(r, 4, 4), ints(2, 6)]), {
        "length": put(1, ints(2, 6, 1))}),
    "NonMaxSuppression": F(lambda r: Node("NonMaxSuppression", [real(r, 1, 3, 4), real(r, 1, 2, 3)]
                                          ), {"boxes": longer(0, 2), "scores": longer(1, 2)}),
    "StringNormalizer": F(lambda r: Node("StringNormalizer", [np.array(["a", "b"])], fed=()), {
        "case": state(case_change_action="TITLE"),
        "rows": put(0, np.array([["a"], ["b"]]))}),
    "TfIdfVectorizer": F(lambda r: Node("TfIdfVectorizer", [ints(1, 2, 3, dtype="int32")], {
        "mode": "TF", "min_gram_length": 1, "max_gram_length": 1, "max_skip_count": 0,
        "ngram_counts": [0], "ngram_indexes": [0, 1], "pool_int64s": [1, 2]}), {
        "mode": state(mode="COUNT"), "lengths": state(min_gram_length=2),
        "weights": state(weights=[1.0]), "counts": state(ngram_counts=[3])}),
    "SplitToSequence": F(lambda r: Node("SplitToSequence", [real(r, 4, 3), ints(1, 3)]), {
        "sum": put(1, ints(1, 2)), "axis": state(axis=2), "scalar": put(1, np.array(0))}),
    "MaxUnpool": F(lambda r: Node("MaxUnpool", [real(r, 1, 1, 2, 2),
                                                ints(0, 1, 2, 3).reshape(1, 1, 2, 2)],
                                  {"kernel_shape": [2, 2], "strides": [2, 2]}), {
        "indices": longer(1, 3), "kernel_shape": state(kernel_shape=[2])}),
    "TensorScatter": F(lambda r: Node("TensorScatter", [
        real(r, 2, 3, 4, 5), real(r, 2, 3, 1, 5), ints(0, 3)], opset=24), {
        "range": put(2, ints(0, 4)), "batch": longer(2), "mode": state(mode="round"),
        "rank": put(1, real(np.random.default_rng(0), 2, 3, 5)), "width": longer(1, 3)}),
    "STFT": F(lambda r: Node("STFT", [real(r, 1, 64, 1), np.array(8), real(r, 16),
                                      np.array(16)], opset=17), {
        "step": put(1, np.array(0)), "window": longer(2), "length": put(3, np.array(99))}),
    "DeformConv": F(lambda r: Node("DeformConv", [
        real(r, 1, 1, 3, 3), real(r, 1, 1, 2, 2), real(r, 1, 8, 2, 2)], {"kernel_shape": [2, 2]}), {
        "offset": longer(2, 1), "offset height": longer(2, 2), "groups": state(offset_group=3),
        "kernel_shape": state(kernel_shape=[3, 3]), "bias": put(3, np.ones(2, np.float32)),
    }, (put(3, np.ones(1, np.float32)),)),
    "ArrayFeatureExtractor": F(lambda r: Node("ArrayFeatureExtractor", [real(r, 3, 4), ints(1, 2)],
                                              domain="ai.onnx.ml"), {"index": put(1, ints(4))}),
    "Softmax before 13": F(lambda r: Node("Softmax", [real(r, 2, 3)], opset=12), {
        "default axis": put(0, real(np.random.default_rng(0), 3))}),
    "Sum before 8": F(lambda r: Node("Sum", [real(r, 2, 3), real(r, 2, 3)], opset=7), {
        "shapes": put(1, real(np.random.default_rng(0), 3))}),
}  # fmt: skip
"""By a name; each has the ways to break it by a name too."""
