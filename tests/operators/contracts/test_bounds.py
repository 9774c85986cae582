"""Bounds of contracts from both sides, where no step from a valid operator reaches them; that ONNX
Runtime refuses what is called grave is asked of it."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.each import each
from tests.operators.contracts.ml_families import _tensor
from tests.operators.contracts.neighbours import call, found
from tests.operators.contracts.nodes import both, ints, outputs, put, refusal, state, violations
from tests.operators.contracts.test_neighbours import FAMILIES
from tests.operators.contracts.test_sentences import MS, RNG, ones

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.operators.contracts.nodes import Node

    Change = Callable[[Node], None]


def fed(*slots: int) -> Change:
    """These inputs are the graph's, whose contents nobody knows."""

    def change(node: Node) -> None:
        node.fed = slots

    return change


def opset(version: int) -> Change:
    def change(node: Node) -> None:
        node.opset = version

    return change


def cut(*slots: int) -> Change:
    """Inputs ``slots`` keep the first entry of their last axis."""

    def change(node: Node) -> None:
        for slot in slots:
            array = node.inputs[slot]
            assert array is not None
            node.inputs[slot] = array[..., :1]

    return change


def zeros(*shape: int) -> Change:
    return put(1, np.zeros(shape, np.int64))


ONE_BRANCH = state(
    nodes_featureids=[0], nodes_splits=_tensor(0.5), nodes_modes=_tensor(0, dtype="uint8"),
    nodes_falsenodeids=[1], nodes_falseleafs=[1],
)  # fmt: skip
SCALES = "give {} that shape, or correct the attribute or operand it follows from"
SHORT = "starts, ends, axes and steps differ in length: "
ARITY = "takes 1: list as many as it takes; an empty name stands for one that is left out"
CASES: list[tuple[str, Change, str]] = [
    # a cache of 2×3×4×5, in which one row is written at 0 and one at 3
    ("TensorScatter", put(2, ints(0, 4)),
     "1 entries written from 4 leave a cache of 4: begin within 0 to 3"),
    ("TensorScatter", both(put(1, ones(2, 3, 5, 5)), put(2, None)),
     "5 entries written from 0 leave a cache of 4: begin within 0 to 0"),
    ("TensorScatter", both(put(1, ones(2, 3, 4, 5)), put(2, None)), ""),
    ("TensorScatter", both(put(1, ones(2, 3, 2, 5)), put(2, ints(2, 0))), ""),
    ("TensorScatter", both(put(1, ones(2, 3, 2, 5)), put(2, ints(3, 0))),
     "2 entries written from 3 leave a cache of 4: begin within 0 to 2"),
    ("TensorScatter", both(state(mode="circular"), put(2, ints(-1, 0))),
     "1 entries written from -1 leave a cache of 4: begin within 0 to 3"),
    ("TensorScatter", both(state(mode="circular"), put(2, ints(5, 0))), ""),
    ("OneHotEncoder", state(cats_strings=["a"]),
     ("more than one of cats_int64s, cats_strings is given: cats_int64s, cats_strings: give one of "
     "them")),
    ("OneHotEncoder", state(cats_int64s=None),
     "none of cats_int64s, cats_strings is given: give one of them"),
    ("Imputer", state(imputed_value_floats=None),
     "none of imputed_value_floats, imputed_value_int64s is given: give one of them"),
    # the runtime takes the first
    ("SVMClassifier", state(classlabels_ints=[0, 1], classlabels_strings=["a", "b"]),
     ("more than one of classlabels_strings, classlabels_ints is given: classlabels_strings, "
     "classlabels_ints: give one of them")),
    ("SVMClassifier", state(classlabels_ints=None, classlabels_strings=None),
     "none of classlabels_strings, classlabels_ints is given: give one of them"),
    ("GatherND", both(state(batch_dims=1), zeros(3, 2)),
     ("the last axis of indices (3×2) is 2 long, and the data (3×4) has 1 axes to index: give the "
     "last axis of indices at most 1 entries")),
    ("GatherND", both(state(batch_dims=1), zeros(3, 1)), ""),
    # lengths are known where contents are not
    ("Slice", fed(0, 1, 2, 3, 4), ""),
    ("Slice", both(fed(0, 1, 2), put(2, ints(2, 4, 1))),
     (f"{SHORT}starts 2, ends 3, axes 2, steps 2: give one entry of each for every axis that is "
     "cut")),
    ("Slice", both(fed(0, 3), put(3, ints(0))),
     (f"{SHORT}starts 2, ends 2, axes 1, steps 2: give one entry of each for every axis that is "
     "cut")),
    ("RotaryEmbedding of three axes", cut(1, 2),
     ("cos_cache (8×1) has 1 columns, 8 rotated elements of a head take 4: correct "
     "rotary_embedding_dim, num_heads or the caches")),
    ("RotaryEmbedding of three axes", both(state(num_heads=4), cut(1, 2)), ""),
    ("MatMulNBits in groups", both(state(N=1), put(1, np.ones((1, 2, 8), np.uint8)),
                                   put(2, ones(1, 2))), ""),
    ("MatMulNBits in groups", state(N=0), "N is 0 and K 32: state sizes above 0"),
    ("MatMulNBits in groups", state(K=0), "N is 3 and K 0: state sizes above 0"),
    ("Inverse", put(1, ones(2, 2)), f"it has 2 inputs and {ARITY}"),
    ("Inverse", outputs(2), f"it has 2 outputs and {ARITY}"),
    ("LSTM", both(opset(14), state(layout=1)),
     ("initial_h is 1×4×3, and LSTM with 1 direction and a hidden size of 3 takes 5×1×3: give "
     "initial_h that shape, or correct direction, hidden_size or layout")),
    # an image of 3×3 under a window of 2×2, whose offsets are of 2×2 places
    ("DeformConv", state(strides=[2, 2], pads=[1, 1, 1, 1]), ""),
    ("DeformConv", both(state(dilations=[2, 2]), put(2, ones(1, 8, 1, 1))), ""),
    ("DeformConv", both(state(strides=[2, 2]), put(2, ones(1, 8, 1, 1))), ""),
    ("DeformConv", both(state(pads=[1, 0, 0, 0]), put(2, ones(1, 8, 3, 2))), ""),
    ("DeformConv", both(state(pads=[0, 0, 0, 1]), put(2, ones(1, 8, 2, 3))), ""),
    ("LinearRegressor", state(coefficients=[1.0] * 8), ""),
    ("LinearRegressor", put(0, ones(3)), ""),
    ("LinearRegressor", put(0, ones(1, 2, 3)),
     ("X has rank 3 (1×2×3), it takes 1 or 2: give X rank 1 or 2, by a Reshape before it or where "
     "it is made")),
    ("LinearAttention", both(state(update_rule="gated"), put(4, ones(2, 5, 2))), ""),
    ("LinearAttention", both(state(update_rule="delta"), put(4, None), put(5, ones(2, 5, 2))), ""),
    ("LinearAttention", both(state(update_rule="gated_delta"), put(4, ones(2, 5, 2)),
                             put(5, ones(2, 5, 2))), ""),
    ("LinearAttention", both(state(update_rule="gated_delta"), put(4, ones(2, 5, 2))),
     "update_rule is 'gated_delta' and beta is left out: give beta"),
    ("LinearAttention", both(state(update_rule="delta"), put(4, ones(2, 5, 2))),
     "update_rule is 'delta' and beta is left out: give beta"),
    ("LinearAttention", both(state(update_rule="gated"), put(4, ones(2, 5, 3))),
     ("decay is 2×5×3, it takes ?×?×2 or ?×?×8 (batch, length, by head): give decay that shape, or "
      "correct the attribute or operand it follows from")),
    ("CausalConvWithState", both(state(channels_last=1), put(0, ones(2, 5, 3))), ""),
    ("CausalConvWithState", both(state(channels_last=1), put(0, ones(2, 5))),
     "input has rank 2 (2×5), it takes 3: give (batch, channels, length)"),
    ("QMoE", state(expert_weight_bits=3),
     "expert_weight_bits is '3', it knows 2, 4, 8: set expert_weight_bits to one of 2, 4, 8"),
    ("QMoE", put(5, np.ones((3, 16, 16, 1), np.uint8)),
     ("fc2_experts_weights has rank 4 (3×16×16×1), it takes 3: give fc2_experts_weights rank 3, by "
     "a Reshape before it or where it is made")),
    *(("QMoE", both(state(block_size=block), put(3, ones(3, 32, *fc1)), put(6, ones(3, 16, *fc2))),
       text and f"{text}: {SCALES.format(text[:10])}") for block, fc1, fc2, text in (
        (0, (), (1,), ""), (0, (1,), (), ""), (0, (1,), (1,), ""),
        (0, (), (2,), "fc2_scales is 3×16×2, it takes 3×16 or 3×16×1 (experts, rows)"),
        (0, (2,), (), "fc1_scales is 3×32×2, it takes 3×32 or 3×32×1 (experts, rows)"),
        (16, (), (), ""), (16, (), (1,), ""), (16, (1,), (2,), ""), (32, (1,), (1,), ""),
        (64, (1,), (1,), ""), (64, (), (), ""),
        (16, (), (2,), "fc2_scales is 3×16×2, it takes 3×16 or 3×16×1 (experts, rows)"),
        (16, (1,), (), "fc2_scales is 3×16, it takes 3×16×2 (experts, rows, blocks)"),
        (16, (1,), (1,), "fc2_scales is 3×16×1, it takes 3×16×2 (experts, rows, blocks)"),
        (32, (2,), (1,), "fc1_scales is 3×32×2, it takes 3×32×1 (experts, rows, blocks)"))),
    ("QMoE", both(state(block_size=8), put(3, ones(3, 32, 2)), put(6, ones(3, 16, 4))),
     "block_size is 8, it takes a power of 2 from 16 on: use 16, 32, 64 …"),
    *(("ConvTransposeWithDynamicPads", both(
        put(0, ones(1, 2, 4)), put(1, ones(2, 3, 3)), put(2, ints(*pads)),
        state(kernel_shape=[3])), text) for pads, text in (
            ((0, 0), ""),
            ((0, 0, 0), ("Pads has 3 elements where it takes 2 (begins and ends): give Pads 2 "
                         "elements, or correct what it is meant for")))),
    *(("NegativeLogLikelihoodLoss", put(2, ones(*shape)),
       f"weights are {told} for 3 classes: give 3 weights, one for each class")
      for shape, told in (((2,), "2"), ((3, 1), "3×1"))),
    *(("CDist", put(slot, ones(2, 3, 3)),
       (f"{name} has rank 3 (2×3×3), it takes 2: give {name} rank 2, by a Reshape before it or "
        "where it is made")) for slot, name in ((0, "A"), (1, "B"))),
    ("ConvTranspose to a shape", state(output_shape=[11, 11]), ""),
    ("ConvTranspose to a shape", state(output_shape=[12, 12]), ""),
    ("ConvTranspose to a shape", state(output_shape=[12, 13]),
     ("output_shape [12, 13] is 13 on spatial axis 1, 5 places with a stride of 2 reach 12: "
     "state 12 or less")),
    ("ConvTranspose to a shape", state(output_shape=[14, 14], dilations=[2, 2]), ""),
    ("ConvTranspose to a shape", state(output_shape=[15, 14], dilations=[2, 2]),
     ("output_shape [15, 14] is 15 on spatial axis 0, 5 places with a stride of 2 reach 14: "
     "state 14 or less")),
    ("ConvTranspose to a shape", state(output_shape=[12, 12], output_padding=[0, 1]), ""),
    ("ConvTranspose to a shape", state(output_shape=[12, 13], output_padding=[0, 1]),
     ("output_shape [12, 13] is 13 on spatial axis 1, 5 places with a stride of 2 reach 12: "
     "state 12 or less")),
    ("ConvTranspose to a shape", state(output_shape=[1, 2, 12, 12]),
     "output_shape has 4 entries, it takes 2 for 2 spatial axes: give output_shape 2 entries"),
    ("QuantizeLinear", state(block_size=-1), "block_size is -1: set it to 0 or more"),
    # three classes, of which 5 is none, but ignored
    *(("SoftmaxCrossEntropyLoss of constant labels", put(1, ints(0, label)), text)
      for label, text in ((5, ""), (2, ""), (-3, ""), *(
          (n, f"labels hold {n}, there are 3 classes: keep labels within 0 to 2")
          for n in (3, -4)))),
    # 6 entries in parts of 2, the last of which is empty
    ("Split in equal parts", both(state(num_outputs=4), outputs(4)), ""),
    ("Transpose", state(perm=[0, 1]),
     "perm has 2 entries, the input (2×3×4) 3 axes: give perm 3 entries"),
    ("GridSample", put(1, ones(1, 3, 3, 3)),
     ("the grid (1×3×3×3) has 3 coordinates for 2 spatial axes: give the last axis of grid 2 "
     "entries")),
    ("DecoderMaskedMultiHeadAttention with a past", put(7, ints(1, 2, dtype="int32")),
     ("past_present_share_buffer is set, and past_sequence_length is 2: give past_sequence_length, "
     "one number")),
    ("DecoderMaskedMultiHeadAttention with a past", put(7, None),
     ("past_present_share_buffer is set, and past_sequence_length is left out: give "
     "past_sequence_length, one number")),
    ("TreeEnsembleClassifier", state(nodes_modes=["IF", "WHEN", "LEAF"]),
     ("nodes_modes has 'IF', a tree knows BRANCH_EQ, BRANCH_GT, BRANCH_GTE, BRANCH_LEQ, BRANCH_LT, "
      "BRANCH_MEMBER, BRANCH_NEQ, LEAF: use one of them")),
    ("TreeEnsembleClassifier", state(nodes_truenodeids=None, nodes_falsenodeids=None),
     ("nodes_modes has 3 nodes and nodes_truenodeids none: describe each node in every list")),
    ("TreeEnsembleClassifier", state(class_ids=[0, 2]),
     "class_ids reach from 0 to 2, there are 2 of them: keep class_ids within 0 to 1"),
    ("TreeEnsembleClassifier", state(class_ids=[-1, 0]),
     "class_ids reach from -1 to 0, there are 2 of them: keep class_ids within 0 to 1"),
    ("TreeEnsembleRegressor", state(target_ids=[0, 1]),
     "target_ids reach from 0 to 1, there are 1 of them: keep target_ids within 0 to 0"),
    # a root that has no other node to lead to
    ("TreeEnsemble", both(ONE_BRANCH, state(nodes_truenodeids=[0], nodes_trueleafs=[1])), ""),
    ("TreeEnsemble", both(ONE_BRANCH, state(nodes_truenodeids=[0], nodes_trueleafs=[0])),
     "nodes_truenodeids holds 0 of 1: let it lead to a leaf"),
    ("GRU in reverse", put(4, ints(0, 3, dtype="int32")), ""),
    ("GRU in reverse", put(4, ints(3, 4, dtype="int32")),
     "sequence_lens reach from 3 to 4, the data is 3 long: keep sequence_lens within 0 to 3"),
]  # fmt: skip


