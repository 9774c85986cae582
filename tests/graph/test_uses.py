"""Who uses a value, and what is known of its contents and sizes: every case beside its opposite."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.facts import Tensor
from analyzer.graph.values import Index, Value
from analyzer.patterns.index import index_of
from tests.golden.text import facts, facts_of, parse

PASSED = """g (bool c, float[4] x, float[4] w) => (float[4] y, float[4] z) {
  r = Relu (x)  s = Neg (x)
  y = If (c) <then_branch = t () => (float[4] r) { u = Abs (w) },
    else_branch = e () => (float[4] b) { b = If (c) <
      then_branch = t2 () => (float[4] s) { v = Abs (w) },
      else_branch = e2 () => (float[4] d) { d = Neg (r) }> }>
  z = Identity (y) }"""
NET = """g (float[N,3] x, float[2,3] fed) => (float[] y, float[] z)
  <float[3,5] w = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}, float[5] b = {1,2,3,4,5},
   float[1] one = {7}, float[1,1] square = {8}, int64[1] whole = {9}, float[2,3] fed = {}> {
    m = MatMul (x, w)  a = Add (m, b)  y = Mul (a, one)
    k = Mul (one, square)  f = local.twice (k)  z = Add (f, f) }"""
TWICE = """<opset_import: ["" : 17], domain: "local">
twice (p) => (q) { r = Add (p, p)  q = Identity (r) }"""


def index(graph: str, functions: str = "") -> Index:
    return index_of(facts(graph, functions=functions))


def labels(value: Value) -> list[str]:
    return [reader.id for reader in value.readers]


def test_a_body_that_hands_on_an_outer_value_reads_it() -> None:
    found = index(PASSED)
    assert labels(found.value("", "r")) == ["y"]
    assert found.value("", "r").uses == 2  # as it is, and in a body inside the other
    assert labels(found.value("", "s")) == ["y"]
    assert labels(found.value("", "y")) == ["z"]
    assert labels(found.value("", "w")) == ["y"]
    assert found.value("", "w").uses == 2
    assert found.value("y.else_branch/b.then_branch", "s").scope == ""


@pytest.mark.parametrize(
    ("name", "initializer", "given", "output", "constant"),
    [
        ("w", True, False, False, True), ("x", False, True, False, False),
        ("fed", True, True, False, False), ("y", False, False, True, False),
        ("k", False, False, False, True), ("m", False, False, False, False),
    ],
)  # fmt: skip
def test_a_value_says_where_it_comes_from(
    name: str, initializer: bool, given: bool, output: bool, constant: bool
) -> None:
    value = index(NET, TWICE).value("", name)
    assert (value.is_initializer, value.is_input, value.is_output, value.is_constant) == (
        initializer, given, output, constant,
    )  # fmt: skip


def test_sizes_that_were_assumed_are_told_from_those_that_hold() -> None:
    found = index(NET, TWICE)
    x, w = found.value("", "x"), found.value("", "w")
    assert (x.shape, x.fixed_shape, x.rank) == ((1, 3), (None, 3), 2)
    assert (x.elements, x.least_elements, x.bytes) == (3, 3, 12)
    assert (w.shape, w.fixed_shape, w.least_elements) == ((3, 5), (3, 5), 15)
    nothing = found.value("", "nowhere")
    assert (nothing.shape, nothing.rank, nothing.least_elements) == (None, None, None)
    assert nothing.tensor == Tensor("nowhere")


def test_one_number_is_a_scalar_whatever_its_axes() -> None:
    found = index(NET, TWICE)
    scalars = {name: found.value("", name).scalar for name in ("one", "square", "whole", "b", "x")}
    assert scalars == {"one": 7.0, "square": 8.0, "whole": 9, "b": None, "x": None}
    assert isinstance(found.value("", "whole").scalar, int)
    assert isinstance(found.value("", "one").scalar, float)
    assert found.value("", "b").values == (1, 2, 3, 4, 5)
    assert found.value("", "m").values is None


def test_operators_know_their_neighbours_and_their_share() -> None:
    found = index(NET, TWICE)
    product, add, last = (found.operator(name) for name in ("m", "a", "z"))
    assert ([o.id for o in add.producers], [o.id for o in add.readers]) == (["m"], ["y"])
    assert [o.id for o in last.producers] == ["f"]
    assert (product.macs_share, add.macs_share) == (1.0, 0.0)
    weights = found.facts.parameters.weights
    assert product.params_share == product.node.params / weights > 0
    assert (found.operator("k").is_foldable, product.is_foldable) == (True, False)
    inner = [o for o in found.names.vertices if "/" in o]
    assert [found.operator(o).is_in_function for o in inner] == [True] * len(inner) != []
    assert not last.is_in_function


def test_a_body_of_a_branch_is_no_function() -> None:
    found = index(PASSED)
    inner = [o for o in found.names.vertices if "/" in o]
    assert [found.operator(o).is_in_function for o in inner] == [False] * len(inner) != []


def test_a_model_without_weights_and_products_has_no_shares() -> None:
    (one,) = (o for o in [index("g (float[4] x) => (float[4] y) { y = Relu (x) }").operator("y")])
    assert (one.params_share, one.macs_share) == (None, None)


def test_a_constant_that_is_made_has_its_attribute_s_contents() -> None:
    found = index(
        "g (float[2] x) => (float[] y) { h = Constant <value = float {0.5}> ()  "
        't = Constant <value_string = "no number"> ()  y = Mul (x, h) }'
    )
    half = found.value("", "h")
    assert half.contents is not None
    assert half.contents.dtype == np.float32
    assert (half.is_constant, half.scalar, half.values) == (True, 0.5, (0.5,))
    assert found.value("", "t").values is None
    assert not found.operator("h").is_foldable


def test_a_name_that_is_stored_twice_has_no_contents() -> None:
    model = parse("g (float[1] x) => (float[1] y) <float[1] w = {1}> { y = Add (x, w) }")
    assert index_of(facts_of(model)).value("", "w").values == (1,)
    model.graph.initializer.append(model.graph.initializer[0])
    assert index_of(facts_of(model)).value("", "w").values is None
