"""Inputs of every operator, beside its schema in ONNX or ONNX Runtime."""

from __future__ import annotations

import onnx
import pytest
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.operators import operators
from analyzer.operators.contracts import contracts_of
from tests.golden.text import facts

OLDER = {("", "Tile"): 3}
"""Inputs of a first version that had more than the newest."""


def stated() -> dict[tuple[str, str], int]:
    """Number of inputs by operator, where it is fixed."""
    found: dict[tuple[str, str], int] = {}
    for schema in onnx.defs.get_all_schemas():
        kinds = [parameter.option for parameter in schema.inputs]
        if onnx.defs.OpSchema.FormalParameterOption.Variadic not in kinds:
            found[schema.domain, schema.name] = len(kinds)
    for schema in get_all_operator_schema():
        if schema.domain.startswith("com."):
            options = [str(parameter.option) for parameter in schema.inputs]
            if not any(option.endswith("Variadic") for option in options):
                found[schema.domain, schema.name] = len(options)
    return found | OLDER


def test_every_record_says_what_each_input_is_and_no_more() -> None:
    schemas = stated()
    records = [r for r in operators() if r.key in schemas and r.until is None]
    assert len(records) > 380
    assert {r.key: len(r.inputs) for r in records} == {r.key: schemas[r.key] for r in records}


def test_a_packed_weight_without_a_shape_has_no_known_size() -> None:
    seen = 0
    for record in operators():
        for slot, operand in enumerate(record.inputs):
            if operand.packed is None:
                continue
            seen += 1
            for tensor in (None, Tensor("t", "uint8", None)):
                call = Call(record.name, record.domain, 1, {}, (tensor,) * len(record.inputs), ())
                assert operand.packed(call, slot) is None, record.key
            known = [Tensor("t", "uint8", (4, 4, 4))] * len(record.inputs)
            known[slot] = Tensor("t", "uint8", None)
            call = Call(record.name, record.domain, 1, {}, tuple(known), ())
            assert operand.packed(call, slot) is None, record.key
    assert seen > 10


def test_a_position_bias_is_as_long_as_queries_and_keys() -> None:
    """ONNX Runtime's RelativePositionBias: (1, heads, query length, key length)."""
    found = facts(
        "g (float[32,4] table) => (float y) <int64[1] q = {3}, int64[1] k = {5}> "
        "{ y = com.microsoft.RelativePositionBias <max_distance = 128> (table, q, k) }"
    )
    assert found.nodes[0].outputs[0].shape == (1, 4, 3, 5)


@pytest.mark.parametrize(
    ("sizes", "columns", "broken"),
    [
        ((16, 16, 8), 40, False),
        ((16, 16, 8), 48, True),
        ((16, 8, 16), 40, True),
        ((16, 16, 9), 41, True),
    ],
)
def test_hidden_sizes_of_attention_add_up_and_divide(
    sizes: tuple[int, ...], columns: int, broken: bool
) -> None:
    """ONNX Runtime: Q and K alike, all divided by the heads, and together the weight's columns."""
    tensors = [Tensor("x", "float32", (1, 5, 16)), Tensor("w", "float32", (16, columns))]
    output = Tensor("y", "float32", (1, 5, sizes[2]))
    attributes = {"num_heads": 2, "qkv_hidden_sizes": sizes}
    call = Call("Attention", "com.microsoft", 1, attributes, tuple(tensors), (output,))
    found = [v for contract in contracts_of("com.microsoft", "Attention") for v in contract(call)]
    assert bool(found) == broken
