"""Every breach of a declaration, with its place, its words and whether runtimes refuse it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.conformance.declarations import differ
from tests.golden.text import facts, facts_of, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    import onnx

PLAIN = "g (float[2] x) => (float[2] y) { y = Relu (x) }"
KEPT = "g (float[2] x, float[2] w) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }"


def told(model: onnx.ModelProto) -> list[tuple[str, str, str, str, bool]]:
    breaches = facts_of(model).breaches
    return [(b.code, b.where, b.message, b.remedy, b.grave)
            for b in breaches if b.family == "declaration"]  # fmt: skip


def changed(text: str, change: Callable[[onnx.GraphProto], object]) -> onnx.ModelProto:
    model = parse(text)
    change(model.graph)
    return model


ELEMENT = "declare the element type that it has"
CASES: list[tuple[str, Callable[[onnx.GraphProto], object], tuple[str, str, str, str, bool]]] = [
    (PLAIN, lambda g: g.input[0].type.Clear(),
     ("untyped-input", "x", "input 'x' has no type", "declare it", True)),
    (PLAIN, lambda g: g.output[0].type.Clear(),
     ("untyped-output", "y", "output 'y' has no type", "declare it", False)),
    (PLAIN, lambda g: setattr(g.output[0].type.tensor_type, "elem_type", 99),
     ("element-type", "y", "'y' is declared with the unknown element type 99", ELEMENT, True)),
    (PLAIN, lambda g: setattr(g.output[0].type.tensor_type, "elem_type", 0),
     ("element-type", "y", "'y' is declared with no element type", ELEMENT, True)),
    (KEPT, lambda g: setattr(g.input[1].type.tensor_type, "elem_type", 11),
     ("initializer-type", "w", "input 'w' is declared float64, and its initializer is float32",
      "declare what is stored", True)),
    (KEPT, lambda g: setattr(g.input[1].type.tensor_type.shape.dim[0], "dim_value", 3),
     ("initializer-shape", "w", "input 'w' is declared 3, and its initializer is 2",
      "declare what is stored", True)),
    (PLAIN, lambda g: setattr(g.output[0].type.tensor_type, "elem_type", 11),
     ("declared-type", "y", ("output 'y' is declared float64, and the operator that makes it gives "
      "float32"), "correct the declaration, or cast the value", True)),
    (PLAIN, lambda g: setattr(g.output[0].type.tensor_type.shape.dim[0], "dim_value", 3),
     ("declared-shape", "y", "output 'y' is declared 3, and the operator that makes it gives 2",
      "correct the declaration, or drop it and infer shapes anew", False)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "change", "breach"), CASES)
def test_a_wrong_declaration_is_told_in_full(
    text: str, change: Callable[[onnx.GraphProto], object], breach: tuple[str, str, str, str, bool]
) -> None:
    assert told(parse(text)) == []
    assert breach in told(changed(text, change))


def test_a_declaration_inside_a_body_names_the_body() -> None:
    graph = (
        "g (bool c, float[2] x) => (float[] y) { y = If (c) <then_branch = t () => (float[3] a) "
        "{ a = Neg (x) }, else_branch = e () => (float[2] b) { b = Abs (x) }> }"
    )
    assert [(b.where, b.code) for b in facts(graph).breaches] == [
        ("y.then_branch/a", "declared-shape")
    ]


@pytest.mark.parametrize(
    ("a", "b", "differs"),
    [
        (None, (2,), False), ((2,), None, False), ((2,), (2,), False), ((2,), (3,), True),
        ((2,), (2, 1), True), ((None,), (3,), False), ((3,), (None,), False), ((), (), False),
        ((None, 2), (3, 4), True), ((None, 2), (3, 2), False),
    ],
)  # fmt: skip
def test_shapes_differ_where_they_cannot_be_the_same(
    a: tuple[int | None, ...] | None, b: tuple[int | None, ...] | None, differs: bool
) -> None:
    assert differ(a, b) is differs
