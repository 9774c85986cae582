"""Contents and dimensions of stored tensors, as the shape pass may look at them."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import SparseTensorProto, TensorProto, numpy_helper

from analyzer.graph.tensors import decode_tensor, dims, sparse_dims


@pytest.mark.parametrize(("elements", "known"), [(1, True), (4096, True), (4097, False)])
def test_contents_of_up_to_4096_elements_are_known(elements: int, known: bool) -> None:
    """The limit that SECURITY.md states for what is computed from one constant."""
    stored = numpy_helper.from_array(np.arange(elements, dtype=np.int64))
    found = decode_tensor(stored)
    assert (found is not None) == known
    if known:
        np.testing.assert_array_equal(found, np.arange(elements))


def test_a_claim_of_no_elements_beside_a_huge_side_is_not_made() -> None:
    huge = TensorProto(data_type=TensorProto.FLOAT, dims=[0, 1 << 40], raw_data=b"")
    assert decode_tensor(huge, "as before") == "as before"


def test_a_payload_that_does_not_fit_its_dimensions_stays_unknown() -> None:
    short = TensorProto(data_type=TensorProto.FLOAT, dims=[3], raw_data=bytes(8))
    assert decode_tensor(short) is None


def test_negative_dimensions_are_unknown() -> None:
    broken = TensorProto(data_type=TensorProto.FLOAT, dims=[2, -1], raw_data=bytes(8))
    assert dims(broken) == (2, None)
    assert decode_tensor(broken) is None


def test_a_sparse_tensor_has_at_most_64_axes() -> None:
    assert sparse_dims(SparseTensorProto(dims=[2] * 64)) == (2,) * 64
    assert sparse_dims(SparseTensorProto(dims=[2] * 65)) is None
    assert sparse_dims(SparseTensorProto(dims=[3, -1])) == (3, None)
