"""Sequences: how many elements there are, and the shape of each."""

from __future__ import annotations

import pytest

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
