"""Types of values: what a file declares fills what inference leaves open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from onnx import TensorProto, helper

from analyzer.shapes.types import UNKNOWN, Type, decode_type, encode_type, refine

SEQUENCE = decode_type(
    helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, [2]))
)


@pytest.mark.parametrize(
    ("inferred", "declared", "refined"),
    [
        (Type("float32", (2, None)), Type("float16", (3, 4)), Type("float32", (2, 4))),
        (Type("float32"), Type("float16", (3, 4)), Type("float32", (3, 4))),
        (UNKNOWN, Type("float16", (3, None)), Type("float16", (3, None))),
        (Type(None, (2, 3)), Type("int64", (None, None)), Type("int64", (2, 3))),
        (Type("float32", (2, None)), Type("float32", (2, 3, 4)), Type("float32", (2, None))),
        (Type("float32", (2, None)), Type("float32"), Type("float32", (2, None))),
        (SEQUENCE, Type("float32", (2,)), SEQUENCE),
        (Type("float32", (2,)), SEQUENCE, Type("float32", (2,))),
        (UNKNOWN, SEQUENCE, SEQUENCE),
    ],
)
def test_inference_wins_where_both_speak(inferred: Type, declared: Type, refined: Type) -> None:
    assert refine(inferred, declared) == refined


def test_what_is_known_of_a_sparse_tensor_stands_for_its_declared_sizes() -> None:
    declared = helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [2, "N"])
    known = replace(decode_type(declared), shape=(4, None))
    expected = helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [4, None])
    assert encode_type(known) == expected
