"""What a constant is for, decided by the operator and the input slot that read it."""

from __future__ import annotations

from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import BITS
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Tensor
    from analyzer.operators.record import Operator


class Role(IntEnum):
    """What a constant is for; of several uses the highest counts."""

    CONSTANT = 0
    MASK = 1
    """Of attention: what is left out."""
    POSITION = 2
    """A grid sized by position, such as a detector's anchors or a mean image."""
    QUANTIZATION = 3
    BUFFER = 4
    WEIGHT = 5


KINDS: Mapping[Kind, Role] = {
    Kind.SCALE: Role.QUANTIZATION,
    Kind.ZERO_POINT: Role.QUANTIZATION,
    Kind.STATISTIC: Role.BUFFER,
    Kind.MASK: Role.MASK,
    Kind.STATE: Role.CONSTANT,
    Kind.SHAPE: Role.CONSTANT,
    Kind.INDEX: Role.CONSTANT,
    Kind.BOUND: Role.CONSTANT,
    Kind.POSITION: Role.POSITION,
}
"""Role of a constant by what the input is; what data and learned inputs hold is looked at."""
LEARNED = (Kind.WEIGHT, Kind.BIAS, Kind.GAIN, Kind.TABLE)
UNTRAINED = (Nature.STATIC, Nature.RANDOM, Nature.SIGNAL, Nature.DETECTION, Nature.CONTROL)
"""Operators whose constant data are not learned."""
COMBINING = (Nature.ELEMENTWISE, Nature.SELECTION, Nature.MOVEMENT)
"""Operators where a single constant element is a factor or a bound, not a parameter."""


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


def role_of(
    operator: Operator | None, slot: int, constant: Constant, *, dequantized: bool
) -> Role | None:
    """Role of ``constant`` at input ``slot`` of an operator; ``None`` if it passes through.

    Every real number that an operator without a record reads counts as a weight.
    """
    dtype = constant.tensor.dtype or ""
    if operator is not None and operator.keeps_role and slot == 0:
        return None
    operand = operator.operand(slot) if operator is not None else None
    kind = operand.kind if operand is not None else Kind.DATA
    role = KINDS.get(kind)
    if role is Role.QUANTIZATION or role is Role.BUFFER:
        return role
    if dtype in ("bool", "string", ""):
        return Role.CONSTANT
    if role is not None:
        return Role.CONSTANT if dtype.startswith(("int", "uint")) else role
    if operator is not None and operator.nature in UNTRAINED:
        return Role.CONSTANT
    learned = kind in LEARNED or (operator is not None and operator.nature is Nature.PRODUCT)
    if constant.generated:
        return Role.WEIGHT if learned else Role.CONSTANT
    if dtype.startswith(("int", "uint")) and not dequantized:
        quantised = operator is not None and learned and "quantized" in operator.tags
        return Role.WEIGHT if quantised or _is_low_bit(dtype) else Role.CONSTANT
    if operator is not None and kind is Kind.DATA and operator.nature in COMBINING:
        if _is_mask(constant):
            return Role.MASK
        return Role.WEIGHT if _looks_learned(constant) else Role.CONSTANT
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
