"""How many operands an operator takes, in words."""

from __future__ import annotations

import pytest

from tests.golden.text import facts

ADD, MUCH = "add what is missing", "remove the inputs that are too many"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("y = Concat <axis = 0> ()", (f"Concat has 0 inputs; it takes at least 1: {ADD}")),
        ("y = Relu ()", f"Relu has 0 inputs; it takes 1: {ADD} (X)"),
        ("y = Relu (x, x)", f"Relu has 2 inputs; it takes 1: {MUCH}"),
        ("y = Conv (x)", f"Conv has 1 input; it takes 2 to 3: {ADD} (W)"),
        ("y = Conv ()", f"Conv has 0 inputs; it takes 2 to 3: {ADD} (X, W)"),
        ("y = Conv (x, x, x, x)", f"Conv has 4 inputs; it takes 2 to 3: {MUCH}"),
        ("y, z = Relu (x)", "Relu has 2 outputs; it takes 1: remove the outputs that are too many"),
    ],
)
def test_too_few_and_too_many_operands_are_counted(body: str, said: str) -> None:
    found = facts(f"g (float[1,3,8,8] x) => (float[] y) {{ {body} }}").breaches
    assert said in [f"{b.message}: {b.remedy}" for b in found if b.code == "arity"]


@pytest.mark.parametrize(
    "body", ["y = Concat <axis = 0> (x)", "y = Concat <axis = 0> (x, x, x, x)", "y = Relu (x)"]
)
def test_as_many_operands_as_it_takes_are_no_breach(body: str) -> None:
    assert facts(f"g (float[1,3,8,8] x) => (float[] y) {{ {body} }}").breaches == ()


@pytest.mark.parametrize(
    ("body", "message", "remedy"),
    [
        ("y = Relu (s)", "input X of Relu is string, which Relu-14 does not take",
         "cast it to a type that Relu-14 lists"),
        ("y = Not (s)", "input X of Not is string, which Not-1 does not take", "cast it to bool"),
        ("y = Sin (i)", "input input of Sin is int64, which Sin-7 does not take",
         "cast it to float16 or float32 or float64"),
    ],
)  # fmt: skip
def test_types_that_an_operator_takes_are_named_where_they_are_few(
    body: str, message: str, remedy: str
) -> None:
    found = facts(f"g (string[2] s, int64[2] i) => (float[] y) {{ {body} }}").breaches
    told = [(b.message, b.remedy) for b in found if b.code == "operand-type"]
    assert told == [(message, remedy)]
