"""Values of attributes, of every type that onnx has, and what is said of those that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from analyzer.graph.attributes import Misfit, Oversize, Reference, decode_attribute

SPARSE = helper.make_sparse_tensor(
    numpy_helper.from_array(np.ones(1, np.float32), "v"),
    numpy_helper.from_array(np.zeros(1, np.int64), "i"),
    [3],
)
MADE: list[tuple[str, Any, Any]] = [
    ("a", 3, 3), ("a", [3, 4], (3, 4)), ("a", 0.5, 0.5), ("a", [0.5, 2.0], (0.5, 2.0)),
    ("a", "ß", "ß"), ("a", b"\xff", "�"), ("a", ["x", "y"], ("x", "y")),
    ("a", SPARSE, SPARSE),
    ("a", t := helper.make_tensor_type_proto(TensorProto.FLOAT, [2]), t),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "value"), MADE)
def test_an_attribute_of_each_type_has_its_value(name: str, given: Any, value: Any) -> None:
    assert decode_attribute(helper.make_attribute(name, given)) == value


def test_a_small_tensor_is_an_array_and_a_reference_a_name() -> None:
    tensor = helper.make_attribute("a", numpy_helper.from_array(np.arange(3)))
    assert list(decode_attribute(tensor)) == [0, 1, 2]
    referring = AttributeProto(name="a", ref_attr_name="outer", type=AttributeProto.INT)
    assert decode_attribute(referring) == Reference("outer")


@pytest.mark.parametrize(("name", "given", "words"), [
    ("axis", 1.0, "'axis' is FLOAT, not INT"),
    ("axes", 1, "'axes' is INT, not INTS"),
    ("quant_type", [1], "'quant_type' is INTS, not INT or STRING"),
    ("value", "text", "'value' is STRING, not FLOAT or TENSOR"),
])  # fmt: skip
def test_an_attribute_of_another_type_is_ignored(name: str, given: Any, words: str) -> None:
    with pytest.raises(Misfit) as raised:
        decode_attribute(helper.make_attribute(name, given))
    assert str(raised.value) == f"attribute {words}, and was ignored"


def test_an_attribute_of_a_type_that_nobody_knows_is_ignored() -> None:
    named = AttributeProto(name="a" * 60).SerializeToString()
    strange = AttributeProto.FromString(named + b"\xa0\x01\x63")
    for attribute in (strange, AttributeProto(name="a" * 60)):
        with pytest.raises(Misfit) as raised:
            decode_attribute(attribute)
        assert (
            str(raised.value) == f"attribute '{'a' * 50}' is UNDEFINED, not known, and was ignored"
        )


@pytest.mark.parametrize(
    "name", "axes dilations kernel_shape output_padding output_shape pads perm strides".split()
)
def test_a_list_with_an_entry_for_each_axis_has_a_limit(name: str) -> None:
    fits = decode_attribute(helper.make_attribute(name, [1] * 128))
    assert len(fits) == 128
    with pytest.raises(Oversize) as raised:
        decode_attribute(helper.make_attribute(name, [1] * 129))
    said = f"attribute '{name}' has 129 entries and was ignored"
    assert str(raised.value) == said
    assert len(decode_attribute(helper.make_attribute("starts", [1] * 129))) > 0
