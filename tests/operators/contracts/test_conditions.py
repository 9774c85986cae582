"""Conditions of contracts, each met and missed by one step."""

from __future__ import annotations

import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.operators.contracts import contracts_of

Shape = tuple[int | None, ...]


def said(
    op: str,
    shapes: tuple[Shape | None, ...],
    domain: str = "",
    dtypes: tuple[str, ...] = (),
    **attributes: object,
) -> list[tuple[str, bool]]:
    """Code and gravity of what the contracts say of an operator."""
    kinds = (*dtypes, *["float32"] * len(shapes))
    inputs = tuple(
        None if shape is None else Tensor("t", dtype, shape)
        for shape, dtype in zip(shapes, kinds, strict=False)
    )
    call = Call(op, domain, 17, attributes, inputs, (Tensor("y", "float32", None),))
    return [(v.code, v.grave) for check in contracts_of(domain, op) for v in check(call)]


@pytest.mark.parametrize(
    ("batch", "time", "expected"),
    [
        (0, 1, []), (1, 0, []),
        (0, 0, [("attribute-value", True)]), (1, 1, [("attribute-value", True)]),
        (0, 2, [("attribute-value", True)]), (2, 1, [("attribute-value", True)]),
        # counted from the end they mean an axis, and ONNX allows 0 and 1 only
        (0, -1, [("attribute-value", False)]), (-2, 1, [("attribute-value", False)]),
        (-1, 2, [("attribute-value", True)]),
        # another check names what is no whole number
        ("x", 0, []), (0, "x", []), ("x", 3, []),
    ],
)  # fmt: skip
def test_a_reversed_sequence_has_one_axis_of_batches_and_one_of_time(
    batch: int | str, time: int | str, expected: list[tuple[str, bool]]
) -> None:
    found = said("ReverseSequence", ((4, 4), (4,)), batch_axis=batch, time_axis=time)
    assert found == expected


@pytest.mark.parametrize(
    ("width", "key", "heads", "expected"),
    [
        (12, (1, 4, 12), 3, []),
        (10, (1, 4, 10), 3, [("heads", False)]),
        (10, (1, 4, 10), 0, []),
        (10, None, 3, []),
    ],
)
def test_the_width_of_a_query_beside_a_key_divides_into_the_heads(
    width: int, key: Shape | None, heads: int, expected: list[tuple[str, bool]]
) -> None:
    found = said("MultiHeadAttention", ((1, 4, width), key, key), "com.microsoft", num_heads=heads)
    assert [one for one in found if one == ("heads", False)] == expected


@pytest.mark.parametrize(
    ("past", "lengths", "expected"),
    [
        (None, (2,), []),
        ((2, 2, 5, 8), (2,), ["operand-extra"]),
        (None, (3,), ["operand-length"]),
        (None, (2, 1), ["operand-length"]),
    ],
)
def test_lengths_without_padding_are_one_for_each_of_a_batch_and_stand_alone(
    past: Shape | None, lengths: Shape, expected: list[str]
) -> None:
    """ONNX: nonpad_kv_seqlen has the shape (batch size) and excludes past_key and past_value."""
    query = (2, 2, 4, 8)
    found = said("Attention", (query, query, query, None, past, past, lengths))
    assert [code for code, _ in found if code in ("operand-extra", "operand-length")] == expected


@pytest.mark.parametrize(
    ("dtype", "scales", "axes", "expected"),
    [
        ("uint8", (16, 4), (0, 1), []),
        ("uint8", (16, 4), (-2, -1), []),
        ("uint8", (16, 4), (1, 1), [("attribute-value", True)]),
        ("uint8", (16, 4), (0, 0), [("attribute-value", True)]),
        ("uint8", (16, 2), (0, 1), [("scale-shape", True)]),
        ("int4", (16, 2), (0, 1), []),
        ("int4", (16, 2), (-1, -1), []),
        ("int4", (1, 32), (1, 0), []),
        ("int4", (16, 4), (0, 1), [("scale-shape", True)]),
    ],
)
def test_a_byte_of_a_gathered_table_holds_two_numbers_of_four_bits(
    dtype: str, scales: Shape, axes: tuple[int, int], expected: list[tuple[str, bool]]
) -> None:
    """ONNX Runtime: packed bytes are gathered along the first axis, in blocks of the last."""
    found = said(
        "GatherBlockQuantized", ((16, 32), (3,), scales), "com.microsoft", (dtype, "int64"),
        gather_axis=axes[0], quantize_axis=axes[1], block_size=16, bits=4,
    )  # fmt: skip
    assert found == expected
