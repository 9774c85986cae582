"""What an operator is in a network: the same in every export, and no other place's."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import onnx
import pytest

from analyzer.patterns.likeness import Likeness, likenesses_of
from tests.exporters import NETWORKS, Dynamo, Script, facts_of, renamed, residual_net
from tests.golden.text import facts
from tests.ruleset import build

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.facts import Facts
    from tests.exporters import Exporter

    Network = Callable[[Exporter], onnx.ModelProto]


def layers(model: Facts) -> list[Likeness]:
    """Likenesses of the layers with weights."""
    found = likenesses_of(model)
    heavy = [n.id for n in model.nodes if n.op_type in ("Conv", "Gemm", "MatMul")]
    return [found[node] for node in heavy]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.__name__)
def test_every_layer_is_the_same_whichever_exporter_wrote_it(network: Network) -> None:
    script, dynamo = (layers(facts_of(network(e))) for e in (Script(), Dynamo()))
    assert len(script) > 7
    assert Counter(script) == Counter(dynamo)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.__name__)
@pytest.mark.parametrize("exporter", [Script, Dynamo])
def test_no_name_makes_a_difference_to_any_operator(
    network: Network, exporter: type[Script | Dynamo]
) -> None:
    model = network(exporter())
    one, other = facts_of(model), facts_of(renamed(model))
    for a, b in zip(one.nodes, other.nodes, strict=True):
        assert likenesses_of(one)[a.id] == likenesses_of(other)[b.id]


def test_blocks_of_one_kind_are_told_apart_by_where_they_stand() -> None:
    found = layers(facts_of(residual_net(Dynamo(), widths=(64,) * 6)))
    assert len({each.kind for each in found}) == 3  # the stem, every 3×3, the classifier
    assert len({each.far for each in found}) == len(found)


def test_a_block_put_in_leaves_kinds_and_far_neighbours_alone() -> None:
    short = layers(facts_of(residual_net(Script(), widths=(64, 64, 64, 64, 128, 128))))
    long = layers(facts_of(residual_net(Script(), widths=(64, 64, 64, 64, 128, 128, 128))))
    kinds, nears, fars = (
        (Counter(getattr(each, key) for each in short) - Counter(getattr(e, key) for e in long))
        for key in ("kind", "near", "far")
    )
    assert kinds.total() == 0
    assert nears.total() <= 2
    assert nears.total() <= fars.total() < len(short)


def test_what_computes_something_else_has_another_kind() -> None:
    def kind(weight: tuple[int, ...] = (), op_type: str = "Conv", **attributes: object) -> str:
        e = Dynamo()
        y = e.op(op_type, "x", *([e.store("w", *weight)] if weight else ()), **attributes)
        model = facts_of(e.model(y, (1, 4, 9, 9), (None, None, None, None)))
        return likenesses_of(model)[y].kind

    square = 4, 4, 3, 3
    kinds = [
        kind(square), kind(square, strides=[2, 2]), kind(square, dilations=[2, 2]),
        kind((8, 4, 3, 3)), kind((4, 4, 1, 1)), kind((4, 1, 3, 3), group=4),
        kind(square, "ConvTranspose"), kind((9, 7), "MatMul"), kind((9, 8), "MatMul"),
        kind((), "Relu"), kind((), "Sigmoid"),
    ]  # fmt: skip
    assert len(set(kinds)) == len(kinds)
    assert kind(square, pads=[1, 1, 1, 1]) == kind(square)


def test_an_activation_is_told_apart_by_the_layer_before_it() -> None:
    net = """g (float[1,1] x) => (float[1,1] z) <float[1,2] a = {1., 2.}, float[2,1] b = {3., 4.}> {
        p = MatMul (x, a)  q = Relu (p)  r = MatMul (q, b)  s = Relu (r)  t = Exp (s)  z = Relu (t)
    }"""
    found = likenesses_of(facts(net))
    assert found["q"].kind != found["s"].kind
    assert found["s"].kind == found["z"].kind != found["t"].kind


def test_a_constant_is_what_it_is_to_the_layer_that_reads_it() -> None:
    net = """g (float[1,4,9,9] x) => (float[1,8,9,9] z)
        <float[8,4,1,1] w, float[8] g, float[8] b, float[8] m, float[8] v, int64[2] unread> {
        i = Identity (b)  c = Conv (x, w)  z = BatchNormalization (c, g, i, m, v)
    }"""
    folded = """g (float[1,4,9,9] p) => (float[1,8,9,9] q) <float[8,4,1,1] k, float[8] bias> {
        q = Conv (p, k, bias)
    }"""
    one, other = likenesses_of(facts(net)), likenesses_of(facts(folded))
    assert one.tensor("", "w").kind == other.tensor("", "k").kind
    assert one.tensor("", "b").kind == other.tensor("", "bias").kind
    assert len({one.tensor("", name).kind for name in "wgbm"}) == 4
    assert one.tensor("", "unread") == one.tensor("", "nobody") == one.at("")


def test_facts_made_by_hand_have_likenesses_too() -> None:
    model = build.facts(build.node("a"), build.node("b", op_type="Relu", conv=None))
    found = likenesses_of(model)
    assert found["a"].kind != found["b"].kind
    with pytest.raises(KeyError):
        found["c"]


def test_operators_in_bodies_have_likenesses_of_their_own() -> None:
    net = """g (float[2,2] x, int64 n, bool go) => (float[2,2] y)
    <float[2,2] w = {1., 2., 3., 4.}> {
        y = Loop (n, go, x)
        <body = b (int64 i, bool before, float[2,2] s) => (bool after, float[2,2] t) {
            after = Identity (before)  t = MatMul (s, w)
        }>
    }"""
    model = facts(net)
    found = likenesses_of(model)
    assert len({found[node.id].kind for node in model.nodes}) == 3
