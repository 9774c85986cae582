"""Types of values: what a file declares fills what inference leaves open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from onnx import TensorProto, TypeProto, helper

from analyzer.shapes.types import UNKNOWN, Type, decode_type, element_type, encode_type, refine

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


NESTED = (
    ("seq", helper.make_sequence_type_proto), ("optional", helper.make_optional_type_proto),
    ("map", lambda inner: helper.make_map_type_proto(TensorProto.INT64, inner)),
)  # fmt: skip


@pytest.mark.parametrize(("word", "wrap"), NESTED, ids=[word for word, _ in NESTED])
def test_types_in_types_are_spelt_out_five_deep(
    word: str, wrap: Callable[[TypeProto], TypeProto]
) -> None:
    start = "map(int64, " if word == "map" else f"{word}("
    proto, spelt = helper.make_tensor_type_proto(TensorProto.FLOAT, [2]), "float32"
    for depth in range(1, 8):
        proto, spelt = wrap(proto), f"{start}{spelt})"
        told = spelt if depth <= 5 else start * 6 + "…" + ")" * 6
        assert decode_type(proto).dtype == told


def test_only_a_sequence_has_an_element() -> None:
    tensor = helper.make_tensor_type_proto(TensorProto.FLOAT, [2])
    assert element_type(SEQUENCE) == Type("float32", (2,))
    optional = decode_type(helper.make_optional_type_proto(tensor))
    assert element_type(optional) == element_type(decode_type(tensor)) == UNKNOWN
