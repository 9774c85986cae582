"""Attributes and steering inputs: what is the same however it is written, and what is not."""

from __future__ import annotations

import pytest

from analyzer.compare import compare
from tests.golden.text import facts

SIDES = "(float[1,6,8,8] x) => (float[A,B,C,D] y)"

MADE_BY_NODES = """{
b = Constant <value_ints=[0]> ()  e = Constant <value_ints=[-4]> ()
a = Constant <value_ints=[-3]> ()  y = Slice (x, b, e, a) }"""


def differences(old: str, new: str, opsets: tuple[int, int] = (17, 17)) -> list[tuple[str, ...]]:
    found = compare(facts(f"g {old}", opsets[0]), facts(f"g {new}", opsets[1]))
    return [tuple(d) for change in found.changes for d in change.differences]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("y = Softmax <axis=1> (x)", "y = Softmax <axis=-1> (x)", ("axis", "1", "-1")),
        ("y = Softmax (x)", "y = Softmax <axis=0> (x)", ("axis", "-1", "0")),  # all of it is 1
        ("y = LeakyRelu <alpha=0.1> (x)", "y = LeakyRelu <alpha=0.2> (x)", ("alpha", "0.1", "0.2")),
        ("y = Elu (x)", "y = Elu <alpha=0.5> (x)", ("alpha", "1", "0.5")),
        ("y = Cast <to=1> (x)", "y = Cast <to=10> (x)", ("type", "float32", "float16")),
        ("y = LRN <size=3> (x)", "y = LRN <size=5> (x)", ("size", "3", "5")),
    ],
)
def test_an_attribute_that_changes_is_named_with_both_values(
    old: str, new: str, expected: tuple[str, ...]
) -> None:
    assert differences(f"{SIDES} {{ {old} }}", f"{SIDES} {{ {new} }}") == [expected]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("y = Elu (x)", "y = Elu <alpha=1.0> (x)"),
        ("y = Softmax (x)", "y = Softmax <axis=3> (x)"),
        ("y = Transpose <perm=[3,2,1,0]> (x)", "y = Transpose (x)"),
        ("y = MaxPool <kernel_shape=[3,3],auto_pad=\"SAME_UPPER\"> (x)",
         "y = MaxPool <kernel_shape=[3,3],pads=[1,1,1,1],strides=[1,1]> (x)"),
        ("y = ReduceMean <axes=[-1,-2]> (x)", "y = ReduceMean <axes=[2,3]> (x)"),
        ("y = ReduceMean (x)", "y = ReduceMean <axes=[0,1,2,3],keepdims=1> (x)"),
    ],
)  # fmt: skip
def test_what_is_written_in_two_ways_is_the_same(old: str, new: str) -> None:
    assert differences(f"{SIDES} {{ {old} }}", f"{SIDES} {{ {new} }}") == []


@pytest.mark.parametrize(
    ("old", "new", "opsets"),
    [
        ("<float low = {0}, float high = {6}> { y = Clip (x, low, high) }",
         "{ y = Clip <min=0.0, max=6.0> (x) }", (13, 6)),
        ("<float low = {0}> { y = Clip (x, low) }", "{ y = Clip <min=0.0> (x) }", (13, 6)),
        ("<int64[8] p = {0,0,1,1,0,0,1,1}> { y = Pad (x, p) }",
         "{ y = Pad <pads=[0,0,1,1,0,0,1,1]> (x) }", (13, 2)),
        ("<int64[1] a = {-1}> { y = ReduceSum (x, a) }", "{ y = ReduceSum <axes=[3]> (x) }",
         (13, 11)),
        ("<int64[1] b={0}, int64[1] e={4}, int64[1] a={1}> { y = Slice (x, b, e, a) }",
         "{ y = Slice <starts=[0],ends=[4],axes=[1]> (x) }", (13, 9)),
        (MADE_BY_NODES,
         "<int64[1] b={0}, int64[1] e={2}, int64[1] a={1}> { y = Slice (x, b, e, a) }", (13, 13)),
    ],
)  # fmt: skip
def test_an_input_equals_the_attribute_that_it_was_before(
    old: str, new: str, opsets: tuple[int, int]
) -> None:
    assert differences(f"{SIDES} {old}", f"{SIDES} {new}", opsets) == []


