"""Heads and caches of transformers, worked by hand from published sizes."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.smaller.cache import cache
from analyzer.smaller.heads import attention_layers, fewer_heads
from tests.golden.text import facts, facts_of

HEADS, WIDTH = 12, 64
MODEL = HEADS * WIDTH


def attention(tokens: int, heads: int = HEADS, shared: int = HEADS) -> onnx.ModelProto:
    """One layer of ``heads`` heads of 64, whose keys and values have ``shared``."""
    kept = {"q": heads, "k": shared, "v": shared}
    weights = [numpy_helper.from_array(np.zeros((MODEL, n * WIDTH), np.float32), f"w{name}")
               for name, n in kept.items()]  # fmt: skip
    weights.append(numpy_helper.from_array(np.zeros((heads * WIDTH, MODEL), np.float32), "wo"))
    weights += [numpy_helper.from_array(np.array([1, tokens, n, WIDTH], np.int64), f"s{name}")
                for name, n in kept.items()]  # fmt: skip
    weights.append(numpy_helper.from_array(np.array([1, tokens, heads * WIDTH], np.int64), "so"))
    weights.append(numpy_helper.from_array(np.array([1, heads, tokens, WIDTH], np.int64), "all"))
    nodes = []
    for name in kept:
        nodes += [
            helper.make_node("MatMul", ["x", f"w{name}"], [f"p{name}"]),
            helper.make_node("Reshape", [f"p{name}", f"s{name}"], [f"r{name}"]),
            helper.make_node("Transpose", [f"r{name}"], [f"t{name}"], perm=[0, 2, 1, 3]),
        ]
    for name in "kv" if shared != heads else "":
        nodes.append(helper.make_node("Expand", [f"t{name}", "all"], [f"e{name}"]))
    k, v = ("ek", "ev") if shared != heads else ("tk", "tv")
    nodes += [
        helper.make_node("Transpose", [k], ["kt"], perm=[0, 1, 3, 2]),
        helper.make_node("MatMul", ["tq", "kt"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["shares"], axis=-1),
        helper.make_node("MatMul", ["shares", v], ["sums"]),
        helper.make_node("Transpose", ["sums"], ["back"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", ["back", "so"], ["joined"]),
        helper.make_node("MatMul", ["joined", "wo"], ["y"]),
    ]
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, tokens, MODEL]) for n in "xy")
    graph = helper.make_graph(nodes, "g", [x], [y], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_a_layer_of_bert_keeps_1536_numbers_a_token() -> None:
    (layer,) = attention_layers(facts_of(attention(128)))
    assert (layer.heads, layer.width, layer.kept) == (12, 64, 2 * 12 * 64)
    assert layer.macs == 4 * 128 * MODEL**2 + 2 * 128**2 * MODEL
    assert layer.weights == 4 * MODEL**2


def test_fewer_heads_cost_what_the_layer_with_fewer_heads_costs() -> None:
    twelve, nine = facts_of(attention(128)), facts_of(attention(128, 9, 9))
    macs, weights = fewer_heads(attention_layers(twelve))
    assert twelve.totals.macs - macs == nine.totals.macs
    assert twelve.totals.params - weights == nine.totals.params


def test_grouped_queries_keep_fewer() -> None:
    (layer,) = attention_layers(facts_of(attention(16, 12, 1)))
    assert (layer.kept, layer.is_grouped) == (2 * 64, True), "one head for twelve"


PAST = """<ir_version: 8, opset_import: ["" : 17]>
g (float[B,12,1,64] q, float[B,12,P,64] past_k, float[B,12,P,64] past_v, float[B,12,1,64] k,
   float[B,12,1,64] v) => (float[B,12,1,64] y, float[B,12,T,64] keys, float[B,12,T,64] values) {
  keys = Concat <axis = 2> (past_k, k)
  values = Concat <axis = 2> (past_v, v)
  kt = Transpose <perm = [0, 1, 3, 2]> (keys)
  scores = MatMul (q, kt)
  shares = Softmax <axis = -1> (scores)
  y = MatMul (shares, values)
}"""


def test_a_layer_of_gpt_2_keeps_6144_bytes_a_token() -> None:
    # 2 · 12 heads · 64 · 4 bytes; twelve layers of it are 73,728, the model's 36 KiB in float16
    text = PAST.split("\n", 1)[1]
    found = cache(facts(text, dims={"P": 1023, "B": 1}))
    assert found is not None
    assert (found.tensors, found.token_bytes, found.tokens) == (2, 2 * 12 * 64 * 4, 1024)
    assert found.bytes == 1024 * 6144


@pytest.mark.parametrize("axis", [1, 3])
def test_an_image_that_grows_is_no_cache(axis: int) -> None:
    sides = ["1", "3", "H", "W"]
    sides[axis] = "9"
    text = (f"g (float[1,3,H,W] x) => (float[{','.join(sides)}] y) "
            f"{{ y = Concat <axis = {axis}> (x, x, x) }}")  # fmt: skip
    assert cache(facts(text)) is None
