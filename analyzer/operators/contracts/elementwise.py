"""Contracts of element-wise operators: broadcasting, limits, types and random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.model.dtypes import DTYPES
from analyzer.operators.contracts.parts import (
    broadcasts,
    single,
    stretches,
)
from analyzer.operators.contracts.reading import (
    contents,
    differ,
    number,
    shape_of,
    whole,
    wholes,
)
from analyzer.operators.contracts.settings import (
    at_least,
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

_PAIRS = """
    Add Sub Mul Pow And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual BitwiseAnd BitwiseOr
    BitwiseXor Where Max Min Mean Sum StringConcat
""".split()


def _alike(call: Call) -> Iterator[Violation]:
    """Operators that do not broadcast yet take operands of one shape."""
    if call.version >= (8 if call.op_type in _VARIADIC else 7) or call.attr("broadcast"):
        return
    shapes = [s for i in range(len(call.inputs)) if (s := shape_of(call, i)) is not None]
    for shape in shapes[1:]:
        if len(shape) != len(shapes[0]) or any(map(differ, shape, shapes[0])):
            yield Violation(
                "operand-shape",
                f"shapes {spell(shapes[0])} and {spell(shape)} differ, and version {call.version} "
                f"of {call.op_type} does not broadcast by itself",
                "import a newer opset, or make the shapes equal",
            )
            return


_VARIADIC = frozenset(("Max", "Min", "Mean", "Sum"))


def type_attribute(name: str) -> Contract:
    """Integer attribute ``name`` is a tensor element type of ONNX."""

    def check(call: Call) -> Iterator[Violation]:
        number = whole(call, name)
        if number is not None and number != 0 and number not in DTYPES:
            yield Violation(
                "attribute-value",
                f"{name} is {number}, which is no element type of ONNX",
                f"set {name} to a value of TensorProto.DataType, such as 1 for float",
            )

    return check


def _target_type(call: Call) -> Iterator[Violation]:
    if whole(call, "to") == 0:
        yield Violation(
            "attribute-value", "to is 0, the undefined element type", "state the element type"
        )


def _remainder(call: Call) -> Iterator[Violation]:
    """Floating-point remainders were those of C's fmod alone before version 28."""
    first = call.input(0)
    dtype = "" if first is None else first.dtype or ""
    real = dtype.startswith(("float", "double", "bfloat"))
    if real and call.version < 28 and not whole(call, "fmod", 0):
        yield Violation(
            "attribute-value",
            f"fmod is 0, and the operands are {dtype}",
            "set fmod to 1; integers alone take the other definition",
        )


def _divisor(call: Call) -> Iterator[Violation]:
    values = contents(call, 1)
    if values is not None and values.dtype.kind in "iu" and not values.all():
        yield Violation("zero-divisor", "the divisor holds a 0", "divide by other numbers")


def _ratio(call: Call) -> Iterator[Violation]:
    ratio = number(call, 1) if call.version >= 12 else None
    if ratio is not None and not 0 <= ratio < 1:
        yield Violation(
            "dropout-ratio",
            f"ratio is {ratio}",
            "give a ratio of 0 or more and below 1",
        )


def _slope(call: Call) -> Iterator[Violation]:
    """The slope stretches to X, not X to the slope."""
    shapes = shape_of(call, 0), shape_of(call, 1)
    if call.version >= 7 and not any(broadcasts()(call)):
        yield from stretches(shapes[1], "slope", shapes[0], "X", grave=False)


def _step(call: Call) -> Iterator[Violation]:
    if number(call, 2) == 0:
        yield Violation("range-step", "delta is 0", "give a step other than 0")


def _sizes(call: Call) -> Iterator[Violation]:
    sizes = wholes(call, "shape")
    if sizes and min(sizes) < 0:
        yield Violation(
            "attribute-value", f"shape {list(sizes[:8])} has a size below 0",
            "state sizes of 0 or more",
        )  # fmt: skip


def _asked(call: Call) -> Iterator[Violation]:
    """ConstantOfShape makes sizes of 0 or more."""
    value, shape = contents(call, 0), shape_of(call, 0)
    if shape is not None and len(shape) != 1:
        yield Violation(
            "rank", f"the shape has rank {len(shape)}, ConstantOfShape takes 1",
            "give one list of sizes",
        )  # fmt: skip
    elif value is not None and value.size and value.min() < 0:
        yield Violation(
            "attribute-value", f"the shape has a size of {int(value.min())}",
            "state sizes of 0 or more",
        )  # fmt: skip


def _filler(call: Call) -> Iterator[Violation]:
    """ConstantOfShape repeats one number."""
    value = call.attr("value")
    size, rank = getattr(value, "size", 1), getattr(value, "ndim", 1)
    if (size, rank) != (1, 1):
        yield Violation(
            "attribute-value", f"value has {size} numbers in {rank} axes",
            "state a tensor with one axis and one number",
        )  # fmt: skip


_RANDOM = (type_attribute("dtype"), _sizes)

ELEMENTWISE: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    **{("", op): (broadcasts(since=8 if op in _VARIADIC else 7), _alike) for op in _PAIRS},
    ("", "Div"): (broadcasts(), _alike, _divisor),
    ("", "BitShift"): (broadcasts(), one_of("direction", ("LEFT", "RIGHT"))),
    ("", "Mod"): (broadcasts(), one_of("fmod", (0, 1)), _remainder, _divisor),
    ("", "PRelu"): (broadcasts(), _slope),
    ("", "Clip"): (single(1, "min"), single(2, "max")),
    ("", "Cast"): (type_attribute("to"), _target_type),
    ("", "BitCast"): (type_attribute("to"), _target_type),
    ("", "Gelu"): (one_of("approximate", ("none", "tanh")),),
    ("", "Dropout"): (single(1, "ratio"), single(2, "training_mode"), _ratio),
    ("", "Range"): (single(0, "start"), single(1, "limit"), single(2, "delta"), _step),
    ("", "RandomNormal"): _RANDOM,
    ("", "RandomUniform"): _RANDOM,
    ("", "RandomNormalLike"): (type_attribute("dtype"),),
    ("", "RandomUniformLike"): (type_attribute("dtype"),),
    ("", "Bernoulli"): (type_attribute("dtype"),),
    ("", "EyeLike"): (type_attribute("dtype"),),
    ("", "Multinomial"): (at_least("sample_size", 1), one_of("dtype", (6, 7))),
    ("", "ConstantOfShape"): (_asked, _filler),
    ("com.microsoft", "ComplexMul"): (broadcasts(since=1),),
    ("com.microsoft", "ComplexMulConj"): (broadcasts(since=1),),
}  # fmt: skip
