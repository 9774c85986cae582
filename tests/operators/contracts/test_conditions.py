"""Conditions of contracts, each met and missed by one step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from onnx import defs

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.operators.contracts import contracts_of
from analyzer.operators.contracts.contrib_attention import Multi
from analyzer.operators.contracts.contrib_products import _blocks_of_gather
from tests.each import each

Shape = tuple[int | None, ...]


def said(
    op: str,
    shapes: tuple[Shape | None, ...],
    domain: str = "",
    dtypes: tuple[str, ...] = (),
    version: int = 17,
    **attributes: object,
) -> list[tuple[str, bool]]:
    """Code and gravity of what the contracts say of an operator."""
    kinds = (*dtypes, *["float32"] * len(shapes))
    inputs = tuple(
        None if shape is None else Tensor("t", dtype, shape)
        for shape, dtype in zip(shapes, kinds, strict=False)
    )
    call = Call(op, domain, version, attributes, inputs, (Tensor("y", "float32", None),))
    return [(v.code, v.grave) for check in contracts_of(domain, op) for v in check(call)]


@each(
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


@pytest.mark.parametrize(
    ("dtype", "whole"),
    [("float8_e4m3fn", True), ("float4_e2m1", True), (None, True), ("uint8", False),
     ("int4", False)],
)  # fmt: skip
def test_only_small_floats_are_gathered_in_one_block_along_the_axis(
    dtype: str | None, whole: bool
) -> None:
    call = Call("GatherBlockQuantized", "com.microsoft", 1, {"block_size": 0},
                (Tensor("t", dtype, (16, 32)),), ())  # fmt: skip
    assert (not list(_blocks_of_gather(call))) is whole
    assert len(list(_blocks_of_gather(replace(call, inputs=(None,))))) == 1


MULTI: tuple[tuple[tuple[Shape | None, ...], dict[str, object], tuple[int | None, ...]], ...] = (
    # query, key, value, then past at 6; heads, length, width, size, key length, past, total
    (((2, 5, 24), None, None), {"num_heads": 2}, (2, 5, 24, 4, 5, 0, 5)),
    (((2, 5, 24), (2, 7, 24), (2, 7, 24)), {"num_heads": 2}, (2, 5, 24, 12, 7, 0, 7)),
    (((2, 5, 24), (2, 2, 7, 12), (2, 2, 7, 12)), {"num_heads": 2}, (2, 5, 24, 12, 7, 0, 7)),
    (((2, 5, 2, 3, 4), None, None), {"num_heads": 2}, (2, 5, None, 4, 5, 0, 5)),
    (((2, 5, 24), None, None), {"num_heads": 0}, (None, 5, 24, None, 5, 0, 5)),
    (((2, 5, 24), None, None), {}, (None, 5, 24, None, 5, 0, 5)),
    (((2, 5, 24), (2,), None), {"num_heads": 2}, (2, 5, 24, 12, None, 0, None)),
    (((2,), None, None), {"num_heads": 2}, (2, None, None, None, None, 0, None)),
    ((None, (2, 7, 24), None), {"num_heads": 2}, (2, None, None, None, 7, 0, 7)),
    (((2, 5, 24), None, None, None, None, None, (2, 2, 9, 4)), {"num_heads": 2},
     (2, 5, 24, 4, 5, 9, 14)),
    (((2, 5, 24), None, None, None, None, None, (2, 2, None, 4)), {"num_heads": 2},
     (2, 5, 24, 4, 5, None, None)),
    (((2, 5, 24), None, None, None, None, None, (2, 2, 9, 4)),
     {"num_heads": 2, "past_present_share_buffer": 1}, (2, 5, 24, 4, 5, None, None)),
)  # fmt: skip


@each("shapes, given, sizes", MULTI)
def test_sizes_of_many_heads_follow_from_their_operands(
    shapes: tuple[Shape | None, ...], given: dict[str, object], sizes: tuple[int | None, ...]
) -> None:
    inputs = tuple(None if s is None else Tensor("t", "float32", s) for s in shapes)
    multi = Multi(Call("MultiHeadAttention", "com.microsoft", 1, given, inputs, ()))
    assert sizes == (
        multi.heads, multi.length, multi.hidden, multi.size, multi.key_length, multi.past,
        multi.total,
    )  # fmt: skip
    assert multi.batch == (2 if shapes[0] else None)


def test_padding_has_a_begin_and_an_end_for_each_axis() -> None:
    pads = np.array([1, 0, 0, 1, 0])
    inputs = (Tensor("x", "float32", (2, 3, 4)), Tensor("p", "int64", (5,)))
    call = Call("Pad", "", 17, {}, inputs, (), (None, pads))
    (told,) = (v for check in contracts_of("", "Pad") for v in check(call))
    assert told.text == (
        "pads [1, 0, 0, 1, 0] has 5 entries, 3 axes take 6: all begins, then all ends"
    )
    assert told.remedy == "give pads 6 entries"


@each(
    "slot, sizes, policy, grave",
    [
        (2, [1, 1, 0, 2], "stretch", [True]), (2, [1, 1, 0, 2], "not_larger", [True]),
        (3, [1, 2, 0, 4], "stretch", [True]), (3, [1, 2, 0, 4], "not_larger", [False]),
        (3, [1, 2, -1, 4], "not_smaller", [False]), (3, [1, 2, 1, 4], "not_larger", []),
        (2, [1, 1, 0.5, 2], "stretch", []),
    ],
)  # fmt: skip
def test_a_size_of_nothing_is_grave_unless_it_is_fitted_to_the_others(
    slot: int, sizes: list[float], policy: str, grave: list[bool]
) -> None:
    kind = np.float32 if slot == 2 else np.int64
    inputs: list[Tensor | None] = [Tensor("x", "float32", (1, 2, 4, 4)), None, None, None]
    values: list[np.ndarray | None] = [None] * 4
    inputs[slot] = Tensor("s", np.dtype(kind).name, (4,))
    values[slot] = np.array(sizes, kind)
    stated = {"keep_aspect_ratio_policy": policy}
    call = Call("Resize", "", 18, stated, tuple(inputs), (), tuple(values))
    told = [v for check in contracts_of("", "Resize") for v in check(call)]
    assert [v.grave for v in told] == grave
    name, least = ("scales", "sizes")[slot - 2], min(sizes)
    assert {v.text for v in told} <= {f"{name} has the entry {least:g}"}


TURN = (2, 4, 5, 16)
"""Batch, heads, length and size of what is rotated."""
CACHED = (9, 8)
ROTARY: tuple[tuple[tuple[Shape | None, ...], dict[str, object], list[str]], ...] = (
    ((TURN, CACHED, CACHED, (2, 5)), {}, []),
    ((TURN, CACHED, CACHED, (2, 5)), {"num_heads": "x"}, []),
    ((TURN, CACHED, CACHED, (2, 6)), {"rotary_embedding_dim": "x"}, []),
    ((TURN[1:], CACHED, CACHED, (4, 5)), {"num_heads": 0}, ["heads"]),
    ((TURN[1:], (9, 4), None, (4, 5)), {"num_heads": 2}, []),
    ((TURN[1:], CACHED, None, (4, 5)), {"num_heads": 1}, []),
    ((TURN[1:], CACHED, None, (4, 5)), {"num_heads": 2}, ["cache-shape"]),
    ((TURN[2:], (9, 3), None, (5, 1)), {}, ["rank"]), ((None, (9, 3), None, (5, 1)), {}, []),
    ((TURN, (2, 5, 8), None, None), {}, []), ((TURN, (2, 5, 8), None, (2, 5)), {}, ["cache-shape"]),
    ((TURN, CACHED, None, None), {}, ["cache-shape"]),
    ((TURN, (3, 5, 8), None, None), {}, ["cache-shape"]),
    ((TURN, (2, 6, 8), None, None), {}, ["cache-shape"]),
    ((TURN, (2, 5, 7), None, None), {}, ["cache-shape"]),
    ((TURN, (2, 5, 3), None, None), {"rotary_embedding_dim": 6}, []),
    ((TURN, (2, 5, 8), None, None), {"rotary_embedding_dim": 17}, ["head-size"]),
    ((TURN, (2, 5, 8), None, None), {"rotary_embedding_dim": 16}, []),
    ((TURN, None, None, (2, 5)), {"rotary_embedding_dim": 18}, ["head-size"]),
    ((TURN, CACHED, None, (3, 5)), {}, ["positions"]),
    ((TURN, CACHED, None, (2, 4)), {}, ["positions"]),
    ((TURN, CACHED, None, (2,)), {}, ["positions"]),
    (((2, 4, 5, None), CACHED, None, (2, 5)), {}, []),
    (((2, 5, None), CACHED, None, (2, 5)), {"num_heads": 4}, []),
)  # fmt: skip


@each("shapes, given, codes", ROTARY)
def test_caches_of_a_rotation_fit_what_is_rotated(
    shapes: tuple[Shape | None, ...], given: dict[str, Any], codes: list[str]
) -> None:
    """ONNX's RotaryEmbedding, and ONNX Runtime's checks of it."""
    assert [code for code, _ in said("RotaryEmbedding", shapes, **given)] == codes


@each(
    "given, elements, told",
    [
        ({}, 8, []), ({}, 7, [True]), ({"axes": (2, 3)}, 4, []), ({"axes": (2, 3)}, 8, [True]),
        ({}, None, []), ({}, 0, [False]),
        ({"coordinate_transformation_mode": "asymmetric"}, 7, []),
    ],
)  # fmt: skip
def test_a_crop_takes_both_corners_of_its_axes(
    given: dict[str, object], elements: int | None, told: list[bool]
) -> None:
    stated = {"coordinate_transformation_mode": "tf_crop_and_resize", **given}
    corners = None if elements == 0 else Tensor("r", "float32", (elements,))
    inputs = (Tensor("x", "float32", (1, 2, 4, 4)), corners, None, Tensor("s", "int64", None))
    call = Call("Resize", "", 18, stated, inputs, ())
    found = [v for check in contracts_of("", "Resize") for v in check(call)]
    assert [v.grave for v in found if v.text.startswith("roi")] == told
    count = 2 if "axes" in given else 4
    text = f"roi has {elements} entries, cropping {count} axes takes {2 * count}"
    assert {v.text for v in found if v.text.startswith("roi")} == ({text} if told else set())
    old = [v for check in contracts_of("", "Resize") for v in check(replace(call, version=10))]
    assert not [v for v in old if v.text.startswith("roi")]


MS = "com.microsoft"
QUIET: tuple[tuple[str, str, tuple[Shape | None, ...], dict[str, Any], list[str]], ...] = (
    ("RotaryEmbedding", MS, ((2, 5, 16), (2, 5), (9, 4), (9, 4)), {}, []),
    ("RotaryEmbedding", MS, ((2, 5, 16), (2, 6), (9, 4), (9, 4)), {}, ["positions"]),
    ("RotaryEmbedding", MS, ((2, 5, 16), (2, 6), (9, 4), (9, 4)), {"num_heads": "x"}, []),
    ("RotaryEmbedding", MS, ((2, 5, 16), (2, 6), (9, 4), (9, 4)), {"rotary_embedding_dim": "x"},
     []),
    ("RotaryEmbedding", MS, ((2, 5, 18), (2, 5), (9, 4), (9, 4)), {}, ["heads"]),
    ("RotaryEmbedding", MS, ((2, 3, 5, 18), (2, 5), (9, 4), (9, 4)), {}, []),
    ("RotaryEmbedding", MS, ((2, 5, 16), (2, 5), (9, 4), (9, 4)),
     {"rotary_embedding_dim": 8}, ["heads"]),
    ("RotaryEmbedding", MS, ((2, 5, 16), (2, 5), (9, 4), (9, 4)),
     {"rotary_embedding_dim": 8, "num_heads": 2}, []),
    ("RotaryEmbedding", MS, ((2, 5, 16), (2, 5), (9, 4), (9, 4)),
     {"rotary_embedding_dim": 9, "num_heads": 2}, ["head-size"]),
    ("TensorScatter", "", ((2, 9, 4), (2, 3, 4)), {}, []),
    ("TensorScatter", "", ((2, 9, 4), (2, 3, 5)), {}, ["update-shape"]),
    ("TensorScatter", "", ((2, 9, 4), (2, 3, 5)), {"axis": "x"}, []),
    ("TensorScatter", "", ((2, None, 4), (2, 3, 5)), {}, []),
    ("TensorScatter", "", ((2, 9, 4), (3, 4)), {}, ["rank"]),
    ("Conv", "", ((1, 4, 8, 8), (6, 2, 3, 3)), {"group": 2}, []),
    ("Conv", "", ((1, 4, 8, 8), (6, 2, 3, 3)), {}, ["channels"]),
    ("Conv", "", ((1, 4, 8, 8), (6, 2, 3, 3)), {"group": "x"}, []),
    ("Conv", "", ((1, 4, 8, 8), (6, 2, 3, 3)), {"group": 0}, ["attribute-value"]),
    ("Conv", "", ((1, 4, 8, 8), (5, 2, 3, 3)), {"group": 2}, ["divisibility"]),
    ("Conv", "", ((1, 4, 8, 8), (None, 2, 3, 3)), {"group": 2}, []),
    ("Conv", "", ((1, 4, 8, 8), (6, None, 3, 3)), {}, []),
    ("Einsum", "", ((2, 3), (3, 4)), {"equation": "ij,jk->ik"}, []),
    ("Einsum", "", ((2, 3), (3, 4)), {"equation": "i1,jk->ik"}, ["equation"]),
    ("Einsum", "", ((2, 3), (3, 4)), {"equation": "ij,......k->ik"}, ["equation"]),
    ("Einsum", "", (None, (3, 4)), {"equation": "i1,jk->ik"}, ["equation"]),
    ("Einsum", "", ((2, 3), (3, 4)), {"equation": "ij,...jk->ik"}, []),
    ("Einsum", "", ((2, 3), (3, 4)), {"equation": "ij,...ijk->ik"}, ["equation"]),
    ("Einsum", "", ((2, 3), (4, 4)), {"equation": "ij,jk->ik"}, ["equation"]),
    ("Einsum", "", ((2, 3), (1, 4)), {"equation": "ij,jk->ik"}, []),
    ("Einsum", "", ((2, 3), (3, 4)), {}, []),
)  # fmt: skip


@each("op, domain, shapes, given, codes", QUIET)
def test_what_cannot_be_read_ends_what_rests_on_it_alone(
    op: str, domain: str, shapes: tuple[Shape | None, ...], given: dict[str, Any], codes: list[str]
) -> None:
    kinds = {"operand-type", "attribute-type"}  # asked elsewhere
    assert [code for code, _ in said(op, shapes, domain, **given) if code not in kinds] == codes


@each(
    "data, target, wrong",
    [
        ((2, 3, 4), [6, 4], False), ((2, 3, 4), [6, 5], True), ((2, 3, 4), [-1, 8], False),
        ((2, 3, 4), [-1, 9], True), ((2, 3, 4), [0, 12], False), ((2, 3, 4), [0, 11], True),
        ((None, 3, 4), [0, 12], False), ((None, 3, 4), [0, 11], True), ((None, 3, 4), [7], False),
        ((0, 3, 4), [0, 11], False), ((0, 3), [-1, 0, 5], False), ((0, 3), [2, 3], True),
        ((0, 3), [-1, 3], False), ((2, 3), [-1, 0], False), ((), [1], False), ((), [2], True),
        (None, [7], False),
    ],
)  # fmt: skip
def test_a_reshape_keeps_its_elements(data: Shape | None, target: list[int], wrong: bool) -> None:
    inputs = (Tensor("x", "float32", data), Tensor("s", "int64", (len(target),)))
    call = Call("Reshape", "", 17, {}, inputs, (), (None, np.array(target)))
    codes = {v.code for check in contracts_of("", "Reshape") for v in check(call)}
    assert ("reshape-volume" in codes) == wrong


def test_operands_are_stretched_since_version_7_and_those_of_many_operands_since_8() -> None:
    """Before, an attribute says that and from which axis on."""
    shapes = ((2, 3), (2,))
    for ops, since in (
        ("Add Sub Mul Div Pow And Or Xor Equal Greater Less PRelu", 7), ("Max Min Mean Sum", 8),
    ):  # fmt: skip
        for op in ops.split():
            told = {
                version: {code for code, _ in said(op, shapes, version=version, broadcast=1)}
                for version in (since - 1, since)
            }
            assert "broadcast" not in told[since - 1], op
            assert "broadcast" in told[since], op


def test_an_axis_that_nobody_states_is_that_of_the_specification() -> None:
    """Nothing is an axis of a scalar, so the number is told."""
    scalar, result = Tensor("x", "float32", ()), Tensor("y", "float32", None)
    found = {}
    for schema in defs.get_all_schemas_with_history():
        if schema.domain:
            continue
        default = schema.attributes["axis"].default_value if "axis" in schema.attributes else None
        call = Call(schema.name, "", schema.since_version, {}, (scalar,), (result,))
        texts = (v for check in contracts_of("", schema.name) for v in check(call))
        told = next((v.text.split(",")[0] for v in texts if v.code == "axis-range"), "")
        if told and default is not None and default.name:
            found[schema.name, schema.since_version] = told, f"axis is {default.i}"
    assert [op for op, (told, expected) in found.items() if told != expected] == []
    assert len(found) > 15


def test_a_map_has_keys_of_one_kind() -> None:
    one, two = "classlabels_strings", "classlabels_int64s"
    told: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({one: ["a"]}, []), ({two: [1]}, []), ({}, ["attribute-choice"]),
        ({one: ["a"], two: [1]}, ["attribute-choice"]),
    )  # fmt: skip
    for given, expected in told:
        assert [code for code, _ in said("ZipMap", ((2, 3),), "ai.onnx.ml", **given)] == expected


def test_a_convolution_with_a_state_has_a_dilation_of_one_at_least() -> None:
    shapes = (None, None)
    found = {
        dilation: said("CausalConvWithState", shapes, "com.microsoft", dilation=dilation)
        for dilation in (0, 1)
    }
    assert {n: "attribute-value" in dict(codes) for n, codes in found.items()} == {
        0: True,
        1: False,
    }


LEAST: dict[tuple[str, int], str] = {
    ("", 2): "Det GroupNormalization Trilu",
    ("", 3): "AveragePool Conv ConvInteger ConvTranspose GlobalAveragePool GlobalLpPool "
    "GlobalMaxPool InstanceNormalization LRN LpPool MaxPool QLinearConv",
    ("com.microsoft", 2): "Inverse Trilu WordConvEmbedding",
    ("com.microsoft", 3): "ConvTransposeWithDynamicPads FusedConv MaxpoolWithMask NhwcConv "
    "NhwcFusedConv QLinearConv",
}  # fmt: skip


def test_what_slides_or_is_taken_by_planes_has_so_many_axes() -> None:
    for (domain, least), ops in LEAST.items():
        for op in ops.split():
            given = {rank: dict(said(op, ((4,) * rank, None, None, None), domain))
                     for rank in (least - 1, least)}  # fmt: skip
            assert ["rank" in codes for codes in given.values()] == [True, False], op


def test_columns_channels_and_axes_of_vendors_operators_are_those_of_their_documentation() -> None:
    """ContribOperators.md: scales are per column of B, groups divide the last axis of X, and an
    axis is the last, or the second of BiasSoftmax and of blocks, or the first that is gathered."""
    scaled: tuple[tuple[Shape | None, ...], ...] = (
        ((2, 3), (3, 4), None, (4,), None, (4,), (4,)), ((2, 3), (3, 4), None, (3,), None, None),
        ((2, 3), (3, 4), None, None, None, (3,)), ((2, 3), (3, 4), *[None] * 4, (3,)),
    )  # fmt: skip
    ms = "com.microsoft"
    told = [{code for code, _ in said("MatMulIntegerToFloat", shapes, ms)} for shapes in scaled]
    assert [codes & {"scale-shape", "bias-length"} for codes in told] == [
        set(), {"scale-shape"}, {"scale-shape"}, {"bias-length"},
    ]  # fmt: skip
    grouped: tuple[tuple[Shape, int], ...] = (((1, 2, 2, 6), 3), ((1, 2, 6), 3), ((3, 3, 3, 4), 3))
    for op in ("GroupNorm", "SkipGroupNorm"):
        told = [{code for code, _ in said(op, (x, None, None), ms, groups=n)} for x, n in grouped]
        assert [codes & {"rank", "divisibility"} for codes in told] == [
            set(), {"rank"}, {"divisibility"},
        ], op  # fmt: skip
    defaults = {
        "QLinearSoftmax": "axis is -1", "BiasSoftmax": "axis is 1", "UnfoldTensor": "dim is -1",
        "GatherBlockQuantized": "gather_axis is 0; quantize_axis is 1",
    }  # fmt: skip
    scalar, result = Tensor("x", "float32", ()), Tensor("y", "float32", None)
    for op, expected in defaults.items():
        call = Call(op, ms, 1, {}, (scalar,), (result,))
        found = [v.text.split(",")[0] for check in contracts_of(ms, op) for v in check(call)
                 if v.code == "axis-range"]  # fmt: skip
        assert "; ".join(found) == expected
