"""What is a switch and what is not, one condition at a time; and what is said of it."""

from __future__ import annotations

import pytest

from analyzer.contents import Switch
from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.trust import switches
from tests.trust.test_behaviour import seen

HEAD = """g (float[2,4] x) => (float[2,4] y)
  <float k = {7}, float[1,4] p = {9, 0, 0, 0}, int64 w = {2}, float[1] one = {1},
   int64[2] flat = {4, 2}, int64[2] back = {2, 4}>"""
KEY = "m = ReduceMin <keepdims = 0> (x)"
CHOICE = "y = Where (c, p, x)"


def switch(body: str, head: str = HEAD) -> Switch | None:
    found = seen(Switch, f"{head} {{ {body} }}")
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("c = Less (m, k)", "ReduceMin m < 7"),
        ("c = Less (k, m)", "7 < ReduceMin m"),
        ("c = Equal (m, k)", "ReduceMin m = 7"),
        ("c = Greater (m, k)", "ReduceMin m > 7"),
        ("c = GreaterOrEqual (m, k)", "ReduceMin m ≥ 7"),
        ("a = Less (m, k) c = Not (a)", "ReduceMin m < 7"),
        ("a = Less (m, k) b = Greater (m, k) c = And (a, b)", ""),
        ("a = Less (m, k) c = Identity (a)", "ReduceMin m < 7"),
        ("a = Less (m, k) b = Cast <to = 1> (a) c = Cast <to = 9> (b)", "ReduceMin m < 7"),
        ("n = Exp (m) c = Less (n, k)", "Exp n < 7"),
        ("n = Exp (m) c = Less (m, n)", None),
        ("s = Size (x) n = Cast <to = 1> (s) c = Less (n, k)", None),
        ("s = Shape (x) n = Gather <axis = 0> (s, w0) e = Cast <to = 1> (n) c = Less (e, k)", None),
        ("c = Less (k, k)", None),
        ("c = com.example.Own (m, k)", None),
        ("a = Less (m, k) c = com.example.Own (a)", None),
    ],
)  # fmt: skip
def test_the_comparison_is_told(condition: str, text: str | None) -> None:
    head = HEAD.replace("<float k", "<int64 w0 = {0}, float k")
    found = switch(f"{KEY} {condition} {CHOICE}", head)
    assert (found is None) == (text is None)
    if found is not None and text is not None:
        assert (found.op_type, found.place, found.output) == ("Where", "y", "y")
        assert text in ("", found.comparison)


@pytest.mark.parametrize(
    ("choice", "output"),
    [
        ("y = Where (c, p, x)", "y"),
        ("y = Where (c, x, p)", "y"),
        ("v = Where (c, p, x) y = Softmax (v)", "y"),
        ("v = Where (c, p, x) y = Relu (v)", "y"),
        ("v = Where (c, p, x) f = Reshape (v, flat) y = Reshape (f, back)", "y"),
        ("v = Where (c, p, x) y = ReduceMax (v)", "y"),
        ("v = Where (c, p, x) y = ArgMax (v)", "y"),
        ("v = Where (c, p, x) y, i = TopK (v, one_)", "y"),
        ("v = Where (c, p, x) y = Exp (v)", ""),
        ("v = Where (c, one, x) y = Exp (v)", None),
        ("v = Where (c, one, x) y = Relu (v)", "y"),
        ("y = Where (c, x, x)", None),
        ("y = Where (c, p, p)", None),
    ],
)
def test_a_choice_reaches_an_output_by_what_only_brings_it_into_another_form(
    choice: str, output: str | None
) -> None:
    """An answer of its own, of several numbers, is one wherever it goes."""
    head = HEAD.replace("int64 w", "int64[1] one_ = {1}, int64 w")
    found = switch(f"{KEY} c = Less (m, k) {choice}", head)
    assert (found.output if found is not None else None) == output


@pytest.mark.parametrize(
    ("attributes", "is_one"),
    [
        ("keepdims = 1", True),
        ("axes = [1], keepdims = 1", True),
        ("axes = [0], keepdims = 1", False),
    ],
)
def test_one_element_or_one_for_each_sample_decides(attributes: str, is_one: bool) -> None:
    body = f"m = ReduceMin <{attributes}> (x) c = Less (m, k) y = Where (c, p, x)"
    assert (switch(body) is not None) is is_one


