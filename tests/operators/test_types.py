"""Output types by the records' own rules, against results that somebody else computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analyzer.facts import Shape, Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.operators import find, operators, record_of
from tests.costs.counted import CASES
from tests.costs.counted.case import Case, call, count
from tests.each import each

MS, NCHWC, NHWC = "com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc"
OTHERWISE = {
    (MS, "PackedMultiHeadAttention"): "its definition there keeps the padding",
    (MS, "ReduceSumInteger"): "its definition there drops the axes, keepdims is 1 by default",
    (NCHWC, "Upsample"): "the cases there have no scales",
    (MS, "DynamicTimeWarping"): "the length of the path depends on the data",
    (NHWC, "GridSample"): "the cases there are channels first",
}
"""Operators whose cases of the cost formulas say nothing of shapes."""
RULED = {r.key for r in operators() if r.shape is not None}
COMPUTED = [case for case in CASES if case.key in RULED - OTHERWISE.keys()]


def types(domain: str, op: str, inputs: Sequence[Any], attributes: dict[str, Any]) -> list[Shape]:
    """Output shapes by rule; inputs are shapes, or arrays whose contents are known."""
    tensors, values = [], []
    for given in inputs:
        known = isinstance(given, np.ndarray)
        shape = given.shape if known else given
        tensors.append(None if given is None else Tensor("x", "float32", shape))
        values.append(given if known else None)
    record = find(domain, op)
    assert record is not None
    assert record.shape is not None
    asked = Call(op, domain, 1, attributes, tuple(tensors), (), tuple(values))
    return [found.shape for found in record.shape(asked)]


@each("case", COMPUTED, ids=str)
def test_output_shapes_are_those_of_the_definition(case: Case) -> None:
    """The definitions' results agree with ONNX Runtime's, or ONNX's reference, where one runs."""
    results = count(case).results
    asked = call(case, results)
    record = record_of(asked)
    assert record is not None
    assert record.shape is not None
    blind = replace(asked, outputs=tuple(Tensor("y") for _ in asked.outputs))
    for ours, theirs in zip(record.shape(blind), results, strict=False):
        assert ours.shape == theirs.shape


def i(*values: int) -> Any:
    return np.array(values, np.int64)


