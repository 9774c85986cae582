"""Operators that lack what they need take nothing from the others."""

from __future__ import annotations

import pytest
from onnx import helper

from tests.each import each
from tests.golden.text import facts_of, parse


@each("op", ["Constant", "SequenceLength", "Shape", "Size"])
@each(("inputs", "outputs"), [([], []), (["x"], []), ([], ["u"]), ([""], ["u"]), (["x"], [""])])
def test_an_operator_without_operands_or_results_is_passed_over(
    op: str, inputs: list[str], outputs: list[str]
) -> None:
    model = parse("g (float[2,7,4] x) => (float[] y) { y = Neg (x) }")
    model.graph.node.insert(0, helper.make_node(op, inputs, outputs))
    found = facts_of(model)
    assert next(n for n in found.nodes if n.op_type == "Neg").outputs[0].shape == (2, 7, 4)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("body", "dtype", "shape", "values"),
    [
        ("u = Shape (x)", "int64", (3,), (2, 7, 4)),
        ("u = Shape <start = 1> (x)", "int64", (2,), (7, 4)),
        ("u = Shape <end = -1> (x)", "int64", (2,), (2, 7)),
        ("u = Shape <start = -1, end = 9> (x)", "int64", (1,), (4,)),
        ("u = Size (x)", "int64", (), (56,)),
        ("s = SequenceConstruct (x, x, x) u = SequenceLength (s)", "int64", (), (3,)),
        ("u = Constant <value_ints = [3, 4]> ()", "int64", (2,), (3, 4)),
        ("u = Constant <value_float = 0.5> ()", "float32", (), (0.5,)),
        ('u = Constant <value_string = "a"> ()', "string", (), None),
        ('u = Constant <value_strings = ["a", "b"]> ()', "string", (2,), None),
    ],
)  # fmt: skip
def test_what_is_known_of_a_value_is_known_of_what_measures_it(
    body: str, dtype: str, shape: tuple[int, ...], values: tuple[float, ...] | None
) -> None:
    found = facts_of(parse(f"g (float[2,7,4] x) => (float[] u) {{ {body} }}"))
    made = found.nodes[-1].outputs[0]
    assert (made.dtype, made.shape) == (dtype, shape)
    if values is not None and dtype == "int64":
        reshaped = facts_of(
            parse(f"g (float[2,7,4] x) => (float[] y) {{ {body} "
                  "one = Constant <value_ints = [-1]> () v = Reshape (u, one) "
                  "y = ConstantOfShape (v) }")
        )  # fmt: skip
        assert reshaped.nodes[-1].outputs[0].shape == values


def test_a_size_that_no_integer_holds_is_unknown() -> None:
    """2³³ elements of 2³¹ each are 2⁶⁴."""
    for side, known in ((2**31, (2**32,)), (2**33, None)):
        found = facts_of(
            parse(f"g (float[{side},{2**31}] x) => (float[] y) {{ n = Size (x) "
                  "d = Constant <value_int = 1073741824> () q = Div (n, d) "
                  "one = Constant <value_ints = [-1]> () v = Reshape (q, one) "
                  "y = ConstantOfShape (v) }")
        )  # fmt: skip
        shape = found.nodes[-1].outputs[0].shape
        assert shape == (known if known else (None,))
