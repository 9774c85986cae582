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