DESCRIBED: list[tuple[str, str, list[Any], dict[str, Any], list[Shape]]] = [
    # ONNX Runtime's ContribOperators.md: "output tensor with same shape of input" and the like
    (MS, "PackedMultiHeadAttention", [(7, 16), (7, 16), (7, 16)], {"num_heads": 4}, [(7, 16)]),
    (MS, "PackedMultiHeadAttention", [(7, 4, 3, 8)], {"num_heads": 4}, [(7, 32)]),
    (MS, "ReduceSumInteger", [(2, 3, 4)], {"axes": (1,), "keepdims": 1}, [(2, 1, 4)]),
    (MS, "ReduceSumInteger", [(2, 3, 4)], {"axes": (-1,), "keepdims": 0}, [(2, 3)]),
    (NCHWC, "Upsample", [(1, 8, 5, 6)], {"scales": (1, 1, 2, 3)}, [(1, 8, 10, 18)]),
    (NHWC, "GridSample", [(1, 4, 6, 8), (1, 3, 5, 2)], {}, [(1, 3, 5, 8)]),
    (MS, "GridSample", [(1, 8, 4, 6), (1, 3, 5, 2)], {}, [(1, 8, 3, 5)]),
    (MS, "Pad", [(2, 3), i(0, 1, 2, 3)], {}, [(4, 7)]),
    (MS, "QOrderedMatMul", [(2, 3, 4), (), (5, 4), (), ()], {"order_B": 0}, [(2, 3, 5)]),
    (MS, "QOrderedMatMul", [(2, 3, 4), (), (4, 5), (), ()], {"order_B": 1}, [(2, 3, 5)]),
    (MS, "ExpandDims", [(2, 3), i(-1)], {}, [(2, 3, 1)]),
    (MS, "ExpandDims", [(2, 3), i(0)], {}, [(1, 2, 3)]),
    (MS, "UnfoldTensor", [(2, 9)], {"dim": 1, "size": 4, "step": 2}, [(2, 3, 4)]),
    (MS, "GatherND", [(5, 6, 7), (3, 2)], {}, [(3, 7)]),
    (MS, "Trilu", [(2, 5, 5), None], {}, [(2, 5, 5)]),
    (MS, "TorchEmbedding", [(100, 16), (2, 3)], {}, [(2, 3, 16)]),
    (MS, "GatherPacked", [(100, 36), (2, 3)], {"K": 64}, [(2, 3, 64)]),
    (MS, "RelativePositionBias", [(32, 8), i(5), i(7)], {}, [(1, 8, 5, 7)]),
    (MS, "QLinearWhere", [(4, 1), (4, 3), (), (), (3,), (), (), (), ()], {}, [(4, 3)]),
    (MS, "QLinearConcat", [(), (), (1, 2, 3), (), (), (1, 5, 3), (), ()], {"axis": 1},
     [(1, 7, 3)]),
    (MS, "Inverse", [(2, 3, 3)], {}, [(2, 3, 3)]),
    (MS, "BitmaskDropout", [(2, 3)], {}, [(2, 3)]),
    (MS, "BitmaskBiasDropout", [(2, 3), (3,)], {}, [(2, 3)]),
    (MS, "Range", [i(2), i(9), i(3)], {}, [(3,)]),
    (MS, "Range", [i(2), i(9), None], {}, [(7,)]),
    (MS, "Range", [i(2), i(2), i(3)], {}, [(0,)]),
    (MS, "Range", [np.array(v, np.float32) for v in (1, 2.5, 0.5)], {}, [(3,)]),
    (MS, "DynamicTimeWarping", [(4, 5)], {}, [(2, None)]),
    (NHWC, "DepthToSpace", [(1, 4, 5, 8)], {"blocksize": 2}, [(1, 8, 10, 2)]),
    (NHWC, "SpaceToDepth", [(1, 4, 6, 2)], {"blocksize": 2}, [(1, 2, 3, 8)]),
    (NHWC, "Resize", [(1, 4, 6, 2), None, np.array([1, 2, 2.5, 1], np.float32)], {},
     [(1, 8, 15, 2)]),
    (NHWC, "Resize", [(1, 4, 6, 2), None, None, i(1, 3, 3, 2)], {}, [(1, 3, 3, 2)]),
    (MS, "SampleOp", [(2, 3)], {}, [(2, 3)]),
    (MS, "CropAndResize", [(2, 3, 9, 9), (5, 4), (5,), i(4, 6)], {}, [(5, 3, 4, 6)]),
    (MS, "MoEPacked", [(7, 64), (7, 4), (4, 128, 36), (4, 128, 36), (4, 64, 72)], {}, [(7, 64)]),
    (MS, "MoEGroupRouter", [(2, 3, 8), (8,)], {}, [(6, 8)] * 3),
    (MS, "GatedDeltaNetStateReplay", [(90,), (50,), (90,), (11,)], {}, [(90,)]),
    (MS, "EngramGate", [(1, 5, 4, 16), (1, 5, 4, 16), (1, 5, 16), (4, 16), (4, 16)], {},
     [(1, 5, 4, 16)] * 2),
    (MS, "AttnLSTM", [(5, 2, 3), (1, 16, 3), (1, 16, 4)], {"hidden_size": 4},
     [(5, 1, 2, 4), (1, 2, 4), (1, 2, 4)]),
    (MS, "SparseToDenseMatMul", [(6, 4), (4, 5)], {"transA": 0}, [(6, 5)]),
    (MS, "LongformerAttention", [(1, 8, 16), (16, 48), (48,)], {"num_heads": 2}, [(1, 8, 16)]),
    (MS, "QOrderedLongformerAttention", [(1, 8, 16)], {"num_heads": 2}, [(1, 8, 16)]),
    (MS, "PagedAttention", [(7, 32), (7, 16), (7, 16), (9, 4, 2, 8), (9, 4, 2, 8)],
     {"num_heads": 4, "kv_num_heads": 2}, [(7, 32), (9, 4, 2, 8), (9, 4, 2, 8)]),
    (MS, "PagedAttention", [(7, 64), None, None, (9, 4, 2, 8), (9, 4, 2, 8)],
     {"num_heads": 4, "kv_num_heads": 2}, [(7, 32), (9, 4, 2, 8), (9, 4, 2, 8)]),
    (MS, "DynamicSparseAttention", [(1, 7, 32), (1, 7, 16), (1, 7, 16), (1, 2, 9, 8),
     (1, 2, 9, 8)], {"num_heads": 4, "kv_num_heads": 2}, [(1, 7, 32), (1, 2, 9, 8), (1, 2, 9, 8)]),
    (MS, "SparsePagedAttention", [(7, 32), (7, 16), (7, 16), (9, 4, 2, 8), (9, 4, 2, 8)],
     {"num_heads": 4, "kv_num_heads": 2}, [(7, 32), (9, 4, 2, 8), (9, 4, 2, 8)]),
    (MS, "SparseAttention", [(1, 3, 32), (1, 3, 16), (1, 3, 16), (1, 2, 4, 8), (1, 2, 4, 8)],
     {"num_heads": 4, "kv_num_heads": 2}, [(1, 3, 32), (1, 2, 4, 8), (1, 2, 4, 8)]),
    (NCHWC, "ReorderInput", [(1, 8, 5, 6)], {}, [(1, 8, 5, 6)]),
    (NCHWC, "ReorderInput", [(1, 5, 6, 8)], {"channels_last": 1}, [(1, 8, 5, 6)]),
    (NCHWC, "ReorderOutput", [(1, 16, 5, 6)], {"channels": 10}, [(1, 10, 5, 6)]),
    ("ai.onnx.ml", "ArrayFeatureExtractor", [(4, 9), (3,)], {}, [(4, 3)]),
    ("ai.onnx.ml", "OneHotEncoder", [(4,)], {"cats_int64s": (1, 2, 3)}, [(4, 3)]),
    ("ai.onnx.ml", "FeatureVectorizer", [(4, 2), (4, 3)], {"inputdimensions": (2, 3)}, [(4, 5)]),
    ("ai.onnx.ml", "TreeEnsembleClassifier", [(4, 9)], {"classlabels_int64s": (0, 1, 2)},
     [(4,), (4, 3)]),
    ("ai.onnx.ml", "TreeEnsembleRegressor", [(4, 9)], {"n_targets": 2}, [(4, 2)]),
]  # fmt: skip


