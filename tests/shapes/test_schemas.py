"""Which schema of onnx answers for an operator, and what is asked of it."""

from __future__ import annotations

import pytest
from onnx import defs

from analyzer.shapes.onnx_inference import encode_all, find_schema, newest_schema
from analyzer.shapes.types import Type
from tests.golden.text import facts


@pytest.mark.parametrize(
    ("op", "version", "since"),
    [
        ("Relu", 13, 13), ("Relu", 12, 6), ("Relu", 14, 14), ("Relu", 1, 1), ("Relu", 0, 1),
        ("Relu", 2**40, 14),
        ("LayerNormalization", 11, 17),  # runtimes took it years before its opset
        ("GroupNormalization", 18, 21),  # deprecated there, and made anew
        ("Upsample", 13, 10), ("Scatter", 16, 11),  # deprecated for good
    ],
)  # fmt: skip
def test_the_schema_in_force_answers_or_the_newest(op: str, version: int, since: int) -> None:
    found = find_schema(op, version, "")
    assert found is not None
    assert found.since_version == since


def test_an_operator_that_onnx_does_not_have_has_no_schema() -> None:
    assert find_schema("Fancy", 17, "") is newest_schema("Fancy", "") is None
    assert find_schema("Relu", 1, "com.acme") is None
    known = newest_schema("LabelEncoder", "ai.onnx.ml")
    assert known is not None
    assert known.since_version == defs.get_schema("LabelEncoder", domain="ai.onnx.ml").since_version


def test_all_types_of_operands_are_asked_with_or_none() -> None:
    x, u = Type("float32", (2, None)), Type(None, (2,))
    found = encode_all(["a", "", "b"], [x, u, Type("int64", None)])
    assert found is not None
    assert list(found) == ["a", "b"]
    assert [d.HasField("dim_value") for d in found["a"].tensor_type.shape.dim] == [True, False]
    assert not found["b"].tensor_type.HasField("shape")
    assert encode_all(["a", "c"], [x, u]) is None


@pytest.mark.parametrize(
    ("body", "opset", "dtype", "shape"),
    [
        ("y = Relu (i)", 13, "int32", (1, 3, 1)),  # only floats
        ("y = Abs (i)", 13, "int32", (1, 3, 1)),
        ("y = Relu <bogus = 1> (x)", 13, "float32", (1, 3, 1)),
        ("y = Concat <axis = 0, bogus = 1> (x, x)", 13, "float32", (2, 3, 1)),
        ("y = Cast <to = 7> (i)", 13, "int64", (1, 3, 1)),
        ("y = HardSigmoid (i)", 13, "int32", (1, 3, 1)),
        ("y = ArgMax <axis = 1> (s)", 13, "int64", (1, 1, 1)),  # of its own type whatever it reads
    ],
)
def test_what_a_schema_does_not_take_is_typed_all_the_same(
    body: str, opset: int, dtype: str, shape: tuple[int, ...] | None
) -> None:
    found = facts(
        f"g (float[1,3,1] x, int32[1,3,1] i, string[1,3,1] s) => (float[] y) {{ {body} }}", opset
    )
    (tensor,) = found.nodes[0].outputs
    assert (tensor.dtype, tensor.shape) == (dtype, shape)
