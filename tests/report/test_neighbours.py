"""Names beside an operator are found without reading all of a network for each."""

from __future__ import annotations

from analyzer.report.view.neighbours import Neighbours
from tests.golden.text import facts
from tests.steps import steps

MANY = 400


def branches(count: int) -> str:
    """As many convolutions and activations beside each other, and their sum."""
    lines = (f"c{n} = Conv (x, w)  r{n} = Relu (c{n})" for n in range(count))
    ends = ", ".join(f"r{n}" for n in range(count))
    text = f"y = Sum ({ends})"
    body = " ".join((*lines, text))
    return f"g (float[1,4,8,8] x, float[4,4,1,1] w) => (float[1,4,8,8] y) {{ {body} }}"


def test_an_operator_beside_a_sum_of_hundreds_costs_no_more_than_beside_a_few() -> None:
    known = facts(branches(MANY))
    names = Neighbours(known)
    assert names.masked("r7", ("r7 reads c7",)) == ("… reads …",)
    assert steps(lambda: names.masked("r9", ("no name",))) < 2_000  # 7,500 with the sum's inputs