@each(("family", "change", "sentence"), CASES)
def test_a_bound_is_where_the_runtime_has_it(family: str, change: Change, sentence: str) -> None:
    known = family if family in FAMILIES else f"{MS} {family}"
    node = copy.deepcopy(FAMILIES[known].make(RNG(0)))
    change(node)
    seen = violations(node)
    assert "; ".join(f"{v.text}: {v.remedy}" for v in seen) == sentence
    assert any(v.grave for v in seen) == bool(refusal(node))


def test_long_words_and_lists_are_cut() -> None:
    """Words at 60 characters, terms of an equation at 40; lists at eight entries, or at the
    two axes of an image: texts of a file may be of any length."""
    words, lists = set(), set()
    for family in FAMILIES.values():
        node = family.make(RNG(0))
        for name, value in node.attributes.items():
            other: Any = "x" * 99
            if isinstance(value, list) and value and isinstance(value[0], int):
                other = [*range(100, 120)]
            elif not isinstance(value, str):
                continue
            said = " ".join(
                v.text
                for v in found(call(replace(node, attributes={**node.attributes, name: other})))
            )
            words |= set(map(len, re.findall("x{9,}", said)))
            lists |= {len(each.split(", ")) for each in re.findall(r"\[(1\d\d,[^]]*)\]", said)}
    assert (words, lists) == ({40, 60}, {2, 8})
