"""Moving data: layout, cuts, joins, look-ups; types, constants and random draws.

All are free: sorting and searching (TopK, Unique, NonZero) and random draws execute no additions
or multiplications on the data.
"""

from __future__ import annotations

from typing import Any

from analyzer.operators.counts.elementwise import chosen
from analyzer.operators.counts.movement import scatter
from analyzer.operators.formula import (
    FREE,
    ORT,
    Formula,
    given,
    per_element,
    sourced,
)
from analyzer.operators.packing import bits, row_width
from analyzer.operators.record import (
    BIAS,
    BOUND,
    DATA,
    INDEX,
    MASK,
    MICROSOFT,
    NCHWC,
    NHWC,
    SCALE,
    SHAPE,
    STATE,
    TABLE,
    ZERO_POINT,
    Kind,
    Nature,
    Operand,
    Operator,
    Scaling,
)
from analyzer.operators.results.common import (
    counted_up,
    dropped,
    expanded,
    gathered_nd,
    gathered_rows,
    like,
    looked_up,
    padded,
    qlinear_concat,
    same,
    unfolded,
    unpacked_rows,
)
from analyzer.operators.results.window import blocks, reordered

MOVE, PICK = Nature.MOVEMENT, Nature.SELECTION
STATIC, RANDOM = Nature.STATIC, Nature.RANDOM
ONE = (DATA,)
DROPOUT = chosen("|Y| + |Y| if residual", lambda call: 1 + given(call, 2))
SCATTER = Formula(scatter, flops="0; |updates| with a reduction")


def _move(name: str, *sizes: Operand, **more: Any) -> Operator:
    """``sizes`` are inputs that steer it."""
    return Operator(name, MOVE, (DATA, *sizes), FREE, **more)


def _contrib(
    name: str, nature: Nature, inputs: tuple[Operand, ...], cost: Formula = FREE, **more: Any
) -> Operator:
    return Operator(name, nature, inputs, sourced(cost, ORT), MICROSOFT, **more)


