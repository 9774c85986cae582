"""Evidence per layer from hand-built facts; memory stays within a chunk."""

import tracemalloc
from dataclasses import replace

import networkx as nx
import numpy as np

from analyzer.facts import Conv, Tensor
from analyzer.graph.adjacency import Edge, Vertex, add_vertex
from analyzer.graph.call import Call
from analyzer.weights.chunks import CHUNK_BYTES
from analyzer.weights.evidence import freed_per_channel, layer_evidence, look

LAYER = Conv(
    "standard", False, "3×3", (3, 3), 9, 6, 8, 1, None, (1, 1), (1, 1), (10, 10), (10, 10),
    100 * 9 * 48, 9 * 48,
)  # fmt: skip


def call(op: str, out: str, *weight: int, **attributes: int) -> Call:
    inputs = (Tensor("x", "float32"), Tensor("w", "float32", weight)) if weight else (None,)
    return Call(op, "", 17, attributes, inputs, (Tensor(out, "float32"),))


def chain(*calls: Call) -> nx.MultiDiGraph[str]:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
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
    from analyzer.weights.evidence import _out_first

    stored = np.random.default_rng(0).standard_normal((6, 4, 3, 3)).astype(np.float32)
    stored[:3, 1] = 0
    turned = _out_first(stored, replace(LAYER, transposed=True, groups=2))
    assert turned is not None
    assert turned.shape == (8, 3, 3, 3)
    assert not turned[1].any()
    assert turned[5].any()
    assert _out_first(stored, LAYER) is None


def test_a_layer_has_every_kind_of_evidence() -> None:
    weights = np.random.default_rng(0).standard_normal((8, 6, 3, 3)).astype(np.float32)
    found = layer_evidence("y", look(weights, LAYER), LAYER)
    assert found.kernel is not None
    assert found.separability is not None
    assert found.separability.macs_now == LAYER.macs
    assert found.values.elements == 432


def test_memory_does_not_grow_with_the_tensor() -> None:
    weights = np.ones((4096, 512, 3, 3), np.float16)  # 38 MB stored, 75 MB as float32
    weights[::2, ::3] = 2
    layer = replace(LAYER, in_channels=512, out_channels=4096, params=weights.size)
    tracemalloc.start()
    layer_evidence("y", look(weights, layer), layer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * CHUNK_BYTES