@each(("domain", "op", "inputs", "attributes", "expected"), DESCRIBED)
def test_output_shapes_are_what_the_documentation_says(
    domain: str,
    op: str,
    inputs: list[Any],
    attributes: dict[str, Any],
    expected: list[Shape],
) -> None:
    assert types(domain, op, inputs, attributes)[: len(expected)] == expected


def test_every_own_rule_of_output_types_is_held_against_something() -> None:
    described = {(domain, op) for domain, op, *_ in DESCRIBED}
    assert {case.key for case in COMPUTED} | described >= RULED


UNKNOWABLE = {
    (MS, name)
    for name in (
        "BeamSearch BifurcationDetector ConvStateReplay Crop "
        "DequantizeBFP EPContext GreedySearch HyperConnectionLowRankMix "
        "IsAllFinite Mamba2Verify MurmurHash3 NGramHashMapping NGramRepeatBlock "
        "PackedSparseAttentionIndexer PackedSparseAttentionIndexerMerge QuantizeBFP "
        "RemovePadding RestorePadding Sampling Snpe SparseAttentionIndexer "
        "SpeculativePrefixCommit Tokenizer Unique VarlenNGramHashMapping WhisperBeamSearch"
    ).split()
} | {(NHWC, name) for name in ("MaxUnpool",)}
"""Operators whose output sizes depend on data, on a packing, or on a runtime's state."""


def test_what_onnx_does_not_know_has_a_rule_of_its_own() -> None:
    foreign = {r.key for r in operators() if r.domain.startswith("com.")}
    assert foreign - RULED == UNKNOWABLE
    counted = {r.key for r in operators() if r.domain.startswith("com.") and r.cost.count}
    assert not counted & UNKNOWABLE


OWN = {
    "": "Affine BiasGelu FastGelu ImageScaler ParametricSoftplus Scale ScaledTanh "
    "SimplifiedLayerNormalization SkipLayerNormalization SkipSimplifiedLayerNormalization "
    "TransposeMatMul",
    "ai.onnx.ml": "ArrayFeatureExtractor Binarizer FeatureVectorizer Imputer LinearClassifier "
    "LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler "
    "TreeEnsembleClassifier TreeEnsembleRegressor",
}
"""Operators that have left ONNX's schemas, and those whose schemas infer nothing or too little."""


@pytest.mark.parametrize("domain", OWN, ids=["ai.onnx", "ai.onnx.ml"])
def test_operators_whose_types_onnx_does_not_infer_have_a_rule(domain: str) -> None:
    assert {name for where, name in RULED if where == domain} == set(OWN[domain].split())


def test_a_product_with_a_weight_that_is_no_matrix_has_no_type() -> None:
    scale = (1,)
    with pytest.raises(Unknown, match="no matrix"):
        types(MS, "QOrderedMatMul", [(2, 3, 4), scale, (2, 4, 5), scale, scale], {})


@pytest.mark.parametrize("missing", range(3))
def test_a_range_without_one_of_its_ends_has_no_length(missing: int) -> None:
    ends: list[Any] = [i(2), i(9), i(3)]
    ends[missing] = (1,)  # of a known shape, computed at run time
    with pytest.raises(Unknown, match="run time"):
        types(MS, "Range", ends, {})


@pytest.mark.parametrize(("attributes", "columns"), [({}, 8), ({"bits": 4}, 8), ({"bits": 8}, 4)])
def test_each_byte_of_a_gathered_table_holds_as_many_values_as_fit(
    attributes: dict[str, int], columns: int
) -> None:
    record = find(MS, "GatherBlockQuantized")
    assert record is not None
    assert record.shape is not None
    tensors = (Tensor("t", "uint8", (5, 4)), Tensor("i", "int64", (3,)), Tensor("s", "float16", ()))
    (found,) = record.shape(Call("GatherBlockQuantized", MS, 1, attributes, tensors, (tensors[0],)))
    assert (found.dtype, found.shape) == ("float16", (3, columns))
