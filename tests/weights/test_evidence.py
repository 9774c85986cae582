"""Evidence per layer from hand-built facts; memory stays within a chunk."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import parser

from analyzer.analyze import analyze_weights
from analyzer.digraph import Digraph, Edge, new_digraph
from analyzer.evidence import LayerEvidence
from analyzer.facts import Conv, Tensor
from analyzer.graph.adjacency import Vertex, add_vertex
from analyzer.graph.call import Call
from analyzer.model import load
from analyzer.model.rows import Rows
from analyzer.weights.evidence import freed_per_channel
from analyzer.weights.layers import Form, convolution, layer_evidence, look

LAYER = Conv(
    "standard", False, "3×3", (3, 3), 9, 6, 8, 1, None, (1, 1), (1, 1), (10, 10), (10, 10),
    100 * 9 * 48, 9 * 48,
)  # fmt: skip


def form(layer: Conv) -> Form:
    found = convolution(layer)
    assert found is not None
    return found


def seen(stored: NDArray[np.generic], layer: Conv) -> LayerEvidence:
    found = look(Rows.of(stored), form(layer))
    assert found is not None
    return layer_evidence("y", found, layer)


def call(op: str, out: str, *weight: int, **attributes: int) -> Call:
    inputs = (Tensor("x", "float32"), Tensor("w", "float32", weight)) if weight else (None,)
    return Call(op, "", 17, attributes, inputs, (Tensor(out, "float32"),))


def chain(*calls: Call) -> Digraph[str]:
    graph: Digraph[str] = new_digraph()
    for index, one in enumerate(calls):
        add_vertex(graph, str(index), Vertex(one, ""))
        if index:
            graph.add_edge(str(index - 1), str(index), Edge("", 0, 0))
    return graph


def test_dead_filters_free_the_weights_that_read_them() -> None:
    graph = chain(call("Conv", "a", 8, 6, 3, 3), call("Relu", "b"), call("Conv", "c", 16, 8, 3, 3))
    assert freed_per_channel(graph, "0") == 16 * 9


def test_what_an_addition_or_an_output_reads_is_not_freed() -> None:
    conv = call("Conv", "a", 8, 6, 3, 3)
    assert freed_per_channel(chain(conv, call("Add", "b")), "0") is None
    assert freed_per_channel(chain(conv), "0") is None
    tail = chain(conv, call("Conv", "c", 16, 8, 3, 3))
    assert freed_per_channel(tail, "0", frozenset({"a"})) is None


def test_transposed_convolutions_are_read_by_output_channel() -> None:
    stored = np.random.default_rng(0).standard_normal((6, 4, 3, 3)).astype(np.float32)
    stored[:3, 1] = 0
    found = seen(stored, replace(LAYER, transposed=True, groups=2))
    assert found.filters is not None
    assert (found.filters.dead, found.filters.unread) == ((1,), ())
    assert look(Rows.of(stored), form(LAYER)) is None, "another shape than the graph declares"


def test_a_layer_has_every_kind_of_evidence() -> None:
    weights = np.random.default_rng(0).standard_normal((8, 6, 3, 3)).astype(np.float32)
    found = seen(weights, LAYER)
    assert found.kernel is not None
    assert found.separability is not None
    assert found.separability.macs_now == LAYER.macs
    assert found.values.elements == 432


def test_memory_does_not_grow_with_the_tensor() -> None:
    weights = np.ones((2048, 512, 3, 3), np.float16)  # 19 MB stored, 38 MB as float32
    weights[::2, ::3] = 2
    layer = replace(LAYER, in_channels=512, out_channels=2048, params=weights.size)
    tracemalloc.start()
    seen(weights, layer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 << 20


@pytest.mark.parametrize(
    ("graph", "times"),
    [
        ("y = Conv <pads = [1, 1]> (x, w)", 1),
        (("d, y = Loop (n, c, x) <body = b (int64 i, bool k, float[1,4,8] v) => "
         "(bool o, float[1,4,8] u) { o = Identity (k) u = Conv <pads = [1, 1]> (v, w) }>"), 3),
        (("y = If (c) <then_branch = t () => (float[1,4,8] p) { p = Relu (x) }, else_branch = e () "
         "=> (float[1,4,8] q) { q = Conv <pads = [1, 1]> (x, w) }>"), 0),
    ],
    ids=["once", "in a loop", "in a branch not taken"],
)  # fmt: skip
def test_what_layers_would_save_is_of_all_their_executions(graph: str, times: int) -> None:
    """One kernel in every filter: T = 1 keeps all. 8 · 3 · 4 · 4 multiplications an execution, of
    a depthwise and a pointwise convolution 8 · (3 · 4 + 4 · 4)."""
    shape = "<int64 n = {3}, bool c = {1}, float[4,4,3] w = {" + ", ".join(
        str((row + 1) * (column % 4 + 1) * tap) for row in range(4) for column in range(4)
        for tap in (1, 2, 4)
    ) + "}>"  # fmt: skip
    text = (
        f'<ir_version: 8, opset_import: ["" : 17]> g (float[1,4,8] x) => (y) {shape} {{ {graph} }}'
    )
    seen = analyze_weights(load(parser.parse_model(text).SerializeToString()))
    assert seen.totals.macs == times * 384
    assert seen.evidence is not None
    (layer,) = seen.evidence.layers.values()
    assert layer.separability is not None
    assert layer.separability.macs_now == times * 384
    assert layer.separability.saved == (times * (384 - 224) or None)
    assert layer.separability.share == (160 / 384 if times else None)
