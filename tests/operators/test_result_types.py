"""Element types of results by the runtime's schemas, and what no size follows from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analyzer.graph.call import Call, Unknown
from analyzer.operators import record_of
from analyzer.operators.contracts.vendor import schema_of
from analyzer.operators.results import attention, common, ml, product, window
from tests.costs.counted import CASES
from tests.costs.counted.case import call as call_of_case
from tests.costs.counted.case import count
from tests.each import each
from tests.operators.contracts.neighbours import call as call_of_node
from tests.operators.contracts.test_neighbours import FAMILIES
from tests.operators.results import B, Dims, N, S, made

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.vendor import FormalParameter
    from analyzer.operators.record import OutputType


MICROSOFT = "com.microsoft"


def _labelled(call: Call) -> tuple[Call, list[str | None]]:
    """With the type variables of ONNX Runtime's schema as element types, and those of the results;
    ``None`` where no operand has the result's."""
    schema = schema_of(call.op_type)
    assert schema is not None

    def label(operands: Sequence[FormalParameter], slot: int) -> str:
        variable = operands[min(slot, len(operands) - 1)].type
        stands_for = schema.types.get(variable, frozenset((variable,)))
        return next(iter(stands_for)) if len(stands_for) == 1 else variable

    known = {
        label(schema.inputs, slot) for slot, given in enumerate(call.inputs) if given is not None
    }
    inputs = tuple(
        None if given is None else replace(given, dtype=label(schema.inputs, slot))
        for slot, given in enumerate(call.inputs)
    )
    results = [label(schema.outputs, slot) for slot in range(len(call.outputs))]
    fixed = {kind for kind in results if kind not in schema.types}
    return replace(call, inputs=inputs), [kind if kind in known | fixed else None
                                          for kind in results]  # fmt: skip


def test_results_are_of_the_type_that_the_runtime_s_schema_says() -> None:
    seen = set()
    families = [
        node for family in FAMILIES.values() for node in family.valid(np.random.default_rng(0))
    ]
    calls = [call_of_node(node) for node in families if node.domain == MICROSOFT]
    calls += [call_of_case(case, count(case).results) for case in CASES
              if case.domain == MICROSOFT]  # fmt: skip
    for call in calls:
        record = record_of(call)
        if record is None or record.shape is None or schema_of(call.op_type) is None:
            continue
        asked, wanted = _labelled(call)
        for slot, (found, dtype) in enumerate(zip(record.shape(asked), wanted, strict=False)):
            if found.dtype is not None and dtype is not None:
                assert found.dtype == dtype, (call.op_type, slot)
                seen.add((call.op_type, slot))
    assert len(seen) > 100


def test_a_cache_that_is_new_is_of_the_query_s_type() -> None:
    heads = {"num_heads": 4, "kv_num_heads": 2}
    tensors: list[Dims | None] = [(B, S, 8), (B, S, 4), (B, S, 4)]
    for rule in (attention.grouped_query, attention.linear):
        stated = {**heads, "q_num_heads": 4}
        assert [kind.dtype for kind in rule(made(tensors, stated, dtypes={0: "float16"}))][:2] == [
            "float16", "float16",
        ]  # fmt: skip


@each(
    ("rule", "shapes", "attributes", "reason"),
    [
        (window.convolved(), [(2, 4), (6, 4)], {}, "no spatial axes"),
        (window.convolved(), [(2, 4, 5), (6, 4, 3, 3)], {}, "ranks of input and weight"),
        (window.deconvolved(), [(2, 4, 5), (4, 6, 3, 3)], {}, "ranks of input and weight"),
        (window.convolved(), [(2, 4, 3), (6, 4, 5)], {}, "larger than the padded input"),
        (window.upsampled, [(2, 4, 3)], {}, "attribute scales"),
        (window.upsampled, [(2, 4, 3)], {"scales": [1.0, 1.0]}, "attribute scales"),
        (window.resized, [(2, 4, 3)], {}, "at run time"),
        (window.blocks, [(2, 4, 3, 8)], {}, "blocksize"),
        (window.blocks, [(2, N, 3, 8)], {"blocksize": 2}, "blocksize"),
        (window.blocks, [(2, 4, N, 8)], {"blocksize": 2}, "blocksize"),
        (window.blocks, [(2, 4, 4, N)], {"blocksize": 2}, "blocksize"),
        (product.multiplied(1, 0), [(), (3, 4)], {}, "scalar"),
        (product.multiplied(1, 0), [(3, 4), ()], {}, "scalar"),
        (product.gemmed(1, None), [(2, 3, 4), (4, 5)], {}, "no matrices|not matrices"),
        (product.gemmed(1, None), [(2, 3), (1, 3, 5)], {}, "not matrices"),
        (product.packed_product, [(2, 3)], {}, "attribute N"),
        (product.ordered, [(2, 3, 4), (1,), (1, 4, 5)], {}, "no matrix"),
        (product.by_shape_input, [(2, 3), (9,), (2,)], {}, "at run time"),
        (product.projections("q", "k"), [(2, 3)], {"q": 4}, "attributes q, k"),
        (product.routed, [(2, 3), (3, 9)], {}, "split of the columns"),
        (product.routed, [(2, 3), (3, N)], {"router_size": 1}, "split of the columns"),
        (attention.multi_head, [(2, 3, 8)], {"num_heads": 2}, "value input"),
        (attention.multi_head, [(2, 3, 8), (2, 3, 8)], {"num_heads": 2}, "value input"),
        (attention.packed_multi_head, [(2, 8)], {}, "value input"),
        (attention.grouped_query, [(2, 3, 8), (2, 3, 4)], {"num_heads": 2}, "num_heads"),
        (attention.grouped_query, [(2, 3, 8), (2, 3, 4)], {"kv_num_heads": 2}, "num_heads"),
        (attention.like_value, [(3, 8)], {"num_heads": 2}, "num_heads"),
        (attention.like_value, [(3, 8)], {"kv_num_heads": 2}, "num_heads"),
        (common.unfolded, [(3, 8)], {}, "attribute size"),
        (common.unfolded, [()], {"size": 2}, "attribute size"),
        (common.expanded, [(3, 8), (1,)], {}, "at run time"),
        (common.gathered_nd, [(3, 8), (2, N)], {}, "depth of the indices"),
        (common.padded, [(3, 8), (4,)], {}, "at run time"),
        (common.counted_up, [(), ()], {}, "at run time"),
        (ml.feature_extractor, [(3, 8)], {}, "rank of an input"),
    ],
)  # fmt: skip
def test_what_a_size_does_not_follow_from_is_said(
    rule: Callable[[Call], list[OutputType]], shapes: list[Dims | None],
    attributes: dict[str, Any], reason: str,
) -> None:  # fmt: skip
    with pytest.raises(Unknown, match=reason):
        rule(made(shapes, attributes))