def test_two_names_of_one_mode_are_the_same() -> None:
    ends = "(float[1,1,4,4] x, float[1,2,2,2] g) => (float[A,B,C,D] y)"
    old, new = (f'{ends} {{ y = GridSample <mode="{mode}linear"> (x, g) }}' for mode in ("bi", ""))
    assert differences(old, new, (16, 20)) == []


def test_no_axes_at_the_input_are_all_axes() -> None:
    empty = f"{SIDES} <int64[0] a = {{}}> {{ y = ReduceMin (x, a) }}"
    assert differences(empty, f"{SIDES} {{ y = ReduceMin (x) }}", (18, 13)) == []


def test_a_bound_at_an_input_that_changes_is_named() -> None:
    bound = "<float low = {{0}}, float high = {{{}}}> {{ y = Clip (x, low, high) }}"
    old, new = (f"{SIDES} {bound.format(high)}" for high in (6, 4))
    assert differences(old, new) == [("max", "6", "4")]


def test_softmax_before_opset_13_is_over_all_axes_from_its_own_on() -> None:
    body = f"{SIDES} {{ y = Softmax <axis=1> (x) }}"
    assert differences(body, body, (11, 13)) == [("axis", "1", "1")]
    flat = "(float[2,6] x) => (float[A,B] y) { y = Softmax <axis=1> (x) }"
    assert differences(flat, flat, (11, 13)) == []


def test_operands_that_change_places_are_a_change() -> None:
    ends = "(float[2] a, float[2] b) => (float[N] y)"
    old, new = (f"{ends} {{ y = Sub ({x}) }}" for x in ("a, b", "b, a"))
    assert differences(old, new) == [("sources", "from a", "from b")]
    assert differences(old.replace("Sub", "Add"), new.replace("Sub", "Add")) == []


def test_another_branch_of_an_if_is_a_change() -> None:
    text = (
        "(bool c, float[2] x) => (float[N] y) {{ y = If (c) <"
        "then_branch = a () => (float[2] p) {{ p = {} (x) }}, "
        "else_branch = b () => (float[2] q) {{ q = {} (x) }}> }}"
    )
    assert compare(facts(f"g {text.format('Relu', 'Neg')}"),
                   facts(f"g {text.format('Neg', 'Relu')}")).changes  # fmt: skip


def test_what_cannot_be_brought_into_one_form_is_compared_as_it_is() -> None:
    text = "(float[1,1,N] x, float[3] s) => (float[1,1,M] y) { y = Resize <mode={}> (x, , s) }"
    old, new = (f"g {text.replace('{}', mode)}" for mode in ('"linear"', '"cubic"'))
    found = compare(facts(old, 18), facts(new, 18))
    assert [d.aspect for c in found.changes for d in c.differences] == ["mode"]
    assert compare(facts(old, 18), facts(old, 18)).identical is True


def test_what_flows_and_a_constant_that_change_places_are_a_change() -> None:
    vector = "(float[2] x) => (float[N] y) <float[2] c = {1, 2}> { y = Pow ({}) }"
    old, new = (f"g {vector.replace('{}', operands)}" for operands in ("x, c", "c, x"))
    assert compare(facts(old), facts(new)).identical is False
    sums = (each.replace("Pow", "Add") for each in (old, new))
    assert compare(*map(facts, sums)).identical is True


def test_outputs_that_change_places_are_a_change() -> None:
    text = "g (float[4] x) => (float[N] y, float[M] z) {{ {} = Split <num_outputs=2> (x) }}"
    found = compare(facts(text.format("y, z"), 18), facts(text.format("z, y"), 18))
    assert found.identical is False


def test_a_constant_that_is_an_output_is_compared() -> None:
    text = "g (float[1] x) => (float[1] y, float[2] z) {{ y = Relu (x) z = Constant <{}> () }}"
    values = ("value_floats=[1.0,2.0]", "value_floats=[1.0,3.0]")
    old, new = (facts(text.format(value)) for value in values)
    assert compare(old, new).identical is False
    assert compare(old, old).identical is True


def test_a_dimension_of_the_input_that_moved_is_no_change_of_who_reads_it() -> None:
    body = "{ y = Sub (a, b) }"
    old = facts(f"g (float[2] a, float[2] b) => (float[2] y) {body}")
    new = facts(f"g (float[3] c, float[2] a, float[2] b) => (float[2] y) {body}")
    found = compare(old, new)
    assert (found.changes, len(found.interface)) == ((), 1)
