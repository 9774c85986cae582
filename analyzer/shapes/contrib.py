"""Output types of operators that onnx's own inference knows nothing about.

``com.microsoft`` and relatives (source: ONNX Runtime, "Contrib Operators"),
former experimental operators of ai.onnx, and ai.onnx.ml operators whose schema
has no inference function (source: ONNX-ML operator specification). A rule
returns output types in order and raises ``Unknown`` where it lacks a shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Contradiction, Unknown
from analyzer.shapes import contrib_attention, contrib_conv
from analyzer.shapes.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.facts import Shape
    from analyzer.graph.call import Call

MS = "com.microsoft"


def _type(call: Call, index: int) -> Type:
    tensor = call.input(index)
    return Type() if tensor is None else Type(tensor.dtype, tensor.shape)


def _dtype(call: Call, index: int, default: str | None = None) -> str | None:
    tensor = call.input(index)
    return default if tensor is None else tensor.dtype


def _same(call: Call) -> list[Type]:
    return [_type(call, 0)]


def _same_all(call: Call) -> list[Type]:
    """Every output like the first input (skip connections return their sum as well)."""
    return [_type(call, 0)] * max(1, len(call.outputs) or 4)


def _skip_norm(call: Call) -> list[Type]:
    """(y, mean, inverse deviation, sum): y and sum like the input."""
    x = _type(call, 0)
    _broadcast(x.shape, _type(call, 1).shape)
    row = None if x.shape is None else (*x.shape[:-1], 1)
    return [x, Type("float32", row), Type("float32", row), x]


def _broadcast(a: Shape, b: Shape) -> Shape:
    """Numpy broadcasting; an unknown size stays unknown unless the other side decides it."""
    if a is None or b is None:
        return None
    rank = max(len(a), len(b))
    left, right = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    result: list[int | None] = []
    for p, q in zip(left, right, strict=True):
        if p == q or q == 1:
            result.append(p)
        elif p == 1:
            result.append(q)
        elif p is None or q is None:
            result.append(p if q is None else q)
        else:
            raise Contradiction(f"shapes {a} and {b} do not broadcast")
    return tuple(result)


def _matmul_shape(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> Shape:
    if not a or not b:
        raise Unknown("an operand is a scalar")
    left = (1, *a) if len(a) == 1 else a
    right = (*b, 1) if len(b) == 1 else b
    batch = _broadcast(left[:-2], right[:-2])
    rows = () if len(a) == 1 else (left[-2],)
    columns = () if len(b) == 1 else (right[-1],)
    return None if batch is None else (*batch, *rows, *columns)


def _matmul(b_index: int, dtype_index: int) -> Callable[[Call], list[Type]]:
    def rule(call: Call) -> list[Type]:
        a, b = list(call.dims(0)), list(call.dims(b_index))
        if call.attr("transBatchA", 0) and len(a) > 2:
            a = [*a[1:-1], a[0], a[-1]]
        if call.attr("transBatchB", 0) and len(b) > 2:
            b = [*b[1:-1], b[0], b[-1]]
        if call.attr("transA", 0) and len(a) > 1:
            a[-2:] = reversed(a[-2:])
        if call.attr("transB", 0) and len(b) > 1:
            b[-2:] = reversed(b[-2:])
        return [Type(_dtype(call, dtype_index, "float32"), _matmul_shape(tuple(a), tuple(b)))]

    return rule


def _gemm(b_index: int, output_scale: int | None) -> Callable[[Call], list[Type]]:
    """(M, N); quantised Gemm gives floats when it has no output scale."""

    def rule(call: Call) -> list[Type]:
        a, b = call.dims(0), call.dims(b_index)
        if len(a) != 2 or len(b) != 2:
            raise Unknown("Gemm operands are not matrices")
        shape = (a[1 if call.attr("transA", 0) else 0], b[0 if call.attr("transB", 0) else 1])
        dtype = _dtype(call, 0)
        if output_scale is not None and call.input(output_scale) is None:
            dtype = "float32"
        return [Type(dtype, shape)]

    return rule


def _packed_matmul(call: Call) -> list[Type]:
    """MatMulNBits and relatives: the weight's (K, N) are attributes."""
    columns = call.attr("N")
    if columns is None:
        raise Unknown("attribute N is missing")
    return [Type(_dtype(call, 0), (*call.dims(0)[:-1], int(columns)))]


def _qlinear_binary(call: Call) -> list[Type]:
    a, b = _type(call, 0), _type(call, 3)
    return [Type(a.dtype, _broadcast(a.shape, b.shape))]


