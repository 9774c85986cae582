"""How long keys are, how wide what is split, and how many elements are packed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analyzer.facts import Certainty, Tensor
from analyzer.graph.call import Call
from analyzer.operators import find, nature_of, operators

MS = "com.microsoft"
Shape = tuple[int | None, ...] | None


def call(
    name: str,
    *shapes: Shape,
    outputs: tuple[Shape, ...] = (),
    values: dict[int, Any] | None = None,
    **attributes: Any,
) -> Call:
    inputs = tuple(
        None if s is None else Tensor(f"x{i}", "float32", s) for i, s in enumerate(shapes)
    )
    given = tuple(Tensor(f"y{i}", "float32", s) for i, s in enumerate(outputs))
    contents = tuple(
        None if i not in (values or {}) else np.array((values or {})[i]) for i in range(len(shapes))
    )
    return Call(name, MS, 1, attributes, inputs, given, contents)


QUERY, KEY, PACKED, PAST = (1, 2, 32), (1, 3, 16), (1, 2, 64), (1, 2, 5, 8)
LENGTHS: list[tuple[tuple[Shape, ...], tuple[Shape, ...], dict[int, Any], int, bool]] = [
    ((QUERY, KEY, KEY), (), {}, 3, False),
    ((PACKED,), (), {}, 2, False),
    ((QUERY, KEY, KEY, PAST, PAST), (), {}, 8, False),
    ((PACKED, None, None, PAST, PAST), (), {}, 7, False),
    ((QUERY, KEY, KEY, PAST, PAST), (QUERY, (1, 2, 9, 8)), {}, 8, False),
    ((QUERY, KEY, KEY, PAST, PAST), (QUERY, PAST, PAST), {}, 5, True),
    ((QUERY, (1, 0, 16), (1, 0, 16), PAST, PAST), (QUERY, PAST, PAST), {}, 5, False),
    ((QUERY, KEY, KEY, PAST, PAST, (1,), ()), (), {6: 7}, 7, False),
]
"""Inputs, outputs, contents; keys, and whether they are a guess."""


@pytest.mark.parametrize(("shapes", "outputs", "values", "keys", "guessed"), LENGTHS)
def test_grouped_queries_meet_keys_of_the_past_and_new_ones(
    shapes: tuple[Shape, ...], outputs: tuple[Shape, ...], values: dict[int, Any], keys: int,
    guessed: bool,
) -> None:  # fmt: skip
    """4 heads of 8 elements, 2 queries: heads × queries × keys × (8 + 8) multiplications."""
    record = find(MS, "GroupQueryAttention", 1)
    assert record is not None
    made = call("GroupQueryAttention", *shapes, outputs=outputs, values=values, num_heads=4,
                kv_num_heads=2)  # fmt: skip
    cost = record.cost.cost(made)
    assert cost.macs == 4 * 2 * keys * 16
    assert (cost.certainty is Certainty.ASSUMED) == guessed


def test_a_router_takes_its_columns_and_gate_and_up_share_the_others() -> None:
    """ONNX Runtime's RouterGateUpProj: weight (width, router + gate + up)."""
    record = find(MS, "RouterGateUpProj", 1)
    assert record is not None
    assert record.shape is not None
    made = call("RouterGateUpProj", (2, 3, 5), (5, 14), router_size=4)
    assert [t.shape for t in record.shape(made)] == [(2, 3, 4), (2, 3, 5)]


def test_a_packed_weight_is_as_large_as_its_shape_says_or_as_its_sides_are() -> None:
    record = find(MS, "MatMulFpQ4", 1)
    assert record is not None
    count = record.inputs[1].packed
    assert count is not None
    stated = [
        (call("MatMulFpQ4", (2, 32), (84,), (2,), values={2: [32, 4]}), 128),
        (call("MatMulFpQ4", (2, 32), (84,), (2,), values={2: [0, 4]}), 0),
        (call("MatMulFpQ4", (2, 32), (84,), (2,), values={2: [-1, 4]}, outputs=((2, 6),)), 192),
        (call("MatMulFpQ4", (2, 32), (84,), (2,), outputs=((2, 6),)), 192),
        (call("MatMulFpQ4", (2, 32), (84,), (2,), outputs=(None,)), None),
        (call("MatMulFpQ4", (), (84,), (2,), outputs=((2, 6),)), None),
        (call("MatMulFpQ4", (2, None), (84,), (2,), outputs=((2, 6),)), None),
    ]
    assert [count(made, 1) for made, _ in stated] == [size for _, size in stated]


def test_operators_of_one_name_have_one_nature_in_every_domain() -> None:
    for record in operators():
        assert nature_of(record.name) is record.nature, record.key
    assert nature_of("Nothing") is None
