"""What a formula may ask of an operator, and what is said where nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call, Unknown
from tests.each import each

HELD = (
    np.array([[1, 2], [3, 4]]), np.array([0.5, 2.0]), np.array([np.inf]), np.array([True]),
)  # fmt: skip
CALL = Call(
    "Op", "", 17, {"axis": 1},
    (Tensor("x", "float32", (2, 3)), Tensor("open", "float32", (2, None)),
     Tensor("rank", "float32", None), None),
    (Tensor("y", "float32", (4, 5)), None),
    (*HELD, None),
)  # fmt: skip


@each(
    ("ask", "answer"),
    [
        (lambda: CALL.shape(0), (2, 3)),
        (lambda: CALL.size(0), 6),
        (lambda: CALL.dims(0), (2, 3)),
        (lambda: CALL.dims(1), (2, None)),
        (CALL.out_shape, (4, 5)),
        (lambda: CALL.out_size(0), 20),
        (lambda: CALL.input(3), None),
        (lambda: CALL.input(9), None),
        (lambda: CALL.output(1), None),
        (lambda: CALL.output(9), None),
        (lambda: CALL.attr("axis"), 1),
        (lambda: CALL.attr("none", 7), 7),
        (lambda: CALL.integers(0), (1, 2, 3, 4)),
        (lambda: CALL.integers(1), None),
        (lambda: CALL.integers(3), None),
        (lambda: CALL.integers(4), None),
        (lambda: CALL.integers(9), None),
        (lambda: CALL.reals(0), None),
        (lambda: CALL.reals(1), (0.5, 2.0)),
        (lambda: CALL.reals(2), None),
        (lambda: CALL.reals(4), None),
        (lambda: CALL.reals(9), None),
    ],
)
def test_what_is_known_is_said(ask: Callable[[], Any], answer: object) -> None:
    assert ask() == answer


@each(
    ("ask", "why"),
    [
        (lambda: CALL.shape(1), "shape of input 1 (open) is unknown"),
        (lambda: CALL.shape(2), "shape of input 2 (rank) is unknown"),
        (lambda: CALL.shape(3), "input 3 is missing"),
        (lambda: CALL.shape(9), "input 9 is missing"),
        (lambda: CALL.size(1), "shape of input 1 (open) is unknown"),
        (lambda: CALL.size(2), "shape of input 2 (rank) is unknown"),
        (lambda: CALL.size(3), "input 3 is missing"),
        (lambda: CALL.size(9), "input 9 is missing"),
        (lambda: CALL.dims(2), "rank of input 2 is unknown"),
        (lambda: CALL.dims(3), "rank of input 3 is unknown"),
        (lambda: CALL.out_shape(1), "output 1 is missing"),
        (lambda: CALL.out_size(1), "output 1 is missing"),
    ],
)
def test_what_is_not_known_is_named(ask: Callable[[], Any], why: str) -> None:
    with pytest.raises(Unknown) as found:
        ask()
    assert str(found.value) == why
