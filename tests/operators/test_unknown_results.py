"""What a vendor's operator says where its result is not known, each beside a call that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analyzer.graph.call import Call, Unknown
from analyzer.operators.results import attention, common, ml, product, window
from tests.each import each
from tests.operators.results import Dims, N, made, shapes_of

Rule = Callable[[Call], list[Any]]
Sizes = tuple[Dims | None, ...]
HEADS = {"num_heads": 4, "kv_num_heads": 2}
MANY = "attributes num_heads and kv_num_heads are missing"
VALUE = "shape of the value input is unknown"
KERNEL, PLACES = "the kernel is larger than the padded input", "the input has no spatial axes"
RANKS = "ranks of input and weight differ"
SIDES: tuple[tuple[Rule, Sizes, dict[str, Any], list[Dims | None] | str], ...] = (
    (attention.multi_head, ((2, 5, 8), (2, 5, 8), N), {"num_heads": 4}, VALUE),
    (attention.multi_head, ((2, 5, 8), N, N), {"num_heads": 4}, VALUE),
    (attention.multi_head, ((2, 5, 8), (2, 4, 7, 2), N), {"num_heads": 4}, VALUE),
    (attention.packed_multi_head, ((7, 8), (7, 8), N), {}, VALUE),
    (attention.grouped_query, ((2, 5, 8), (2, 5, 4)), {"num_heads": 4}, MANY),
    (attention.grouped_query, ((2, 5, 8), (2, 5, 4)), {"kv_num_heads": 2}, MANY),
    (attention.like_value, ((7, 16), N), {"num_heads": 4}, MANY),
    (attention.like_value, ((7, 16), N), {"kv_num_heads": 2}, MANY),
    (common.unfolded, ((3, 9),), {"size": 4, "step": 2}, [(3, 3, 4)]),
    (common.unfolded, ((3, 9),), {}, "attribute size is missing"),
    (common.unfolded, ((3, 9),), {"size": "4"}, "attribute size is missing"),
    (common.unfolded, ((),), {"size": 4}, "attribute size is missing"),
    (common.gathered_nd, ((3, 4, 5), (6, 2)), {}, [(6, 5)]),
    (common.gathered_nd, ((3, 4, 5), (6, N)), {}, "the depth of the indices is unknown"),
    (ml.feature_extractor, ((3, 4), N), {}, "rank of an input is unknown"),
    (ml.feature_extractor, (N, (2,)), {}, "rank of an input is unknown"),
    (ml.feature_extractor, ((3, 4), (2,)), {}, [(3, 2)]),
    (ml.feature_extractor, ((3, 4), ()), {}, [(3, 1)]),
    (ml.feature_extractor, ((4,), (2,)), {}, [(1, 2)]),
    (product.integer_product, ((), (3, 4)), {}, "an operand is a scalar"),
    (product.integer_product, ((3, 4), ()), {}, "an operand is a scalar"),
    (product.gemmed(1, None), ((2, 3), (3, 4)), {}, [(2, 4)]),
    (product.gemmed(1, None), ((2, 3, 3), (3, 4)), {}, "Gemm operands are not matrices"),
    (product.gemmed(1, None), ((2, 3), (3,)), {}, "Gemm operands are not matrices"),
    (product.packed_product, ((2, 3),), {}, "attribute N is missing"),
    (product.packed_product, ((2, 3),), {"N": 0}, [(2, 0)]),
    (product.ordered, ((2, 5, 8), N, (8,)), {}, "the weight is no matrix"),
    (product.ordered, ((2, 5, 8), N, (8, 6)), {}, [(2, 5, 6)]),
    (product.ordered, ((2, 5, 8), N, (6, 8)), {}, [(2, 5, 6)]),
    (product.ordered, ((2, 5, 8), N, (8, 8)), {}, [(2, 5, 8)]),
    (product.ordered, ((2, 5, 8), N, (6, 7)), {}, [(2, 5, 7)]),
    (product.projections("Nq", "Nkv"), ((5, 8),), {"Nq": 6, "Nkv": 2}, [(5, 6), (5, 2), (5, 8)]),
    (product.projections("Nq", "Nkv"), ((5, 8),), {"Nq": 6},
     "attributes Nq, Nkv are not all there"),
    (product.routed, ((5, 8), (8, 22)), {"router_size": 4}, [(5, 4), (5, 9)]),
    (product.routed, ((5, 8), (8, 22)), {}, "the split of the columns is unknown"),
    (product.routed, ((5, 8), (8, N)), {"router_size": 4}, "the split of the columns is unknown"),
    (window.convolved(), ((1, 2, 3), (4, 2, 3)), {}, [(1, 4, 1)]),
    (window.convolved(), ((1, 2, 3), (4, 2, 4)), {}, KERNEL),
    (window.convolved(), ((1, 2, 3), (4, 2, 4)), {"pads": [0, 1]}, [(1, 4, 1)]),
    (window.convolved(), ((1, 2, 3), (4, 2, 2)), {"strides": [0]}, [(1, 4, N)]),
    (window.convolved(), ((1, 2), (4, 2)), {}, PLACES),
    (window.convolved(), ((1, 2, 3), (4, 2, 3, 1)), {}, RANKS),
    (window.deconvolved(), ((1, 2, 3), (2, 4, 3)), {}, [(1, 4, 5)]),
    (window.deconvolved(), ((1, 2, 3), (2, 4, 3, 1)), {}, RANKS),
    (window.pooled(), ((1, 2),), {}, PLACES),
    (window.upsampled, ((1, 2, 3, 3),), {"scales": [1.0, 1.0, 2.5, 2.0]}, [(1, 2, 7, 6)]),
    (window.upsampled, ((1, 2, 3, 3),), {}, "attribute scales does not fit the input"),
    (window.upsampled, ((1, 2, 3),), {"scales": [1.0, 2.0]},
     "attribute scales does not fit the input"),
    (window.resized, ((1, 2, 3, 3),), {}, "the size is computed at run time"),
    (window.blocks, ((1, 4, 6, 8),), {"blocksize": 2}, [(1, 2, 3, 32)]),
    (window.blocks, ((1, 4, 6, 8),), {"blocksize": 1}, [(1, 4, 6, 8)]),
    *((window.blocks, (shape,), {"blocksize": side}, "attribute blocksize or a size is missing")
      for shape, side in (((1, 4, 6, 8), 0), ((1, N, 6, 8), 2), ((1, 4, N, 8), 2),
                          ((1, 4, 6, N), 2))),
)  # fmt: skip


@each(("rule", "sizes", "attributes", "found"), SIDES)
def test_what_a_rule_lacks_is_what_it_says(
    rule: Rule, sizes: Sizes, attributes: dict[str, Any], found: list[Dims | None] | str
) -> None:
    if not isinstance(found, str):
        assert shapes_of(rule, *sizes, **attributes) == found
        return
    with pytest.raises(Unknown) as error:
        shapes_of(rule, *sizes, **attributes)
    assert str(error.value) == found


READ: tuple[tuple[Rule, Sizes, dict[int, Any], Dims | str], ...] = (
    (common.expanded, ((2, 3), (1,)), {1: [1]}, (2, 1, 3)),
    (common.expanded, ((2, 3), (1,)), {1: [-1]}, (2, 3, 1)),
    (common.expanded, ((2, 3), (1,)), {}, "the axis is computed at run time"),
    (common.expanded, ((2, 3), (2,)), {1: [0, 1]}, "the axis is computed at run time"),
    (common.padded, ((2, 3), (4,)), {1: [1, 2, 3, 4]}, (6, 9)),
    (common.padded, ((2, N), (4,)), {1: [1, 2, 3, 4]}, (6, N)),
    (common.padded, ((2, 3), (4,)), {}, "the padding is computed at run time"),
    (common.padded, ((2, 3), (3,)), {1: [1, 2, 3]}, "the padding is computed at run time"),
    (product.by_shape_input, ((5, 8), (9,), (2,)), {2: [8, 6]}, (5, 6)),
    (product.by_shape_input, ((5, 8), (9,), (2,)), {}, "the shape of B is computed at run time"),
    (product.by_shape_input, ((5, 8), (9,), (1,)), {2: [8]},
     "the shape of B is computed at run time"),
    (common.counted_up, ((), (), ()), {0: 1, 1: 8, 2: 3}, (3,)),
    (common.counted_up, ((), (), N), {0: 1, 1: 8}, (7,)),
    (common.counted_up, ((), (), ()), {0: 8, 1: 1, 2: 3}, (0,)),
    *((common.counted_up, ((), (), ()), given, "its bounds are computed at run time")
      for given in ({1: 8, 2: 3}, {0: 1, 2: 3}, {0: 1, 1: 8}, {0: 1, 1: 8, 2: 0})),
    (window.resized, ((2, 3), N, (2,), N), {2: np.array([1.5, 2], np.float32)}, (3, 6)),
    (window.resized, ((2, N), N, (2,), N), {2: np.array([1.5, 2], np.float32)}, (3, N)),
    (window.resized, ((2, 3), N, N, (2,)), {3: [4, 5]}, (4, 5)),
    (window.resized, ((2, 3), N, N, (1,)), {3: [4]}, "the size is computed at run time"),
    (window.resized, ((2, 3), N, (1,), N), {2: np.array([1.5], np.float32)},
     "the size is computed at run time"),
)  # fmt: skip


@each(("rule", "sizes", "contents", "found"), READ)
def test_what_an_operand_holds_settles_a_result_or_leaves_it_open(
    rule: Rule, sizes: Sizes, contents: dict[int, Any], found: Dims | str
) -> None:
    call = made(list(sizes), contents=contents)
    if not isinstance(found, str):
        assert rule(call)[0].shape == found
        return
    with pytest.raises(Unknown) as error:
        rule(call)
    assert str(error.value) == found


FOUR, EIGHT, MAP = (2, 4, 5, 6), (2, 5, 8), (1, 4, 8, 8)
TYPED: tuple[tuple[Rule, Sizes, dict[str, Any], str], ...] = (
    (attention.attention(4, 0), (EIGHT, (8, 24), N, N, N), {"num_heads": 2}, "0 0"),
    (attention.attention(8, 3), (EIGHT, (8, 24), N, ()), {"num_heads": 2}, "3 3"),
    (attention.multi_head, (EIGHT, EIGHT, EIGHT), {"num_heads": 2}, "0 0 0"),
    (attention.grouped_query, (EIGHT, EIGHT, EIGHT), HEADS, "0 0 0"),
    (attention.grouped_query, (EIGHT, EIGHT, EIGHT, FOUR, FOUR), HEADS, "0 3 3"),
    (attention.packed, ((7, 8), (8, 24)), {}, "0"),
    (attention.packed_multi_head, ((7, 8), (7, 8), (7, 8)), {}, "0"),
    (attention.gated_bias, (EIGHT, (8,), (8,)), {"num_heads": 2}, "0"),
    (attention.like_value, (EIGHT, EIGHT, EIGHT, FOUR, FOUR), HEADS, "0 3 4"),
    (attention.decoder, (EIGHT, EIGHT), {"num_heads": 2}, "0 0 0"),
    (attention.ordered, (EIGHT, *[()] * 6, (8, 6)), {}, "0"),
    (attention.linear, (EIGHT, EIGHT, EIGHT), {"q_num_heads": 2, "kv_num_heads": 2}, "0 0"),
    (attention.linear, (EIGHT, EIGHT, EIGHT, FOUR), {"q_num_heads": 2, "kv_num_heads": 2}, "0 3"),
    (attention.delta_net, (FOUR, FOUR, FOUR, N, N, N, FOUR), {}, "0 6"),
    (common.unfolded, ((3, 9), ()), {"size": 4}, "0"),
    (common.looked_up, ((9, 4), (2, 3)), {}, "0"),
    (common.sampled(), (MAP, (1, 5, 6, 2)), {}, "0"),
    (common.sampled(channels_last=True), (MAP, (1, 5, 6, 2)), {}, "0"),
    (common.cropped, (MAP, (3, 4), (3,), (2,)), {}, "0"),
    (common.transformed, ((3, 8), ()), {}, "0"), (common.restored, ((3, 5, 2), ()), {}, "0"),
    (common.gathered_nd, ((3, 4, 5), (6, 2)), {}, "0"),
    (common.position_bias, ((32, 4), (), ()), {}, "0"),
    (product.packed_product, ((2, 3), ()), {"N": 4}, "0"),
    (product.widened(1), ((2, 3), (4, 3)), {}, "0"),
    (product.gemmed(1, N), ((2, 3), (3, 4)), {}, "0"),
    (product.multiplied(1, 0), ((2, 3), (3, 4)), {}, "0"),
    (product.multiplied(1, 2), ((2, 3), (3, 4), ()), {}, "2"),
    (product.ordered, (EIGHT, (), (8, 6)), {}, "0"),
    (product.projections("Nq"), ((5, 8), ()), {"Nq": 6}, "0 0"),
    (product.routed, ((5, 8), (8, 22)), {"router_size": 4}, "0 0"),
    (product.words, ((2, 3, 9), (5, 1, 2, 3)), {}, "1"),
    (window.convolved(), (MAP, (6, 4, 3, 3)), {}, "0"),
    (window.convolved(1, 2), (MAP, (6, 4, 3, 3), ()), {}, "2"),
    (window.deconvolved(), (MAP, (4, 6, 3, 3)), {}, "0"),
    (window.pooled(), (MAP, ()), {}, "0"), (window.reordered, (MAP, ()), {}, "0"),
    (window.upsampled, (MAP, ()), {"scales": [1.0, 1.0, 2.0, 2.0]}, "0"),
    (window.causal, ((1, 4, 8), (4, 1, 3)), {}, "0 0"),
    (window.causal, ((1, 4, 8), (4, 1, 3), N, (1, 4, 2)), {}, "0 3"),
    (window.blocks, (MAP, ()), {"blocksize": 2}, "0"),
    (ml.feature_extractor, ((3, 4), (2,)), {}, "0"),
)  # fmt: skip
"""Which operand each result has its element type from."""


@each(("rule", "sizes", "attributes", "slots"), TYPED)
def test_a_result_has_the_type_of_the_operand_that_it_is_made_of(
    rule: Rule, sizes: Sizes, attributes: dict[str, Any], slots: str
) -> None:
    kinds = {slot: f"type {slot}" for slot in range(len(sizes))}
    found = rule(made(list(sizes), attributes, dtypes=kinds))
    assert [each.dtype for each in found] == [f"type {slot}" for slot in slots.split()]
