"""What is one step from a valid operator is grave where ONNX Runtime refuses it, and where less is
known of an operator, less is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tests.operators.contracts.neighbours import (
    CRASHED,
    VERDICTS,
    call,
    found,
    mark,
    neighbours,
)
from tests.operators.contracts.plain_families import FAMILIES as PLAIN
from tests.operators.contracts.test_contracts import FAMILIES as BROKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.graph.call import Call

FAMILIES = {**BROKEN, **PLAIN}
RECORDED = {
    name: marks
    for marks, _, name in (line.partition(" ") for line in VERDICTS.read_text("utf-8").splitlines())
}


def _dimmed(known: Call) -> Iterator[Call]:
    """With the contents, the sizes or one size of one operand unknown."""
    for slot, tensor in enumerate(known.inputs):
        if tensor is None:
            continue
        before, after = known.inputs[:slot], known.inputs[slot + 1 :]
        values = (*known.values[:slot], None, *known.values[slot + 1 :])
        shapes = [None, *(
            (*tensor.shape[:axis], None, *tensor.shape[axis + 1 :])
            for axis in range(len(tensor.shape or ()))
        )] if tensor.shape is not None else [None]  # fmt: skip
        yield replace(known, values=values)
        for shape in shapes:
            inputs = (*before, replace(tensor, shape=shape), *after)
            yield replace(known, inputs=inputs, values=values)


def test_a_step_from_what_is_valid_is_grave_where_the_runtime_refuses_it() -> None:
    """The marks are ONNX Runtime's, and where it runs or refuses what we judge otherwise, they say
    so; python -m tests.operators.contracts.neighbours asks it again."""
    marks = {}
    for name, family in FAMILIES.items():
        nodes = list(neighbours(family.make(np.random.default_rng(0))))
        assert len(nodes) == len(RECORDED[name]), f"{name} is another: ask the runtime again"
        marks[name] = "".join(
            old if old == CRASHED else mark(found(call(node)), refused=old in "-~x")
            for old, node in zip(RECORDED[name], nodes, strict=True)
        )
    assert marks == RECORDED


def test_what_is_not_known_of_a_valid_operator_breaks_nothing() -> None:
    for family in FAMILIES.values():
        for node in family.valid(np.random.default_rng(0)):
            for less in _dimmed(call(node)):
                assert found(less) == [], node
