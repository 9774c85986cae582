"""In which arithmetic an operator multiplies: that of one of its inputs, or a stated one."""

from __future__ import annotations

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.operators import operators
from analyzer.operators.formula import dtype_of, fixed, integer_of
from analyzer.operators.record import Operator

ELSEWHERE = {
    "WordConvEmbedding": 1,
    # 8-bit weights beside data in floating point
    "DynamicQuantizeLSTM": "int8", "DynamicQuantizeMatMul": "int8", "QAttention": "int8",
    "QOrderedAttention": "int8", "QOrderedMatMul": "int8",
    "MatMulInteger16": "int16",
    # formats of packed weights
    "GemmFloat8": "float8", "MatMulBlockQuantizedFp8Weight": "float8",
    "MatMulBnb4": "float4", "MatMulBlockQuantizedFp4Weight": "float4",
    "MatMulFpQ4": "int4", "MatMulNBits": "int4", "MatMulNBitsMlp": "int4",
    "MatMulNBitsQLoRA": "int4", "MatMulNBitsQkv": "int4", "QMoE": "int4",
}  # fmt: skip
"""The input that tells, or the type, where it is not the first input's."""


def called(record: Operator) -> Call:
    """With another type of each input."""
    inputs = tuple(Tensor(f"x{i}", f"type {i}", (1,)) for i in range(len(record.inputs)))
    return Call(record.name, record.domain, record.since, {}, inputs, (Tensor("y", "?", (1,)),))


def test_products_are_made_in_the_type_of_the_first_input_or_in_a_stated_one() -> None:
    wrong, seen, counted = {}, set(), 0
    for record in operators():
        rule = record.cost.precision
        if rule is None:
            assert record.cost.count is None or not record.cost.has_macs, record.key
            continue
        counted += 1
        wanted = ELSEWHERE.get(record.name, 0)
        seen.add(record.name)
        found = rule(called(record))
        if found != (f"type {wanted}" if isinstance(wanted, int) else wanted):
            wrong[record.key] = found
    assert wrong == {}
    assert seen >= set(ELSEWHERE)
    assert counted > 70


def test_a_precision_that_nobody_knows_has_no_name() -> None:
    one, none = Tensor("x", "uint8", (1,)), Tensor("x", None, (1,))
    call = Call("Op", "", 1, {}, (None, one, none), ())
    assert [dtype_of(slot)(call) for slot in range(4)] == ["", "uint8", "", ""]
    assert [integer_of(slot)(call) for slot in range(4)] == ["int8"] * 4
    signed = Call("Op", "", 1, {}, (Tensor("x", "int16", (1,)), Tensor("x", "uint4", (1,))), ())
    assert [integer_of(slot)(signed) for slot in range(2)] == ["int16", "int4"]
    assert fixed("int8")(call) == "int8"
