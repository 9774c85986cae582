"""Sequences: how many elements there are, and the shape of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analyzer.shapes.sequences import sequence_result
from analyzer.shapes.types import Type, element_type, merge, refine, sequence_type
from tests.golden.text import facts

Shape = tuple[int | None, ...] | None


def shape_of(body: str, result: str = "y", inputs: str = "float[2,7,4] x") -> Shape:
    found = facts(f"g ({inputs}) => (float[] {result}) {{ {body} }}")
    return next(t.shape for n in found.nodes for t in n.outputs if t.name == result)


def test_uneven_chunks_are_told_apart() -> None:
    split = "n = Constant <value_int = 3> ()  s = SplitToSequence <axis = 1> (x, n) "
    last = "i = Constant <value_int = -1> ()  y = SequenceAt (s, i)"
    assert shape_of(split + last) == (2, 1, 4)  # 7 = 3 + 3 + 1
    assert shape_of(split + "y = ConcatFromSequence <axis = 1> (s)") == (2, 7, 4)


@pytest.mark.parametrize(
    ("attributes", "shape"),
    [("axis = 1", (2, 4)), ("axis = 1, keepdims = 1", (2, 1, 4)), ("axis = -1", (2, 7))],
)
def test_without_sizes_every_index_is_an_element(attributes: str, shape: Shape) -> None:
    keep = attributes if "keepdims" in attributes else f"{attributes}, keepdims = 0"
    body = f"s = SplitToSequence <{keep}> (x)  i = Constant <value_int = 0> ()  "
    assert shape_of(body + "y = SequenceAt (s, i)") == shape


def test_stacking_counts_the_elements() -> None:
    body = "s = SequenceConstruct (x, x)  t = SequenceInsert (s, x)  "
    assert shape_of(body + "y = ConcatFromSequence <axis = 0, new_axis = 1> (t)") == (3, 2, 7, 4)
    body += "u = SequenceErase (t)  n = SequenceLength (u)  "
    assert shape_of(body + "y = ConstantOfShape (m)  m = Unsqueeze (n, a)  "
                    "a = Constant <value_ints = [0]> ()") == (2,)  # fmt: skip


def test_a_loop_that_collects_keeps_the_shape_of_what_it_collects() -> None:
    body = (
        "e = SequenceEmpty ()  s = Loop (n, , e) <body = l (int64 i, bool c, seq(float) p) => "
        "(bool d, seq(float) q) { d = Identity (c)  q = SequenceInsert (p, x) }>  "
        "y = ConcatFromSequence <axis = 0, new_axis = 1> (s)"
    )
    assert shape_of(body, inputs="float[2,7,4] x, int64 n") == (None, 2, 7, 4)


@pytest.mark.parametrize(
    "body",
    [
        "s, t = SequenceConstruct (x, x)  y = ConcatFromSequence <axis = 0> (s)",
        "s = SequenceEmpty <dtype = 99> ()  y = ConcatFromSequence <axis = 0> (s)",
        "s = SequenceConstruct (x, x)  y, z = ConcatFromSequence <axis = 0> (s)",
        "s = SequenceConstruct (x, x)  y = ConcatFromSequence <axis = 9> (s)",
        "y = ConcatFromSequence <axis = 0> ()",
        "i = Constant <value_int = 0> ()  y = SequenceAt (x, i)",
    ],
)
def test_what_breaks_its_definition_has_no_shape_and_takes_none_from_the_others(body: str) -> None:
    assert shape_of(f"{body}  r = Neg (x)") is None
    assert shape_of(f"{body}  r = Neg (x)", "r") == (2, 7, 4)


def tensor(*shape: int | None, dtype: str | None = "float32") -> Type:
    return Type(dtype, shape)


def listed(*items: Type) -> Type:
    """A sequence of them, one by one."""
    common = items[0]
    for item in items[1:]:
        common = merge(common, item)
    made = sequence_type(common, items)
    assert made is not None
    return made


def uncounted(element: Type) -> Type:
    made = sequence_type(element, None)
    assert made is not None
    return made


A, B, C = tensor(2, 3), tensor(2, 5), tensor(2, 7)
ABC = listed(A, B, C)


def asked(
    op: str, *inputs: Type, at: int | list[int] | None = None, slot: int = 1, **attributes: Any
) -> Type | None:
    """What ``op`` makes; ``at`` are the contents of operand ``slot``."""
    values: list[Any] = [None] * len(inputs)
    if at is not None:
        values[slot] = np.array(at, np.int64)
    return sequence_result(op, attributes, inputs, values)


def items(made: Type | None) -> tuple[Type, ...] | None:
    assert made is not None
    return made.items


INDEX = tensor(dtype="int64")


def test_an_element_is_put_in_before_its_position() -> None:
    """SequenceInsert: positions count from behind where they are negative; none is the end."""
    new = tensor(2, 9)
    for at, wanted in ((0, (new, A, B, C)), (2, (A, B, new, C)), (3, (A, B, C, new)),
                       (-1, (A, B, new, C)), (-3, (new, A, B, C))):  # fmt: skip
        assert items(asked("SequenceInsert", ABC, new, INDEX, at=at, slot=2)) == wanted
    assert items(asked("SequenceInsert", ABC, new)) == (A, B, C, new)
    assert items(asked("SequenceInsert", ABC, new, INDEX)) is None
    assert items(asked("SequenceInsert", listed(A, A), A, INDEX)) == (A, A, A)
    assert items(asked("SequenceInsert", uncounted(A), A)) is None


def test_an_element_is_taken_out_at_its_position() -> None:
    """SequenceErase: the last without a position; which one does not matter where all are alike."""
    for at, wanted in ((0, (B, C)), (1, (A, C)), (2, (A, B)), (-1, (A, B)), (-3, (B, C))):
        assert items(asked("SequenceErase", ABC, INDEX, at=at)) == wanted
    assert items(asked("SequenceErase", ABC)) == (A, B)
    assert items(asked("SequenceErase", ABC, INDEX)) is None
    assert items(asked("SequenceErase", listed(A, A), INDEX)) == (A,)
    assert asked("SequenceErase", uncounted(A)) == uncounted(A)
    last = asked("SequenceErase", listed(A))
    assert last is not None
    assert (last.items, element_type(last)) == ((), A)


def test_an_element_is_the_one_at_its_position_or_what_all_have_in_common() -> None:
    for at, wanted in (
        (0, A),
        (2, C),
        (-1, C),
        (-3, A),
        (3, tensor(2, None)),
        (-4, tensor(2, None)),
    ):
        assert asked("SequenceAt", ABC, INDEX, at=at) == wanted
    assert asked("SequenceAt", ABC, INDEX) == tensor(2, None)
    assert asked("SequenceAt", ABC, INDEX, at=[0, 1]) == tensor(2, None)
    assert asked("SequenceAt", uncounted(B), INDEX, at=0) == B


def test_chunks_are_as_long_as_the_operand_says() -> None:
    """SplitToSequence: a number cuts equal chunks, a list states each, nothing means 1."""
    data, one, many = tensor(2, 7, 4), tensor(dtype="int64"), tensor(None, dtype="int64")

    def lengths(made: Type | None, axis: int = 1) -> list[int | None]:
        return [t.shape[axis] if t.shape else None for t in items(made) or ()]

    split = "SplitToSequence"
    assert lengths(asked(split, data, one, at=3, axis=1)) == [3, 3, 1]
    assert lengths(asked(split, data, one, at=7, axis=1)) == [7]
    assert lengths(asked(split, data, one, at=9, axis=1)) == [7]
    assert lengths(asked(split, data, one, at=1, axis=-2)) == [1] * 7
    assert lengths(asked(split, data, many, at=[1, 6], axis=1)) == [1, 6]
    assert lengths(asked(split, data, many, at=[7], axis=1)) == [7]
    assert lengths(asked(split, data), 0) == [1, 1]
    assert [t.shape for t in items(asked(split, data, keepdims=0)) or ()] == [(7, 4)] * 2
    assert [t.shape for t in items(asked(split, data, one, at=1, keepdims=0)) or ()] == [
        (1, 7, 4), (1, 7, 4),
    ]  # fmt: skip
    assert items(asked(split, data, one, at=0, axis=1)) is None
    for unknown in (asked(split, data, one, axis=1), asked(split, data, many, axis=1)):
        assert unknown == uncounted(tensor(2, None, 4))
    assert asked(split, tensor(2, None), axis=1) == uncounted(tensor(2, 1))
    for axis in (3, -4):
        assert asked(split, data, axis=axis) is None
    assert asked(split, Type("float32"), axis=0) is None


def test_a_sequence_of_very_many_elements_is_not_told_apart() -> None:
    assert len(items(asked("SplitToSequence", tensor(1024, 2))) or ()) == 1024
    assert asked("SplitToSequence", tensor(1025, 2)) == uncounted(tensor(1, 2))
    full = asked("SequenceConstruct", *[A] * 1024)
    assert full is not None
    assert len(full.items or ()) == 1024
    assert asked("SequenceInsert", full, A) == uncounted(A)


def test_joined_elements_add_up_along_the_axis() -> None:
    join = "ConcatFromSequence"
    assert asked(join, ABC, axis=1) == tensor(2, 15)
    assert asked(join, ABC, axis=-1) == tensor(2, 15)
    assert asked(join, listed(A, A), axis=0) == tensor(4, 3)
    assert asked(join, listed(A, tensor(2, None)), axis=1) == tensor(2, None)
    assert asked(join, uncounted(A), axis=1) == tensor(2, None)
    assert asked(join, listed(A, A, A), axis=0, new_axis=1) == tensor(3, 2, 3)
    assert asked(join, listed(A, A, A), axis=2, new_axis=1) == tensor(2, 3, 3)
    assert asked(join, listed(A, A), axis=-1, new_axis=1) == tensor(2, 3, 2)
    assert asked(join, uncounted(A), axis=0, new_axis=1) == tensor(None, 2, 3)
    for axis, new in ((2, 0), (-3, 0), (3, 1), (-4, 1)):
        assert asked(join, listed(A, A), axis=axis, new_axis=new) is None
    assert asked(join, listed(A, tensor(2)), axis=0) == Type("float32")


def test_an_empty_sequence_has_the_type_that_it_states() -> None:
    for attributes, dtype in (({}, "float32"), ({"dtype": 7}, "int64")):
        made = sequence_result("SequenceEmpty", attributes, (), ())
        assert made is not None
        assert (made.items, element_type(made)) == ((), Type(dtype))
    assert sequence_result("SequenceConstruct", {}, (), ()) is None
    assert asked("SequenceConstruct", A, B) == listed(A, B)


def test_what_two_types_have_in_common() -> None:
    assert merge(A, B) == tensor(2, None)
    assert merge(A, A) == A
    assert merge(A, tensor(2)) == Type("float32")
    assert merge(A, tensor(2, 3, dtype="int64")) == tensor(2, 3, dtype=None)
    empty = sequence_type(Type("float32"), ())
    assert empty is not None
    assert merge(empty, listed(A, A)) == merge(listed(A, A), empty) == uncounted(A)
    assert merge(listed(A), listed(B)) == uncounted(tensor(2, None))
    assert merge(ABC, ABC) is ABC
    assert merge(ABC, A) == Type()
    assert merge(ABC, uncounted(tensor(2, 3, dtype="int64"))) == Type()


def test_gaps_are_filled_from_what_is_declared() -> None:
    assert refine(tensor(2, None), tensor(5, 3)) == tensor(2, 3)
    assert refine(Type(None, None), tensor(5, 3)) == tensor(5, 3)
    assert refine(Type("int64", (2,)), Type("float32", None)) == Type("int64", (2,))
    assert refine(tensor(2, None), tensor(2, 3, 4)) == tensor(2, None)
    assert refine(ABC, A) is ABC
    assert refine(Type(), ABC) is ABC
    assert refine(A, ABC) is A
