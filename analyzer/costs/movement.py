"""Operators that move, select, relabel, generate or compare bits: 0 MACs and 0 FLOPs.

Sorting and searching (TopK, Unique, NonZero), random draws and string work are listed here too:
they execute no additions or multiplications on the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.formula import FREE, Formula, Work

if TYPE_CHECKING:
    from analyzer.graph.call import Call

NAMES = (
    # layout and indexing
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity", "Concat", "Split",
    "Slice", "Pad", "Tile", "Expand", "Gather", "GatherElements", "GatherND", "DepthToSpace",
    "SpaceToDepth", "ReverseSequence", "CenterCropPad", "Compress", "Trilu", "TensorScatter",
    # constants, shapes and types
    "Constant", "ConstantOfShape", "EyeLike", "OneHot", "Shape", "Size", "Cast", "CastLike",
    "BitCast", "Dropout", "ImageDecoder",
    # logic, selection and search
    "Where", "And", "Or", "Not", "Xor", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr",
    "BitwiseXor", "IsInf", "IsNaN", "TopK", "Unique", "NonZero",
    # random numbers
    "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli",
    "Multinomial",
    # sequences, optionals and strings
    "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert",
    "SequenceLength", "SplitToSequence", "ConcatFromSequence", "Optional", "OptionalGetElement",
    "OptionalHasElement", "RegexFullMatch", "StringConcat", "StringNormalizer", "StringSplit",
)  # fmt: skip


def _scatter(call: Call) -> Work:
    """ScatterElements and ScatterND: one operation per update where a reduction is asked for."""
    if call.attr("reduction", "none") == "none":
        return Work(0, 0, "0")
    return Work(0, call.size(2), f"{call.size(2)}")


SCATTER = Formula(_scatter, flops="0; |updates| with a reduction")

RULES: dict[str, Formula] = {
    **dict.fromkeys(NAMES, FREE),
    "Scatter": FREE,
    "ScatterElements": SCATTER,
    "ScatterND": SCATTER,
}