def _qlinear_concat(call: Call) -> list[Type]:
    """Y_scale, Y_zero_point, then (tensor, scale, zero point) triples."""
    shapes = [call.dims(i) for i in range(2, len(call.inputs), 3)]
    axis = int(call.attr("axis", 1))
    sizes = [s[axis] for s in shapes]
    result = list(shapes[0])
    result[axis] = None if None in sizes else sum(s for s in sizes if s is not None)
    return [Type(_dtype(call, 2), tuple(result))]


def _qlinear_where(call: Call) -> list[Type]:
    shape = _broadcast(_type(call, 0).shape, _broadcast(_type(call, 1).shape, _type(call, 4).shape))
    return [Type(_dtype(call, 1), shape)]


def _reduce(call: Call) -> list[Type]:
    shape = list(call.dims(0))
    axes = call.attr("axes") or range(len(shape))
    keep = bool(call.attr("keepdims", 1))
    drop = {a % len(shape) for a in axes}
    kept = [1 if i in drop else s for i, s in enumerate(shape) if keep or i not in drop]
    return [Type(_dtype(call, 0), tuple(kept))]


def _embed(call: Call) -> list[Type]:
    """EmbedLayerNormalization: (B, S, hidden), mask index (B,), embedding sum."""
    batch, sequence = call.dims(0)[:2]
    hidden = call.dims(2)[-1]
    dtype = _dtype(call, 2)
    if call.op_type == "QEmbedLayerNormalization":
        dtype = "float32"
    y = Type(dtype, (batch, sequence, hidden))
    return [y, Type("int32", (batch,)), y]


def _quantize(call: Call) -> list[Type]:
    return [Type(_dtype(call, 2, "uint8"), _type(call, 0).shape)]


def _dequantize(call: Call) -> list[Type]:
    return [Type(_dtype(call, 1, "float32"), _type(call, 0).shape)]


def _gather_block(call: Call) -> list[Type]:
    """GatherBlockQuantized: rows of the dequantised table; uint8 data packs 8/bits values."""
    data, indices = list(call.dims(0)), call.dims(1)
    if _dtype(call, 0) == "uint8" and data and data[-1] is not None:
        data[-1] *= 8 // int(call.attr("bits", 4) or 4)
    axis = int(call.attr("gather_axis", 0)) % max(1, len(data))
    shape = (*data[:axis], *indices, *data[axis + 1 :])
    return [Type(_dtype(call, 2, "float32"), shape)]


