"""What a constant is for, decided by the operator and the input slot that read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from analyzer.facts import BITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Tensor


class Role(IntEnum):
    """What a constant is for; of several uses the highest counts."""

    CONSTANT = 0
    MASK = 1
    """Of attention: what is left out."""
    POSITION = 2
    """A grid sized by position, such as a detector's anchors."""
    QUANTIZATION = 3
    BUFFER = 4
    WEIGHT = 5


PASSES_THROUGH = frozenset(
    "Identity Cast CastLike Transpose Reshape Flatten Squeeze Unsqueeze DequantizeLinear "
    "QuantizeLinear Slice Split Expand Tile Pad".split()
)
"""Operators whose first input keeps its role in their outputs (exporters reorder the gates of
LSTM weights by Slice and Concat, and Expand a class token to the batch)."""

WEIGHTED = frozenset(
    "Conv ConvTranspose ConvInteger QLinearConv FusedConv NhwcConv NhwcFusedConv DeformConv Gemm "
    "FusedGemm QGemm MatMul MatMulInteger QLinearMatMul FusedMatMul TransposeMatMul "
    "DynamicQuantizeMatMul MatMulIntegerToFloat MatMulNBits MatMulBnb4 GemmFastGelu GemmFloat8 "
    "LSTM GRU RNN DynamicQuantizeLSTM LinearClassifier LinearRegressor Einsum "
    "Attention QAttention".split()
)
"""Operators that multiply by learned weights when an operand is a constant."""

_SELECTORS: Mapping[str, frozenset[int]] = {
    op: frozenset(slots)
    for op, slots in {
        "QuantizeLinear": (1, 2),
        "DequantizeLinear": (1, 2),
        "QLinearConv": (1, 2, 4, 5, 6, 7),
        "QLinearMatMul": (1, 2, 4, 5, 6, 7),
        "ConvInteger": (2, 3),
        "MatMulInteger": (2, 3),
        "MatMulIntegerToFloat": (2, 3, 4, 5),
        "DynamicQuantizeMatMul": (2, 3),
        "DynamicQuantizeLSTM": (8, 9, 10, 11),
        "MatMulNBits": (2, 3),
        "MatMulBnb4": (2,),
        "QGemm": (1, 2, 4, 5, 7, 8),
        "QLinearAdd": (1, 2, 4, 5, 6, 7),
        "QLinearMul": (1, 2, 4, 5, 6, 7),
        "QLinearAveragePool": (1, 2, 3, 4),
        "QLinearGlobalAveragePool": (1, 2, 3, 4),
        "QLinearLeakyRelu": (1, 2, 3, 4),
        "QLinearSigmoid": (1, 2, 3, 4),
        "QLinearSoftmax": (1, 2, 3, 4),
        "QAttention": (3, 4, 6, 7),
        "GatherBlockQuantized": (2, 3),
    }.items()
}
"""Slots that hold scales and zero points (ONNX and ONNX Runtime operator documentation)."""

_QUANTIZED_WEIGHTS: Mapping[str, frozenset[int]] = {
    op: frozenset(slots)
    for op, slots in {
        "QLinearConv": (3, 8),
        "QLinearMatMul": (0, 3),
        "ConvInteger": (1,),
        "MatMulInteger": (0, 1),
        "MatMulIntegerToFloat": (0, 1),
        "DynamicQuantizeMatMul": (1,),
        "DynamicQuantizeLSTM": (1, 2),
        "MatMulNBits": (1,),
        "MatMulBnb4": (1,),
        "QGemm": (3, 6),
        "QAttention": (1,),
        "GatherBlockQuantized": (0,),
        "QMoE": (2, 5, 8),
        "DequantizeLinear": (0,),
    }.items()
}
"""Slots where an integer tensor is a quantised weight."""

_NEVER_WEIGHTS = frozenset(
    "Resize Upsample Range Clip TopK OneHot ConstantOfShape If "
    "Loop Scan CumSum NonMaxSuppression Shape Size Dropout RoiAlign Trilu MelWeightMatrix STFT DFT "
    "HannWindow HammingWindow BlackmanWindow".split()
)
"""Operators whose constant operands steer them."""