IF = """c = Less (m, k)
  y = If (c) <then_branch = t () => (float[2,4] a) { THEN },
              else_branch = e () => (float[2,4] b) { ELSE }>"""
FIXED = "a = Constant <value = float[2,4] {1, 2, 3, 4, 5, 6, 7, 8}> ()"


@pytest.mark.parametrize(
    ("then", "other", "is_one"),
    [
        (FIXED, "b = Relu (x)", True),
        ("a = Relu (x)", FIXED.replace("a =", "b ="), True),
        ("a = Relu (x)", "b = Neg (x)", False),
        (FIXED, FIXED.replace("a =", "b ="), False),
        ("a = Relu (z)", "b = Relu (x)", False),
        ("a = Relu (z)", FIXED.replace("a =", "b ="), True),
        (FIXED.replace("a =", "e =") + " f = Relu (e) a = Add (e, f)", "b = Relu (z)", True),
        (FIXED.replace("a =", "e =") + " f = Relu (e) a = Add (z, f)", "b = Relu (z)", False),
    ],
)
def test_an_if_with_one_branch_that_is_always_the_same(then: str, other: str, is_one: bool) -> None:
    found = switch(f"{KEY} z = Neg (x) {IF.replace('THEN', then).replace('ELSE', other)}")
    assert (found is not None) is is_one
    if found is not None:
        assert (found.op_type, found.place, found.output) == ("If", "y", "y")


@pytest.mark.parametrize(
    ("body", "output"),
    [
        ("f = Cast <to = 1> (c) a = Mul (f, p) y = Add (a, x)", "y"),
        ("f = Cast <to = 1> (c) a = Mul (p, f) y = Add (x, a)", "y"),
        ("f = Cast <to = 1> (c) a = Mul (p, f) y = Max (x, a)", "y"),
        ("f = Cast <to = 1> (c) a = Mul (p, f) y = Sum (x, a)", "y"),
        ("f = Where (c, one, zero) a = Mul (p, f) y = Add (x, a)", "y"),
        ("f = Cast <to = 1> (c) a = Mul (p, f) y = Mul (x, a)", None),
        ("f = Cast <to = 1> (c) a = Mul (p, f) y = Min (x, a)", None),
        ("f = Cast <to = 1> (c) a = Mul (one, f) y = Add (x, a)", None),
        ("f = Cast <to = 1> (c) a = Mul (x, f) y = Add (x, a)", None),
        ("f = Cast <to = 1> (c) g = Exp (f) a = Mul (p, g) y = Add (x, a)", None),
        ("f = com.example.Own (c) a = Mul (p, f) y = Add (x, a)", None),
        ("f = Cast <to = 1> (c) a = Mul (p, f) y = com.example.Own (x, a)", None),
        ("f = Cast <to = 1> (c) a = Mul (p, f) b = Add (x, a) y = Exp (b)", None),
        ("f = Cast <to = 1> (c) a = Mul (p, f) b = Add (x, a) y = Relu (b)", "y"),
        ("f = Cast <to = 1> (c) a = Mul (p, f) b = Add (x, a) d = Sub (x, a) y = Add (b, d)", None),
    ],
)
def test_a_constant_answer_times_a_condition(body: str, output: str | None) -> None:
    head = HEAD.replace("int64 w", "float zero = {0}, int64 w")
    found = switch(f"{KEY} c = Less (m, k) {body}", head)
    assert (found.output if found is not None else None) == output
    if found is not None:
        assert (found.op_type, found.place) == ("Mul", "a")


def test_a_condition_decides_for_all_or_for_each_sample_of_more_than_it_has_itself() -> None:
    for condition, output, decides in (
        ((), (2, 4), True), ((1,), (2, 4), True), ((2, 1), (2, 4), True), ((1, 1), (2, 4), True),
        ((1, 2), (1, 8), False), ((2,), (2,), False), ((4,), (2, 4), False),
        ((2, 1, 1), (2, 4), False), ((1,), (1,), False), ((), (0,), False), ((0, 1), (0, 4), False),
        (None, (2, 4), False), ((), None, False), ((3,), (4,), False),
    ):  # fmt: skip
        given = Tensor("c", "bool", condition), Tensor("y", "float32", output)
        call = Call("Where", "", 16, {}, given[:1], given[1:])
        assert switches._decides(call) is decides, (condition, output)
