"""Operators that are made for it: when one is understood, and what is counted then."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.smaller import forest as forests
from analyzer.smaller import heads, integers, recurrent
from analyzer.smaller.heads import AttentionLayer, attention_layers

Shape = tuple[int | None, ...] | None
QUERY: tuple[int | None, Shape] = (768 * 768, (1, 8, 768))
SCORES: tuple[int | None, Shape] = (None, (1, 12, 8, 8))
SUMS: tuple[int | None, Shape] = (None, (1, 12, 8, 64))


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def place(op: str, *inputs: Shape, constants: tuple[int, ...] = (), dtype: str = "float32",
          domain: str = "", **attributes: Any) -> Any:  # fmt: skip
    tensors = tuple(None if s is None else Tensor(str(n), dtype, s) for n, s in enumerate(inputs))
    call = Call(op, domain, 17, attributes, tensors, (Tensor("y", dtype, (1,)),))
    return some(call=call, constants=frozenset(constants))


def layers(monkeypatch: pytest.MonkeyPatch, *products: tuple[int | None, Shape],
           fused: bool = False, dtype: str = "float32") -> tuple[AttentionLayer, ...]:  # fmt: skip
    """Of a block with products that have so many learned elements and results of that shape."""
    nodes = {str(n): some(id=str(n), macs=10 + n, counted=2, outputs=(Tensor("", dtype, shape),))
             for n, (_, shape) in enumerate(products)}  # fmt: skip
    nodes["idle"] = some(id="idle", macs=0, counted=1, outputs=())
    learned = {str(n): size for n, (size, _) in enumerate(products)}
    block = some(kind="attention", nodes=tuple(nodes), detail={"fused": fused})
    other = some(kind="mlp", nodes=(), detail={})
    facts = cast("Any", _Facts(nodes, (other, block)))
    monkeypatch.setattr(heads, "_is_product", lambda _, node: node.id != "idle")
    monkeypatch.setattr(heads, "_weights", lambda _, node: learned[node.id])
    return attention_layers(facts)


class _Facts(dict[str, Any]):
    def __init__(self, nodes: dict[str, Any], blocks: tuple[Any, ...]) -> None:
        super().__init__(nodes)
        self.blocks = blocks


def test_attention_is_projections_two_products_of_data_and_one_projection_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = [QUERY, QUERY, QUERY, SCORES, SUMS, QUERY]
    macs = 2 * sum(range(10, 16))
    assert layers(monkeypatch, *whole) == (
        AttentionLayer(12, 64, 3 * 768, macs, 4 * 768 * 768, 32),
    )
    (half,) = layers(monkeypatch, *whole[:-1], dtype="float16")
    assert (half.bits, half.weights) == (16, 3 * 768 * 768)
    assert layers(monkeypatch, QUERY, SCORES, SUMS) == (
        AttentionLayer(12, 64, 768, 2 * (10 + 11 + 12), 768 * 768, 32),
    )
    for products in (
        [QUERY, SCORES, QUERY], [QUERY, SCORES, SUMS, SUMS], [SCORES, SUMS, QUERY],
        [QUERY, SCORES, SUMS, QUERY, QUERY], [QUERY, SCORES, (None, (12, 8, 64))],
        [QUERY, SCORES, (None, None)], [QUERY, SCORES, (None, (1, None, 8, 64))],
        [QUERY, SCORES, (None, (1, 12, 8, None))], [(1, None), SCORES, SUMS],
        [(1, (1, 8, None)), SCORES, SUMS], [(1, ()), SCORES, SUMS],
    ):  # fmt: skip
        assert layers(monkeypatch, *products) == (), products
    assert layers(monkeypatch, *whole, fused=True) == ()


def test_a_state_has_directions_batch_and_units() -> None:
    def state(op: str, x: Shape, r: Shape, dtype: str = "float32", **more: Any) -> int | None:
        return recurrent._state(place(op, x, (1, 1, 1), r, dtype=dtype, **more))

    assert state("GRU", (9, 5, 7), (2, 12, 4)) == 2 * 5 * 4 * 4
    assert state("LSTM", (9, 5, 7), (2, 16, 4)) == 2 * (2 * 5 * 4 * 4)
    assert state("GRU", (9, 5, 7), (2, 12, 4), layout=1) == 2 * 9 * 4 * 4
    assert state("GRU", (9, 5, 7), (2, 12, 4), "float16") == 2 * 5 * 4 * 2
    for x, r in (
        (None, (2, 12, 4)), ((9, 5, 7), None), ((), (2, 12, 4)), ((9, 5, 7), ()),
        ((9, None, 7), (2, 12, 4)), ((9, 5, 7), (2, 12)), ((9, 5, 7), (2, 12, None)),
    ):  # fmt: skip
        assert state("GRU", cast("Shape", x), cast("Shape", r)) is None, (x, r)


def test_attention_of_the_runtime_projects_tokens_onto_all_columns() -> None:
    def macs(tokens: Shape, weights: Shape, **more: Any) -> int:
        return integers._projection(place("Attention", tokens, weights, **more))

    assert macs((2, 3, 4), (4, 12)) == 2 * 3 * 4 * 12
    assert macs((2, 3, 4), (4, 12), qkv_hidden_sizes=(4, 4, 4)) == 0
    for tokens, weights in ((None, (4, 12)), ((2, 3, 4), None), ((2, None, 4), (4, 12)),
                            ((2, 3, 4), (4, None)), ((), (4, 12)), ((2, 3, 4), ())):  # fmt: skip
        assert macs(cast("Shape", tokens), cast("Shape", weights)) == 0, (tokens, weights)


def test_half_of_the_work_makes_a_network_one_of_convolutions() -> None:
    kinds = ("standard", "pointwise", "depthwise", "grouped", "transposed")
    for macs, static in ((10, True), (11, False)):
        totals = some(macs=macs, macs_by_kind={**dict.fromkeys(kinds, 1), "dense": 6})
        assert integers.is_static(cast("Any", some(totals=totals))) is static


def test_a_million_nodes_of_trees_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*nodes: int) -> bool:
        made = ({"nodes_truenodeids": range(n)} for n in nodes)
        trees = [some(call=Call("TreeEnsembleRegressor", "ai.onnx.ml", 3, each, (), ()))
                 for each in made]  # fmt: skip
        monkeypatch.setattr(
            forests, "vertices", lambda _: ((str(n), t) for n, t in enumerate(trees))
        )
        return forests.forest_in(cast("Any", None)) is not None

    monkeypatch.setattr(forests, "_listed", lambda _: ["a tree"])
    monkeypatch.setattr(forests, "_list", lambda values: values)
    assert found(1_000_000)
    assert found(999_999, 1)
    assert not found(1_000_001)
    assert not found(999_999, 2)
    assert not found()


def test_rows_of_a_table_take_the_attributes_with_its_prefix_and_its_length() -> None:
    attributes = {"nodes_a": (1, 300), "nodes_b": (0.5, 0.5), "nodes_c": (1,), "leaf_a": (1, 1)}
    assert forests._row_sizes(attributes, "nodes_", 2) == [2 + 5, 3 + 5]
    assert forests._row_sizes(attributes, "leaf_", 2) == [2, 2]
    assert forests._row_sizes(attributes, "nodes_", 3) == [0, 0, 0]
