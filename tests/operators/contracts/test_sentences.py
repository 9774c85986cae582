"""What is said of an operator that breaks its contract, word for word and with its numbers; that
ONNX Runtime refuses what is called grave is asked of it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
from onnx import numpy_helper

from tests.each import each
from tests.operators.contracts.nodes import both, deeper, ints, longer, put, real, state, violations
from tests.operators.contracts.nodes import refusal as refused
from tests.operators.contracts.test_neighbours import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.operators.contracts.nodes import Array, Node

RNG = np.random.default_rng
MS = "com.microsoft"


def ones(*shape: int) -> Array:
    return np.ones(shape, np.float32)


def filled(array: Array) -> Callable[[Node], None]:
    return state(value=numpy_helper.from_array(array))


GRAMS = {"max_gram_length": 2, "ngram_counts": [0, 1]}
ONE_GRAM = "let ngram_counts say where the n-grams of each length begin"
SAID: list[tuple[str, Callable[[Node], None], list[str]]] = [
    # Q, K and V are 5×3×4×3; the past is 5×3×2×3, the mask 4×6
    ("Attention", state(q_num_heads=9), [
        "q_num_heads is 9, and the operand has 3 on axis 1: leave q_num_heads out"]),
    ("Attention", state(kv_num_heads=9), [
        "kv_num_heads is 9, and the operand has 3 on axis 1: leave kv_num_heads out"]),
    ("Attention", state(q_num_heads=3, kv_num_heads=3), []),
    ("Attention", longer(2, 1), [
        "the key has 3 heads and the value 4: give key and value the same heads"]),
    ("Attention", both(*(longer(slot, 1) for slot in (1, 2, 4, 5)), put(3, None)), [
        ("3 query heads do not divide into 4 heads of key and value: make the query's heads a "
        "multiple")]),
    ("Attention", state(scale=-1.0), ["scale is -1: use a scale above 0, or leave it out"]),
    ("Attention", state(scale=0.0), ["scale is 0: use a scale above 0, or leave it out"]),
    ("Attention", state(scale=0.25), []),
    ("Attention", deeper(3), []),
    ("Attention", both(deeper(3), deeper(3)), []),
    ("Attention", both(deeper(3), deeper(3), deeper(3)), [
        "attn_mask has 5 axes, it takes 2 to 4: give the mask (…, query length, total length)"]),
    ("Attention", put(3, ones(6)), [
        "attn_mask has 1 axes, it takes 2 to 4: give the mask (…, query length, total length)"]),
    ("Attention", put(3, ones(4, 1)), [
        ("attn_mask is 4×1, it broadcasts to 5×3×4×6 (batch, query heads, query length, total "
        "length): give the mask those sizes, or 1 in the first two")]),
    ("Attention", put(5, ones(2, 3)), [
        ("past_value is 2×3, the other operands take 5×3×2×3 (batch, heads, past length, size of a "
        "head): give past_value that shape")]),
    ("Attention", both(longer(4, 2), longer(5, 2), longer(3, 1)), []),
    # a batch of 2 and 5 keys
    *(("Attention with lengths", put(6, ints(*lengths)), said)
      for lengths, said in (
          ((5, 0), []),
          ((5, -1), ["nonpad_kv_seqlen holds -1, the key is 5 long: keep it within 0 to 5"]),
          ((6, 5), ["nonpad_kv_seqlen holds 6, the key is 5 long: keep it within 0 to 5"]),
          ((5, 5, 5), ["nonpad_kv_seqlen is 3 for a batch of 2: give 2 lengths"]))),
    # 5×4×9 in 3 heads
    ("Attention of three axes", state(kv_num_heads=7), [
        "input 1 (5×4×9) does not divide into kv_num_heads = 7: correct kv_num_heads",
        ("a head of the query has 3 elements, one of the key 1: give query and key the same size "
        "of a head")]),
    ("Attention of three axes", longer(2, 2), [
        "input 2 (5×4×10) does not divide into kv_num_heads = 3: correct kv_num_heads"]),
    ("Attention of three axes", state(q_num_heads=0), [
        ("the query has 3 axes and q_num_heads is 0: state q_num_heads, or give the operands four "
        "axes (batch, heads, length, size)")]),
    # 5×4×4×6 with caches of 8×3
    ("RotaryEmbedding", put(3, None), [
        ("cos_cache is 8×3; without position_ids it has 3 axes: give the caches (positions, pairs) "
        "with position_ids, (batch, length, pairs) without")]),
    ("RotaryEmbedding", both(deeper(1), deeper(2)), [
        ("cos_cache is 1×8×3; with position_ids it has 2 axes: give the caches (positions, pairs) "
        "with position_ids, (batch, length, pairs) without")]),
    ("RotaryEmbedding", both(put(3, None), put(1, ones(5, 4, 3)), put(2, ones(5, 4, 3))), []),
    ("RotaryEmbedding", both(put(3, None), put(1, ones(5, 3, 3)), put(2, ones(5, 3, 3))), [
        ("cos_cache is 5×3×3, without position_ids the input (5×4×4×6) takes 5×4×? (batch, length, "
        "pairs): give one row for each token, or position_ids")]),
    ("RotaryEmbedding", both(put(3, None), put(1, ones(4, 4, 3)), put(2, ones(4, 4, 3))), [
        ("cos_cache is 4×4×3, without position_ids the input (5×4×4×6) takes 5×4×? (batch, length, "
        "pairs): give one row for each token, or position_ids")]),
    ("RotaryEmbedding", deeper(3), [
        ("position_ids are 1×5×4, the input (5×4×4×6) takes 5×4 (batch, length): give one position "
        "for each token")]),
    ("RotaryEmbedding", both(state(rotary_embedding_dim=8, num_heads=4), put(1, ones(8, 4)),
                             put(2, ones(8, 4))), [
        "rotary_embedding_dim is 8, a head has 6 elements: rotate at most 6"]),
    ("RotaryEmbedding", both(state(rotary_embedding_dim=4, num_heads=4), put(1, ones(8, 2)),
                             put(2, ones(8, 2))), []),
    ("RotaryEmbedding", state(rotary_embedding_dim=4, num_heads=4), [
        ("cos_cache (8×3) has 3 columns, 4 rotated elements of a head take 2: correct "
        "rotary_embedding_dim, num_heads or the caches")]),
    ("RotaryEmbedding", put(3, np.full((5, 4), 8)), [
        ("position_ids has the index 8 and 19 more, cos_cache has 8 entries: keep position_ids "
        "within 0 to 7")]),
    ("RotaryEmbedding", put(3, np.full((5, 4), 7)), []),
    ("RotaryEmbedding", put(3, np.full((5, 4), -1)), [
        ("position_ids has the index -1 and 19 more, cos_cache has 8 entries: keep position_ids "
        "within 0 to 7")]),
    ("ConstantOfShape", filled(ones(1)), []),
    ("ConstantOfShape", filled(ones(2)), [
        "value has 2 numbers in 1 axes: state a tensor with one axis and one number"]),
    ("ConstantOfShape", filled(ones(1, 1)), [
        "value has 1 numbers in 2 axes: state a tensor with one axis and one number"]),
    ("ConstantOfShape", filled(ones()), [
        "value has 1 numbers in 0 axes: state a tensor with one axis and one number"]),
    ("ConstantOfShape", put(0, ints(2, 0)), []),
    ("ConstantOfShape", put(0, ints(2, -1)), [
        "the shape has a size of -1: state sizes of 0 or more"]),
    # data of 3×4, indices of 1×2
    ("GatherND", put(0, ones()), [
        "data is scalar and indices are 1×2; neither may be a scalar: give both one axis or more"]),
    ("GatherND", put(1, np.array(0)), [
        "data is 3×4 and indices are scalar; neither may be a scalar: give both one axis or more"]),
    ("GatherND", state(batch_dims=-1), [
        "batch_dims is -1, data has 2 axes and indices have 2: set batch_dims to 0 to 1"]),
    ("GatherND", state(batch_dims=2), [
        "batch_dims is 2, data has 2 axes and indices have 2: set batch_dims to 0 to 1"]),
    ("GatherND", both(state(batch_dims=1), put(1, ints(0, 1, 3).reshape(3, 1))), []),
    ("GatherND", both(state(batch_dims=1), put(1, ints(0).reshape(1, 1))), [
        ("batch axis 0 is 3 long in data (3×4) and 1 in indices (1×1): make the batch axes equal, "
        "or lower batch_dims")]),
    ("GatherElements", put(1, np.zeros((4, 2), np.int64)), []),
    ("GatherElements", put(1, np.zeros((1, 1), np.int64)), []),
    ("GatherElements", put(1, np.zeros((1, 3), np.int64)), [
        ("indices (1×3) are longer than the data (3×2) on axis 1: keep axis 1 of indices at 2 or "
        "less")]),
    ("GatherElements", both(put(1, np.zeros((4, 2), np.int64)), state(axis=1)), [
        ("indices (4×2) are longer than the data (3×2) on axis 0: keep axis 0 of indices at 3 or "
        "less")]),
    ("ScatterElements", put(2, real(RNG(0), 2, 2)), [
        ("updates is 2×2 and indices is 1×2; it takes the same shape for both: give updates the "
        "shape of indices")]),
    # 8 rows are 2 channels of 2×2, 4 columns the places of an image of 4×4
    ("Col2Im", put(1, ints(4, 0)), [
        "image_shape [4, 0] or block_shape [2, 2] has a size below 1: state sizes above 0"]),
    ("Col2Im", put(2, ints(0, 2)), [
        ("axis 1 of the input (1×8×4) is 8, a block of [0, 2] has 0 elements: make axis 1 channels "
        "times the block's elements"),
        "image_shape [4, 4] or block_shape [0, 2] has a size below 1: state sizes above 0"]),
    ("Col2Im", longer(0, 2), [
        ("the input (1×8×5) has 5 columns, the block has 4 places in the image: make one column "
        "for each place")]),
    *(("Col2Im", state(**{name: value}), [
        (f"the input (1×8×4) has 4 columns, the block has {places} places in the image: make one "
        "column for each place")])
      for name, value, places in (("pads", [1, 1, 1, 1], 9), ("strides", [1, 1], 9),
                                  ("dilations", [2, 2], 1), ("pads", [0, 0, 2, 0], 6),
                                  ("pads", [0, 2, 0, 0], 6), ("strides", [1, 2], 6),
                                  ("dilations", [1, 2], 2))),
    ("Col2Im", both(state(pads=[1, 1, 1, 1]), put(0, ones(1, 8, 9))), []),
    ("CenterCropPad", state(axes=[0]), [
        "shape has 2 entries, 1 axes are cropped or padded: give shape 1 entries"]),
    ("CenterCropPad", state(axes=[0, 1]), []),
    *((f"{MS} UnfoldTensor", state(**{name: 0}), [
        f"{name} is 0, it takes 1 or more: set {name} to 1 or more"]) for name in ("size", "step")),
    (f"{MS} UnfoldTensor", state(size=1, step=1), []),
    ("Transpose", state(perm=[0, 0, 1]), [
        "perm [0, 0, 1] is no permutation of 0 to 2: name each axis once"]),
    ("TfIdfVectorizer", state(max_skip_count=-1), ["max_skip_count is -1: set it to 0 or more"]),
    ("TfIdfVectorizer", state(max_skip_count=1), []),
    ("TfIdfVectorizer", state(pool_strings=["a"]), [
        "both pool_int64s and pool_strings are given: give one of the two"]),
    ("TfIdfVectorizer", state(max_gram_length=2), [
        f"max_gram_length is 2, ngram_counts has 1 entries: {ONE_GRAM}"]),
    ("TfIdfVectorizer", state(**GRAMS), [
        "1 entries of the pool are no whole 2-grams: give n entries for each n-gram"]),
    ("TfIdfVectorizer", state(**GRAMS, ngram_indexes=[0, 1, 2], pool_int64s=[1, 2, 3, 4]), [
        "3 entries of the pool are no whole 2-grams: give n entries for each n-gram"]),
    ("TfIdfVectorizer", state(max_gram_length=2, ngram_counts=[0, 2], ngram_indexes=[0, 1, 2],
                              pool_int64s=[1, 2, 3, 4]), []),
    ("TfIdfVectorizer", state(ngram_counts=[3]), [
        ("ngram_counts [3] leave the pool of 2 entries or fall: let ngram_counts say where in the "
        "pool the n-grams of each length begin")]),
    # two words, one pair and one triple; of more lengths, the first eight are shown
    ("TfIdfVectorizer", state(max_gram_length=3, ngram_counts=[0, 2, 4], ngram_indexes=[0, 1, 2, 3],
                              pool_int64s=[1, 2, 3, 4, 5, 6, 7], weights=None), []),
    ("TfIdfVectorizer", state(max_gram_length=9, ngram_counts=[0, 0, 0, 0, 0, 0, 0, 0, 9]), [
        ("ngram_counts [0, 0, 0, 0, 0, 0, 0, 0] leave the pool of 2 entries or fall: let "
        "ngram_counts say where in the pool the n-grams of each length begin")]),
    ("TfIdfVectorizer", state(min_gram_length=0), [
        "min_gram_length is 0 and max_gram_length 1: set 1 ≤ min_gram_length ≤ max_gram_length"]),
    # a signal of 64 in frames of 16
    ("STFT", put(1, np.array(-1)), ["frame_step is -1: advance by 1 or more"]),
    ("STFT", put(1, np.array(0)), ["frame_step is 0: advance by 1 or more"]),
    ("STFT", put(1, np.array(1)), []),
    ("STFT", put(3, np.array(15)), [
        "frame_length is 15 and the window 16 long: give both the same length"]),
    ("STFT", put(3, np.array(65)), [
        "the signal is 64 long and a frame 65: use shorter frames"]),
    ("STFT", both(put(2, ones(64)), put(3, np.array(64))), []),
    ("QLinearMatMul", put(2, np.array(1, np.int8)), [
        "the zero point is int8, and what it belongs to is uint8: give both the same type"]),
    ("QLinearConv", put(5, np.array(1, np.int8)), [
        "the zero point is int8, and what it belongs to is uint8: give both the same type"]),
    ("Conv", state(group=0), ["group is 0: set group to 1 or more"]),
    ("com.microsoft MultiHeadAttention", both(state(num_heads=1), put(1, ones(2, 3, 1, 2, 4)),
                                              put(0, ones(2, 5, 4)), put(2, ones(2, 3, 4)),
                                              *(put(slot, None) for slot in (3, 4, 5))), [
        ("value is given, and the key holds key and value: leave value out, or give the key three "
        "axes")]),
    # 4×3×12 in heads of 4, caches of 8×2
    (f"{MS} RotaryEmbedding", put(0, ones(4, 3, 3, 4)), []),
    (f"{MS} RotaryEmbedding", put(0, ones(2, 3, 4, 6)), [
        ("position_ids is 4×3, it takes 1 or scalar or 2×4 (batch, length): give position_ids "
         "that shape, or correct the attribute or operand it follows from")]),
    (f"{MS} RotaryEmbedding", both(put(0, ones(4, 3, 3, 4)),
                                   state(rotary_embedding_dim=6, num_heads=3)), [
        "rotary_embedding_dim is 6, a head has 4 elements: rotate at most 4"]),
    (f"{MS} RotaryEmbedding", both(put(0, ones(4, 3, 3, 4)),
                                   state(rotary_embedding_dim=2, num_heads=3)), []),
    (f"{MS} RotaryEmbedding", both(put(0, ones(4, 3, 3, 4)), put(2, ones(8, 1)),
                                   put(3, ones(8, 1)),
                                   state(rotary_embedding_dim=2, num_heads=3)), []),
    (f"{MS} RotaryEmbedding", both(put(0, ones(4, 3, 3, 4)), put(2, ones(8, 3)),
                                   put(3, ones(8, 3)),
                                   state(rotary_embedding_dim=2, num_heads=3)), [
        ("cos_cache has 3 columns, rotary_embedding_dim = 2 takes 1: correct "
         "rotary_embedding_dim or the caches")]),
    (f"{MS} RotaryEmbedding", state(rotary_embedding_dim=2), [
        "rotary_embedding_dim is 2 and num_heads is absent: state num_heads"]),
    (f"{MS} RotaryEmbedding", state(rotary_embedding_dim=14, num_heads=1), [
        "rotary_embedding_dim is 14, a head has 12 elements: rotate at most 12"]),
    (f"{MS} RotaryEmbedding", both(put(2, ones(8, 4)), put(3, ones(8, 4))), [
        ("a width of 12 does not divide into heads of 8, twice the columns of cos_cache: correct "
         "the caches, or state rotary_embedding_dim and num_heads")]),
    (f"{MS} RotaryEmbedding", put(1, ints(0)), []),
    # a batch of 4: its lengths come first, and beginnings after them may lie before the data
    *((f"{MS} {op}", put(slot, np.array(mask, np.int32)), said)
      for op, slot in (("Attention", 3), ("QAttention", 5))
      for mask, said in (([0] * 4, []), ([99] * 4, []),
                         ([1, 1, 1, -1], [("mask_index has the length -1: state lengths of 0 or "
                                          "more")]))),
    (f"{MS} Attention", put(3, np.array([1] * 4 + [-1] * 4, np.int32)), []),
    # so many numbers does each activation take
    *((f"{MS} FusedConv", state(activation=name, activation_params=[0.5] * count or None), [
        f"activation_params has {count} entries, {name} takes {takes}: state {takes}"]
       if takes not in (None, count) else [])
      for name, takes in (("LeakyRelu", 1), ("Clip", 2), ("HardSigmoid", 2), ("Relu", None),
                          ("Tanh", None), ("Sigmoid", None), ("HardSwish", None))
      for count in (0, 1, 2)),
    (f"{MS} FusedConv", state(activation="Swish"), [
        ("activation is 'Swish', it knows Relu, Tanh, Sigmoid, HardSwish, LeakyRelu, Clip, "
         "HardSigmoid: fuse another activation, or keep it an operator of its own")]),
    # 4×3×3 and a skip of the same shape
    *((f"{MS} {name}LayerNormalization", change, said)
      for name in ("Skip", "SkipSimplified")
      for change, said in (
          (both(put(0, ones(4, 3)), put(1, ones(4, 3))), []),
          (both(put(0, ones(3)), put(1, ones(3))), [
              ("input has rank 1 (3), it takes 2 or 3: give input rank 2 or 3, by a Reshape before "
              "it or where it is made")]),
          (both(deeper(0), deeper(1)), [
              ("input has rank 4 (1×4×3×3), it takes 2 or 3: give input rank 2 or 3, by a Reshape "
              "before it or where it is made")]),
          (put(0, ones(3)), [
              ("input has rank 1 (3), it takes 2 or 3: give input rank 2 or 3, by a Reshape before "
              "it or where it is made"),
              ("skip is 4×3×3, it takes 3 (as the input): give skip that shape, or correct the "
               "attribute or operand it follows from")]))),
]  # fmt: skip


@each(("family", "change", "sentences"), SAID)
def test_what_is_wrong_is_said_with_its_numbers(
    family: str, change: Callable[[Node], None], sentences: list[str]
) -> None:
    node = copy.deepcopy(FAMILIES[family].make(RNG(0)))
    change(node)
    found = violations(node)
    assert [f"{v.text}: {v.remedy}" for v in found] == sentences
    assert any(v.grave for v in found) == bool(refused(node))
