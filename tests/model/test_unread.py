"""Bytes of a model that nobody reads, or that readers need not agree about, are named."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from analyzer.contents import Region
from analyzer.model import load
from tests.model import wirebytes as wb


def plain() -> ModelProto:
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [4]) for n in "xy")
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], raw_data=bytes(16))
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])], "g", [x], [y], [weights]
    )
    return helper.make_model(graph)


def named(data: bytes) -> tuple[Region, ...]:
    return load(data).payloads.rest.unread


def test_every_byte_of_what_onnx_writes_has_a_reader() -> None:
    assert named(plain().SerializeToString()) == ()
    large = numpy_helper.from_array(np.zeros(5000, np.float32), "w")
    assert (
        named(helper.make_model(helper.make_graph([], "g", [], [], [large])).SerializeToString())
        == ()
    )


def test_a_field_that_onnx_does_not_have_is_named_with_what_it_looks_like() -> None:
    data = plain().SerializeToString()
    (region,) = named(data + wb.blob(1999, b"\x7fELF\x02\x01\x01\0payload"))
    assert region.family == "unknown-field"
    assert region.what == "field 1999 of ModelProto, which ONNX does not have"
    assert (region.start, region.bytes) == (len(data), 2 + 1 + 15)
    assert region.looks_like == "an ELF program"


@pytest.mark.parametrize("size", [16, 100_000])
def test_a_field_inside_a_tensor_is_found_however_large_the_tensor_is(size: int) -> None:
    tensor = wb.blob(8, b"w") + wb.number(2, 1) + wb.number(1, size // 4) + wb.blob(9, bytes(size))
    data = wb.model(wb.initializer(tensor + wb.blob(77, b"hidden")))
    (region,) = named(data)
    assert region.what == "field 77 of TensorProto, which ONNX does not have"
    assert data[region.start : region.start + region.bytes].endswith(b"hidden")


def test_a_field_in_the_form_of_another_type_is_named() -> None:
    (region,) = named(plain().SerializeToString() + wb.blob(1, b"eight"))
    assert region.what == "ir_version of ModelProto in the form of another type"


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (wb.number(1, 7), "ir_version of ModelProto, once more"),
        (wb.blob(7, wb.blob(2, b"second")), "graph of ModelProto, once more"),
    ],
)
def test_what_is_stated_twice_is_named(more: bytes, what: str) -> None:
    (region,) = named(plain().SerializeToString() + more)
    assert (region.family, region.what) == ("repeated-field", what)


@pytest.mark.parametrize("size", [16, 100_000])
def test_elements_that_another_stretch_of_elements_replaces_are_named(size: int) -> None:
    """Protobuf keeps the last; the first is read by nobody."""
    twice = wb.blob(9, b"MZ" + bytes(size - 2)) + wb.blob(9, bytes(size))
    tensor = wb.blob(8, b"w") + wb.number(2, 1) + wb.number(1, size // 4) + twice
    (region,) = named(wb.model(wb.initializer(tensor)))
    assert (region.family, region.what) == ("repeated-field", "raw_data of TensorProto, once more")


def test_a_value_of_no_name_is_named() -> None:
    """Protobuf drops it: to one reader the data is here, to another it is nowhere."""
    tensor = wb.blob(8, b"w") + wb.number(2, 1) + wb.number(1, 4) + wb.blob(9, bytes(16))
    (region,) = named(wb.model(wb.initializer(tensor + wb.number(14, 7))))
    assert region.what == "data_location of TensorProto with the unknown value 7"


def test_packed_and_unpacked_lists_are_one_to_every_reader() -> None:
    """Writers of proto3 pack the sizes of a tensor, those of proto2 do not."""
    tensor = wb.blob(8, b"w") + wb.number(2, 1) + wb.blob(1, b"\x04") + wb.blob(9, bytes(16))
    assert named(wb.model(wb.initializer(tensor))) == ()


def test_what_is_found_is_listed_up_to_a_limit() -> None:
    assert len(named(wb.model(*[wb.blob(999, b"x")] * 1000))) == 200