OPERATORS = (
    # layout
    _move("Identity", scaling=Scaling.SAME, first=True, channelwise=True),
    _move("Reshape", SHAPE, scaling=Scaling.RESHAPE, role="reshape"),
    _move("Flatten", scaling=Scaling.RESHAPE, role="reshape"),
    _move("Squeeze", SHAPE, scaling=Scaling.RESHAPE, role="reshape"),
    _move("Unsqueeze", SHAPE, scaling=Scaling.RESHAPE, role="reshape"),
    _move("Transpose", scaling=Scaling.TRANSPOSE, first=True),
    _move("Expand", SHAPE, scaling=Scaling.TILE, role="reshape"),
    _move("Tile", SHAPE, SHAPE, scaling=Scaling.TILE),
    _move("Slice", SHAPE, SHAPE, SHAPE, SHAPE, scaling=Scaling.CUT, role="cut"),
    _move("Split", SHAPE, scaling=Scaling.SPLIT, role="cut", changed=(18,)),
    _move("Pad", SHAPE, BOUND, SHAPE, scaling=Scaling.PAD, first=True, channelwise=True),
    _move("CenterCropPad", SHAPE),
    _move("DepthToSpace", scaling=Scaling.BLOCKS),
    _move("SpaceToDepth", scaling=Scaling.BLOCKS),
    _move("ReverseSequence", INDEX),
    _move(
        "Dropout", BOUND, BOUND, scaling=Scaling.SAME, first=True, channelwise=True,
        moot=("seed", "is_test", "ratio"),
    ),
    Operator(
        "Concat", MOVE, ONE, FREE, scaling=Scaling.CONCATENATE, role="concat", repeat=1
    ),
    # look-ups and choices
    Operator(
        "Gather", PICK, (DATA, INDEX), FREE, scaling=Scaling.GATHER, role="cut", selects=True
    ),
    Operator("GatherElements", PICK, (DATA, INDEX), FREE),
    Operator("GatherND", PICK, (DATA, INDEX), FREE),
    Operator("Compress", PICK, (DATA, MASK), FREE),
    Operator("TopK", PICK, (DATA, SHAPE), FREE),
    Operator("Unique", PICK, ONE, FREE),
    Operator("NonZero", PICK, ONE, FREE),
    Operator("Scatter", PICK, (DATA, INDEX, DATA), FREE),
    Operator("ScatterElements", PICK, (DATA, INDEX, DATA), SCATTER, scaling=Scaling.SAME),
    Operator("ScatterND", PICK, (DATA, INDEX, DATA), SCATTER, scaling=Scaling.SAME),
    Operator("TensorScatter", PICK, (STATE, DATA, INDEX), FREE),
    Operator("Trilu", PICK, (MASK, BOUND), FREE, scaling=Scaling.SAME),
    # types
    Operator(
        "Cast", Nature.CONVERSION, ONE, FREE, scaling=Scaling.SAME,
        moot=("saturate", "round_mode", "to"),
    ),
    Operator(
        "CastLike", Nature.CONVERSION, (DATA, INDEX), FREE, scaling=Scaling.SAME,
        moot=("saturate", "round_mode"), changed=(19,),
    ),
    Operator("BitCast", Nature.CONVERSION, ONE, FREE),
    # constants and shapes
    Operator("Constant", STATIC, (), FREE, scaling=Scaling.NOTHING),
    Operator("ConstantOfShape", STATIC, (SHAPE,), FREE, scaling=Scaling.NOTHING),
    Operator("Shape", STATIC, ONE, FREE, scaling=Scaling.NOTHING),
    Operator("Size", STATIC, ONE, FREE, scaling=Scaling.NOTHING),
    Operator("EyeLike", STATIC, ONE, FREE),
    Operator(
        "Range", STATIC, (SHAPE, SHAPE, SHAPE), per_element(2, "start + n·delta"),
        scaling=Scaling.NOTHING, changed=(27,),
    ),
    Operator("OneHot", PICK, (INDEX, SHAPE, BOUND), FREE),
    Operator("ImageDecoder", Nature.SEQUENCE, ONE, FREE),
    # random draws
    Operator("RandomNormal", RANDOM, (), FREE),
    Operator("RandomNormalLike", RANDOM, ONE, FREE),
    Operator("RandomUniform", RANDOM, (), FREE),
    Operator("RandomUniformLike", RANDOM, ONE, FREE),
    Operator("Bernoulli", RANDOM, ONE, FREE, scaling=Scaling.SAME),
    Operator("Multinomial", RANDOM, ONE, FREE),
    # of ai.onnx for ONNX Runtime only
    Operator("TrainableDropout", MOVE, (DATA, BOUND), FREE),
    Operator("Crop", MOVE, ONE, FREE),
    Operator("DynamicSlice", MOVE, (DATA, SHAPE, SHAPE, SHAPE), FREE),
    Operator("GivenTensorFill", STATIC, (SHAPE,), FREE),
    # com.microsoft
    _contrib("Pad", MOVE, (DATA, SHAPE, BOUND), shape=padded, scaling=Scaling.PAD, first=True),
    _contrib("Crop", MOVE, ONE),
    _contrib("ExpandDims", MOVE, (DATA, SHAPE), shape=expanded),
    _contrib("UnfoldTensor", MOVE, ONE, shape=unfolded),
    _contrib("GatherND", PICK, (DATA, INDEX), shape=gathered_nd),
    _contrib("Trilu", PICK, (MASK, BOUND), shape=same, scaling=Scaling.SAME),
    _contrib("Unique", PICK, ONE),
    _contrib(
        "Range", STATIC, (SHAPE, SHAPE, SHAPE), per_element(2, "start + n·delta"),
        shape=counted_up,
        scaling=Scaling.NOTHING,
    ),
    _contrib("BitmaskDropout", MOVE, (DATA, BOUND, BOUND), shape=like(0, -1)),
    _contrib(
        "BiasDropout", Nature.ELEMENTWISE, (DATA, BIAS, DATA, BOUND, BOUND),
        DROPOUT, shape=dropped,
    ),
    _contrib(
        "BitmaskBiasDropout", Nature.ELEMENTWISE, (DATA, BIAS, DATA, BOUND, BOUND), DROPOUT,
        shape=like(0, -1),
    ),
    _contrib(
        "QLinearConcat", MOVE, (SCALE, ZERO_POINT, DATA, SCALE, ZERO_POINT),
        shape=qlinear_concat, role="concat", tags=("quantized",), repeat=3,
    ),
    _contrib("TorchEmbedding", Nature.EMBEDDING, (TABLE, INDEX, INDEX, BOUND), shape=looked_up),
    _contrib(
        "GatherBlockQuantized", Nature.EMBEDDING,
        (Operand(Kind.TABLE, packed=bits("bits", 4)), INDEX, SCALE, ZERO_POINT),
        per_element(2, "(x − z) · s"), shape=gathered_rows, tags=("quantized",),
    ),
    _contrib(
        "GatherPacked", Nature.EMBEDDING,
        (Operand(Kind.TABLE, packed=row_width("K")), INDEX), shape=unpacked_rows,
        tags=("quantized",),
    ),
    # blocked and channels-last
    Operator(
        "ReorderInput", MOVE, ONE, FREE, NCHWC, shape=reordered, first=True, channelwise=True
    ),
    Operator(
        "ReorderOutput", MOVE, ONE, FREE, NCHWC, shape=reordered, first=True, channelwise=True
    ),
    Operator("DepthToSpace", MOVE, ONE, FREE, NHWC, shape=blocks, channels_last=True),
    Operator("SpaceToDepth", MOVE, ONE, FREE, NHWC, shape=blocks, channels_last=True),
)  # fmt: skip