_ELEMENTWISE = frozenset(
    "Add Sub Mul Div Pow Max Min Where Mod Equal Less LessOrEqual Greater GreaterOrEqual And Or "
    "Xor Sum Mean BitShift Concat Gather ScatterND ScatterElements".split()
)
"""Operators where a single constant element is a factor or a bound, not a parameter."""

_STRONG = WEIGHTED | frozenset(
    "BatchNormalization InstanceNormalization LayerNormalization GroupNormalization PRelu "
    "RMSNormalization".split()
)
"""Operators that turn even a generated constant (ConstantOfShape) into a weight; the
onnx wheel's ``light_*`` models keep all their weights that way."""

_RECURRENT = frozenset({"LSTM", "GRU", "RNN", "DynamicQuantizeLSTM"})
_STATES = (4, 5, 6)
"""sequence_lens, initial_h and initial_c: as long as the batch, so never learned."""


@dataclass(slots=True)
class Constant:
    """One constant of the model with its uses."""

    tensor: Tensor
    """Logical dtype and shape."""
    stored_bytes: int | None
    """Bytes in the file; 0 for generated constants."""
    generated: bool = False
    """Made by ConstantOfShape."""
    is_node: bool = False
    """Written as a Constant node, not as an initializer."""
    role: Role = Role.CONSTANT
    logical: int | None = None
    """Elements where several are packed into one stored element."""
    uses: list[int] = field(default_factory=list)
    """Site indices that read it as a weight."""
    why: str = ""
    """What decided its role."""
    is_described: bool = True
    """False where that is an operator of which nobody said what its inputs are."""
    is_judged: bool = False
    """True where shape and place in the graph decided, not the slot of an operator."""

    @property
    def elements(self) -> int:
        return self.logical if self.logical is not None else self.tensor.elements or 0


def role_of(op_type: str, slot: int, constant: Constant, *, dequantized: bool) -> Role | None:
    """Role of ``constant`` at input ``slot`` of an operator; ``None`` if it passes through."""
    dtype = constant.tensor.dtype or ""
    if slot in _SELECTORS.get(op_type, ()):
        return Role.QUANTIZATION
    if op_type in PASSES_THROUGH:
        return None if slot == 0 else Role.CONSTANT
    if op_type == "BatchNormalization" and slot in (3, 4):
        return Role.BUFFER
    if op_type in _NEVER_WEIGHTS or dtype in ("bool", "string", ""):
        return Role.CONSTANT
    if op_type in _RECURRENT and slot in _STATES:
        return Role.CONSTANT
    if constant.generated:
        return Role.WEIGHT if op_type in _STRONG else Role.CONSTANT
    if dtype.startswith(("int", "uint")) and not dequantized:
        quantised = slot in _QUANTIZED_WEIGHTS.get(op_type, ()) or _is_low_bit(dtype)
        return Role.WEIGHT if quantised else Role.CONSTANT
    if op_type in _ELEMENTWISE and _is_mask(constant):
        return Role.MASK
    if op_type in _ELEMENTWISE and not _looks_learned(constant):
        return Role.CONSTANT
    return Role.WEIGHT


def _looks_learned(constant: Constant) -> bool:
    """Whether a float operand of an element-wise operator is a parameter.

    A single element is a factor, a vector along one axis a bias or a scale. A table that came
    out of tracing as a Constant node (anchors, priors) is none: exporters write learned tables
    such as position embeddings as initializers.
    """
    if constant.elements <= 1:
        return False
    axes = sum(1 for size in constant.tensor.shape or () if size != 1)
    return axes <= 1 or not constant.is_node


def _is_mask(constant: Constant) -> bool:
    """An attention mask, ``(1, 1, L, L)``: it has no head and no channel to learn for."""
    match constant.tensor.shape:
        case (1, 1, int(rows), int(columns)):
            return rows == columns > 1
    return False


def _is_low_bit(dtype: str) -> bool:
    return BITS[dtype] < 8
