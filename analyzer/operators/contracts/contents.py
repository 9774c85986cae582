"""Inputs whose contents contracts read, and the call with these filled in.

The shape pass keeps the contents of constants that shapes depend on. Scales, variances and
indices are read here, one operator at a time, so that nothing of them stays in memory.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from analyzer.graph.tensors import decode_tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from onnx import TensorProto

    from analyzer.graph.call import Call

_READ: Mapping[tuple[str, str], tuple[int, ...]] = {
    **{("", op): (1,) for op in (
        "Gather GatherElements GatherND Scatter ScatterElements ScatterND ReverseSequence "
        "Dropout CumSum CumProd QuantizeLinear DequantizeLinear".split()
    )},
    **{("", op): (1,) for op in (
        "SoftmaxCrossEntropyLoss NegativeLogLikelihoodLoss SplitToSequence Mod Div".split()
    )},
    **{("", op): (4,) for op in ("RNN", "GRU", "LSTM")},
    ("", "Attention"): (6,),
    ("", "RotaryEmbedding"): (3,),
    ("com.microsoft", "RotaryEmbedding"): (1,),
    ("ai.onnx.ml", "ArrayFeatureExtractor"): (1,),
    ("", "TensorScatter"): (2,),
    ("", "DFT"): (2,),
    ("", "STFT"): (1, 3),
    ("", "QLinearConv"): (1, 4, 6),
    ("", "QLinearMatMul"): (1, 4, 6),
    **{("com.microsoft", op): (1,) for op in (
        "QuantizeLinear DequantizeLinear GatherND".split()
    )},
    **{("com.microsoft", op): (1, 3) for op in (
        "QLinearLeakyRelu QLinearSigmoid QLinearAveragePool QLinearGlobalAveragePool "
        "QLinearSoftmax QLinearReduceMean".split()
    )},
    **{("com.microsoft", op): (1, 4, 6) for op in ("QLinearAdd", "QLinearMul")},
    ("com.microsoft", "QLinearConv"): (4,),
    ("com.microsoft", "QGemm"): (1, 4),
    ("com.microsoft", "MatMulIntegerToFloat"): (2, 3),
    ("com.microsoft", "DynamicQuantizeMatMul"): (2,),
    ("com.microsoft", "MatMulNBits"): (4,),
    ("com.microsoft", "EmbedLayerNormalization"): (0, 1),
}  # fmt: skip


def with_contents(call: Call, find: Callable[[str], TensorProto | None]) -> Call:
    """``call`` with the contents of the small constants that its contracts read, if there are any.

    ``find`` returns the constant of a name, if that is one.
    """
    slots = _READ.get((call.domain, call.op_type), ())
    if not slots:
        return call
    values = [value for _, value in zip_longest(call.inputs, call.values)]
    filled = False
    for slot in slots:
        tensor = call.input(slot)
        if tensor is None or values[slot] is not None:
            continue
        constant = find(tensor.name)
        if constant is not None:
            values[slot] = decode_tensor(constant)
            filled = True
    return replace(call, values=tuple(values)) if filled else call
