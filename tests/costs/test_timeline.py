"""Steps of the timeline of memory, what is alive in them, and what is written over an operand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.costs.timeline import Life, Moment, held, steps, stride
from analyzer.facts import Held, MemoryStep, Tensor
from tests.each import each
from tests.golden.text import facts


@pytest.mark.parametrize(
    ("operators", "each"), [(0, 1), (1, 1), (200, 1), (201, 2), (400, 2), (401, 3), (600, 3)]
)
def test_a_timeline_has_at_most_200_steps(operators: int, each: int) -> None:
    assert stride(operators) == each
    moments = [Moment(f"n{k}", k, 2 * k) for k in range(operators)]
    found = steps(moments)
    assert len(found) <= 200
    assert sum(step.operators for step in found) == operators
    if operators:
        last = operators % each or each
        assert found[-1] == MemoryStep(f"n{operators - 1}", last, operators - 1, 2 * operators - 2)


def floats(name: str, size: int | None) -> Tensor:
    return Tensor(name, "float32", (size,))


def test_the_largest_tensors_live_from_their_maker_to_their_last_reader() -> None:
    sites: list[Any] = [SimpleNamespace(index=index) for index in (3, 5, 8, 9)]
    lives = [
        Life(floats("b", 10), 3, 8), Life(floats("a", 10), 5, 99), Life(floats("small", 1), 8, 9),
        Life(floats("large", 20), 0, 5), Life(floats("open", None), 3, 3),
    ]  # fmt: skip
    assert held(lives, sites) == (
        Held("large", 80, 0, 1), Held("a", 40, 1, 3), Held("b", 40, 0, 2), Held("small", 4, 2, 3),
    )  # fmt: skip
    many = [Life(floats(f"t{k}", k + 1), 3, 9) for k in range(7)]
    assert [each.name for each in held(many, sites)] == [f"t{k}" for k in range(6, 1, -1)]
    longer: list[Any] = [SimpleNamespace(index=index) for index in range(400)]
    (found,) = held([Life(floats("a", 1), 101, 301)], longer)
    assert (found.first, found.last) == (50, 150)


@each(
    ("body", "saved"),
    [
        ("a = Neg (x) y = Relu (a)", 40), ("a = Neg (x) y = Add (a, a)", 40),
        ("a = Neg (x) y = Reshape (a, s)", 40), ("a = Neg (x) y = Identity (a)", 40),
        ("a = Neg (x) y = BatchNormalization (a, o, o, o, o)", 40),
        # the input is the caller's; what is read again stays; a product makes another tensor
        ("a = Neg (x) y = Neg (x) z = Abs (a)", 0), ("a = Neg (x) y = Softmax (a)", 0),
        ("a = Neg (x) y = Concat <axis = 0> (a, a)", 0), ("a = Neg (x) y = com.example.F (a)", 0),
        ("a = Neg (x) y = Slice (a, s, t)", 0), ("y = Neg (x)", 0),
    ],
)  # fmt: skip
def test_an_element_wise_result_takes_the_place_of_its_operand(body: str, saved: int) -> None:
    found = facts(
        "g (float[10] x) => (float[] y) <int64[1] s = {-1}, int64[1] t = {99}, float[1] o = {1}> "
        f"{{ {body} }}"
    ).memory
    last = next(step for step in found.timeline if step.node == "y")
    assert last.bytes - last.in_place_bytes == saved