def _split_gelu(call: Call) -> list[Type]:
    shape = call.dims(0)
    last = shape[-1]
    return [Type(_dtype(call, 0), (*shape[:-1], None if last is None else last // 2))]


def _dropout(call: Call) -> list[Type]:
    x = _type(call, 0)
    return [x, Type("bool", x.shape)]


def _recurrent(call: Call) -> list[Type]:
    """DynamicQuantizeLSTM: Y (T, D, B, H), Y_h and Y_c (D, B, H)."""
    steps, batch, _ = call.dims(0)
    hidden = call.attr("hidden_size")
    directions = 2 if call.attr("direction") == "bidirectional" else 1
    dtype = _dtype(call, 0)
    state = Type(dtype, (directions, batch, hidden))
    return [Type(dtype, (steps, directions, batch, hidden)), state, state]


def _cdist(call: Call) -> list[Type]:
    return [Type(_dtype(call, 0), (call.dims(0)[0], call.dims(1)[0]))]


def _rows(call: Call) -> int | None:
    shape = call.dims(0)
    return 1 if len(shape) < 2 else shape[0]


def _count(call: Call, *names: str) -> int | None:
    """Number of classes or targets, from the first attribute of ``names`` that is present."""
    for name in names:
        value = call.attr(name)
        if isinstance(value, tuple) and value:
            return len(value)
        if isinstance(value, int) and value:
            return value
    return None


def _classifier(call: Call) -> list[Type]:
    """Label per row and score per row and class."""
    text = bool(call.attr("classlabels_strings"))
    classes = _count(
        call, "classlabels_strings", "classlabels_ints", "classlabels_int64s", "classlabels"
    )
    rows = _rows(call)
    label = Type("string" if text else "int64", (rows,))
    return [label, Type("float32", (rows, classes))]


def _regressor(call: Call) -> list[Type]:
    targets = call.attr("n_targets", None) or call.attr("targets", None) or 1
    return [Type("float32", (_rows(call), int(targets)))]


def _float_same(call: Call) -> list[Type]:
    return [Type("float32", _type(call, 0).shape)]


def _feature_extractor(call: Call) -> list[Type]:
    """Columns Y of X: the last axis becomes |Y|; a vector becomes one row."""
    x, y = _type(call, 0), _type(call, 1)
    if x.shape is None or y.shape is None:
        raise Unknown("rank of an input is unknown")
    picked = y.shape[-1] if y.shape else 1
    return [Type(x.dtype, (1, picked) if len(x.shape) <= 1 else (*x.shape[:-1], picked))]


def _one_hot_encoder(call: Call) -> list[Type]:
    categories = _count(call, "cats_int64s", "cats_strings")
    return [Type("float32", (*call.dims(0), categories))]


def _feature_vectorizer(call: Call) -> list[Type]:
    sizes = call.attr("inputdimensions")
    return [Type("float32", (_rows(call), sum(sizes) if sizes else None))]


RULES: Mapping[tuple[str, str], Callable[[Call], list[Type]]] = {
    **{
        (MS, op): _same
        for op in (
            "BiasAdd BiasGelu BiasSoftmax ComplexMul ComplexMulConj FastGelu Gelu GroupNorm "
            "Inverse LayerNormalization LongformerAttention MoE QLinearLeakyRelu QLinearSigmoid "
            "QLinearSoftmax QMoE QuickGelu RotaryEmbedding SimplifiedLayerNormalization Trilu"
        ).split()
    },
    **{
        ("", op): _same
        for op in (
            "SimplifiedLayerNormalization ImageScaler ParametricSoftplus ScaledTanh Affine "
            "FastGelu BiasGelu"
        ).split()
    },
    ("", "SkipLayerNormalization"): _skip_norm,
    ("", "SkipSimplifiedLayerNormalization"): _skip_norm,
    (MS, "SkipLayerNormalization"): _skip_norm,
    (MS, "SkipSimplifiedLayerNormalization"): _skip_norm,
    (MS, "SkipGroupNorm"): _same_all,
    (MS, "BiasDropout"): _dropout,
    (MS, "BiasSplitGelu"): _split_gelu,
    (MS, "EmbedLayerNormalization"): _embed,
    (MS, "QEmbedLayerNormalization"): _embed,
    (MS, "QuantizeLinear"): _quantize,
    (MS, "DequantizeLinear"): _dequantize,
    (MS, "GatherBlockQuantized"): _gather_block,
    (MS, "FusedMatMul"): _matmul(1, 0),
    (MS, "FusedMatMulActivation"): _matmul(1, 0),
    (MS, "TransposeMatMul"): _matmul(1, 0),
    ("", "TransposeMatMul"): _matmul(1, 0),
    (MS, "SparseToDenseMatMul"): _matmul(1, 1),
    (MS, "GemmFastGelu"): _matmul(1, 0),
    (MS, "DynamicQuantizeMatMul"): _matmul(1, 0),
    (MS, "MatMulIntegerToFloat"): _matmul(1, 2),
    (MS, "QLinearMatMul"): _matmul(3, 0),
    (MS, "MatMulNBits"): _packed_matmul,
    (MS, "MatMulBnb4"): _packed_matmul,
    (MS, "MatMulFpQ4"): _packed_matmul,
    (MS, "FusedGemm"): _gemm(1, None),
    (MS, "GemmFloat8"): _gemm(1, None),
    (MS, "QGemm"): _gemm(3, 7),
    (MS, "QLinearAdd"): _qlinear_binary,
    (MS, "QLinearMul"): _qlinear_binary,
    (MS, "QLinearConcat"): _qlinear_concat,
    (MS, "QLinearWhere"): _qlinear_where,
    (MS, "QLinearReduceMean"): _reduce,
    (MS, "DynamicQuantizeLSTM"): _recurrent,
    (MS, "CDist"): _cdist,
    **contrib_conv.RULES,
    **contrib_attention.RULES,
    **{
        ("ai.onnx.ml", op): rule
        for op, rule in {
            "ArrayFeatureExtractor": _feature_extractor,
            "Binarizer": _same,
            "FeatureVectorizer": _feature_vectorizer,
            "Imputer": _same,
            "LinearClassifier": _classifier,
            "LinearRegressor": _regressor,
            "Normalizer": _float_same,
            "OneHotEncoder": _one_hot_encoder,
            "SVMClassifier": _classifier,
            "SVMRegressor": _regressor,
            "Scaler": _float_same,
            "TreeEnsembleClassifier": _classifier,
            "TreeEnsembleRegressor": _regressor,
        }.items()
    },
}
"""Rule by (domain, operator)."""
